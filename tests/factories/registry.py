"""Invented rows of the register, and files of them as people have them."""

import csv
import io
from collections.abc import Iterable, Sequence

import openpyxl
from stdnum.cn import ric

PEOPLE = ("姓名", "身份证号", "证书种类", "证书编号", "有效期至")
AGENCIES = ("统一社会信用代码", "机构名称", "资质")


def id_number(n: int) -> str:
    """An invented ID number with the right check digit; no two of ``n`` below a hundred million are one."""
    days, serial = divmod(n, 1_000)
    year, day = divmod(days, 28 * 12)
    stem = f"310101{1950 + year}{day // 28 + 1:02d}{day % 28 + 1:02d}{serial:03d}"
    return stem + ric.calc_check_digit(stem + "0")


def person(n: int, title: str = "消防设施操作员", until: str = "2027-05-31") -> tuple[str, ...]:
    """A row of a person with one certificate."""
    return (f"人员{n}", id_number(n), title, f"C{n:08d}", until)


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]], encoding: str = "utf-8-sig") -> bytes:
    """A CSV file as spreadsheet programs write it."""
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(*rows: Sequence[object]) -> bytes:
    """An XLSX file with these rows, the headings among them."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
