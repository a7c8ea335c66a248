"""Templates on a server: from the portrait alone to several photos, and to another recogniser, by themselves."""

from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import select

from core.accounts.models import Account
from core.db.base import faces_scope
from core.employment.commands import EndEmployment
from core.employment.models import Employment
from core.erasure.commands import EraseSubject
from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_portrait
from core.face.matching import cosine, pack, unpack
from core.face.types import Template
from core.ids import new_id
from core.journals.pull import changes
from core.practitioners.models import Portrait, PortraitPhoto
from core.projects.models import ProjectFace
from core.visits.evidence import FaceEvidence
from core.visits.models import VisitRow
from core.wire.push import ChangePage, Cursor
from server.portraits import PortraitCheckers
from server.templates import TemplateKeeper
from tests.factories.evidence import bring_photo, keep_sealed, keep_start
from tests.factories.web import Paired, Web
from tests.factories.world import World, run
from tests.server.test_records import account


@pytest.fixture
def engine(web: Web) -> FaceEngine:
    """The fake recogniser, whose templates are good on this server."""
    made = fake_engine()
    object.__setattr__(web.state, "portraits", PortraitCheckers(lambda: made))
    return made


@pytest.fixture
def portrait(web: Web, world: World, engine: FaceEngine) -> str:
    """A member's portrait that was handed in and checked; its id."""
    answer = hand_in(web, world, world.members[0], fake_portrait("li"))
    assert answer[0] == 200
    return answer[1]["portrait_id"]


def hand_in(web: Web, world: World, person: str, picture: bytes, *more: bytes) -> tuple[int, dict[str, str]]:
    name = f"本人{person[-4:]}"
    with web.state.store.reading() as db:
        known = db.scalar(select(Account.id).where(Account.person_id == person))
    own = web.login(name) if known else account(web, person, name)
    files = [("picture", ("a.jpg", picture)), *(("more", ("b.jpg", one)) for one in more)]
    data = {"id": new_id(), "consent": "true"}
    answer = web.client.post(f"/api/v1/persons/{person}/portrait", headers=own, data=data, files=files)
    return answer.status_code, answer.json()


def in_force(web: Web, person: str) -> Portrait:
    """The portrait that serves."""
    with web.state.store.reading() as db:
        wanted = select(Portrait).where(Portrait.person_id == person, Portrait.until_ms.is_(None))
        return db.scalars(wanted).one()


def kept(web: Web, portrait: str) -> list[PortraitPhoto]:
    """The other photos of a portrait's person."""
    with web.state.store.reading() as db:
        return list(db.scalars(select(PortraitPhoto).where(PortraitPhoto.portrait_id == portrait)))


def at_the_kiosk(web: Web, world: World, known: dict[str, ChangePage]) -> dict[str, ChangePage]:
    """What a kiosk that has pulled these pages gets of a member's face, by the scope of each of his projects."""
    with web.state.store.reading() as db:
        faces = db.scalars(select(ProjectFace).where(ProjectFace.person_id == world.members[0])).all()
        found = {}
        for face in faces:
            scope = faces_scope(face.project_id)
            after = known[scope].cursor if scope in known else Cursor()
            page = changes(db, web.state.vault, scope, after)
            own = [row for row in page.rows if row.id == face.id]
            if own:
                found[scope] = msgspec.structs.replace(page, rows=own)
    return found


def visit(
    web: Web, world: World, kiosk: Paired, portrait: str, picture: bytes, liveness: str = "challenge"
) -> str:
    """A visit that counts, with the photo of its start; the visit's id."""
    project, person = world.project(), world.members[0]
    web.clock.advance(hours=30)
    web.visited_day(world, project)
    with web.state.store.reading() as db:
        found = select(VisitRow.id).where(VisitRow.project_id == project, VisitRow.state == "valid")
        visit_id = db.scalars(found).one()
    digest, key = bring_photo(web, kiosk, picture)
    keep_start(web, kiosk, visit_id, person, project, digest, portrait, liveness)  # type: ignore[arg-type]
    keep_sealed(web, visit_id, person, FaceEvidence(score=0.7, threshold=0.45, photo_key=key))
    return visit_id


@pytest.mark.rule("P-2")
def test_photos_handed_in_with_the_portrait_are_kept_sealed(
    web: Web, world: World, engine: FaceEngine
) -> None:
    """The server repeats it."""
    person = world.members[0]
    status, told = hand_in(
        web, world, person, fake_portrait("li"), fake_portrait("li", take=1), fake_portrait("wang")
    )
    assert (status, told["code"]) == (409, "portrait.other_person") and "第 3 张" in told["title"]
    assert hand_in(web, world, person, *[fake_portrait("li")] * 6)[1]["code"] == "portraits.many"
    others = [fake_portrait("li", take=take) for take in (1, 1, 2)]
    status, told = hand_in(web, world, person, fake_portrait("li"), *others)
    assert status == 200 and in_force(web, person).photos == 3
    photos = kept(web, told["portrait_id"])
    assert len(photos) == 2 and all(b"\xff\xd8\xff" not in one.image for one in photos)
    with web.state.store.reading() as db:
        assert web.state.vault.open(db, person, photos[0].image).startswith(b"\xff\xd8\xff")
    assert TemplateKeeper(web.state).keep_up() == 0


@pytest.mark.rule("P-2", "D-2")
def test_the_first_visits_make_the_template_steady(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    """A photo alone is one look; those of two counting visits with it are three."""
    keeper = TemplateKeeper(web.state)
    first = visit(web, world, kiosk, portrait, fake_portrait("li", take=1))
    assert keeper.keep_up() == 0
    second = visit(web, world, kiosk, portrait, fake_portrait("li", take=2))
    known = at_the_kiosk(web, world, {})
    assert keeper.keep_up() == 1
    found = in_force(web, world.members[0])
    assert (found.id, found.photos) == (portrait, 3)
    assert {one.source for one in kept(web, portrait)} == {first, second}
    assert keeper.keep_up() == 0
    with web.state.store.reading() as db:
        template = web.state.vault.open(db, world.members[0], found.template)
    news = at_the_kiosk(web, world, known)
    assert news.keys() == known.keys() and {page.rows[0].row["template"] for page in news.values()} == {
        template
    }


@pytest.mark.rule("P-2")
@pytest.mark.parametrize(
    ("picture", "liveness"),
    [
        (fake_portrait("wang"), "challenge"),
        (fake_portrait("li", fault="dark"), "challenge"),
        (fake_portrait("li", take=2), "demo-still"),
        (fake_portrait("li", take=1), "challenge"),
        (b"\xff\xd8 no picture", "challenge"),
    ],
    ids=["a stranger", "a bad picture", "nobody asked whether he lives", "the same picture", "no picture"],
)
def test_what_is_not_surely_the_person_alive_never_enters_a_template(
    web: Web, world: World, kiosk: Paired, portrait: str, picture: bytes, liveness: str
) -> None:
    """Exactly one face, frontal, sharp, big and bright enough to recognise."""
    visit(web, world, kiosk, portrait, fake_portrait("li", take=1))
    visit(web, world, kiosk, portrait, picture, liveness)
    assert TemplateKeeper(web.state).keep_up() == 0
    assert in_force(web, world.members[0]).photos == 1 and not kept(web, portrait)


@pytest.mark.rule("P-2")
def test_photos_compared_with_an_older_portrait_are_not_of_the_new_one(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    """The old one stays in the history."""
    for take in (1, 2):
        visit(web, world, kiosk, portrait, fake_portrait("li", take=take))
    assert hand_in(web, world, world.members[0], fake_portrait("li"))[1]["portrait_id"] != portrait
    assert TemplateKeeper(web.state).keep_up() == 0 and in_force(web, world.members[0]).photos == 1


class Newer(FaceEngine):
    """The fake engine under another recogniser's name."""

    @property
    def model(self) -> str:
        """Another one."""
        return "newer"

    @property
    def calibration(self) -> Calibration:
        """The fake's, under that name."""
        return msgspec.structs.replace(super().calibration, model="newer")


@pytest.mark.expect_log("template_not_made")
@pytest.mark.rule("P-2", "D-2")
def test_another_recogniser_makes_all_templates_anew_from_what_is_kept(
    web: Web, world: World, kiosk: Paired, portrait: str, engine: FaceEngine
) -> None:
    """Who was enrolled need not come again."""
    for take in (1, 2):
        visit(web, world, kiosk, portrait, fake_portrait("li", take=take))
    assert TemplateKeeper(web.state).keep_up() == 1
    newer = Newer(engine.observer.parts)
    object.__setattr__(web.state, "portraits", PortraitCheckers(lambda: newer))
    keeper = TemplateKeeper(web.state)
    assert keeper.keep_up() >= 1
    found = in_force(web, world.members[0])
    assert (found.engine, found.photos, found.id) == ("newer", 3, portrait)
    with web.state.store.reading() as db:
        opened = web.state.vault.open(db, world.members[0], found.template)
        faces = db.scalars(select(ProjectFace).where(ProjectFace.person_id == world.members[0])).all()
    takes = [engine.enrol(fake_portrait("li", take=take)).template for take in (0, 1, 2)]
    template = pack("newer", [unpack(one) for one in takes])
    assert cosine(unpack(Template("newer", opened)), unpack(template)) == pytest.approx(1.0, abs=1e-5)
    assert {face.engine for face in faces} == {"newer"}
    # The invented agency's other portraits are no pictures at all: told once, and not tried again.
    assert in_force(web, world.lead).engine == "fake" and keeper.keep_up() == 0


@pytest.mark.rule("D-2")
def test_erasure_takes_the_other_photos_too(web: Web, world: World, kiosk: Paired, portrait: str) -> None:
    """Erasure destroys the subject's key."""
    for take in (1, 2):
        visit(web, world, kiosk, portrait, fake_portrait("li", take=take))
    assert TemplateKeeper(web.state).keep_up() == 1
    with web.state.store.reading() as db:
        job = db.scalars(select(Employment.id).where(Employment.person_id == world.members[0])).one()
    run(web.state.bus, EndEmployment(agency_id=world.agency, employment_id=job))
    run(web.state.bus, EraseSubject(kind="person", subject_id=world.members[0], reason="本人书面要求"))
    assert not kept(web, portrait) and TemplateKeeper(web.state).keep_up() == 0


def test_a_server_without_models_leaves_templates_alone(web: Web, world: World) -> None:
    assert replace(web.state).portraits.model is None and TemplateKeeper(web.state).keep_up() == 0
