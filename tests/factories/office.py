"""Rows of an office's local copy for tests: an agency with projects, visits of every verdict, forms, evaluations."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, update

import core.catalogue  # noqa: F401
from core.agencies.models import Agency
from core.clock import Clock, day_of_ms, ms_of
from core.contacts.models import Contact
from core.db.base import Base
from core.db.engine import server_engine
from core.db.store import Store
from core.devices.models import Device
from core.drafts.models import DraftConflict
from core.employment.models import Employment
from core.feedback.models import Evaluation
from core.ids import new_id
from core.projects.models import Project, ProjectMember, ProjectPlace, ProjectState
from core.visits.models import FactRow, FormRow, VisitRow

SITE = (31.230416, 121.473701)
DAY_START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai of the day on which ``FakeClock`` starts."""
DISTRICTS = ("黄浦区", "徐汇区", "浦东新区", "静安区", "杨浦区", "闵行区")
NAMES = ("赵国强", "钱文", "孙晓燕", "李建平", "周立", "吴敏")


def at(hours: float, days: int = 0) -> int:
    """A moment of the test's day in Shanghai, in milliseconds."""
    return ms_of(DAY_START + timedelta(days=days, hours=hours))


class OfficeRows:
    """Writes rows into a real SQLite file, as a pull would have."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.store = Store(server_engine(f"sqlite:///{(folder / 'office.sqlite').as_posix()}"), clock)
        self.store.create_tables()
        self._together: Connection | None = None
        self.agency, self.manager, self.kiosk = new_id(), new_id(), new_id()
        self.persons: dict[str, str] = {}
        with self.together():
            self.put(
                Agency,
                id=self.agency,
                name="上海安信消防技术服务有限公司",
                uscc="91310000000000001X",
                qualifications=["维护保养检测"],
                legal_person_id=new_id(),
            )
            self.employ("王敏", person_id=self.manager, manager=True)
            for name in NAMES:
                self.persons[name] = self.employ(name)
            self.device("1 号现场终端", device_id=self.kiosk)

    def put(self, model: type[Base], **values: Any) -> str:
        """One row; gives its id."""
        statement = insert(model.__table__).values(**values)  # type: ignore[arg-type]
        if self._together is not None:
            self._together.execute(statement)
        else:
            with self.store.engine.begin() as db:
                db.execute(statement)
        return str(values.get("id", ""))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Many rows in one transaction, because every commit waits for the disk."""
        with self.store.engine.begin() as db:
            self._together = db
            yield
            self._together = None

    def employ(self, name: str, *, person_id: str | None = None, manager: bool = False) -> str:
        """A person of the agency."""
        person = person_id or new_id()
        self.put(
            Employment,
            id=new_id(),
            agency_id=self.agency,
            person_id=person,
            person_name=name,
            position="engineer",
            manager=manager,
            from_ms=at(0, -300),
        )
        return person

    def leave(self, name: str) -> None:
        """A person's employment ends."""
        ended = update(Employment).where(Employment.person_id == self.persons[name]).values(until_ms=at(9))
        with self.store.engine.begin() as db:
            db.execute(ended)

    def device(self, name: str, *, device_id: str | None = None, **more: Any) -> str:
        """A device of the agency."""
        values: dict[str, Any] = {"kind": "kiosk", "key_source": "file", "still_for_live": False} | more
        device = device_id or new_id()
        return self.put(
            Device,
            id=device,
            agency_id=self.agency,
            name=name,
            public_key=device.replace("-", "") * 2,
            admitted_ms=at(9, -30),
            **values,
        )

    def project(
        self, name: str, *, number: str = "", state: str = "submitted", kind: str = "inspection"
    ) -> str:
        """A project with its people, its place and its states."""
        project = new_id()
        self.put(
            Project,
            id=project,
            agency_id=self.agency,
            name=name,
            kind=kind,
            base_state=state,
            state=state,
            district="黄浦区",
            address="人民大道 120 号",
            client="上海申江物业管理有限公司",
            contract_number=number or f"HT-2026-{project[-4:]}",
            starts_on="2026-01-01",
            ends_on="2026-12-31",
        )
        roles = ("lead", "technical_lead", "member", "member", "member", "member")
        for person, role in zip(NAMES, roles, strict=True):
            self.put(
                ProjectMember,
                id=new_id(),
                project_id=project,
                person_id=self.persons[person],
                person_name=person,
                role=role,
                from_ms=at(9, -60),
            )
        place = {"lat": SITE[0], "lon": SITE[1], "radius_m": 500}
        self.put(ProjectPlace, id=new_id(), project_id=project, from_ms=at(9, -60), **place)
        self._states(project, state)
        return project

    def _states(self, project: str, state: str) -> None:
        common = {"project_id": project, "reason": None}
        self.put(
            ProjectState,
            id=new_id(),
            state="saved",
            move="draft",
            from_ms=at(9, -60),
            until_ms=at(10, -60),
            **common,
        )
        self.put(ProjectState, id=new_id(), state=state, move="submit", from_ms=at(10, -60), **common)

    def fact(self, kind: str, project: str, person: str, t_ms: int, **more: Any) -> str:
        """A start or an end as it was measured."""
        values: dict[str, Any] = {
            "proof": "proven",
            "day": None,
            "device_id": self.kiosk,
            "start_id": None,
            "lat": SITE[0] + 0.0006,
            "lon": SITE[1] - 0.0008,
            "accuracy_m": 18.0,
            "age_ms": 4_000,
            "source": "gps",
            "flags": "",
            "live": True,
            "claims": False,
            "complete": False,
            "office": False,
            "pending": False,
        } | more
        return self.put(
            FactRow,
            id=new_id(),
            kind=kind,
            t_ms=t_ms,
            person_id=self.persons[person],
            project_id=project,
            **values,
        )

    def visit(
        self, project: str, person: str, start: int, end: int | None, state: str = "valid", **more: Any
    ) -> str:
        """A visit with its facts and the verdict on it."""
        far = "away" in more.get("reasons", ())
        began = self.fact("S", project, person, start, day=day_of_ms(start).isoformat())
        place = {"lat": SITE[0] + 0.0085, "lon": SITE[1] + 0.0041, "accuracy_m": 35.0} if far else {}
        ended = self.fact("E", project, person, end, **place) if end is not None else None
        counted = (end - start) // 1000 if end is not None and state == "valid" else 0
        values: dict[str, Any] = {
            "reasons": [],
            "corrections": [],
            "rule": None,
            "proof": "proven",
            "claims": False,
            "closed_by": None,
            "closed_ms": None,
            "start_distance_m": 101.0,
            "end_distance_m": (1023.0 if far else 101.0) if end else None,
        } | more
        return self.put(
            VisitRow,
            id=began,
            project_id=project,
            person_id=self.persons[person],
            day=day_of_ms(start).isoformat(),
            started_ms=start,
            ended_ms=end,
            end_id=ended,
            state=state,
            counted_s=counted,
            **values,
        )

    def form(self, project: str, person: str, t_ms: int, **more: Any) -> str:
        """A feedback form with its verdict."""
        values: dict[str, Any] = {
            "note": None,
            "rule": None,
            "complete": False,
            "office": False,
            "completes": False,
        } | more
        return self.put(
            FormRow,
            id=new_id(),
            project_id=project,
            person_id=self.persons[person],
            day=day_of_ms(t_ms).isoformat(),
            submitted_ms=t_ms,
            **values,
        )

    def contact(self, project: str, *, confirmed: bool = True) -> str:
        """A registered contact."""
        return self.put(
            Contact,
            id=new_id(),
            project_id=project,
            registered_ms=at(11, -59),
            confirmed_ms=at(14, -59) if confirmed else None,
            ended_ms=None,
            end_reason=None,
            follows="inbox" if confirmed else None,
        )

    def evaluation(self, project: str, form: str, contact: str, t_ms: int, *, no: str = "") -> str:
        """What a contact answered; ``no`` is the key of the question that he denies."""
        keys = ("people", "time", "place", "work", "certificates", "truthful")
        return self.put(
            Evaluation,
            id=new_id(),
            feedback_id=form,
            project_id=project,
            day=day_of_ms(t_ms).isoformat(),
            contact_id=contact,
            questions=1,
            answers={key: key != no for key in keys},
            stars=3 if no else 5,
            ratings={self.persons["孙晓燕"]: 5},
            disputed=bool(no),
            given_ms=t_ms,
        )

    def conflict(self, project: str, group: str, mine: dict[str, str], **more: Any) -> str:
        """A draft that came when somebody else had changed the same words of the project's head."""
        values: dict[str, Any] = {
            "seen": mine,
            "theirs": mine,
            "actor_id": new_id(),
            "person_id": self.persons["钱文"],
            "device_id": None,
            "at_ms": at(8, -1),
        } | more
        return self.put(
            DraftConflict,
            id=new_id(),
            scope=f"agency:{self.agency}",
            table_name=Project.__tablename__,
            row_id=project,
            group_name=group,
            mine=mine,
            **values,
        )

    def change(self, project: str, **values: Any) -> None:
        """A pull brings other words for a project's head."""
        with self.store.engine.begin() as db:
            db.execute(update(Project).where(Project.id == project).values(**values))

    def many_projects(self, count: int) -> None:
        """As many projects as asked, in one transaction; heads and leads only."""
        kinds, states = (
            ("maintenance", "inspection", "assessment"),
            ("saved", "submitted", "practised", "completed"),
        )
        heads, leads = [], []
        for n in range(count):
            project = new_id()
            heads.append(
                {
                    "id": project,
                    "agency_id": self.agency,
                    "name": f"第 {n} 号大厦消防设施检测",
                    "kind": kinds[n % 3],
                    "base_state": states[n % 4],
                    "state": states[n % 4],
                    "district": DISTRICTS[n % 6],
                    "address": "",
                    "client": f"第 {n % 700} 物业公司",
                    "contract_number": f"HT-{n:06d}",
                    "starts_on": "2026-01-01",
                    "ends_on": "2026-12-31",
                    "end_reason": None,
                }
            )
            leads.append(
                {
                    "id": new_id(),
                    "project_id": project,
                    "person_id": self.persons[NAMES[n % 6]],
                    "person_name": NAMES[n % 6],
                    "role": "lead",
                    "from_ms": 0,
                    "until_ms": None,
                }
            )
        with self.store.engine.begin() as db:
            db.execute(insert(Project.__table__), heads)  # type: ignore[arg-type]
            db.execute(insert(ProjectMember.__table__), leads)  # type: ignore[arg-type]


def busy_office(rows: OfficeRows) -> tuple[str, list[str]]:
    """A project on which everything has happened, with others around it; gives its id and its visits' ids."""
    with rows.together():
        return _busy(rows)


def _busy(rows: OfficeRows) -> tuple[str, list[str]]:
    names = (
        "外滩中心消防设施检测",
        "静安寺商业广场维保",
        "张江科学城三期评估",
        "虹桥枢纽地下车库检测",
        "杨浦滨江仓库检测",
        "徐家汇写字楼（东塔、西塔及裙房）建筑消防设施年度检测",
    )
    states = ("practised", "submitted", "completed", "recheck", "terminated", "saved")
    kinds = ("inspection", "maintenance", "assessment", "inspection", "inspection", "inspection")
    others = [
        rows.project(n, number=f"HT-2026-{i:04d}", state=s, kind=k)
        for i, (n, s, k) in enumerate(zip(names, states, kinds, strict=True), start=101)
    ]
    rows.visit(others[0], "周立", at(8.2), None, "open")
    project = rows.project("上海中心城区示范大厦消防设施检测", number="HT-2026-0100")
    visits = [
        rows.visit(project, "孙晓燕", at(9, -1), at(11.1, -1)),
        rows.visit(project, "李建平", at(9.1, -1), at(12.6, -1), "zeroed", reasons=["away"]),
        rows.visit(
            project,
            "周立",
            at(9.3, -1),
            None,
            "zeroed",
            reasons=["form"],
            closed_by=new_id(),
            closed_ms=at(11.5, -1),
        ),
        rows.visit(project, "吴敏", at(10, -1), at(15, -1), "pending", rule="S-15", proof="bracketed"),
        rows.visit(project, "孙晓燕", at(7.25), at(8.6)),
        rows.visit(project, "吴敏", at(7.5), at(8.3), "invalid", rule="S-12", proof="unproven"),
        rows.visit(project, "李建平", at(8.1), None, "open"),
    ]
    contact = rows.contact(project)
    rows.contact(project, confirmed=False)
    first = rows.form(project, "孙晓燕", at(11.5, -1))
    rows.form(project, "李建平", at(12.7, -1), note="displaced", rule="F-4")
    second = rows.form(project, "孙晓燕", at(8.7), complete=True)
    rows.evaluation(project, first, contact, at(16, -1))
    rows.evaluation(project, second, contact, at(8.9), no="work")
    return project, visits
