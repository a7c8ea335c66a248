"""The journal file: keys, durability under kill -9, damage, upgrades."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.disk import FULL
from sync.errors import Damaged, ProtocolError, WrongKey
from sync.journal.file import File
from sync.journal.log import Journal
from sync.journal.schema import UPGRADES, upgrade, version_of
from tests.factories.wire import DEVICE, FILE_KEY, PERSON, Desk, writer

ROOT = Path(__file__).parents[3]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "journal.db")


def test_a_commit_is_flushed_before_it_returns(tmp_path: Path) -> None:
    file = File(tmp_path / "a.db", FILE_KEY)
    assert file.rows("PRAGMA synchronous") == [(2,)]
    assert file.rows("PRAGMA journal_mode") == [("wal",)]


def test_a_full_disk_takes_nothing_away_and_writes_nothing_by_halves(tmp_path: Path) -> None:
    file = File(tmp_path / "a.db", FILE_KEY)
    file.rows("CREATE TABLE t (x)")
    file.rows("PRAGMA max_page_count = 8")
    with pytest.raises(Damaged) as caught:
        for number in range(100):
            with file.transaction():
                file.rows("INSERT INTO t VALUES (?)", number)
                file.rows("INSERT INTO t VALUES (zeroblob(1000))")
    assert (caught.value.code, "不会丢失" in caught.value.hint) == (FULL, True)
    kept = file.rows("SELECT count(*), count(DISTINCT x) - 1 FROM t")[0]
    assert kept[0] == 2 * kept[1] > 0
    file.rows("PRAGMA max_page_count = 1000")
    with file.transaction():
        file.rows("INSERT INTO t VALUES (1)")
    assert file.rows("SELECT count(*) FROM t") == [(kept[0] + 1,)]


@pytest.mark.rule("D-2")
@pytest.mark.parametrize(
    "key", [b"", b"\0" * 31, bytes(32), os.urandom(32)], ids=["empty", "short", "zero", "other"]
)
def test_a_wrong_key_is_refused_with_a_sentence(desk: Desk, key: bytes) -> None:
    """Personal data is encrypted at rest on devices: without the key the file says nothing."""
    desk.open().close()
    with pytest.raises(WrongKey) as refusal:
        desk.open(key)
    assert "密钥" in refusal.value.sentence


@pytest.mark.rule("D-2")
def test_nothing_can_be_read_in_the_files(desk: Desk) -> None:
    """Personal data is encrypted at rest on devices."""
    journal = desk.open()
    journal.append(
        "visits.start", 1, b'{"where":"plain-marker"}', PERSON, sealed=b'{"remark":"sealed-marker"}'
    )
    found = b"".join(path.read_bytes() for path in desk.path.parent.iterdir())
    assert len(found) > 4096
    assert not any(word in found for word in (b"marker", b"SQLite format", b"visits.start", DEVICE.encode()))


@pytest.mark.rule("D-1")
def test_the_journal_of_another_device_is_refused(desk: Desk) -> None:
    """A device has its own key pair: its journal is nobody else's."""
    desk.open().close()
    with pytest.raises(WrongKey, match="journal-device"):
        Journal(desk.path, FILE_KEY, writer("019c0000-0000-7000-8000-0000000000d2"), desk.clock)


def test_a_kill_at_any_time_loses_nothing_acknowledged(desk: Desk) -> None:
    """A child appends and says so after each; it is killed in the middle, several times."""
    said: list[str] = []
    for _ in range(3):
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.factories.appender", str(desk.path)]
        with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            said += [child.stdout.readline().strip() for _ in range(40)]
            child.kill()
            said += [line.strip() for line in child.stdout if line.endswith("\n")]
    journal = desk.open()
    assert journal.broken() is None
    kept = set(journal.ids_after(0))
    assert len(said) >= 120
    assert set(said) <= kept


def test_damage_is_found_on_opening(desk: Desk) -> None:
    journal = desk.open()
    journal.append("visits.start", 1, b"{}", PERSON)
    journal.close()
    file = File(desk.path, FILE_KEY)
    file.rows("DROP TRIGGER entry_fixed")
    changed = "CAST(replace(CAST(bytes AS TEXT), 'visits.start', 'visits.never') AS BLOB)"
    file.rows(f"UPDATE entry SET bytes = {changed} WHERE dseq = 2")
    file.close()
    with pytest.raises(Damaged, match="journal-chain"):
        desk.open()


def test_entries_can_be_neither_changed_nor_deleted(desk: Desk) -> None:
    desk.open().close()
    file = File(desk.path, FILE_KEY)
    for statement in ("UPDATE entry SET id = 'x'", "DELETE FROM entry"):
        with pytest.raises(Exception, match="entries are"):
            file.rows(statement)


def test_an_upgrade_copies_before_it_changes(desk: Desk) -> None:
    journal = desk.open()
    entry = journal.append("visits.start", 1, b"{}", PERSON)
    journal.close()
    file = File(desk.path, FILE_KEY)
    upgrade(file, [*UPGRADES, ("CREATE TABLE extra (a)",)])
    assert version_of(file) == len(UPGRADES) + 1
    copy = File(desk.path.with_name(f"journal.db.v{len(UPGRADES)}"), FILE_KEY)
    assert version_of(copy) == len(UPGRADES)
    assert copy.rows("SELECT id FROM entry WHERE dseq = 2") == [(entry.id,)]
    with pytest.raises(ProtocolError, match="journal-newer"):
        upgrade(file)


def test_an_upgrade_that_fails_changes_nothing(desk: Desk) -> None:
    desk.open().close()
    file = File(desk.path, FILE_KEY)
    with pytest.raises(Exception, match="syntax"):
        upgrade(file, [*UPGRADES, ("CREATE TABLE extra (a)", "NONSENSE")])
    assert version_of(file) == len(UPGRADES)
    assert file.rows("SELECT name FROM sqlite_master WHERE name = 'extra'") == []


def test_what_the_machine_does_to_a_file_is_known_trouble(desk: Desk, tmp_path: Path) -> None:
    """Transient or not, it has a sentence, and whoever works on the journal tries again instead of ending."""
    desk.open().close()
    file = File(desk.path, FILE_KEY)
    file.rows("PRAGMA query_only = ON")
    with pytest.raises(Damaged, match="file-io"):
        file.rows("INSERT INTO journal (id, device, public) VALUES ('x', 'x', 'x')")
    with pytest.raises(Damaged, match="file-io"):
        File(tmp_path / "no folder" / "journal.db", FILE_KEY)
    with pytest.raises(Damaged, match="file-io"):
        file.copy_to(tmp_path / "no folder" / "copy.db")


def test_a_failing_commit_leaves_no_open_transaction(desk: Desk) -> None:
    desk.open().close()
    file = File(desk.path, FILE_KEY)
    file.rows("CREATE TABLE child (a REFERENCES journal (number) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(Exception, match="FOREIGN KEY"), file.transaction():
        file.rows("INSERT INTO child VALUES (99)")
    with file.transaction():
        assert file.rows("SELECT * FROM child") == []
