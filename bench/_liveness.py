"""Liveness figures: recorded clips and drawn sheets as attacks, and people put together from clips as the compliant."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench import _between as between
from bench import _recordings as recordings
from bench import _sheets as sheets
from bench._performers import Performer, busy, judge_of, of_clip, play, put_in
from bench._recordings import Clip
from core.face.challenge import Phase, draw
from core.face.checkin import PASSIVE_LEAST
from core.face.engine import FaceEngine
from core.face.tool import clips
from core.face.tool.figures import Rate
from core.face.types import Image, Observation

GOALS = {"looped clips passed": 0.001, "simulated prints passed": 0.005, "compliant people refused": 0.03}
MODEL = Path("models", "minifasnet_v2_27.onnx")
_PACES = (0.6, 0.8, 1.0, 1.25, 1.6)
_SMALL_PX = 110.0
_LOOPS, _EACH = 200, 25
_SHUT = 0.06


def measure(data: Path, passive: Path | None, trials: int, people: int) -> dict[str, Any]:
    """Everything; ``trials`` random challenges for each clip, ``people`` photos held up as sheets."""
    model = passive or data / MODEL
    engine = FaceEngine.shipped(model if model.is_file() else None)
    cv2.setNumThreads(1)
    found: dict[str, Any] = {"versions": engine.versions}
    watched = _watched(engine, data)
    found["clips"] = [_of_clip(engine, one, trials) for one in watched]
    found["spliced"] = _spliced(watched, engine.calibration.same, max(1, trials // 40))
    performers = {one.name: who for one in watched if (who := of_clip(one.watched)).complete}
    found["performed"] = _performed(engine, watched, performers, trials)
    found["stills"] = _stills(engine, data)
    found["sheets"] = _sheets(engine, data, watched, people)
    found["goals"] = _goals(found)
    return found


def _watched(engine: FaceEngine, data: Path) -> list[Clip]:
    """The clips of the hand-made list, each looked at once."""
    found = recordings.listed(data)
    for one in found:
        begun = time.perf_counter()
        one.watched = clips.watch(engine, one.pictures())
        print(
            f"{one.name}: {len(one.watched.seen)} frames in {time.perf_counter() - begun:.0f} s", flush=True
        )
    return found


def _of_clip(engine: FaceEngine, clip: Clip, trials: int) -> dict[str, Any]:
    same = engine.calibration.same
    told: dict[str, Any] = {"clip": clip.name, "live": clip.live, "own": recordings.own_gestures(clip, same)}
    told["random"] = recordings.random_challenges(clip, trials, same)
    told["frozen"] = recordings.frozen(engine, clip, max(1, trials // 10))
    if len(set(clip.performs)) > 1:
        told["backwards"] = recordings.backwards(engine, clip)
    own, loops, still = told["own"], told["random"], told["frozen"]
    print(
        f"{clip.name}: own {','.join(own['asked']) or '-'} {own['verdict']} {own.get('seconds', 0):.1f} s, "
        f"with the network {own.get('with_passive', '-')} {own.get('passive') or loops['passive'] or 0:.2f}; looped "
        f"{loops['passed']['errors']} of {loops['passed']['trials']} {loops['faults']}; frozen "
        f"{still['passed']['errors']} of {still['passed']['trials']} {still['faults']}; {told.get('backwards', '')}",
        flush=True,
    )
    return told


def _spliced(found: list[Clip], same: float, each: int) -> dict[str, Any]:
    kinds = {
        "as it is": (False, True), "as it is, without identity": (False, False),
        "laid over one another, ahead": (True, True), "laid over one another, without identity": (True, False),
    }  # fmt: skip
    told = {}
    for name, (clever, identity) in kinds.items():
        told[name] = recordings.spliced(found, each, same, clever, identity).plain()
        print(f"spliced {name}: {told[name]}", flush=True)
    return told


def _performed(
    engine: FaceEngine, found: list[Clip], who: dict[str, Performer], trials: int
) -> dict[str, Any]:
    """Those who can do everything: as they are, at other paces and frame rates, looped, and in others' clips."""
    same, told = engine.calibration.same, {}
    by_name = {one.name: one for one in found}
    for name, one in who.items():
        for pace in _PACES:
            told[f"{name} at {pace:g} times the pace"] = _plays(one, trials, same, pace)
        for label, pictures in _others(by_name[name]):
            seen = of_clip(clips.watch(engine, pictures))
            if seen.complete:
                told[f"{name} {label}"] = _plays(seen, trials, same)
            else:
                told[f"{name} {label}"] = {"not": "its gestures are not found"}
        told[f"{name} looped, one gesture after the other"] = _loops(one, same)
        helped = [of_clip(victim.watched) for victim in found if victim.person != by_name[name].person]
        told[f"{name} put into another person's clip"] = _helped(one, helped, same)
        if between.fit(one):
            known = [who for who in helped if any(seen.vector is not None for seen in who.idle)]
            told[f"{name} between two moments of identity"] = between.measured(known, one, same, _EACH)
    for name, line in told.items():
        print(f"{name}: {line}", flush=True)
    return told


def _plays(who: Performer, trials: int, same: float, pace: float = 1.0) -> dict[str, Any]:
    chance, faults, seconds, kept = random.Random(1), Counter[str](), [], 0
    for _ in range(trials):
        played = play(who, judge_of(who, draw(chance), same), chance, pace)
        faults[played.state.fault or "live"] += 1
        said = [one.passive for one in played.shown if one.passive is not None]
        live = played.state.phase is Phase.DONE
        kept += live and (not said or float(np.mean(said)) >= PASSIVE_LEAST)
        if live:
            seconds.append(played.seconds)
    return {
        "passed": Rate(faults["live"], trials, 1).plain(), "with_passive": kept,
        "faults": dict(faults.most_common()), "seconds": float(np.median(seconds)) if seconds else None,
    }  # fmt: skip


def _others(clip: Clip) -> Iterator[tuple[str, Iterator[tuple[float, Image]]]]:
    """The same clip with fewer frames a second, and from further away."""
    rate = 1 / clip.watched.step_s
    for stride in (2, 3):
        yield (
            f"at {rate / stride:.0f} frames a second",
            clips.frames(clip.path, clip.first, clip.last, stride),
        )
    widths = [one.quality.face_px for one in clip.watched.seen if one.quality]
    yield (
        f"with a face of {_SMALL_PX:.0f} px",
        _smaller(clip.pictures(), _SMALL_PX / float(np.median(widths))),
    )


def _smaller(pictures: Iterable[tuple[float, Image]], scale: float) -> Iterator[tuple[float, Image]]:
    for t, image in pictures:
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield t, np.asarray(small, dtype=np.uint8)


def _loops(who: Performer, same: float) -> dict[str, Any]:
    chance, passed, faults = random.Random(2), 0, Counter[str]()
    for _ in range(_LOOPS):
        loop = busy(who, chance)
        for _ in range(_EACH):
            state = clips.looped(loop, draw(chance), chance, same).state
            passed += state.phase is Phase.DONE
            faults[state.fault or "live"] += 1
    return {"passed": Rate(passed, _LOOPS * _EACH).plain(), "faults": dict(faults.most_common())}


def _helped(helper: Performer, victims: list[Performer], same: float) -> dict[str, Any]:
    chance, passed, trials, faults = random.Random(3), 0, 0, Counter[str]()
    for victim in victims:
        if not any(one.vector is not None for one in victim.idle):
            continue
        who = put_in(victim, helper)
        for _ in range(_EACH):
            state = play(who, judge_of(who, draw(chance), same), chance).state
            passed, trials = passed + (state.phase is Phase.DONE), trials + 1
            faults[state.fault or "live"] += 1
    return {"passed": Rate(passed, trials).plain(), "faults": dict(faults.most_common())}


def _stills(engine: FaceEngine, data: Path) -> dict[str, Any]:
    """The labelled photos under the passive network alone."""
    told: dict[str, Any] = {}
    for kind in ("live", "spoof"):
        for path in sorted((data / "spoof_stills" / kind).glob("*.*")):
            image = cv2.imread(str(path))
            seen = None if image is None else engine.observer.observe(np.asarray(image, np.uint8), 0.0)
            told[f"{kind}/{path.stem}"] = seen.passive if seen else None
    print("stills under the network:", {name: value and round(value, 3) for name, value in told.items()})
    return told


def _sheets(engine: FaceEngine, data: Path, found: list[Clip], people: int) -> dict[str, Any]:
    """Photos of as many people, and a still of each clip, as flat and bent sheets with eye slits, and as heads."""
    donor = _shut_eyes(found)
    if donor is None:
        return {}
    pictures = islice(_each(_photos(data, people), found), people)
    told = {kind: one.plain() for kind, one in sheets.measure(engine, pictures, donor).items()}
    for kind, one in told.items():
        print(f"{kind}: {one}", flush=True)
    return told


def _photos(data: Path, people: int) -> Iterator[Image]:
    """East-Asian people first, because there are few of them."""
    chance, faces = random.Random(4), data / "faces"
    yield from sheets.photos(sorted(faces.glob("asian/*")), people, chance)
    yield from sheets.photos([faces / "lfw"], people, chance)


def _each(photos: Iterator[Image], found: list[Clip]) -> Iterator[Image]:
    for clip in found:
        yield _still(clip, clip.watched.seen[clip.watched.starts[0]])
    yield from photos


def _still(clip: Clip, one: Observation) -> Image:
    return next(image for t, image in clip.pictures() if t >= one.t - 1e-6)


def _shut_eyes(found: list[Clip]) -> sheets.Donor | None:
    """A picture of shut eyes from a recorded blink: what is seen through the slits of a sheet."""
    for clip in found:
        facing = [one for one in clip.watched.seen if one.landmarks and abs(one.landmarks.pose.yaw) < 8]
        shut = min(facing, key=lambda one: one.landmarks.openness if one.landmarks else 1.0, default=None)
        if clip.live and shut and shut.landmarks and shut.landmarks.openness < _SHUT:
            return _still(clip, shut), replace(shut.landmarks)
    return None


def _goals(found: dict[str, Any]) -> dict[str, Any]:
    """The figures that goals are set for."""
    loops = [one["random"]["passed"] for one in found["clips"]]
    passed, trials = sum(one["errors"] for one in loops), sum(one["trials"] for one in loops)
    told = {"looped clips passed": Rate(passed, trials).plain()}
    papers = [
        found["sheets"][kind]["passed"]["all but the network"] for kind in ("flat", "bent") if found["sheets"]
    ]
    if papers:
        rate = Rate(
            sum(one["errors"] for one in papers), sum(one["trials"] for one in papers),
            sum(one["independent_trials"] for one in papers),
        )  # fmt: skip
        told["simulated prints passed"] = rate.plain()
    plays = [
        one["passed"] for name, one in found["performed"].items()
        if "live" in name and " at " in name and "times" in name
    ]  # fmt: skip
    if plays:
        asked, done = sum(one["trials"] for one in plays), sum(one["errors"] for one in plays)
        told["compliant people refused"] = Rate(asked - done, asked, len(plays) // len(_PACES)).plain()
    print("goals:", json.dumps(told), flush=True)
    return told
