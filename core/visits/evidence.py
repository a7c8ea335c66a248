"""What stands in the sealed parts of facts, and how the server reads it with its photos (S-3, F-2)."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.attachments.store import BlobStore
from core.db.vault import Vault
from core.errors import NotHere
from core.journals import sealed
from core.journals.models import JournalEntry
from core.visits.commands import FaceEntry
from core.wire.envelope import parse
from core.wire.sealing import open_box


class FaceEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The sealed part of a start, an end or an attempt; ``photo_key`` opens the blob that the body names."""

    score: float | None = None
    threshold: float | None = None
    challenge: str | None = None
    versions: dict[str, str] = msgspec.field(default_factory=dict)
    photo_key: bytes | None = None


class FormEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The sealed part of a form: its text, and the keys of its photos by their digests."""

    work: str
    problems: list[str] = msgspec.field(default_factory=list)
    photos: list[str] = msgspec.field(default_factory=list)
    remarks: str = ""
    photo_keys: dict[str, bytes] = msgspec.field(default_factory=dict)


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
    """The evidence of one start or end; what was erased or not uploaded yet is None."""
    face = _face_of(db, fact_id)
    try:
        found = msgspec.convert(sealed.read(db, vault, fact_id), FaceEvidence)
    except NotHere:
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


def _face_of(db: Session, fact_id: str) -> FaceEntry | None:
    """From the entry's own bytes: the fact row keeps only what the verdict needs."""
    written = select(JournalEntry.text).where(JournalEntry.id == fact_id, JournalEntry.status != "tampered")
    text = db.scalars(written.limit(1)).first()
    return None if text is None else msgspec.json.decode(parse(text.encode()).body, type=_FaceBody).face


def form_text(db: Session, vault: Vault, form_id: str) -> FormEvidence | None:
    """What a form says; None where it was erased by rule (D-3)."""
    try:
        return msgspec.convert(sealed.read(db, vault, form_id), FormEvidence)
    except NotHere:
        return None


def form_photos(blobs: BlobStore, text: FormEvidence) -> list[bytes]:
    """The form's photos in clear, as far as they are here."""
    found = (_photo(blobs, digest, text.photo_keys.get(digest)) for digest in text.photos)
    return [photo for photo in found if photo is not None]


def _photo(blobs: BlobStore, digest: str | None, key: bytes | None) -> bytes | None:
    if digest is None or key is None or blobs.size(digest) is None:
        return None
    with blobs.open(digest) as file:
        return open_box(digest, file.read(), key)
