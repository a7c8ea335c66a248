"""The live picture and the face are two things: neither waits for the other."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject

from core.camera.pipeline import CameraPipeline
from core.camera.source import Picture
from core.clock import SystemClock
from kiosk.screens.looking import LookingScreen
from kiosk.shown import Action, Progress
from kiosk.states import Looking
from tests.fakes.kiosk import FakeKiosk
from tests.gui.kiosk.conftest import Hand

FPS, SECONDS = 30, 1.5


class _Steady:
    """A camera of 30 frames a second, 1280 × 720."""

    def __init__(self) -> None:
        self.given = 0
        self._picture = np.full((720, 1280, 3), 90, dtype=np.uint8)

    def open(self) -> None:
        """Nothing to open."""

    def read(self) -> Picture | None:
        """The next picture, a thirtieth of a second later."""
        time.sleep(1 / FPS)
        self.given += 1
        return self._picture.copy()

    def close(self) -> None:
        """Nothing to close."""


class _Paints(QObject):
    """Counts how often something is painted."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes it, and lets it happen."""
        self.count += event.type() == QEvent.Type.Paint
        return False


class _Slow:
    """A face engine that has been thinking about its first frame ever since."""

    def __init__(self, done: Event, pause: float) -> None:
        self._done, self._pause = done, pause
        self.fed: list[int] = []

    def feed(self, frame: Any) -> Progress:
        """Thinks."""
        self.fed.append(frame.index)
        self._done.wait(self._pause)
        return Progress("请保持不动")

    def cancel(self) -> None:
        """Nothing to cancel."""


@pytest.fixture
def steady() -> _Steady:
    return _Steady()


@pytest.fixture
def live(kiosk: FakeKiosk, make: Callable[..., Hand], steady: _Steady) -> Iterator[Hand]:
    """A kiosk with the real pipeline and the real clock."""
    clock = SystemClock()
    camera = CameraPipeline(steady, clock)
    kiosk.ports = replace(kiosk.ports, camera=camera, clock=clock)
    yield make()
    camera.close()


def _slow(hand: Hand, pause: float) -> tuple[_Slow, Event]:
    done = Event()
    slow = _Slow(done, pause)
    hand.kiosk.check_ins.begin = lambda request: slow  # type: ignore[method-assign,assignment,return-value]
    hand.look(Action.END)
    hand.until(Looking)
    return slow, done


def test_the_picture_runs_at_the_cameras_pace_while_the_face_is_slow(live: Hand, steady: _Steady) -> None:
    slow, done = _slow(live, 60)
    live.qtbot.waitUntil(lambda: len(slow.fed) == 1)
    screen, paints = live.window.page(), _Paints()
    assert isinstance(screen, LookingScreen)
    screen.view.installEventFilter(paints)
    before = steady.given
    live.qtbot.wait(int(SECONDS * 1000))
    given = steady.given - before
    done.set()
    assert slow.fed == slow.fed[:1], "the engine was still thinking"
    assert given >= 0.6 * FPS * SECONDS and paints.count >= 0.85 * given


def test_a_slow_face_gets_the_newest_frame_and_never_a_queue(live: Hand, steady: _Steady) -> None:
    slow, done = _slow(live, 0.2)
    live.qtbot.waitUntil(lambda: len(slow.fed) == 5)
    newest = steady.given
    done.set()
    assert newest - slow.fed[-1] <= 6
    assert all(later - earlier >= 3 for earlier, later in zip(slow.fed, slow.fed[1:], strict=False))


def test_a_frame_that_came_while_the_face_was_busy_is_judged_next(hand: Hand) -> None:
    """Else an engine that needs 40 ms would see every second frame of 33 ms only."""
    slow, done = _slow(hand, 60)
    hand.qtbot.waitUntil(lambda: len(slow.fed) == 1)
    polled = hand.kiosk.camera.newest()
    assert polled is not None
    hand.qtbot.wait(100)
    hand.kiosk.camera.silent = True
    hand.qtbot.wait(60)
    done.set()
    hand.qtbot.waitUntil(lambda: len(slow.fed) == 2)
    hand.qtbot.wait(60)
    assert len(slow.fed) == 2 and slow.fed[1] > polled.index


class _Hanging(_Steady):
    """A driver that does not come back from opening or from reading."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where, self.free, self.closed = where, Event(), Event()

    def open(self) -> None:
        """May hang."""
        if self.where == "open":
            self.free.wait(30)

    def read(self) -> Picture | None:
        """May hang."""
        if self.where == "read":
            self.free.wait(30)
        return super().read()

    def close(self) -> None:
        """Let go of, late."""
        self.closed.set()


@pytest.mark.parametrize("where", ["open", "read"])
def test_the_window_closes_within_five_seconds_while_the_driver_hangs(
    where: str, kiosk: FakeKiosk, make: Callable[..., Hand]
) -> None:
    source, clock = _Hanging(where), SystemClock()
    camera = CameraPipeline(source, clock)
    kiosk.ports = replace(kiosk.ports, camera=camera, clock=clock)
    hand = make()
    hand.look(Action.END, Progress("请保持不动"))
    hand.until(Looking)
    begun = time.monotonic()
    hand.window.close()
    camera.close()  # as the program does when its window has gone
    assert time.monotonic() - begun < 5
    source.free.set()
    assert source.closed.wait(5), "the camera is let go of as soon as the driver answers"
    hand.qtbot.waitUntil(lambda: not [one for one in threading.enumerate() if one.name == "camera"])
