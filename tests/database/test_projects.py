"""Projects on real databases: what keeps one from being submitted, what may change later, and what is kept of it."""

import pytest
from sqlalchemy import select

from core.command import Command
from core.context import Actor
from core.db.history import FieldVersion
from core.errors import DomainError
from core.ids import new_id
from core.projects.commands import (
    DraftProject,
    MemberEntry,
    ReopenProject,
    SetPeople,
    SetPlace,
    SubmitProject,
    TerminateProject,
)
from core.projects.models import Project, ProjectMember, ProjectPlace, ProjectState
from tests.factories.refusals import at_once, refused
from tests.factories.server import ServerParts
from tests.factories.site import OUTSIDE, at, end, form, record, start
from tests.factories.world import SITE, World, run

REASON = "合同已经解除"


def draft(world: World, **changed: object) -> DraftProject:
    fields: dict[str, object] = {
        "project_id": new_id(), "agency_id": world.agency, "name": "新项目", "kind": "inspection",
        "district": "黄浦区", "address": "某路", "client": "示例物业", "contract_number": new_id(),
        "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    return DraftProject(**(fields | changed))  # type: ignore[arg-type]


def team(world: World, **roles: list[str]) -> list[MemberEntry]:
    chosen = {"lead": [world.lead], "technical_lead": [world.technical], "member": world.members} | roles
    return [MemberEntry(person_id=p, role=role) for role, who in chosen.items() for p in who]  # type: ignore[arg-type]


def project(server: ServerParts, project_id: str) -> Project:
    with server.bus.store.reading() as db:
        return db.get_one(Project, project_id)


@pytest.mark.rule("J-1", "J-2", "J-3", "J-4")
def test_a_draft_holds_little_and_its_faults_come_all_at_once(server: ServerParts, world: World) -> None:
    """Any active employee drafts it: 已保存. Submitting checks all at once and lists every fault, not the first."""
    member = Actor("person", world.members[0])
    empty = draft(
        world, contract_number=" ", client="", kind="assessment", starts_on="2026-02-01", ends_on="2026-01-01",
        people=team(world, technical_lead=[], member=[]),
    )  # fmt: skip
    run(server.bus, empty, member)
    run(server.bus, draft(world, contract_number=""), member)
    assert project(server, empty.project_id).state == "saved"
    with refused("projects.incomplete", "J-2") as trouble:
        run(server.bus, SubmitProject(project_id=empty.project_id), Actor("person", world.lead))
    fields = [fault.field for fault in trouble.value.faults]
    assert fields == ["technical_lead", "place", "kind", "contract", "client", "contract_number"]
    with refused("not-allowed"):
        run(server.bus, SubmitProject(project_id=empty.project_id), world.office)
    with refused("projects.day"):
        run(server.bus, draft(world, starts_on="1.2.2026"), member)


@pytest.mark.rule("J-4")
def test_a_contract_number_is_the_agencys_own_once(server: ServerParts, world: World) -> None:
    """Number (unique in the agency), also if three clerks save in the same moment."""
    answers = at_once(
        *(lambda: run(server.bus, draft(world, contract_number="HT-1"), world.office) for _ in "abc")
    )
    assert [a.code for a in answers if isinstance(a, DomainError)] == ["projects.contract_taken"] * 2
    with refused("projects.contract_taken", "J-4"):
        run(server.bus, draft(world, contract_number=" HT-1 "), world.office)


@pytest.mark.rule("J-3", "J-9")
def test_people_of_a_submitted_project_keep_to_the_rules_and_to_the_record(
    server: ServerParts, world: World
) -> None:
    """Every change of a submitted project is kept field by field: who, when, on what device, from what, to what."""
    project_id, (first, second) = world.projects[0], world.members
    for people, field in (
        (team(world, lead=[]), "lead"),
        (team(world, lead=[first], member=[second]), "lead"),
        (team(world, technical_lead=[world.lead]), "technical_lead"),
    ):
        with refused("projects.incomplete", "J-3") as trouble:
            run(server.bus, SetPeople(project_id=project_id, people=people), world.office)
        assert [fault.field for fault in trouble.value.faults] == [field]
    run(server.bus, SetPeople(project_id=project_id, people=team(world, member=[second])), world.office)
    with server.bus.store.reading() as db:
        gone = db.scalars(select(ProjectMember).where(ProjectMember.person_id == first)).one()
        assert gone.until_ms == server.clock.true_ms
        kept = db.scalars(select(FieldVersion).where(FieldVersion.row_id == gone.id)).all()
    told = {(v.field, v.before, v.after, v.actor_id, v.at_ms) for v in kept}
    assert ("until_ms", None, str(gone.until_ms), world.manager_account, gone.until_ms) in told
    assert ("role", None, '"member"', world.manager_account, gone.from_ms) in told


@pytest.mark.rule("J-6", "J-8", "S-4")
def test_the_place_moves_until_the_first_visit(server: ServerParts, world: World) -> None:
    """After the first visit has started these are locked: point, radius. Radius 100–2000 m, set by a manager."""
    project_id, lead = world.projects[0], Actor("person", world.lead)

    def move(actor: Actor, lat: float = SITE[0], radius_m: int = 500) -> None:
        command = SetPlace(project_id=project_id, lat=lat, lon=SITE[1], radius_m=radius_m)
        run(server.bus, command, actor)

    move(lead, SITE[0] + 0.001)
    with refused("not-allowed"):
        move(lead, radius_m=600)
    for lat, radius_m in ((0.0, 500), (SITE[0], 99), (SITE[0], 2001)):
        with refused("projects.incomplete", "J-6"):
            move(world.office, lat, radius_m)
    move(world.office, radius_m=600)
    moves = at_once(*(lambda i=i: move(world.office, SITE[0] + i / 1e4, 600) for i in range(4)))
    assert moves == [None] * 4
    with server.bus.store.reading() as db:
        places = db.scalars(select(ProjectPlace).where(ProjectPlace.project_id == project_id)).all()
    assert sorted(place.until_ms is None for place in places) == [False] * 6 + [True]
    record(server.bus, start(world.members[0], project_id, at("09:00"), OUTSIDE))
    move(world.office, radius_m=600)
    record(server.bus, start(world.members[1], project_id, at("10:00")))
    with refused("projects.locked", "J-8"):
        move(world.office, radius_m=700)


@pytest.mark.rule("J-7")
def test_an_ended_project_stays_ended(server: ServerParts, world: World) -> None:
    """Terminated by the lead (a manager if he is gone), with a reason that can be read for ever and never changed."""
    project_id, lead = world.projects[0], Actor("person", world.lead)
    with refused("projects.lead_there", "J-7"):
        run(server.bus, TerminateProject(project_id=project_id, reason=REASON), world.office)
    with refused("projects.reason", "J-7"):
        run(server.bus, TerminateProject(project_id=project_id, reason="短"), lead)
    run(server.bus, TerminateProject(project_id=project_id, reason=f" {REASON} "), lead)
    again: list[Command] = [
        TerminateProject(project_id=project_id, reason="另一个原因"),
        ReopenProject(project_id=project_id, reason="另一个原因"),
        SubmitProject(project_id=project_id),
    ]
    for command in again:
        with refused("projects.move", "J-7"):
            run(server.bus, command, lead)
    row = project(server, project_id)
    assert (row.state, row.base_state, row.end_reason) == ("terminated", "terminated", REASON)
    with server.bus.store.reading() as db:
        states = db.scalars(select(ProjectState).where(ProjectState.project_id == project_id)).all()
        versions = db.scalars(select(FieldVersion).where(FieldVersion.row_id == project_id)).all()
    assert [state.state for state in states if state.until_ms is None] == ["terminated"]
    changes = [(v.field, v.before, v.after) for v in sorted(versions, key=lambda v: v.at_ms)]
    assert changes == [("state", '"saved"', '"submitted"'), ("state", '"submitted"', '"terminated"')]


@pytest.mark.rule("J-7")
def test_complete_is_taken_back_by_the_lead_with_a_reason(server: ServerParts, world: World) -> None:
    """ "complete" was ticked wrongly: lead reopens with a reason."""
    project_id, person, lead = world.projects[0], world.members[0], Actor("person", world.lead)
    with refused("projects.move", "J-7"):
        run(server.bus, ReopenProject(project_id=project_id, reason=REASON), lead)
    sheet = form(person, project_id, at("10:10"), complete=True)
    record(server.bus, start(person, project_id, at("09:00")), end(person, project_id, at("10:00")), sheet)
    assert project(server, project_id).state == "practised"
    with refused("not-allowed"):
        run(server.bus, ReopenProject(project_id=project_id, reason=REASON), world.office)
    run(server.bus, ReopenProject(project_id=project_id, reason=REASON), lead)
    assert project(server, project_id).state == "submitted"
    record(server.bus, sheet)
    assert project(server, project_id).state == "submitted"


@pytest.mark.rule("J-7", "S-18")
def test_an_end_and_a_complete_form_at_the_same_moment_do_not_mix(server: ServerParts, world: World) -> None:
    """Late facts never leave 已终止, also when they are judged while somebody terminates."""
    project_id, person = world.projects[0], world.members[0]
    facts = [
        start(person, project_id, at("09:00")),
        end(person, project_id, at("10:00")),
        form(person, project_id, at("10:10"), complete=True),
    ]
    stop = TerminateProject(project_id=project_id, reason=REASON)
    at_once(
        *(lambda f=one: record(server.bus, f) for one in facts),
        lambda: run(server.bus, stop, Actor("person", world.lead)),
    )
    row = project(server, project_id)
    assert (row.state, row.base_state) == ("terminated", "terminated")


@pytest.mark.rule("A-3")
def test_the_project_of_another_agency_gives_no_right(server: ServerParts, world: World) -> None:
    """A draft's right comes from the agency that it names, not from a project whose id it carries."""
    foreign = draft(world, agency_id=new_id(), project_id=world.projects[0])
    with refused("not-allowed"):
        run(server.bus, foreign, world.office)
    with refused("taken"):
        run(server.bus, draft(world, project_id=world.projects[0]), world.office)
