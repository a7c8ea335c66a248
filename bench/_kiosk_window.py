"""Drives the real window in this process: one look after the other, start and end in turn."""

import dataclasses
import statistics
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from bench.kiosk import TimedCheckIns, pss_mb
from core.camera.pipeline import CameraPipeline
from core.camera.source import source_of
from core.clock import SystemClock
from core.face.choice import EngineChoice
from core.qt.collector import Collector
from kiosk import app as root
from kiosk.adapters.engines import open_faces
from kiosk.options import parse
from kiosk.screens.welcome import WelcomeScreen
from kiosk.window import build_window
from sync.pairing import paired

PATIENCE_MS = 60_000


def _wait(ms: int) -> None:
    """Runs the event loop; ``QTest.qWait`` would hold Python's lock and starve the lanes."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


class Looks(QObject):
    """Measures looks on a paired kiosk's folder; the network is away, as at most sites."""

    def __init__(self, folder: Path, options: Sequence[str], clock: SystemClock) -> None:
        super().__init__()
        self._application = QApplication.instance() or QApplication([])
        self._collector = Collector(self)
        chosen = parse(["--folder", str(folder), *options])
        camera = CameraPipeline(source_of(chosen.camera), clock)
        faces = open_faces(EngineChoice(), stills=True)
        self._parts = root.make_parts(chosen, camera, lambda _stills: faces, None)
        known = paired(folder)
        assert known is not None
        self._device = root.open_parts(self._parts, known)
        ports = root.paired_ports(self._parts, self._device, lambda _pairing: None)
        self._timed = TimedCheckIns(ports.check_ins)
        self._window = build_window(
            dataclasses.replace(ports, check_ins=self._timed), root.screen_settings(self._parts)
        )
        self._clock, self._times, self._peak = clock, list[float](), 0.0
        self.parts = list[tuple[float, float, float]]()
        self._armed = False
        self._welcome = self._window.screens[WelcomeScreen]
        self._welcome.installEventFilter(self)

    def run(self, looks: int) -> tuple[list[float], float]:
        """Milliseconds of each look, and the peak memory in MB."""
        self._window.show()
        self._window.start()
        for number in range(looks):
            self._look("start" if number % 2 == 0 else "end")
            self._peak = max(self._peak, pss_mb())
        self._window.close()
        self._parts.camera.close()
        self._device.close()
        self._collector.close()
        waited, judged, painted = (statistics.median(part) * 1000 for part in zip(*self.parts, strict=True))
        print(
            f"of which (p50): frame waits {waited:.0f} ms, judged and written {judged:.0f} ms, painted {painted:.0f} ms"
        )
        return self._times, self._peak

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The welcome page was painted: its children follow in the same turn of the loop."""
        if self._armed and event.type() == QEvent.Type.Paint and watched is self._welcome:
            self._armed = False
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        now, timed = self._clock.monotonic(), self._timed
        self._times.append((now - timed.last) * 1000)
        self.parts.append((timed.fed - timed.last, timed.answered - timed.fed, now - timed.answered))

    def _look(self, action: str) -> None:
        self._press("project_*")
        self._armed, before = True, len(self._times)
        self._press(action)
        if action == "start":
            self._press("claim_no")
        waited = 0
        while len(self._times) == before:
            _wait(20)
            waited += 20
            assert waited < PATIENCE_MS, [
                w.text() for w in self._window.findChildren(QWidget) if hasattr(w, "text")
            ]
        self._press("finish", "back")

    def _press(self, *names: str) -> None:
        for _ in range(PATIENCE_MS // 20):
            for widget in self._window.findChildren(QWidget):
                known = widget.objectName()
                fits = any(known.startswith(one[:-1]) if one.endswith("*") else known == one for one in names)
                if fits and widget.isVisible() and widget.isEnabled():
                    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
                    return
            _wait(20)
        raise AssertionError(f"nothing to press of {names}")
