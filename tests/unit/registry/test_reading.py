"""Rows of CSV and XLSX files: every encoding that people have, numbers as they were typed, files that are none."""

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.registry.reading import rows_of, text_of
from core.registry.rules import spoilt
from tests.factories.registry import PEOPLE, as_csv, as_xlsx, person

TEXT = st.text(
    st.characters(codec="gb18030", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12
).filter(lambda text: text.strip() == text and not text.startswith(("'", '="')))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=5))
def test_every_encoding_gives_the_same_rows(encoding: str, rows: list[tuple[str, ...]]) -> None:
    content = as_csv(("姓名", "身份证号", "证书编号"), rows, encoding)
    assert [tuple(texts) for _number, texts in rows_of(content)][1:] == rows


@given(st.integers(0, 10**18))
def test_a_number_keeps_its_digits_or_is_seen_to_have_lost_them(number: int) -> None:
    """Long numbers are kept as text: what a spreadsheet keeps as a number has 15 digits and no more."""
    told = text_of(float(number))
    assert told == str(number) if number < 10**15 else spoilt(told)


def test_cells_are_the_texts_that_were_meant() -> None:
    cells = [
        None,
        " 310 ",
        '="310101"',
        "'310101",
        12,
        12.0,
        1.5,
        date(2027, 5, 31),
        datetime(2027, 5, 31, 0, 0),
    ]
    told = ["", "310", "310101", "310101", "12", "12", "1.5", "2027-05-31", "2027-05-31"]
    assert [text_of(cell) for cell in cells] == told


def test_a_sheet_gives_rows_with_the_numbers_that_people_see() -> None:
    content = as_xlsx(("名单",), (), PEOPLE, person(1), (), person(2))
    assert [number for number, _texts in rows_of(content)] == [1, 3, 4, 6]
    assert list(rows_of(content))[2][1] == list(person(1))


def test_formulas_are_the_values_that_the_file_keeps() -> None:
    """A program that has never computed them keeps none: such a cell is empty, and the row is told as faulty."""
    assert [texts for _number, texts in rows_of(as_xlsx(("姓名", "x"), ('=CONCATENATE("a","b")', "y")))][
        1
    ] == ["", "y"]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04not a zip",
        b"\x00\x01\x02\x00",
        b"\xff\xfea",
        b"%PDF-1.4 \x00\x00",
        as_xlsx(("姓名",))[:-40],
    ],
)
def test_what_is_no_table_is_told(content: bytes) -> None:
    with pytest.raises(BadInput, match="无法读取"):
        list(rows_of(content))


def test_unpaired_quotes_are_told() -> None:
    with pytest.raises(BadInput, match="引号"):
        list(rows_of('姓名,身份证号\n"甲"x,1\n'.encode()))


def test_what_unpacks_to_far_more_is_not_unpacked() -> None:
    """A decompression bomb is told by its directory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/a.xml", "w") as part:
        for _ in range(700):
            part.write(b"\0" * 1024 * 1024)
    assert len(out.getvalue()) < 1024 * 1024
    with pytest.raises(BadInput, match="解压后过大"):
        list(rows_of(out.getvalue()))


@given(st.binary(max_size=200))
def test_no_bytes_break_it(content: bytes) -> None:
    for start in (b"", b"PK"):
        try:
            list(rows_of(start + content))
        except BadInput as error:
            assert error.sentence
