"""Templates of several photos: of the person alone, of good pictures alone, and never of a stranger."""

import io

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from core.errors import Refused
from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.enrolment import PHOTOS_MOST
from core.face.fake import fake_engine, fake_picture, fake_portrait
from core.face.images import PORTRAIT_BYTES, encoded, view
from core.face.matching import blend, cosine, unpack
from core.face.recogniser import unit

ENGINE: FaceEngine = fake_engine()
THRESHOLDS: Calibration = ENGINE.calibration
KINDS = {
    "the portrait": fake_portrait("li"),
    **{f"own {take}": fake_portrait("li", take=take) for take in range(1, 7)},
    "stranger": fake_portrait("wang"),
    "dark": fake_portrait("li", fault="dark"),
    "aside": fake_portrait("li", pose="left"),
    "two": fake_portrait("li", "wang"),
    "nobody": fake_portrait(),
    "no picture": b"\xff\xd8 not a picture",
}


@pytest.mark.rule("P-2")
def test_more_photos_of_the_same_person_are_kept_with_the_portrait() -> None:
    """Portrait check: exactly one face, frontal, sharp, big and bright enough to recognise."""
    found = ENGINE.enrol(fake_portrait("li"), [fake_portrait("li", take=1), fake_portrait("li", take=2)])
    assert len(found.more) == 2 and all(one.startswith(b"\xff\xd8") for one in found.more)
    alone = ENGINE.enrol(fake_portrait("li")).template
    assert 0.9 < cosine(unpack(found.template), unpack(alone)) < 0.99


@pytest.mark.rule("P-2")
def test_the_same_picture_again_is_no_other_photo() -> None:
    """Portrait check: exactly one face, frontal, sharp, big and bright enough to recognise."""
    own, other = fake_portrait("li"), fake_portrait("li", take=1)
    saved_again = encoded(view(other), 640, 70)
    assert saved_again != other
    found = ENGINE.enrol(own, [own, other, saved_again, own])
    assert found.more == (ENGINE.enrol(other).picture,)
    gathered = ENGINE.gather(own, [own, other, saved_again, own])
    assert gathered.used == (1,) and len(gathered.pictures) == 1


@pytest.mark.rule("P-2")
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("stranger", "portrait.other_person"),
        ("dark", "portrait.too_dark"),
        ("two", "portrait.many_faces"),
        ("no picture", "image.kind"),
    ],
)
def test_a_photo_that_is_not_good_is_refused_by_its_place(kind: str, code: str) -> None:
    """A refusal names the fault."""
    with pytest.raises(Refused) as told:
        ENGINE.enrol(fake_portrait("li"), [fake_portrait("li", take=1), KINDS[kind]])
    assert told.value.code == code and told.value.sentence.startswith("第 3 张照片：") and told.value.hint


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 1000), st.integers(1, 4), st.floats(0.0, 0.3))
def test_no_photos_lead_a_template_away_from_the_portrait(seed: int, count: int, before: float) -> None:
    """A face that is mixed of two people's, handed in again and again, weighs no more than the portrait does."""
    draw = np.random.default_rng(seed)
    owner, aside, noise = (unit(draw.standard_normal(128)) for _ in range(3))
    stranger = unit(before * owner + np.sqrt(1 - before**2) * unit(aside - (aside @ owner) * owner))
    mixed = unit(owner + stranger + 0.9 * noise)
    once, often = blend([owner, mixed]), blend([owner, *[mixed] * count])
    assert cosine(often, stranger) == pytest.approx(cosine(once, stranger), abs=1e-5)
    assert cosine(often, owner) == pytest.approx(cosine(often, mixed), abs=1e-5)


class Shared(FaceEngine):
    """The fake engine, with a threshold that rises with the number of candidates."""

    @property
    def calibration(self) -> Calibration:
        """Among a thousand a photo has to be more like the portrait than two takes are."""
        first = msgspec.structs.replace(THRESHOLDS.steps[0], candidates=20)
        many = msgspec.structs.replace(first, candidates=10_000, accept=0.95)
        return msgspec.structs.replace(THRESHOLDS, steps=(first, many))


@pytest.mark.rule("P-2")
def test_a_photo_that_could_be_of_two_people_is_of_neither() -> None:
    """A refusal names the fault."""
    engine = Shared(ENGINE.observer.parts)
    with pytest.raises(Refused) as told:
        engine.enrol(fake_portrait("li"), [fake_portrait("li", take=1)])
    assert told.value.code == "portrait.other_person"
    assert engine.gather(fake_portrait("li"), [fake_portrait("li", take=1)]).used == ()


@pytest.mark.rule("B-2")
def test_photos_of_kiosks_are_kept_as_portraits_are() -> None:
    """Re-encoded to at most 1080×1440 and about 160 kB; EXIF removed."""
    big = Pillow.fromarray(fake_picture("li", take=1, size=(2400, 3200)))
    exif = Pillow.Exif()
    exif[0x010E] = "gps and more"
    out = io.BytesIO()
    big.save(out, "JPEG", exif=exif)
    [kept] = ENGINE.gather(fake_portrait("li"), [out.getvalue()]).pictures
    with Pillow.open(io.BytesIO(kept)) as picture:
        assert picture.size == (1080, 1440) and not picture.getexif() and b"gps" not in kept
    assert len(kept) <= PORTRAIT_BYTES


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=9))
def test_only_good_photos_of_the_person_go_into_a_gathered_template(kinds: list[str]) -> None:
    found = ENGINE.gather(fake_portrait("li"), [KINDS[kind] for kind in kinds])
    good = [kinds.index(kind) for kind in dict.fromkeys(kinds) if kind.startswith("own")]
    assert list(found.used) == good[: PHOTOS_MOST - 1]
    vectors = [
        ENGINE.observer.observe(view(one), 0.0).vector for one in (fake_portrait("li"), *found.pictures)
    ]
    assert cosine(unpack(found.template), blend(vectors)) == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(unpack(found.template)).all() and found.template.model == ENGINE.model


def test_a_portrait_without_a_face_for_this_recogniser_is_told() -> None:
    with pytest.raises(Refused) as told:
        ENGINE.gather(fake_portrait(), [fake_portrait("li")])
    assert told.value.code == "portrait.no_face"
