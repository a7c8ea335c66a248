"""``eval-identification``: many searches in an open set — who is missed, and who is taken for somebody he isn't."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.clock import SystemClock
from core.errors import BadInput
from core.face import matching
from core.face.calibration import Calibration
from core.face.matching import Gallery
from core.face.tool import album, figures, tables
from core.face.tool.album import Album
from core.face.tool.crew import Open
from core.face.tool.report import DONE, INTERRUPTED, MISUSE, Report, columns
from core.face.tool.verification import rate, told_at, work, work_rows
from core.face.types import Candidate, Vector

SHARES = (1e-2, 1e-3)
DRAWS = 200
"""Galleries that are drawn where fewer candidates are asked for than there are people."""
_NOBODY = -1.0


@dataclass(slots=True)
class Crowd:
    """Who is enrolled, and who looks for himself."""

    calibration: Calibration
    people: list[Candidate] = field(default_factory=list)
    mates: list[tuple[str, Vector | None]] = field(default_factory=list)
    strangers: list[tuple[str, Vector | None]] = field(default_factory=list)
    not_enrolled: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many numbers these identities have."""
        return len(self.people[0].templates[0].vector) // 4


@dataclass(slots=True)
class Searches:
    """Of each search the best score, whether the engine accepts, and whether it is the right person."""

    scores: list[float] = field(default_factory=list)
    accepted: list[bool] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def add(self, more: "Searches") -> None:
        """Those of another gallery."""
        self.scores += more.scores
        self.accepted += more.accepted
        self.right += more.right

    def search(self, gallery: Gallery, name: str, vector: Vector | None) -> None:
        """One more; a photo without a face finds nobody."""
        match = gallery.best(vector) if vector is not None else None
        self.scores.append(match.score if match else _NOBODY)
        self.accepted.append(bool(match and match.accepted))
        self.right.append(bool(match and match.person_id == name))


def evaluate(
    table: Path, root: Path, opened: Open, jobs: int | None, *, candidates: int | None, seed: int
) -> Report:
    """Everything that searches tell."""
    clock = SystemClock()
    begun = clock.monotonic()
    rows, bad = tables.entries(table)
    seen = album.look(opened, root, (row.file for row in rows), jobs)
    crowd = gathered([row for row in rows if seen.was_read(row.file)], seen, seen.calibration())
    data: dict[str, Any] = {
        "command": "eval-identification", "versions": seen.versions, "interrupted": seen.interrupted,
    }  # fmt: skip
    data |= figures_of(crowd, candidates, seed) | work(seen, clock.monotonic() - begun)
    usable = data["fnir_shipped"]["trials"] + data["fpir_shipped"]["trials"]
    code = INTERRUPTED if seen.interrupted else DONE if usable else MISUSE
    return Report(code, data, _lines(data), [*bad, *seen.bad()])


def gathered(rows: list[tables.Entry], seen: Album, calibration: Calibration) -> Crowd:
    """A template of each person's enrolment photos, and everybody who searches."""
    enrolled: dict[str, list[Vector]] = defaultdict(list)
    crowd = Crowd(calibration)
    for row in rows:
        vector = seen.vector(row.file)
        if row.role == "probe":
            crowd.mates.append((row.identity, vector))
        elif row.role == "unknown":
            crowd.strangers.append(("", vector))
        elif vector is not None:
            enrolled[row.identity].append(vector)
    wanted = {row.identity for row in rows if row.role == "enrol"}
    crowd.not_enrolled = sorted(wanted - set(enrolled))
    if not enrolled:
        raise BadInput(
            "face.nobody_enrolled", "没有一个人有可用的登记照片。", "请检查 role 为 enrol 的照片。"
        )
    crowd.people = [
        Candidate(name, (matching.pack(calibration.model, enrolled[name]),)) for name in sorted(enrolled)
    ]
    return crowd


def figures_of(crowd: Crowd, candidates: int | None, seed: int) -> dict[str, Any]:
    """The figures of searches among so many candidates, as JSON takes them."""
    size = min(candidates or len(crowd.people), len(crowd.people))
    draws = 1 if size == len(crowd.people) else DRAWS
    own, others = searched(crowd, size, draws, np.random.default_rng(seed))
    left_out = not crowd.strangers
    once = (len(crowd.mates), len(crowd.mates) if left_out else len(crowd.strangers))
    return _told(own, others, once) | {
        "enrolled": len(crowd.people), "not_enrolled": crowd.not_enrolled, "candidates": size,
        "candidates_asked": candidates, "draws": draws, "seed": seed, "probes": len(crowd.mates),
        "unknown": len(crowd.strangers), "unknown_from": "left out of the gallery" if left_out else "rows",
        "threshold": crowd.calibration.accept(size), "margin": matching.MARGIN,
    }  # fmt: skip


def searched(crowd: Crowd, size: int, draws: int, chance: np.random.Generator) -> tuple[Searches, Searches]:
    """Searches of people who are in the gallery, and of people who aren't."""
    own, others = Searches(), Searches()
    for _ in range(draws):
        chosen = [
            crowd.people[index] for index in np.sort(chance.choice(len(crowd.people), size, replace=False))
        ]
        names = {one.person_id for one in chosen} | set(crowd.not_enrolled)
        gallery = Gallery(chosen, crowd.calibration, crowd.size)
        for name, vector in crowd.mates:
            if name in names:
                own.search(gallery, name, vector)
        for name, vector in crowd.strangers:
            others.search(gallery, name, vector)
        if not crowd.strangers:
            _left_out(crowd, chosen, others)
    return own, others


def _left_out(crowd: Crowd, chosen: list[Candidate], others: Searches) -> None:
    """Where nobody is unknown, each probe searches in this gallery without its owner."""
    galleries: dict[str, Gallery] = {}
    for name, vector in crowd.mates:
        if name not in galleries:
            rest = [one for one in chosen if one.person_id != name]
            galleries[name] = Gallery(rest, crowd.calibration, crowd.size)
        if len(galleries[name]):
            others.search(galleries[name], "", vector)


def _told(own: Searches, others: Searches, once: tuple[int, int]) -> dict[str, Any]:
    """Rates with trials; where galleries are drawn again and again, bounds rest on the photos, not on the draws."""
    found = [accepted and right for accepted, right in zip(own.accepted, own.right, strict=True)]
    wrong = [accepted and not right for accepted, right in zip(own.accepted, own.right, strict=True)]
    return {
        "rank_1_missed": figures.Rate(len(found) - sum(own.right), len(found), once[0]).plain(),
        "fnir_shipped": figures.Rate(len(found) - sum(found), len(found), once[0]).plain(),
        "taken_for_another_shipped": figures.Rate(sum(wrong), len(found), once[0]).plain(),
        "fpir_shipped": figures.Rate(sum(others.accepted), len(others.accepted), once[1]).plain(),
        "fnir_at_fpir": {f"{share:g}": _at(own, others, share, once) for share in SHARES},
    }


def _at(own: Searches, others: Searches, share: float, once: tuple[int, int]) -> dict[str, Any]:
    """Judged by the score alone: the margin to the next person belongs to the shipped rule."""
    counts = {"fpir_trials": len(others.scores), "fpir_independent_trials": min(once[1], len(others.scores))}
    suffice = figures.can_be_told(counts["fpir_independent_trials"], share)
    if not others.scores:
        return {
            "threshold": None,
            "fnir": figures.Rate(0, 0).plain(),
            **counts,
            "fpir_trials_suffice": suffice,
        }
    limit = figures.threshold_at(np.array(others.scores), share)
    found = sum(right and score >= limit for right, score in zip(own.right, own.scores, strict=True))
    fnir = figures.Rate(len(own.scores) - found, len(own.scores), once[0])
    return {"threshold": limit, "fnir": fnir.plain(), **counts, "fpir_trials_suffice": suffice}


def _lines(data: dict[str, Any]) -> list[str]:
    drawn = f", drawn {data['draws']} times with seed {data['seed']}" if data["draws"] > 1 else ""
    absent = f"; {len(data['not_enrolled'])} more without a usable photo" if data["not_enrolled"] else ""
    rows = [
        ("candidates", f"{data['candidates']} of {data['enrolled']} enrolled{drawn}{absent}"),
        ("searches", f"{data['probes']} probes; unknown: {data['unknown']} {data['unknown_from']}"),
        ("not at rank 1", rate(data["rank_1_missed"])),
        ("shipped", f"threshold {data['threshold']:.3f}, margin {data['margin']:.3f}"),
        ("FNIR at shipped", rate(data["fnir_shipped"])),
        ("taken for another", rate(data["taken_for_another_shipped"])),
        ("FPIR at shipped", rate(data["fpir_shipped"])),
        *(
            (
                f"FNIR at FPIR {share}",
                told_at(at, "fnir", at["fpir_independent_trials"], at["fpir_trials_suffice"]),
            )
            for share, at in data["fnir_at_fpir"].items()
        ),
    ]
    return columns([*rows, *work_rows(data)])
