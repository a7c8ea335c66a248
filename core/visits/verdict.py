"""The verdict (S-18): a pure fold over facts and seals; the same facts and seals give the same verdicts, in
whatever order they arrived.

It goes twice over the facts in the order of (trusted time, id). First what is proven: starts and forms, all
ends, and the visits that seals have frozen. Then what is left: unproven starts and forms, and what found no
partner; nothing of it displaces what the first pass has judged.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeAlias

from core.visits.closing import closes, shut, strike
from core.visits.completion import Completions
from core.visits.ending import refusal, show
from core.visits.facts import End, Fact, Form, Order, Reopened, Seal
from core.visits.outcome import (
    Completion,
    DayForm,
    DayKey,
    Note,
    NoteKind,
    Verdicts,
    VerdictState,
    ZeroReason,
)
from core.visits.sealing import Sealed, read_seals
from core.visits.stays import Board, Stay, lay_out
from core.visits.zeroing import conclude

Event: TypeAlias = tuple[Order, Callable[[], None]]


def fold(
    facts: Iterable[Fact],
    seals: Iterable[Seal] = (),
    reopened: Iterable[Reopened] = (),
    done_before: Iterable[Completion] = (),
    *,
    as_of_ms: int,
) -> Verdicts:
    """The verdicts on all facts at a moment.

    ``done_before`` are completing forms that are not among the facts but have been judged (J-7).
    """
    given, again = list(facts), list(reopened)
    void = {fact.id: fact.broken[0] for fact in given if isinstance(fact, End) and fact.broken}
    known = [fact for fact in given if fact.id not in void]
    done, sealed = list(done_before), read_seals(seals)
    doomed: set[str] = set()
    while True:
        sweep = _Sweep(lay_out(known, sealed), sealed, Completions(done, again), doomed)
        sweep.run()
        if sweep.hit <= doomed:
            break
        doomed |= sweep.hit
    visits = {stay.id: conclude(stay, as_of_ms) for stay in sweep.board.stays.values()}
    notes = sweep.notes | {end_id: Note(NoteKind.INVALID, rule) for end_id, rule in void.items()}
    return Verdicts(visits, sweep.forms, notes)


def crosses(board: Board, stay: Stay) -> bool:
    """S-5, S-12: whether the person is already somewhere, here or elsewhere."""
    return any(True for _other in board.presences(stay.order, stay.person))


class _Sweep:
    """The two passes; ``left`` collects what the first could not place.

    ``hit`` are the visits that a frozen one meets on its way: whatever they had displaced until then must be
    judged without them, so the fold begins again and knows them as ``doomed``.
    """

    def __init__(self, board: Board, sealed: Sealed, completions: Completions, doomed: set[str]) -> None:
        self.board = board
        self.sealed = sealed
        self.completions = completions
        self.doomed = doomed
        self.hit: set[str] = set()
        self.forms: dict[DayKey, DayForm] = {}
        self.notes: dict[str, Note] = {}
        self.left: list[Event] = []
        self.struck: set[tuple[DayKey, str]] = set()
        self.first = True
        for form in sealed.forms.values():
            if form is not None:
                self._count(form)

    def run(self) -> None:
        """Both passes, then the ends that no good visit took."""
        self._pass(self._events())
        self.first = False
        self._pass(self.left)
        for end in sorted(self.board.ends, key=lambda end: end.order):
            if end.id in self.notes and self.notes[end.id].kind is NoteKind.INVALID:
                self.notes[end.id] = show(end, self.board) or self.notes[end.id]

    def _pass(self, events: list[Event]) -> None:
        for _order, judge in sorted(events, key=lambda event: event[0]):
            judge()

    def _events(self) -> list[Event]:
        """What the first pass judges; unproven starts and forms go to the second at once."""
        fixed = {form.id for form in self.forms.values()}
        events: list[Event] = []
        for stay in self.board.stays.values():
            judge = self.start if stay.frozen is None else self.frozen
            (events if stay.trusted or stay.judged else self.left).append((stay.order, partial(judge, stay)))
        events += [(end.order, partial(self.end, end)) for end in self._free_ends()]
        for form in (form for day in self.board.forms.values() for form in day):
            if form.id not in fixed:
                (events if form.trusted else self.left).append((form.order, partial(self.form, form)))
        return events

    def _free_ends(self) -> Iterator[End]:
        """All but those that frozen visits have taken; a late end leaves its visit for a start in between."""
        frozen = self.sealed.visits.values()
        taken = {visit.end_id: visit.id for visit in frozen if visit.state is not VerdictState.INVALID}
        for end in self.board.ends:
            if end.id in taken and taken[end.id] in self.board.candidates(end):
                self.board.used.add(end.id)
            else:
                yield end

    def start(self, stay: Stay) -> None:
        """A start; an unproven one also meets the form that the first pass adopted."""
        stay.fault = self._fault(stay)
        stay.judged = True
        if stay.late:
            self.notes[stay.id] = Note(NoteKind.CORRECTION, "S-18")
        if stay.fault is None and not self.first:
            self._meet_form(stay)

    def _fault(self, stay: Stay) -> str | None:
        """The rule that makes a visit 无效: late after a seal, rows in force, F-1, J-7, S-12."""
        form = self.forms.get(stay.key)
        if self.sealed.late(stay.key, stay.id):
            stay.late = True
            return "S-18"
        if stay.broken:
            return stay.broken[0]
        if form is not None and form.binding and (form.t_ms, form.id) < stay.order:
            return "F-1"
        if self.completions.bars(stay.key[0], stay.order):
            return "J-7"
        return "S-12" if stay.id in self.doomed or crosses(self.board, stay) else None

    def _meet_form(self, stay: Stay) -> None:
        form = self.forms.get(stay.key)
        if form is not None and form.binding and closes(self.board, form, stay):
            shut(stay, form)
        if (stay.key, stay.person) in self.struck:
            stay.zero.add(ZeroReason.FORM)

    def frozen(self, stay: Stay) -> None:
        """What is sealed beats what is late: who was elsewhere when a frozen visit began is 无效 there.

        A frozen visit of unproven time waits for the second pass and displaces nobody, as before its seal.
        """
        vouched, stay.judged = stay.judged, True
        if vouched and stay.fault is None:
            met = self.board.presences(stay.order, stay.person)
            self.hit |= {other.id for other in met if other.frozen is None}

    def end(self, end: End) -> None:
        """S-7: the latest good visit takes an end if it is open; otherwise the end waits, then gets a note."""
        stay = self.board.candidate(end)
        note = refusal(end, stay, self.board, self.sealed)
        if note is not None:
            self._refuse(end, note, partial(self.end, end))
            if stay is not None and note.kind is NoteKind.CORRECTION and not self.first:
                stay.corrections.append(end.id)
        elif stay is not None:
            stay.end, stay.ended = end, end.order
            self.board.used.add(end.id)
            self.notes.pop(end.id, None)

    def form(self, form: Form) -> None:
        """F-1, F-4: the first acceptable form of a day counts."""
        note = self._form_note(form)
        if note is not None:
            self._refuse(form, note, partial(self.form, form))
            return
        self.notes.pop(form.id, None)
        binding = self.first and form.trusted
        counted = DayForm(
            form.id,
            form.t_ms,
            form.person,
            *form.key,
            form.office,
            binding,
            completes=form.complete and binding and self._site_done(form),
        )
        self._count(counted)
        if binding:
            self.struck |= {(form.key, person) for person in strike(self.board, counted)}

    def _form_note(self, form: Form) -> Note | None:
        if self.sealed.late(form.key, form.id):
            return Note(NoteKind.CORRECTION, "S-18")
        if form.broken:
            return Note(NoteKind.INVALID, form.broken[0])
        if not form.office and not self.board.has_ended(form):
            return Note(NoteKind.INVALID, "F-1")
        if form.key in self.forms:
            return Note(NoteKind.DISPLACED, "F-4", self.forms[form.key].id)
        return Note(NoteKind.CORRECTION, "S-18") if form.key in self.sealed.covers else None

    def _site_done(self, form: Form) -> bool:
        """J-7: in 待复检 a form completes only by visits that began after the failing report took effect."""
        recheck = self.completions.recheck_before(form.project, form.t_ms)
        good = [stay for stay in self.board.days.get(form.key, []) if stay.good]
        return recheck is None or (bool(good) and all(stay.order[0] > recheck for stay in good))

    def _count(self, form: DayForm) -> None:
        self.forms[form.key] = form
        if form.completes:
            self.completions.add(Completion(form.project, form.t_ms, form.id))

    def _refuse(self, fact: End | Form, note: Note, again: Callable[[], None]) -> None:
        self.notes[fact.id] = note
        if self.first:
            self.left.append((fact.order, again))
