"""Verification: pairs of photos beside other recognisers, and by group; every rate with its trials."""

import csv
import time
from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np

from bench import _others as others
from bench import _searches as searches
from core.face.calibrating import trials
from core.face.engine import FaceEngine
from core.face.tool import album, tables, verification
from core.face.tool.verification import Scores
from core.face.types import Vector

Vectors = Mapping[str, Vector | None]
DRAWS = 50
_HEAD = f"  {'':40}{'accuracy':>9}{'EER':>8}{'FRR 1e-2':>10}{'FRR 1e-3':>10}{'failed':>9}{'ms':>7}"


def measure(data: Path) -> dict[str, float]:
    """Everything that the data allow; gives the figures that have goals."""
    begun, faces, found = time.perf_counter(), data / "faces", {}
    if (faces / "lfw_pairs.csv").is_file():
        print("verification")
        print(_HEAD)
        found["lfw_accuracy"] = _verify(faces)
    if (faces / "lfw_identification.csv").is_file():
        found |= searches.measure(faces)
    print(f"  photos took {time.perf_counter() - begun:.0f} s")
    return found


def _verify(faces: Path) -> float:
    """LFW's pairs and all pairs of the East Asian set, by this project's engine and by two others."""
    listed = tables.pairs(faces / "lfw_pairs.csv")[0]
    files = [name for pair in listed for name in (pair.first, pair.second)]
    group = _by_person(faces / "asian_identification.csv")
    own = album.look(FaceEngine.shipped, faces / "lfw", files, jobs=1)
    asian = album.look(
        FaceEngine.shipped, faces / "asian", (one for them in group.values() for one in them), jobs=1
    )
    best = _row("zhiye, LFW pairs", verification.scored(listed, own.vector), own.times())
    _groups("zhiye", group, {name: one.vector for name, one in asian.looks.items()}, asian.times())
    for name, identify in (("YuNet + SFace", others.plain()), ("dlib", others.dlib())):
        if identify is None:
            print(f"  {name}: not installed")
            continue
        lfw = others.look(identify, faces / "lfw", files)
        _row(f"{name}, LFW pairs", verification.scored(listed, lfw.vectors.__getitem__), lfw.ms)
        seen = others.look(identify, faces / "asian", (one for them in group.values() for one in them))
        _groups(name, group, seen.vectors, seen.ms)
    return best


def _by_person(table: Path) -> dict[str, list[str]]:
    people: dict[str, list[str]] = defaultdict(list)
    if table.is_file():
        with table.open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                people[row["identity"]].append(row["file"])
    return people


def _row(title: str, scores: Scores, ms: list[float]) -> float:
    """One line of the table; gives the accuracy at the best threshold."""
    found = verification.figures_of(scores, 0.0)
    told = [
        f"{at['frr']['value']:.2%}" if at["far_trials_suffice"] else "-"
        for at in found["frr_at_far"].values()
    ]
    best, eer = found["accuracy_best"]["value"], found["eer"]
    ms_told = f"{np.median(ms):.1f}" if ms else ""
    print(f"  {title:40}{best:>9.2%}{eer:>8.2%}{told[0]:>10}{told[1]:>10}{scores.failed:>9}{ms_told:>7}")
    return float(best)


def _groups(name: str, people: Mapping[str, list[str]], vectors: Vectors, ms: list[float]) -> None:
    """All pairs of the group, and templates of three against the other photos."""
    if not people:
        return
    whose = {one: who for who, files in people.items() for one in files}
    pairs = [tables.Pair(a, b, whose[a] == whose[b]) for a, b in combinations(whose, 2)]
    _row(f"{name}, East Asian, one photo", verification.scored(pairs, vectors.__getitem__), ms)
    seen = {who: [v for one in files if (v := vectors[one]) is not None] for who, files in people.items()}
    own, strangers = trials(seen, draws=DRAWS)
    failed = DRAWS * sum(vector is None for vector in vectors.values())  # each is looked for in every draw
    _row(f"{name}, East Asian, three photos", Scores(own, strangers, failed, failed * (len(people) - 1)), [])
