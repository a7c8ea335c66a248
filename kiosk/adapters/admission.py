"""Pairing this kiosk from its own screen: address and code, then the parts are opened (D-1)."""

from collections.abc import Callable
from pathlib import Path

from kiosk.shown import Paired
from sync.keys import DeviceSecrets
from sync.pairing import Applicant, Pairing, pair, paired
from sync.web import HttpPairingDesk


class KioskPairing:
    """Trades a code for admission; ``opened`` is told once it is there."""

    def __init__(
        self, folder: Path, applicant: Applicant, secrets: DeviceSecrets, opened: Callable[[Pairing], None]
    ) -> None:
        self._folder, self._applicant, self._secrets, self._opened = folder, applicant, secrets, opened

    def paired(self) -> bool:
        """Whether that has been done."""
        return paired(self._folder) is not None

    def pair(self, url: str, code: str) -> Paired:
        """Raises what went wrong; a wrong code changes nothing here."""
        made = pair(self._folder, HttpPairingDesk(), url, code, self._applicant)
        self._opened(made)
        return Paired(agency=made.agency_id, device=made.name)
