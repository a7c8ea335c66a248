"""Open-set searches on LFW: rates at any threshold, and those of thresholds that other people's photos gave."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np

from core.face.calibrating import calibrate
from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.enrolment import PHOTOS_GOOD
from core.face.matching import pack
from core.face.tool import album, figures, tables
from core.face.tool.identification import Crowd, Searches, figures_of, searched
from core.face.types import Candidate, Vector

People: TypeAlias = Mapping[str, list[Vector | None]]
Looks: TypeAlias = list[tuple[str, Vector | None]]
SPLITS = 5
DRAWS = 20
_WORDS = {1: "one photo", PHOTOS_GOOD: "three photos"}


def measure(faces: Path) -> dict[str, float]:
    """Among everybody, among fewer, with templates of one photo and of three; gives the figures that have goals."""
    files = [f"{path.parent.name}/{path.name}" for path in sorted((faces / "lfw").glob("*/*.jpg"))]
    seen = album.look(FaceEngine.shipped, faces / "lfw", files)
    people: dict[str, list[Vector | None]] = defaultdict(list)
    for name in files:
        people[name.split("/")[0]].append(seen.vector(name))
    rows = tables.entries(faces / "lfw_identification.csv")[0]
    strangers = [("", seen.vector(row.file)) for row in rows if row.role == "unknown"]
    one, three = (crowd(seen.calibration(), people, photos, strangers) for photos in (1, PHOTOS_GOOD))
    print("open-set search on LFW: owners missed where strangers pass at this rate")
    found = {"fnir_at_fpir_1_percent": _at(f"one photo, all {len(one.people)}", one, None, "0.01")}
    _at("one photo, 300 of them", one, 300, "0.01")
    _at("one photo, 20 of them", one, 20, "0.001")
    found["fnir_20_of_three_photos"] = _at("three photos, 20 of them", three, 20, "0.001")
    _at(f"three photos, all {len(three.people)}", three, None, "0.01")
    print(f"the same by thresholds that the other half of the people gave, {SPLITS} splits, both ways")
    held = list(halves(people))
    for photos in (1, PHOTOS_GOOD):
        _held_out(held, photos, None)
        _held_out(held, photos, 20)
    return found


def crowd(levels: Calibration, people: People, photos: int, strangers: Looks) -> Crowd:
    """Of each person who has more, so many photos are his template and the others look for him; one without a face
    finds nobody."""
    found = Crowd(levels, strangers=strangers)
    for who, them in sorted(people.items()):
        if len(them) <= photos:
            continue
        first = [one for one in them[:photos] if one is not None]
        if not first:
            found.not_enrolled.append(who)
        else:
            found.people.append(Candidate(who, (pack(levels.model, first),)))
        found.mates += [(who, one) for one in them[photos:]]
    return found


def halves(people: People) -> Iterator[tuple[Calibration, People]]:
    """Thresholds from half of the people, and the other half, on whom to try them; then the other way round."""
    names = sorted(people)
    for seed in range(SPLITS):
        order = [names[index] for index in np.random.default_rng(seed).permutation(len(names))]
        middle = len(order) // 2
        for some, others in ((order[:middle], order[middle:]), (order[middle:], order[:middle])):
            usable = {who: [one for one in people[who] if one is not None] for who in some}
            yield (
                calibrate("held out", usable, "half of LFW", seed=seed),
                {who: people[who] for who in others},
            )


def _held_out(held: list[tuple[Calibration, People]], photos: int, size: int | None) -> None:
    """Prints the rates of the shipped rule; who has one photo is a stranger. Bounds rest on photos, not on draws."""
    own, others, crowds = Searches(), Searches(), []
    for seed, (levels, people) in enumerate(held):
        alone = [("", them[0]) for them in people.values() if len(them) == 1]
        crowds.append(crowd(levels, people, photos, alone))
        among = min(size or len(crowds[-1].people), len(crowds[-1].people))
        draws = DRAWS if size else 1
        for kept, new in zip(
            (own, others), searched(crowds[-1], among, draws, np.random.default_rng(seed)), strict=True
        ):
            kept.add(new)
    limits = sorted(one.calibration.accept(size or len(one.people)) for one in crowds)
    print(
        f"  {photos} photos, {size or 'all'} of {len(crowds[0].people)} (thresholds {limits[0]} to {limits[-1]})"
    )
    once = [sum(len(found) for found in them) // SPLITS for them in
            ([one.mates for one in crowds], [one.strangers for one in crowds])]  # fmt: skip
    missed = sum(not (accepted and right) for accepted, right in zip(own.accepted, own.right, strict=True))
    print(f"    {'FNIR':20} {figures.Rate(missed, len(own.accepted), once[0])}")
    print(f"    {'FPIR':20} {figures.Rate(sum(others.accepted), len(others.accepted), once[1])}")


def _at(title: str, people: Crowd, candidates: int | None, share: str) -> float:
    """Prints FNIR at this FPIR and gives it."""
    found = figures_of(people, candidates, seed=1)
    at = found["fnir_at_fpir"][share]
    rate = figures.Rate(at["fnir"]["errors"], at["fnir"]["trials"], at["fnir"].get("independent_trials"))
    print(
        f"  {title:28} FNIR at FPIR {share}: {rate}, threshold {at['threshold']:.3f}, {found['draws']} drawn"
    )
    return float(at["fnir"]["value"])
