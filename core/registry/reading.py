"""Reads the rows of a CSV or XLSX file as texts, with their row numbers; tells by content which of the two it is."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from core.errors import BadInput

LARGEST = 50 * 1024 * 1024
_UNPACKED = 600 * 1024 * 1024
"""A register of some hundred thousand rows stays far below it; what unpacks to more is meant to harm."""
_DIGITS = 15
"""A spreadsheet's number keeps so many digits, and loses what comes after them."""

Row = tuple[int, list[str]]


def rows_of(content: bytes) -> Iterator[Row]:
    """Each row that is not empty, as (row number, texts); raises ``BadInput`` for what is no such file."""
    if len(content) > LARGEST:
        raise BadInput("files.large", "文件超过 50 MB", "请拆分后分次导入")
    made = _sheet(content) if content[:2] == b"PK" else _csv(content)
    for number, cells in enumerate(made, 1):
        texts = [text_of(cell) for cell in cells]
        if any(texts):
            yield number, texts


def text_of(cell: object) -> str:
    """A cell as the text that was meant: no number becomes another one, a day is an ISO day."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        return _number(cell)
    text = str(cell).strip()
    if text.startswith('="') and text.endswith(
        '"'
    ):  # how long numbers are written so that Excel leaves them alone
        text = text[2:-1]
    return text.removeprefix("'").strip()


def _number(value: float) -> str:
    """A number's digits; where they may have been lost it is written as a power, which every rule refuses."""
    if not value.is_integer():
        return repr(value)
    digits = str(int(value))
    return digits if len(digits.lstrip("-")) <= _DIGITS else f"{value:e}"


def _csv(content: bytes) -> Iterator[Sequence[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise _unreadable()
    first = text[: text.find("\n")] if "\n" in text else text
    separator = max(",\t;", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise BadInput("files.csv", "CSV 文件的引号不成对", "请用表格软件另存为 CSV 后再导入") from error


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark (Excel's "Unicode text"), or GB 18030, which Excel writes in China."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _sheet(content: bytes) -> Iterator[tuple[Any, ...]]:
    """The first sheet; formulas as the values that the file keeps of them."""
    import openpyxl  # here alone: kiosks have this module's callers, and no such library
    from openpyxl.utils.exceptions import InvalidFileException

    _require_small(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write wrong ones, and rows would be missing
        yield from sheet.iter_rows(values_only=True)
    except (InvalidFileException, KeyError, IndexError, ValueError, SyntaxError, zipfile.BadZipFile) as error:
        raise _unreadable() from error


def _require_small(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable() from error
    if size > _UNPACKED:
        raise BadInput("files.large", "文件解压后过大", "请拆分后分次导入")


def _unreadable() -> BadInput:
    return BadInput("files.unreadable", "文件无法读取", "请用表格软件另存为 XLSX 或 CSV 后再导入")
