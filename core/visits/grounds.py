"""Judges facts again when the rows by which they were judged change at or before their time (S-18).

A change holds from the moment of its transaction. A fact of that millisecond or later may have been judged before:
the clock of a device runs a little ahead, and a bracketed time may be 120 s off (S-11).
"""

from collections.abc import Iterable

from sqlalchemy import text

from core.command import concludes
from core.context import Context
from core.db.batches import listed, table_of
from core.visits.rejudge import rejudge

OWNERS = {
    "project_member": "project_id",
    "project_state": "project_id",
    "project_place": "project_id",
    "contact": "project_id",
    "employment": "person_id",
}
"""What ``InForce`` reads, and whose facts it bears on."""


@concludes
def judge_later_facts(ctx: Context) -> None:
    """Judges what lies at or after this moment on the projects, and of the persons, whose rows have changed."""
    found: set[str] = set()
    for table, rows in ctx.stamps.rows_of(OWNERS).items():
        found |= later_facts(ctx, table, rows)
    if found:
        rejudge(ctx, seeds=sorted(found))


def later_facts(ctx: Context, table: str, rows: Iterable[str]) -> set[str]:
    """Starts and forms, which alone have a day; an end is judged by the place at its start, and comes with it."""
    owner = OWNERS[table]
    wanted = table_of(ctx.db.connection(), "ids", [("wanted", "text")])
    statement = (
        f"SELECT f.id FROM (SELECT DISTINCT {owner} FROM {wanted} AS w JOIN {table} ON {table}.id = w.wanted) "  # noqa: S608
        f"AS o JOIN fact AS f ON f.{owner} = o.{owner} WHERE f.day IS NOT NULL AND f.t_ms >= :now"
    )
    return set(ctx.db.scalars(text(statement), {"ids": listed(list(rows)), "now": ctx.now_ms}))
