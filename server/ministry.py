"""The register asked over HTTP (G-2): two small questions, and every kind of silence told as unreachable."""

from datetime import date
from typing import Any, TypeVar

import httpx
import msgspec
import structlog

from core.agencies.rules import QUALIFICATION_OF_KIND
from core.clock import Clock
from core.db.store import Store
from core.db.vault import Vault
from core.errors import Unreachable
from core.practitioners.rules import CERTIFICATE_KINDS
from core.registry.lookup import AgencyAnswer, Certified, PersonAnswer, Registry, State
from core.registry.mirror import MirrorRegistry
from server.settings import Settings

CONNECT_S, ANSWER_S = 3.0, 8.0
"""For the connection, and for the whole answer: one that drips is as silent as none."""
LARGEST = 256 * 1024
_QUALIFICATIONS = frozenset(QUALIFICATION_OF_KIND.values())
log = structlog.get_logger()


class _Certificate(msgspec.Struct, frozen=True):
    kind: str
    number: str
    until: date | None = None


class _Agency(msgspec.Struct, frozen=True):
    state: State
    qualifications: list[str] = []


class _Person(msgspec.Struct, frozen=True):
    state: State
    certificates: list[_Certificate] = []


A = TypeVar("A", _Agency, _Person)


class HttpRegistry:
    """Asks a service in front of the register; its form stands in ``docs/OPERATIONS.md``.

    Numbers and names travel in the body: addresses end up in logs. An answer that is not understood is no answer.
    """

    def __init__(self, url: str, token: str, clock: Clock) -> None:
        self._clock = clock
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        limits = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        self._client = httpx.Client(
            base_url=url.rstrip("/"), headers=headers, timeout=limits, trust_env=False
        )

    def agency(self, uscc: str, name: str) -> AgencyAnswer:
        """As ``Registry.agency``; qualifications that this program does not know are left out."""
        told = self._ask("/agency", {"uscc": uscc.strip().upper(), "name": name.strip()}, _Agency)
        if told.state != "known":
            return AgencyAnswer(told.state)
        return AgencyAnswer("known", tuple(one for one in told.qualifications if one in _QUALIFICATIONS))

    def person(self, id_number: str, name: str) -> PersonAnswer:
        """As ``Registry.person``; kinds of certificate that this program does not know are left out."""
        told = self._ask("/person", {"id_number": id_number.strip().upper(), "name": name.strip()}, _Person)
        if told.state != "known":
            return PersonAnswer(told.state)
        known = (one for one in told.certificates if one.kind in CERTIFICATE_KINDS)
        days = ((one, one.until.isoformat() if one.until else None) for one in known)
        return PersonAnswer("known", tuple(Certified(one.kind, one.number, day) for one, day in days))

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _ask(self, path: str, question: dict[str, Any], form: type[A]) -> A:
        until = self._clock.monotonic() + ANSWER_S
        try:
            with self._client.stream("POST", path, json=question) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise _silent(f"status {answer.status_code}")
                return msgspec.json.decode(self._body(answer, until), type=form)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _silent(type(error).__name__) from error
        except msgspec.DecodeError as error:
            raise _silent("not understood") from error

    def _body(self, answer: httpx.Response, until: float) -> bytes:
        found = bytearray()
        for part in answer.iter_bytes():
            found += part
            if len(found) > LARGEST or self._clock.monotonic() > until:
                raise _silent("too long")
        return bytes(found)


def registry_of(settings: Settings, store: Store, vault: Vault) -> Registry:
    """The register as the operator has set it."""
    if settings.registry_url:
        return HttpRegistry(settings.registry_url, settings.registry_token, store.clock)
    return MirrorRegistry(store, vault)


def _silent(why: str) -> Unreachable:
    """What went wrong is for the operator's log; nobody's number or name is in it."""
    log.warning("registry_unreachable", why=why)
    return Unreachable(
        "registry.unreachable",
        "部局系统暂时无法访问，尚未核验",
        "申请会保留为待核验，恢复后自动核验，无需重新填写",
    )
