"""The random challenge — two turns and a blink — and the judge who watches whether a living face performs it."""

import random
import secrets
from dataclasses import dataclass
from enum import StrEnum

from core.face.gestures import BACK_YAW, BlinkDetector, Gesture, Seen, TurnDetector
from core.face.shipped import SHIPPED
from core.face.track import Track
from core.face.types import Landmarks, Observation, Vector


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is asked for, in this order, with a pause after each step that nobody can foresee."""

    steps: tuple[Gesture, ...]
    pauses: tuple[float, ...]
    seed: int = 0
    """Says when it is looked at who is there; as secret as what comes next."""


def draw(source: random.Random | None = None) -> Challenge:
    """A new challenge: two turns to sides drawn one by one and a blink at a drawn place."""
    source = secrets.SystemRandom() if source is None else source
    steps = [source.choice((Gesture.LEFT, Gesture.RIGHT)) for _ in range(2)]
    steps.insert(source.randrange(3), Gesture.BLINK)
    pauses = tuple(source.uniform(*SHIPPED.pauses_s) for _ in steps)
    return Challenge(tuple(steps), pauses, source.getrandbits(64))


class Phase(StrEnum):
    """Where the judge stands."""

    READY = "ready"
    STEP = "step"
    BACK = "back"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One step that was answered: when it was asked for, began and was certain, and the relief of a turn."""

    gesture: Gesture
    asked: float
    began: float
    sure: float
    relief: float | None


@dataclass(frozen=True, slots=True)
class JudgeState:
    """What the judge thinks after a frame; ``fault`` is the reason code of a failure."""

    phase: Phase
    step: int
    asked: Gesture | None = None
    until: float = 0.0
    answers: tuple[Answer, ...] = ()
    fault: str | None = None
    likeness: float = 1.0
    """The least likeness to the first face on any sampled frame, but for what was forgiven in profile."""
    profile: float | None = None
    """The least likeness that was forgiven in profile; None where nothing had to be."""


class ChallengeJudge:
    """Watches one face perform one challenge; whatever is doubtful fails."""

    def __init__(self, challenge: Challenge, reference: Vector, same: float) -> None:
        """``reference`` is whose face it is, ``same`` the least likeness to it of one that still is (calibrated)."""
        self._challenge = challenge
        self._track = Track(reference, same)
        self._turns, self._blinks = TurnDetector(), BlinkDetector()
        self._phase, self._step = Phase.READY, 0
        self._answers: list[Answer] = []
        self._entered: float | None = None  # the first frame sets it
        self._ahead_since: float | None = None
        self._relief: float | None = None
        self._turned: Seen | None = None
        """The turn that was asked for and has no relief yet."""
        self._fault: str | None = None

    def feed(self, seen: Observation) -> JudgeState:
        """The state after this frame; a judge that is done or has failed stays so."""
        if self._over():
            return self._state()
        if self._entered is None:
            self._entered = seen.t
        fault = self._track.feed(seen)
        if fault:
            return self._fail(fault)
        if seen.landmarks is not None:
            self._look(seen, seen.landmarks)
        if self._blinks.shut and seen.vector is None:
            return self._fail("identity")  # whose lids these are has to be known
        if not self._over() and seen.t > self._until():
            self._fail("slow")
        return self._state()

    def _over(self) -> bool:
        return self._phase in (Phase.DONE, Phase.FAILED)

    def _look(self, seen: Observation, marks: Landmarks) -> None:
        yaw = marks.pose.yaw
        turn = self._turns.feed(seen.t, yaw)
        blink = self._blinks.feed(seen.t, marks.openness, yaw)
        if seen.relief is not None and not self._track.forgiven:
            self._relief = seen.relief
        if abs(yaw) > BACK_YAW:
            self._ahead_since = None
        elif self._ahead_since is None:
            self._ahead_since = seen.t
        if self._phase is Phase.STEP:
            self._judge(turn, blink, seen.t, yaw)
        elif turn:
            self._fail("wrong")  # nobody asked for it
        elif self._settled(seen.t):
            self._next(seen.t)

    def _judge(self, turn: Seen | None, blink: Seen | None, t: float, yaw: float) -> None:
        asked, since = self._challenge.steps[self._step], self._began()
        earliest = since + SHIPPED.reaction_s
        if turn and (turn.gesture is not asked or turn.began < earliest):
            self._fail("wrong")
        elif turn or self._turned:
            self._turned = turn or self._turned
            self._deepen(t, yaw)
        elif blink and asked is Gesture.BLINK and blink.began >= earliest:
            self._answer(blink, since, None)

    def _deepen(self, t: float, yaw: float) -> None:
        """Relief grows as a head goes on turning: it has a moment to show, and until it looks ahead again."""
        assert self._turned is not None  # noqa: S101 - asked for a turn only
        if self._relief is not None and self._relief >= SHIPPED.relief:
            self._answer(self._turned._replace(sure=t), self._began(), self._relief)
        elif abs(yaw) <= BACK_YAW or t - self._turned.sure > SHIPPED.relief_s:
            self._fail("flat")

    def _answer(self, seen: Seen, asked: float, relief: float | None) -> None:
        self._answers.append(Answer(seen.gesture, asked, seen.began, seen.sure, relief))
        self._enter(Phase.BACK, seen.sure)

    def _settled(self, t: float) -> bool:
        """Has the head looked ahead long enough, and are its eyes known?"""
        if self._ahead_since is None or self._blinks.usual is None:
            return False
        wait = SHIPPED.ready_s if self._phase is Phase.READY else self._challenge.pauses[self._step]
        return t - max(self._ahead_since, self._began()) >= wait

    def _next(self, t: float) -> None:
        if self._phase is Phase.BACK:
            self._step += 1
        if self._step < len(self._challenge.steps):
            self._enter(Phase.STEP, t)
        else:
            self._enter(Phase.DONE, t)

    def _enter(self, phase: Phase, t: float) -> None:
        self._phase, self._entered, self._relief, self._turned = phase, t, None, None

    def _fail(self, fault: str) -> JudgeState:
        self._phase, self._fault = Phase.FAILED, fault
        return self._state()

    def _began(self) -> float:
        return 0.0 if self._entered is None else self._entered

    def _until(self) -> float:
        limits = {Phase.READY: SHIPPED.ready_limit_s, Phase.STEP: SHIPPED.step_s}
        return self._began() + limits.get(self._phase, SHIPPED.back_s)

    def _state(self) -> JudgeState:
        asked = self._challenge.steps[self._step] if self._phase is Phase.STEP else None
        return JudgeState(
            self._phase,
            self._step,
            asked,
            self._until(),
            tuple(self._answers),
            self._fault,
            self._track.likeness,
            self._track.profile,
        )
