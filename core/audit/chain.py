"""The hash chain of the audit log, as pure functions: link an entry, and find the first broken link (U-1)."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

GENESIS = "0" * 64
_TAG = b"zhiye-audit-1\0"


class Record(NamedTuple):
    """What one audit entry says, without its hash; the order of the fields is part of the format."""

    seq: int
    at_ms: int
    actor_kind: str
    actor_id: str | None
    device_id: str | None
    command: str
    version: int
    command_id: str
    outcome: str
    commitment: str


def link(previous: str, record: Record) -> str:
    """The hash of an entry: SHA-256 over tag, the hash before it, and the record as a JSON array."""
    return hashlib.sha256(_TAG + bytes.fromhex(previous) + msgspec.json.encode(record)).hexdigest()


def first_broken(
    entries: Iterable[tuple[Record, str]], previous: str = GENESIS, expected: int = 1
) -> int | None:
    """The sequence at which the chain breaks first; None if it holds.

    A missing entry is reported at the sequence that should stand there.
    """
    for record, stored in entries:
        if record.seq != expected or link(previous, record) != stored:
            return expected
        previous, expected = stored, expected + 1
    return None
