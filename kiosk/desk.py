"""What every screen is handed: the ports, the lanes, and the way to tell the flow what happened."""

from collections.abc import Callable
from dataclasses import dataclass

from core.qt.messages import MessageBar
from core.qt.tasks import Tasks
from kiosk.events import Event
from kiosk.forming import Forming
from kiosk.looker import Looker
from kiosk.ports import Ports
from kiosk.settings import ScreenSettings


@dataclass(frozen=True)
class Desk:
    """The screens' side of the kiosk."""

    ports: Ports
    settings: ScreenSettings
    tasks: Tasks
    messages: MessageBar
    looker: Looker
    forming: Forming
    send: Callable[[Event], None]
    leave_program: Callable[[], object]
