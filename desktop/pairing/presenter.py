"""Pairs this computer with its server: checks what was typed, then asks."""

from core.errors import BadInput, Fault
from desktop.ports import Pairing


class PairingPresenter:
    """Asks the server; called in a lane."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing

    def server(self) -> str:
        """The address to begin with."""
        return self._pairing.server()

    def demo(self, url: str) -> bool:
        """Whether the demo made that server; without an address none did."""
        return bool(url.strip()) and self._pairing.demo(url.strip())

    def pair(self, url: str, code: str, name: str) -> None:
        """Raises everything that is missing at once, or what the server says."""
        fields = (
            ("url", url, "请输入服务器地址"),
            ("code", code, "请输入配对码"),
            ("name", name, "请输入本机名称"),
        )
        faults = tuple(Fault(field, sentence) for field, value, sentence in fields if not value.strip())
        if faults:
            raise BadInput("pairing.empty", "配对信息不完整", "请补充后再配对", faults=faults)
        self._pairing.pair(url.strip(), code, name.strip())
