"""The project table: filters, search, order, what it says when it is empty, and 40,000 rows."""

from time import perf_counter
from typing import Any

from PySide6.QtCore import Qt

from desktop.screens.projects.view import NO_MATCH, NOTHING
from tests.gui.desktop.conftest import OfficeDesk, texts


def opened(desk: OfficeDesk) -> Any:
    desk.open()
    desk.until(lambda: desk.projects().model.rowCount())
    return desk.projects()


def choose(box: Any, key: str) -> None:
    box.setCurrentIndex(box.findData(key))


def test_the_table_shows_state_and_kind_in_chinese(busy: OfficeDesk) -> None:
    screen = opened(busy)
    assert texts(screen.model, 1)[0] == "上海中心城区示范大厦消防设施检测"
    assert set(texts(screen.model, 2)) == {"维保", "检测", "评估"}
    assert set(texts(screen.model, 3)) >= {"已提交", "已执业", "待复检", "已完成", "已终止", "已保存"}
    assert texts(screen.model, 6)[0] == "1 人"


def test_an_ordinary_clients_name_is_not_cut_on_a_small_office_screen(busy: OfficeDesk) -> None:
    screen = opened(busy)
    busy.window.resize(1280, 800)
    table, last = screen.listing.table, screen.model.columnCount() - 1
    wanted = table.fontMetrics().horizontalAdvance("上海示例物业管理有限公司") + 2 * 8
    busy.until(lambda: table.columnWidth(last) >= wanted)


def test_it_is_narrowed_by_state_kind_people_and_text(busy: OfficeDesk) -> None:
    screen = opened(busy)
    choose(screen.states, "submitted")
    assert texts(screen.model, 1) == ["上海中心城区示范大厦消防设施检测", "静安寺商业广场维保"]
    choose(screen.kinds, "maintenance")
    assert texts(screen.model, 1) == ["静安寺商业广场维保"]
    screen.on_site.setChecked(True)
    assert screen.listing.hint.text() == NO_MATCH and screen.listing.hint.isVisible()
    choose(screen.states, "")
    choose(screen.kinds, "")
    assert screen.model.rowCount() == 2
    screen.on_site.setChecked(False)
    screen.search.setText("外滩")
    busy.until(lambda: screen.model.rowCount() == 1)


def test_states_sort_as_they_follow_each_other(busy: OfficeDesk) -> None:
    screen = opened(busy)
    screen.listing.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert list(dict.fromkeys(texts(screen.model, 3))) == [
        "已保存", "已提交", "已执业", "待复检", "已完成", "已终止",
    ]  # fmt: skip


def test_an_empty_table_says_how_it_is_filled(desk: OfficeDesk) -> None:
    desk.open()
    screen = desk.projects()
    desk.until(lambda: screen.listing.hint.text() == NOTHING)
    assert screen.listing.hint.isVisible()


def test_a_new_visit_shows_by_itself_and_the_row_stays_chosen(busy: OfficeDesk) -> None:
    screen = opened(busy)
    screen.listing.table.selectRow(3)
    kept = screen.listing.table.current_row().id
    name = "孙晓燕"
    busy.rows.visit(busy.project, name, busy.clock.true_ms - 60_000, None, "open")
    busy.arrived()
    busy.until(lambda: texts(screen.model, 6)[0] == "2 人")
    assert screen.listing.table.current_row().id == kept


def test_enter_opens_and_escape_comes_back(busy: OfficeDesk) -> None:
    screen = opened(busy)
    screen.listing.table.selectRow(0)
    busy.qtbot.keyClick(screen.listing.table, Qt.Key.Key_Return)
    busy.until(lambda: screen.detail.isVisible())
    assert screen.back()
    assert screen.listing.isVisible()


def test_forty_thousand_projects_do_not_stutter(desk: OfficeDesk) -> None:
    desk.rows.many_projects(40_000)
    desk.open()
    screen = desk.projects()
    desk.qtbot.waitUntil(lambda: screen.model.rowCount() == 40_000, timeout=30_000)
    begun = perf_counter()
    screen.listing.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    choose(screen.kinds, "inspection")
    screen.listing.table.scrollToBottom()
    screen.listing.table.viewport().repaint()
    assert perf_counter() - begun < 1.0  # 0.15 s on two slow cores
    untouched = screen.model.index(0, 0)
    desk.arrived()
    desk.quiet()
    assert untouched.data() == screen.model.index(0, 0).data()
