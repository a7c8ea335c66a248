"""Where the cache stands towards the journal: by number and entry id, since a restored file has other entries."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from sync.cache.tables import SYNC_META
from sync.journal.reading import Reader

Name = Literal["applied", "position", "settled"]
"""``applied``: recorded in the cache; ``position``: the server's last head; ``settled``: its rows were pulled, too."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the journal."""

    dseq: int = 0
    id: str = ""

    def on(self, journal: Reader) -> int:
        """The number, if the journal has this very entry there; otherwise 0, so that everything is done again."""
        mine = journal.at(self.dseq) if self.dseq else None
        return self.dseq if mine is not None and mine.id == self.id else 0


def mark_at(journal: Reader, dseq: int) -> Mark:
    """The mark of a number in the journal."""
    mine = journal.at(dseq) if dseq else None
    return Mark(mine.dseq, mine.id) if mine else Mark()


def get_mark(db: Connection, name: Name) -> Mark:
    """A mark as it was kept; the beginning if it never was."""
    dseq, _, entry_id = (get_text(db, name) or "0:").partition(":")
    return Mark(int(dseq), entry_id)


def set_mark(db: Connection, name: Name, mark: Mark) -> None:
    """Keeps a mark, in the caller's transaction."""
    set_text(db, name, f"{mark.dseq}:{mark.id}")


def get_text(db: Connection, name: str) -> str | None:
    """A kept value by name."""
    return db.scalar(select(SYNC_META.c.value).where(SYNC_META.c.name == name))


def set_text(db: Connection, name: str, value: str) -> None:
    """Keeps a value by name."""
    statement = insert(SYNC_META).values(name=name, value=value)
    db.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
