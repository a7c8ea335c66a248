"""Little worlds of visits: a fact source in memory that keeps verdicts step by step, and Hypothesis strategies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st
from msgspec.structs import replace

from core.visits.component import Point, Window
from core.visits.facts import End, Fact, Form, Reopened, Seal, SealKind, Start
from core.visits.outcome import Completion, DayForm, DayKey, Note, Verdicts, VerdictState, Visit
from core.visits.refold import Refolded, refold
from core.visits.sealing import decide, reject, seal_day, uphold
from core.visits.verdict import fold

HOUR = 3_600_000
AS_OF = 400 * HOUR
DAYS = 5


def day_at(t_ms: int) -> str:
    """The day of a moment; these worlds begin at midnight."""
    return f"2025-03-{1 + t_ms // (24 * HOUR):02d}"


@dataclass
class MemoryFacts:
    """A ``FactSource`` over dictionaries; counts its calls, because a database must not be asked per fact."""

    facts: dict[str, Fact] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    reopened: list[Reopened] = field(default_factory=list)
    counted: set[Completion] = field(default_factory=set)
    calls: int = 0

    def _some(self, wanted: Iterable[Fact]) -> list[Fact]:
        self.calls += 1
        return list(wanted)

    def of_ids(self, ids: Sequence[str]) -> list[Fact]:
        return self._some(self.facts[i] for i in ids if i in self.facts)

    def of_persons(self, windows: Sequence[Window]) -> list[Start | End]:
        self.calls += 1
        spans: dict[str, list[tuple[int, int]]] = {}
        for person, first, last in windows:
            spans.setdefault(person, []).append((first, last))
        return [
            fact
            for fact in self.facts.values()
            if not isinstance(fact, Form) and any(a <= fact.t_ms <= b for a, b in spans.get(fact.person, ()))
        ]

    def of_days(self, keys: Sequence[DayKey]) -> list[Start | Form]:
        self.calls += 1
        wanted = set(keys)
        return [fact for fact in self.facts.values() if not isinstance(fact, End) and fact.key in wanted]

    def previous_starts(self, points: Sequence[Point]) -> list[Start]:
        self.calls += 1
        trails = self._trails(Start)
        earlier = ([f for f in trails.get((p, q), ()) if f.t_ms <= t] for p, q, t in points)
        return [max(found, key=lambda fact: fact.order) for found in earlier if found]  # type: ignore[misc]

    def late_ends(self, points: Sequence[Point]) -> list[End]:
        self.calls += 1
        starts, ends = self._trails(Start), self._trails(End)
        found = []
        for person, project, t_ms in points:
            later = [f.order for f in starts.get((person, project), ()) if f.t_ms > t_ms]
            stop = min(later, default=(AS_OF * 2, ""))
            found += [f for f in ends.get((person, project), ()) if t_ms < f.t_ms and f.order < stop]
        return found  # type: ignore[return-value]

    def _trails(self, kind: type) -> dict[tuple[str, str], list[Fact]]:
        trails: dict[tuple[str, str], list[Fact]] = {}
        for fact in self.facts.values():
            if isinstance(fact, kind):
                trails.setdefault((fact.person, fact.project), []).append(fact)
        return trails

    def seals_of(self, keys: Sequence[DayKey]) -> list[Seal]:
        self.calls += 1
        wanted = set(keys)
        return [seal for seal in self.seals if seal.key in wanted]

    def starts_after(self, points: Sequence[tuple[str, int]]) -> list[Start]:
        self.calls += 1
        return [
            fact
            for fact in self.facts.values()
            if isinstance(fact, Start) and any(fact.project == q and fact.t_ms > t for q, t in points)
        ]

    def complete_forms(self, projects: Sequence[str]) -> list[Form]:
        self.calls += 1
        return [
            f for f in self.facts.values() if isinstance(f, Form) and f.complete and f.project in projects
        ]

    def completions(self, projects: Sequence[str]) -> list[Completion]:
        self.calls += 1
        return [completion for completion in self.counted if completion.project in projects]

    def reopenings(self, projects: Sequence[str]) -> list[Reopened]:
        self.calls += 1
        return [moment for moment in self.reopened if moment.project in projects]


@dataclass
class Ledger:
    """What a server keeps: the source, and the verdicts as the last refolding of each fact left them."""

    source: MemoryFacts = field(default_factory=MemoryFacts)
    visits: dict[str, Visit] = field(default_factory=dict)
    forms: dict[DayKey, DayForm] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    judged: int = 0

    def verdicts(self) -> Verdicts:
        """As kept."""
        return Verdicts(self.visits, self.forms, self.notes)

    def whole(self) -> Verdicts:
        """As one fold of everything gives it."""
        source = self.source
        return fold(source.facts.values(), source.seals, source.reopened, as_of_ms=AS_OF)

    def arrive(self, facts: Sequence[Fact]) -> None:
        """A batch, as it comes: perhaps with things known already, or with a time that was proven later."""
        done = refold(self.source, facts, as_of_ms=AS_OF)
        self.source.facts.update({fact.id: fact for fact in facts})
        self._keep(done)

    def seal(self, key: DayKey, kind: SealKind = SealKind.EVALUATED) -> None:
        """The server seals a day as it stands."""
        known = list(self.source.facts.values())
        self._give(seal_day(len(self.source.seals), key, kind, known, self.verdicts()))

    def decide(self, visit_id: str, *, upheld: bool) -> None:
        """A supervisor decides a 待核实."""
        visit = self.visits[visit_id]
        verdict = uphold(visit) if upheld else reject(visit)
        self._give(decide(len(self.source.seals), verdict, list(self.source.facts.values())))

    def _give(self, seal: Seal) -> None:
        self.source.seals.append(seal)
        self._keep(refold(self.source, days=[seal.key], as_of_ms=AS_OF))

    def reopen(self, moment: Reopened) -> None:
        """A lead takes "complete" back, or a failing report takes effect."""
        self.source.reopened.append(moment)
        self._keep(refold(self.source, reopened=[moment], as_of_ms=AS_OF))

    def _keep(self, done: Refolded) -> None:
        self.judged += len(done.facts)
        ids = {fact.id for fact in done.facts}
        self.notes = {i: note for i, note in self.notes.items() if i not in ids} | done.verdicts.notes
        self.visits |= done.verdicts.visits
        self.forms = {k: form for k, form in self.forms.items() if form.id not in ids} | done.verdicts.forms
        self.source.counted = self.verdicts().completions()


@dataclass(frozen=True)
class Step:
    """One thing that happens to a ledger."""

    batch: tuple[Fact, ...] = ()
    seal: int | None = None
    kind: SealKind = SealKind.EVALUATED
    decision: int | None = None
    upheld: bool = False
    reopened: Reopened | None = None
    moved: int | None = None
    to_ms: int = 0

    def do(self, ledger: Ledger) -> None:
        """Let it happen; a seal or decision finds what it can."""
        if self.batch:
            ledger.arrive([ledger.source.facts.get(fact.id, fact) for fact in self.batch])
        keys = sorted({visit.key for visit in ledger.visits.values()})
        pending = [v for v in ledger.visits.values() if v.state is VerdictState.PENDING]
        if self.seal is not None and keys:
            ledger.seal(keys[self.seal % len(keys)], self.kind)
        if self.decision is not None and pending:
            chosen = sorted(pending, key=lambda v: v.id)[self.decision % len(pending)]
            ledger.decide(chosen.id, upheld=self.upheld)
        if self.reopened is not None:
            ledger.reopen(self.reopened)
        if self.moved is not None:
            self._move(ledger)

    def _move(self, ledger: Ledger) -> None:
        """An anchor proves another time (S-11) of a fact that no seal has covered."""
        covered = {fact_id for seal in ledger.source.seals for fact_id in seal.covers}
        free = sorted(ledger.source.facts.keys() - covered)
        if not free or self.moved is None:
            return
        fact = replace(ledger.source.facts[free[self.moved % len(free)]], t_ms=self.to_ms, proof="bracketed")
        ledger.arrive([replace(fact, day=day_at(self.to_ms)) if isinstance(fact, Start) else fact])


PEOPLE = ("甲", "乙", "丙")
PROJECTS = ("P", "Q")
PROOFS = ("proven", "proven", "proven", "bracketed", "unproven")
rarely = st.sampled_from((False, False, False, False, True))


@dataclass(frozen=True)
class Shape:
    """How crowded a world is: a small one finds quickly what a wide one finds too."""

    episodes: int = 7
    people: int = 3
    projects: int = 2
    hours: int = 24 * (DAYS - 2)
    seal_odds: int = 6
    decisions: bool = True
    complete: bool = False


WIDE = Shape()
UNDECIDED = Shape(decisions=False)


@st.composite
def episodes(draw: st.DrawFn, shape: Shape = WIDE) -> list[Fact]:
    """A start, perhaps its end, perhaps a form; each of them may be missing, wrong or odd. Ids come later."""
    person = draw(st.sampled_from(PEOPLE[: shape.people]))
    project = draw(st.sampled_from(PROJECTS[: shape.projects]))
    t = draw(st.integers(0, shape.hours)) * HOUR
    stay = draw(st.sampled_from((0, 1, 2, 3, 5, 8, 23, 24, 25, 30))) * HOUR
    proofs = st.sampled_from(PROOFS)
    facts: list[Fact] = []
    if draw(st.integers(0, 9)):
        broken = ("S-2",) if draw(rarely) and draw(rarely) else ()
        soft = draw(rarely) and draw(rarely)
        facts.append(Start("", t, draw(proofs), person, project, day_at(t), broken, soft=soft))
    if draw(st.integers(0, 3)):
        outside, unknown = draw(rarely) and draw(rarely), draw(rarely) and draw(rarely)
        void = ("S-3",) if draw(rarely) and draw(rarely) else ()
        end = End(
            "", t + stay, draw(proofs), person, project, outside=outside, no_position=unknown, broken=void
        )
        facts.append(end)
    if draw(st.integers(0, 2)) == 0:
        later = t + stay + draw(st.sampled_from((0, 1, 2, 20))) * HOUR
        form = Form(
            "",
            later,
            draw(proofs),
            person,
            project,
            day_at(t),
            complete=shape.complete or draw(rarely),
            office=draw(rarely),
        )
        facts.append(form)
    return facts


@st.composite
def fact_lists(draw: st.DrawFn, shape: Shape = WIDE) -> list[Fact]:
    """Facts of some episodes, with ids that say nothing about their time."""
    some = st.lists(episodes(shape), min_size=1, max_size=shape.episodes)
    drawn = [fact for episode in draw(some) for fact in episode]
    numbers = draw(st.permutations(range(len(drawn))))
    return [replace(fact, id=f"{number:03d}") for number, fact in zip(numbers, drawn, strict=True)]


reopenings = st.builds(
    Reopened, st.sampled_from(PROJECTS), st.integers(0, 24 * DAYS).map(lambda h: h * HOUR), st.booleans()
)
kinds = st.sampled_from((SealKind.EVALUATED, SealKind.MONTH, SealKind.REPORT))


@st.composite
def histories(draw: st.DrawFn, shape: Shape = WIDE) -> list[Step]:
    """Facts in any order and any batches, some twice, with seals, decisions and reopenings in between."""
    facts = draw(st.permutations(draw(fact_lists(shape))))
    steps = []
    at = 0
    while at < len(facts):
        size = draw(st.integers(1, 5))
        again = draw(st.integers(0, 3)) == 0 and at > 0
        known = (draw(st.sampled_from(facts[:at])),) if again else ()
        steps.append(Step(batch=(*facts[at : at + size], *known)))
        at += size
        if draw(st.integers(1, shape.seal_odds)) == 1:
            steps.append(Step(seal=draw(st.integers(0, 9)), kind=draw(kinds)))
        if draw(st.integers(0, 3)) == 0:
            steps.append(draw(_incidents(shape)))
    return steps


def _incidents(shape: Shape) -> st.SearchStrategy[Step]:
    """What happens beside facts and seals."""
    some = [
        st.builds(Step, reopened=reopenings),
        st.builds(
            Step, moved=st.integers(0, 30), to_ms=st.integers(0, shape.hours + 48).map(lambda h: h * HOUR)
        ),
    ]
    if shape.decisions:
        some.append(st.builds(Step, decision=st.integers(0, 9), upheld=st.booleans()))
    return st.one_of(some)


def played(steps: Iterable[Step]) -> Ledger:
    """The ledger after a history."""
    ledger = Ledger()
    for step in steps:
        step.do(ledger)
    return ledger
