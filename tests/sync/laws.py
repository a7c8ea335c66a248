"""The twelve invariants of sync, by number: what holds at every moment, and what holds once everything is drained."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from sqlalchemy import select, text

from core.db.base import lapses
from core.visits.sealing import read_seals
from core.wire.chain import broken_at, link
from core.wire.envelope import genesis, parse
from core.wire.push import Head
from core.wire.sealing import box_digest
from sync.cache.apply import held_scopes
from sync.cache.tables import PROVISIONAL, ROW_SCOPE, SYNC_CURSOR
from tests.sync import stores
from tests.sync.scene import FACTS, Device, Scene

Law = Callable[[Scene], Iterator[str]]
"""Says what is wrong, if anything is."""


class Broken(AssertionError):
    """An invariant that does not hold; carries its number."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"invariant {number}: {what}")
        self.number = number


def acknowledged_is_committed(scene: Scene) -> Iterator[str]:
    """1: what an answer told of could be read by anybody at that moment."""
    yield from (f"told, and not in the database: {what}" for what in scene.unkept)


def each_id_counts_once(scene: Scene) -> Iterator[str]:
    """2: whatever comes again, in whatever journal, is one fact; and nothing counts that nobody wrote."""
    with scene.server.store.reading() as db:
        twice = db.scalars(
            text(
                "SELECT id FROM journal_entry WHERE status NOT IN ('repeated', 'tampered') "
                "GROUP BY id HAVING count(*) > 1"
            )
        ).all()
        facts = set(db.scalars(text("SELECT id FROM fact")))
    yield from (f"{entry} counts twice" for entry in twice)
    yield from (f"nobody wrote {fact}" for fact in facts - scene.written)


def journals_are_whole(scene: Scene) -> Iterator[str]:
    """3: each journal is dense and its chain valid, on the server and on every disk."""
    rows = stores.entries(scene.server)
    for journal in {row.journal_id for row in rows}:
        mine = [row for row in rows if row.journal_id == journal]
        start = Head(dseq=0, hash=genesis(journal, bytes.fromhex(mine[0].public_key)))
        links = [link(row.text.encode()) for row in mine]
        if broken_at(start, journal, links) is not None or [one.hash for one in links] != [
            row.hash for row in mine
        ]:
            yield f"the server's journal {journal}"
    for device in scene.devices:
        if device.journal.broken() is not None:
            yield f"the device's journal {device.journal.id}"


def entries_arrive(scene: Scene) -> Iterator[str]:
    """4: every entry that any client holds reaches the server in the end, a revoked one's in quarantine."""
    known = {row.id for row in stores.entries(scene.server)}
    for device in scene.devices:
        lost = set(device.journal.ids_after(0)) - known
        yield from (f"{entry} never reached the server" for entry in lost)
        yield from (
            f"photo {digest} never reached the server"
            for digest in set(device.outbox.waiting()) - scene.server.blobs.keys()
        )


def cache_is_what_is_shown(scene: Scene) -> Iterator[str]:
    """5: after draining a cache holds what the server shows, row by row, and nothing else."""
    for device in scene.admitted():
        expected, found = stores.shown(scene.server, device), stores.cached(device)
        yield from (
            f"{key}: {found.get(key)} instead of {expected.get(key)}"
            for key in sorted(expected.keys() | found.keys())
            if found.get(key) != expected.get(key)
        )
        with device.cache.reading() as db:
            if db.execute(select(PROVISIONAL)).first() is not None:
                yield "a local change still lies over the server's rows"
    for device in scene.devices:
        with device.cache.reading() as db:
            kept = {scope for scope in held_scopes(db) if lapses(scope)}
        if kept and device not in scene.admitted():
            yield f"a revoked device still holds {sorted(kept)}"


def cursors_stay_behind(scene: Scene) -> Iterator[str]:
    """6: no cursor has passed a row that is not applied."""
    with scene.server.store.reading() as there:
        history = dict(there.execute(text("SELECT seq, rolling FROM commit_log")).all())
        changed = there.execute(
            text("SELECT table_name, row_id, scope, seq FROM row_change WHERE NOT gone")
        ).all()
    for device in scene.devices:
        with device.cache.reading() as db:
            held = {tuple(row) for row in db.execute(select(ROW_SCOPE))}
            cursors = db.execute(select(SYNC_CURSOR)).all()
        # A cursor of another history will be reset; it says nothing about this server's rows.
        reached = {scope: seq for scope, seq, rolling in cursors if history.get(seq) == rolling}
        passed = {row[:3] for row in map(tuple, changed) if row[3] <= reached.get(row[2], 0)}
        yield from (f"a cursor has passed {row}" for row in passed - held)


def order_does_not_matter(scene: Scene) -> Iterator[str]:
    """7: what was judged as it came is what one fold over all facts and seals says, and every client shows it.

    Each fact has the time that its journal gives it now, however late that was known (S-11).
    """
    written, whole = stores.verdict_rows(scene.server), stores.whole_fold(scene.server)
    for table, rows in whole.items():
        for row_id in sorted(rows.keys() | written[table].keys()):
            if rows.get(row_id) != written[table].get(row_id):
                yield f"{table} {row_id}: {written[table].get(row_id)} instead of {rows.get(row_id)}"
    yield from stores.wrong_times(scene.server)
    for device in scene.admitted():
        held = stores.cached(device)
        for table, rows in written.items():
            mine = {row_id: row for (name, row_id), row in held.items() if name == table}
            if mine != rows:
                yield f"a device shows other rows of {table}: {_differing(mine, rows)}"
    yield from _seals_hold(scene, written["visit"])


def _seals_hold(scene: Scene, visits: dict[str, dict[str, Any]]) -> Iterator[str]:
    for visit in read_seals(stores.seals(scene.server)).visits.values():
        row = visits.get(visit.id, {})
        if (row.get("state"), row.get("counted_s")) != (visit.state.value, visit.counted_seconds):
            yield f"sealed visit {visit.id}: {row} instead of {visit}"


def _differing(mine: dict[str, Any], rows: dict[str, Any]) -> list[tuple[Any, Any]]:
    keys = sorted(mine.keys() | rows.keys())
    return [(mine.get(key), rows.get(key)) for key in keys if mine.get(key) != rows.get(key)]


def poison_blocks_nobody(scene: Scene) -> Iterator[str]:
    """8: what stands behind an entry without effect has its own."""
    facts = stores.column(scene.server, "SELECT id FROM fact")
    drafts = stores.column(scene.server, "SELECT id FROM journal_entry WHERE status = 'recorded'")
    for device in scene.admitted():
        for one in _written(device):
            if one.id not in scene.poison and one.id not in (facts if one.entry.command in FACTS else drafts):
                yield f"{one.entry.command} {one.id} has no effect"


def nothing_goes_too_early(scene: Scene) -> Iterator[str]:
    """9: a photo stays on the disk until the server's copy is durable."""
    for device in scene.devices:
        kept = set(device.outbox.waiting()) | scene.server.durable.keys()
        yield from (f"photo {digest} is gone" for digest in device.promised.photos - kept)


def blobs_are_what_they_are_named(scene: Scene) -> Iterator[str]:
    """10: a blob is what its hash says, wherever it is kept."""
    for digest, box in scene.server.blobs.items():
        if box_digest(box) != digest:
            yield f"{digest} is another one"


def conflicts_keep_both(scene: Scene) -> Iterator[str]:
    """11: what somebody typed stands, or waits in a conflict, or gave way to one who had seen it."""
    with scene.server.store.reading() as db:
        drafts = db.scalars(
            text(
                "SELECT e.text FROM journal_entry e JOIN audit_log a ON a.command_id = e.id "
                "WHERE e.status = 'recorded' AND a.command = 'projects.edit' AND a.outcome = 'recorded'"
            )
        ).all()
        heads = {row.id: dict(row._mapping) for row in db.execute(text("SELECT * FROM project"))}
        conflicts = db.execute(text("SELECT row_id, group_name, theirs, mine FROM draft_conflict")).all()
    edits = [
        (body["project_id"], edit)
        for draft in drafts
        for body in [msgspec.json.decode(parse(draft.encode()).body)]
        for edit in body["edits"]
    ]
    kept = [
        (row.row_id, row.group_name, msgspec.json.decode(side))
        for row in conflicts
        for side in (row.theirs, row.mine)
    ]
    kept += [(project, edit["group"], edit["seen"]) for project, edit in edits]
    for project, edit in edits:
        wanted = edit["value"]
        stands = all(heads[project][name] == value for name, value in wanted.items())
        if not stands and (project, edit["group"], wanted) not in kept:
            yield f"{wanted} is nowhere"


def local_data_stays(scene: Scene) -> Iterator[str]:
    """12: no server, empty, exchanged or restored, makes a device forget what was written on it."""
    yield from scene.disturbed
    for device in scene.devices:
        gone = device.promised.entries - set(device.journal.ids_after(0))
        yield from (f"entry {entry} is gone from the disk" for entry in gone)
        with device.cache.reading() as db:
            visible = set(db.scalars(text("SELECT id FROM fact")))
        yield from (f"accepted fact {fact} is no longer shown" for fact in device.promised.facts - visible)


def _written(device: Device) -> Iterator[Any]:
    """What people wrote on a device."""
    return (one for one in device.journal.after(0, 100_000) if not one.entry.command.startswith("time."))


ALWAYS: dict[int, Law] = {
    1: acknowledged_is_committed,
    2: each_id_counts_once,
    6: cursors_stay_behind,
    9: nothing_goes_too_early,
    10: blobs_are_what_they_are_named,
    12: local_data_stays,
}
DRAINED: dict[int, Law] = ALWAYS | {
    3: journals_are_whole,
    4: entries_arrive,
    5: cache_is_what_is_shown,
    7: order_does_not_matter,
    8: poison_blocks_nobody,
    11: conflicts_keep_both,
}


def broken(scene: Scene, laws: dict[int, Law]) -> list[Broken]:
    """Every law that does not hold, with the first thing that is wrong."""
    scene.remember()
    found = []
    for number, law in sorted(laws.items()):
        what = next(law(scene), None)
        if what is not None:
            found.append(Broken(number, what))
    return found
