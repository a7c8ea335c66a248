"""What must hold of every fold, as functions that raise: the properties use them, and the mutants must break them."""

from itertools import combinations

from core.visits.facts import DAY_MS, End, Fact, Form
from core.visits.outcome import DayKey, NoteKind, Verdicts, VerdictState, Visit, ZeroReason
from tests.fakes.worlds import Ledger


def counted_spans(verdicts: Verdicts) -> dict[str, list[tuple[int, int]]]:
    """Each person's counted time; a decision of a person (S-16) is not the fold's doing."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for visit in verdicts.visits.values():
        if visit.state is VerdictState.VALID and visit.rule != "S-16" and visit.ended_ms is not None:
            spans.setdefault(visit.person, []).append((visit.started_ms, visit.ended_ms))
    return spans


def nobody_is_at_two_places(verdicts: Verdicts) -> None:
    """S-5, S-12: counted times of one person never overlap."""
    for spans in counted_spans(verdicts).values():
        for (first, stop), (begin, last) in combinations(sorted(spans), 2):
            assert begin >= stop or first == stop or begin == last


def counted_time_is_sane(verdicts: Verdicts) -> None:
    """S-7: only a valid visit counts, to the second, never less than nothing or more than 24 h."""
    for visit in verdicts.visits.values():
        assert 0 <= visit.counted_seconds <= DAY_MS // 1000
        assert visit.state is VerdictState.VALID or visit.counted_seconds == 0
        assert (visit.state is VerdictState.ZEROED) == bool(visit.reasons)
        assert (visit.rule is None) == (visit.state not in (VerdictState.INVALID, VerdictState.PENDING)) or (
            visit.rule == "S-16"
        )


def acceptable(form: Form, verdicts: Verdicts) -> bool:
    """F-1: by one who has ended his visit of that day, or in the office, and breaking no rule."""
    return not form.broken and (form.office or any(_ended(visit, form) for visit in verdicts.visits.values()))


def _ended(visit: Visit, form: Form) -> bool:
    ended = (visit.ended_ms or 0, visit.end_id or "")
    return (
        visit.key == form.key
        and visit.person == form.person
        and visit.state is not VerdictState.INVALID
        and visit.ended_ms is not None
        and ended < form.order
    )


def one_form_counts(facts: list[Fact], verdicts: Verdicts) -> None:
    """F-1: a day that has an acceptable form has exactly one that counts, every other form bears a note."""
    forms = [fact for fact in facts if isinstance(fact, Form)]
    for form in forms:
        counts = form.key in verdicts.forms and verdicts.forms[form.key].id == form.id
        assert counts != (form.id in verdicts.notes)
        assert acceptable(form, verdicts) or not counts
        if acceptable(form, verdicts) and not _corrected(form, verdicts):
            assert form.key in verdicts.forms


def _corrected(form: Form, verdicts: Verdicts) -> bool:
    return form.id in verdicts.notes and verdicts.notes[form.id].kind is NoteKind.CORRECTION


def no_filler_is_zeroed(facts: list[Fact], verdicts: Verdicts) -> None:
    """S-9, F-4: neither the filler of the counting form nor one whose acceptable form was displaced."""
    fillers = {
        (fact.key, fact.person)
        for fact in facts
        if isinstance(fact, Form) and acceptable(fact, verdicts) and not _corrected(fact, verdicts)
    }
    for visit in verdicts.visits.values():
        if (visit.key, visit.person) in fillers:
            assert ZeroReason.FORM not in visit.reasons, visit


def seals_hold(ledger: Ledger, verdicts: Verdicts) -> None:
    """S-18: what a seal froze stays as it was, until a decision replaces it."""
    frozen: dict[str, Visit] = {}
    for seal in ledger.source.seals:
        for visit in seal.visits:
            if visit.id not in frozen or seal.kind == "decision":
                frozen[visit.id] = visit
    for visit in frozen.values():
        now = verdicts.visits[visit.id]
        assert (now.state, now.reasons, now.counted_seconds, now.ended_ms) == (
            visit.state, visit.reasons, visit.counted_seconds, visit.ended_ms,
        )  # fmt: skip


def late_facts_are_corrections(ledger: Ledger, verdicts: Verdicts) -> None:
    """S-18: what came after a seal is shown as 更正 and counts nothing, unless a person decided on it."""
    covers: dict[DayKey, frozenset[str]] = {}
    decided = {visit.id for seal in ledger.source.seals if seal.kind == "decision" for visit in seal.visits}
    for seal in ledger.source.seals:
        if seal.kind != "decision":
            covers.setdefault(seal.key, seal.covers)
    for fact in ledger.source.facts.values():
        if isinstance(fact, End) or fact.key not in covers or fact.id in covers[fact.key] | decided:
            continue
        note = verdicts.notes.get(fact.id)
        assert note is not None and note.kind is NoteKind.CORRECTION


def forms_close_their_day(facts: list[Fact], verdicts: Verdicts) -> None:
    """S-9: nobody but a filler has counted time across the moment at which the day's form was submitted."""
    fillers = {(fact.key, fact.person) for fact in facts if isinstance(fact, Form)}
    for visit in verdicts.visits.values():
        form = verdicts.forms.get(visit.key)
        if form is None or not form.binding or (visit.key, visit.person) in fillers or visit.rule == "S-16":
            continue
        if visit.state is VerdictState.VALID and visit.ended_ms is not None:
            assert visit.ended_ms <= form.t_ms


def refusals_have_a_cause(verdicts: Verdicts) -> None:
    """S-12, J-7: who is refused was somewhere else then, or the work was complete; holds where nothing is sealed."""
    visits = verdicts.visits.values()
    for visit in visits:
        others = [v for v in visits if v.person == visit.person and v.state is not VerdictState.INVALID]
        assert visit.rule != "S-12" or any(_spans(other, visit.started_ms) for other in others)
        done = [c.t_ms for c in verdicts.completions() if c.project == visit.project]
        assert visit.rule != "J-7" or min(done, default=visit.started_ms + 1) <= visit.started_ms


def _spans(visit: Visit, t_ms: int) -> bool:
    stop = visit.started_ms + DAY_MS
    if visit.ended_ms is not None:
        stop = min(stop, visit.ended_ms)
    return visit.started_ms <= t_ms <= stop


def every_law(ledger: Ledger) -> None:
    """All of them, on the fold of everything."""
    facts, verdicts = list(ledger.source.facts.values()), ledger.whole()
    counted_time_is_sane(verdicts)
    nobody_is_at_two_places(verdicts)
    one_form_counts(facts, verdicts)
    no_filler_is_zeroed(facts, verdicts)
    seals_hold(ledger, verdicts)
    late_facts_are_corrections(ledger, verdicts)
    forms_close_their_day(facts, verdicts)
    if not ledger.source.seals:
        refusals_have_a_cause(verdicts)
