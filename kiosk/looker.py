"""Leads camera frames to one check-in at a time: the newest frame only, never a queue, never on the GUI thread."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import DomainError
from core.qt.errors import explain
from core.qt.tasks import Tasks
from kiosk.events import Event, Failed, Progressed, Succeeded
from kiosk.ports import CheckIn, Frame, Ports
from kiosk.shown import Accepted, Progress, Refused, Request
from kiosk.states import Looking

_POLL_MS = 5
"""A look at what is in memory: a frame waits that long at most before it is painted and judged."""
_SILENT_SECONDS = 6.0
_STALE_SECONDS = 0.016
"""A frame that has waited longer for the face is passed over: the next one is nearer."""
_RETRY_SECONDS = 2.0
"""A camera that was pulled out is opened anew so often, while anybody may need it."""
_NO_PICTURE = Refused(
    "camera.silent", "摄像头没有画面。", "请检查摄像头是否被遮挡或松动，然后重试；仍不行请联系管理员。"
)
_PERHAPS = "是否已经记录，请在“执业历史”中核对。"
"""A fault of the program can come before or after the journal: nothing is promised either way."""


class Looker(QObject):
    """Keeps the camera warm while somebody may need it, and runs the look that the flow is in."""

    framed = Signal(object)
    """The newest picture, for whoever paints it."""
    failed = Signal(object)
    """Why the camera can't be opened, for whoever waits for a picture without a look."""

    def __init__(
        self, ports: Ports, tasks: Tasks, send: Callable[[Event], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._ports, self._tasks, self._send = ports, tasks, send
        self._look: Looking | None = None
        self._check: CheckIn | None = None
        self._feeding = False
        self._tried = False
        """A face was compared in this look: what ends it now is a failed attempt, a camera's fault too (S-3)."""
        self._warm = False
        self._frame: Frame | None = None
        self._shown: tuple[int, float] | None = None
        self._judged: tuple[int, float] | None = None
        self._heard = self._asked = 0.0
        self._lost: DomainError | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)

    def warm(self, wanted: bool) -> None:
        """Switch the camera on before it is needed, because opening one takes a second; off when nobody is there."""
        if wanted == self._warm:
            return
        self._warm, self._frame, self._heard = wanted, None, self._ports.clock.monotonic()
        if wanted:
            self._open()
            self._timer.start(_POLL_MS)
        else:
            self._timer.stop()
            self._tasks.run(self._ports.camera.close, "camera")

    def look(self, look: Looking) -> None:
        """Begin a check-in for the look that the flow has just entered."""
        self._look, self._check, self._heard = look, None, self._ports.clock.monotonic()
        self._tried = False
        self._open()  # harmless where it is open, and the way back to a camera that was lost
        request = Request(look.project.id, look.action, look.claims)
        begun = self._tasks.run(lambda: self._ports.check_ins.begin(request), "face")
        begun.then(lambda check: self._begun(look, check)).otherwise(lambda error: self._broke(look, error))

    def stop(self) -> None:
        """Whoever was looked at is gone; a frame that is being judged is judged to its end."""
        check, self._look, self._check = self._check, None, None
        if check is not None:
            self._tasks.run(check.cancel, "face")

    def picture(self) -> Any:
        """The newest picture, for a photo; None when there is none yet."""
        return self._frame.image if self._frame is not None else None

    def _open(self) -> None:
        self._asked, self._lost = self._ports.clock.monotonic(), None
        self._tasks.run(self._ports.camera.open, "camera").otherwise(self._camera_failed)

    def _try_again(self, now: float) -> None:
        """A camera that was there and is gone: it may be plugged in again, and until then nothing new is said."""
        if now - max(self._asked, self._heard) > _RETRY_SECONDS:
            self._asked = now
            self._tasks.run(self._ports.camera.open, "camera").otherwise(self._still_away)

    def _still_away(self, error: BaseException) -> None:
        if isinstance(error, DomainError):
            self._lost = error
        else:
            self._camera_failed(error)

    def _camera_failed(self, error: BaseException) -> None:
        if self._look is not None:
            self._broke(self._look, error)
        else:
            self.failed.emit(error)

    def _begun(self, look: Looking, check: CheckIn) -> None:
        if look is self._look:
            self._check = check
        else:
            self._tasks.run(check.cancel, "face")

    def _poll(self) -> None:
        frame, now = self._ports.camera.newest(), self._ports.clock.monotonic()
        if frame is not None and _which(frame) != self._shown:
            self._frame, self._shown, self._heard, self._lost = frame, _which(frame), now, None
            self.framed.emit(frame.image)
            self._feed()
        elif now - self._heard > _SILENT_SECONDS:
            self._fell_silent()
        elif frame is None:
            self._try_again(now)

    def _feed(self) -> None:
        """The newest frame, unless one is being judged: the picture never waits for the face, nor does a queue."""
        look, check, frame = self._look, self._check, self._frame
        if look is None or check is None or frame is None or self._feeding or _which(frame) == self._judged:
            return
        self._feeding, self._judged = True, _which(frame)
        fed = self._tasks.run(lambda: check.feed(frame), "face").always(self._fed)
        fed.then(lambda seen: self._seen(look, seen)).otherwise(lambda error: self._broke(look, error))

    def _feed_waiting(self) -> None:
        """A frame that came while another was judged, unless it has grown old."""
        if self._frame is not None and self._ports.clock.monotonic() - self._frame.t <= _STALE_SECONDS:
            self._feed()

    def _fell_silent(self) -> None:
        """No picture for so long: the last one is not the world any more."""
        self._frame = None
        now, look, check = self._ports.clock.monotonic(), self._look, self._check
        self._try_again(now)
        if look is None:
            return
        if self._lost is not None:
            self._break(look, Refused(self._lost.code, self._lost.sentence, self._lost.hint))
        else:
            self._break(look, _NO_PICTURE)
        if check is not None:
            self._tasks.run(check.cancel, "face")

    def _fed(self) -> None:
        self._feeding = False

    def _seen(self, look: Looking, seen: Progress | Accepted | Refused) -> None:
        match seen:
            case Progress() if look is self._look:
                self._tried = seen.tried
                self._send(Progressed(look.number, seen))
                self._feed_waiting()
            case Accepted():
                self._forget(look)
                self._send(Succeeded(look.number, look.project, look.action, seen))
            case Refused():
                self._end(look, seen)

    def _broke(self, look: Looking, error: BaseException) -> None:
        said = explain(error)
        check = self._check if look is self._look else None
        if check is not None and not isinstance(error, DomainError):
            self._tasks.run(check.cancel, "face")
        kept = "" if isinstance(error, DomainError) else _PERHAPS
        self._break(look, Refused(said.code, said.sentence, said.hint, kept))

    def _break(self, look: Looking, refused: Refused) -> None:
        """Nobody pulls out the camera to get one more try."""
        self._end(look, replace(refused, face_failed=look is self._look and self._tried))

    def _end(self, look: Looking, refused: Refused) -> None:
        self._forget(look)
        self._send(Failed(look.number, refused))

    def _forget(self, look: Looking) -> None:
        """A check-in that has answered needs no cancelling any more."""
        if look is self._look:
            self._look, self._check = None, None


def _which(frame: Frame) -> tuple[int, float]:
    """A camera that comes back counts from the beginning; the time tells its frames from those before."""
    return frame.index, frame.t
