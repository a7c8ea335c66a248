"""Composition root of the desktop: pairing, the device's files, sync, login, and then the main window."""

import os
from dataclasses import dataclass, replace

from PySide6.QtCore import QLockFile, QObject

import core.catalogue  # noqa: F401  (loads every feature's commands and tables)
import desktop.screens  # noqa: F401  (registers every screen)
from core.clock import Clock, SystemClock
from core.errors import Refused
from core.qt.collector import Collector
from desktop.adapters.admission import Admission
from desktop.adapters.drafting import Drafting
from desktop.adapters.exchange import Exchange
from desktop.adapters.office import Office
from desktop.front import Front
from desktop.login.presenter import LoginPresenter
from desktop.login.view import LoginPage
from desktop.pairing.presenter import PairingPresenter
from desktop.pairing.view import PairingPage
from desktop.ports import Me, Services
from desktop.settings import Settings
from desktop.shell.main_window import MainWindow
from sync import leaving
from sync.device import Device, open_device
from sync.errors import Damaged, unusable
from sync.keys import DeviceSecrets, choose_source, load_or_make
from sync.pairing import paired
from sync.qt import StatusSignals, hold
from sync.status import Status
from sync.web import trusted

UNANSWERED = "退出登录时有一项操作还没有得到服务器答复，它可能已经完成，请登录后核对。"


@dataclass(frozen=True, slots=True)
class Ready:
    """What a start finds: the installation's secrets, and whether it is paired."""

    secrets: DeviceSecrets
    admission: Admission
    paired: bool


class Program(QObject):
    """One start of the desktop, from the first window to the last."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        super().__init__()
        self._collector = Collector(self)
        self._settings = settings
        self._clock = clock or SystemClock()
        self._lock: QLockFile | None = None
        self.device: Device | None = None
        self.window: MainWindow | None = None
        self._office: Office | None = None
        self._signals: StatusSignals | None = None
        self._contact: int | None = None
        self.front = Front()

    def begin(self) -> None:
        """Show the first window: pairing on the first start, the login otherwise, or why there is neither."""
        self.front.show()
        self.front.tasks.run(self._prepare, "open").then(self._prepared)

    def close(self) -> None:
        """Ends sync, closes the files and lets go of the folder; called once, after the last window."""
        if self.window is not None:
            self.window.tasks.close()
        self.front.tasks.close()
        if self.device is not None:
            self.device.close()
        if self._lock is not None:
            self._lock.unlock()
        self._collector.close()

    def _prepare(self) -> Ready:
        """Reads the installation's own small files, or makes them."""
        folder = self._settings.folder
        self._lock = hold(folder)
        trusted(self._settings.certificates)
        try:
            source = choose_source(folder, os.environ)
            leaving.finish(folder, source)  # of a device that was revoked
            secrets = load_or_make(source)
        except OSError as error:
            raise unusable(folder) from error
        admission = Admission(self._settings, secrets, source.kind)
        return Ready(secrets, admission, admission.paired())

    def _prepared(self, ready: Ready) -> None:
        if ready.paired:
            self._open(ready.secrets)
            return
        page = PairingPage(
            self.front.tasks,
            PairingPresenter(ready.admission),
            lambda: self._open(ready.secrets),
            self._settings.name,
            self.front.show_demo,
        )
        self.front.show_pairing(page)

    def _open(self, secrets: DeviceSecrets) -> None:
        """Opens journal and cache off the GUI thread, then asks who it is."""
        self.front.tasks.run(lambda: self._open_device(secrets), "open").then(self._opened)

    def _open_device(self, secrets: DeviceSecrets) -> Device:
        pairing = paired(self._settings.folder)
        if pairing is None:
            raise Damaged("pairing-missing", "本机的配对信息不见了。")
        verify = trusted(self._settings.certificates)
        return open_device(self._settings.folder, pairing, secrets, self._clock, verify=verify)

    def _opened(self, device: Device) -> None:
        self.device = device
        self._signals = StatusSignals(device.status, self)
        self._signals.changed.connect(self._status_changed)
        self._office = Office(device.pairing, device.transport, device.submitter)
        device.worker.start()
        page = LoginPage(
            self.front.tasks, LoginPresenter(self._office), self._entered, device.pairing.address
        )
        self.front.show_login(page)
        asked = self.front.tasks.run(self._office.demo, "online").then(self.front.show_demo)
        asked.otherwise(lambda _away: None)  # who can't be reached is told of at the login

    def _entered(self, me: Me) -> None:
        if self.device is None or self._office is None:
            return
        device = self.device
        services = Services(
            device.cache.store,
            self._clock,
            self._office,
            Exchange(device),
            Drafting(device.submitter, device.cache, me),
            me,
            server=device.pairing.address,
        )
        if me.demo:
            services = replace(services, title=f"演示　{services.title}")
        self.window = MainWindow(services)
        self.window.leaving.connect(self._left)
        self.window.show()
        self.front.hide()

    def _left(self) -> None:
        """Logged out: the token is ended, the next one logs in; sync goes on."""
        if self._office is not None:
            self.front.tasks.run(self._office.logout, "online")
        if self.window is not None:
            window, self.window = self.window, None
            # The front comes first: the last window that closes ends the program.
            self.front.again(UNANSWERED if window.desk.unanswered() else "")
            window.dismiss()
            window.deleteLater()

    def _leave(self) -> None:
        """Revoked, and the server has everything: the files are closed and go (D-1).

        What was written in the last moment keeps them: the device goes on, and brings that, too.
        """
        device = self.device
        if device is None or not device.status.now.left:  # the word may be of one that was closed since
            return
        self.device = None
        if self.window is not None:
            self._left()
        folder = self._settings.folder

        def gone() -> Refused | DeviceSecrets:
            device.close()
            source = choose_source(folder, os.environ)
            return leaving.told(source.kind) if leaving.finish(folder, source) else load_or_make(source)

        def known(found: Refused | DeviceSecrets) -> None:
            if isinstance(found, Refused):
                self.front.explain(found)
            else:
                self._open(found)

        self.front.tasks.run(gone, "open").then(known)

    def _status_changed(self, status: Status) -> None:
        """A finished round may have brought rows; everything else only moves the light."""
        if status.left:
            self._leave()
        if self.window is None:
            return
        self.window.show_sync()
        if status.last_contact_ms != self._contact:
            self._contact = status.last_contact_ms
            self.window.rows_arrived()
