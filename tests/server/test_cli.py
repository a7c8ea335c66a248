"""The operator's command line, in this process; and a server that really starts, in one of its own."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from core.audit.models import AuditEntry
from core.errors import BadInput
from server import cli
from server.app import make_state
from server.jobs import close_overtime
from server.keys import open_keys
from server.settings import Settings
from tests.factories.web import Web, started
from tests.factories.world import PASSWORD, World
from tests.fakes.clock import FakeClock


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that the command line finds."""
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(tmp_path / "data"))
    return tmp_path / "data"


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What comes through the pipe."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text + "\n"))


def test_init_and_admin_make_a_server_that_one_can_log_in_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init"]) == 0
    assert len(json.loads(capsys.readouterr().out)["sign_public"]) == 64
    type_in(monkeypatch, "weak")
    assert cli.main(["admin", "--login", "系统管理员"]) == 1
    assert "密码不符合要求" in capsys.readouterr().err
    type_in(monkeypatch, PASSWORD)
    assert cli.main(["admin", "--login", "系统管理员"]) == 0
    assert "管理员账号 系统管理员 已建立" in capsys.readouterr().out
    assert cli.main(["audit-verify"]) == 0
    assert cli.main(["close-overtime"]) == 0
    assert "审计记录完整" in capsys.readouterr().out
    other = Settings(data_folder=folder, keys_folder=folder / "other")
    with pytest.raises(BadInput, match="缺少服务器密钥文件"):
        make_state(other, FakeClock())


@pytest.mark.expect_log("no_backup_folder")
def test_who_serves_without_backups_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.warn(Settings(data_folder=tmp_path, backup_folder=tmp_path / "backups"))
    assert capsys.readouterr().out == ""
    cli.warn(Settings(data_folder=tmp_path))
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    cli.warn(Settings(data_folder=tmp_path))
    assert "ZHIYE_BACKUP_FOLDER" in capsys.readouterr().out


@pytest.mark.rule("D-1")
def test_a_pairing_code_needs_a_manager(
    web: Web, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Is admitted by a manager."""
    for name, value in {
        "DATA_FOLDER": web.settings.data_folder,
        "DATABASE_URL": web.settings.database_url,
    }.items():
        monkeypatch.setenv(f"ZHIYE_{name}", str(value))
    asked = ["pairing-code", "--agency", world.agency, "--login", "manager1"]
    type_in(monkeypatch, "错误口令abc123")
    assert cli.main(asked) == 1
    assert "不正确" in capsys.readouterr().err
    type_in(monkeypatch, PASSWORD)
    assert cli.main(asked) == 0
    assert len(capsys.readouterr().out.strip()) == 9


@pytest.mark.rule("U-1")
def test_a_changed_audit_log_is_found(
    web: Web, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``verify`` names the first broken link."""
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(web.settings.data_folder))
    monkeypatch.setenv("ZHIYE_DATABASE_URL", web.settings.database_url)
    with web.state.store.writing() as db:
        db.get_one(AuditEntry, 3).outcome = "refused:nothing"
    assert cli.main(["audit-verify"]) == 2
    assert "第 3 条" in capsys.readouterr().err


def test_other_keys_than_the_databases_are_refused(web: Web, tmp_path: Path) -> None:
    open_keys(tmp_path / "others", may_make=True)
    settings = Settings(
        data_folder=tmp_path, database_url=web.settings.database_url, keys_folder=tmp_path / "others"
    )
    with pytest.raises(BadInput, match="服务器密钥与数据库不匹配"):
        make_state(settings, web.clock)


@pytest.mark.rule("S-8")
def test_the_server_closes_overtime_once_however_often_it_looks(web: Web, world: World) -> None:
    """A visit still open after 24 h is closed by the system."""
    project = world.project()
    web.record(world.members[0], started(project, world.members[0]))
    assert close_overtime(web.state.bus) == 0
    web.clock.advance(hours=24, minutes=1)
    assert close_overtime(web.state.bus) == 1
    assert close_overtime(web.state.bus) == 0


def test_one_command_starts_a_server_that_answers(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ZHIYE_DATA_FOLDER": str(tmp_path / "data"),
        "ZHIYE_PORT": str(port),
        "PYTHONUTF8": "1",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "server", "serve"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        answer = _wait_for(f"http://127.0.0.1:{port}/api/v1/health", server)
        assert answer.json()["status"] == "ok"
        assert "server" not in answer.headers
        httpx.get(f"http://127.0.0.1:{port}/i/secret-token?name=秘密", trust_env=False)
    finally:
        server.terminate()
        _, log = server.communicate(timeout=20)
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"event": "request", "route": "/i/{token}", "status": 409}.items() <= lines_named(
        lines, "/i/{token}"
    ).items()
    assert "secret-token" not in log


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is POSIX's SIGINT")
def test_ctrl_c_ends_a_server_in_order(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"ZHIYE_DATA_FOLDER": str(tmp_path / "data"), "ZHIYE_PORT": str(port), "PYTHONUTF8": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", "server", "serve"], env=os.environ | settings, stderr=subprocess.PIPE,
        text=True, encoding="utf-8",
    )  # fmt: skip
    _wait_for(f"http://127.0.0.1:{port}/api/v1/health", server)
    server.send_signal(signal.SIGINT)
    _, log = server.communicate(timeout=20)
    assert server.returncode == 0
    assert "Application shutdown complete" in log and "Traceback" not in log and "已中断" not in log


def test_a_console_without_chinese_ends_nothing(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "ZHIYE_DATA_FOLDER": str(tmp_path / "data"),
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
    }
    for command in ("init", "audit-verify"):
        argv = [sys.executable, "-m", "server", command]
        done = subprocess.run(argv, env=environment, capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


def lines_named(lines: list[dict[str, object]], route: str) -> dict[str, object]:
    """The log's line about a route."""
    return next(line for line in lines if line.get("route") == route)


def _wait_for(url: str, server: "subprocess.Popen[str]") -> httpx.Response:
    until = time.monotonic() + 30
    while True:
        try:
            return httpx.get(url, trust_env=False)
        except httpx.ConnectError:
            assert server.poll() is None, server.communicate()
            assert time.monotonic() < until
            time.sleep(0.1)
