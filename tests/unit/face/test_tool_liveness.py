"""``liveness`` on acted clips: what they perform, what they don't, and what breaks them."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.face.challenge import Challenge, ChallengeJudge, JudgeState, Phase
from core.face.fake import fake_engine, fake_picture
from core.face.gestures import Gesture
from core.face.images import encoded
from core.face.tool import clips, liveness
from core.face.tool.clips import Watched
from core.face.tool.liveness import LIVE, NOT_JUDGED, REFUSED, Asked, verdict_of
from core.face.tool.report import DONE, MISUSE, NO
from core.face.types import Image, Observation

FPS = 25
FRAME = (320, 240)
LEFT, RIGHT, BLINK = Gesture.LEFT, Gesture.RIGHT, Gesture.BLINK
Piece = tuple[str, float]


def acted(*pieces: Piece, who: str = "a", size: tuple[int, int] = (128, 96)) -> list[tuple[float, Image]]:
    """Pictures of a person who looks front, left or right, or shuts his eyes, for so many seconds each."""
    shown: list[tuple[float, Image]] = []
    for pose, seconds in pieces:
        for _ in range(round(seconds * FPS)):
            moment = len(shown)
            face = {"shut": True} if pose == "shut" else {"pose": pose}
            shown.append((moment / FPS, fake_picture(who, moment=moment, size=size, **face)))  # type: ignore[arg-type]
    return shown


def turns(*sides: str, held: float = 0.4, between: float = 1.2) -> list[Piece]:
    """Front, then to each side and back."""
    return [("front", 1.5), *(piece for side in sides for piece in ((side, held), ("front", between)))]


def seen(pictures: list[tuple[float, Image]]) -> Watched:
    return clips.watch(fake_engine(), pictures)


def told(watched: Watched, *steps: Gesture, judge: type[ChallengeJudge] = clips.PatientJudge) -> clips.Try:
    return clips.best_try(watched, steps, 0.42, judge)


@given(st.lists(st.sampled_from(["left", "right", "shut"]), min_size=1, max_size=3))
def test_a_clip_passes_under_its_own_gestures(done: list[str]) -> None:
    watched = seen(acted(*turns(*done, held=0.2)))
    steps = [BLINK if one == "shut" else Gesture(one) for one in done]
    assert [one.gesture for one in clips.gestures(watched)] == steps
    assert told(watched, *steps).state.phase is Phase.DONE


@given(st.permutations(["left", "right", "shut"]), st.permutations([LEFT, RIGHT, BLINK]))
def test_and_in_no_other_order_of_turns(done: Sequence[str], asked: Sequence[Gesture]) -> None:
    found = told(seen(acted(*turns(*done, held=0.2))), *asked)
    same = [BLINK if one == "shut" else Gesture(one) for one in done] == list(asked)
    assert (found.state.phase is Phase.DONE) == same


def test_waiting_costs_the_patience_of_a_kiosk_and_not_the_verdict() -> None:
    slow = seen(acted(("front", 1.5), ("left", 5.0), ("front", 6.0), ("right", 0.4), ("front", 1.5)))
    assert told(slow, LEFT, RIGHT).state.phase is Phase.DONE
    assert told(slow, LEFT, RIGHT, judge=ChallengeJudge).state.fault == "slow"


def test_another_face_in_the_middle_is_another_person() -> None:
    one, other = acted(*turns("left")), acted(*turns("right"), who="b")
    spliced = one + [(t + one[-1][0] + 1 / FPS, image) for t, image in other]
    found = told(seen(spliced), LEFT, RIGHT)
    assert found.state.fault == "identity"


def test_a_challenge_may_begin_anywhere_but_gaps_break_it() -> None:
    idle, act = acted(("front", 9.0)), acted(*turns("left", "right"))
    late = idle + [(t + 9.0, image) for t, image in act]
    assert told(seen(late), LEFT, RIGHT).state.phase is Phase.DONE
    torn = act[:60] + [(t + 1.0, image) for t, image in act[60:]]
    assert told(seen(torn), LEFT, RIGHT).state.fault == "gap"


def test_a_print_that_is_turned_has_no_relief() -> None:
    flat = [
        (index / FPS, fake_picture("a", pose=pose, fault="flat", moment=index, size=(320, 240)))
        for index, pose in enumerate(["front"] * 40 + ["left"] * 10 + ["front"] * 30)
    ]
    assert told(seen(flat), LEFT).state.fault == "flat"


def test_a_face_that_is_never_good_enough_is_refused_with_what_a_kiosk_would_ask() -> None:
    dark = [(n / FPS, fake_picture("a", fault="dark", moment=n, size=(320, 240))) for n in range(50)]
    watched = seen(dark)
    assert watched.fault == "too_dark" and watched.starts
    nobody = seen([(n / FPS, fake_picture(size=(320, 240))) for n in range(9)])
    assert nobody.fault == "no_face" and not nobody.starts
    with pytest.raises(BadInput, match=r"face\.clip"):
        seen([])


def _clip(path: Path, pictures: list[tuple[float, Image]]) -> str:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, FRAME)
    for _, image in pictures:
        writer.write(image)
    writer.release()
    return str(path)


def test_files_are_judged_one_by_one_and_bad_ones_listed(tmp_path: Path) -> None:
    good = _clip(tmp_path / "转 头.avi", acted(*turns("left", "right"), size=FRAME))
    broken = tmp_path / "broken.avi"
    broken.write_bytes(Path(good).read_bytes()[:200])
    cut = _clip(tmp_path / "cut.avi", acted(*turns("left"), ("right", 0.6), size=FRAME))
    still = tmp_path / "still.jpg"
    still.write_bytes(encoded(fake_picture("a"), 640))
    nobody = _clip(tmp_path / "nobody.avi", [(n / FPS, fake_picture(size=(320, 240))) for n in range(9)])
    files = [good, str(broken), cut, str(still), nobody, str(tmp_path / "absent.mp4")]
    report = liveness.judge(files, Asked((LEFT, RIGHT), 5, 1), fake_engine, 2)
    verdicts = [(one["verdict"], one["reason"]) for one in report.data["clips"]]
    assert verdicts == [
        (LIVE, ""), (NOT_JUDGED, "face.clip"), (NOT_JUDGED, "cut"), (REFUSED, "frozen"),
        (NOT_JUDGED, "no_face"), (NOT_JUDGED, "face.clip"),
    ]  # fmt: skip
    assert report.code == NO and [Path(one.file).name for one in report.bad] == ["broken.avi", "absent.mp4"]
    assert report.data["clips"][0]["in_time"] is True
    assert report.data["verdicts"] == {LIVE: 1, REFUSED: 1, NOT_JUDGED: 4}
    assert json.loads(json.dumps(report.document(), allow_nan=False)) == report.document()
    assert "转 头.avi" in report.text()
    assert liveness.judge([good], Asked((LEFT, RIGHT), 5, 1), fake_engine, 1).code == DONE
    assert liveness.judge([str(broken)], Asked((LEFT,), 5, 1), fake_engine, 1).code == MISUSE


def test_random_challenges_are_drawn_again_by_the_same_seed(tmp_path: Path) -> None:
    file = _clip(tmp_path / "clip.avi", acted(*turns("left", "shut", "right"), size=FRAME))
    one, again = (verdict_of(fake_engine(), file, Asked(None, 40, 3)).plain() for _ in range(2))
    assert one == again and one["verdict"] == REFUSED
    assert (
        one["random"]["trials"] == 40
        and sum(one["random"]["faults"].values()) + one["random"]["errors"] == 40
    )


@pytest.mark.parametrize(("said", "fault"), [(0.49, "passive"), (0.5, None), (None, None)])
def test_the_passive_network_has_the_last_word(said: float | None, fault: str | None) -> None:
    plain = seen(acted(*turns("left")))
    watched = replace(plain, seen=[replace(one, passive=said) for one in plain.seen])
    assert told(watched, LEFT).fault == fault
    assert clips.looped(watched, Challenge((BLINK,), (0.3,)), random.Random(1), 0.42).fault != "passive"


def test_of_two_that_pass_the_one_counts_that_the_network_believes() -> None:
    """An attacker shows the better half of his clip."""
    plain = seen(acted(*turns("left"), *turns("left")))
    half = len(plain.seen) // 2
    rated = [replace(one, passive=float(index > half)) for index, one in enumerate(plain.seen)]
    found = told(replace(plain, seen=rated), LEFT)
    assert found.alive and 0 < found.start < half < found.end


def test_a_long_clip_is_not_judged_from_every_moment_to_its_end() -> None:
    watched = seen(acted(("front", 40.0), ("left", 0.4), ("front", 40.0)))
    assert told(watched, RIGHT, judge=_Counting).fault is not None
    assert len(watched.seen) < _Counting.frames < 4 * len(watched.seen), "about once for each pace of asking"


class _Counting(clips.PatientJudge):
    """Counts the frames that it is shown."""

    frames = 0

    def feed(self, seen: Observation) -> JudgeState:
        """As the judge does."""
        type(self).frames += 1
        return super().feed(seen)


def test_a_judge_who_is_patient_is_so_in_nothing_else() -> None:
    watched = seen(acted(("front", 1.5), ("right", 0.4), ("front", 1.5)))
    assert told(watched, LEFT).state.fault == "wrong"
    challenge = Challenge((LEFT,), (0.3,))
    vector = watched.seen[0].vector
    assert vector is not None
    judge = clips.PatientJudge(challenge, vector, 0.42)
    assert judge.feed(watched.seen[0]).until == float("inf")


def test_low_lids_without_an_identity_get_the_nearest_one_and_nothing_else_does() -> None:
    plain = seen(acted(("front", 1.0), ("shut", 0.3), ("front", 1.0)))
    low = [one.landmarks is not None and one.landmarks.openness < 0.1 for one in plain.seen]
    bare = [
        replace(one, vector=None if shut else one.vector) for one, shut in zip(plain.seen, low, strict=True)
    ]
    assert any(low) and any(one.vector is None for one, shut in zip(bare, low, strict=True) if not shut)
    for before, after, shut in zip(bare, clips.lids_known(bare), low, strict=True):
        assert after.vector is not None if shut else after.vector is before.vector
    nobody = [replace(one, vector=None) for one in bare]
    assert clips.lids_known(nobody) == nobody
