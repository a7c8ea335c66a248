"""The book of facts in SQL: inserts facts set-wise, and finds the facts that are connected to others."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, text

from core.db.base import table_for
from core.db.batches import listed, packed, table_of
from core.db.bulk import write_rows
from core.visits.component import Point
from core.visits.facts import End, Fact, Form, Reopened, Seal, Start
from core.visits.models import FactRow
from core.visits.outcome import Completion, DayKey
from core.visits.rules import end_breaches

_POINT = [("person", "text"), ("project", "text"), ("t", "int")]
BARE = (
    "id", "kind", "t_ms", "proof", "person_id", "project_id", "day", "start_id", "complete", "office", "live",
)  # fmt: skip
_BARE = ", ".join(f"f.{name}" for name in BARE)
_WHOLE = ", ".join(f"f.{column.name}" for column in FactRow.__table__.columns)


def bare(row: Sequence[Any]) -> Fact:
    """A fact before it is judged, from the values of ``BARE``: enough to see what it is connected to."""
    fact_id, kind, t_ms, proof, person, project, day, start_id, complete, office, live = row
    if kind == "S":
        return Start(fact_id, t_ms, proof, person, project, day)
    if kind == "E":
        broken = tuple(breach.rule for breach in end_breaches(live=live))
        return End(fact_id, t_ms, proof, person, project, start_id, broken=broken)
    return Form(fact_id, t_ms, proof, person, project, day, complete, office)


class FactBook:
    """Reads facts a set at a time; what a search reads twice is made once."""

    def __init__(self, db: Connection, *, sealed: bool = True) -> None:
        """``sealed`` is false on a device, which holds no seals."""
        self._db = db
        self._sealed = sealed
        self._facts: dict[str, Fact] = {}

    def _read(self, joined: str, parameters: dict[str, Any]) -> list[Fact]:
        found = []
        for row in self._db.execute(text(f"SELECT {_BARE} FROM {joined}"), parameters).all():  # noqa: S608
            fact = self._facts.get(row[0])
            if fact is None:
                fact = self._facts[row[0]] = bare(row)
            found.append(fact)
        return found

    def whole(self, ids: Sequence[str]) -> list[Row[Any]]:
        """The whole rows of these facts, in any order."""
        wanted = table_of(self._db, "ids", [("wanted", "text")])
        statement = f"SELECT {_WHOLE} FROM {wanted} AS w JOIN fact AS f ON f.id = w.wanted"  # noqa: S608
        return list(self._db.execute(text(statement), {"ids": listed(ids)}))

    def known(self, ids: Iterable[str]) -> set[str]:
        """Which of these facts are in the book already."""
        wanted = table_of(self._db, "ids", [("wanted", "text")])
        statement = f"SELECT f.id FROM {wanted} AS w JOIN fact AS f ON f.id = w.wanted"  # noqa: S608
        return {row.id for row in self._db.execute(text(statement), {"ids": listed(list(ids))})}

    def of_ids(self, ids: Sequence[str]) -> list[Fact]:
        """Facts by id."""
        wanted = table_of(self._db, "ids", [("wanted", "text")])
        return self._read(f"{wanted} AS w JOIN fact AS f ON f.id = w.wanted", {"ids": listed(ids)})

    def of_persons(self, windows: Sequence[tuple[str, int, int]]) -> list[Start | End]:
        """Every start and end of a person in a span, both its ends included."""
        wanted = table_of(self._db, "windows", [("person", "text"), ("lo", "int"), ("hi", "int")])
        joined = (
            f"{wanted} AS w JOIN fact AS f ON f.person_id = w.person AND f.t_ms BETWEEN w.lo AND w.hi "
            "WHERE f.kind <> 'F'"
        )
        return [
            fact for fact in self._read(joined, {"windows": packed(windows)}) if not isinstance(fact, Form)
        ]

    def of_days(self, keys: Sequence[DayKey]) -> list[Start | Form]:
        """Every start and form of these projects and days."""
        wanted = table_of(self._db, "keys", [("project", "text"), ("day", "text")])
        joined = f"{wanted} AS w JOIN fact AS f ON f.project_id = w.project AND f.day = w.day"
        return [fact for fact in self._read(joined, {"keys": packed(keys)}) if not isinstance(fact, End)]

    def previous_starts(self, points: Sequence[Point]) -> list[Start]:
        """For each (person, project, t): the latest start at or before t."""
        wanted = table_of(self._db, "points", _POINT)
        latest = (
            "SELECT n.id FROM fact AS n WHERE n.person_id = w.person AND n.project_id = w.project "
            "AND n.kind = 'S' AND n.t_ms <= w.t ORDER BY n.t_ms DESC, n.id DESC LIMIT 1"
        )
        return [
            fact
            for fact in self._read(
                f"{wanted} AS w JOIN fact AS f ON f.id = ({latest})", {"points": packed(points)}
            )
            if isinstance(fact, Start)
        ]

    def late_ends(self, points: Sequence[Point]) -> list[End]:
        """For each (person, project, t): the ends after t that come before the person's next start there.

        An end of the very moment of that start may come before or after it: their ids say.
        """
        wanted = table_of(self._db, "points", _POINT)
        next_start = (
            "SELECT n.t_ms FROM fact AS n WHERE n.person_id = w.person AND n.project_id = w.project "
            "AND n.kind = 'S' AND n.t_ms > w.t ORDER BY n.t_ms LIMIT 1"
        )
        same_moment = (
            "SELECT 1 FROM fact AS n WHERE n.person_id = w.person AND n.project_id = w.project "
            "AND n.kind = 'S' AND n.t_ms = f.t_ms AND n.id < f.id"
        )
        joined = (
            f"{wanted} AS w JOIN fact AS f ON f.person_id = w.person AND f.project_id = w.project "
            f"AND f.kind = 'E' AND f.t_ms > w.t AND f.t_ms <= COALESCE(({next_start}), 9007199254740991) "
            f"AND NOT EXISTS ({same_moment})"
        )
        return [fact for fact in self._read(joined, {"points": packed(points)}) if isinstance(fact, End)]

    def starts_after(self, points: Sequence[tuple[str, int]]) -> list[Start]:
        """For each (project, t): every start on it after t."""
        wanted = table_of(self._db, "points", [("project", "text"), ("t", "int")])
        joined = (
            f"{wanted} AS w JOIN fact AS f ON f.project_id = w.project AND f.day IS NOT NULL "
            "AND f.kind = 'S' AND f.t_ms > w.t"
        )
        return [fact for fact in self._read(joined, {"points": packed(points)}) if isinstance(fact, Start)]

    def seals_of(self, keys: Sequence[DayKey]) -> list[Seal]:
        """All seals of these projects and days."""
        wanted = table_of(self._db, "keys", [("project", "text"), ("day", "text")])
        statement = (
            f"SELECT s.seal FROM {wanted} AS w "  # noqa: S608
            "JOIN seal AS s ON s.project_id = w.project AND s.day = w.day ORDER BY s.seq"
        )
        rows = self._db.execute(text(statement), {"keys": packed(keys)}) if self._sealed else ()
        # Not strict: the seals of an older server on SQLite say 0 for false.
        return [msgspec.json.decode(row.seal, type=Seal, strict=False) for row in rows]

    def completions(self, projects: Sequence[str]) -> list[Completion]:
        """Counting forms that complete their project, as the last folds left them (J-7)."""
        wanted = table_of(self._db, "ids", [("wanted", "text")])
        statement = (
            f"SELECT f.project_id, f.submitted_ms, f.id FROM {wanted} AS w "  # noqa: S608
            "JOIN feedback AS f ON f.project_id = w.wanted WHERE f.completes"
        )
        rows = self._db.execute(text(statement), {"ids": listed(projects)})
        return [Completion(row.project_id, row.submitted_ms, row.id) for row in rows]

    def complete_forms(self, projects: Sequence[str]) -> list[Form]:
        """Forms that say that the work is complete, whatever became of them."""
        wanted = table_of(self._db, "ids", [("wanted", "text")])
        joined = f"{wanted} AS w JOIN fact AS f ON f.project_id = w.wanted AND f.kind = 'F' AND f.complete"
        return [fact for fact in self._read(joined, {"ids": listed(projects)}) if isinstance(fact, Form)]

    def reopenings(self, projects: Sequence[str]) -> list[Reopened]:
        """When the lead took back that the site work is complete (J-7)."""
        wanted = table_of(self._db, "ids", [("wanted", "text")])
        statement = (
            f"SELECT s.project_id, s.from_ms FROM {wanted} AS w "  # noqa: S608
            "JOIN project_state AS s ON s.project_id = w.wanted AND s.move = 'reopen'"
        )
        rows = self._db.execute(text(statement), {"ids": listed(projects)})
        return [Reopened(row.project_id, row.from_ms) for row in rows]


def put_facts(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Writes fact rows in one statement; a known fact gets its better time (S-11)."""
    write_rows(db, table_for(FactRow), rows, "update", updates=("t_ms", "proof", "day"))
