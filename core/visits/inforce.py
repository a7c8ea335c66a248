"""The rows by which facts are judged: people, employment, contact, state and place, each as in force at a moment."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from core.db.batches import listed, table_of
from core.visits.standing import Place, Standing

_Span = tuple[int, int | None, Any]


def _at(spans: Iterable[_Span], t_ms: int) -> Any | None:
    """The value of the span that holds at a moment; the youngest, should two touch."""
    found = None
    for start, until, value in spans:
        if start <= t_ms and (until is None or t_ms < until):
            found = value
    return found


class InForce:
    """All rows of some projects and persons, loaded in five statements whatever their number."""

    def __init__(self, db: Connection, projects: Iterable[str], persons: Iterable[str]) -> None:
        self._db = db
        self._params = {"projects": listed(sorted(set(projects))), "persons": listed(sorted(set(persons)))}
        self._members = self._spans("project_member", "project_id || person_id", "1")
        self._states = self._spans("project_state", "project_id", "state, move")
        self._places = self._spans("project_place", "project_id", "lat, lon, radius_m")
        self._employments = self._spans("employment", "person_id || agency_id", "1", by="persons")
        self._contacts = self._load_contacts()
        self._projects = {row.id: (row.agency_id, row.kind) for row in self._load_projects()}

    def _spans(self, table: str, key: str, value: str, *, by: str = "projects") -> dict[str, list[_Span]]:
        column = "project_id" if by == "projects" else "person_id"
        wanted = table_of(self._db, by, [("wanted", "text")])
        rows = self._db.execute(
            text(
                f"SELECT {key}, from_ms, until_ms, {value} FROM {wanted} AS w "  # noqa: S608
                f"JOIN {table} ON {table}.{column} = w.wanted ORDER BY from_ms"
            ),
            {by: self._params[by]},
        )
        found: dict[str, list[_Span]] = defaultdict(list)
        for place, start, until, *values in rows.all():
            found[place].append((start, until, tuple(values)))
        return found

    def _load_contacts(self) -> dict[str, list[_Span]]:
        wanted = table_of(self._db, "projects", [("wanted", "text")])
        rows = self._db.execute(
            text(
                f"SELECT project_id, confirmed_ms, ended_ms FROM {wanted} AS w "  # noqa: S608
                "JOIN contact ON contact.project_id = w.wanted WHERE confirmed_ms IS NOT NULL"
            ),
            {"projects": self._params["projects"]},
        )
        found: dict[str, list[_Span]] = defaultdict(list)
        for row in rows:
            found[row.project_id].append((int(row.confirmed_ms), row.ended_ms, True))
        return found

    def _load_projects(self) -> list[Any]:
        wanted = table_of(self._db, "projects", [("wanted", "text")])
        statement = f"SELECT id, agency_id, kind FROM {wanted} AS w JOIN project ON project.id = w.wanted"  # noqa: S608
        return list(self._db.execute(text(statement), {"projects": self._params["projects"]}))

    def standing(self, person: str, project: str, t_ms: int) -> Standing:
        """What holds at ``t_ms``."""
        agency, kind = self._projects.get(project, (None, None))
        state = _at(self._states.get(project, ()), t_ms)
        place = _at(self._places.get(project, ()), t_ms)
        return Standing(
            known=agency is not None,
            kind=kind,
            member=_at(self._members.get(project + person, ()), t_ms) is not None,
            employed=agency is not None and _at(self._employments.get(person + agency, ()), t_ms) is not None,
            contact=_at(self._contacts.get(project, ()), t_ms) is not None,
            state=state[0] if state else None,
            place=Place(*place) if place else None,
        )

    def knows(self, project: str) -> bool:
        """Whether this database holds the project at all."""
        return project in self._projects

    def reopenings(self, project: str) -> list[int]:
        """When the lead took back that the site work is complete (J-7)."""
        return [start for start, _until, (_state, move) in self._states.get(project, ()) if move == "reopen"]
