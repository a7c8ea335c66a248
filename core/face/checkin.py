"""One person in front of the camera: from the first frame to accepted or refused, with the evidence for either."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

import msgspec

from core.face import gate, matching, sentences
from core.face.challenge import Challenge, ChallengeJudge, JudgeState, Phase
from core.face.evidence import AnswerEvidence, Evidence
from core.face.follower import Follower
from core.face.frames import frame
from core.face.images import encoded
from core.face.observer import Observer
from core.face.sampling import Sampler
from core.face.sight import Sight
from core.face.types import Box, Candidate, Image, Match, Observation, Vector

LOOK_FRAMES = 5
"""Frames whose mean is the identity that is looked up."""
MISSES_MOST = 11
"""A look in which so many such means were nobody's is over, even if the face went away in between."""
LOOK_S = 25.0
PASSIVE_LEAST = 0.5
_PHOTO_PX = 720


@dataclass(frozen=True, slots=True)
class CheckInSettings:
    """What a caller may choose about a check-in. Nothing here makes the challenge easier."""

    still_for_live: bool = False
    """Takes a still picture for a living face: for the demo only; the evidence then says ``demo-still``."""


STRICT = CheckInSettings()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A living person of the candidates."""

    person_id: str
    score: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nobody is accepted: the reason code, the sentence, what to do, and what was seen."""

    code: str
    sentence: str
    hint: str
    evidence: Evidence
    tried: bool
    """A face was compared with the candidates: whatever ended it, it was a try (S-3)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """After a frame: one instruction, where the face is, which step of how many, and the outcome once there is one."""

    instruction: str
    box: Box | None = None
    step: int = 0
    steps: int = 0
    ready: bool = False
    """The picture is good enough; what is asked now is the challenge."""
    tried: bool = False
    """A face was compared with the candidates: who leaves now has had a try."""
    outcome: Accepted | Refusal | None = None


@dataclass(slots=True)
class _Seen:
    """What a check-in remembers of its good frames, all of one person in front of it without a break."""

    vectors: list[Vector] = field(default_factory=list)
    passive: list[float] = field(default_factory=list)
    photo: Image | None = None
    photo_merit: float = float("-inf")


class CheckIn:
    """Fed frame by frame; after the outcome it only repeats it."""

    def __init__(
        self,
        observer: Observer,
        candidates: Sequence[Candidate],
        settings: CheckInSettings,
        challenge: Challenge,
    ) -> None:
        self._observer, self._settings = observer, settings
        self._challenge = challenge
        self._same = observer.parts.calibration.same
        parts = observer.parts
        self._gallery = matching.Gallery(candidates, parts.calibration, parts.recogniser.size)
        self._motion, self._follower = observer.parts.motion(), Follower()
        self._templates = {
            one.person_id: tuple(template.digest for template in one.templates) for one in candidates
        }
        self._sight = Sight(observer.parts.detector)
        self._size: tuple[int, ...] | None = None
        self._seen, self._misses = _Seen(), 0
        self._judge: ChallengeJudge | None = None
        self._state: JudgeState | None = None
        self._match: Match | None = None
        self._began: float | None = None
        self._now = float("-inf")
        self._sampler: Sampler | None = None
        """Once somebody was recognised; before that every frame is identified."""
        self._last = Progress(sentences.LIVE["no_face"])

    def feed(self, image: Image, t: float) -> Progress:
        """Judges one frame, taken at ``t`` seconds of a monotonic clock."""
        # A frame that is asked about twice (the camera is slower than the caller) says nothing new.
        if self._last.outcome is not None or t == self._now:
            return self._last
        self._began = t if self._began is None else self._began
        self._now = t
        image = frame(image)
        size, self._size = self._size, image.shape
        if self._judge is not None and size != image.shape:
            # Nobody's place can be compared with what it was: another source may have been put in.
            self._last = self._refuse("gap", Observation(t, 0))
            return self._last
        # Whom to follow is known once somebody was recognised; until then every picture is searched as a whole.
        follower = None if self._judge is None else self._follower
        seen = self._observer.observe(image, t, sampler=self._sampler, motion=self._motion, follower=follower)
        self._last = (
            self._look(seen, image) if self._judge is None else self._follow(self._judge, seen, image)
        )
        return self._last

    def _look(self, seen: Observation, image: Image) -> Progress:
        """Before the challenge: is the picture good enough, and who is it?"""
        if not len(self._gallery):
            return self._refuse("other_model" if self._gallery.stale else "no_candidates", seen)
        if self._now - (self._began or 0.0) > LOOK_S:
            return self._refuse(self._sight.told or "not_seen", seen)
        trouble = self._sight.feed(image, self._now, seen.box)
        fault = trouble or gate.live_fault(seen, image.shape[1])
        if fault is not None or seen.vector is None:
            self._forget()
            return self._wait(sentences.LIVE[fault or "no_face"], seen)
        if self._seen.vectors and matching.cosine(self._seen.vectors[0], seen.vector) < self._same:
            self._forget()
        self._keep(seen, image)
        if len(self._seen.vectors) < LOOK_FRAMES:
            return self._wait(sentences.HOLD, seen, ready=True)
        if self._match is None and self._sight.on_its_head(image, self._now, seen.box):
            self._forget()
            return self._wait(sentences.LIVE["upside_down"], seen)
        return self._recognise(seen)

    def _wait(self, words: str, seen: Observation, *, ready: bool = False) -> Progress:
        return Progress(words, seen.box, ready=ready, tried=self._misses > 0)

    def _forget(self) -> None:
        """A break in the view may bring another person: nothing of who was seen before is taken over to him."""
        self._seen, self._match = _Seen(), None

    def _recognise(self, seen: Observation) -> Progress:
        mean = matching.mean(self._seen.vectors)
        self._match = self._gallery.best(mean)
        if self._match is None:
            return self._refuse("no_candidates", seen)
        if not self._match.accepted:
            self._misses += 1
            if self._misses >= MISSES_MOST:
                return self._refuse(self._match.reason, seen)
            return self._wait(sentences.HOLD, seen, ready=True)
        if self._settings.still_for_live:
            return self._accept(seen, self._match)
        self._judge = ChallengeJudge(self._challenge, mean, self._same)
        self._sampler = Sampler(self._challenge.seed)
        return Progress(sentences.HOLD, seen.box, 0, len(self._challenge.steps), ready=True, tried=True)

    def _follow(self, judge: ChallengeJudge, seen: Observation, image: Image) -> Progress:
        """During the challenge."""
        state = self._state = judge.feed(seen)
        if state.phase is Phase.FAILED:
            return self._refuse(state.fault or "slow", seen)
        if seen.vector is not None and gate.live_fault(seen, image.shape[1]) is None:
            self._keep(seen, image)
        if state.phase is Phase.DONE:
            return self._conclude(seen)
        words = sentences.ASK[state.asked] if state.asked else sentences.AHEAD
        return Progress(words, seen.box, state.step, len(self._challenge.steps), ready=True, tried=True)

    def _conclude(self, seen: Observation) -> Progress:
        """The challenge is done: the identity of all good frames must still be the same person."""
        found = self._gallery.best(matching.mean(self._seen.vectors))
        before, self._match = self._match, found
        if found is None or before is None or found.person_id != before.person_id:
            return self._refuse("identity", seen)
        if not found.accepted:
            return self._refuse(found.reason, seen)
        if self._observer.parts.passive and (
            not self._seen.passive or fmean(self._seen.passive) < PASSIVE_LEAST
        ):
            return self._refuse("passive", seen)
        return self._accept(seen, found)

    def _keep(self, seen: Observation, image: Image) -> None:
        if seen.vector is None or seen.quality is None or seen.landmarks is None:
            return
        self._seen.vectors.append(seen.vector)
        if seen.passive is not None:
            self._seen.passive.append(seen.passive)
        # The sharpest view from ahead with open eyes is the one that a person recognises best.
        merit = seen.quality.sharpness * 100 - seen.landmarks.pose.away / 4 + seen.landmarks.openness * 20
        if merit > self._seen.photo_merit:
            self._seen.photo, self._seen.photo_merit = image.copy(), merit

    def _accept(self, seen: Observation, match: Match) -> Progress:
        evidence = msgspec.structs.replace(self._evidence(), templates=self._templates[match.person_id])
        outcome = Accepted(match.person_id, match.score, evidence)
        return self._end(sentences.DONE, seen, outcome)

    def _refuse(self, code: str, seen: Observation) -> Progress:
        words = sentences.REFUSED[code]
        tried = self._judge is not None or self._misses > 0
        outcome = Refusal(code, words.sentence, words.hint, self._evidence(), tried)
        return self._end(words.sentence, seen, outcome)

    def _end(self, words: str, seen: Observation, outcome: Accepted | Refusal) -> Progress:
        count = len(self._challenge.steps)
        step = self._state.step if self._state else 0
        return Progress(words, seen.box, step, count, ready=self._judge is not None, outcome=outcome)

    def _evidence(self) -> Evidence:
        match, state, seen, began = self._match, self._state, self._seen, self._began or 0.0
        still = self._settings.still_for_live
        return Evidence(
            versions=self._observer.parts.versions,
            liveness="demo-still" if still else "challenge" if self._judge else "none",
            threshold=self._gallery.accept,
            margin=matching.MARGIN,
            same=self._same,
            score=match.score if match else None,
            runner_up=match.runner_up if match else None,
            likeness=state.likeness if state else None,
            profile=state.profile if state else None,
            frames=len(seen.vectors),
            challenge=() if still else tuple(self._challenge.steps),
            answers=_answers(state, began),
            passive=fmean(seen.passive) if seen.passive else None,
            passive_least=PASSIVE_LEAST if self._observer.parts.passive else None,
            seconds=self._now - began,
            stale=self._gallery.stale,
            photo=encoded(seen.photo, _PHOTO_PX) if seen.photo is not None else None,
        )


def _answers(state: JudgeState | None, began: float) -> tuple[AnswerEvidence, ...]:
    return tuple(
        AnswerEvidence(
            gesture=one.gesture,
            asked=one.asked - began,
            began=one.began - began,
            sure=one.sure - began,
            relief=one.relief,
        )
        for one in (state.answers if state else ())
    )
