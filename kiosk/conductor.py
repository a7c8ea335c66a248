"""Between the pure flow and the world: passes events in, and does what a change of state calls for."""

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from core.qt.messages import MessageBar
from core.qt.tasks import Tasks
from kiosk import states as s
from kiosk.events import Event, ProjectsChanged, Tick, TroubleChanged
from kiosk.flow import Flow, Limits, advance, begin
from kiosk.forming import Forming
from kiosk.looker import Looker
from kiosk.ports import Ports
from kiosk.settings import ScreenSettings
from kiosk.shown import ProjectCard

_REFRESH_TICKS = 10
_NEEDS_CAMERA = (s.Choosing, s.Claiming, s.Looking, s.TurnedAway, s.Photographing)
_START = (s.Idle, s.Choosing)


class Conductor(QObject):
    """Owns the flow; screens send events here and are told of every change."""

    changed = Signal(object)
    """The flow, after an event has changed it."""
    projects = Signal(object)
    """The projects, the nearest first."""
    ticked = Signal()
    """A second has gone by."""

    def __init__(
        self,
        ports: Ports,
        settings: ScreenSettings,
        tasks: Tasks,
        messages: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ports, self._tasks, self._messages = ports, tasks, messages
        self.looker = Looker(ports, tasks, self.send, self)
        self.forming = Forming(ports.forms, tasks, messages, self.send, self)
        limits = Limits(settings.idle_seconds, settings.pause_seconds)
        self.flow = begin(ports.pairing.paired(), ports.clock.monotonic(), limits)
        self._events: deque[Event] = deque()
        self._taking = False
        self._ticks = 0
        self._reading = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Show the first state and let time run."""
        self.changed.emit(self.flow)
        self.tick()
        self._timer.start(1000)

    def stop(self) -> None:
        """The program ends: keep what is typed, let go of the camera."""
        self._timer.stop()
        self.forming.leave()
        self.looker.stop()
        self.looker.warm(False)

    def send(self, event: Event) -> None:
        """Take an event; one that comes while another is worked on waits its turn."""
        self._events.append(event)
        if self._taking:
            return
        self._taking = True
        try:
            while self._events:
                self._take(self._events.popleft())
        finally:
            self._taking = False  # a fault in one event must not swallow every touch after it

    def _take(self, event: Event) -> None:
        before = self.flow
        self.flow = advance(before, event, self._ports.clock.monotonic())
        if self.flow != before:
            self._act(before, self.flow)
            self.changed.emit(self.flow)

    def tick(self) -> None:
        """Once a second: time, trouble, and now and then the projects."""
        self.send(Tick())
        trouble = self._ports.status.trouble()
        if trouble != self.flow.trouble:
            self.send(TroubleChanged(trouble))
        if self._ticks % _REFRESH_TICKS == 0:
            self.refresh()
            self._tasks.run(self._ports.status.look, "service")
        self._ticks += 1
        self.ticked.emit()

    def refresh(self) -> None:
        """Read the projects anew, where somebody sees them; also called when new rows have come."""
        if self._reading or not isinstance(self.flow.state, _START):
            return
        self._reading = True
        read = self._tasks.run(self._ports.projects.nearest, "database").always(self._read)
        read.then(self._arrived).otherwise(self._messages.show_error)

    def _read(self) -> None:
        self._reading = False

    def _arrived(self, cards: Sequence[ProjectCard]) -> None:
        self.projects.emit(cards)
        self.send(ProjectsChanged(tuple(cards)))

    def _act(self, before: Flow, after: Flow) -> None:
        self.looker.warm(isinstance(after.state, _NEEDS_CAMERA))
        if _number(before.state) != _number(after.state):
            if isinstance(before.state, s.Looking):
                self.looker.stop()
            if isinstance(after.state, s.Looking):
                self._messages.clear()  # what was said to the person before is nothing for this one
                self.looker.look(after.state)
        self._act_on_form(_pass(before.state), _pass(after.state))
        if isinstance(after.state, s.Submitting) and not isinstance(before.state, s.Submitting):
            self.forming.submit()
        if isinstance(after.state, s.Idle) and not isinstance(before.state, _START):
            self.refresh()

    def _act_on_form(self, before: str | None, after: str | None) -> None:
        if before == after:
            return
        if before is not None:
            self.forming.leave()
        if after is not None:
            self.forming.open(after)


def _number(state: s.State) -> int | None:
    return state.number if isinstance(state, s.Looking) else None


def _pass(state: s.State) -> str | None:
    """The pass of whoever has a form in his hands."""
    match state:
        case s.Filling():
            return state.accepted.pass_id
        case s.Photographing() | s.Confirming() | s.Submitting():
            return state.filling.accepted.pass_id
    return None
