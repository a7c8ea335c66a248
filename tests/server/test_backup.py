"""Backups and restores by the operator's commands, on both databases, of a server with people and photos in it."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from core.attachments.models import BlobRow
from core.db.engine import server_engine
from core.ids import new_id
from server import cli, upgrading
from server.backup import generations
from server.backup.generations import Generation
from server.backup.making import Backup
from tests.factories import old_tables
from tests.factories.web import Web, started
from tests.factories.world import World
from tests.fakes.clock import FakeClock

PHOTO = b"a photo that nobody can read, "


class Operator:
    """Types the commands of one server, and looks at its database and folders."""

    def __init__(self, web: Web, backups: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.web, self.backups, self._capsys = web, backups, capsys

    def types(self, *words: str) -> tuple[int, str, str]:
        """Code, output and complaints of a command."""
        self._capsys.readouterr()
        code = cli.main(words)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def backup(self, *words: str) -> Generation:
        """Makes a generation."""
        code, said, complaint = self.types("backup", *words)
        assert (code, complaint) == (0, ""), (said, complaint)
        assert "备份不含密钥" in said
        return generations.whole(self.backups)[-1]

    def stop(self) -> None:
        """Stops the server: nobody is connected any more."""
        self.web.state.store.close()

    def engine(self) -> Engine:
        """The database that the settings name."""
        return server_engine(self.web.settings.database)

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """All rows of all tables, in one order."""
        engine, found = self.engine(), {}
        with engine.connect() as db:
            for name in inspect(db).get_table_names():
                found[name] = sorted(tuple(row) for row in db.execute(text(f"SELECT * FROM {name}")))
        engine.dispose()
        return found

    def photo(self, number: int, world: World) -> str:
        """A photo of a device, as its upload leaves it."""
        content = PHOTO + str(number).encode()
        digest = hashlib.sha256(content).hexdigest()
        intake = self.web.state.blobs.intake(digest)
        intake.write(content)
        row = BlobRow(
            digest=digest, agency_id=world.agency, device_id=new_id(), size=intake.keep(), received_ms=1
        )
        with self.web.state.store.writing() as db:
            db.add(row)
        return digest

    def holding(self, digest: str) -> int:
        """How many whole generations hold a photo."""
        return sum((one.folder / digest[:2] / digest).is_file() for one in generations.whole(self.backups))


@pytest.fixture
def operator(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> Iterator[Operator]:  # fmt: skip
    """The operator of the server, whose settings the commands find."""
    if web.state.store.is_postgresql:
        request.getfixturevalue("postgres_programs")
    backups = tmp_path / "backups"
    for name, value in {
        "DATA_FOLDER": web.settings.data_folder, "DATABASE_URL": web.settings.database_url, "BACKUP_FOLDER": backups,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"ZHIYE_{name}", str(value))
    yield Operator(web, backups, capsys)


def test_a_backup_while_the_server_runs_is_rehearsed_and_restored(operator: Operator, world: World) -> None:
    project = world.project()
    [visit] = operator.web.record(world.members[0], started(project, world.members[0]))
    photo = operator.photo(1, world)
    before = operator.rows()
    made = operator.backup()
    secret = operator.web.state.keys.master
    for path in made.folder.rglob("*"):
        assert not path.is_file() or secret not in path.read_bytes()
    assert made.manifest.schema == upgrading.Revisions().head
    assert made.manifest.keys == str(operator.web.settings.keys)

    code, said, _ = operator.types("backup", "--verify", str(made.folder))
    assert code == 0
    assert "备份可以恢复" in said and "执业 1" in said and "密钥：与" in said and "照片：共 1 张" in said

    operator.web.record(world.members[1], started(project, world.members[1]))
    later = operator.rows()
    (operator.web.settings.blobs / photo[:2] / photo).unlink()
    code, _, complaint = operator.types("restore", "--from", made.folder.name, "--replace")
    assert (code, "正在使用中" in complaint) == (1, True), complaint
    operator.stop()
    code, _, complaint = operator.types("restore", "--from", made.folder.name)
    assert (code, "目标位置已有数据库" in complaint) == (1, True), complaint
    assert operator.rows() == later

    code, said, complaint = operator.types("restore", "--from", made.folder.name, "--replace")
    assert (code, complaint) == (0, "")
    assert "已恢复" in said and "设备会自动补传" in said and "原来的数据库保留在" in said
    assert operator.rows() == before
    assert (operator.web.settings.blobs / photo[:2] / photo).read_bytes().startswith(PHOTO)
    assert operator.types("audit-verify")[0] == 0
    assert len(aside(operator, "visit")) == len(later["visit"]) == 2
    assert visit in str(before["visit"])


def aside(operator: Operator, table: str) -> list[object]:
    """Rows of the database that was put aside."""
    if operator.web.state.store.is_postgresql:
        engine = operator.engine()
        [name] = [name for name in inspect(engine).get_schema_names() if name.startswith("replaced_")]
        table = f'"{name}".{table}'
    else:
        [file] = operator.web.settings.data_folder.parent.glob("zhiye.sqlite.replaced-*")
        engine = server_engine(f"sqlite:///{file.as_posix()}")
    with engine.connect() as db:
        found = list(db.execute(text(f"SELECT * FROM {table}")))
    engine.dispose()
    return found


def test_into_nothing_with_the_keys_alone(operator: Operator, world: World) -> None:
    """A new machine: the operator brings the keys and the backups."""
    before, made = operator.rows(), operator.backup()
    operator.stop()
    assert operator.backup().manifest.seq == made.manifest.seq, "a server that does not run is backed up, too"
    empty(operator)
    keys = operator.web.settings.keys
    keys.rename(keys.with_name("elsewhere"))
    code, _, complaint = operator.types("restore", "--from", made.folder.name)
    assert (code, "缺少服务器密钥文件" in complaint) == (1, True)
    code, said, _ = operator.types("backup", "--verify", made.folder.name)
    assert (code, "密钥：没有核对" in said) == (0, True)
    keys.with_name("elsewhere").rename(keys)
    assert operator.types("restore", "--from", made.folder.name)[0] == 0
    assert operator.rows() == before


def empty(operator: Operator) -> None:
    """Loses the database."""
    engine = operator.engine()
    if engine.dialect.name == "postgresql":
        with engine.begin() as db:
            db.execute(text("DROP SCHEMA public CASCADE"))
            db.execute(text("CREATE SCHEMA public"))
        engine.dispose()
        return
    engine.dispose()
    Path(str(engine.url.database)).unlink()


def test_a_durable_photo_outlives_the_restore_of_any_generation(operator: Operator, world: World) -> None:
    """Its device may have deleted it, although the oldest generation's database does not know it."""
    first = operator.backup()
    photo = operator.photo(1, world)
    assert not durable(operator, photo)
    operator.backup()
    assert not durable(operator, photo)
    operator.backup()
    assert durable(operator, photo)
    operator.stop()
    (operator.web.settings.blobs / photo[:2] / photo).unlink()
    code, said, complaint = operator.types("restore", "--from", first.folder.name, "--replace")
    assert (code, complaint) == (0, "")
    assert "照片：共 1 张" in said
    assert [row[0] for row in operator.rows()["blob"]] == [photo]
    assert (operator.web.settings.blobs / photo[:2] / photo).is_file()


def durable(operator: Operator, digest: str) -> bool:
    """What the server tells a device, with the operator's folder of backups."""
    from core.attachments.folder_store import FolderStore

    return FolderStore(operator.web.settings.blobs, operator.backups).durable(digest)


def test_photos_lie_in_two_generations_and_old_ones_go(operator: Operator, world: World) -> None:
    photos = []
    for number in range(6):
        photos.append(operator.photo(number, world))
        operator.backup("--keep", "3")
        counted = {operator.holding(photo) for photo in photos[:-1]}
        assert counted <= {2}, counted
    names = [one.folder.name for one in generations.whole(operator.backups)]
    assert (len(names), len(list(operator.backups.iterdir()))) == (3, 4), "three and the lock"
    for name in names:
        code, said, complaint = operator.types("backup", "--verify", name)
        assert (code, complaint) == (0, ""), said
    code, _, complaint = operator.types("backup", "--keep", "1")
    assert (code, "至少保留 2 份" in complaint) == (1, True)


def test_what_is_damaged_is_told_before_anything_is_touched(operator: Operator, world: World) -> None:
    photo = operator.photo(1, world)
    made = operator.backup()
    operator.stop()
    before = operator.rows()
    (made.folder / photo[:2] / photo).write_bytes(b"rotten")
    (operator.web.settings.blobs / photo[:2] / photo).unlink()
    code, _, complaint = operator.types("backup", "--verify", made.folder.name)
    assert (code, "有 1 张照片" in complaint) == (0, True), (
        "a photo less is told, and everything else is good"
    )
    content = bytearray(made.database.read_bytes())
    content[len(content) // 2] ^= 1
    made.database.write_bytes(content)
    for words in (
        ["backup", "--verify", made.folder.name],
        ["restore", "--replace", "--from", made.folder.name],
    ):
        code, _, complaint = operator.types(*words)
        assert (code, "已损坏或缺失" in complaint) == (1, True)
    assert operator.rows() == before


def test_a_generation_that_cannot_be_proven_leaves_the_old_database(operator: Operator, world: World) -> None:
    with operator.web.state.store.writing() as db:
        db.execute(text("UPDATE audit_log SET outcome = 'refused:x' WHERE seq = 2"))
    made = operator.backup()
    with operator.web.state.store.writing() as db:
        db.execute(text("UPDATE audit_log SET outcome = 'accepted' WHERE seq = 2"))
    operator.stop()
    before = operator.rows()
    for words in (
        ["backup", "--verify", made.folder.name],
        ["restore", "--replace", "--from", made.folder.name],
    ):
        code, _, complaint = operator.types(*words)
        assert (code, "在第 2 条处断开" in complaint) == (1, True), complaint
    assert operator.rows() == before
    assert operator.types("audit-verify")[0] == 0
    manifest = json.loads((made.folder / "manifest.json").read_bytes())
    (made.folder / "manifest.json").write_text(json.dumps(manifest | {"schema": "9999"}), "utf-8")
    code, _, complaint = operator.types("restore", "--replace", "--from", made.folder.name)
    assert (code, "更新版本的程序" in complaint) == (1, True)


def test_a_generation_from_before_revisions_is_upgraded_on_its_way(operator: Operator) -> None:
    with operator.web.state.store.writing() as db:
        old_tables.go_back(db.connection())
    made = operator.backup()
    assert made.manifest.schema == ""
    assert "数据库已升级到版本" in operator.types("backup", "--verify", made.folder.name)[1]
    operator.stop()
    assert operator.types("restore", "--replace", "--from", made.folder.name)[0] == 0
    assert operator.types("audit-verify")[0] == 0


def test_what_is_interrupted_does_not_count(operator: Operator, world: World) -> None:
    operator.photo(1, world)
    engine = operator.engine()

    def interrupt(what: str, _done: int, _of: int) -> None:
        if what == "照片":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Backup(operator.web.settings, engine, operator.backups, 7, FakeClock(), interrupt).make()
    engine.dispose()
    assert [path.name for path in operator.backups.iterdir()] == [".lock"]
    killed = operator.backups / f"2026-01-01T000000Z{generations.UNFINISHED}"
    killed.mkdir()
    (killed / "manifest.json").write_text("{}", "utf-8")
    code, _, complaint = operator.types("backup", "--verify", killed.name)
    assert (code, "备份清单无法读取" in complaint) == (1, True)
    with generations.alone(operator.backups):
        code, _, complaint = operator.types("backup")
        assert (code, "另一个备份正在写入" in complaint) == (1, True)
    operator.backup()
    assert not killed.exists()


def test_backups_of_another_server_are_not_mixed_in(operator: Operator, world: World) -> None:
    made = operator.backup()
    with operator.web.state.store.writing() as db:
        db.execute(text("UPDATE server_property SET value = 'other' WHERE name = 'keys'"))
    operator.stop()
    code, _, complaint = operator.types("backup")
    assert (code, "另一台服务器" in complaint) == (1, True)
    assert [one.folder for one in generations.whole(operator.backups)] == [made.folder]
    manifest = json.loads((made.folder / "manifest.json").read_bytes())
    (made.folder / "manifest.json").write_text(json.dumps(manifest | {"server": "other"}), "utf-8")
    code, _, complaint = operator.types("restore", "--replace", "--from", made.folder.name)
    assert (code, "密钥与这份备份不匹配" in complaint) == (1, True)


def killed_at(point: str, *words: str) -> None:
    """Runs a command in a process of its own that dies at a point as hard as by a power cut."""
    environment = os.environ | {"ZHIYE_CRASH_POINTS": "1", "ZHIYE_CRASH_AT": point, "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-m", "server", *words], env=environment, check=False, timeout=90)
    assert done.returncode not in (0, 1, 2)


def test_what_was_killed_is_done_again(operator: Operator, world: World) -> None:
    killed_at("backup-written", "backup")
    assert generations.whole(operator.backups) == []
    made = operator.backup()
    assert {path.name for path in operator.backups.iterdir()} == {".lock", made.folder.name}
    before = operator.rows()
    operator.photo(1, world)
    later = operator.rows()
    operator.stop()
    killed_at("restore-proven", "restore", "--from", made.folder.name, "--replace")
    if operator.web.state.store.is_postgresql:
        for words in (["audit-verify"], ["init"], ["migrate"], ["backup"]):
            code, _, complaint = operator.types(*words)
            assert (code, "数据库的恢复没有完成" in complaint) == (1, True), complaint
    else:
        assert operator.rows() == later
        assert operator.types("audit-verify")[0] == 0
    assert operator.types("restore", "--from", made.folder.name, "--replace")[0] == 0
    assert operator.rows() == before
    assert [path.name for path in operator.web.settings.data_folder.parent.glob("*.restoring*")] == []
    assert len(aside(operator, "blob")) == 1


def test_a_backup_is_one_state_whoever_writes(operator: Operator, world: World) -> None:
    """A writer commits all the while; every backup's head, chain and list of photos belong together."""
    stopping, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stopping.is_set():
            operator.photo(written, world)
            operator.web.record(world.members[0], started(project, world.members[0]))
            written += 1

    project = world.project()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [operator.backup() for _ in range(3)]
    finally:
        stopping.set()
        writer.join()
    heads = [one.manifest.seq for one in made]
    assert heads == sorted(set(heads)) and made[-1].manifest.missing == 0
    for one in made:
        code, said, complaint = operator.types("backup", "--verify", one.folder.name)
        assert (code, complaint) == (0, ""), said


def test_without_the_programs_of_postgresql_nothing_is_begun(
    postgres_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {"DATA_FOLDER": tmp_path / "data", "DATABASE_URL": postgres_database}.items():
        monkeypatch.setenv(f"ZHIYE_{name}", str(value))
    assert cli.main(["init"]) == 0
    assert cli.main(["backup"]) == 1
    assert "没有指定备份文件夹" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["backup", "--to", str(tmp_path / "backups")]) == 1
    assert "找不到程序 pg_dump" in capsys.readouterr().err
    assert not (tmp_path / "backups").exists()
