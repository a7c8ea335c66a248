"""PostgreSQL's own programs for dumping and restoring, and the schema that a restore puts aside."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, text

from core.errors import Conflict, Unreachable
from server.backup.sqlite_file import flush_file

MARK = "zhiye_restoring"
"""A table that stands while a restore is not finished; its one row names the schema that was put aside."""


def dump(engine: Engine, snapshot: str, target: Path) -> None:
    """Writes one state of the schema ``public`` in the custom format."""
    _run(
        "pg_dump", engine.url, "--format=custom", "--schema=public", "--no-owner", "--no-privileges",
        f"--snapshot={snapshot}", f"--file={target}",
    )  # fmt: skip
    flush_file(target)


def load(url: URL, source: Path) -> None:
    """Reads a dump into the schema ``public``: all of it or nothing."""
    _run(
        "pg_restore", url, "--single-transaction", "--exit-on-error", "--schema=public", "--no-owner",
        "--no-privileges", str(source),
    )  # fmt: skip


def require_programs() -> None:
    """Raises before anything is begun that could not be ended."""
    for name in ("pg_dump", "pg_restore"):
        _program(name)


def require_no_mark(engine: Engine) -> None:
    """Raises where a restore was begun and not finished: what stands there is no database yet."""
    if engine.dialect.name == "postgresql" and inspect(engine).has_table(MARK):
        hint = "请重新运行 restore --replace；原来的数据仍保留在数据库中"
        raise Conflict("restore.unfinished", "数据库的恢复没有完成", hint)


def require_unused(db: Connection) -> None:
    """Raises while anybody else is connected to the database."""
    others = db.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )
    if others:
        sentence = f"数据库正在使用中（{others} 个连接）：服务器可能还在运行"
        raise Conflict("restore.running", sentence, "请先停止所有服务器；什么也没有改变")


def put_aside(db: Connection, name: str | None) -> None:
    """Makes room in ``public``; what was there keeps all of it under another name."""
    if name is not None:
        db.execute(text(f'ALTER SCHEMA public RENAME TO "{name}"'))
        db.execute(text("CREATE SCHEMA public"))
    db.execute(text(f"CREATE TABLE {MARK} (kept text)"))
    db.execute(text(f"INSERT INTO {MARK} VALUES (:name)"), {"name": name})  # noqa: S608 - a constant


def put_back(db: Connection) -> None:
    """Undoes a restore that did not come to its end."""
    if not inspect(db).has_table(MARK):
        return
    kept = db.scalar(text(f"SELECT kept FROM {MARK}"))  # noqa: S608 - a constant
    db.execute(text("DROP SCHEMA public CASCADE"))
    db.execute(text("CREATE SCHEMA public" if kept is None else f'ALTER SCHEMA "{kept}" RENAME TO public'))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        hint = "请安装 PostgreSQL 客户端程序（版本不低于数据库），并把它的文件夹加入 PATH；什么也没有改变"
        raise Unreachable("backup.program", f"找不到程序 {name}", hint)
    return found


def _run(name: str, url: URL, *told: str) -> None:
    """Runs a program; the password goes by its environment, which no list of processes shows."""
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "15", "LC_MESSAGES": "C"}
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    command = [_program(name), f"--dbname={address.render_as_string()}", *told]
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()
        sentence = f"{name} 没有成功（{words[0] if words else done.returncode}）"
        raise Unreachable("backup.failed", sentence, "数据库没有改变；请排除原因后再试")
