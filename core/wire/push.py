"""What a client and a server say to each other, as JSON: numbers are numbers, ids are text, unknown fields
are let pass.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from core.wire.envelope import Digest, Id, Millis, Nonce, Signature

Sequence = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""A number in a row that begins with 1; 0 stands before the first. No greater than any reader of JSON can hold."""

MAX_ENTRIES = 500
"""Entries in one push."""
MAX_SCOPES = 100
"""Scopes that can be asked for at once."""

Status = Literal["recorded", "repeated", "held", "void", "tampered"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Base of messages: a field that a newer side adds is passed over by an older one."""


class Head(Message, frozen=True, kw_only=True):
    """Where a journal stands: number and hash of its last entry; an empty one stands at 0 and its genesis."""

    dseq: Sequence
    hash: Digest


class WireEntry(Message, frozen=True, kw_only=True):
    """An entry on the wire: its exact bytes as text; box and wrapped key lie outside of what is hashed."""

    text: str = msgspec.field(name="bytes")
    box: bytes | None = None
    key: bytes | None = None


class PushRequest(Message, frozen=True, kw_only=True):
    """Entries of one journal in a row, and the device's signature over the head after the last of them."""

    journal: Id
    entries: list[WireEntry]
    head: Head
    signature: Signature


class EntryVerdict(Message, frozen=True, kw_only=True):
    """What became of one entry: a broken rule is a verdict, never an HTTP error."""

    id: Id
    status: Status
    rule: str | None = None
    sentence: str | None = None


class PushAnswer(Message, frozen=True, kw_only=True):
    """The server's own head; the client takes its position from it and from nothing else."""

    head: Head
    verdicts: list[EntryVerdict]
    fork: bool
    audit_head: str
    held: list[Id] | None = None
    """Which entries of this device still wait, at most ``MAX_ENTRIES``; None from a server that does not tell."""


class Cursor(Message, frozen=True, kw_only=True):
    """How far a scope has been pulled: sequence of the last commit and the rolling hash over all commits up
    to it.
    """

    seq: Sequence = 0
    rolling: str = "0" * 64


class ChangedRow(Message, frozen=True, kw_only=True):
    """One row as it stands, or its tombstone; the row stays plain JSON until its table is known."""

    table: str
    id: str
    gone: bool
    row: dict[str, Any] | None = None


class ChangePage(Message, frozen=True, kw_only=True):
    """Rows of one scope after a cursor; ``reset`` says that the cursor is not of this server's history."""

    scope: str
    cursor: Cursor
    rows: list[ChangedRow]
    more: bool
    reset: bool = False
    head: Cursor | None = None
    """On the last page: the last commit that touched the scope, as ``ScopesAnswer.heads`` tells it later."""


class TimeAnswer(Message, frozen=True, kw_only=True):
    """The server's signed time for the device's nonce; it becomes an anchor in the journal (S-11)."""

    nonce: Nonce
    server_ms: Millis
    audit_head: Digest
    signature: Signature


class ScopesAnswer(Message, frozen=True, kw_only=True):
    """The scopes that this device may pull now; what is no longer among them it drops."""

    scopes: list[str]
    heads: dict[str, Cursor] = {}
    """Where each scope stands: one whose last page had this head need not be asked for. An older server tells none."""
    together: bool = False
    """Whether this server gives pages of several scopes in one answer; an older one gives one at a time."""


class Asked(Message, frozen=True, kw_only=True):
    """A scope, and how far it has been pulled."""

    scope: str
    cursor: Cursor = Cursor()


class ChangesRequest(Message, frozen=True, kw_only=True):
    """Asks for the next pages of several scopes, in this order."""

    asked: Annotated[list[Asked], Meta(min_length=1, max_length=MAX_SCOPES)]


class ChangesAnswer(Message, frozen=True, kw_only=True):
    """One page for each of the first of the scopes that were asked for; for the others one asks again."""

    pages: list[ChangePage]


class BlobAnswer(Message, frozen=True, kw_only=True):
    """What the server holds of a blob; the device deletes its copy only when it is durable."""

    digest: Digest
    size: int
    durable: bool


class LeaveRequest(Message, frozen=True, kw_only=True):
    """A revoked device asks whether the server has all of its journal, up to this head."""

    journal: Id
    head: Head


class LeaveAnswer(Message, frozen=True, kw_only=True):
    """If it is complete the device wipes itself; otherwise it keeps everything and pushes on."""

    complete: bool
