"""Recognition figures: verification on pairs, by group, and open-set search; trials are printed with every rate."""

import csv
import time
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.matching import Gallery, mean, pack
from core.face.types import Candidate, Vector

Scores = NDArray[np.float64]


class Album:
    """Vectors of photos, each computed once; None where no face is found, which counts as an error everywhere."""

    def __init__(self, engine: FaceEngine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self.calibration: Calibration = engine.calibration
        self._known: dict[str, Vector | None] = {}

    def vector(self, name: str) -> Vector | None:
        """The identity in a photo."""
        if name not in self._known:
            image = cv2.imread(str(self._folder / name))
            found = (
                None
                if image is None
                else self._engine.observer.observe(np.asarray(image, np.uint8), 0.0).vector
            )
            self._known[name] = found
        return self._known[name]


def measure(engine: FaceEngine, data: Path) -> dict[str, float]:
    """Everything that the data allow."""
    begun, figures = time.perf_counter(), {}
    lfw = Album(engine, data / "faces" / "lfw")
    if (data / "faces" / "lfw_pairs.csv").is_file():
        figures["lfw_accuracy"] = verification(lfw, data / "faces" / "lfw_pairs.csv")
    if (data / "faces" / "lfw_identification.csv").is_file():
        search(lfw, data / "faces" / "lfw_identification.csv")
    if (data / "faces" / "asian_identification.csv").is_file():
        groups(Album(engine, data / "faces" / "asian"), data / "faces" / "asian_identification.csv")
    print(f"photos took {time.perf_counter() - begun:.0f} s")
    return figures


def verification(album: Album, table: Path) -> float:
    """Accuracy at the best and at the shipped threshold over listed pairs; gives the best."""
    with table.open(encoding="utf-8") as rows:
        pairs = [
            (album.vector(p["file_a"]), album.vector(p["file_b"]), p["same"] == "1")
            for p in csv.DictReader(rows)
        ]
    # Who is not found is refused: -1 whichever the truth.
    scores = np.array([-1.0 if a is None or b is None else float(a @ b) for a, b, _ in pairs])
    same = np.array([truth for *_, truth in pairs])
    missing = sum(a is None or b is None for a, b, _ in pairs)
    print(f"LFW pairs: {len(pairs)}, of which {missing} without a face")
    return report("  all", scores[same], scores[~same], album.calibration.accept(1))


def report(title: str, own: Scores, others: Scores, accept: float) -> float:
    """Prints EER, error rates and accuracies; gives the best accuracy."""
    steps = np.linspace(-0.3, 1.0, 1301)
    refused = np.searchsorted(np.sort(own), steps) / len(own)
    taken = 1 - np.searchsorted(np.sort(others), steps) / len(others)
    middle = int(np.argmin(np.abs(refused - taken)))
    right = ((1 - refused) * len(own) + (1 - taken) * len(others)) / (len(own) + len(others))
    shipped = int(np.searchsorted(steps, accept))
    line = f"{title}: own {len(own)}, others {len(others)}, EER {(refused[middle] + taken[middle]) / 2:.2%}"
    for rate in (1e-2, 1e-3, 1e-4):
        if len(others) * rate >= 3:
            line += f", FRR {float((own < np.quantile(others, 1 - rate)).mean()):.2%} at FAR {rate:g}"
    print(
        f"{line}; best accuracy {np.max(right):.2%}; at {accept}: FRR {refused[shipped]:.2%}, FAR {taken[shipped]:.2g}"
    )
    return float(np.max(right))


def groups(album: Album, table: Path) -> None:
    """All pairs of one group, and templates of three against the other photos."""
    people: dict[str, list[Vector]] = defaultdict(list)
    with table.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            vector = album.vector(row["file"])
            if vector is not None:
                people[row["identity"]].append(vector)
    names = [name for name, found in people.items() for _ in found]
    vectors = np.stack([vector for found in people.values() for vector in found])
    accept = album.calibration.accept(1)
    report("East Asian, single photos", *_pairs(vectors, np.array(names)), accept)
    own, others, chance = [], [], np.random.default_rng(1)
    for _ in range(50):
        for name, found in people.items():
            if len(found) < 4:
                continue
            order = chance.permutation(len(found))
            template = mean([found[index] for index in order[:3]])
            own += [float(found[index] @ template) for index in order[3:]]
            others += [
                float(one @ template) for other, them in people.items() if other != name for one in them
            ]
    report("East Asian, templates of three (drawn 50 times)", np.array(own), np.array(others), accept)


def _pairs(vectors: NDArray[np.float32], names: NDArray[np.str_]) -> tuple[Scores, Scores]:
    upper = np.triu_indices(len(names), 1)
    scores, same = (vectors @ vectors.T)[upper], (names[:, None] == names[None, :])[upper]
    return scores[same], scores[~same]


def search(album: Album, table: Path) -> None:
    """Open-set search at the shipped threshold and margin: 20 candidates drawn many times, and all at once."""
    enrolled: dict[str, Vector] = {}
    probes: list[tuple[str, Vector | None]] = []
    unknown: list[Vector | None] = []
    with table.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            vector = album.vector(row["file"])
            if row["role"] == "enrol" and vector is not None:
                enrolled[row["identity"]] = vector
            elif row["role"] == "probe":
                probes.append((row["identity"], vector))
            elif row["role"] == "unknown":
                unknown.append(vector)
    chance, names = np.random.default_rng(1), sorted(enrolled)
    for size, rounds in ((20, 200), (len(names), 1)):
        missed = seen = false = strangers = 0
        for _ in range(rounds):
            group = [str(name) for name in chance.choice(names, size, replace=False)]
            people = [Candidate(name, (pack(album.calibration.model, [enrolled[name]]),)) for name in group]
            gallery = Gallery(people, album.calibration)
            inside = [(name, vector) for name, vector in probes if name in group]
            missed += sum(_found(gallery, vector) != name for name, vector in inside)
            seen += len(inside)
            false += sum(_found(gallery, vector) is not None for vector in unknown)
            strangers += len(unknown)
        print(
            f"LFW 1:{size}, one photo each: FNIR {missed / seen:.2%} of {seen}, FPIR {false / strangers:.3%} of "
            f"{strangers} (95 % below {(false + 1.96 * (false + 1) ** 0.5 + 2) / strangers:.3%})"
        )


def _found(gallery: Gallery, vector: Vector | None) -> str | None:
    match = None if vector is None else gallery.best(vector)
    return match.person_id if match is not None and match.accepted else None
