"""Evaluations through the bus: who may give one, that there is only one, and what follows from it."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from core.contacts.commands import ConfirmContact, EndContact
from core.context import Actor
from core.errors import BadInput, DomainError, NotAllowed, NotHere, Refused
from core.feedback import queries
from core.feedback.commands import GiveEvaluation
from core.feedback.models import Evaluation, EvaluationPrivate
from core.feedback.questions import CURRENT, VERSIONS
from core.feedback.rules import faults, is_disputed
from core.ids import new_id
from core.messages import inbox
from core.visits.facts import Seal
from core.visits.models import FormRow, SealRow, VisitRow
from tests.factories.site import form, record, start
from tests.factories.web import Web
from tests.factories.world import World, run

YES = {question.key: True for question in VERSIONS[CURRENT]}


@pytest.fixture
def web(tmp_path: Path, database_url: str) -> object:
    """A server without anybody who calls it."""
    made = Web(tmp_path / "data", database_url)
    yield made
    made.close()


@pytest.fixture
def world(web: Web) -> World:
    """The invented agency."""
    return web.world()


def given(project: str, feedback: str, **changed: object) -> GiveEvaluation:
    """A complete evaluation, or one that is changed in something."""
    values: dict[str, object] = {
        "evaluation_id": new_id(), "project_id": project, "feedback_id": feedback, "questions": CURRENT,
        "answers": YES, "stars": 5,
    }  # fmt: skip
    return GiveEvaluation(**(values | changed))  # type: ignore[arg-type]


def evaluate(web: Web, contact: str, command: GiveEvaluation) -> dict[str, object]:
    """As the contact's page does it."""
    return run(web.state.bus, command, Actor("contact", contact)).answer


def refusal(web: Web, contact: str, command: GiveEvaluation) -> DomainError:
    """What the contact is told."""
    with pytest.raises(DomainError) as raised:
        evaluate(web, contact, command)
    return raised.value


@pytest.mark.rule("V-1", "V-2")
def test_any_confirmed_contact_evaluates_once(web: Web, world: World) -> None:
    """Any confirmed contact of the project evaluates a feedback, once; an evaluation is fixed."""
    project = world.project()
    second = world.contact(project)
    feedback = web.visited_day(world, project)
    with web.state.store.reading() as db:
        assert [form.id for form in queries.waiting(db, [project])] == [feedback]
    assert evaluate(web, second, given(project, feedback, remarks="  很好 "))["disputed"] is False
    for contact in (second, world.contacts[0]):
        error = refusal(web, contact, given(project, feedback, stars=1))
        assert isinstance(error, Refused)
        assert (error.code, error.rule) == ("evaluations.given", "V-1")
    with web.state.store.reading() as db:
        row = queries.of_project(db, project)[0]
        assert (row.contact_id, row.stars, queries.remarks(db, web.state.vault, row)) == (second, 5, "很好")
        assert queries.waiting(db, [project]) == []
        sealed = db.scalars(select(EvaluationPrivate.remarks)).one()
    assert "很好".encode() not in sealed


@pytest.mark.rule("V-1", "C-2", "C-4")
def test_who_is_not_confirmed_or_has_ended_evaluates_nothing(web: Web, world: World) -> None:
    """Open evaluations can be given by any confirmed contact, and by nobody else."""
    project, other = world.project(), world.project()
    feedback = web.visited_day(world, project)
    ended = world.contact(project)
    run(web.state.bus, EndContact(project_id=project, contact_id=ended, reason="离职"), world.office)
    for contact in (ended, world.contacts[1], new_id()):
        assert isinstance(refusal(web, contact, given(project, feedback)), NotAllowed)
    foreign = given(other, feedback)
    assert isinstance(refusal(web, world.contacts[1], foreign), NotHere)
    with pytest.raises(NotAllowed):
        run(web.state.bus, given(project, feedback), world.office)
    with pytest.raises(Refused):
        run(web.state.bus, ConfirmContact(project_id=project, contact_id=ended), world.office)


@pytest.mark.rule("V-1")
def test_everything_that_is_missing_is_told_at_once(web: Web, world: World) -> None:
    """Four consistencies and two whether, 1–5 stars; he may rate each person, and only those of the form."""
    project = world.project()
    feedback = web.visited_day(world, project)
    wrong = given(
        project, feedback, answers={"people": True, "weather": True}, stars=6, ratings={new_id(): 3}
    )
    error = refusal(web, world.contacts[0], wrong)
    assert isinstance(error, BadInput)
    assert [fault.field for fault in error.faults] == [
        "time", "place", "work", "certificates", "truthful", "weather", "stars", "ratings",
    ]  # fmt: skip
    old = refusal(web, world.contacts[0], given(project, feedback, questions=0))
    assert [fault.field for fault in old.faults] == ["version"]
    assert evaluate(web, world.contacts[0], given(project, feedback, ratings={world.members[0]: 4}))


@pytest.mark.rule("V-2")
@pytest.mark.parametrize("key", [question.key for question in VERSIONS[CURRENT]])
def test_a_no_among_the_six_is_a_dispute(key: str) -> None:
    """A "no" among the six shows as a dispute."""
    assert not is_disputed(YES)
    assert is_disputed(YES | {key: False})
    assert faults(CURRENT, YES | {key: False}, 1, {}, (), "") == []


@pytest.mark.rule("V-2", "S-18")
def test_a_dispute_is_pulled_with_the_project_and_the_day_is_sealed(web: Web, world: World) -> None:
    """Shows as a dispute to lead and supervisor; seals are given by the server: day evaluated."""
    project = world.project()
    feedback = web.visited_day(world, project)
    command = given(project, feedback, answers=YES | {"time": False})
    outcome = run(web.state.bus, command, Actor("contact", world.contacts[0]))
    assert ("evaluation", command.evaluation_id) in outcome.touched
    with web.state.store.reading() as db:
        assert db.get_one(Evaluation, command.evaluation_id).disputed
        assert [(seal.project_id, seal.kind) for seal in db.scalars(select(SealRow))] == [
            (project, "evaluated")
        ]


@pytest.mark.rule("S-18")
def test_what_comes_after_the_evaluation_is_a_correction(web: Web, world: World) -> None:
    """Seals are given by the server; a fact that comes late is 更正: shown, displacing nothing."""
    project = world.project()
    feedback = web.visited_day(world, project)
    run(web.state.bus, given(project, feedback), Actor("contact", world.contacts[0]))
    with web.state.store.reading() as db:
        day = db.get_one(FormRow, feedback).day
        moment = db.get_one(FormRow, feedback).submitted_ms
        before = {row.id: (row.state, row.counted_s) for row in db.scalars(select(VisitRow))}
        [sealed] = db.scalars(select(SealRow.seal)).all()
    assert msgspec.json.decode(sealed, type=Seal).form is not None, (
        "read strictly: true and false are no numbers"
    )
    late = start(world.members[1], project, moment - 60_000), form(world.members[1], project, moment, day=day)
    outcomes = record(web.state.bus, *late)
    assert [outcome.rule for outcome in outcomes] == ["S-18", "S-18"]
    with web.state.store.reading() as db:
        after = {row.id: (row.state, row.counted_s) for row in db.scalars(select(VisitRow))}
        assert db.get_one(FormRow, late[1].id).note == "correction"
        assert db.get_one(FormRow, feedback).note is None
    assert after == before | {late[0].id: ("invalid", 0)}


def test_a_seal_that_an_older_server_wrote_with_numbers_is_read(web: Web, world: World) -> None:
    """On SQLite a seal once said 0 for false; the journal of whoever was late must not stand still for it."""
    project = world.project()
    feedback = web.visited_day(world, project)
    run(web.state.bus, given(project, feedback), Actor("contact", world.contacts[0]))
    with web.state.store.writing() as db:
        row = db.scalars(select(SealRow)).one()
        row.seal = row.seal.replace('"office":false', '"office":0').replace(
            '"completes":false', '"completes":0'
        )
        assert '"office":0' in row.seal
        moment = db.get_one(FormRow, feedback).submitted_ms
    outcomes = record(web.state.bus, start(world.members[1], project, moment - 60_000))
    assert [outcome.rule for outcome in outcomes] == ["S-18"]


@pytest.mark.rule("F-4")
def test_a_displaced_form_is_not_evaluated(web: Web, world: World) -> None:
    """The other is 未采用: kept and shown as 补充, without effects."""
    project = world.project()
    feedback = web.visited_day(world, project)
    with web.state.store.writing() as db:
        db.get_one(FormRow, feedback).note = "displaced"
    assert refusal(web, world.contacts[0], given(project, feedback)).code == "evaluations.displaced"


@pytest.mark.rule("X-1", "X-2", "C-3")
def test_a_message_goes_once_to_who_follows_at_that_moment(web: Web, world: World) -> None:
    """A message goes to those who follow at that moment, once, and is never pushed again; what waits stays open."""
    project = world.project()
    follower, quiet = world.contacts[0], world.contact(project)
    with web.state.store.writing() as db:
        from core.contacts.models import Contact

        db.get_one(Contact, quiet).follows = None
    feedback = web.visited_day(world, project)
    late = world.contact(project)
    with web.state.bus.transaction(Actor("job", new_id())) as work:
        inbox.push(work.ctx, inbox.FEEDBACK, [(project, feedback)])
    with web.state.store.reading() as db:
        found = {
            contact: [row.subject_id for row in inbox.of_contact(db, contact)]
            for contact in (follower, quiet)
        }
        assert found == {follower: [feedback], quiet: []}
        assert [form.id for form in queries.waiting(db, [project])] == [feedback]
    assert late
