"""Counts what strangers get wrong, by the address from which they come: one who guesses keeps nobody else waiting."""

import ipaddress
import threading
from collections import OrderedDict

_MOST_ADDRESSES = 10_000


class Throttle:
    """After so many failures within so long an address waits; in memory, so that guessing writes nothing."""

    def __init__(self, most: int, window_ms: int) -> None:
        self._most, self._window_ms = most, window_ms
        self._failures: OrderedDict[str, list[int]] = OrderedDict()
        self._lock = threading.Lock()

    def waits(self, address: str, now_ms: int) -> bool:
        """Whether this address has failed too often lately."""
        with self._lock:
            return len(self._recent(_network(address), now_ms)) >= self._most

    def failed(self, address: str, now_ms: int) -> None:
        """Remembers a failure; of too many addresses the one that has been quiet longest is forgotten."""
        key = _network(address)
        with self._lock:
            self._failures[key] = [*self._recent(key, now_ms)[-self._most :], now_ms]
            self._failures.move_to_end(key)
            while len(self._failures) > _MOST_ADDRESSES:
                self._failures.popitem(last=False)

    def _recent(self, key: str, now_ms: int) -> list[int]:
        return [at_ms for at_ms in self._failures.get(key, ()) if at_ms > now_ms - self._window_ms]


def _network(address: str) -> str:
    """An IPv4 address, or the network of an IPv6 one: whoever has one address of it has them all."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
