"""执业历史: verdicts with words, evidence for those with the right, the map, the day, and live refresh."""

import pytest
from PySide6.QtWidgets import QLabel

from core.errors import NotAllowed
from core.visits.queries import VisitLine
from desktop.screens.visits.evidence_view import STILL
from desktop.screens.visits.view import EMPTY, NOT_MINE
from desktop.shell.chips import CHIP_TONES
from desktop.shell.saying import LOG_IN_AGAIN
from desktop.wording import STATE_TONES
from tests.factories.office import at
from tests.fakes.office import AWAY
from tests.fakes.office import NOT_MINE as DENIED
from tests.gui.desktop.conftest import OfficeDesk, texts


@pytest.mark.rule("S-18")
def test_every_visit_has_verdict_and_time_or_reason(busy: OfficeDesk) -> None:
    """Verdict: 执业中, 有效, 清零 (with reasons), 无效 (with reason), 待核实."""
    part = busy.detail("执业历史")
    busy.until(lambda: part.model.rowCount() == 7)
    found = dict(zip(texts(part.model, 4), texts(part.model, 3), strict=True))
    assert found["2 小时 06 分"] == "有效"
    assert found["超距执业"] == found["反馈单已提交"] == "清零"
    assert found["位置过旧或存疑"] == "待核实"
    assert found["计时中"] == "执业中"
    assert texts(part.model, 2)[4] == "11:30"  # closed when the form came


def test_the_chosen_visit_shows_photo_scores_and_place(busy: OfficeDesk) -> None:
    part = busy.detail("执业历史")
    busy.until(lambda: part.model.rowCount())
    part.choose(busy.visits[1])
    shown = part.evidence
    busy.until(lambda: not shown.end.photo.pixmap().isNull())
    told = {"1.0 公里", "± 35 米", "4 秒前", "卫星定位", "0.612（阈值 0.363）", "向左转头、向右转头、眨眼",
            "yunet+sface 2023", "1 号现场终端"}  # fmt: skip
    busy.until(lambda: told <= {label.text() for label in shown.end.facts.findChildren(type(shown.who))})
    busy.until(lambda: shown.why.text() == "超距执业")
    busy.until(lambda: "结束距项目" in shown.map.accessibleDescription())


@pytest.mark.rule("S-10")
def test_who_may_not_see_evidence_is_told_why(busy: OfficeDesk) -> None:
    """Evidence by managers and supervisors."""
    busy.online.trouble = DENIED
    part = busy.detail("执业历史")
    busy.until(lambda: part.evidence.note.isVisible())
    busy.until(lambda: part.evidence.note.text() == NOT_MINE)
    busy.until(lambda: part.evidence.start.photo.text() == "无法显示")
    assert busy.window.messages.text() == ""


@pytest.mark.rule("S-10", "A-4")
def test_a_login_that_is_over_is_not_taken_for_a_missing_right(busy: OfficeDesk) -> None:
    """Evidence by managers and supervisors. A login expires, can be revoked."""
    busy.online.trouble = NotAllowed("accounts.login_over", "登录已过期", "请重新登录", rule="A-4")
    part = busy.detail("执业历史")
    busy.until(lambda: part.evidence.note.text() == f"登录已过期。{LOG_IN_AGAIN}")


def test_without_a_network_it_says_so_and_asks_again_later(busy: OfficeDesk) -> None:
    busy.online.trouble = AWAY
    part = busy.detail("执业历史")
    busy.until(lambda: "无法连接服务器" in part.evidence.note.text())
    busy.online.trouble = None
    busy.arrived()
    busy.until(lambda: not part.evidence.start.photo.pixmap().isNull())
    assert not part.evidence.note.isVisible()


def test_a_visit_that_arrives_shows_by_itself_and_the_chosen_one_stays(busy: OfficeDesk) -> None:
    part = busy.detail("执业历史")
    busy.until(lambda: part.model.rowCount() == 7)
    part.choose(busy.visits[0])
    busy.rows.visit(busy.project, "周立", at(8.8), None, "open")
    busy.arrived()
    busy.until(lambda: part.model.rowCount() == 8)
    row: VisitLine | None = part.listing.table.current_row()
    assert row is not None and row.id == busy.visits[0]
    busy.until(lambda: part.evidence.who.text() == "孙晓燕")


def test_a_bar_of_the_day_chooses_its_visit(busy: OfficeDesk) -> None:
    part = busy.detail("执业历史")
    busy.until(lambda: part.model.rowCount())
    part.day.chosen.emit(busy.visits[3])
    assert part.day_title.text() == "2026-03-01 现场人员"
    assert part.listing.table.current_row().id == busy.visits[3]


def test_a_still_picture_of_the_demo_is_named(busy: OfficeDesk) -> None:
    busy.rows.kiosk = busy.rows.device("演示终端", still_for_live=True)
    visit = busy.rows.visit(busy.project, "周立", at(8.9), None, "open")
    part = busy.detail("执业历史")
    busy.until(lambda: part.model.rowCount() == 8)
    part.choose(visit)
    busy.until(lambda: part.evidence.note.text() == STILL and part.evidence.note.isVisible())


def test_a_project_without_visits_says_how_they_come(desk: OfficeDesk) -> None:
    desk.project = desk.rows.project("新项目")
    part = desk.detail("执业历史")
    desk.until(lambda: part.listing.hint.isVisible())
    assert part.listing.hint.text() == EMPTY


def test_a_photo_is_not_cut_by_the_room_that_its_waiting_text_had(busy: OfficeDesk) -> None:
    part = busy.detail("执业历史")
    busy.until(lambda: not part.evidence.start.photo.pixmap().isNull())
    photo = part.evidence.start.photo
    assert photo.contentsRect().size() == photo.size()


def test_a_state_has_one_colour_in_the_table_and_beside_the_title(busy: OfficeDesk) -> None:
    busy.detail("执业历史")
    shown = busy.projects().detail.findChildren(QLabel)
    busy.until(lambda: any(one.text() == "已提交" for one in shown))
    chip = next(one for one in shown if one.text() == "已提交")
    colour = chip.grab().toImage().pixelColor(chip.width() // 2, 2).name().upper()
    assert colour == CHIP_TONES[STATE_TONES["submitted"]][1]
