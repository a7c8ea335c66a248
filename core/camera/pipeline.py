"""The one worker that owns a camera: it keeps the newest frame only, never queues, and says when the camera is lost."""

import threading

from core.camera.fitting import fitted
from core.camera.source import CameraSource, Frame
from core.clock import Clock
from core.errors import BadInput, DomainError, Unreachable

OPEN_S = 2.0
"""A slower camera goes on opening by itself; nobody is kept waiting, least of all who wants to leave."""
JOIN_S = 1.5
ODD_S = 2.0
"""A frame that is none comes now and then; a camera that gives nothing else for so long is lost."""
_PAUSE_S = 0.01


class CameraPipeline:
    """Opens a source on a thread of its own; ``newest`` never waits."""

    def __init__(
        self, source: CameraSource, clock: Clock, open_s: float = OPEN_S, join_s: float = JOIN_S
    ) -> None:
        """How long ``open`` waits for a slow driver, and ``close`` for one that does not answer."""
        self._source, self._clock, self._open_s, self._join_s = source, clock, open_s, join_s
        self._worker: _Worker | None = None
        self._stuck: _Worker | None = None

    def open(self) -> None:
        """Begins to take pictures; waits a moment for the source, and raises why it could not be opened.

        A camera that was lost is opened anew; one that somebody still reads is not: it belongs to one thread.
        """
        if self._stuck is not None and self._stuck.is_alive():
            raise Unreachable(
                "camera.busy", "摄像头没有响应，尚未释放", "请稍候再试；仍不行请重新插拔摄像头或重新启动本机"
            )
        worker = self._worker
        if worker is not None and worker.error is not None:
            worker.join(self._join_s)  # lost a moment ago, and perhaps still letting go
        if worker is None or not worker.is_alive():
            worker = self._worker = _Worker(self._source, self._clock)
            self._stuck = None
            worker.start()
        worker.ready.wait(self._open_s)
        if worker.error is not None:
            raise worker.error

    def newest(self) -> Frame | None:
        """The newest frame since ``open``; None before the first one, and after the camera was lost."""
        return self._worker.frame if self._worker is not None else None

    @property
    def error(self) -> DomainError | None:
        """Why the camera was lost, if it was."""
        return self._worker.error if self._worker is not None else None

    def close(self) -> None:
        """Stops and lets go of the camera; twice does no harm."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.stopping.set()
        worker.join(self._join_s)
        self._stuck = worker if worker.is_alive() else None


class _Worker(threading.Thread):
    """One time that the camera is open; what it knows is its own, so that one that is late disturbs no other."""

    def __init__(self, source: CameraSource, clock: Clock) -> None:
        super().__init__(name="camera", daemon=True)
        self._source, self._clock = source, clock
        self.stopping, self.ready = threading.Event(), threading.Event()
        self.frame: Frame | None = None
        self.error: DomainError | None = None

    def run(self) -> None:
        """Takes pictures until it is stopped or the camera is lost."""
        try:
            self._source.open()
            self.ready.set()
            self._loop()
        except DomainError as error:
            self.error = error
            self.frame = None
        except BaseException:
            self.frame = None  # a picture that never changes again must not be taken for the world
            raise
        finally:
            self._source.close()
            self.ready.set()

    def _loop(self) -> None:
        index, good = 0, self._clock.monotonic()
        while not self.stopping.is_set():
            image, now = self._source.read(), self._clock.monotonic()
            if image is None:
                return
            try:
                self.frame = Frame(fitted(image), now, index)
            except BadInput:
                if now - good > ODD_S:
                    raise
                self.stopping.wait(_PAUSE_S)  # a driver that gives nonsense at once must not take a core
                continue
            index, good = index + 1, now
