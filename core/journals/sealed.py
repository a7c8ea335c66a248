"""Keeps the personal parts of entries: takes them in, wraps each key to its subject, and reads them back (D-2)."""

from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from core.context import Context
from core.db.vault import Vault
from core.errors import BadInput, NotHere
from core.journals.acceptance import TAMPERED, TOO_LARGE, Ruling
from core.journals.models import SealedPart
from core.wire.chain import Link
from core.wire.envelope import Entry
from core.wire.push import WireEntry
from core.wire.sealing import MAX_BOX, box_digest, open_box, seal_blob, unwrap_key

T = TypeVar("T")

ABSENT = "sealed.absent"


def keep(ctx: Context, server_secret: bytes, links: list[tuple[Link, WireEntry]]) -> dict[str, Ruling]:
    """Stores the boxes that belong to new entries; what is said of those whose part is missing, wrong or shut."""
    rows, bad = [], dict[str, Ruling]()
    for link, wire in links:
        entry = link.entry
        if entry.sealed is None:
            continue
        if wire.box is None or wire.key is None or box_digest(wire.box) != entry.sealed:
            bad[entry.id] = TAMPERED
        elif len(wire.box) > MAX_BOX:
            bad[entry.id] = TOO_LARGE
        else:
            try:
                plain_key = unwrap_key(wire.key, server_secret)
            except BadInput:
                # One entry that nobody can open must not keep those behind it from arriving.
                bad[entry.id] = TAMPERED
                continue
            rows.append(_taken(ctx, entry, wire.box, plain_key))
    if rows:
        ctx.db.flush()
        ctx.db.connection().execute(insert(SealedPart), rows)
    return bad


def _taken(ctx: Context, entry: Entry, box: bytes, key: bytes) -> dict[str, Any]:
    """A part with its key wrapped to whom it is about; of one who was erased nobody gets the key any more.

    What a device says in its own name is about a stranger: each such part is a subject of its own.
    """
    subject = entry.id if entry.actor.kind == "device" else entry.actor.id
    erased = ctx.vault.is_erased(ctx.db, subject)
    wrapped = None if erased else ctx.vault.seal(ctx.db, subject, key)
    return _row(entry.id, subject, entry.sealed or "", box, wrapped)


def _row(entry_id: str, subject_id: str, digest: str, box: bytes, key: bytes | None) -> dict[str, Any]:
    return {"entry_id": entry_id, "subject_id": subject_id, "digest": digest, "box": box, "key": key}


def keep_own(ctx: Context, entry_id: str, subject_id: str, plain: bytes) -> None:
    """Seals a part that the server itself writes, such as a form filled in the office."""
    blob = seal_blob(plain)
    key = ctx.vault.seal(ctx.db, subject_id, blob.key)
    ctx.db.flush()
    row = _row(entry_id, subject_id, blob.digest, blob.box, key)
    connection: Connection = ctx.db.connection()
    connection.execute(insert(SealedPart), [row])


def read(db: Session, vault: Vault, entry_id: str, kind: type[T] = dict[str, Any]) -> T:  # type: ignore[assignment]
    """The personal part of an entry; raises ``NotHere`` (``sealed.absent``: it never had one) or ``BadInput``."""
    row = db.get(SealedPart, entry_id)
    if row is None:
        raise NotHere(ABSENT, "这条记录没有附加内容", "")
    if row.key is None:
        raise NotHere("sealed.erased", "附加内容已按规定删除", "如需核实请联系公司管理人员")
    plain = open_box(row.digest, row.box, vault.open(db, row.subject_id, row.key))
    try:
        return msgspec.json.decode(plain, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        # Nobody but the server can open the box: what a device put into it is seen here for the first time.
        raise BadInput("sealed.form", "附加内容无法读取", "请联系填写人核实；原始记录已保留") from error
