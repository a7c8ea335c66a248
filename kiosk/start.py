"""Sets the kiosk going: application, camera, position, window; the pairing window where there is no server yet."""

import functools
import getpass
import os
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from core.camera.pipeline import CameraPipeline
from core.camera.source import source_of
from core.clock import SystemClock
from core.errors import DomainError
from core.logs import set_up
from core.qt.collector import Collector
from kiosk import app as root
from kiosk.adapters.engines import open_faces
from kiosk.options import Options, parse
from kiosk.ports import Ports
from kiosk.positioning import SystemLocator
from kiosk.window import KioskWindow, build_window
from sync.device import Device
from sync.pairing import Pairing, paired
from sync.qt import StatusSignals
from sync.status import Status


def main(argv: Sequence[str]) -> int:
    """Runs until the window is closed; known trouble before that is a sentence on the console."""
    # Importing OpenCV changes it for child processes, and Qt's helpers are such.
    os.environ.pop("LD_LIBRARY_PATH", None)
    application = QApplication.instance() or QApplication(list(argv))
    try:
        options = parse(argv)
        options.folder.mkdir(parents=True, exist_ok=True)
        if options.set_pin:
            root.set_pin(options.folder, getpass.getpass("服务密码："))
            return 0
        set_up(file=options.folder / "kiosk.log.jsonl")
        program = Program(options)
    except DomainError as error:
        sys.stderr.write(f"{error.sentence}\n{error.hint}\n")
        return 2
    program.start()
    code = application.exec()
    program.close()
    return code


class Program(QObject):
    """One run of the kiosk; shows the pairing window, then the paired one."""

    _was_paired = Signal(object)

    def __init__(self, options: Options) -> None:
        super().__init__()
        self._collector = Collector(self)
        clock = SystemClock()
        camera = CameraPipeline(source_of(options.camera), clock)
        locator = SystemLocator(clock, options.nmea, self) if options.position is None else None
        faces = functools.cache(lambda: open_faces(stills=options.stills))
        self._parts = root.make_parts(options, camera, faces, locator)
        self.window: KioskWindow | None = None
        self.device: Device | None = None
        self._signals: StatusSignals | None = None
        self._contact: int | None = None
        self._was_paired.connect(self._open, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Shows the window that fits."""
        known = paired(self._parts.folder)
        if known is not None:
            self._open(known)
        else:
            self._show(build_window(self._unpaired(), root.screen_settings(self._parts)))

    def close(self) -> None:
        """Ends camera and sync."""
        self._parts.camera.close()
        if self.device is not None:
            self.device.close()
        self._collector.close()

    def _unpaired(self) -> Ports:
        return root.unpaired_ports(self._parts, self._was_paired.emit)

    def _open(self, pairing: Pairing) -> None:
        self.device = root.open_parts(self._parts, pairing)
        self._signals = StatusSignals(self.device.status, self)
        self._signals.changed.connect(self._on_status_changed)
        self._show(
            build_window(root.paired_ports(self._parts, self.device), root.screen_settings(self._parts))
        )
        self.device.worker.start()

    def _show(self, window: KioskWindow) -> None:
        before, self.window = self.window, window
        window.closed.connect(self._on_window_closed)
        if self._parts.options.full_screen:
            window.showFullScreen()
        else:
            window.show()
        window.start()
        if before is not None:
            before.closed.disconnect(self._on_window_closed)
            before.close()
            before.deleteLater()

    def _on_window_closed(self) -> None:
        QApplication.quit()

    def _on_status_changed(self, status: Status) -> None:
        """Rows may have come with every complete round."""
        if status.last_contact_ms != self._contact and self.window is not None:
            self._contact = status.last_contact_ms
            self.window.refresh()
