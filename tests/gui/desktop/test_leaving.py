"""Closing and logging out while the server has not answered: nobody waits, and nobody is left in the dark."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from desktop.app import UNANSWERED, Program
from desktop.login.presenter import LoginPresenter
from desktop.login.view import LoginPage
from desktop.settings import parse
from desktop.shell.main_window import LEAVING
from tests.gui.desktop.conftest import OfficeDesk


@pytest.fixture
def silent(busy: OfficeDesk) -> Iterator[OfficeDesk]:
    """A server that has taken a confirmation and does not answer."""
    part = busy.detail("委托单位")
    busy.until(
        lambda: (
            part.model.rowCount() == 2
            and not part._named.busy
            and part.model.row_at(part.model.index(0, 0)).details
        )
    )
    part.listing.table.selectRow([line.state for line in part.model._rows].index("待确认"))
    busy.online.answers.clear()
    part.confirm.click()
    busy.until(lambda: len(busy.online.asked) > 1)
    yield busy
    busy.online.answers.set()


def test_closing_tells_once_that_an_answer_is_pending_and_then_waits_for_nothing(silent: OfficeDesk) -> None:
    window = silent.window
    assert not window.close() and window.isVisible()
    assert window.messages.text() == LEAVING
    begun = perf_counter()
    assert window.close()
    assert perf_counter() - begun < 1.0 and not window.isVisible()


def test_an_answer_that_came_lets_the_window_close(silent: OfficeDesk) -> None:
    assert not silent.window.close()
    silent.online.answers.set()
    silent.until(lambda: not silent.window.desk.unanswered())
    assert silent.window.close()


def test_reading_holds_nobody_up(busy: OfficeDesk) -> None:
    busy.online.answers.clear()
    busy.detail("委托单位")
    busy.until(lambda: busy.online.asked)
    begun = perf_counter()
    assert busy.window.close()
    assert perf_counter() - begun < 1.0
    busy.online.answers.set()


def test_logging_out_waits_for_nothing_and_says_what_is_pending(silent: OfficeDesk, tmp_path: Path) -> None:
    program = Program(parse(["--folder", str(tmp_path / "data")]))
    program.window = silent.window
    page = LoginPage(program.front.tasks, LoginPresenter(silent.online), lambda _me: None, "")
    program.front.show_login(page)
    begun = perf_counter()
    program._left()
    assert perf_counter() - begun < 1.0
    assert program.front.isVisible() and page.note.text() == UNANSWERED
    program.front.close()
    program.close()
    del silent.window
