"""Pairing this computer from its own window: address and code, once (D-1)."""

from pathlib import Path

import msgspec

from desktop.settings import Settings
from sync.keys import DeviceSecrets
from sync.pairing import Applicant, checked_address, pair, paired
from sync.web import HttpPairingDesk, Wire, decoded


class _Health(msgspec.Struct, frozen=True):
    demo: bool = False


class Admission:
    """Trades a code for admission."""

    def __init__(self, settings: Settings, secrets: DeviceSecrets, key_source: str) -> None:
        self._settings, self._secrets, self._key_source = settings, secrets, key_source

    @property
    def _folder(self) -> Path:
        return self._settings.folder

    def paired(self) -> bool:
        """Whether that has been done."""
        return paired(self._folder) is not None

    def server(self) -> str:
        """The server's address, as paired or as the command line says."""
        known = paired(self._folder)
        return known.address if known else self._settings.server

    def demo(self, url: str) -> bool:
        """Whether the demo made the server at this address; anybody may ask."""
        wire = Wire(checked_address(url), self._settings.certificates or True)
        return decoded(wire.call("GET", "/health"), _Health).demo

    def pair(self, url: str, code: str, name: str) -> None:
        """Raises what went wrong; a wrong code changes nothing here."""
        desk = HttpPairingDesk(self._settings.certificates or True)
        applicant = Applicant("desktop", name, self._secrets.keys.public, self._key_source)
        pair(self._folder, desk, url, code, applicant)
