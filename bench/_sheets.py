"""Sheets and drawn heads held before an engine: what it sees of them while somebody does what is asked."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench._performers import Performer, Piece, judge_of, play
from bench._prints import SIZE, Camera, Hold, Sheet, drawn, head, sheet
from core.face import gate
from core.face.challenge import Phase, draw
from core.face.checkin import PASSIVE_LEAST
from core.face.engine import FaceEngine
from core.face.follower import Follower
from core.face.gestures import Gesture
from core.face.sampling import Sampler
from core.face.tool.figures import Rate
from core.face.types import Image, Landmarks


@dataclass(frozen=True)
class Way:
    """How somebody moves a sheet: how far it is turned, how fast, and how much the hand shakes."""

    turned: float
    seconds: float
    shake: float
    face_px: float
    beats: tuple[float, float, float]

    @classmethod
    def drawn(cls, chance: random.Random, most: tuple[float, float]) -> "Way":
        """Any of the ways that a hand has."""
        beats = (chance.uniform(0.7, 2.5), chance.uniform(0.7, 2.5), chance.uniform(0.5, 1.5))
        return cls(
            chance.uniform(*most), chance.uniform(0.25, 0.6), chance.uniform(0.3, 1.5),
            chance.uniform(120, 200), beats,
        )  # fmt: skip

    def hold(self, t: float, yaw: float) -> Hold:
        """Where the sheet is at this moment."""
        a, b, c = (float(np.sin(2 * np.pi * beat * t)) * self.shake for beat in self.beats)
        return Hold(yaw + c, a + b, 0.7 * c, 2.5 * a, 2.0 * b, self.face_px * (1 + 0.005 * c))


FPS = 15
_CALM_FRAMES, _HELD_FRAMES, _REST_FRAMES, _SHUT_FRAMES = 12, 4, 3, 3


def script(way: Way) -> list[tuple[str, float, bool]]:
    """For every frame of a recording the piece that it belongs to, the yaw, and whether the eyes are shut."""
    out = max(3, round(way.seconds * FPS))
    rise = [way.turned * (0.5 - 0.5 * float(np.cos(np.pi * n / out))) for n in range(1, out + 1)]
    swing = [0.0, *rise, *[way.turned] * _HELD_FRAMES, *rise[::-1], *[0.0] * _REST_FRAMES]
    calm = [("idle", 0.0, False)] * _CALM_FRAMES
    left, right = (
        [(name, side * yaw, False) for yaw in swing] for name, side in (("left", 1), ("right", -1))
    )
    blink = [("blink", 0.0, 0 <= n < _SHUT_FRAMES) for n in range(-2, _SHUT_FRAMES + 3)]
    return [*calm, *left, *right, *blink]


def recorded(engine: FaceEngine, sheet_: Sheet, way: Way, chance: random.Random) -> Performer | None:
    """The sheet before a camera, doing once whatever can be asked; None where it shows no good face."""
    camera, backdrop = Camera(chance.getrandbits(32)), _backdrop(chance)
    motion, follower, sampler = engine.observer.parts.motion(), Follower(), Sampler(0)
    pieces: dict[str, Piece] = {}
    for index, (name, yaw, shut) in enumerate(script(way)):
        t = index / FPS
        image = camera.take(drawn(sheet_, way.hold(t, -yaw), backdrop, shut=shut))
        seen = engine.observer.observe(image, t, sampler=sampler, motion=motion, follower=follower)
        pieces.setdefault(name, []).append(seen)
        if index == 0 and gate.live_fault(seen, image.shape[1]):
            return None
    found = {gesture: [pieces[gesture]] for gesture in Gesture}
    return Performer(pieces["idle"], found, 1 / FPS)


def _backdrop(chance: random.Random) -> Image:
    """A wall with some structure."""
    small = np.random.default_rng(chance.getrandbits(32)).integers(60, 170, (12, 16, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


Donor = tuple[Image, Landmarks]
KINDS = ("flat", "bent", "head")
_PHOTO_PX = 750
_FACING = 12.0
_CHALLENGES = 12
_HEADS = 3
"""Every third photo is a head, too: what a living one would need."""
_ANYBODY = -1.0
_TURNS = {"flat": (25.0, 50.0), "bent": (25.0, 50.0), "head": (22.0, 32.0)}
_BENDS = (0.5, 1.5)


@dataclass
class Shown:
    """What became of all the challenges that sheets of one kind were asked."""

    sheets: int = 0
    unfit: int = 0
    """Not shown well enough to begin with."""
    trials: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    """By what was switched on."""
    faults: Counter[str] = field(default_factory=Counter)
    passive: list[float] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "sheets": self.sheets, "unfit": self.unfit, "faults": dict(self.faults.most_common()),
            "passed": {
                name: Rate(self.passed[name], self.trials, self.sheets).plain() for name in (*LAYERS, ALL)
            },
            "passive_alive": Rate(sum(one >= PASSIVE_LEAST for one in self.passive), len(self.passive)).plain(),
        }  # fmt: skip


LAYERS = {
    "challenge": (False, False), "challenge and geometry": (True, False), "challenge and identity": (False, True),
    "all but the network": (True, True),
}  # fmt: skip
"""What is switched on: geometry, identity."""
_BETWEEN = ("challenge and geometry", "challenge and identity")
ALL = "all with the network"


def photos(folders: Iterable[Path], count: int, chance: random.Random) -> Iterator[Image]:
    """One photo each of so many people, enlarged."""
    people = sorted(
        path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_dir()
    )
    for person in chance.sample(people, min(count, len(people))):
        path = chance.choice(sorted(person.glob("*.*")))
        image = cv2.imread(str(path))
        if image is not None:
            scale = _PHOTO_PX / max(image.shape[:2])
            yield np.asarray(
                cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
            )


def measure(
    engine: FaceEngine, pictures: Iterable[Image], donor: Donor, kinds: Sequence[str] = KINDS
) -> dict[str, Shown]:
    """Every photo once as each kind, asked many challenges."""
    chance, found = random.Random(1), {kind: Shown() for kind in kinds}
    for number, photo in enumerate(pictures):
        seen = engine.observer.observe(photo, 0.0, identify=False)
        if seen.landmarks is None or seen.faces > 1 or abs(seen.landmarks.pose.yaw) > _FACING:
            continue
        for kind in kinds if number % _HEADS == 0 else kinds[:2]:
            surface = _surface(kind, photo, seen.landmarks, donor, chance)
            who = recorded(engine, surface, Way.drawn(chance, _TURNS[kind]), chance)
            if who is None:
                found[kind].unfit += 1
            else:
                _ask(found[kind], who, engine.calibration.same, chance)
    return found


def _surface(kind: str, photo: Image, marks: Landmarks, donor: Donor, chance: random.Random) -> Sheet:
    if kind == "head":
        return head(photo, marks, donor)
    return sheet(photo, marks, donor, chance.uniform(*_BENDS) if kind == "bent" else None)


def _ask(shown: Shown, who: Performer, same: float, chance: random.Random) -> None:
    said = [one.passive for one in who.idle if one.passive is not None]
    passive = float(np.mean(said)) if said else None
    shown.sheets += 1
    if passive is not None:
        shown.passive.append(passive)
    for _ in range(_CHALLENGES):
        challenge, seed, bare = draw(chance), chance.getrandbits(32), False
        shown.trials += 1
        for name, (geometry, identity) in LAYERS.items():
            if name in _BETWEEN and not bare:
                continue  # what fails without a layer fails with it: the frames shown are the same
            judge = judge_of(who, challenge, same if identity else _ANYBODY)
            state = play(who if geometry else _deep(who), judge, random.Random(seed)).state
            shown.passed[name] += state.phase is Phase.DONE
            bare = bare or state.phase is Phase.DONE
        shown.faults[state.fault or "live"] += 1
        shown.passed[ALL] += state.phase is Phase.DONE and (passive is None or passive >= PASSIVE_LEAST)


def _deep(who: Performer) -> Performer:
    """The same with relief enough on every frame: what geometry says is switched off."""
    pieces = {
        gesture: [[replace(one, relief=1.0) for one in piece] for piece in found]
        for gesture, found in who.pieces.items()
    }
    return replace(who, pieces=pieces)
