"""The one worker that owns a camera: it keeps the newest frame only, never queues, and says when the camera is lost."""

import threading

from core.camera.source import CameraSource, Frame
from core.clock import Clock
from core.errors import DomainError

_JOIN_S = 5.0


class CameraPipeline:
    """Opens a source on a thread of its own; ``newest`` never waits."""

    def __init__(self, source: CameraSource, clock: Clock) -> None:
        self._source, self._clock = source, clock
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._frame: Frame | None = None
        self._error: BaseException | None = None

    def open(self) -> None:
        """Begins to take pictures; waits until the source is open, and raises why it could not be opened.

        A camera that was lost is opened anew.
        """
        if self._thread is not None and self._thread.is_alive():
            return
        self._stopping.clear()
        self._ready.clear()
        self._frame, self._error = None, None
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error

    def newest(self) -> Frame | None:
        """The newest frame since ``open``; None before the first one, and after the camera was lost."""
        return self._frame

    @property
    def error(self) -> DomainError | None:
        """Why the camera was lost, if it was."""
        return self._error if isinstance(self._error, DomainError) else None

    def close(self) -> None:
        """Stops and lets go of the camera; twice does no harm."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join(_JOIN_S)
        self._frame = None

    def _run(self) -> None:
        try:
            self._source.open()
            self._ready.set()
            self._loop()
        except DomainError as error:
            self._error = error
            self._frame = None
        except BaseException:
            self._frame = None  # a picture that never changes again must not be taken for the world
            raise
        finally:
            self._source.close()
            self._ready.set()

    def _loop(self) -> None:
        index = 0
        while not self._stopping.is_set():
            image = self._source.read()
            if image is None:
                return
            self._frame = Frame(image, self._clock.monotonic(), index)
            index += 1
