"""Erasure on a server: scrubs the database's files, and keeps a list beside the keys, which a restore can't undo (D-2).

A backup holds the keys of those who were erased since it was made. The list names them by ids that say nothing, and
whoever opens a database carries it out again before anything is served.
"""

import os
import uuid
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import select

from core.bus import Outcome
from core.context import Actor
from core.db.scrub import scrub
from core.db.vault import SubjectKey
from core.erasure.commands import EraseAgain, EraseSubject, SubjectKind
from core.erasure.models import Erasure
from core.ids import new_id
from core.secret_files import flush_folder
from server import doors
from server.state import State

LIST = "erased.jsonl"
_UNSCRUBBED = "erased.unscrubbed"
_JOB = Actor("job", str(uuid.UUID("5c1b9f0a-7a53-5d0b-9b5e-2f7f5f0b6f11")))
log = structlog.get_logger()


class _Line(msgspec.Struct, frozen=True):
    """One subject who was erased."""

    subject: str
    kind: SubjectKind


def erase(here: State, command: EraseSubject, actor: Actor, command_id: str) -> tuple[Outcome, bool]:
    """Carries it out and puts it on the list; tells, too, whether the database's files are scrubbed by now."""
    _mark(here)
    outcome = doors.run(here, command, actor=actor, command_id=command_id)
    _mark(here)  # another process may have scrubbed, and taken the mark away, before this one's commit
    return outcome, keep_up(here)


def keep_up(here: State) -> bool:
    """What an erasure leaves to do, until it is done: the list, also for other servers' erasures, and the files."""
    _keep_list(here)
    mark = here.settings.keys / _UNSCRUBBED
    if mark.exists() and scrub(here.store):
        mark.unlink(missing_ok=True)
    return not mark.exists()


def listed(folder: Path) -> dict[str, SubjectKind]:
    """Everybody on the list; a line that a power cut has torn is written anew from the database."""
    file, found = folder / LIST, dict[str, SubjectKind]()
    for raw in file.read_bytes().splitlines() if file.exists() else ():
        try:
            line = msgspec.json.decode(raw, type=_Line)
        except msgspec.DecodeError:
            continue
        found[line.subject] = line.kind
    return found


def _keep_list(here: State) -> None:
    """Writes down whom the database knows as erased, also by other servers on the same database."""
    known = listed(here.settings.keys)
    with here.store.reading() as db:
        rows = [row for row in db.scalars(select(Erasure)) if row.subject_id not in known]
    if rows:
        lines = [msgspec.json.encode(_Line(row.subject_id, row.kind)) for row in rows]  # type: ignore[arg-type]
        _append(here.settings.keys / LIST, b"".join(b"\n" + line for line in lines) + b"\n")


def carry_out_list(here: State) -> int:
    """Erases again whom a restored backup has brought back; says how many they were."""
    with here.store.reading() as db:
        gone = set(db.scalars(select(SubjectKey.subject_id).where(SubjectKey.wrapped == b"")))
    back = [(subject, kind) for subject, kind in listed(here.settings.keys).items() if subject not in gone]
    if back:
        _mark(here)
    for subject, kind in back:
        here.bus.run(EraseAgain(kind=kind, subject_id=subject), actor=_JOB, command_id=new_id())
    if back:
        log.warning("erased_again_after_restore", count=len(back))
    return len(back)


def _mark(here: State) -> None:
    """Before what it is for: a kill in between leaves a mark too many, which costs one scrub, and never one too few."""
    (here.settings.keys / _UNSCRUBBED).touch(mode=0o600)
    flush_folder(here.settings.keys)


def _append(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "ab") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    flush_folder(file.parent)
