"""What stands in the sealed parts of facts, and how the server reads it with its photos (S-3, F-2)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.attachments.store import BlobStore
from core.db.vault import Vault
from core.errors import BadInput, NotHere
from core.fields import Digest
from core.journals import sealed
from core.journals.models import JournalEntry
from core.visits.commands import FaceEntry, Problems, Words
from core.wire.envelope import parse
from core.wire.sealing import open_box

MOST_PHOTOS = 12
"""How many photos of a form are shown: each is opened for every reader."""


class FaceEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The sealed part of a start, an end or an attempt; ``photo_key`` opens the blob that the body names."""

    score: float | None = None
    threshold: float | None = None
    challenge: str | None = None
    versions: dict[str, str] = msgspec.field(default_factory=dict)
    photo_key: bytes | None = None


class FormEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The sealed part of a form: its text, and the keys of its photos by their digests."""

    work: Words
    problems: Problems = msgspec.field(default_factory=list)
    photos: Annotated[list[Digest], Meta(max_length=200)] = msgspec.field(default_factory=list)
    remarks: Words = ""
    photo_keys: Annotated[dict[str, bytes], Meta(max_length=200)] = msgspec.field(default_factory=dict)


class Absent(StrEnum):
    """Why there is nothing to show of a form's text."""

    NEVER = "never"
    ERASED = "erased"
    UNREADABLE = "unreadable"

    @property
    def zh(self) -> str:
        """What its reader is told."""
        return _ABSENT[self]


_ABSENT = {
    Absent.NEVER: "这份反馈单没有文字内容。",
    Absent.ERASED: "文字内容已按规定期限删除。",
    Absent.UNREADABLE: "内容无法读取，原始记录已保留，请联系填写人核实。",
}


@dataclass(frozen=True, slots=True)
class FormPhotos:
    """A form's photos in clear; how many have not been uploaded yet, and how many are more than a form shows."""

    shown: list[bytes]
    awaited: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class FaceProof:
    """What was seen at a start or an end, with the photo in clear as far as it is here."""

    photo: bytes | None
    score: float | None
    threshold: float | None
    challenge: str | None
    liveness: str | None
    engine: str | None


class _FaceBody(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a start's or end's body that says what the face engine found."""

    face: FaceEntry


def face_proof(db: Session, vault: Vault, blobs: BlobStore, fact_id: str) -> FaceProof:
    """The evidence of one start or end; what was erased, can't be read or is not uploaded yet is None."""
    face = face_of(db, fact_id)
    try:
        found = sealed.read(db, vault, fact_id, FaceEvidence)
    except (NotHere, BadInput):
        found = FaceEvidence()
    photo = _photo(blobs, face.photo if face else None, found.photo_key)
    return FaceProof(
        photo=photo,
        score=found.score,
        threshold=found.threshold,
        challenge=found.challenge,
        liveness=face.liveness if face else None,
        engine=face.engine if face else None,
    )


def face_of(db: Session, fact_id: str) -> FaceEntry | None:
    """What the engine found, from the entry's own bytes: the fact row keeps only what the verdict needs."""
    written = select(JournalEntry.text).where(JournalEntry.id == fact_id, JournalEntry.status == "recorded")
    text = db.scalars(written.limit(1)).first()
    return None if text is None else msgspec.json.decode(parse(text.encode()).body, type=_FaceBody).face


def form_text(db: Session, vault: Vault, form_id: str) -> FormEvidence | Absent:
    """What a form says; where it says nothing, why: it had no text, was erased by rule (D-3), or can't be read."""
    try:
        return sealed.read(db, vault, form_id, FormEvidence)
    except NotHere as missing:
        return Absent.NEVER if missing.code == sealed.ABSENT else Absent.ERASED
    except BadInput:
        return Absent.UNREADABLE


def form_photos(blobs: BlobStore, text: FormEvidence | Absent) -> FormPhotos:
    """The form's photos in clear, as far as they are here and can be read, at most as many as a form shows."""
    named = [] if isinstance(text, Absent) else list(dict.fromkeys(text.photos))
    wanted, keys = named[:MOST_PHOTOS], {} if isinstance(text, Absent) else text.photo_keys
    found = (_photo(blobs, digest, keys.get(digest)) for digest in wanted)
    shown = [photo for photo in found if photo is not None]
    awaited = sum(digest in keys and blobs.size(digest) is None for digest in wanted)
    return FormPhotos(shown, awaited, len(named) - len(wanted))


def _photo(blobs: BlobStore, digest: str | None, key: bytes | None) -> bytes | None:
    """A photo in clear; None if it is not here, or is not what its key opens."""
    if digest is None or key is None or blobs.size(digest) is None:
        return None
    with blobs.open(digest) as file:
        box = file.read()
    try:
        return open_box(digest, box, key)
    except BadInput:
        return None
