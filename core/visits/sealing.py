"""Seals: what they fix for a fold, how the server makes them, and what a decision writes into them (S-16, S-18)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from core.visits.facts import DAY_MS, End, Fact, Seal, SealKind
from core.visits.outcome import DayForm, DayKey, NoteKind, Verdicts, VerdictState, Visit


@dataclass(slots=True)
class Sealed:
    """What some seals fix together: frozen visits, the form of each sealed day, the facts that were known."""

    visits: dict[str, Visit] = field(default_factory=dict)
    forms: dict[DayKey, DayForm | None] = field(default_factory=dict)
    covers: dict[DayKey, frozenset[str]] = field(default_factory=dict)
    known: dict[DayKey, frozenset[str]] = field(default_factory=dict)

    def late(self, key: DayKey, fact_id: str) -> bool:
        """Whether a start or form came after its day was sealed."""
        return key in self.covers and fact_id not in self.covers[key]


def read_seals(seals: Iterable[Seal]) -> Sealed:
    """Seals in sequence: the first of a day says what was late and which form counts, later ones add what was
    open then, a decision replaces the verdicts that it names.
    """
    sealed = Sealed()
    for seal in sorted({seal.seq: seal for seal in seals}.values(), key=lambda seal: seal.seq):
        sealed.known[seal.key] = sealed.known.get(seal.key, frozenset()) | seal.covers
        if seal.kind is SealKind.DECISION:
            sealed.visits.update({visit.id: visit for visit in seal.visits})
            continue
        sealed.covers.setdefault(seal.key, seal.covers)
        sealed.forms.setdefault(seal.key, seal.form)
        for visit in seal.visits:
            sealed.visits.setdefault(visit.id, visit)
    return sealed


def seal_day(seq: int, key: DayKey, kind: SealKind, facts: Iterable[Fact], verdicts: Verdicts) -> Seal:
    """The seal of a day as it stands; ``facts`` are all facts connected with it."""
    visits = [visit for visit in verdicts.visits.values() if visit.key == key]
    frozen = tuple(
        replace(visit, corrections=())
        for visit in sorted(visits, key=lambda visit: visit.id)
        if visit.state is not VerdictState.OPEN and visit.id not in verdicts.notes
    )
    persons = {visit.person for visit in visits}
    known = {fact.id for fact in facts if _concerns(fact, key, persons)}
    corrected = {i for i, note in verdicts.notes.items() if note.kind is NoteKind.CORRECTION}
    return Seal(seq, *key, kind, frozenset(known - corrected), frozen, verdicts.forms.get(key))


def _concerns(fact: Fact, key: DayKey, persons: set[str]) -> bool:
    """An end bears no day: it is known to a seal by its person and project."""
    if isinstance(fact, End):
        return fact.project == key[0] and fact.person in persons
    return fact.key == key


def decide(seq: int, visit: Visit, facts: Iterable[Fact]) -> Seal:
    """The seal by which a decided 待核实 or an upheld appeal replaces one verdict; ``facts`` as for a day."""
    known = frozenset(fact.id for fact in facts if _concerns(fact, visit.key, {visit.person}))
    return Seal(seq, *visit.key, SealKind.DECISION, known, (replace(visit, corrections=()),))


def uphold(visit: Visit) -> Visit:
    """S-16: the measured time counts, at most 24 h of it; measured facts stay as they are."""
    return replace(visit, state=VerdictState.VALID, reasons=(), rule="S-16", counted_seconds=measured(visit))


def reject(visit: Visit) -> Visit:
    """S-16: a 待核实 that was decided against."""
    return replace(visit, state=VerdictState.INVALID, rule="S-16", counted_seconds=0)


def measured(visit: Visit) -> int:
    """The seconds from the start to the end, or to what closed the visit."""
    stop = visit.ended_ms if visit.ended_ms is not None else visit.closed_ms
    if stop is None:
        return 0
    return min(max(stop - visit.started_ms, 0), DAY_MS) // 1000
