"""Pairing this kiosk from its own screen: address and code, then the parts are opened (D-1)."""

from collections.abc import Callable
from pathlib import Path

from core.errors import Refused
from kiosk.shown import Paired
from sync.pairing import Applicant, Pairing, pair, paired
from sync.web import HttpPairingDesk


class KioskPairing:
    """Trades a code for admission; ``opened`` is told once it is there."""

    def __init__(
        self,
        folder: Path,
        applicant: Applicant,
        verify: bool | str,
        opened: Callable[[Pairing], None],
        waiting: Callable[[], int] = lambda: 0,
    ) -> None:
        """``waiting`` counts what the server of now has not got yet."""
        self._folder, self._applicant, self._verify = folder, applicant, verify
        self._opened, self._waiting = opened, waiting

    def paired(self) -> bool:
        """Whether that has been done."""
        return paired(self._folder) is not None

    def ready(self) -> None:
        """Raises while records wait: another server would never get them."""
        waiting = self._waiting()
        if waiting:
            raise Refused(
                "kiosk.pair_waiting", f"还有 {waiting} 条记录或照片没有上传，现在不能重新配对",
                "请先联网等待全部上传；记录都保存在本机，不会丢失", rule="D-1",
            )  # fmt: skip

    def pair(self, url: str, code: str) -> Paired:
        """Raises what went wrong; a wrong code changes nothing here."""
        self.ready()
        made = pair(self._folder, HttpPairingDesk(self._verify), url, code, self._applicant)
        self._opened(made)
        return Paired(device=made.name)
