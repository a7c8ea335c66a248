"""Templates of several photos: of the person alone, of good pictures alone, and never of a stranger."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.enrolment import PHOTOS_MOST
from core.face.fake import fake_engine, fake_portrait
from core.face.matching import cosine, unpack

ENGINE: FaceEngine = fake_engine()
THRESHOLDS: Calibration = ENGINE.calibration
KINDS = {
    "own": fake_portrait("li"),
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
    found = ENGINE.enrol(fake_portrait("li"), [fake_portrait("li"), fake_portrait("li")])
    assert len(found.more) == 2 and all(one.startswith(b"\xff\xd8") for one in found.more)
    alone = ENGINE.enrol(fake_portrait("li")).template
    assert cosine(unpack(found.template), unpack(alone)) == pytest.approx(1.0, abs=1e-5)


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
        ENGINE.enrol(fake_portrait("li"), [fake_portrait("li"), KINDS[kind]])
    assert told.value.code == code and told.value.sentence.startswith("第 3 张照片：") and told.value.hint


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=9))
def test_only_good_photos_of_the_person_go_into_a_gathered_template(kinds: list[str]) -> None:
    found = ENGINE.gather(fake_portrait("li"), [KINDS[kind] for kind in kinds])
    good = [place for place, kind in enumerate(kinds) if kind == "own"]
    assert list(found.used) == good[: PHOTOS_MOST - 1]
    owner = unpack(ENGINE.enrol(fake_portrait("li")).template)
    assert cosine(unpack(found.template), owner) == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(unpack(found.template)).all() and found.template.model == ENGINE.model


def test_a_portrait_without_a_face_for_this_recogniser_is_told() -> None:
    with pytest.raises(Refused) as told:
        ENGINE.gather(fake_portrait(), [fake_portrait("li")])
    assert told.value.code == "portrait.no_face"
