"""The tables of photos that others measure with: read as spreadsheets write them, wherever they were written."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core.errors import BadInput
from core.face.tool.pictures import read_bytes
from core.face.tool.report import Bad

_TRUE, _FALSE = {"1", "true", "yes", "y", "same", "1.0"}, {"0", "false", "no", "n", "different", "0.0"}
ROLES = ("enrol", "probe", "unknown")
_SPELLED = {"enroll": "enrol", "enrolled": "enrol", "gallery": "enrol", "impostor": "unknown"}
Row = dict[str, str]
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos, and whether they show the same person."""

    first: str
    second: str
    same: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A photo of a person and what it is for."""

    identity: str
    file: str
    role: str


def pairs(path: Path) -> tuple[list[Pair], list[Bad]]:
    """The rows of a table of pairs, and the rows that could not be read."""
    good, bad = [], []
    for number, row in _rows(path, ("file_a", "file_b", "same")):
        word = row["same"].lower()
        if row["file_a"] and row["file_b"] and word in _TRUE | _FALSE:
            good.append(Pair(_slashes(row["file_a"]), _slashes(row["file_b"]), word in _TRUE))
        else:
            bad.append(_bad(path, number, "file_a、file_b 不能为空，same 应为 1 或 0"))
    return _some(good, path), bad


def entries(path: Path) -> tuple[list[Entry], list[Bad]]:
    """The rows of a table of people, and the rows that could not be read."""
    good, bad = [], []
    for number, row in _rows(path, ("identity", "file", "role")):
        role = _SPELLED.get(row["role"].lower(), row["role"].lower())
        if row["file"] and role in ROLES and (row["identity"] or role == "unknown"):
            good.append(Entry(row["identity"], _slashes(row["file"]), role))
        else:
            bad.append(_bad(path, number, f"file 不能为空，role 应为 {'、'.join(ROLES)} 之一"))
    return _some(good, path), bad


def _rows(path: Path, wanted: Sequence[str]) -> list[tuple[int, Row]]:
    """Numbered rows by the wanted columns; further columns, their order and the case of the head don't matter."""
    lines = io.StringIO(_text(read_bytes(path)), newline="")
    try:
        rows = [row for row in csv.reader(lines, _dialect(lines)) if any(cell.strip() for cell in row)]
    except csv.Error:
        raise BadInput(
            "face.table_text", f"{path.name} 不是 CSV 表格。", "请另存为 UTF-8 编码的 CSV 文件。"
        ) from None
    head = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in wanted if name not in head]
    if missing:
        raise BadInput(
            "face.table_columns", f"表格缺少列：{'、'.join(missing)}。", f"第一行应为：{','.join(wanted)}"
        )
    places = {name: head.index(name) for name in wanted}
    return [(number, _cells(row, places)) for number, row in enumerate(rows[1:], 2)]


def _cells(row: list[str], places: dict[str, int]) -> Row:
    return {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("face.table_text", "表格的编码无法识别。", "请另存为 UTF-8 编码的 CSV 文件。")


def _dialect(lines: io.StringIO) -> type[csv.excel]:
    """Spreadsheets of other countries write semicolons or tabs."""
    head = lines.readline()
    lines.seek(0)

    class Found(csv.excel):
        """The separator that the head has most of."""

        delimiter = max(",;\t", key=head.count)

    return Found


def _slashes(name: str) -> str:
    return name.replace("\\", "/")


def _bad(path: Path, number: int, why: str) -> Bad:
    return Bad(f"{path.name}:{number}", "face.table_row", f"第 {number} 行无法识别：{why}。")


def _some(found: list[Kind], path: Path) -> list[Kind]:
    if not found:
        raise BadInput("face.table_empty", f"{path.name} 中没有可用的行。", "请检查表格的内容和分隔符。")
    return found
