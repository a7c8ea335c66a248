"""What the demo asks the server itself, so that a green step means that the row is there: API and database."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import SystemClock
from core.db.engine import server_engine
from core.db.store import Store
from core.visits.models import Attempt, FormRow, VisitRow
from demo.programs import Server
from demo.seed import LOGIN, Seeded
from server.settings import load

T = TypeVar("T")
_TIMEOUT_S = 10


class Missing(Exception):
    """What should stand at the server does not."""


class Office:
    """The server, read with the rights of the agency's manager."""

    def __init__(self, server: Server, seeded: Seeded) -> None:
        self._server, self._seeded = server, seeded
        self._store = Store(server_engine(load(server.settings).database), SystemClock())
        self._token = ""

    def close(self) -> None:
        """Lets go of the database."""
        self._store.close()

    def get(self, path: str) -> Any:
        """GETs from the API, logged in."""
        if not self._token:
            asked = {"login": LOGIN, "password": self._seeded.password}
            answer = requests.post(f"{self._server.address}/api/v1/login", json=asked, timeout=_TIMEOUT_S)
            answer.raise_for_status()
            self._token = answer.json()["token"]
        headers = {"Authorization": f"Bearer {self._token}"}
        found = requests.get(f"{self._server.address}/api/v1{path}", headers=headers, timeout=_TIMEOUT_S)
        found.raise_for_status()
        return found.json()

    def visits(self) -> list[VisitRow]:
        """The project's visits."""
        wanted = select(VisitRow).where(VisitRow.project_id == self._seeded.project)
        return self._read(lambda db: list(db.scalars(wanted)))

    def forms(self) -> list[FormRow]:
        """The project's forms."""
        wanted = select(FormRow).where(FormRow.project_id == self._seeded.project)
        return self._read(lambda db: list(db.scalars(wanted)))

    def attempts(self) -> list[Attempt]:
        """Refused check-ins on record, in their order."""
        return self._read(lambda db: list(db.scalars(select(Attempt).order_by(Attempt.t_ms, Attempt.id))))

    def _read(self, ask: Callable[[Session], T]) -> T:
        with self._store.reading() as db:
            return ask(db)


def until(ask: Callable[[], T], good: Callable[[T], bool], what: str, seconds: float = 20.0) -> T:
    """Asks again and again until the answer is good; never longer than it takes."""
    end = time.monotonic() + seconds
    while True:
        found = ask()
        if good(found):
            return found
        if time.monotonic() > end:
            raise Missing(f"{what}：没有等到，最后是 {found!r}")
        time.sleep(0.1)


def require(good: bool, what: str) -> None:
    """A check that needs no waiting."""
    if not good:
        raise Missing(what)
