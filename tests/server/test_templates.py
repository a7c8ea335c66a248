"""Templates on a server: from the portrait alone to several photos, and to another recogniser, by themselves."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.employment.commands import EndEmployment
from core.employment.models import Employment
from core.erasure.commands import EraseSubject
from core.face.engine import FaceEngine
from core.face.fake import fake_portrait
from core.face.matching import cosine, pack, unpack
from core.face.types import Template
from core.projects.models import ProjectFace
from server.portraits import PortraitCheckers
from server.templates import TemplateKeeper
from tests.factories.templates import Newer, at_the_kiosk, hand_in, in_force, kept, turns, visit
from tests.factories.web import Paired, Web
from tests.factories.world import World, run


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
    assert turns(TemplateKeeper(web.state)) == 0


@pytest.mark.rule("P-2", "D-2")
def test_the_first_visits_make_the_template_steady(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    """A photo alone is one look; those of two counting visits with it are three."""
    keeper = TemplateKeeper(web.state)
    first = visit(web, world, kiosk, portrait, fake_portrait("li", take=1))
    assert turns(keeper) == 0
    second = visit(web, world, kiosk, portrait, fake_portrait("li", take=2))
    known = at_the_kiosk(web, world, {})
    assert turns(keeper) == 1
    found = in_force(web, world.members[0])
    assert (found.id, found.photos) == (portrait, 3)
    assert {one.source for one in kept(web, portrait)} == {first, second}
    assert turns(keeper) == 0
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
    assert turns(TemplateKeeper(web.state)) == 0
    assert in_force(web, world.members[0]).photos == 1 and not kept(web, portrait)


@pytest.mark.rule("P-2")
def test_photos_compared_with_an_older_portrait_are_not_of_the_new_one(
    web: Web, world: World, kiosk: Paired, portrait: str
) -> None:
    """The old one stays in the history."""
    for take in (1, 2):
        visit(web, world, kiosk, portrait, fake_portrait("li", take=take))
    assert hand_in(web, world, world.members[0], fake_portrait("li"))[1]["portrait_id"] != portrait
    assert turns(TemplateKeeper(web.state)) == 0 and in_force(web, world.members[0]).photos == 1


@pytest.mark.expect_log("template_not_made")
@pytest.mark.rule("P-2", "D-2")
def test_another_recogniser_makes_all_templates_anew_from_what_is_kept(
    web: Web, world: World, kiosk: Paired, portrait: str, engine: FaceEngine
) -> None:
    """Who was enrolled need not come again."""
    for take in (1, 2):
        visit(web, world, kiosk, portrait, fake_portrait("li", take=take))
    assert turns(TemplateKeeper(web.state)) == 1
    newer = Newer(engine.observer.parts)
    object.__setattr__(web.state, "portraits", PortraitCheckers(lambda: newer))
    keeper = TemplateKeeper(web.state)
    assert turns(keeper) == 1
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
    assert in_force(web, world.lead).engine == "fake" and turns(keeper) == 0


@pytest.mark.rule("D-2")
def test_erasure_takes_the_other_photos_too(web: Web, world: World, kiosk: Paired, portrait: str) -> None:
    """Erasure destroys the subject's key."""
    for take in (1, 2):
        visit(web, world, kiosk, portrait, fake_portrait("li", take=take))
    assert turns(TemplateKeeper(web.state)) == 1
    with web.state.store.reading() as db:
        job = db.scalars(select(Employment.id).where(Employment.person_id == world.members[0])).one()
    run(web.state.bus, EndEmployment(agency_id=world.agency, employment_id=job))
    run(web.state.bus, EraseSubject(kind="person", subject_id=world.members[0], reason="本人书面要求"))
    assert not kept(web, portrait) and turns(TemplateKeeper(web.state)) == 0


def test_a_server_without_models_leaves_templates_alone(web: Web, world: World) -> None:
    assert replace(web.state).portraits.model is None and turns(TemplateKeeper(web.state)) == 0
