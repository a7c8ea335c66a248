"""A desktop with fake ports over a real SQLite file, and an eye that waits until something is shown."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

import desktop.screens  # noqa: F401
from core.ids import new_id
from core.qt import theme
from desktop.ports import ContactDetails, Me, Services
from desktop.screens.projects.view import ProjectsScreen
from desktop.shell.main_window import MainWindow
from tests.factories.office import OfficeRows, busy_office
from tests.fakes.clock import FakeClock
from tests.fakes.office import FakeDrafts, FakeOnline, FakeSync


class OfficeDesk:
    """The window and everything behind it."""

    def __init__(self, rows: OfficeRows, clock: FakeClock, qtbot: QtBot, photo: bytes) -> None:
        self.rows, self.clock, self.qtbot = rows, clock, qtbot
        self.me = Me("account-1", "wangmin", "王敏", rows.manager, rows.agency)
        self.online, self.sync = FakeOnline(self.me, photo=photo), FakeSync()
        self.computer = new_id()
        self.drafts = FakeDrafts(rows.store, self.me, self.computer)
        self.project, self.visits = "", []
        self.window: MainWindow

    def fill(self) -> None:
        """A project on which everything has happened."""
        self.project, self.visits = busy_office(self.rows)
        people = iter((("陈经理", "安全主管"), ("刘工", "值班长")))
        with self.rows.store.reading() as db:
            from core.contacts.queries import of_project

            for contact in reversed(of_project(db, self.project)):
                name, job = next(people)
                self.online.contact_details[contact.id] = ContactDetails(
                    name, "13800000000", job, "上海申江物业管理有限公司", "人民大道 120 号"
                )

    def open(self) -> MainWindow:
        """The main window, shown."""
        self.drafts.me = self.me
        services = Services(
            self.rows.store,
            self.clock,
            self.online,
            self.sync,
            self.drafts,
            self.me,
            server="https://zhiye.example.cn",
        )
        self.window = MainWindow(services)
        self.qtbot.addWidget(self.window)
        self.window.show()
        return self.window

    def projects(self) -> ProjectsScreen:
        """The projects screen in front."""
        screen = self.window.current()
        assert isinstance(screen, ProjectsScreen)
        return screen

    def detail(self, tab: str) -> Any:
        """The project's tab of this title, in front."""
        if not hasattr(self, "window"):
            self.open()
        self.window.go("projects", self.project)
        return self.projects().detail.part(tab)

    def until(self, seen: Callable[[], object]) -> None:
        """Wait until it is so."""
        self.qtbot.waitUntil(lambda: bool(seen()))

    def quiet(self) -> None:
        """Wait until nothing is read any more."""
        for _ in range(3):
            self.qtbot.wait(60)

    def arrived(self) -> None:
        """A pull has brought rows."""
        self.window.rows_arrived()


def texts(model: Any, column: int) -> list[str]:
    """What a column shows."""
    return [model.data(model.index(row, column)) for row in range(model.rowCount())]


def dressed(qapp: Any) -> None:
    """The desktop's theme, if another program's stands; applying it restyles every widget that is left."""
    if qapp.styleSheet() != theme.style(theme.DESKTOP, "desktop.qss"):
        theme.apply_desktop(qapp)


@pytest.fixture
def photo(tmp_path: Path) -> bytes:
    """A picture that stands for a face; nobody's."""
    image = QImage(480, 640, QImage.Format.Format_RGB32)
    image.fill(QColor("#9FB7C9"))
    painter = QPainter(image)
    painter.setBrush(QColor("#E2C2A8"))
    painter.drawEllipse(QPointF(240, 270), 130, 170)
    painter.setBrush(QColor("#33475B"))
    painter.drawEllipse(QRectF(60, 470, 360, 400))
    painter.end()
    image.save(str(tmp_path / "face.jpg"))
    return (tmp_path / "face.jpg").read_bytes()


@pytest.fixture
def desk(qtbot: QtBot, qapp: Any, tmp_path: Path, photo: bytes) -> Iterator[OfficeDesk]:
    dressed(qapp)
    clock = FakeClock()
    rows = OfficeRows(tmp_path, clock)
    made = OfficeDesk(rows, clock, qtbot, photo)
    yield made
    if hasattr(made, "window"):
        made.window.close()
    rows.store.close()


@pytest.fixture
def busy(desk: OfficeDesk) -> OfficeDesk:
    desk.fill()
    return desk
