"""Which visit an end ends, and what an end is told that none takes (S-7, S-11, S-18)."""

from core.visits.facts import End
from core.visits.outcome import SYSTEM, Note, NoteKind
from core.visits.pairing import LAST
from core.visits.sealing import Sealed
from core.visits.stays import Board, Stay


def refusal(end: End, stay: Stay | None, board: Board, sealed: Sealed) -> Note | None:
    """Why the candidate does not take an end; None if it does."""
    if stay is None:
        return Note(NoteKind.INVALID, "S-7")
    if stay.frozen is not None and end.id not in sealed.known.get(stay.key, ()):
        return Note(NoteKind.CORRECTION, "S-18", stay.id)
    if not stay.open:
        return _used(end, stay)
    better = stay.gone[1]
    if not end.trusted and end.order < stay.gone and better != LAST and better not in board.used:
        return Note(
            NoteKind.DISPLACED, "S-11", better
        )  # a proven end is on record, and no other visit took it
    return None


def _used(end: End, stay: Stay) -> Note:
    """What the visit has already: a form that closed it, or an end, which may come later but be proven."""
    closed_by = stay.closed.id if stay.closed is not None else stay.frozen.closed_by if stay.frozen else None
    if closed_by is not None and closed_by != SYSTEM:
        return Note(NoteKind.DISPLACED, "S-9", closed_by)
    if stay.ended is None:
        return Note(NoteKind.DISPLACED, "S-7", stay.id)
    overruled = not end.trusted and end.order < stay.ended
    return Note(NoteKind.DISPLACED, "S-11" if overruled else "S-7", stay.ended[1])


def show(end: End, board: Board) -> Note | None:
    """An end that only an invalid visit can have is shown there, and shares the visit's rule."""
    for stay in (board.stays[start_id] for start_id in board.candidates(end)):
        if stay.end is None and stay.frozen is None:
            stay.end = end
        kind = NoteKind.CORRECTION if stay.late else NoteKind.INVALID
        return Note(kind, stay.fault or "S-7", stay.id)
    return None
