"""Half-filled forms and their photos, kept on this kiosk until they are submitted; an encrypted file of their own."""

from pathlib import Path

import msgspec

from kiosk.shown import Draft, ItemEntry, ItemOutcome, Photo, Problem
from sync.journal.file import File

_TABLES = (
    "CREATE TABLE IF NOT EXISTS draft (form_id TEXT PRIMARY KEY, body BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS photo (id TEXT PRIMARY KEY, form_id TEXT NOT NULL, jpeg BLOB NOT NULL)",
)


class _Problem(msgspec.Struct, frozen=True):
    text: str
    photos: list[str]


class _Item(msgspec.Struct, frozen=True):
    item_id: str
    outcome: ItemOutcome | None
    note: str


class _Body(msgspec.Struct, frozen=True):
    work: str
    items: list[_Item]
    problems: list[_Problem]
    remarks: str
    complete: bool | None


class Drafts:
    """One draft for each form, durable with every call; one object belongs to one thread."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = File(path, key)
        with self._file.transaction():
            for statement in _TABLES:
                self._file.rows(statement)

    def keep(self, form_id: str, draft: Draft) -> None:
        """Keeps what is typed so far."""
        body = _Body(
            work=draft.work,
            items=[_Item(one.item_id, one.outcome, one.note) for one in draft.items],
            problems=[_Problem(one.text, [photo.id for photo in one.photos]) for one in draft.problems],
            remarks=draft.remarks,
            complete=draft.complete,
        )
        with self._file.transaction():
            self._file.rows("INSERT OR REPLACE INTO draft VALUES (?, ?)", form_id, msgspec.json.encode(body))

    def add_photo(self, form_id: str, photo: Photo) -> None:
        """Keeps a photo before the form names it."""
        with self._file.transaction():
            self._file.rows("INSERT OR REPLACE INTO photo VALUES (?, ?, ?)", photo.id, form_id, photo.jpeg)

    def load(self, form_id: str) -> Draft | None:
        """What was kept for a form; None if nothing was."""
        found = self._file.row("SELECT body FROM draft WHERE form_id = ?", form_id)
        if found is None:
            return None
        body = msgspec.json.decode(found[0], type=_Body)
        photos = {i: Photo(i, jpeg) for i, jpeg in self._photos(form_id)}
        return Draft(
            work=body.work,
            items=tuple(ItemEntry(one.item_id, one.outcome, one.note) for one in body.items),
            problems=tuple(
                Problem(one.text, tuple(photos[i] for i in one.photos if i in photos))
                for one in body.problems
            ),
            remarks=body.remarks,
            complete=body.complete,
        )

    def forget(self, form_id: str) -> None:
        """Deletes a draft and its photos: the form is written down."""
        with self._file.transaction():
            self._file.rows("DELETE FROM draft WHERE form_id = ?", form_id)
            self._file.rows("DELETE FROM photo WHERE form_id = ?", form_id)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _photos(self, form_id: str) -> list[tuple[str, bytes]]:
        return [
            (str(i), bytes(jpeg))
            for i, jpeg in self._file.rows("SELECT id, jpeg FROM photo WHERE form_id = ?", form_id)
        ]
