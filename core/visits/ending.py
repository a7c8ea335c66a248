"""Which visit an end ends, and what an end is told that none takes (S-7, S-11, S-18)."""

from core.visits.facts import End
from core.visits.outcome import Note, NoteKind
from core.visits.pairing import LAST
from core.visits.sealing import Sealed
from core.visits.stays import Board, Stay


def refusal(end: End, stay: Stay | None, sealed: Sealed) -> Note | None:
    """Why the candidate does not take an end; None if it does."""
    if stay is None:
        return Note(NoteKind.INVALID, "S-7")
    if stay.frozen is not None and end.id not in sealed.known.get(stay.key, ()):
        return Note(NoteKind.CORRECTION, "S-18", stay.id)
    if not stay.open:
        return _used(stay)
    if not end.trusted and end.order < stay.gone and stay.gone[1] != LAST:
        return Note(NoteKind.DISPLACED, "S-11", stay.gone[1])  # a proven end of the same visit is on record
    return None


def _used(stay: Stay) -> Note:
    if stay.closed is not None:
        return Note(NoteKind.DISPLACED, "S-9", stay.closed.id)
    return Note(NoteKind.DISPLACED, "S-7", stay.ended[1] if stay.ended is not None else stay.id)


def show(end: End, board: Board) -> Note | None:
    """An end that only an invalid visit can have is shown there, and shares the visit's rule."""
    for stay in (board.stays[start_id] for start_id in board.candidates(end)):
        if stay.end is None and stay.frozen is None:
            stay.end = end
        kind = NoteKind.CORRECTION if stay.late else NoteKind.INVALID
        return Note(kind, stay.fault or "S-7", stay.id)
    return None
