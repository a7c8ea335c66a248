"""``eval``: pairs of photos, the same person or two — how often the engine is right."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.clock import SystemClock
from core.face import matching
from core.face.tool import album, figures, tables
from core.face.tool.album import Album
from core.face.tool.crew import Open
from core.face.tool.report import DONE, INTERRUPTED, MISUSE, Report, columns
from core.face.types import Numbers, Vector

SHARES = (1e-2, 1e-3)
Seen = Callable[[str], Vector | None]
"""The identity in a photo; None where it shows no face."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Likeness of measured pairs, and pairs without one because a photo shows no face."""

    own: Numbers
    others: Numbers
    own_failed: int
    others_failed: int

    @property
    def failed(self) -> int:
        """Pairs that were never compared."""
        return self.own_failed + self.others_failed


def evaluate(table: Path, root: Path, opened: Open, jobs: int | None) -> Report:
    """Everything that pairs tell."""
    clock = SystemClock()
    begun = clock.monotonic()
    listed, bad = tables.pairs(table)
    seen = album.look(opened, root, (name for pair in listed for name in (pair.first, pair.second)), jobs)
    reached = [pair for pair in listed if seen.was_read(pair.first) and seen.was_read(pair.second)]
    scores = scored(reached, seen.vector)
    data: dict[str, Any] = {"command": "eval", "versions": seen.versions, "interrupted": seen.interrupted}
    data |= figures_of(scores, seen.calibration().accept(1)) | work(seen, clock.monotonic() - begun)
    data["wrong_at_best"] = _wrong(reached, seen.vector, data["accuracy_best"]["threshold"])
    usable = len(scores.own) + len(scores.others)
    code = INTERRUPTED if seen.interrupted else DONE if usable else MISUSE
    return Report(code, data, _lines(data, bool(usable)), [*bad, *seen.bad()])


def scored(pairs: list[tables.Pair], seen: Seen) -> Scores:
    """The likeness of each pair that was looked at, whoever looked."""
    kept: dict[bool, list[float]] = {True: [], False: []}
    failed = {True: 0, False: 0}
    for pair in pairs:
        score = likeness(pair, seen)
        if score is None:
            failed[pair.same] += 1
        else:
            kept[pair.same].append(score)
    return Scores(np.array(kept[True]), np.array(kept[False]), failed[True], failed[False])


def likeness(pair: tables.Pair, seen: Seen) -> float | None:
    """How alike two photos are; None where one shows no face."""
    first, second = seen(pair.first), seen(pair.second)
    return None if first is None or second is None else matching.cosine(first, second)


def _wrong(pairs: list[tables.Pair], seen: Seen, threshold: float) -> list[dict[str, Any]]:
    """The pairs that an engineer looks at next."""
    scores = [(pair, likeness(pair, seen)) for pair in pairs]
    return [
        {"file_a": pair.first, "file_b": pair.second, "same": pair.same, "score": score}
        for pair, score in scores
        if score is None or (score >= threshold) != pair.same
    ]


def figures_of(scores: Scores, shipped: float) -> dict[str, Any]:
    """The figures of these scores, as JSON takes them."""
    own, others = scores.own, scores.others
    best = figures.best_threshold(own, others)
    return {
        "pairs": len(own) + len(others) + scores.failed,
        "same": len(own) + scores.own_failed,
        "different": len(others) + scores.others_failed,
        "failures_to_detect": {"pairs": scores.failed, "same": scores.own_failed},
        "accuracy_best": _accuracy(scores, best),
        "accuracy_shipped": _accuracy(scores, shipped),
        "eer": figures.equal_error(own, others, scores.own_failed, scores.others_failed),
        "shipped": {
            "threshold": shipped,
            "frr": figures.refused(own, shipped, scores.own_failed).plain(),
            "far": figures.accepted(others, shipped, scores.others_failed).plain(),
        },
        "frr_at_far": {f"{share:g}": _at(scores, share) for share in SHARES},
    }


def _accuracy(scores: Scores, threshold: float) -> dict[str, Any]:
    wrong = figures.accuracy(scores.own, scores.others, threshold, scores.failed)
    low, high = wrong.bounds or (None, None)
    return {
        "threshold": threshold, "value": None if wrong.value is None else 1 - wrong.value, "wrong": wrong.errors,
        "trials": wrong.trials, "low": None if high is None else 1 - high, "high": None if low is None else 1 - low,
    }  # fmt: skip


def _at(scores: Scores, share: float) -> dict[str, Any]:
    trials = len(scores.others) + scores.others_failed
    if not trials:
        return {
            "threshold": None,
            "frr": figures.Rate(0, 0).plain(),
            "far_trials": 0,
            "far_trials_suffice": False,
        }
    threshold = figures.threshold_at(scores.others, share, scores.others_failed)
    frr = figures.refused(scores.own, threshold, scores.own_failed)
    enough = figures.can_be_told(trials, share)
    return {"threshold": threshold, "frr": frr.plain(), "far_trials": trials, "far_trials_suffice": enough}


def work(seen: Album, seconds: float) -> dict[str, Any]:
    """How much work it was, as JSON takes it."""
    unread = sum(one.unread for one in seen.looks.values())
    return {
        "photos": len(seen.looks),
        "unread": unread,
        "ms_per_photo": figures.spread(seen.times()),
        "seconds": seconds,
    }


def _lines(data: dict[str, Any], usable: bool) -> list[str]:
    rows = [
        ("pairs", f"{data['pairs']} ({data['same']} same, {data['different']} different)"),
        ("failures to detect", f"{data['failures_to_detect']['pairs']} pairs, counted as errors"),
    ]
    if usable:
        rows += [
            (name, share(data[f"accuracy_{name.split()[1]}"]))
            for name in ("accuracy best", "accuracy shipped")
        ]
        rows += [("EER", "-" if data["eer"] is None else f"{data['eer']:.3%}")]
        rows += [(f"{name} at shipped", rate(data["shipped"][name.lower()])) for name in ("FRR", "FAR")]
        rows += [
            (f"FRR at FAR {far}", told_at(at, "frr", at["far_trials"], at["far_trials_suffice"]))
            for far, at in data["frr_at_far"].items()
        ]
    return columns([*rows, *work_rows(data)])


def share(found: dict[str, Any]) -> str:
    """An accuracy in words."""
    return (
        f"{found['value']:.3%} at {found['threshold']:.3f} ({found['wrong']} wrong of {found['trials']}; "
        f"95 %: {found['low']:.3%} to {found['high']:.3%})"
    )


def rate(found: dict[str, Any]) -> str:
    """A rate in words."""
    return str(figures.Rate(found["errors"], found["trials"], found.get("independent_trials")))


def told_at(found: dict[str, Any], name: str, trials: int, enough: bool) -> str:
    """A rate at a threshold that strangers gave, with a word where they are too few for that."""
    if found["threshold"] is None:
        return "no stranger to tell it by"
    few = "" if enough else f"; {trials} strangers are too few"
    return f"{rate(found[name])}, threshold {found['threshold']:.3f}{few}"


def work_rows(data: dict[str, Any]) -> list[tuple[str, str]]:
    """How much work it was."""
    times = data["ms_per_photo"]
    told = f"{times['p50']:.1f} ms (95 %: {times['p95']:.1f}) each" if times else "none with a face"
    told += f", {data['unread']} could not be read (is --root right?)" if data["unread"] else ""
    rows = [("photos", f"{data['photos']}, {told}; {data['seconds']:.0f} s in all")]
    rows += [("engine", ", ".join(data["versions"].values()))]
    return rows + (
        [("interrupted", "these are the figures of what was reached")] if data["interrupted"] else []
    )
