"""The register on the operator's command line: look first, import, and what is told of faults."""

import io
import sys
from pathlib import Path

import pytest

from server import cli
from tests.factories.registry import PEOPLE, as_csv, as_xlsx, id_number, person


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that the command line finds, made ready."""
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(tmp_path / "data"))
    assert cli.main(["init"]) == 0
    return tmp_path


@pytest.mark.rule("G-2")
def test_a_dry_run_changes_nothing_and_the_run_does_what_it_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A local mirror filled from CSV/XLSX."""
    path = folder / "名录.xlsx"
    path.write_bytes(as_xlsx(PEOPLE, person(1), person(2)))
    for _ in range(2):
        assert cli.main(["registry-import", str(path), "--kind", "people", "--dry-run"]) == 0
        told = capsys.readouterr().out
        assert "人员：新增 2，变更 0，不变 0，移出 0" in told and "名录没有改变" in told
    assert cli.main(["registry-import", str(path), "--kind", "people"]) == 0
    assert "证书：新增 2，变更 0，不变 0，移出 0" in capsys.readouterr().out
    assert cli.main(["registry-import", str(path), "--kind", "people", "--dry-run"]) == 0
    assert "人员：新增 0，变更 0，不变 2，移出 0" in capsys.readouterr().out


def test_faults_are_told_by_row_and_the_exit_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "名录.csv"
    path.write_bytes(as_csv(PEOPLE, [person(1), ("甲", "1", "", "", "")], "gb18030"))
    for arguments in (["--dry-run"], []):
        assert cli.main(["registry-import", str(path), "--kind", "people", *arguments]) == 3
        told = capsys.readouterr().out
        assert "共 2 行，其中 1 行有错误（未导入）" in told
        assert "第 3 行 身份证号：身份证号码不正确" in told


def test_a_complete_file_is_looked_at_as_it_would_be_imported(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "名录.csv"
    path.write_bytes(as_csv(PEOPLE, [person(1), person(2)]))
    assert cli.main(["registry-import", str(path), "--kind", "people"]) == 0
    path.write_bytes(as_csv(PEOPLE, [person(2)]))
    assert cli.main(["registry-import", str(path), "--kind", "people", "--complete", "--dry-run"]) == 0
    assert "移出 1" in capsys.readouterr().out
    path.write_bytes(as_csv(PEOPLE, [person(2), ("甲", "1", "", "", "")]))
    assert cli.main(["registry-import", str(path), "--kind", "people", "--complete", "--dry-run"]) == 1
    assert "不能作为完整名录" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("nowhere.csv", None, "找不到文件"),
        ("a.xlsx", b"PK no", "无法读取"),
        ("a.csv", b"a,b\n1,2\n", "文件缺少列："),
    ],
)
def test_what_is_no_register_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    assert cli.main(["registry-import", str(folder / name), "--kind", "people"]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.rule("G-1", "G-2")
def test_the_register_is_asked_as_a_registration_would(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under the same ID number and name; the number is in no list of processes."""
    ask = ["registry-ask", "--kind", "people", "--name"]
    for name, told in (
        ("人员1", "名录还没有导入"),
        ("人员1", "名录中有此记录"),
        ("人员2", "登记的是另一名称"),
    ):
        monkeypatch.setattr(sys, "stdin", io.StringIO(id_number(1) + "\n"))
        assert cli.main([*ask, name]) == (0 if told == "名录中有此记录" else 1)
        said = capsys.readouterr()
        assert told in said.out + said.err
        (folder / "a.csv").write_bytes(as_csv(PEOPLE, [person(1)]))
        assert cli.main(["registry-import", str(folder / "a.csv"), "--kind", "people"]) == 0
        capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.StringIO("garbage\n"))
    assert cli.main([*ask, "人员1"]) == 1
    assert "号码不正确" in capsys.readouterr().err
