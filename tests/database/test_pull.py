"""What devices pull on real databases: their own scopes, whole commits, tombstones, and never what is private."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core.context import Actor
from core.db.base import Base, agency_scope, faces_scope, project_scope
from core.devices.models import Device
from core.employment.commands import EndEmployment
from core.employment.models import Employment
from core.ids import new_id
from core.journals.pull import changes, heads_of, scopes_of
from core.practitioners.commands import SubmitPortrait
from core.projects.commands import DraftProject, MemberEntry, SetPeople, TerminateProject
from core.projects.models import ProjectFace
from core.wire.push import ChangedRow, ChangePage, Cursor
from tests.factories.kiosk import Kiosk
from tests.factories.server import ServerParts
from tests.factories.site import at, record, start
from tests.factories.world import JOB, World, make_world, run
from tests.fakes.clock import FakeClock


def page(server: ServerParts, scope: str, cursor: Cursor | None = None, limit: int = 500) -> ChangePage:
    vault = server.bus._vault
    assert vault is not None
    with server.bus.store.reading() as db:
        return changes(db, vault, scope, cursor or Cursor(), limit)


def pages(server: ServerParts, scope: str, limit: int) -> Iterator[ChangePage]:
    cursor, more = Cursor(), True
    while more:
        found = page(server, scope, cursor, limit)
        yield found
        cursor, more = found.cursor, found.more


def pulled(server: ServerParts, scope: str) -> dict[tuple[str, str], ChangedRow]:
    return {(row.table, row.id): row for found in pages(server, scope, 500) for row in found.rows}


def device(server: ServerParts, world: World, folder: Path, kind: str = "kiosk") -> Device:
    kiosk = Kiosk(folder, server, world, FakeClock())
    with server.bus.store.writing() as db:
        row = db.get_one(Device, kiosk.id)
        row.kind = kind
        return row


def scopes(server: ServerParts, row: Device) -> set[str]:
    with server.bus.store.reading() as db:
        return set(scopes_of(db, row, server.bus.store.now_ms(db)))


@pytest.mark.rule("D-1", "D-2")
def test_a_device_has_its_agencys_scopes_and_only_kiosks_have_faces(
    server: ServerParts, world: World, tmp_path: Path
) -> None:
    """A device belongs to one agency; templates reach only devices whose projects need them."""
    other = make_world(server.bus, number=2)
    foreign = other.project(contact=False)
    saved = DraftProject(
        project_id=new_id(), agency_id=world.agency, name="草稿", kind="inspection", district="黄浦区",
        address="某路", client="", contract_number="", starts_on="2026-01-01", ends_on="2026-01-01",
        people=[MemberEntry(person_id=world.lead, role="lead")],
    )  # fmt: skip
    run(server.bus, saved, world.office)
    project = world.projects[0]
    seen = {agency_scope(world.agency), project_scope(project), project_scope(saved.project_id)}
    kiosk = device(server, world, tmp_path)
    assert scopes(server, kiosk) == seen | {faces_scope(project)}
    assert scopes(server, device(server, world, tmp_path, "desktop")) == seen
    kiosk.revoked_ms = 1
    assert scopes(server, kiosk) == set()
    assert not {agency_scope(other.agency), project_scope(foreign)} & seen


@pytest.mark.rule("D-2", "S-7")
def test_an_ended_projects_faces_stay_until_nobody_can_be_there_any_more(
    server: ServerParts, world: World, tmp_path: Path
) -> None:
    """Templates reach only devices whose projects need them: for 24 h somebody on site may still end his visit."""
    project, kiosk = world.projects[0], device(server, world, tmp_path)
    reason = TerminateProject(project_id=project, reason="合同提前解除")
    run(server.bus, reason, Actor("person", world.lead))
    server.clock.advance(hours=24)
    assert faces_scope(project) in scopes(server, kiosk)
    server.clock.advance(seconds=1)
    left = scopes(server, kiosk)
    assert faces_scope(project) not in left and project_scope(project) in left


@pytest.mark.rule("D-2")
def test_no_page_holds_what_is_private_or_somebody_elses(
    server: ServerParts, world: World, tmp_path: Path
) -> None:
    """Private columns live in tables beside the public ones, so that a client may simply not have them."""
    other = make_world(server.bus, number=2)
    other.project()
    record(server.bus, start(world.members[0], world.projects[0], at("09:00")))
    rows = [
        row
        for scope in scopes(server, device(server, world, tmp_path))
        for row in pulled(server, scope).values()
    ]
    tables = {row.table for row in rows}
    assert tables >= {
        "agency",
        "project",
        "project_member",
        "contact",
        "visit",
        "fact",
        "project_face",
        "device",
    }
    private = {name for name in Base.metadata.tables if name.endswith(("_private", "_key", "_access"))}
    assert private >= {"contact_private", "person_private"}
    assert not tables & (private | {"portrait", "account", "login", "invitation", "audit_log"})
    told = " ".join(str(row.row) for row in rows)
    assert other.agency not in told and other.lead not in told and "13800000000" not in told


@pytest.mark.parametrize("limit", [1, 2, 5, 7])
def test_a_page_ends_at_a_whole_commit(server: ServerParts, world: World, limit: int) -> None:
    """Invariant 6: the cursor never passes an unapplied row; a commit larger than a page is given whole."""
    scope = "agency:of-the-test"
    sizes = [1, 3, 2, 6, 1, 1, 4]
    commits = []
    for size in sizes:
        with server.bus.transaction(JOB) as work:
            commits.append({new_id() for _ in range(size)})
            for row in commits[-1]:
                work.ctx.stamps.touch("project", row, (scope,))
    left = list(commits)
    for found in pages(server, scope, limit):
        rows = {row.id for row in found.rows}
        assert rows or not found.more, "no page is empty while there are rows"
        while left and left[0] <= rows:
            rows -= left.pop(0)
        assert rows == set(), "a commit was torn"
    assert left == []
    end = page(server, scope)
    assert not end.more and page(server, scope, end.cursor).rows == []


def test_a_foreign_cursor_starts_anew(server: ServerParts, world: World) -> None:
    """A mismatch resets the cache of that scope, never the journal (an exchanged or restored server)."""
    scope = agency_scope(world.agency)
    end = page(server, scope).cursor
    for cursor in (
        Cursor(seq=end.seq, rolling="ab" * 32), Cursor(seq=end.seq + 1, rolling=end.rolling),
        Cursor(seq=0, rolling=end.rolling), Cursor(seq=end.seq),
    ):  # fmt: skip
        found = page(server, scope, cursor)
        assert found.reset and found.more and found.rows == [] and found.cursor == Cursor()
    assert not page(server, scope, end).reset


@pytest.mark.rule("E-5", "D-2")
def test_a_template_goes_with_its_person(server: ServerParts, world: World) -> None:
    """When an employment ends, the agency's devices drop that person's template at their next sync."""
    project, (first, second) = world.projects[0], world.members
    scope = faces_scope(project)
    with server.bus.store.reading() as db:
        ids = dict(db.execute(select(ProjectFace.person_id, ProjectFace.id)).all())
        job = db.scalars(select(Employment.id).where(Employment.person_id == first)).one()
    before = page(server, scope)
    assert {row.id: row.row["template"] for row in before.rows if row.row}[ids[first]] == b"t" * 512
    run(server.bus, EndEmployment(agency_id=world.agency, employment_id=job), world.office)
    after = page(server, scope, before.cursor)
    assert [(row.id, row.gone, row.row) for row in after.rows] == [(ids[first], True, None)]
    people = [
        MemberEntry(person_id=world.lead, role="lead"),
        MemberEntry(person_id=world.technical, role="technical_lead"),
    ]
    run(server.bus, SetPeople(project_id=project, people=people), world.office)
    last = page(server, scope, after.cursor)
    assert [(row.id, row.gone) for row in last.rows] == [(ids[second], True)]
    assert {key[1] for key, row in pulled(server, scope).items() if not row.gone} == {
        ids[world.lead],
        ids[world.technical],
    }


@pytest.mark.rule("D-2")
def test_an_erased_face_keeps_no_kiosk_from_pulling(server: ServerParts, world: World) -> None:
    """Erasure destroys the subject's key; the project's other faces still come."""
    vault = server.bus._vault
    assert vault is not None
    with server.bus.store.writing() as db:
        vault.erase(db, world.members[0])
    rows = [row.row for row in page(server, faces_scope(world.projects[0])).rows if row.row]
    assert {row["person_id"]: row["template"] is None for row in rows} == {
        world.lead: False, world.technical: False, world.members[0]: True, world.members[1]: False,
    }  # fmt: skip


@pytest.mark.rule("P-2")
def test_a_former_employees_new_portrait_reaches_no_kiosk(server: ServerParts, world: World) -> None:
    """The new one serves visits of projects that its person is in, and E-5: not after he has gone."""
    person = world.members[0]
    with server.bus.store.reading() as db:
        job = db.scalars(select(Employment.id).where(Employment.person_id == person)).one()

    def hand_in() -> None:
        portrait = SubmitPortrait(
            person_id=person, portrait_id=new_id(), image=b"i", template=b"new", engine="fake", consent=True
        )
        run(server.bus, portrait, Actor("job", new_id()))

    def template() -> object:
        rows = pulled(server, faces_scope(world.projects[0])).values()
        return next((r.row["template"] for r in rows if r.row and r.row["person_id"] == person), None)

    hand_in()
    assert template() == b"new"
    run(server.bus, EndEmployment(agency_id=world.agency, employment_id=job), world.office)
    hand_in()
    assert template() is None


def test_a_commit_of_any_size_can_be_pulled(server: ServerParts, world: World) -> None:
    """An import of a whole agency: more rows than a statement has room for ids."""
    scope, ids = "agency:of-the-test", [new_id() for _ in range(33_000)]
    with server.bus.transaction(JOB) as work:
        for row in ids:
            work.ctx.stamps.touch("project", row, (scope,))
    assert [row.id for row in next(pages(server, scope, 500)).rows] == sorted(ids)


def test_a_scopes_head_is_its_last_commit_and_no_others(server: ServerParts, world: World) -> None:
    def commit(*scopes: str) -> Cursor:
        with server.bus.transaction(JOB) as work:
            work.ctx.stamps.touch("project", new_id(), scopes)
        return page(server, "none").cursor

    def heads(*scopes: str) -> list[Cursor]:
        with server.bus.store.reading() as db:
            return list(heads_of(db, scopes).values())

    both = commit("a", "b")
    later = commit("b")
    commit("c")
    assert heads("a", "b", "never") == [both, later, Cursor()]
    assert heads() == []
    assert [page(server, scope).head for scope in ("a", "b", "never")] == [both, later, Cursor()]
    assert [found.head for found in pages(server, "b", 1)] == [None, later]
    many = [f"s{number}" for number in range(1200)]
    assert heads(*many) == [Cursor()] * 1200
