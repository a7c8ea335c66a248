"""What a counting form does to the visits of its project and day that are still open (S-9, F-4)."""

from core.visits.outcome import DayForm, ZeroReason
from core.visits.stays import Board, Stay


def exempt(board: Board, form: DayForm, person: str) -> bool:
    """Never the filler's own; nor one whose own form of that day is only displaced (F-4)."""
    return person == form.person or board.fills(form.key, person)


def closes(board: Board, form: DayForm, stay: Stay) -> bool:
    """S-9: still open at the form, and not a filler's; a day has one key, so no other day's visit is touched."""
    return stay.open and stay.present((form.t_ms, form.id)) and not exempt(board, form, stay.person)


def shut(stay: Stay, form: DayForm) -> None:
    """The form closes a visit."""
    stay.closed = form
    stay.gone = (form.t_ms, form.id)
    stay.zero.add(ZeroReason.FORM)


def strike(board: Board, form: DayForm) -> set[str]:
    """Close what is open, zero whatever its persons did there that day; the persons are returned."""
    day = board.days.get(form.key, [])
    hit = [stay for stay in day if closes(board, form, stay)]
    for stay in hit:
        shut(stay, form)
    persons = {stay.person for stay in hit}
    for stay in day:
        if stay.person in persons and stay.frozen is None and stay.good:
            stay.zero.add(ZeroReason.FORM)
    return persons
