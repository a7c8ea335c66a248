"""Tables of photos, as spreadsheets of this world write them."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.face.tool import tables
from core.face.tool.tables import Entry, Pair

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\\\0\r\n"), min_size=1, max_size=20).filter(
    lambda text: text.strip() == text
)


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "表 格.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "file_a,file_b,same\na/1.jpg,b/2.jpg,1\n",
        "\ufefffile_a,file_b,same\r\na/1.jpg,b/2.jpg,True\r\n\r\n",
        "Same ,extra,FILE_B,file_a\nyes,x,b\\2.jpg,a\\1.jpg\n",
        "file_a;file_b;same\na/1.jpg;b/2.jpg;1",
        'file_a\tfile_b\tsame\n"a/1.jpg"\t"b/2.jpg"\ttrue\n',
    ],
)
def test_pairs_are_read_however_they_were_written(text: str, tmp_path: Path) -> None:
    assert tables.pairs(_file(tmp_path, text.encode())) == ([Pair("a/1.jpg", "b/2.jpg", True)], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_names_survive_every_spreadsheet(encoding: str, tmp_path: Path) -> None:
    path = _file(tmp_path, "identity,file,role\n张 三,张 三/照片 1.jpg,enrol\n".encode(encoding))
    assert tables.entries(path)[0] == [Entry("张 三", "张 三/照片 1.jpg", "enrol")]


@given(rows=st.lists(st.tuples(NAMES, NAMES, st.booleans()), min_size=1, max_size=8))
def test_what_pythons_own_writer_writes_is_read_back(
    rows: list[tuple[str, str, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("file_a", "file_b", "same"), *((a, b, int(same)) for a, b, same in rows)])
    path = _file(tmp_path_factory.mktemp("table"), out.getvalue().encode())
    assert tables.pairs(path) == ([Pair(*row) for row in rows], [])


def test_rows_that_say_nothing_are_listed_and_the_others_count(tmp_path: Path) -> None:
    path = _file(tmp_path, b"file_a,file_b,same\na,b,1\na,,1\na,b,maybe\na\n")
    good, bad = tables.pairs(path)
    assert good == [Pair("a", "b", True)]
    assert [one.file.rpartition(":")[2] for one in bad] == ["3", "4", "5"]
    path = _file(
        tmp_path, b"identity,file,role\n,x.jpg,unknown\n,y.jpg,probe\nA,z.jpg,Enroll\nA,w.jpg,other\n"
    )
    people, bad = tables.entries(path)
    assert people == [Entry("", "x.jpg", "unknown"), Entry("A", "z.jpg", "enrol")] and len(bad) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "face.table_columns"),
        (b"file,identity\nx,y\n", "face.table_columns"),
        (b"file_a,file_b,same\n", "face.table_empty"),
        (b"\xff\xfe\x00", "face.table_text"),
        (b"\xff\x00\x80" * 9, "face.table_text"),
        (b"file_a,file_b,same\n" + b"a" * 200_000 + b",b,1", "face.table_text"),
    ],
)
def test_what_is_no_table_is_a_sentence(data: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        tables.pairs(_file(tmp_path, data))
    assert caught.value.code == code and caught.value.hint


def test_an_absent_table_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"face\.file_absent"):
        tables.pairs(tmp_path / "none.csv")
