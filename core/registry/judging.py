"""Turns a file into rows of the register and the faults of those that are none, told by row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from core.errors import BadInput, Fault
from core.registry.reading import Row, rows_of
from core.registry.rules import (
    COLUMNS,
    REQUIRED,
    AgencyRow,
    Kind,
    PersonRow,
    agency_of,
    folded_name,
    person_of,
)

_HEADING_WITHIN = 10
_TELL_EVERY = 1_000

Progress = Callable[[int], None]
"""Told how many rows have been read; may raise to break off."""


class RowFault(msgspec.Struct, frozen=True):
    """What is wrong with a row, and in which column, by the file's own heading."""

    row: int
    column: str
    sentence: str


@dataclass(slots=True)
class Judged:
    """A file's rows: what can be kept, and every fault with its row."""

    kind: Kind
    agencies: dict[str, AgencyRow] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """People's names by ID number."""
    certificates: dict[tuple[str, str], PersonRow] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    rows: int = 0
    faulty: int = 0


def judge(kind: Kind, content: bytes, progress: Progress = lambda _rows: None) -> Judged:
    """Reads the whole file; raises ``BadInput`` for a file that can't be read or lacks a column."""
    rows = rows_of(content)
    columns, headings = _columns(kind, rows)
    made = Judged(kind)
    for number, texts in rows:
        cells = {name: texts[place] if place < len(texts) else "" for name, place in columns.items()}
        found = _agency(made, cells) if kind == "agencies" else _person(made, cells)
        made.rows += 1
        made.faulty += bool(found)
        made.faults += [RowFault(number, headings.get(one.field, ""), one.sentence) for one in found]
        if made.rows % _TELL_EVERY == 0:
            progress(made.rows)
    progress(made.rows)
    return made


def _columns(kind: Kind, rows: Iterable[Row]) -> tuple[dict[str, int], dict[str, str]]:
    """Where each column is, and its heading; titles may stand above the headings."""
    missing: tuple[str, ...] = REQUIRED[kind]
    for number, texts in rows:
        bare = [folded_name(text).rstrip("*:") for text in texts]
        places = {
            name: bare.index(heading)
            for name, headings in COLUMNS[kind].items()
            for heading in reversed(headings)
            if heading in bare
        }
        lacking = tuple(name for name in REQUIRED[kind] if name not in places)
        if not lacking:
            return places, {name: texts[place] for name, place in places.items()}
        missing = min(missing, lacking, key=len)
        if number >= _HEADING_WITHIN:
            break
    wanted = "、".join(COLUMNS[kind][name][0] for name in missing)
    raise BadInput("registry.columns", f"文件缺少列：{wanted}", "请在表头中使用这些名称，并确认导入的种类")


def _agency(made: Judged, cells: dict[str, str]) -> list[Fault]:
    row, found = agency_of(cells)
    if not found and (known := made.agencies.get(row.uscc)) is not None and known != row:
        found = [Fault("uscc", "同一统一社会信用代码在文件中有不同的内容")]
    if not found:
        made.agencies[row.uscc] = row
    return found


def _person(made: Judged, cells: dict[str, str]) -> list[Fault]:
    row, found = person_of(cells)
    known = made.names.get(row.id_number, row.name)
    if not found and folded_name(known) != folded_name(row.name):
        found = [Fault("name", "同一身份证号在文件中有不同的姓名")]
    if not found and row.kind is not None and row.number is not None:
        found = _certificate(made, row.kind, row.number, row)
    if not found:
        made.names.setdefault(row.id_number, row.name)
    return found


def _certificate(made: Judged, kind: str, number: str, row: PersonRow) -> list[Fault]:
    known = made.certificates.setdefault((kind, number), row)
    if known.id_number != row.id_number:
        return [Fault("number", "该证书在文件中属于另一人")]
    return [] if known.until_day == row.until_day else [Fault("until", "同一证书在文件中有不同的有效期")]
