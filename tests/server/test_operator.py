"""What an operator meets on a fresh machine: the first agency, a mistyped folder, a port that is taken."""

import getpass
import io
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.accounts.models import Account
from core.agencies.models import Agency
from core.clock import SystemClock
from core.employment.models import Employment
from core.ids import new_id
from core.practitioners.models import Person
from server import cli
from server.app import make_state
from server.settings import Settings
from tests.factories.web import Web
from tests.factories.world import PASSWORD, SITE, World, valid_uscc

NEW = "Neues-口令-42"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that the command line finds."""
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(tmp_path / "data"))
    return tmp_path / "data"


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What comes through the pipe."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text + "\n"))


def asked(*, login: str = "jingli", manager: str | None = "经理乙", number: int = 7) -> list[str]:
    """The command for an invented agency."""
    who = [] if manager is None else ["--manager", manager]
    return [
        "agency", "--name", "示例消防公司", "--code", valid_uscc(number), "--legal-person", "法人乙",
        *who, "--login", login,
    ]  # fmt: skip


def counts(folder: Path) -> list[int | None]:
    """How many agencies, persons, employments and accounts there are."""
    state = make_state(Settings(data_folder=folder), SystemClock(), may_make=False)
    try:
        with state.store.reading() as db:
            tables = (Agency, Person, Employment, Account)
            return [db.scalar(select(func.count()).select_from(table)) for table in tables]
    finally:
        state.store.close()


def python_m_server(folder: Path, *argv: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    """The command line as an operator's shell runs it."""
    environment = {**os.environ, "ZHIYE_DATA_FOLDER": str(folder), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "server", *argv], env=environment, input=said + "\n", capture_output=True,
        text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.rule("D-1")
def test_from_nothing_to_a_pairing_code(tmp_path: Path) -> None:
    """Is admitted by a manager."""
    folder = tmp_path / "data"
    assert python_m_server(folder, "init").returncode == 0
    made = python_m_server(folder, *asked(), said=NEW)
    assert (made.returncode, made.stderr) == (0, "")
    agency = made.stdout.partition("机构编号：")[2].split()[0]
    assert f"pairing-code --agency {agency} --kind desktop --login jingli" in made.stdout
    argv = ["pairing-code", "--agency", agency, "--kind", "desktop", "--login", "jingli"]
    code = python_m_server(folder, *argv, said=NEW)
    assert (code.returncode, code.stderr, len(code.stdout.strip())) == (0, "", 9)


def test_an_agency_twice_is_once_and_a_failure_is_taken_up_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["init"])
    type_in(monkeypatch, PASSWORD)
    assert cli.main(["admin", "--login", "boss"]) == 0
    type_in(monkeypatch, "weak")
    assert cli.main(asked()) == 1
    assert counts(folder) == [0, 0, 0, 1]
    type_in(monkeypatch, NEW)
    assert cli.main(asked(login="BOSS")) == 1
    assert "已被使用" in capsys.readouterr().err
    for words in ("已建立", "密码没有改变"):
        type_in(monkeypatch, NEW)
        assert cli.main(asked()) == 0
        assert words in capsys.readouterr().out
        assert counts(folder) == [1, 2, 1, 2]


@pytest.mark.rule("B-6")
def test_a_legal_person_may_be_the_manager(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The legal person gets the account and is the agency's first manager."""
    cli.main(["init"])
    type_in(monkeypatch, NEW)
    assert cli.main(asked(manager=None)) == 0
    agency = capsys.readouterr().out.partition("机构编号：")[2].split()[0]
    assert counts(folder) == [1, 1, 0, 1]
    type_in(monkeypatch, NEW)
    assert cli.main(["pairing-code", "--agency", agency, "--login", "jingli"]) == 0


def test_a_new_password_is_asked_twice_on_a_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["init"])
    typed = iter([NEW, NEW + "x", NEW, NEW])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(typed))
    assert cli.main(["admin", "--login", "boss"]) == 1
    assert "两次输入的密码不一致" in capsys.readouterr().err
    assert cli.main(["admin", "--login", "boss"]) == 0


@pytest.mark.parametrize(
    "argv",
    [["audit-verify"], ["close-overtime"], ["admin", "--login", "b"], asked(),
     ["pairing-code", "--agency", "1", "--login", "b"]],
    ids=lambda argv: argv[0],
)  # fmt: skip
def test_where_no_database_is_none_is_made(
    argv: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, NEW)
    assert cli.main(argv) == 1
    assert f"这里没有数据库：{folder}\n请检查 ZHIYE_DATA_FOLDER" in capsys.readouterr().err
    assert not list(folder.parent.iterdir())


def test_a_mistyped_folder_on_either_database(
    database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHIYE_DATABASE_URL", database_url)
    assert cli.main(["audit-verify"]) == 1
    assert cli.main(["init"]) == 0
    assert cli.main(["audit-verify"]) == 0
    assert f"审计记录完整：{folder}" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_database_and_keys_are_for_their_owner_alone(folder: Path) -> None:
    cli.main(["init"])
    for path, mode in {
        "data/zhiye.sqlite": 0o600, "data-keys": 0o700, "data-keys/master.key": 0o600
    }.items():  # fmt: skip
        assert stat.S_IMODE((folder.parent / path).stat().st_mode) == mode, path


def test_what_the_machine_does_not_give_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(tmp_path / "file" / "data"))
    assert cli.main(["init"]) == 2
    assert f"{tmp_path / 'file'}" in capsys.readouterr().err
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("ZHIYE_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    for command in ("init", "audit-verify"):
        assert cli.main([command]) == 2
        said = capsys.readouterr().err
        assert "数据库无法使用" in said and "secret" not in said


def test_a_port_that_is_taken_is_told_before_anything_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("ZHIYE_PORT", str(port))
        assert cli.main(["serve"]) == 1
    assert f"端口 {port} 已被占用：服务器可能已在运行" in capsys.readouterr().err
    assert not folder.exists()


@pytest.mark.rule("D-1")
def test_a_code_for_another_agency_or_for_none(
    web: Web, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is admitted by a manager."""
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(web.settings.data_folder))
    monkeypatch.setenv("ZHIYE_DATABASE_URL", web.settings.database_url)
    type_in(monkeypatch, NEW)
    assert cli.main(asked()) == 0
    other = capsys.readouterr().out.partition("机构编号：")[2].split()[0]
    for agency, words in {
        other: "没有进行此操作的权限\n请核对 --agency 和 --login",
        "123": "没有这个机构，请核对 --agency",
        new_id(): "没有这个机构，请核对 --agency",
    }.items():
        type_in(monkeypatch, PASSWORD)
        assert cli.main(["pairing-code", "--agency", agency, "--login", "manager1"]) == 1
        assert words in capsys.readouterr().err


def test_options_are_not_guessed_from_their_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["admin", "--log", "boss"], ["pairing-code", "--agen", "1", "--login", "b"]):
        with pytest.raises(SystemExit):
            cli.main(argv)
    assert "--login" in capsys.readouterr().err


def test_people_and_projects_come_in_as_the_manual_says(
    web: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(web.settings.data_folder))
    monkeypatch.setenv("ZHIYE_DATABASE_URL", web.settings.database_url)
    for argv in (["admin", "--login", "boss"], asked()):
        type_in(monkeypatch, PASSWORD)
        assert cli.main(argv) == 0
    agency = capsys.readouterr().out.partition("机构编号：")[2].split()[0]
    manager, boss = web.login("jingli"), web.login("boss")
    people = {"lead": new_id(), "technical_lead": new_id(), "member": new_id()}
    for role, person in people.items():
        entry = {"kind": "level_1_engineer", "number": f"编号-{role}"}
        entered = {"person_id": person, "agency_id": agency, "name": role, "certificates": [entry]}
        work = {"employment_id": new_id(), "agency_id": agency, "person_id": person, "position": "engineer"}
        assert web.command(manager, "practitioners.register", **entered).status_code == 200
        assert web.command(manager, "employment.employ", **work).status_code == 200
    account = {"account_id": new_id(), "login": "fuzeren", "password": PASSWORD, "person_id": people["lead"]}
    assert web.command(boss, "accounts.create", **account).status_code == 200
    project = {
        "project_id": new_id(), "agency_id": agency, "name": "示例项目", "kind": "inspection",
        "district": "黄浦区", "address": "人民大道1号", "client": "示例物业", "contract_number": "1",
        "starts_on": "2026-01-01", "ends_on": "2027-12-31", "lat": SITE[0], "lon": SITE[1],
        "people": [{"person_id": person, "role": role} for role, person in people.items()],
    }  # fmt: skip
    assert web.command(manager, "projects.draft", **project).status_code == 200
    lead = web.login("fuzeren")
    submitted = web.command(lead, "projects.submit", project_id=project["project_id"])
    assert submitted.status_code == 200, submitted.text
