"""Going from one project to another: nothing of the former one is shown, and nothing is done to it."""

import pytest

from tests.gui.desktop.conftest import OfficeDesk


@pytest.mark.rule("C-2")
def test_contacts_of_a_project_that_was_left_never_come_up_in_another(busy: OfficeDesk) -> None:
    """The lead or a manager confirms the contact."""
    empty = busy.rows.project("还没有联系人的项目")
    busy.online.answers.clear()
    part = busy.detail("委托单位")
    busy.until(lambda: part.model.rowCount() == 2 and busy.online.asked)
    busy.project = empty
    busy.detail("委托单位")
    busy.until(lambda: part.listing.hint.isVisible() and not part._pages.busy)
    shown: list[int] = []
    part.model.modelReset.connect(lambda: shown.append(part.model.rowCount()))
    busy.online.answers.set()
    busy.until(lambda: not part._named.busy)
    busy.quiet()
    assert not any(shown) and part.model.rowCount() == 0
    assert not part.confirm.isEnabled()


def test_the_head_of_a_project_that_is_not_here_names_no_other(busy: OfficeDesk) -> None:
    part = busy.detail("信息")
    detail = busy.projects().detail
    busy.until(lambda: "示范大厦" in detail._name.whole())
    busy.project = "019c0000-0000-7000-8000-00000000dead"
    busy.detail("信息")
    busy.until(lambda: "本机还没有这个项目的数据" in detail._name.whole())
    assert not detail._number.isVisible() and not detail._state.isVisible()
    assert "示范大厦" not in " ".join(label.text() for label in part.findChildren(type(detail._number)))


def test_visits_of_a_project_that_was_left_are_gone(busy: OfficeDesk) -> None:
    empty = busy.rows.project("还没有执业的项目")
    part = busy.detail("执业历史")
    busy.until(lambda: part.model.rowCount() == 7)
    busy.project = empty
    busy.detail("执业历史")
    busy.until(lambda: part.listing.hint.isVisible())
    busy.quiet()
    assert not part.day.isVisible()
