"""What the project table and one project's card show, read from the local copy."""

from dataclasses import dataclass

from sqlalchemy import select

from core.clock import Clock, ms_of
from core.contacts.models import Contact
from core.db.store import Store
from core.drafts.models import DraftConflict
from core.drafts.queries import conflicts_of
from core.errors import NotHere
from core.feedback.models import Evaluation
from core.projects.lifecycle import MOVES
from core.projects.models import Project, ProjectState
from core.projects.queries import members
from core.visits.queries import PlaceLine, ProjectLine, form_lines, place_at, project_lines, visit_lines
from desktop import wording
from desktop.ports import Drafts, Me
from desktop.rights import reader
from desktop.screens.projects.editing import ConflictLine, Head, head, open_lines, rows_of
from desktop.screens.projects.moving import Obstacles, obstacles


@dataclass(frozen=True, slots=True)
class Filter:
    """What the table is narrowed to; empty means all."""

    state: str = ""
    kind: str = ""
    on_site: bool = False

    def keeps(self, line: ProjectLine) -> bool:
        """Whether a project is shown."""
        return (
            (not self.state or line.state == self.state)
            and (not self.kind or line.kind == self.kind)
            and (not self.on_site or line.on_site > 0)
        )


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person of the project and his part in it."""

    name: str
    role: str
    since_ms: int
    on_site: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One project with its people and place."""

    id: str
    number: str
    name: str
    kind: str
    state: str
    district: str
    address: str
    client: str
    starts_on: str
    ends_on: str
    end_reason: str
    place: PlaceLine | None
    people: tuple[PersonLine, ...]
    on_site: int
    visits: int
    counted_s: int
    obstacles: Obstacles
    head: Head
    conflicts: tuple[ConflictLine, ...]
    unanswered: bool
    """Whether something of it stands as this computer has written it, and the server has not answered."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to the project, with its tone."""

    at_ms: int
    title: str
    note: str = ""
    tone: str = "plain"


class ProjectsPresenter:
    """Reads for both; every method is called in a lane."""

    def __init__(self, store: Store, clock: Clock, me: Me, drafts: Drafts) -> None:
        self._store, self._clock, self._me, self._drafts = store, clock, me, drafts

    def lines(self) -> list[ProjectLine]:
        """Every project."""
        with self._store.reading() as db:
            return project_lines(db, ms_of(self._clock.now()))

    def card(self, project_id: str) -> Card:
        """One project; ``NotHere`` if this copy does not hold it."""
        unanswered = self._drafts.unanswered()
        with self._store.reading() as db:
            row = db.get(Project, project_id)
            if row is None:
                raise NotHere("projects.unknown", "本机还没有这个项目的数据")
            visits = visit_lines(db, project_id)
            context, conflicts = reader(db, self._me, ms_of(self._clock.now())), rows_of(db, row)
            there = {visit.person_id for visit in visits if visit.state == "open"}
            people = [
                PersonLine(m.person_name, m.role, m.from_ms, m.person_id in there)
                for m in members(db, project_id)
            ]
            return Card(
                id=row.id,
                number=row.contract_number,
                name=row.name,
                kind=row.kind,
                state=row.state,
                district=row.district,
                address=row.address,
                client=row.client,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                end_reason=row.end_reason or "",
                place=place_at(db, project_id, ms_of(self._clock.now())),
                people=tuple(sorted(people, key=lambda p: (list(wording.ROLES).index(p.role), p.name))),
                on_site=len(there),
                visits=len(visits),
                counted_s=sum(visit.counted_s for visit in visits),
                obstacles=obstacles(context, row),
                head=head(context, row),
                conflicts=open_lines(db, row, conflicts, self._me),
                unanswered=not unanswered.isdisjoint({row.id, *(one.id for one in conflicts)}),
            )

    def steps(self, project_id: str) -> list[Step]:
        """The project's life, the newest first."""
        with self._store.reading() as db:
            steps = [
                _moved(row)
                for row in db.scalars(select(ProjectState).where(ProjectState.project_id == project_id))
            ]
            for conflict in conflicts_of(db, Project.__tablename__, project_id):
                steps.extend(_conflict(conflict))
            for contact in db.scalars(select(Contact).where(Contact.project_id == project_id)):
                steps.extend(_contact(contact))
            for visit in visit_lines(db, project_id):
                zero = wording.why_zero(visit.state, visit.reasons, visit.rule)
                tone = wording.VERDICT_TONES.get(visit.state, "plain")
                steps.append(Step(visit.started_ms, f"{visit.person} 开始执业", zero, tone))
            for form in form_lines(db, project_id):
                done = "现场工作已完成" if form.complete else ""
                note = "、".join(word for word in (done, "补充（未采用）" if form.note else "") if word)
                steps.append(Step(form.submitted_ms, f"{form.person} 提交执业反馈单", note, "note"))
            given = db.scalars(select(Evaluation).where(Evaluation.project_id == project_id))
            steps.extend(_evaluated(row) for row in given)
        return sorted(steps, key=lambda step: -step.at_ms)


def _moved(row: ProjectState) -> Step:
    by = MOVES[row.move].title if row.move in MOVES else ""
    note = "：".join(word for word in (by, row.reason or "") if word)
    return Step(row.from_ms, wording.state(row.state), note, wording.STATE_TONES.get(row.state, "plain"))


def _conflict(row: DraftConflict) -> list[Step]:
    what = wording.GROUPS.get(row.group_name, row.group_name)
    found = [Step(row.at_ms, f"{what}的修改有冲突", "两份都已保留，等待选择", "warn")]
    if row.settled_ms is not None:
        found.append(
            Step(row.settled_ms, f"{what}的冲突已处理", wording.KEPT.get(row.kept or "", ""), "note")
        )
    return found


def _contact(row: Contact) -> list[Step]:
    found = [Step(row.registered_ms, "委托单位联系人登记")]
    if row.confirmed_ms is not None:
        found.append(Step(row.confirmed_ms, "委托单位联系人已确认", "", "good"))
    if row.ended_ms is not None:
        found.append(Step(row.ended_ms, "委托单位联系人已停用", row.end_reason or "", "warn"))
    return found


def _evaluated(row: Evaluation) -> Step:
    note = f"{row.stars} 星" + ("，有不一致，需处理" if row.disputed else "")
    return Step(row.given_ms, "委托单位评价", note, "bad" if row.disputed else "good")
