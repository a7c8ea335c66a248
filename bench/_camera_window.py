"""A check-in without end in the real window: what is painted and what is judged in a second, and how soon."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from core.camera.pipeline import CameraPipeline
from core.camera.source import Picture
from core.clock import SystemClock
from core.face.engine import FaceEngine
from core.face.matching import pack
from core.face.types import Candidate, Detection, Image, Landmarks, Vector
from kiosk.adapters.engines import EngineFaces
from kiosk.adapters.faces import FaceCheck, Looking
from kiosk.events import TouchedProject, Wanted
from kiosk.looker import Looker
from kiosk.screens.looking import LookingScreen
from kiosk.settings import ScreenSettings
from kiosk.shown import Action, Box, Progress, Request
from kiosk.window import build_window
from tests.fakes.kiosk import FakeKiosk

FPS = 30
WARM_MS = 2000


class Cinema:
    """A camera of 30 frames a second that gives JPEGs, as USB cameras of this size do, forward and back."""

    def __init__(self, jpegs: list[bytes], clock: SystemClock) -> None:
        self._reel, self._clock = jpegs + jpegs[::-1], clock
        self._due, self.given = 0.0, 0

    def open(self) -> None:
        """The first frame is due now."""
        self._due = self._clock.monotonic()

    def read(self) -> Picture | None:
        """The next frame when it is due."""
        self._due = max(self._due + 1 / FPS, self._clock.monotonic() - 1 / FPS)
        time.sleep(max(0.0, self._due - self._clock.monotonic()))
        data = self._reel[self.given % len(self._reel)]
        self.given += 1
        return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)

    def close(self) -> None:
        """Nothing to let go."""


@dataclass
class Figures:
    """Seconds from the frame to the answer, by whether the answer needed an identity."""

    decided: list[float] = field(default_factory=list)
    followed: list[float] = field(default_factory=list)
    paints: int = 0
    seconds: float = 0.0


class _Noted:
    """The engine's own recogniser, which notes that it was asked."""

    def __init__(self, inner: Any) -> None:
        self._inner, self.asked = inner, False
        self.size: int = inner.size

    @property
    def version(self) -> str:
        """The inner one's."""
        return str(self._inner.version)

    @property
    def files(self) -> dict[str, str]:
        """The inner one's."""
        return dict(self._inner.files)

    def vector(self, image: Image, face: Detection, landmarks: Landmarks) -> Vector:
        """The inner one's answer."""
        self.asked = True
        found: Vector = self._inner.vector(image, face, landmarks)
        return found


class Endless:
    """Check-ins that begin anew as soon as one has ended."""

    def __init__(self, engine: FaceEngine, first: Image, clock: SystemClock) -> None:
        vector = engine.observer.observe(first, 0.0).vector
        if vector is None:
            raise SystemExit("the first frame shows no face")
        self._candidates = [Candidate("owner", (pack(engine.model, [vector]),))]
        parts = engine.observer.parts
        self._noted = _Noted(parts.recogniser)
        self._faces = EngineFaces(FaceEngine(replace(parts, recogniser=self._noted)), stills=False)
        self._clock, self._check = clock, self._begun()
        self.figures = Figures()

    def _begun(self) -> FaceCheck:
        return self._faces.check(self._candidates)

    def begin(self, request: Request) -> "Endless":
        """There is only one."""
        return self

    def feed(self, frame: Any) -> Progress:
        """Judges a frame and notes how old it is then."""
        self._noted.asked = False
        seen = self._check.feed(frame.image, frame.t)
        age = self._clock.monotonic() - frame.t
        (self.figures.decided if self._noted.asked else self.figures.followed).append(age)
        if not isinstance(seen, Looking):
            self._check = self._begun()
            return Progress("请保持不动")
        box = Box(*seen.box) if seen.box else None
        return Progress(seen.instruction, box, seen.fraction, seen.ready, seen.tried)

    def cancel(self) -> None:
        """Nothing is kept."""


class _Paints(QObject):
    """Counts the frames that are painted, each once."""

    def __init__(self, endless: Endless, looker: Looker) -> None:
        super().__init__()
        self._endless, self._looker, self._last = endless, looker, None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes it, and lets it happen."""
        if event.type() == QEvent.Type.Paint and self._looker.picture() is not self._last:
            self._last = self._looker.picture()
            self._endless.figures.paints += 1
        return False


def watch(engine: FaceEngine, jpegs: list[bytes], seconds: float, threads: int) -> Figures:
    """The figures of so many seconds, after the first ones."""
    application = QApplication.instance() or QApplication([])
    clock = SystemClock()
    first = np.asarray(cv2.imdecode(np.frombuffer(jpegs[0], np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)
    endless, kiosk = Endless(engine, first, clock), FakeKiosk()
    camera = CameraPipeline(Cinema(jpegs, clock), clock)
    faces: Any = endless
    ports = replace(kiosk.ports, camera=camera, check_ins=faces, clock=clock)
    window = build_window(ports, ScreenSettings(idle_seconds=3600))
    cv2.setNumThreads(threads)
    window.show()
    window.start()
    window.conductor.send(TouchedProject(kiosk.first))
    window.conductor.send(Wanted(Action.END))
    paints, screen = _Paints(endless, window.desk.looker), window.screens[LookingScreen]
    assert isinstance(screen, LookingScreen)
    screen.view.installEventFilter(paints)
    _wait(WARM_MS)
    endless.figures, begun = Figures(), clock.monotonic()
    _wait(int(seconds * 1000))
    figures = endless.figures
    figures.seconds = clock.monotonic() - begun
    window.close()
    camera.close()
    application.processEvents()
    return figures


def _wait(ms: int) -> None:
    """Runs the event loop; ``QTest.qWait`` would hold Python's lock and starve the lanes."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
