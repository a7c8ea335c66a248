"""The heavy check of a portrait before the bus (P-2): a small interface, so that the server starts without models."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from core.errors import Unreachable
from server.settings import Settings

if TYPE_CHECKING:
    from core.face.types import PortraitCheck


class PortraitChecker(Protocol):
    """Takes the bytes of a picture, by content whatever its name; raises a ``DomainError`` that names the fault."""

    def enrol(self, picture: bytes) -> "PortraitCheck":
        """The portrait as it is to be kept, with its template."""


class PortraitCheckers:
    """Opens the checker at its first use and lets one portrait in at a time: each takes a core and much memory."""

    def __init__(self, make: Callable[[], PortraitChecker] | None) -> None:
        self._make = make
        self._checker: PortraitChecker | None = None
        self._lock = threading.Lock()

    def check(self, picture: bytes) -> "PortraitCheck":
        """The portrait's check; raises ``Unreachable`` where this server has no face models."""
        with self._lock:
            if self._checker is None:
                if self._make is None:
                    raise Unreachable(
                        "portraits.no_models", "本服务器未安装人脸模型", "请联系管理员安装后再提交照片"
                    )
                self._checker = self._make()
            return self._checker.enrol(picture)


def checker(settings: Settings) -> Callable[[], PortraitChecker]:
    """Opens the face models that the operator chose; raises at once where his files are not there or were altered.

    Imported only here, because models take seconds and much memory to load.
    """
    from core.face.choice import EngineChoice

    choice = EngineChoice(pack=settings.face_pack, landmarks=settings.face_landmarks)
    choice.require_files()

    def load() -> PortraitChecker:
        from core.face.engine import FaceEngine

        return FaceEngine.open(choice)

    return load
