"""A revoked device's files go in an order that a kill at any place only delays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.wire.push import Head
from sync import leaving
from sync.errors import Damaged
from sync.keys import CredentialSource, FileSource, Kind, load_or_make
from tests.factories.wire import PERSON, Desk


class Killed(BaseException):
    """The process ends here."""


def left_behind(folder: Path) -> FileSource:
    """A revoked device's folder whose journal the server has, noted as such."""
    source = FileSource(folder / "device.key")
    key = load_or_make(source).file_key
    desk = Desk(folder / "journal.db")
    journal = desk.open(key)
    journal.append("visits.start", 1, b"{}", PERSON)
    for name in ("cache.db", "cache.db-wal", "drafts.db", "pairing.json", "journal.db.v1"):
        (folder / name).write_bytes(b"x")
    (folder / "blobs").mkdir()
    (folder / "service-pin").write_bytes(b"hash")
    leaving.mark(folder, journal.id, journal.head())
    journal.close()
    return source


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.rule("D-1", "D-2")
@given(kill_at=st.integers(0, 11))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_kill_while_the_files_go_is_made_good_by_the_next_start(
    kill_at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """And then wiped: the key is the first to go, the note that they shall go is the last."""
    folder = tmp_path_factory.mktemp("left")
    source, real, done = left_behind(folder), Path.unlink, 0

    def unlink(self: Path, missing_ok: bool = False) -> None:
        nonlocal done
        if done == kill_at:
            raise Killed
        done += 1
        real(self, missing_ok)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        try:
            leaving.finish(folder, source)
        except Killed:
            assert "leaving.json" in names(folder)
            assert kill_at == 0 or source.load() is None, "what is left is noise"
    leaving.finish(folder, source)
    assert names(folder) == {"service-pin"}
    assert not leaving.finish(folder, source)


@pytest.mark.rule("D-1")
@pytest.mark.parametrize("change", ["written", "photo", "another journal"])
def test_what_the_server_has_not_keeps_the_files(tmp_path: Path, change: str) -> None:
    """Nothing is deleted before it is durable."""
    source = left_behind(tmp_path)
    journal = Desk(tmp_path / "journal.db").open(load_or_make(source).file_key)
    changes: dict[str, Callable[[], object]] = {
        "written": lambda: journal.append("visits.end", 1, b"{}", PERSON),
        "photo": lambda: (tmp_path / "blobs" / ("0" * 64)).write_bytes(b"photo"),
        "another journal": journal.rehome,
    }
    changes[change]()
    journal.close()
    before = names(tmp_path) - {"leaving.json"}
    assert not leaving.finish(tmp_path, source)
    assert names(tmp_path) - {"journal.db-wal", "journal.db-shm"} == before - {
        "journal.db-wal",
        "journal.db-shm",
    }


@pytest.mark.rule("D-1")
@pytest.mark.parametrize("name", ["0" * 64 + ".part", "Thumbs.db"])
def test_what_is_no_photo_keeps_nothing(tmp_path: Path, name: str) -> None:
    """And then wiped: what a kill or the system left beside the photos stands in no one's way."""
    source = left_behind(tmp_path)
    (tmp_path / "blobs" / name).write_bytes(b"x")
    assert leaving.finish(tmp_path, source)
    assert names(tmp_path) == {"service-pin"}


def test_a_new_boot_alone_keeps_nothing(tmp_path: Path) -> None:
    """The entries about time that every start writes say nothing about anybody."""
    source = left_behind(tmp_path)
    desk = Desk(tmp_path / "journal.db")
    desk.clock.reboot()
    desk.open(load_or_make(source).file_key).close()
    assert leaving.finish(tmp_path, source)


@pytest.mark.rule("D-1")
def test_who_can_take_the_key_away_is_named(tmp_path: Path) -> None:
    """A device is admitted by a manager, under a key that was not revoked: a credential's comes back otherwise."""
    kinds: tuple[Kind, ...] = ("tpm", "dpapi", "file")
    assert {leaving.told(kind).hint for kind in kinds} == {leaving.HINT}
    said = leaving.told(CredentialSource(tmp_path / "zhiye-device").kind)
    assert said.sentence == leaving.SENTENCE and "请系统管理员删除凭据 zhiye-device" in said.hint


def test_a_file_that_cannot_go_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = left_behind(tmp_path)

    def locked(*_told: object, **_more: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr("sync.leaving.shutil.rmtree", locked)
        with pytest.raises(Damaged, match="leaving-files"):
            leaving.finish(tmp_path, source)
    assert source.load() is None
    assert leaving.finish(tmp_path, source)
    assert names(tmp_path) == {"service-pin"}


def test_a_mark_that_names_nothing_wipes_nothing(tmp_path: Path) -> None:
    source = left_behind(tmp_path)
    leaving.mark(tmp_path, "019c0000-0000-7000-8000-000000000001", Head(dseq=9, hash="0" * 64))
    assert not leaving.finish(tmp_path, source)
    assert (tmp_path / "journal.db").exists()
