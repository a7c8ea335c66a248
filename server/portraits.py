"""The heavy check of a portrait before the bus (P-2): a small interface, so that the server starts without models."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from core.errors import Unreachable

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


def default_checker() -> PortraitChecker:
    """The shipped face models; imported only here, because they take seconds and much memory to load."""
    from core.face.engine import FaceEngine

    return FaceEngine.shipped()
