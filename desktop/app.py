"""Composition root of the desktop: pairing, the device's files, sync, login, and then the main window."""

import os
from dataclasses import replace

from PySide6.QtCore import QObject

import core.catalogue  # noqa: F401  (loads every feature's commands and tables)
import desktop.screens  # noqa: F401  (registers every screen)
from core.clock import Clock, SystemClock
from core.qt.collector import Collector
from desktop.adapters.admission import Admission
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
from sync.device import Device, open_device
from sync.errors import Damaged
from sync.keys import choose_source, load_or_make
from sync.pairing import paired
from sync.qt import StatusSignals
from sync.status import Status


class Program(QObject):
    """One start of the desktop, from the first window to the last."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        super().__init__()
        self._collector = Collector(self)
        self._settings = settings
        self._clock = clock or SystemClock()
        settings.folder.mkdir(parents=True, exist_ok=True)
        source = choose_source(settings.folder, os.environ)
        self._secrets, self._key_source = load_or_make(source), source.kind
        self.device: Device | None = None
        self.window: MainWindow | None = None
        self._office: Office | None = None
        self._signals: StatusSignals | None = None
        self._contact: int | None = None
        self.front = Front()

    def begin(self) -> None:
        """Show the first window: pairing on the first start, the login otherwise."""
        self.front.show()
        admission = Admission(self._settings, self._secrets, self._key_source)
        if admission.paired():
            self._open()
        else:
            page = PairingPage(self.front.tasks, PairingPresenter(admission), self._open, self._settings.name)
            self.front.show_pairing(page)

    def close(self) -> None:
        """Ends sync and closes the files; called once, after the last window."""
        if self.window is not None:
            self.window.tasks.close()
        self.front.tasks.close()
        if self.device is not None:
            self.device.close()
        self._collector.close()

    def _open(self) -> None:
        """Opens journal and cache off the GUI thread, then asks who it is."""
        self.front.tasks.run(self._open_device, "open").then(self._opened)

    def _open_device(self) -> Device:
        pairing = paired(self._settings.folder)
        if pairing is None:
            raise Damaged("pairing-missing", "本机的配对信息不见了。")
        verify = self._settings.certificates or True
        return open_device(self._settings.folder, pairing, self._secrets, self._clock, verify=verify)

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

    def _entered(self, me: Me) -> None:
        if self.device is None or self._office is None:
            return
        services = Services(self.device.cache.store, self._clock, self._office, Exchange(self.device), me)
        if me.demo:
            services = replace(services, title=f"演示　{services.title}")
        self.window = MainWindow(services)
        self.window.leaving.connect(self._left)
        self.window.show()
        self.front.hide()

    def _left(self) -> None:
        """Logged out: the token is forgotten, the next one logs in; sync goes on."""
        if self._office is not None:
            self._office.logout()
        if self.window is not None:
            self.front.again()
            self.window.close()
            self.window.deleteLater()
            self.window = None

    def _status_changed(self, status: Status) -> None:
        """A finished round may have brought rows; everything else only moves the light."""
        if self.window is None:
            return
        self.window.show_sync()
        if status.last_contact_ms != self._contact:
            self._contact = status.last_contact_ms
            self.window.rows_arrived()
