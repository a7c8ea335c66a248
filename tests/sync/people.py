"""What people do in a scene: at the sites, at the desktops, in the office, and the client's contact."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select

from core.clock import day_of
from core.command import Command
from core.context import Actor
from core.devices.commands import RevokeDevice
from core.drafts.merge import GroupEdit
from core.drafts.models import DraftConflict
from core.errors import DomainError
from core.feedback.commands import GiveEvaluation
from core.feedback.queries import waiting
from core.feedback.questions import CURRENT, asked
from core.ids import new_id
from core.journals.commands import RefuseQuarantine, ReleaseQuarantine
from core.journals.held import carry_out
from core.journals.quarantine import of_agency
from core.projects.commands import (
    DraftProject,
    EditProject,
    MemberEntry,
    SetPeople,
    SubmitProject,
    TerminateProject,
)
from core.projects.models import Project
from core.visits.commands import VisitEnded
from core.wire.codec import encode_command
from core.wire.sealing import seal_blob
from tests.factories.devices import FACE, FIX, started
from tests.factories.wire import PERSON
from tests.factories.world import SITE
from tests.sync.scene import Device, Scene

Poison = Literal["future", "nonsense", "impostor"]


def start(scene: Scene, c: int, p: int = 0, who: int = 0, *, photo: bool = False) -> None:
    """Somebody begins, if the gate lets him."""
    person = scene.world.members[who]
    boxes = [seal_blob(new_id().encode()).box] if photo else []
    _submit(scene.devices[c], started(scene.world.projects[p], person, claims=photo), person, boxes)


def end(scene: Scene, c: int, p: int = 0, who: int = 0) -> None:
    """Somebody ends, if the gate lets him."""
    person = scene.world.members[who]
    command = VisitEnded(project_id=scene.world.projects[p], person_id=person, face=FACE, fix=FIX)
    _submit(scene.devices[c], command, person)


def form(scene: Scene, c: int, p: int = 0, who: int = 0) -> None:
    """Somebody fills the day's form, if the gate lets him."""
    day = day_of(scene.clock.now()).isoformat()
    try:
        scene.devices[c].form(scene.world.projects[p], scene.world.members[who], day)
    except DomainError:
        return


def workday(scene: Scene, c: int, p: int = 0, who: int = 0) -> None:
    """An hour of work with its form."""
    start(scene, c, p, who)
    scene.later(minutes=60)
    end(scene, c, p, who)
    form(scene, c, p, who)


def _submit(device: Device, command: Command, person: str, boxes: Sequence[bytes] = ()) -> None:
    before = device.journal.head()
    try:
        entry = device.submit(command, person, blobs=boxes)
    except DomainError:
        assert device.journal.head() == before, "a refused fact was written down"
        return
    assert device.journal.find(entry.id) is not None


def poison(scene: Scene, c: int, kind: Poison) -> None:
    """An entry that has no effect: of a newer program, of one with a bug, or in another person's name."""
    device = scene.devices[c]
    command = started(scene.world.projects[0], scene.world.members[0])
    body = encode_command(command) if kind == "impostor" else b'{"nonsense":1}'
    name = "future.thing" if kind == "future" else "visits.start"
    scene.poison.add(device.journal.append(name, 1, body, PERSON).id)
    device.overlay.catch_up(device.journals.here())


def edit(scene: Scene, c: int, value: str, *, p: int = 0, group: Literal["name", "client"] = "name") -> None:
    """Somebody at a desktop edits a project's head as he sees it."""
    device, project = scene.devices[c], scene.world.projects[p]
    seen = _head(device, project)
    if seen is not None:
        change = GroupEdit(group=group, seen={group: seen[group]}, value={group: value})
        _draft(scene, device, EditProject(project_id=project, edits=[change]))


def settle(scene: Scene, c: int, n: int = 0, *, mine: bool = True) -> None:
    """Somebody at a desktop chooses one of the values of a conflict that he sees."""
    device = scene.devices[c]
    with device.cache.store.reading() as db:
        found = db.scalars(select(DraftConflict).where(DraftConflict.settled_ms.is_(None))).all()
    if not found:
        return
    conflict = sorted(found, key=lambda one: one.id)[n % len(found)]
    seen = _head(device, conflict.row_id)
    if seen is None:
        return
    names, group = conflict.mine.keys(), conflict.group_name
    change = GroupEdit(group=group, seen={name: seen[name] for name in names}, value=dict(conflict.mine))
    edits = [change] if mine else []
    _draft(scene, device, EditProject(project_id=conflict.row_id, edits=edits, settles=[conflict.id]))


def _head(device: Device, project: str) -> dict[str, str] | None:
    with device.cache.reading() as db:
        row = db.execute(select(Project.__table__).where(Project.id == project)).first()
    return dict(row._mapping) if row is not None else None


def _draft(scene: Scene, device: Device, command: EditProject) -> None:
    try:
        device.submitter.submit(command, scene.world.office, session=device.login)
    except DomainError:
        return


def staff(scene: Scene, hired: int, p: int = 0) -> None:
    """The office changes who belongs to a project."""
    people = _leads(scene)
    people += [MemberEntry(person_id=one, role="member") for one in scene.world.members[:hired]]
    office(scene, SetPeople(project_id=scene.world.projects[p], people=people))


def _leads(scene: Scene) -> list[MemberEntry]:
    lead, technical = scene.world.lead, scene.world.technical
    roles = (
        MemberEntry(person_id=lead, role="lead"),
        MemberEntry(person_id=technical, role="technical_lead"),
    )
    return list(roles)


def draft(scene: Scene) -> None:
    """The office drafts another project: a new scope, which a restored server does not know."""
    command = DraftProject(
        project_id=new_id(),
        agency_id=scene.world.agency,
        name="新项目",
        kind="inspection",
        district="黄浦区",
        address="人民大道2号",
        client="示例物业",
        contract_number=new_id(),
        starts_on="2026-01-01",
        ends_on="2027-12-31",
        lat=SITE[0],
        lon=SITE[1],
        people=[*_leads(scene), MemberEntry(person_id=scene.world.members[0], role="member")],
    )
    office(scene, command)
    scene.granted.append(command.project_id)


def grant(scene: Scene, n: int) -> None:
    """A drafted project is submitted: from now on the kiosks get its people's faces."""
    office(scene, SubmitProject(project_id=scene.granted[n % len(scene.granted)]), lead=True)


def take(scene: Scene, n: int) -> None:
    """It is ended: a day later its people's faces go."""
    office(
        scene,
        TerminateProject(project_id=scene.granted[n % len(scene.granted)], reason="双方解除合同"),
        lead=True,
    )


def revoke(scene: Scene, c: int) -> None:
    """The manager ends a device's admission (D-1)."""
    office(scene, RevokeDevice(agency_id=scene.world.agency, device_id=scene.devices[c].device_id))


def decide(scene: Scene, c: int, *, release: bool) -> None:
    """The manager looks at what a revoked device has brought, and lets it count or refuses it."""
    agency, device = scene.world.agency, scene.devices[c].device_id
    with scene.server.store.reading() as db:
        seen = {one.device.id: one.entries for one in of_agency(db, agency)}.get(device, 0)
    if release:
        office(scene, ReleaseQuarantine(agency_id=agency, device_id=device, entries=seen))
        carry_out(scene.server.bus)
    else:
        office(scene, RefuseQuarantine(agency_id=agency, device_id=device, entries=seen, reason="设备已遗失"))


def evaluate(scene: Scene, n: int = 0) -> None:
    """The contact evaluates a counting form, which seals its day; what comes late becomes a 更正 (S-18)."""
    with scene.server.store.reading() as db:
        forms = waiting(db, scene.world.projects)
    if not forms:
        return
    found = forms[n % len(forms)]
    command = GiveEvaluation(
        evaluation_id=new_id(),
        project_id=found.project_id,
        feedback_id=found.id,
        questions=CURRENT,
        answers={question.key: True for question in asked(CURRENT)},
        stars=5,
    )
    contact = scene.world.contacts[scene.world.projects.index(found.project_id)]
    scene.server.bus.run(command, actor=Actor("contact", contact), command_id=new_id())


def office(scene: Scene, command: Command, *, lead: bool = False) -> None:
    """The manager, or a project's lead, does something; the server may refuse it, or not know the project."""
    actor = Actor("person", scene.world.lead) if lead else scene.world.office
    try:
        scene.server.bus.run(command, actor=actor, command_id=new_id())
    except DomainError:
        return
