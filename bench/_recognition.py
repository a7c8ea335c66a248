"""Recognition: verification beside other recognisers, by group, and open-set search; every rate with its trials."""

import csv
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench import _others as others
from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.enrolment import PHOTOS_GOOD
from core.face.matching import blend, pack
from core.face.tool import album, figures, tables, verification
from core.face.tool.identification import Crowd, figures_of
from core.face.types import Candidate, Numbers, Vector

Vectors = Mapping[str, Vector | None]
DRAWS = 50
_HEAD = f"  {'':40}{'accuracy':>9}{'EER':>8}{'FRR 1e-2':>10}{'FRR 1e-3':>10}{'no face':>9}{'ms':>7}"


def measure(data: Path) -> dict[str, float]:
    """Everything that the data allow; gives the figures that have goals."""
    begun, faces, found = time.perf_counter(), data / "faces", {}
    if (faces / "lfw_pairs.csv").is_file():
        print("verification")
        print(_HEAD)
        found["lfw_accuracy"] = _verify(faces)
    if (faces / "lfw_identification.csv").is_file():
        found |= _search(faces)
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
    scores = verification.scored(listed, own)
    best = _row("zhiye, LFW pairs", scores.own, scores.others, scores.failed, own.times())
    _groups("zhiye", group, {name: one.vector for name, one in asian.looks.items()}, asian.times())
    for name, identify in (("YuNet + SFace", others.plain()), ("dlib", others.dlib())):
        if identify is None:
            print(f"  {name}: not installed")
            continue
        lfw = others.look(identify, faces / "lfw", files)
        kept: dict[bool, list[float]] = {True: [], False: []}
        for pair in listed:
            a, b = lfw.vectors[pair.first], lfw.vectors[pair.second]
            if a is not None and b is not None:
                kept[pair.same].append(float(a @ b))
        failed = len(listed) - sum(map(len, kept.values()))
        _row(f"{name}, LFW pairs", np.array(kept[True]), np.array(kept[False]), failed, lfw.ms)
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


def _row(title: str, own: Numbers, strangers: Numbers, failed: int, ms: list[float]) -> float:
    """One line of the table; a pair without a face is wrong, and its owner refused."""
    limit = figures.best_threshold(own, strangers)
    wrong = figures.accuracy(own, strangers, limit, failed).value or 0.0
    told = []
    for share in (1e-2, 1e-3):
        if figures.can_be_told(len(strangers), share):
            told.append(f"{figures.refused(own, figures.threshold_at(strangers, share)).value:.2%}")
        else:
            told.append("-")
    eer = figures.equal_error(own, strangers)
    ms_told = f"{np.median(ms):.1f}" if ms else ""
    print(f"  {title:40}{1 - wrong:>9.2%}{eer:>8.2%}{told[0]:>10}{told[1]:>10}{failed:>9}{ms_told:>7}")
    return 1 - wrong


def _groups(name: str, people: Mapping[str, list[str]], vectors: Vectors, ms: list[float]) -> None:
    """All pairs of the group, and templates of three against the other photos."""
    seen = {who: [v for one in files if (v := vectors[one]) is not None] for who, files in people.items()}
    failed = sum(map(len, people.values())) - sum(map(len, seen.values()))
    if not people:
        return
    stacked = np.stack([one for them in seen.values() for one in them])
    names = np.array([who for who, them in seen.items() for _ in them])
    upper = np.triu_indices(len(names), 1)
    scores, same = (stacked @ stacked.T)[upper], (names[:, None] == names[None, :])[upper]
    _row(f"{name}, East Asian, one photo", scores[same], scores[~same], failed, ms)
    own, strangers, chance = [], [], np.random.default_rng(1)
    for _ in range(DRAWS):
        for who, them in seen.items():
            if len(them) > PHOTOS_GOOD:
                order = chance.permutation(len(them))
                template = blend([them[index] for index in order[:PHOTOS_GOOD]])
                own += [float(them[index] @ template) for index in order[PHOTOS_GOOD:]]
                strangers.append(stacked[names != who] @ template)
    _row(f"{name}, East Asian, three photos", np.array(own), np.concatenate(strangers), failed, [])


def _search(faces: Path) -> dict[str, float]:
    """Open-set searches on LFW: as the table says, among everybody, and with templates of three photos."""
    files = [f"{path.parent.name}/{path.name}" for path in sorted((faces / "lfw").glob("*/*.jpg"))]
    seen = album.look(FaceEngine.shipped, faces / "lfw", files)
    rows = tables.entries(faces / "lfw_identification.csv")[0]
    people: dict[str, list[Vector | None]] = defaultdict(list)
    for name in files:
        people[name.split("/")[0]].append(seen.vector(name))
    strangers = [("", seen.vector(row.file)) for row in rows if row.role == "unknown"]
    levels = seen.calibration()
    several = {who: them for who, them in people.items() if len(them) > 1}
    one = _crowd(levels, several, 1, strangers)
    three = _crowd(
        levels, {who: them for who, them in people.items() if len(them) > PHOTOS_GOOD}, PHOTOS_GOOD, strangers
    )
    print("open-set search on LFW")
    found = {
        "fnir_at_fpir_1_percent": _told(f"one photo, all {len(one.people)}", one, None, "0.01"),
    }
    _told("one photo, 300 of them", one, 300, "0.01")
    _told("one photo, 20 of them", one, 20, "0.001")
    found["fnir_20_of_three_photos"] = _told("three photos, 20 of them", three, 20, "0.001")
    _told(f"three photos, all {len(three.people)}", three, None, "0.01")
    return found


def _crowd(
    levels: Calibration,
    people: Mapping[str, list[Vector | None]],
    photos: int,
    strangers: list[tuple[str, Vector | None]],
) -> Crowd:
    """Of each person the first photos are his template and the others look for him; one without a face finds nobody."""
    crowd = Crowd(levels, strangers=strangers)
    for who, them in sorted(people.items()):
        first = [one for one in them[:photos] if one is not None]
        if not first:
            crowd.not_enrolled.append(who)
        else:
            crowd.people.append(Candidate(who, (pack(levels.model, first),)))
        crowd.mates += [(who, one) for one in them[photos:]]
    return crowd


def _told(title: str, crowd: Crowd, candidates: int | None, share: str) -> float:
    """Prints the shipped rule's rates, and FNIR at this FPIR; gives the latter."""
    found = figures_of(crowd, candidates, seed=1)
    at = found["fnir_at_fpir"][share]["fnir"]
    print(f"  {title} (threshold {found['threshold']:.3f}, {found['draws']} drawn)")
    for name, rate in (
        ("FNIR", found["fnir_shipped"]),
        ("FPIR", found["fpir_shipped"]),
        (f"FNIR at FPIR {share}", at),
    ):
        print(f"    {name:20} {verification.rate(rate)}")
    return float(at["value"])
