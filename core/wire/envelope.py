"""One journal entry as bytes: written once, then stored, hashed, sent and parsed exactly as written."""

import hashlib
import json
import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from core.errors import BadInput
from core.ids import is_time_ordered

MAX_BYTES = 64 * 1024
"""An entry is a fact or a draft of one record; what is larger belongs into a blob."""

ANCHOR = "time.anchor"
OPENED = "time.opened"

_ENTRY_TAG = b"zhiye-entry-1\0"
_JOURNAL_TAG = b"zhiye-journal-1\0"
_CONTENT_TAG = b"zhiye-content-1\0"

_UNKNOWN = b"\\ufffd"
"""Spelled as long as what it stands for: the bytes of a field are at the same place as before."""
_SURROGATES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
"""A backslash that is a text's own, a whole character in two escapes, or half of one."""

ActorKind = Literal["person", "account", "contact", "device", "job"]
Id = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\Z")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}\\Z")]
Signature = Annotated[str, Meta(pattern="^[0-9a-f]{128}\\Z")]
Nonce = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{16,128}\\Z")]
Millis = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]
CommandName = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+\\Z", max_length=64)]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything that is hashed or signed: an unknown field is an error, not something to skip."""


class EntryActor(Strict, frozen=True, kw_only=True):
    """Who acted: a person seen by a kiosk, an account in a session, a contact, the device itself, a job."""

    kind: ActorKind
    id: Id


class Moment(Strict, frozen=True, kw_only=True):
    """Time evidence as the device read it when it wrote the entry down (S-11)."""

    wall_ms: Millis
    boot_id: Annotated[str, Meta(min_length=1, max_length=64)]
    boot_ms: Millis


class Entry(Strict, frozen=True, kw_only=True):
    """The fields of an entry; their order here is the order in which our own client writes them."""

    v: Literal[1]
    id: Id
    journal: Id
    dseq: Number
    prev: Digest
    device: Id
    actor: EntryActor
    session: Id | None
    command: CommandName
    version: Number
    body: msgspec.Raw
    sealed: Digest | None
    time: Moment


def write(entry: Entry) -> bytes:
    """The bytes of a new entry; checked by parsing them again, so that nothing is written that nobody can
    read.
    """
    raw = msgspec.json.encode(entry)
    parse(raw)
    return raw


def parse(raw: bytes) -> Entry:
    """Reads an entry strictly: types, forms of ids and hashes, no unknown, missing or doubled field, no huge
    entry.
    """
    if len(raw) > MAX_BYTES:
        raise BadInput("entry-size", "记录内容过大。", rule="U-1")
    if not (raw.startswith(b"{") and raw.endswith(b"}")):
        raise BadInput("entry-form", "记录格式不正确：前后有多余的字符。", rule="U-1")
    try:
        entry = _decoded(raw)
        body = _body(raw, entry)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInput("entry-form", f"记录格式不正确：{error}", rule="U-1") from error
    if not isinstance(body, dict):
        raise BadInput("entry-form", "记录格式不正确：内容应为对象。", rule="U-1")
    if not (is_time_ordered(entry.id) and is_time_ordered(entry.journal)):
        raise BadInput("entry-id", "记录编号不是按时间排序的编号。", rule="U-1")
    return entry


def _decoded(raw: bytes) -> Entry:
    """The fields; half a character, which JSON can spell and no text can hold, is read as one that is unknown.

    The body keeps its own bytes: what becomes of such an entry is a verdict, and those behind it are taken in.
    """
    try:
        return msgspec.json.decode(raw, type=Entry)
    except msgspec.DecodeError:
        whole = _SURROGATES.sub(lambda found: _UNKNOWN if found[1] else found[0], raw)
        if whole == raw:
            raise
        entry = msgspec.json.decode(whole, type=Entry)
        start = whole.index(bytes(entry.body))
        return msgspec.structs.replace(entry, body=msgspec.Raw(raw[start : start + len(bytes(entry.body))]))


def _body(raw: bytes, entry: Entry) -> Any:
    """The body's value; raises ``ValueError`` if any field of the entry stands in it twice, or NaN.

    The very bytes that our own client would write need not be searched: there no field can stand twice.
    """
    try:
        body = msgspec.json.decode(entry.body)
    except (msgspec.DecodeError, RecursionError):
        plain = False  # what other readers may take all the same is theirs to judge
    else:
        plain = msgspec.json.encode(entry) == raw and msgspec.json.encode(body) == bytes(entry.body)
    return body if plain else json.loads(raw, object_pairs_hook=_unique, parse_constant=_no_constant)["body"]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuses doubled fields: two readers could take different ones, and both would find the hash right."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("doubled field")
    return made


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def entry_hash(raw: bytes) -> str:
    """The hash of an entry: what the next one names as ``prev``, and what head signatures cover."""
    return hashlib.sha256(_ENTRY_TAG + raw).hexdigest()


def genesis(journal: str, public_key: bytes) -> str:
    """The ``prev`` of a journal's first entry: it ties the journal to the device's key."""
    return hashlib.sha256(_JOURNAL_TAG + journal.encode() + public_key).hexdigest()


def content_hash(entry: Entry) -> str:
    """What makes two entries with one id the same fact, whatever journal they stand in.

    After a fork entries move to a new journal: bytes change, because journal, number and ``prev`` do.
    Everything else moves unchanged, the body byte for byte; so the same id with the same content is a
    repetition, and the same id with another content is tampering. The device is left out: a device that is
    paired anew after its disk was restored still carries its old entries home.
    """
    parts = (
        entry.id,
        entry.actor.kind,
        entry.actor.id,
        entry.session or "",
        entry.command,
        str(entry.version),
        bytes(entry.body),
        entry.sealed or "",
        str(entry.time.wall_ms),
        entry.time.boot_id,
        str(entry.time.boot_ms),
    )
    written = [part if isinstance(part, bytes) else part.encode() for part in parts]
    framed = b"".join(len(data).to_bytes(8, "big") + data for data in written)
    return hashlib.sha256(_CONTENT_TAG + framed).hexdigest()
