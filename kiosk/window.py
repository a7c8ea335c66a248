"""The kiosk's one window: a stack of screens that shows what the flow says."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from core.qt.looks import label
from core.qt.messages import MessageBar
from core.qt.tasks import Tasks
from core.qt.theme import apply_kiosk
from kiosk import states as s
from kiosk.bar import TopBar
from kiosk.conductor import Conductor
from kiosk.desk import Desk
from kiosk.events import Touched
from kiosk.flow import Flow
from kiosk.ports import Ports
from kiosk.screens.claim import ClaimScreen
from kiosk.screens.confirm import ConfirmScreen, ReceiptScreen
from kiosk.screens.form import FormScreen
from kiosk.screens.idle import IdleScreen
from kiosk.screens.looking import LookingScreen
from kiosk.screens.page import Page
from kiosk.screens.pairing import PairingScreen
from kiosk.screens.photo import PhotoScreen
from kiosk.screens.records import RecordsScreen
from kiosk.screens.refusal import PauseScreen, RefusalScreen
from kiosk.screens.service import PinScreen, ServiceScreen
from kiosk.screens.trouble import TroubleScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.settings import ScreenSettings

_SCREENS: dict[type[Any], type[Page]] = {
    s.Pairing: PairingScreen,
    s.Idle: IdleScreen,
    s.Choosing: IdleScreen,
    s.Claiming: ClaimScreen,
    s.Looking: LookingScreen,
    s.Welcomed: WelcomeScreen,
    s.TurnedAway: RefusalScreen,
    s.Paused: PauseScreen,
    s.Filling: FormScreen,
    s.Photographing: PhotoScreen,
    s.Confirming: ConfirmScreen,
    s.Submitting: ConfirmScreen,
    s.Submitted: ReceiptScreen,
    s.Records: RecordsScreen,
    s.Pin: PinScreen,
    s.Service: ServiceScreen,
    s.Troubled: TroubleScreen,
}
_SIGNS_OF_LIFE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.KeyPress,
    QEvent.Type.InputMethod,
    QEvent.Type.Wheel,
)


class KioskWindow(QWidget):
    """Frame only: banner, bar, messages, screens."""

    closed = Signal()

    def __init__(self, ports: Ports, settings: ScreenSettings) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("执业")
        self.messages = MessageBar()
        self.tasks = Tasks(self.messages.show_error, self, finishing=("forms", "face"))
        self.conductor = Conductor(ports, settings, self.tasks, self.messages, self)
        self.desk = Desk(
            ports=ports,
            settings=settings,
            tasks=self.tasks,
            messages=self.messages,
            looker=self.conductor.looker,
            forming=self.conductor.forming,
            send=self.conductor.send,
            leave_program=self.close,
        )
        self.bar = TopBar(self.desk)
        self.stack = QStackedWidget()
        # A screen that is not in front must not keep the tablet from being turned.
        self.stack.setMinimumSize(1, 1)
        self.screens = {kind: kind(self.desk) for kind in dict.fromkeys(_SCREENS.values())}
        self._lay_out(settings)
        self._alive_at = 0.0
        self._front: Page | None = None
        self._connect()

    def start(self) -> None:
        """Show the first state and begin to work."""
        self.conductor.start()

    def refresh(self) -> None:
        """Rows have come from the office, or something was written: show them where they are shown."""
        self.conductor.refresh()

    def page(self) -> Page:
        """The screen in front."""
        return self.screens[_SCREENS[type(self.conductor.flow.state)]]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any touch says that somebody is there; once a second is enough."""
        if event.type() in _SIGNS_OF_LIFE:
            now = self.desk.ports.clock.monotonic()
            if now - self._alive_at >= 1.0:
                self._alive_at = now
                self.conductor.send(Touched())
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay all screens out anew when the tablet was turned."""
        super().resizeEvent(event)
        for made in self.screens.values():
            made.turn_to(event.size().width() > event.size().height())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is typed, let go of the camera, end the lanes."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.conductor.stop()
        self.tasks.close()
        self.closed.emit()
        super().closeEvent(event)

    def _lay_out(self, settings: ScreenSettings) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        if settings.demo:
            whole.addWidget(_demo_banner())
        whole.addWidget(self.bar)
        whole.addWidget(self.messages)
        whole.addWidget(self.stack, 1)
        for made in self.screens.values():
            self.stack.addWidget(made)

    def _connect(self) -> None:
        self.conductor.changed.connect(self._show)
        self.conductor.ticked.connect(self._tick)
        start = self.screens[IdleScreen]
        if isinstance(start, IdleScreen):
            self.conductor.projects.connect(start.show_projects)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def _show(self, flow: Flow) -> None:
        coming = self.screens[_SCREENS[type(flow.state)]]
        if coming is not self._front:
            if self._front is not None:
                self._front.leave()
            coming.enter(flow.state)
            self.stack.setCurrentWidget(coming)
            self._front = coming
        coming.show_state(flow.state)
        self.bar.show_flow(flow, coming.title)
        self.bar.tick(flow)

    def _tick(self) -> None:
        self.bar.tick(self.conductor.flow)
        self.page().tick()


def _demo_banner() -> QWidget:
    banner = label("演示　本机使用演示数据，识别结果不作为执业凭证", "demo")
    banner.setObjectName("demo")
    banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return banner


def build_window(ports: Ports, settings: ScreenSettings) -> KioskWindow:
    """The kiosk's window, dressed and ready; ``start`` sets it going, ``show`` or ``showFullScreen`` shows it."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        apply_kiosk(app)
    window = KioskWindow(ports, settings)
    window.resize(800, 1280)
    return window
