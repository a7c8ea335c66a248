"""A kiosk with fake ports, and a hand that presses what can be seen."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kiosk.events import TouchedProject, Wanted
from kiosk.settings import ScreenSettings
from kiosk.shown import Action, ProjectCard
from kiosk.window import KioskWindow, build_window
from tests.fakes.kiosk import FakeKiosk

Kind = TypeVar("Kind")


class Hand:
    """Presses, reads and waits, as a person in front of the kiosk would."""

    def __init__(self, kiosk: FakeKiosk, window: KioskWindow, qtbot: QtBot) -> None:
        self.kiosk, self.window, self.qtbot = kiosk, window, qtbot

    @property
    def state(self) -> Any:
        return self.window.conductor.flow.state

    def find(self, kind: type[Kind], name: str) -> Kind:
        """A widget that can be seen, once it can be."""
        found: list[Any] = []

        def seen() -> bool:
            found[:] = [w for w in self.window.findChildren(kind, name) if w.isVisible()]  # type: ignore[type-var]
            return bool(found)

        self.qtbot.waitUntil(seen)
        return found[0]  # type: ignore[no-any-return]

    def press(self, name: str) -> None:
        """Touch a button in its middle."""
        button = self.find(QPushButton, name)
        self.qtbot.waitUntil(button.isEnabled)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def touch(self, name: str) -> None:
        """Touch a card."""
        self.qtbot.mouseClick(self.find(QWidget, name), Qt.MouseButton.LeftButton)

    def reads(self, name: str) -> str:
        """What a label says."""
        return self.find(QLabel, name).text()

    def words(self) -> str:
        """Everything that can be read now."""
        labels = [w.text() for w in self.window.findChildren(QLabel) if w.isVisible()]
        buttons = [w.text() for w in self.window.findChildren(QPushButton) if w.isVisible()]
        return "\n".join([*labels, *buttons])

    def until(self, kind: type[Any]) -> Any:
        """Wait for a state."""
        self.qtbot.waitUntil(lambda: isinstance(self.state, kind))
        return self.state

    def until_reads(self, text: str) -> None:
        """Wait for some words."""
        self.qtbot.waitUntil(lambda: text in self.words())

    def look(self, action: Action, *script: Any, project: ProjectCard | None = None) -> None:
        """Choose a project and look into the camera, which then goes as the script says."""
        self.kiosk.check_ins.script = script
        self.window.conductor.send(TouchedProject(project or self.kiosk.first))
        self.window.conductor.send(Wanted(action))

    def wait_seconds(self, seconds: int) -> None:
        """Let the kiosk's time pass."""
        self.kiosk.clock.advance(seconds=seconds)
        self.window.conductor.tick()


@pytest.fixture
def kiosk() -> FakeKiosk:
    return FakeKiosk()


@pytest.fixture
def make(kiosk: FakeKiosk, qtbot: QtBot) -> Iterator[Callable[..., Hand]]:
    """Makes the window, after a test has set its ports."""
    made: list[KioskWindow] = []

    def build(size: tuple[int, int] = (800, 1280), **settings: Any) -> Hand:
        window = build_window(kiosk.ports, ScreenSettings(**settings))
        made.append(window)
        qtbot.addWidget(window)
        window.resize(*size)
        window.show()
        window.start()
        return Hand(kiosk, window, qtbot)

    yield build
    for window in made:
        window.close()


@pytest.fixture
def hand(make: Callable[..., Hand]) -> Hand:
    """A paired kiosk at its start."""
    return make()
