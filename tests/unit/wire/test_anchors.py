"""Anchors as evidence: only a signed one of the entry's own boot counts."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.wire.anchors import evidence_of
from core.wire.envelope import Entry, parse
from core.wire.push import ChangePage, Cursor, EntryVerdict, Head, PushAnswer, TimeAnswer
from core.wire.timeline import AnchorPoint

VECTORS = Path(__file__).parents[2] / "vectors"
SERVER = bytes.fromhex(json.loads((VECTORS / "anchor.json").read_text("utf-8"))["server_public"])
ENTRIES = json.loads((VECTORS / "chain.json").read_text("utf-8"))["entries"]


def anchor_entry(**changes: Any) -> Entry:
    entry = parse(ENTRIES[1]["bytes"].encode())
    body = {**json.loads(bytes(entry.body)), **changes}
    return msgspec.structs.replace(entry, body=msgspec.Raw(json.dumps(body).encode()))


@pytest.mark.rule("S-11")
def test_a_signed_anchor_of_this_boot_is_evidence() -> None:
    """A device reports wall clock, boot-time clock, boot id and signed server anchors."""
    entry = anchor_entry()
    found = evidence_of(entry, (bytes(32), SERVER))
    assert found.anchor == AnchorPoint(1_772_413_201_500, 61_500)
    assert found[:3] == (entry.time.wall_ms, entry.time.boot_id, entry.time.boot_ms)


@pytest.mark.rule("S-11")
@pytest.mark.parametrize(
    "changes",
    [
        {"server_ms": 1},
        {"nonce": "another-nonce-of-22-by"},
        {"nonce": "other"},
        {"audit_head": "cd" * 32},
        {"audit_head": ""},
        {"boot_id": "other"},
        {"boot_ms": 62_001},
        {"signature": "00" * 64},
        {"signature": "short"},
        {"extra": 1},
    ],
)
def test_a_changed_anchor_is_none(changes: dict[str, Any]) -> None:
    """*Proven* needs what the server signed, for this boot, and not from the entry's future."""
    assert evidence_of(anchor_entry(**changes), (SERVER,)).anchor is None


def test_other_entries_and_unknown_keys_give_no_anchor() -> None:
    assert evidence_of(parse(ENTRIES[0]["bytes"].encode()), (SERVER,)).anchor is None
    assert evidence_of(anchor_entry(), ()).anchor is None


def test_messages_pass_over_what_a_newer_side_adds() -> None:
    head = Head(dseq=3, hash="0" * 64)
    verdict = EntryVerdict(
        id=parse(ENTRIES[0]["bytes"].encode()).id, status="void", rule="S-4", sentence="超出范围。"
    )
    answer = PushAnswer(head=head, verdicts=[verdict], fork=False, audit_head="")
    told = json.loads(msgspec.json.encode(answer)) | {"news": 1}
    assert msgspec.json.decode(json.dumps(told), type=PushAnswer) == answer
    page = msgspec.json.decode(
        '{"scope":"s","cursor":{"seq":7,"rolling":"r"},"rows":[{"table":"t","id":"i","gone":false,"row":{"x":[1]}}],'
        '"more":false}',
        type=ChangePage,
    )
    assert (page.cursor, page.rows[0].row, page.reset) == (Cursor(seq=7, rolling="r"), {"x": [1]}, False)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode('{"nonce":"n","server_ms":"1","audit_head":"","signature":""}', type=TimeAnswer)
