"""The heavy check of a portrait before the bus (P-2): a small interface, so that the server starts without models."""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from core.errors import Unreachable
from core.face.choice import EngineChoice
from server.settings import Settings

if TYPE_CHECKING:
    from core.face.types import Gathered, PortraitCheck


class PortraitChecker(Protocol):
    """Takes the bytes of pictures, by content whatever their names; raises a ``DomainError`` that names the fault."""

    @property
    def model(self) -> str:
        """The recogniser that makes the templates."""

    def enrol(self, data: bytes, more: Sequence[bytes] = ()) -> "PortraitCheck":
        """The portrait as it is to be kept, with its template, and the other photos of which this is made."""

    def gather(self, portrait: bytes, photos: Sequence[bytes]) -> "Gathered":
        """A template of a portrait that is kept and of those other photos that show its person well."""


class FaceModels:
    """Opens the face models that the operator chose; the default recogniser's name is known before."""

    def __init__(self, settings: Settings) -> None:
        """Raises where the operator's files are not there or were altered: at a start, not at the first portrait."""
        self._choice = EngineChoice(pack=settings.face_pack, landmarks=settings.face_landmarks)
        self._choice.require_files()
        self.model = self._choice.known_model

    def __call__(self) -> PortraitChecker:
        """Imported only here, because models take seconds and much memory to load."""
        from core.face.engine import FaceEngine

        return FaceEngine.open(self._choice)


class PortraitCheckers:
    """Opens the checker at its first use and lets one portrait in at a time: each takes a core and much memory."""

    def __init__(self, make: Callable[[], PortraitChecker] | None) -> None:
        self._make = make
        self._checker: PortraitChecker | None = None
        self._lock = threading.Lock()

    @property
    def model(self) -> str | None:
        """The recogniser whose templates are good here; None where this server has no face models."""
        if self._make is None:
            return None
        known = self._make.model if isinstance(self._make, FaceModels) else None
        if known is not None:
            return known
        with self._lock:
            return self._opened().model

    def check(self, picture: bytes, more: Sequence[bytes] = ()) -> "PortraitCheck":
        """The portrait's check; raises ``Unreachable`` where this server has no face models."""
        with self._lock:
            return self._opened().enrol(picture, more)

    def gather(self, portrait: bytes, photos: Sequence[bytes]) -> "Gathered":
        """A template anew."""
        with self._lock:
            return self._opened().gather(portrait, photos)

    def _opened(self) -> PortraitChecker:
        if self._checker is None:
            if self._make is None:
                raise Unreachable(
                    "portraits.no_models", "本服务器未安装人脸模型", "请联系管理员安装后再提交照片"
                )
            self._checker = self._make()
        return self._checker
