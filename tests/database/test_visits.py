"""Visits on a real database: facts come in, verdict rows come out, whatever the order and the batches."""

import random

import pytest
from sqlalchemy import select, text

from core.audit.queries import verify
from core.errors import Refused
from core.ids import new_id
from core.messages.models import Message
from core.projects.models import Project
from core.visits.commands import AttemptFailed, CloseOvertime, FormText, SubmitOfficeForm
from core.visits.models import EndNote, FormRow, VisitRow
from tests.factories.server import ServerParts
from tests.factories.site import OUTSIDE, at, end, fact, form, record, start
from tests.factories.world import World, run


def visits(server: ServerParts) -> dict[str, VisitRow]:
    """All visit rows by id."""
    with server.bus.store.reading() as db:
        return {row.id: row for row in db.scalars(select(VisitRow))}


@pytest.mark.rule("S-7")
def test_a_visit_inside_counts_to_the_second(server: ServerParts, world: World) -> None:
    """Otherwise the time counts, to the second, shown in minutes."""
    project, person = world.projects[0], world.members[0]
    began = start(person, project, at("09:00"))
    record(server.bus, began, end(person, project, at("11:05") + 7_000))
    row = visits(server)[began.id]
    assert (row.state, row.counted_s, row.reasons) == ("valid", 2 * 3600 + 5 * 60 + 7, [])
    assert row.start_distance_m == pytest.approx(0, abs=1)


@pytest.mark.rule("S-7")
def test_an_end_outside_counts_zero_and_says_why(server: ServerParts, world: World) -> None:
    """Outside the radius: zero, 超距执业."""
    project, person = world.projects[0], world.members[0]
    began = start(person, project, at("09:00"))
    record(server.bus, began)
    record(server.bus, end(person, project, at("10:00"), OUTSIDE))
    row = visits(server)[began.id]
    assert (row.state, row.reasons, row.counted_s) == ("zeroed", ["away"], 0)
    assert row.end_distance_m == pytest.approx(1109, abs=5)


@pytest.mark.rule("S-8")
def test_the_system_closes_after_24_hours_and_a_late_real_end_replaces_that(
    server: ServerParts, world: World
) -> None:
    """A visit still open after 24 h is closed by the system; a real end within the 24 h replaces the closure."""
    project, person = world.projects[0], world.members[0]
    began = start(person, project, at("09:00"))
    record(server.bus, began)
    run(server.bus, CloseOvertime())
    assert visits(server)[began.id].reasons == ["overtime"]
    record(server.bus, end(person, project, at("17:00")))
    assert visits(server)[began.id].state == "valid"


@pytest.mark.rule("S-9")
def test_a_form_zeroes_who_is_still_there(server: ServerParts, world: World) -> None:
    """When the day's feedback is submitted, every other visit of that day still open is closed (反馈单已提交)."""
    project, (filler, other) = world.projects[0], world.members
    mine, his = start(filler, project, at("09:00"), claims=True), start(other, project, at("09:30"))
    record(server.bus, mine, his, end(filler, project, at("11:00")), form(filler, project, at("11:10")))
    rows = visits(server)
    assert rows[mine.id].state == "valid"
    assert (rows[his.id].state, rows[his.id].reasons) == ("zeroed", ["form"])


@pytest.mark.rule("X-1", "X-2", "F-3")
def test_a_form_is_told_once_to_who_follows(server: ServerParts, world: World) -> None:
    """A message goes to those who follow at that moment, once, and is never pushed again."""
    project, person = world.projects[0], world.members[0]
    sheet = form(person, project, at("11:10"))
    record(server.bus, start(person, project, at("09:00")), end(person, project, at("11:00")), sheet)
    record(server.bus, sheet)
    earlier = start(world.members[1], project, at("08:00"))
    record(server.bus, earlier)
    with server.bus.store.reading() as db:
        messages = db.scalars(select(Message)).all()
    assert [(m.contact_id, m.subject_id) for m in messages] == [(world.contacts[0], sheet.id)]


@pytest.mark.rule("S-1", "C-2")
def test_without_a_confirmed_contact_a_visit_is_void(server: ServerParts, world: World) -> None:
    """May start when the project … has a confirmed contact; a fact that arrives all the same is judged 无效."""
    server.clock.advance(days=-4)
    project = world.project(contact=False)
    server.clock.advance(days=4)
    began = start(world.members[0], project, at("09:00"))
    outcomes = record(server.bus, began)
    assert (outcomes[0].status, outcomes[0].rule) == ("void", "S-1")
    assert visits(server)[began.id].state == "invalid"


@pytest.mark.rule("S-2")
def test_who_is_not_in_the_project_is_void(server: ServerParts, world: World) -> None:
    """The person is the project's lead, technical lead or member, actively employed."""
    began = start(world.manager, world.projects[0], at("09:00"))
    assert record(server.bus, began)[0].rule == "S-2"


@pytest.mark.rule("S-4")
def test_without_a_position_a_start_is_void(server: ServerParts, world: World) -> None:
    """No position: no start."""
    began = start(world.members[0], world.projects[0], at("09:00"), None)
    assert record(server.bus, began)[0].rule == "S-4"


@pytest.mark.rule("S-12")
def test_two_tablets_may_start_one_person_and_the_earlier_stands(server: ServerParts, world: World) -> None:
    """The earlier trusted start stands, the later visit is 无效 (一人多地), whichever arrives first."""
    server.clock.advance(days=-4)
    second = world.project()
    server.clock.advance(days=4)
    person = world.members[0]
    late, early = start(person, second, at("09:30")), start(person, world.projects[0], at("09:00"))
    record(server.bus, late)
    record(server.bus, early)
    rows = visits(server)
    assert rows[early.id].state == "zeroed"  # open for more than 24 h by now
    assert (rows[late.id].state, rows[late.id].rule) == ("invalid", "S-12")


@pytest.mark.rule("J-7", "F-2")
def test_a_complete_form_moves_the_project_and_bars_later_starts(server: ServerParts, world: World) -> None:
    """inspection: a feedback says that the site work is complete: 已提交 → 已执业; nobody starts after it."""
    project, (one, two) = world.projects[0], world.members
    next_day = start(two, project, at("09:00", day=4))
    record(server.bus, next_day)
    assert visits(server)[next_day.id].state != "invalid"
    record(
        server.bus, start(one, project, at("09:00")), end(one, project, at("10:00")),
        form(one, project, at("10:10"), complete=True),
    )  # fmt: skip
    with server.bus.store.reading() as db:
        assert db.get_one(Project, project).state == "practised"
    assert (visits(server)[next_day.id].state, visits(server)[next_day.id].rule) == ("invalid", "J-7")


@pytest.mark.rule("S-3")
def test_a_failed_attempt_is_on_record(server: ServerParts, world: World) -> None:
    """Three failures: a pause of 60 s, and the attempts are recorded."""
    attempt = fact(
        AttemptFailed(project_id=world.projects[0], action="start", reason="face.unknown"),
        world.lead,
        at("09:00"),
    )
    assert [o.status for o in record(server.bus, attempt)] == ["recorded"]
    assert [o.status for o in record(server.bus, attempt)] == ["repeated"]


@pytest.mark.rule("S-18", "U-1")
@pytest.mark.parametrize("seed", range(4))
def test_order_and_batches_change_nothing(server: ServerParts, world: World, seed: int) -> None:
    """The verdict is a function of all facts and seals, not of their order of arrival."""
    server.clock.advance(days=-4)
    other = world.project()
    server.clock.advance(days=4)
    facts = busy_days(world, world.projects[0], other)
    rng = random.Random(seed)
    record(server.bus, *facts)
    expected = snapshot(server)
    with server.bus.store.writing() as db:
        for table in ("fact", "visit", "feedback", "end_note", "message"):
            db.execute(text(f"DELETE FROM {table}"))
    shuffled = facts + rng.sample(facts, 5)
    rng.shuffle(shuffled)
    while shuffled:
        size = rng.randint(1, 6)
        record(server.bus, *shuffled[:size])
        del shuffled[:size]
    assert snapshot(server) == expected
    with server.bus.store.reading() as db:
        assert verify(db) is None


def busy_days(world: World, first: str, second: str) -> list:
    """Two days on two projects with overlaps, a second form, ends that nobody has, a visit over night."""
    one, two = world.members
    lead = world.lead
    return [
        start(one, first, at("08:00")), start(two, first, at("08:10")), start(one, second, at("08:30")),
        end(one, first, at("09:00")), end(one, second, at("09:30")), start(one, second, at("10:00")),
        form(one, first, at("09:40")), end(two, first, at("12:00")), form(two, first, at("12:10")),
        end(one, second, at("15:00"), OUTSIDE), form(one, second, at("15:30"), complete=True),
        start(lead, second, at("16:00")), start(lead, first, at("20:00")), end(lead, first, at("23:00", day=4)),
        start(two, second, at("08:00", day=4)), end(two, second, at("09:00", day=4)),
        start(two, first, at("10:00", day=4)), end(two, first, at("11:00", day=4)),
        form(two, first, at("11:05", day=4), day="2026-03-04"),
    ]  # fmt: skip


def snapshot(server: ServerParts) -> list:
    """Everything that the verdict wrote down."""
    with server.bus.store.reading() as db:
        rows = []
        for model in (VisitRow, FormRow, EndNote):
            columns = [c for c in model.__table__.columns if c.name != "corrections"]
            rows += [tuple(map(str, row)) for row in db.execute(select(*columns).order_by(model.id))]
        return rows


@pytest.mark.rule("F-1")
def test_the_office_fills_the_form_when_nobody_on_site_can(server: ServerParts, world: World) -> None:
    """If he is gone or was closed by the system, the lead, else a manager, in the desktop"""
    project, person = world.projects[0], world.members[0]
    command = SubmitOfficeForm(
        form_id=new_id(), project_id=project, day="2026-03-03", complete=False, text=FormText(work="检查测试")
    )
    with pytest.raises(Refused, match="no_visit"):
        run(server.bus, command, world.office)
    began = start(person, project, at("09:00"))
    record(server.bus, began)
    run(server.bus, CloseOvertime())
    run(server.bus, command, world.office)
    with server.bus.store.reading() as db:
        row = db.scalars(select(FormRow)).one()
        assert (row.id, row.office, row.note) == (command.form_id, True, None)
        assert db.scalars(select(Message.subject_id)).one() == command.form_id
    assert visits(server)[began.id].reasons == ["overtime"]
    again = SubmitOfficeForm(
        form_id=new_id(), project_id=project, day="2026-03-03", complete=False, text=FormText(work="检查测试")
    )
    with pytest.raises(Refused, match="form_exists"):
        run(server.bus, again, world.office)
