"""Numbered upgrades of the journal file; before each, a copy is made beside it."""

from collections.abc import Sequence

from sync.errors import ProtocolError
from sync.journal.file import File

UPGRADES: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE journal (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, device TEXT NOT NULL, "
        "public TEXT NOT NULL)",
        "CREATE TABLE entry (journal INTEGER NOT NULL REFERENCES journal, dseq INTEGER NOT NULL, "
        "id TEXT NOT NULL, bytes BLOB NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (journal, dseq)) WITHOUT ROWID",
        "CREATE UNIQUE INDEX entry_id ON entry (journal, id)",
        "CREATE TABLE sealed (id TEXT PRIMARY KEY, box BLOB NOT NULL, key BLOB NOT NULL) WITHOUT ROWID",
        "CREATE VIEW current_entry AS SELECT e.dseq, e.id, e.bytes, e.hash, s.box, s.key FROM entry e "
        "LEFT JOIN sealed s ON s.id = e.id WHERE e.journal = (SELECT max(number) FROM journal)",
        "CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are fixed'); END",
        "CREATE TRIGGER entry_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are kept'); END",
    ),
)
"""The statements of each version, in order; a version that was released is never edited."""


def upgrade(file: File, upgrades: Sequence[Sequence[str]] = UPGRADES) -> None:
    """Brings the file to the newest version, one transaction each; a file of a newer program is left alone."""
    if version_of(file) > len(upgrades):
        raise ProtocolError("journal-newer", "本机记录文件由更新版本的程序写成，当前版本不能打开。")
    for number in range(version_of(file) + 1, len(upgrades) + 1):
        if number > 1:
            file.copy_to(file.path.with_name(f"{file.path.name}.v{number - 1}"))
        with file.transaction():
            if version_of(file) >= number:
                continue  # another process has just done it
            for statement in upgrades[number - 1]:
                file.rows(statement)
            file.rows(f"PRAGMA user_version = {number}")


def version_of(file: File) -> int:
    """The number of the last upgrade that the file has had; 0 if it is new."""
    found = file.row("PRAGMA user_version")
    return int(found[0]) if found else 0
