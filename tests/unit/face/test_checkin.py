"""The whole check-in with the fake engine: everything but the models is real."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.face.challenge import draw
from core.face.checkin import Accepted, CheckIn, Refusal
from core.face.engine import FaceEngine
from core.face.enrolment import template_digest
from core.face.fake import fake_engine, fake_picture, fake_portrait
from core.face.gestures import Gesture
from core.face.types import Candidate, Detection, Image, Template
from tests.fakes.face import play

ENGINE: FaceEngine = fake_engine()
TEAM = [Candidate(name, (ENGINE.enrol(fake_portrait(name)).template,)) for name in ("wang", "li", "zhao")]


@pytest.mark.rule("S-3")
@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_a_person_who_does_what_is_asked_is_accepted_with_all_evidence(seed: int) -> None:
    """What was seen (photo, scores, thresholds, challenge, model version) is kept as evidence."""
    challenge = draw(random.Random(seed))
    outcome = play(ENGINE.check_in(TEAM, challenge=challenge), "li").outcome
    assert isinstance(outcome, Accepted) and outcome.person_id == "li"
    evidence = outcome.evidence
    assert evidence.liveness == "challenge" and evidence.challenge == challenge.steps
    assert [one.gesture for one in evidence.answers] == list(challenge.steps)
    assert evidence.score and evidence.score > evidence.threshold and evidence.likeness
    assert {evidence.versions[task] for task in ("detector", "landmarks", "recogniser")} == {"fake"}
    assert evidence.photo and 0 < evidence.seconds < 20
    assert evidence.plain()["answers"][0]["asked"] > 0
    assert evidence.challenge_text() == "-".join(challenge.steps)


@pytest.mark.rule("S-3")
def test_a_stranger_is_refused_before_he_is_asked_anything() -> None:
    """Nobody else is"""
    outcome = play(ENGINE.check_in(TEAM), "chen").outcome
    assert isinstance(outcome, Refusal) and outcome.code == "unknown"
    assert outcome.evidence.liveness == "none" and outcome.evidence.photo


@pytest.mark.rule("S-3")
def test_a_turned_photo_is_refused() -> None:
    """Live"""
    outcome = play(ENGINE.check_in(TEAM), "li", flat=True).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "flat"


def test_who_does_nothing_is_refused_with_what_to_do() -> None:
    outcome = play(ENGINE.check_in(TEAM), "li", answer=lambda asked: None).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "slow"
    assert outcome.sentence and outcome.hint


def test_the_wrong_side_is_refused() -> None:
    sides = {Gesture.LEFT: Gesture.RIGHT, Gesture.RIGHT: Gesture.LEFT}
    outcome = play(ENGINE.check_in(TEAM), "li", answer=lambda asked: sides.get(asked, asked)).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "wrong"


def test_another_person_in_the_middle_is_noticed() -> None:
    check, index = ENGINE.check_in(TEAM), 0
    while not check.feed(fake_picture("li", moment=index), index / 20).steps:
        index += 1
    for later in range(index + 1, index + 20):
        progress = check.feed(fake_picture("wang", moment=later), later / 20)
    assert isinstance(progress.outcome, Refusal) and progress.outcome.code == "identity"


class _Passive:
    """The operator's network: a living face first, then one that looks a little more like a picture."""

    version = "fake"

    def __init__(self, living: int) -> None:
        self._left = living

    def score(self, image: Image, face: Detection) -> float:
        """1 for as many frames as were promised."""
        self._left -= 1
        return 1.0 if self._left >= 0 else 0.49


def _looks(check: CheckIn, *frames: Image) -> None:
    for index, frame in enumerate(frames):
        assert check.feed(frame, 99 + index / 20).outcome is None


@pytest.mark.rule("S-3")
@pytest.mark.parametrize(
    "gap", [[fake_picture()], [fake_picture("wang", "li")], []], ids=["gone", "two", "none"]
)
def test_the_photo_is_of_whom_the_check_in_is_of(gap: list[Image]) -> None:
    """What was seen is kept as evidence: nothing of who stood there before is taken over."""
    check = ENGINE.check_in(TEAM)
    _looks(check, *(fake_picture("wang", moment=n) for n in range(3)), *gap)
    outcome = play(check, "li").outcome
    assert isinstance(outcome, Accepted) and outcome.person_id == "li" and outcome.evidence.photo
    by_name = {one.person_id: one.templates[0] for one in TEAM}
    assert ENGINE.score(outcome.evidence.photo, by_name["li"]) == pytest.approx(1.0)
    assert ENGINE.score(outcome.evidence.photo, by_name["wang"]) < 0.5


@pytest.mark.rule("S-3")
def test_the_passive_network_judges_the_frames_that_count_and_no_others() -> None:
    """Live: a living face that goes away lends nothing to the picture that comes after it."""
    parts = replace(ENGINE.observer.parts, passive=_Passive(living=7))
    check = FaceEngine(parts).check_in(TEAM)
    poor = [fake_picture("li", fault="dark", moment=n) for n in range(3)]
    _looks(check, *(fake_picture("li", moment=n) for n in range(4)), fake_picture(), *poor)
    outcome = play(check, "li").outcome
    assert isinstance(outcome, Refusal) and outcome.code == "passive"
    assert outcome.evidence.passive == pytest.approx(0.49)


@pytest.mark.parametrize(
    ("fault", "words"), [("dark", "请转向光亮处"), ("small", "请靠近一点"), ("blurred", "请站稳，不要晃动")]
)
def test_a_poor_view_gets_one_instruction(fault: str, words: str) -> None:
    check = ENGINE.check_in(TEAM)
    assert check.feed(fake_picture("li", fault=fault), 0.0).instruction == words
    assert check.feed(fake_picture("li", "wang"), 0.1).instruction == "请只留一个人在镜头前"
    assert check.feed(fake_picture("li", pose="left"), 0.2).instruction == "请正对屏幕"
    assert check.feed(fake_picture("li"), 0.3).ready


@pytest.mark.rule("S-3")
def test_evidence_names_the_template_that_was_compared() -> None:
    """What was seen (photo, scores, thresholds, challenge, model version) is kept as evidence."""
    grown = ENGINE.enrol(fake_portrait("li"), [fake_portrait("li", take=1)]).template
    for team in (TEAM, [*TEAM[:1], Candidate("li", (grown,)), *TEAM[2:]]):
        outcome = play(ENGINE.check_in(team), "li").outcome
        assert isinstance(outcome, Accepted)
        own = next(one.templates[0] for one in team if one.person_id == "li")
        assert outcome.evidence.templates == (template_digest(own.model, own.vector),)
    refused = play(ENGINE.check_in(TEAM), "nobody known").outcome
    assert isinstance(refused, Refusal) and refused.evidence.templates == ()


def test_templates_of_another_model_are_named_in_the_evidence() -> None:
    older = Candidate("sun", (Template("older", b"\0" * 512),))
    outcome = play(ENGINE.check_in([*TEAM, older]), "li").outcome
    assert isinstance(outcome, Accepted) and outcome.evidence.stale == ("sun",)


def test_the_outcome_stays_after_more_frames() -> None:
    check = ENGINE.check_in(TEAM)
    outcome = play(check, "chen").outcome
    assert check.feed(fake_picture("li"), 1000.0).outcome is outcome


def test_the_mark_of_a_fake_picture_survives_being_handed_in() -> None:
    kept = ENGINE.enrol(fake_portrait("0190a1b2-0000-7000-8000-00000000abcd")).picture
    template = ENGINE.enrol(fake_portrait("0190a1b2-0000-7000-8000-00000000abcd")).template
    assert ENGINE.score(kept, template) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="holds"):
        fake_picture("x" * 200)


def test_a_frame_that_is_shown_twice_is_one_frame() -> None:
    check = ENGINE.check_in(TEAM)
    first = check.feed(fake_picture("li"), 1.0)
    assert check.feed(fake_picture(), 1.0) is first
