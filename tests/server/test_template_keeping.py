"""What must not happen to templates: what lapses stays, two servers at once, faults that pass, people who left."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from core.bus import Bus
from core.context import Actor
from core.db.changes import head
from core.db.history import FieldVersion
from core.employment.commands import Employ, EndEmployment
from core.employment.models import Employment
from core.errors import Conflict, Unreachable
from core.face.engine import FaceEngine
from core.face.enrolment import template_digest
from core.face.fake import fake_engine, fake_portrait
from core.face.types import Gathered
from core.ids import new_id
from core.practitioners.commands import GatheredPhoto, KeepTemplate
from core.visits.commands import VisitEnded
from core.visits.evidence import FaceEvidence
from core.visits.models import EndNote, VisitRow
from core.visits.portraits import photographed
from server.portraits import PortraitCheckers
from server.state import State
from server.templates import A_TURN, TemplateKeeper, Turn
from tests.factories.evidence import bring_photo, keep_sealed, keep_start
from tests.factories.templates import Newer, at_the_kiosk, hand_in, in_force, kept, turns, visit
from tests.factories.web import FACE, HERE, Paired, Web, started
from tests.factories.world import World, run

JOB = Actor("job", "0c2ff4a8-65c5-5b1e-9a0c-2c8a6e1d9a77")


def visits(web: Web, world: World, kiosk: Paired, portrait: str, *takes: int) -> list[str]:
    return [visit(web, world, kiosk, portrait, fake_portrait("li", take=take)) for take in takes]


def judge(web: Web, visit_id: str, state: str) -> None:
    """What judging again finds."""
    with web.state.store.writing() as db:
        db.get_one(VisitRow, visit_id).state = state


def commits(web: Web) -> int:
    with web.state.store.reading() as db:
        return head(db.connection())[0]


def another(web: Web, engine: FaceEngine) -> State:
    """Another server on the same database."""
    return replace(web.state, portraits=PortraitCheckers(lambda: engine))


@pytest.mark.rule("P-2", "D-2")
def test_photos_of_a_visit_that_counts_no_longer_leave_the_template(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    """Portrait check: exactly one face, frontal, sharp, big and bright enough to recognise."""
    person, keeper = world.members[0], TemplateKeeper(web.state)
    first, second = visits(web, world, kiosk, portrait, 1, 2)
    alone = in_force(web, person).template_digest
    assert turns(keeper) == 1 and in_force(web, person).photos == 3
    judge(web, first, "void")
    assert turns(keeper) == 1
    assert in_force(web, person).photos == 2 and {one.source for one in kept(web, portrait)} == {second}
    judge(web, second, "void")
    assert turns(keeper) == 1 and turns(keeper) == 0
    assert (in_force(web, person).photos, in_force(web, person).template_digest) == (1, alone)
    assert not kept(web, portrait)
    known = at_the_kiosk(web, world, {})
    judge(web, first, "valid")
    judge(web, second, "valid")
    assert turns(keeper) == 1 and at_the_kiosk(web, world, known).keys() == known.keys()


def test_an_end_that_no_visit_took_shows_nobody(web: Web, world: World, kiosk: Paired, portrait: str) -> None:
    person, project = world.members[0], world.project()
    web.clock.advance(hours=30)
    [start] = web.record(person, started(project, person))
    web.clock.advance(hours=2)
    end = VisitEnded(project_id=project, person_id=person, start_id=start, face=FACE, fix=HERE)
    [taken] = web.record(person, end)
    web.clock.advance(minutes=5)
    [late] = web.record(person, end)
    for take, fact in enumerate((start, taken, late)):
        digest, key = bring_photo(web, kiosk, fake_portrait("li", take=take))
        keep_start(web, kiosk, fact, person, project, digest, portrait)
        keep_sealed(web, fact, person, FaceEvidence(photo_key=key))
    with web.state.store.reading() as db:
        assert db.get_one(VisitRow, start).state == "valid" and db.get(EndNote, late) is not None
        assert photographed(db, web.state.blobs, person, portrait) == [taken, start]
        assert photographed(db, web.state.blobs, world.members[1], portrait) == []


@pytest.mark.expect_log("template_not_made")
def test_two_servers_with_different_recognisers_come_to_rest(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    person = world.members[0]
    old, new = TemplateKeeper(web.state), TemplateKeeper(another(web, Newer(fake_engine().observer.parts)))
    made = [turns(one) for _round in range(10) for one in (new, old)]
    assert made[:2] == [1, 1] and sum(made) == 2
    flips = 0
    for _minute in range(24 * 60):
        web.clock.advance(minutes=1)
        flips += turns(new) + turns(old)
    assert 0 < flips < 30
    # The old one is gone: whoever stays has the last word, without being started again.
    for _hour in range(48):
        web.clock.advance(hours=1)
        turns(new)
    assert in_force(web, person).engine == "newer"


@pytest.mark.rule("U-1")
def test_two_servers_at_once_keep_each_photo_once(
    web: Web, world: World, kiosk: Paired, portrait: str, engine: FaceEngine
) -> None:
    """Every accepted and refused command is in an append-only audit log."""
    sources = visits(web, world, kiosk, portrait, 1, 2)
    other = TemplateKeeper(web.state)

    class Slower(FaceEngine):
        """While it looks at photos, the other server does the same."""

        def gather(self, portrait: bytes, photos: Sequence[bytes]) -> Gathered:
            assert other.keep_up() == Turn(1, 1)
            return super().gather(portrait, photos)

    keeper = TemplateKeeper(another(web, Slower(engine.observer.parts)))
    assert keeper.keep_up() == Turn(0, 1)
    assert in_force(web, world.members[0]).photos == 3
    assert sorted(one.source or "" for one in kept(web, portrait)) == sorted(sources)
    web.clock.advance(hours=1)
    assert turns(keeper) == 0


def test_a_template_made_of_what_was_replaced_is_refused(web: Web, world: World, portrait: str) -> None:
    found = in_force(web, world.members[0])
    again = KeepTemplate(
        person_id=found.person_id, portrait_id=portrait, template=b"t" * 512, engine="fake", count=2,
        instead_of=found.template_digest, gathered=[GatheredPhoto(source=new_id(), image=b"jpeg")],
    )  # fmt: skip
    web.state.bus.run(again, actor=JOB, command_id=new_id())
    with pytest.raises(Conflict) as told:
        web.state.bus.run(again, actor=JOB, command_id=new_id())
    assert told.value.code == "practitioners.template_newer" and told.value.hint
    assert len(kept(web, portrait)) == 1


class Breaking(Bus):
    """A bus whose database is out of reach a few times."""

    def __init__(self, bus: Bus, times: int) -> None:
        self._bus, self.times = bus, times

    def run(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
        """As many failures as there were to be, then what the bus answers."""
        self.times -= 1
        if self.times >= 0:
            raise Unreachable("store.busy", "数据库暂时无法使用", "请稍后再试")
        return self._bus.run(*arguments, **named)  # type: ignore[arg-type]


@pytest.mark.expect_log("template_not_made")
@pytest.mark.parametrize("photos", [(), (1, 2)], ids=["another recogniser", "visits"])
def test_what_fails_for_a_moment_is_tried_again(
    web: Web, world: World, kiosk: Paired, portrait: str, engine: FaceEngine, photos: tuple[int, ...]
) -> None:
    visits(web, world, kiosk, portrait, *photos)
    used = engine if photos else Newer(engine.observer.parts)
    here = replace(another(web, used), bus=Breaking(web.state.bus, 2))
    keeper = TemplateKeeper(here)
    assert [turns(keeper), turns(keeper)] == [0, 0]
    web.clock.advance(minutes=1)
    assert turns(keeper) == 0
    web.clock.advance(minutes=2)
    assert turns(keeper) == 1
    assert in_force(web, world.members[0]).engine == used.model


@pytest.mark.rule("D-3")
def test_who_has_left_has_no_template_and_gets_none(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    """Templates until the employment ends."""
    person, keeper = world.members[0], TemplateKeeper(web.state)
    visits(web, world, kiosk, portrait, 1, 2)
    assert turns(keeper) == 1
    with web.state.store.reading() as db:
        job = db.scalars(select(Employment).where(Employment.person_id == person)).one()
    run(web.state.bus, EndEmployment(agency_id=world.agency, employment_id=job.id))
    found = in_force(web, person)
    assert (found.template, found.photos, kept(web, portrait)) == (b"", 0, []) and found.image
    assert turns(keeper) == 0 and not in_force(web, person).template
    again = Employ(
        employment_id=new_id(), agency_id=world.agency, person_id=person, position="operator", manager=False
    )
    run(web.state.bus, again)
    world.project()
    known = at_the_kiosk(web, world, {})
    assert [row.row["template"] for page in known.values() for row in page.rows if row.row] == [None]
    # At once from the portrait, and then with the photos of his visits.
    assert turns(keeper) == 2 and in_force(web, person).photos == 3
    news = at_the_kiosk(web, world, known)
    assert news.keys() >= known.keys()
    assert all(page.rows[0].row and page.rows[0].row["template"] for page in news.values())


@pytest.mark.rule("P-2", "D-3")
def test_photos_of_a_portrait_that_was_replaced_go(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    """A portrait can be replaced; the old one stays in the history."""
    visits(web, world, kiosk, portrait, 1, 2)
    assert turns(TemplateKeeper(web.state)) == 1 and kept(web, portrait)
    status, told = hand_in(web, world, world.members[0], fake_portrait("li"), fake_portrait("li", take=4))
    assert status == 200 and not kept(web, portrait) and len(kept(web, told["portrait_id"])) == 1


@pytest.mark.rule("S-3")
def test_which_template_served_at_a_time_is_kept(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    """What was seen (photo, scores, thresholds, challenge, model version) is kept as evidence."""
    visits(web, world, kiosk, portrait, 1, 2)
    names = [in_force(web, world.members[0]).template_digest]
    assert turns(TemplateKeeper(web.state)) == 1
    found = in_force(web, world.members[0])
    names.append(found.template_digest)
    with web.state.store.reading() as db:
        assert found.template_digest == template_digest(
            found.engine, web.state.vault.open(db, found.person_id, found.template)
        )
        rows = db.scalars(select(FieldVersion).where(FieldVersion.row_id == portrait)).all()
    assert [row.after for row in sorted(rows, key=lambda row: row.at_ms)] == [f'"{name}"' for name in names]


@pytest.mark.expect_log("template_not_made")
def test_a_turn_is_short_whatever_comes_of_it(web: Web, world: World, engine: FaceEngine) -> None:
    """A stopping server waits for it."""
    # The invented agency's portraits are no pictures: each is tried once, however many there are.
    for number in range(A_TURN):
        world.person(f"新员工{number}")
    keeper = TemplateKeeper(another(web, Newer(engine.observer.parts)))
    first = keeper.keep_up()
    assert first == Turn(0, A_TURN)
    before, rest = commits(web), [keeper.keep_up() for _ in range(4)]
    assert sum(turn.tried for turn in rest) > 0 and rest[-1] == Turn() and commits(web) == before
