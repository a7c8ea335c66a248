"""A program's splice: one person looks ahead, another one turns and blinks for him while nobody asks who he is."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from bench._performers import Performer, Piece, judge_of
from core.face.challenge import Challenge, JudgeState, Phase, draw
from core.face.gestures import Gesture
from core.face.sampling import Sampler
from core.face.tool.figures import Rate
from core.face.types import Landmarks, Observation

FPS = 30
COUNTED_S = 0.2
"""The program reckons with an identity so often, and cuts right after one."""
_OUT, _BACK, _SHUT = 5, 5, 3
_HELD_S = 0.4
_REACT_S = 0.3
_PROFILE = 36.0

Asks = Callable[[float, Landmarks], bool]
"""Whether a check-in asks who it is on a frame of this time."""


class _Counted:
    """An identity every fifth of a second, as a program would count them."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def asked(self, t: float) -> bool:
        """Is it due with this frame?"""
        due = t - self._last >= COUNTED_S
        self._last = t if due else self._last
        return due


def turn(piece: Piece) -> tuple[Piece, Piece, Piece]:
    """Out in five frames, the profile, and back in five: too quick to be asked on the way by a clock that ticks."""
    aside = [n for n, one in enumerate(piece) if _yaw(one) > _PROFILE]
    if not aside:
        return [], [], []
    out, back = piece[: aside[0]], piece[aside[-1] + 1 :]
    return _thin(out, _OUT), piece[aside[0] : aside[-1] + 1], _thin(back, _BACK)


def _thin(piece: Piece, count: int) -> Piece:
    step = len(piece) / count
    return [piece[min(int((n + 0.5) * step), len(piece) - 1)] for n in range(count)] if piece else []


def fit(helper: Performer) -> bool:
    """Does he turn far enough to both sides, and blink?"""
    sides = (helper.pieces[Gesture.LEFT], helper.pieces[Gesture.RIGHT])
    return helper.complete and all(any(all(turn(one)) for one in pieces) for pieces in sides)


@dataclass(frozen=True)
class Ended:
    """How it ended, and how many frames of the helper were shown."""

    state: JudgeState
    helped: int


class Splice:
    """What the program shows, frame by frame; ``helped`` counts the frames that show the helper."""

    def __init__(self, victim: Performer, helper: Performer) -> None:
        self._ahead = cycle(victim.idle + victim.idle[::-1])
        self._helper, self._clock = helper, _Counted()
        self._own = next(one.vector for one in victim.idle if one.vector is not None)
        self._place = victim.idle[0].box
        self._asked: tuple[int, Gesture] | None = None
        self._since = 0.0
        self._script: Iterator[Observation] = iter(())
        self._cut = False
        """An identity was due with the frame before: what comes now is not asked for a fifth of a second."""
        self.helped = 0

    def next(self, t: float, state: JudgeState | None) -> Observation:
        """The frame of this moment, with the identity of whom it shows."""
        asked = (state.step, state.asked) if state and state.asked else None
        if asked and asked != self._asked and t - self._since >= _REACT_S and self._cut:
            self._asked, self._script = asked, self._gesture(asked[1])
        elif asked is None:
            self._since = t
        shown = next(self._script, None)
        self._cut = self._clock.asked(t)
        self.helped += shown is not None
        one = shown if shown is not None else next(self._ahead)
        vector = one.vector if one.vector is not None else self._own
        return replace(one, t=t, vector=vector, box=self._place, stirred=1.0)

    def _gesture(self, gesture: Gesture) -> Iterator[Observation]:
        pieces = [_known(one) for one in self._helper.pieces[gesture]]
        if gesture is Gesture.BLINK:
            yield from sorted(pieces[0], key=lambda one: one.landmarks.openness if one.landmarks else 1)[
                :_SHUT
            ]
            return
        out, aside, back = next(found for found in map(turn, pieces) if all(found))
        yield from out
        for shown, one in enumerate(cycle(aside + aside[::-1])):
            if shown >= _HELD_S * FPS and self._cut:
                break
            yield one
        yield from back


def _known(piece: Piece) -> Piece:
    """Every frame with the helper's identity: that of the nearest frame where it was looked at."""
    known = [n for n, one in enumerate(piece) if one.vector is not None]
    return [
        replace(one, vector=piece[min(known, key=lambda k: abs(k - n))].vector) for n, one in enumerate(piece)
    ]


def played(victim: Performer, helper: Performer, challenge: Challenge, same: float, asks: Asks) -> Ended:
    """The shipped judge, who is told whose face it is where the check-in asks, and nowhere else."""
    judge, splice, state, t = judge_of(victim, challenge, same), Splice(victim, helper), None, 0.0
    while state is None or state.phase not in (Phase.DONE, Phase.FAILED):
        one = splice.next(t, state)
        known = one.landmarks is not None and asks(t, one.landmarks)
        state = judge.feed(one if known else replace(one, vector=None))
        t += 1 / FPS
    return Ended(state, splice.helped)


def measured(victims: Sequence[Performer], helper: Performer, same: float, each: int) -> dict[str, Any]:
    """So many random challenges for each victim, asked as a check-in asks."""
    chance, faults, frames = random.Random(5), Counter[str](), []
    for victim in victims:
        for _ in range(each):
            challenge = draw(chance)
            ended = played(victim, helper, challenge, same, Sampler(challenge.seed).asks)
            faults[ended.state.fault or "live"] += 1
            frames.append(ended.helped)
    trials = each * len(victims)
    return {
        "passed": Rate(faults["live"], trials, len(victims)).plain(), "faults": dict(faults.most_common()),
        "frames_of_the_helper": max(frames, default=0),
    }  # fmt: skip


def _yaw(one: Observation) -> float:
    return abs(one.landmarks.pose.yaw) if one.landmarks else 0.0
