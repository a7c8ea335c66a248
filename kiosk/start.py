"""Sets the kiosk going: application, camera, position, window; the pairing window where there is no server yet."""

import getpass
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from core.camera.pipeline import CameraPipeline
from core.camera.source import source_of
from core.clock import SystemClock
from core.errors import BadInput, DomainError, Refused
from core.logs import set_up
from core.qt.collector import Collector
from core.qt.tasks import Tasks
from kiosk import app as root
from kiosk.adapters.engines import FirstUse
from kiosk.front import Front
from kiosk.options import Options, parse
from kiosk.positioning import SystemLocator
from kiosk.window import KioskWindow, build_window
from sync import leaving
from sync.device import Device
from sync.keys import choose_source
from sync.pairing import Pairing, paired
from sync.qt import StatusSignals, hold, rotate_key
from sync.status import Status
from sync.web import trusted


def main(argv: Sequence[str]) -> int:
    """Runs until the window is closed; a command line that says nothing sensible is answered on the console."""
    # Importing OpenCV changes it for child processes, and Qt's helpers are such.
    os.environ.pop("LD_LIBRARY_PATH", None)
    try:
        options = parse(argv)
        if options.set_pin:
            _ask_pin(options.folder)
            return 0
        if options.rotate_key:
            rotate_key(options.folder, trusted(options.certificates))
            return 0
    except DomainError as error:
        sys.stderr.write(f"{error.sentence}\n{error.hint}\n")
        return 2
    application = QApplication.instance() or QApplication(list(argv))
    _open_log(options.folder)
    program = Program(options)
    program.start()
    code = application.exec()
    program.close()
    return code


def _ask_pin(folder: Path) -> None:
    """Asks for it twice, since nobody sees what he types."""
    pin = getpass.getpass("服务密码（6 位以上数字）：")
    if pin != getpass.getpass("请再输入一次："):
        raise BadInput("kiosk.pin_differs", "两次输入的服务密码不一致，没有改动", "请重新运行后再输入")
    root.set_pin(folder, pin)
    sys.stdout.write("服务密码已设置\n")


def _open_log(folder: Path) -> None:
    """Where the number of an unexpected error is found; a folder that can't be written is told by the window."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        set_up(file=folder / "kiosk.log.jsonl")


class Program(QObject):
    """One run of the kiosk; shows the pairing window, or opens the files and shows the paired one."""

    _was_paired = Signal(object)

    def __init__(self, options: Options) -> None:
        super().__init__()
        self._collector = Collector(self)
        self._options = options
        self._parts: root.Parts | None = None
        self._tasks = Tasks(self._trouble, self)
        self.window: QWidget | None = None
        """Whatever window stands in front."""
        self.device: Device | None = None
        self._signals: StatusSignals | None = None
        self._contact: int | None = None
        self._lock: QLockFile | None = None
        self._was_paired.connect(self._open, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Shows the window that fits; what keeps the kiosk from starting is said where people stand."""
        folder = self._options.folder
        try:
            self._lock = hold(folder)
        except DomainError as error:
            self._trouble(error)
            return
        if leaving.is_due(folder):
            self._show(Front())
            self._tasks.run(self._clear, "open").then(lambda _gone: self._begin())
        else:
            self._begin()

    def _begin(self) -> None:
        """Reads the small files, and opens the others if they say that there are any."""
        try:
            parts = self._parts = self._make_parts()
            known = paired(parts.folder)
        except DomainError as error:
            self._trouble(error)
            return
        if known is not None:
            self._open(known)
        else:
            unpaired = root.unpaired_ports(parts, self._was_paired.emit)
            self._show_kiosk(build_window(unpaired, root.screen_settings(parts)))

    def close(self) -> None:
        """Ends camera and sync, and lets go of the folder."""
        self._tasks.close()
        if self._parts is not None:
            self._parts.camera.close()
        if self.device is not None:
            self.device.close()
        if self._lock is not None:
            self._lock.unlock()
        self._collector.close()

    def _make_parts(self) -> root.Parts:
        options, clock = self._options, SystemClock()
        choice = root.engine_choice(options)
        trusted(options.certificates)
        camera = CameraPipeline(source_of(options.camera), clock)
        locator = SystemLocator(clock, options.nmea, self) if options.position is None else None
        return root.make_parts(options, camera, FirstUse(choice), locator)

    def _open(self, pairing: Pairing) -> None:
        """Opens the files off the GUI thread: the journal's tail is checked, the cache may be rebuilt."""
        if self._parts is None:
            return
        parts = self._parts
        self._show(Front())
        before, self.device = self.device, None

        def opened() -> Device:
            if before is not None:
                before.close()
            return root.open_parts(parts, pairing)

        self._tasks.run(opened, "open").then(self._opened)

    def _opened(self, device: Device) -> None:
        if self._parts is None:
            return
        self.device = device
        self._signals = StatusSignals(device.status, self)
        self._signals.changed.connect(self._on_status_changed)
        ports = root.paired_ports(self._parts, device, self._was_paired.emit)
        self._show_kiosk(build_window(ports, root.screen_settings(self._parts)))
        device.worker.start()

    def _leave(self) -> None:
        """Revoked, and the server has everything: the files are closed and go (D-1).

        What was written in the last moment keeps them: the device goes on, and brings that, too.
        """
        device = self.device
        if device is None or not device.status.now.left:  # the word may be of one that was closed since
            return
        self.device = None
        self._show(Front())

        def gone() -> Refused | None:
            device.close()
            return self._clear()

        self._tasks.run(gone, "open").then(
            lambda said: self._trouble(said) if said else self._open(device.pairing)
        )

    def _clear(self) -> Refused | None:
        """Takes the files away, off the GUI thread; what is to be told when they are gone."""
        folder = self._options.folder
        source = choose_source(folder, os.environ)
        return leaving.told(source.kind) if leaving.finish(folder, source) else None

    def _trouble(self, error: BaseException) -> None:
        front = Front()
        self._show(front)
        front.explain(error)

    def _show_kiosk(self, window: KioskWindow) -> None:
        self._show(window)
        window.start()

    def _show(self, window: KioskWindow | Front) -> None:
        before, self.window = self.window, window
        window.closed.connect(self._on_window_closed)
        if self._options.full_screen:
            window.showFullScreen()
        else:
            window.show()
        if isinstance(before, KioskWindow | Front):
            before.closed.disconnect(self._on_window_closed)
            before.close()
            before.deleteLater()

    def _on_window_closed(self) -> None:
        QApplication.quit()

    def _on_status_changed(self, status: Status) -> None:
        """Rows may have come with every complete round; the last word of all is that the server has everything."""
        if status.left:
            self._leave()
        if status.last_contact_ms != self._contact and isinstance(self.window, KioskWindow):
            self._contact = status.last_contact_ms
            self.window.refresh()
