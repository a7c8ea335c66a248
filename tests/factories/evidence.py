"""What a kiosk leaves on the server of a check-in: the entry, the sealed part and the encrypted photo."""

from typing import Literal

import msgspec

from core.context import Actor
from core.ids import new_id
from core.journals.models import JournalEntry
from core.journals.sealed import keep_own
from core.visits.commands import FaceEntry
from core.wire.envelope import Entry, EntryActor, Moment, content_hash, entry_hash, write
from core.wire.sealing import seal_blob
from tests.factories.web import FACE, HERE, Paired, Web

PHOTO = b"\xff\xd8 a picture"


def bring_photo(web: Web, kiosk: Paired, photo: bytes = PHOTO) -> tuple[str, bytes]:
    """Uploads an encrypted photo as a kiosk does; returns its digest and key."""
    blob = seal_blob(photo)
    url = f"/api/v1/blobs/{blob.digest}"
    headers = web.session(kiosk.id, kiosk.keys)
    assert web.client.put(url, content=blob.box, headers=headers).status_code == 200
    return blob.digest, blob.key


def keep_start(
    web: Web,
    kiosk: Paired,
    fact_id: str,
    person: str,
    project: str,
    digest: str,
    portrait: str = FACE.portrait_id,
    liveness: Literal["challenge", "demo-still"] = "challenge",
) -> None:
    """The journal entry of a start, as receiving a push keeps it."""
    face = FaceEntry(engine=FACE.engine, liveness=liveness, portrait_id=portrait, photo=digest)
    body = {"project_id": project, "person_id": person, "claims": True, "face": face, "fix": HERE}
    entry = Entry(
        v=1, id=fact_id, journal=new_id(), dseq=1, prev="0" * 64, device=kiosk.id,
        actor=EntryActor(kind="person", id=person), session=None, command="visits.start", version=1,
        body=msgspec.Raw(msgspec.json.encode(body)), sealed=None, time=Moment(wall_ms=1, boot_id="b", boot_ms=1),
    )  # fmt: skip
    raw = write(entry)
    with web.state.store.writing() as db:
        db.add(
            JournalEntry(
                journal_id=entry.journal, dseq=1, id=fact_id, text=raw.decode(), hash=entry_hash(raw),
                content=content_hash(entry), status="recorded", wall_ms=1, boot_id="b", boot_ms=1, anchor_ms=None,
                anchor_boot_ms=None, t_ms=1, proof="proven", final=True,
            )
        )  # fmt: skip


def keep_sealed(web: Web, fact_id: str, person: str, part: object) -> None:
    """The sealed part of a fact."""
    with web.state.bus.transaction(Actor("job", new_id())) as work:
        keep_own(work.ctx, fact_id, person, msgspec.json.encode(part))
