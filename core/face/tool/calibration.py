"""``calibrate``: an engine's thresholds from photos of people, as a file that programs read."""

from collections import defaultdict
from pathlib import Path

import msgspec

from core.errors import BadInput
from core.face import calibrating, calibration
from core.face.matching import MARGIN
from core.face.tool import album, tables
from core.face.tool.album import Album
from core.face.tool.crew import Open
from core.face.tool.report import DONE, INTERRUPTED, Report, columns
from core.face.types import Vector


def calibrate(
    table: Path, root: Path, opened: Open, jobs: int | None, *, out: Path | None, seed: int
) -> Report:
    """Finds thresholds and writes them; whatever role a photo has, it is one of its person."""
    rows, bad = tables.entries(table)
    seen = album.look(opened, root, (row.file for row in rows), jobs)
    if seen.interrupted:
        return Report(
            INTERRUPTED, {"command": "calibrate", "interrupted": True}, ["interrupted: nothing written"], bad
        )
    people = _people(rows, seen)
    engine_model = seen.calibration().model
    found = calibrating.calibrate(engine_model, people, f"{table.name}, {len(seen.looks)} photos", seed=seed)
    if out is not None:
        _write(out, calibration.written(found))
    data = {
        "command": "calibrate", "versions": seen.versions, "interrupted": False, "file": str(out) if out else None,
        "calibration": msgspec.to_builtins(found), "sha256": found.sha256,
    }  # fmt: skip
    return Report(DONE, data, _lines(found, out), [*bad, *seen.bad()])


def _people(rows: list[tables.Entry], seen: Album) -> dict[str, list[Vector]]:
    """Vectors by person; an unknown person without a name is somebody of his own."""
    people: dict[str, list[Vector]] = defaultdict(list)
    for file, row in {row.file: row for row in rows}.items():
        vector = seen.vector(file)
        if vector is not None:
            people[row.identity or f"unknown {file}"].append(vector)
    return people


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError:
        raise BadInput("face.not_written", f"无法写入 {path}。", "请检查文件夹是否存在、是否可写。") from None


def _lines(found: calibration.Calibration, out: Path | None) -> list[str]:
    basis = found.basis
    rows = [("candidates", "accept", "FPIR aimed at", "FNIR of these people")]
    rows += [
        (f"{one.candidates}", f"{one.accept:.3f}", f"{one.fpir_aimed:.3%}", f"{one.fnir:.3%}")
        for one in found.steps
    ]
    return [
        *columns(rows),
        f"same {found.same}, typical {found.typical}; fixed for all engines: margin {MARGIN}",
        f"rests on {basis.people} people: {basis.own} own, {basis.strangers} strangers ({basis.data})",
        f"written: {out}, SHA-256 {found.sha256}" if out else "written: no, -o FILE writes it",
    ]
