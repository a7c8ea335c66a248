"""Attacks with recorded clips: under their own gestures, looped, backwards, frozen, and cut into one another."""

import random
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.face.challenge import Phase, draw
from core.face.checkin import PASSIVE_LEAST
from core.face.engine import FaceEngine
from core.face.gestures import BACK_YAW, Gesture
from core.face.matching import mean
from core.face.tool import clips
from core.face.tool.clips import Watched, passive_of
from core.face.tool.figures import Rate
from core.face.track import Track
from core.face.types import Image, Observation, Vector

LIST = Path(__file__).parents[1] / "tests" / "data" / "gestures.toml"
_KNOWN = 5
_BEFORE_S, _AFTER_S = 2.0, 6.0
_MOST_S = 80.0


@dataclass
class Clip:
    """One entry of the hand-made list, and what the engine saw of it."""

    name: str
    path: Path
    live: bool
    person: str
    own: tuple[Gesture, ...]
    """Its turns in their order, or else a blink, as somebody saw them: what a challenge of its own asks for."""
    performs: tuple[Gesture, ...]
    first: float
    last: float
    watched: Watched = field(default_factory=lambda: Watched([], 0.04))

    def pictures(self) -> Iterator[tuple[float, Image]]:
        """Its frames."""
        return clips.frames(self.path, self.first, self.last)

    @property
    def passive(self) -> float | None:
        """What the passive network says of it on average."""
        return passive_of(self.watched, 0, len(self.watched.seen) - 1)


def listed(data: Path) -> list[Clip]:
    """The clips of the list that are there."""
    entries = tomllib.loads(LIST.read_text(encoding="utf-8"))["clip"]
    return [_clip(data, entry) for entry in entries if (data / entry["path"]).is_file()]


def _clip(data: Path, entry: dict[str, Any]) -> Clip:
    path = data / entry["path"]
    turns = tuple(Gesture(one) for one in entry.get("performs", []))
    blinks = any(one["gesture"] == Gesture.BLINK for one in entry.get("gestures", []))
    return Clip(
        path.stem, path, path.parent.name == "live", path.stem.split("_")[0] if "tranvan" in path.stem else path.stem,
        turns or ((Gesture.BLINK,) if blinks else ()), turns,
        entry.get("first", 0.0), min(entry.get("last", _MOST_S), _MOST_S),
    )  # fmt: skip


def own_gestures(clip: Clip, same: float) -> dict[str, Any]:
    """The verdict when a clip is asked for what it shows, with all the patience that the recorded person needs."""
    if not clip.own:
        return {"asked": [], "verdict": "nothing to ask"}
    found = clips.best_try(clip.watched, clip.own, same)
    said = passive_of(clip.watched, found.start, found.end)
    done = found.state.phase is Phase.DONE
    fault = found.state.fault or ("" if done else "slow")
    kept = done and (said is None or said >= PASSIVE_LEAST)
    return {
        "asked": [str(one) for one in clip.own], "verdict": "live" if done else fault, "seconds": found.seconds,
        "passive": said, "with_passive": "live" if kept else "passive" if done else fault,
    }  # fmt: skip


def random_challenges(clip: Clip, trials: int, same: float) -> dict[str, Any]:
    """Looped from drawn moments: how often does the recording happen to answer rightly?"""
    chance = random.Random(clip.name)
    faults: Counter[str] = Counter()
    for _ in range(trials):
        found = clips.looped(clip.watched, draw(chance), chance, same)
        faults[found.state.fault or "live"] += 1
    passed = faults.pop("live", 0)
    stopped = clip.passive is not None and clip.passive < PASSIVE_LEAST
    return {
        "passed": Rate(passed, trials).plain(), "faults": dict(faults.most_common()), "passive": clip.passive,
        "passed_with_passive": None if clip.passive is None else 0 if stopped else passed,
    }  # fmt: skip


def backwards(engine: FaceEngine, clip: Clip) -> dict[str, Any]:
    """Played backwards, a clip of two different turns in their order performs the other order, not its own."""
    pictures = list(clip.pictures())
    end = pictures[-1][0]
    seen = clips.watch(engine, ((end - t, image) for t, image in reversed(pictures)))
    same, order = engine.calibration.same, clip.performs
    found = clips.best_try(seen, order, same)
    other = clips.best_try(seen, order[::-1], same)
    return {
        "asked": [str(one) for one in order], "verdict": found.state.fault or str(found.state.phase),
        "in_its_new_order": other.state.fault or str(other.state.phase),
    }  # fmt: skip


def frozen(engine: FaceEngine, clip: Clip, trials: int) -> dict[str, Any]:
    """One good picture of it, shown again and again."""
    index = clip.watched.starts[len(clip.watched.starts) // 2]
    t = clip.watched.seen[index].t
    picture = next(image for at, image in clip.pictures() if at >= t - 1e-6)
    held = clips.watch(engine, ((n * clip.watched.step_s, picture) for n in range(40)))
    chance = random.Random(clip.name)
    tries = [clips.looped(held, draw(chance), chance, engine.calibration.same) for _ in range(trials)]
    passed = sum(one.state.phase is Phase.DONE for one in tries)
    return {
        "passed": Rate(passed, trials).plain(), "faults": dict(Counter(one.state.fault for one in tries)),
        "seconds": max(one.seconds for one in tries),
    }  # fmt: skip


@dataclass
class Cuts:
    """What became of many cuts from one person to another."""

    faults: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    """Pairs of clips with a cut that nothing noticed in six seconds."""
    trials: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        late = sum(one > 0.5 for one in self.seconds)
        unseen = sum(self.missed.values())
        return {
            "unnoticed": Rate(unseen, self.trials).plain(), "later_than_half_a_second": late + unseen,
            "by": dict(self.faults.most_common()), "seconds_worst": max(self.seconds, default=None),
            "unnoticed_pairs": dict(self.missed.most_common(12)),
        }  # fmt: skip


def spliced(found: list[Clip], each: int, same: float, clever: bool, identity: bool = True) -> Cuts:
    """Every ordered pair of two people, cut at drawn moments.

    ``clever``: from one look ahead to another, the second face laid exactly where the first was, so that only who it
    is can tell. Without ``identity`` only what else tells.
    """
    cuts, chance = Cuts(), random.Random(f"{clever} {identity}")
    for one in found:
        for two in found:
            if one.person != two.person:
                for _ in range(each):
                    _cut(cuts, one, two, chance, same, clever, identity)
    return cuts


def _cut(
    cuts: Cuts, one: Clip, two: Clip, chance: random.Random, same: float, clever: bool, identity: bool
) -> None:
    here = _moment(one.watched, chance, clever)
    there = _moment(two.watched, chance, clever)
    known = [
        o.vector for o in one.watched.seen[max(0, here - 120) : here] if _ahead(o) and o.vector is not None
    ]
    if len(known) < _KNOWN:
        return
    reference = mean(known[:_KNOWN])
    track = Track(reference, same)
    step = one.watched.step_s
    first = max(0, here - round(_BEFORE_S / step))
    for index in range(first, here):
        if track.feed(replace(one.watched.seen[index], t=(index - first) * step, stirred=None)):
            return  # the first person breaks the track himself: nothing is told about the cut
    _after(cuts, one, two, there, track, (here - first) * step, one.watched.seen[here - 1], clever,
           None if identity else reference)  # fmt: skip


def _after(
    cuts: Cuts, one: Clip, two: Clip, there: int, track: Track, begun: float, last: Observation,
    clever: bool, pretended: Vector | None,
) -> None:  # fmt: skip
    step = two.watched.step_s
    change = _laid(two.watched.seen[there], last) if clever else (lambda seen: seen)
    cuts.trials += 1
    for n, seen in enumerate(two.watched.seen[there : there + round(_AFTER_S / step)]):
        shown = replace(change(seen), t=begun + n * step, stirred=None)
        if pretended is not None and shown.vector is not None:
            shown = replace(shown, vector=pretended)
        fault = track.feed(shown)
        if fault:
            cuts.faults[fault] += 1
            cuts.seconds.append(n * step)
            return
    cuts.missed[f"{one.name} > {two.name}"] += 1


def _moment(watched: Watched, chance: random.Random, ahead: bool) -> int:
    """A frame with a face, neither at the very beginning nor at the end."""
    low, high = len(watched.seen) // 3, len(watched.seen) * 9 // 10
    good = [i for i in range(low, high) if _ahead(watched.seen[i]) or (not ahead and watched.seen[i].box)]
    return chance.choice(good or [low])


def _ahead(one: Observation) -> bool:
    return one.landmarks is not None and abs(one.landmarks.pose.yaw) < BACK_YAW


def _laid(first: Observation, last: Observation) -> Callable[[Observation], Observation]:
    """Moves and scales the second person's clip so that his face begins where the other one's was."""
    if first.box is None or last.box is None:
        return lambda seen: seen
    scale, start, end = last.box.width / first.box.width, first.box, last.box

    def laid(seen: Observation) -> Observation:
        if seen.box is None:
            return seen
        box = seen.box
        moved = replace(
            box, x=end.x + (box.x - start.x) * scale, y=end.y + (box.y - start.y) * scale,
            width=box.width * scale, height=box.height * scale,
        )  # fmt: skip
        return replace(seen, box=moved)

    return laid
