"""A file of the register: its columns are found, and everything that is wrong is told by row and column."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.registry.judging import RowFault, judge
from core.registry.rules import folded_name, same_name
from tests.factories.registry import AGENCIES, PEOPLE, as_csv, as_xlsx, id_number, person
from tests.factories.world import valid_uscc


def faults(content: bytes) -> list[RowFault]:
    return judge("people", content).faults


@pytest.mark.rule("G-1")
def test_a_person_has_all_his_certificates() -> None:
    """A person who enters certificates (从业) must be there under the same ID number and name."""
    rows = [
        person(1),
        ("人员1", id_number(1), "一级注册消防工程师", "E1", "长期"),
        ("人员2", id_number(2), "", "", ""),
    ]
    judged = judge("people", as_csv(PEOPLE, rows))
    assert (judged.rows, judged.faults) == (3, [])
    assert judged.names == {id_number(1): "人员1", id_number(2): "人员2"}
    assert {key: row.until_day for key, row in judged.certificates.items()} == {
        ("operator", "C00000001"): "2027-05-31",
        ("level_1_engineer", "E1"): None,
    }


@pytest.mark.rule("G-2")
def test_every_fault_is_told_with_its_row_and_column() -> None:
    """A local mirror filled from CSV/XLSX: nothing is waved through, and nothing is lost without a word."""
    good = person(1)
    rows = [
        good,
        ("", id_number(3), "", "", ""),
        ("甲", id_number(4)[:-1] + "?", "", "", ""),
        ("乙", "3.10101E+17", "", "", ""),
        ("丙", id_number(5), "厨师证", "1", "2027年13月1日"),
        ("丁", id_number(6), "消防设施操作员", "", "2027/5/1"),
        ("别名", good[1], "", "", ""),
        ("戊", id_number(7), good[2], good[3], good[4]),
        (*good[:4], "2028-01-01"),
    ]
    assert [(one.row, one.column, one.sentence) for one in faults(as_csv(PEOPLE, rows))] == [
        (3, "姓名", "缺少姓名"),
        (4, "身份证号", "身份证号码不正确"),
        (5, "身份证号", "号码被表格软件存成了数字，末几位已丢失；请把该列设为文本后重新填写"),
        (6, "证书种类", "无法识别的证书种类，可用：一级注册消防工程师、二级注册消防工程师、消防设施操作员"),
        (6, "有效期至", "有效期无法识别，请写成 2027-05-31"),
        (7, "证书编号", "缺少证书编号"),
        (8, "姓名", "同一身份证号在文件中有不同的姓名"),
        (9, "证书编号", "该证书在文件中属于另一人"),
        (10, "有效期至", "同一证书在文件中有不同的有效期"),
    ]


@pytest.mark.parametrize("title", ["消防设施操作员（中级）", "消防设施操作员(高级)", " 消防设施操作员 "])
def test_a_level_in_brackets_is_no_other_kind(title: str) -> None:
    judged = judge("people", as_csv(PEOPLE, [person(1, title)]))
    assert (list(judged.certificates), judged.faults) == ([("operator", "C00000001")], [])


def test_a_faulty_row_leaves_nothing_behind() -> None:
    judged = judge("people", as_csv(PEOPLE, [("甲", id_number(1), "厨师证", "1", "")]))
    assert (judged.names, judged.certificates, judged.faulty) == ({}, {}, 1)


def test_a_spreadsheets_number_is_no_id_number() -> None:
    """17 and more digits turned to floats are refused, whatever they look like."""
    content = as_xlsx(
        PEOPLE, ("甲", 310101199001011237.0, "", "", ""), ("乙", 310101199001011200, "", "", "")
    )
    assert [one.sentence[:9] for one in faults(content)] == ["号码被表格软件存成"] * 2


def test_columns_are_found_by_their_headings_wherever_they_stand() -> None:
    row = dict(zip(PEOPLE, person(1), strict=True))
    head = ["序号", "有效期", "证书编号*", "证件号码", "证书类型", " 姓 名 "]
    values = ["1", row["有效期至"], row["证书编号"], row["身份证号"], row["证书种类"], row["姓名"]]
    plain, moved = as_csv(PEOPLE, [person(1)]), as_xlsx(("上海市名录",), ("2026年11月",), head, values)
    assert judge("people", plain).certificates == judge("people", moved).certificates


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadInput, match="文件缺少列：身份证号"):
        judge("people", as_csv(("姓名", "证书编号"), [("甲", "1")]))
    with pytest.raises(BadInput, match="文件缺少列：统一社会信用代码"):
        judge("agencies", as_csv(PEOPLE, [person(1)]))


def test_agencies_have_the_qualifications_that_they_are_told_to_have() -> None:
    rows = [
        (valid_uscc(1), "示例消防", "维护保养检测、消防安全评估"),
        (valid_uscc(2).lower(), "示例二", "消防安全评估"),
        (valid_uscc(3), "示例三", "包治百病"),
        (valid_uscc(1), "另一名称", ""),
    ]
    judged = judge("agencies", as_csv(AGENCIES, rows))
    assert [(one.uscc, one.qualifications) for one in judged.agencies.values()] == [
        (valid_uscc(1), ("消防安全评估", "维护保养检测")),
        (valid_uscc(2), ("消防安全评估",)),
    ]
    assert [(one.row, one.sentence) for one in judged.faults] == [
        (4, "无法识别的资质：包治百病"),
        (5, "同一统一社会信用代码在文件中有不同的内容"),
    ]


@given(st.integers(0, 2**32), st.integers(2, 12))
def test_the_order_of_good_rows_makes_no_difference(seed: int, count: int) -> None:
    rows = [person(n) for n in range(count)] + [
        (*person(n)[:2], "一级注册消防工程师", f"E{n}", "") for n in range(count)
    ]
    mixed = random.Random(seed).sample(rows, len(rows))
    one, other = judge("people", as_csv(PEOPLE, rows)), judge("people", as_csv(PEOPLE, mixed))
    assert (one.names, one.certificates, one.faults) == (other.names, other.certificates, other.faults)


def test_progress_may_break_off() -> None:
    class Enough(Exception):
        """Somebody has pressed cancel."""

    def progress(rows: int) -> None:
        if rows >= 1_000:
            raise Enough

    with pytest.raises(Enough):
        judge("people", as_csv(PEOPLE, [person(n) for n in range(1_500)]), progress)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海（示例）消防有限公司", "上海(示例)消防有限公司"),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉.买买提"),
        ("张 三", "张三"),
        ("ＡＢＣ消防", "abc消防"),
    ],
)
def test_one_name_may_be_written_in_several_ways(one: str, other: str) -> None:
    assert same_name(one, other)


@given(st.text(max_size=20))
def test_folding_a_name_twice_is_folding_it_once(name: str) -> None:
    assert folded_name(folded_name(name)) == folded_name(name)


def test_other_names_stay_others() -> None:
    assert not same_name("张三", "张三丰")
