"""People, prints and screens that do what is asked: pieces of what an engine saw, put together as the judge asks."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from core.face.challenge import Challenge, ChallengeJudge, JudgeState, Phase
from core.face.gestures import BACK_YAW, Gesture
from core.face.matching import mean
from core.face.tool.clips import Watched, gestures
from core.face.types import Box, Landmarks, Observation, Pose

Piece: TypeAlias = list[Observation]
_CALM = 8.0
_LOOKED = 5
_AGAIN = 0.6
"""Who sees that he is still asked so long after he did it does it again."""
_AFTER_BLINK = 0.2
_BEFORE_BLINK = 0.12


@dataclass(frozen=True)
class Performer:
    """Looking ahead, and for every gesture the pieces that show it, from ahead to ahead."""

    idle: Piece
    pieces: dict[Gesture, list[Piece]]
    step_s: float

    @property
    def complete(self) -> bool:
        """Is there a piece for everything that can be asked, and a face to know?"""
        return all(self.pieces.values()) and any(one.vector is not None for one in self.idle)


@dataclass(frozen=True)
class Played:
    """How a performance ended, after how many seconds, and what was shown."""

    state: JudgeState
    seconds: float
    shown: Piece


def play(
    who: Performer,
    judge: ChallengeJudge,
    chance: random.Random,
    pace: float = 1.0,
    react: tuple[float, float] = (0.25, 1.2),
) -> Played:
    """Shows ``who`` to the judge, who asks; ``pace`` above 1 is a faster person."""
    actor = _Actor(who, chance, pace, react)
    t, shown, state = 0.0, [], None
    while state is None or state.phase not in (Phase.DONE, Phase.FAILED):
        shown.append(actor.next(t, state))
        state = judge.feed(shown[-1])
        t += who.step_s / pace
    return Played(state, t, shown)


def judge_of(who: Performer, challenge: Challenge, same: float) -> ChallengeJudge:
    """The shipped judge, who knows the performer from the first moments of looking ahead."""
    known = [one.vector for one in who.idle if one.vector is not None]
    return ChallengeJudge(challenge, mean(known[:_LOOKED]), same)


class _Actor:
    """One performance."""

    def __init__(
        self, who: Performer, chance: random.Random, pace: float, react: tuple[float, float]
    ) -> None:
        self._who, self._chance, self._pace, self._react = who, chance, pace, react
        self._asked: tuple[int, Gesture] | None = None
        self._begins = 0.0
        self._queue: Piece = []
        self._calm = who.idle + who.idle[::-1]
        self._index = 0
        self._away = False
        self._place: Box | None = None
        self._from: tuple[float, float] = (0.0, 0.0)

    def next(self, t: float, state: JudgeState | None) -> Observation:
        """What is shown at this moment."""
        asked = (state.step, state.asked) if state and state.asked else None
        if asked != self._asked:
            self._asked = asked
            self._begins = t + self._chance.uniform(*self._react)
        if asked and t >= self._begins and not self._queue:
            self._queue = list(self._chance.choice(self._who.pieces[asked[1]]))
            self._move(self._queue[0])
            self._begins = t + len(self._queue) * self._who.step_s / self._pace + _AGAIN
        if self._queue:
            one = self._queue.pop(0)
            self._away = True
            return self._shown(one, t)
        self._index += 1
        one = self._calm[self._index % len(self._calm)]
        if self._away:
            self._away = False
            self._move(one)
        return self._shown(one, t)

    def _move(self, first: Observation) -> None:
        """Pieces are laid so that the face stays where it was: a cut is no jump."""
        if self._place and first.box:
            self._from = tuple(  # type: ignore[assignment]
                now - then for now, then in zip(self._place.centre, first.box.centre, strict=True)
            )

    def _shown(self, one: Observation, t: float) -> Observation:
        if one.box is None:
            return replace(one, t=t)
        box = replace(one.box, x=one.box.x + self._from[0], y=one.box.y + self._from[1])
        self._place = box
        return replace(one, t=t, box=box)


def busy(who: Performer, chance: random.Random, seconds: float = 20.0) -> Watched:
    """A recording for an attacker to loop: one gesture after the other, without a break of the track anywhere."""
    actor, seen, due = _Actor(who, chance, 1.0, (0.0, 0.0)), [], 0.0
    for index in range(round(seconds / who.step_s)):
        t, state = index * who.step_s, None
        if t >= due:
            state = JudgeState(Phase.STEP, index, chance.choice([one for one in Gesture if who.pieces[one]]))
            due = t + chance.uniform(1.2, 4.0)
        seen.append(actor.next(t, state))
    still = [replace(one, box=seen[0].box) for one in seen]
    starts = [index for index, one in enumerate(still) if one.vector is not None and _yaw(one) < BACK_YAW]
    return Watched(still, who.step_s, starts)


def put_in(victim: Performer, helper: Performer) -> Performer:
    """The victim looks ahead, and another person does what is asked, his face laid where the victim's was."""
    place = victim.idle[0].box
    pieces = {
        gesture: [[replace(one, box=place) for one in piece] for piece in found]
        for gesture, found in helper.pieces.items()
    }
    return Performer([replace(one, box=place) for one in victim.idle], pieces, helper.step_s)


def of_clip(watched: Watched, mirror_too: bool = True) -> Performer:
    """What a recorded person does, and what he would look like doing it to the other side."""
    pieces: dict[Gesture, list[Piece]] = {gesture: [] for gesture in Gesture}
    for found in gestures(watched):
        piece = (
            _blink(watched.seen, found.began, found.sure)
            if found.gesture is Gesture.BLINK
            else _turn(watched.seen, found.began)
        )
        if piece:
            pieces[found.gesture].append(piece)
            if mirror_too and found.gesture is not Gesture.BLINK:
                pieces[_other(found.gesture)].append(mirrored(piece))
    return Performer(_idle(watched.seen), pieces, watched.step_s)


def _turn(seen: Sequence[Observation], began: float) -> Piece:
    """From the last look ahead to the next one; the time in between, aside, is cut to a second."""
    piece: Piece = []
    for one in seen:
        if one.t < began:
            continue
        if one.landmarks is None:
            return []
        piece.append(one)
        if len(piece) > 3 and abs(one.landmarks.pose.yaw) < _CALM:
            return _cut(piece)
    return []


def _cut(piece: Piece) -> Piece:
    """The head goes out and comes back; what it does far aside in between lasts as long as it likes."""
    out = next(i for i, one in enumerate(piece) if _yaw(one) > 20.0)
    back = max(i for i, one in enumerate(piece) if _yaw(one) > BACK_YAW)
    step = piece[1].t - piece[0].t
    hold = int(0.7 / step)
    return piece if back - out <= hold else piece[: out + hold // 2] + piece[back - hold // 2 :]


def _yaw(one: Observation) -> float:
    return abs(one.landmarks.pose.yaw) if one.landmarks else 0.0


def _blink(seen: Sequence[Observation], began: float, sure: float) -> Piece:
    piece = [one for one in seen if began - _BEFORE_BLINK <= one.t <= sure + _AFTER_BLINK]
    return [] if any(one.landmarks is None or _yaw(one) > BACK_YAW for one in piece) else piece


def _idle(seen: Sequence[Observation]) -> Piece:
    """The longest stretch of looking ahead with open eyes."""
    best: Piece = []
    run: Piece = []
    usual = sorted(one.landmarks.openness for one in seen if one.landmarks and _yaw(one) < _CALM)
    least = 0.85 * usual[len(usual) // 2]
    for one in seen:
        ahead = one.landmarks and max(_yaw(one), abs(one.landmarks.pose.pitch) / 2) < _CALM
        if one.landmarks and ahead and one.landmarks.openness > least:
            run.append(one)
        else:
            best, run = max(best, run, key=len), []
    return max(best, run, key=len)


def mirrored(piece: Iterable[Observation], width: float = 0.0) -> Piece:
    """The same to the other side: a left turn in a mirror is a right turn."""
    return [_mirrored(one, width) for one in piece]


def _mirrored(one: Observation, width: float) -> Observation:
    if one.box is None or one.landmarks is None:
        return one
    pose = one.landmarks.pose
    marks = Landmarks(
        one.landmarks.mesh, one.landmarks.confidence, Pose(-pose.yaw, pose.pitch, -pose.roll),
        (one.landmarks.eyes[1], one.landmarks.eyes[0]),
    )  # fmt: skip
    return replace(one, landmarks=marks, box=replace(one.box, x=width - one.box.x - one.box.width))


def _other(gesture: Gesture) -> Gesture:
    return Gesture.RIGHT if gesture is Gesture.LEFT else Gesture.LEFT
