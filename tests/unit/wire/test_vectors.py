"""The test vectors: what another team's client must reproduce, checked with nothing but standard libraries."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from core.wire.envelope import content_hash, parse
from core.wire.sealing import open_box
from core.wire.signing import anchor_is_signed, head_is_signed
from core.wire.timeline import AnchorPoint, Evidence, settle
from tests.vectors.make import VECTORS, text_of

HERE = Path(__file__).parents[2] / "vectors"


def load(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", VECTORS)
def test_the_files_are_what_the_script_writes(name: str) -> None:
    assert (HERE / f"{name}.json").read_text(encoding="utf-8") == text_of(name)


def test_the_chain_by_the_letter_of_the_protocol() -> None:
    vector = load("chain")
    for journal in (vector, vector["rehomed"]):
        start = b"zhiye-journal-1\0" + journal["journal"].encode() + bytes.fromhex(vector["device_public"])
        previous = hashlib.sha256(start).hexdigest()
        assert previous == journal["genesis"]
        for number, one in enumerate(journal["entries"], 1):
            fields = json.loads(one["bytes"])
            assert (fields["dseq"], fields["prev"], fields["journal"]) == (
                number,
                previous,
                journal["journal"],
            )
            previous = hashlib.sha256(b"zhiye-entry-1\0" + one["bytes"].encode()).hexdigest()
            assert previous == one["hash"]


def test_contents_by_the_letter_of_the_protocol() -> None:
    vector = load("chain")
    for one, moved in zip(vector["entries"], vector["rehomed"]["entries"], strict=True):
        entry = parse(one["bytes"].encode())
        parts = [
            entry.id.encode(),
            entry.actor.kind.encode(),
            entry.actor.id.encode(),
            (entry.session or "").encode(),
            entry.command.encode(),
            str(entry.version).encode(),
            bytes(entry.body),
            (entry.sealed or "").encode(),
            str(entry.time.wall_ms).encode(),
            entry.time.boot_id.encode(),
            str(entry.time.boot_ms).encode(),
        ]
        digest = hashlib.sha256(b"zhiye-content-1\0" + b"".join(len(p).to_bytes(8, "big") + p for p in parts))
        assert digest.hexdigest() == one["content"] == content_hash(entry) == moved["content"]
        assert moved["hash"] != one["hash"]


def test_the_head_signature() -> None:
    vector = load("head")
    message = b"zhiye-head-1\0" + vector["journal"].encode() + vector["dseq"].to_bytes(8, "big")
    signed = SigningKey(bytes.fromhex(vector["device_seed"])).sign(message + bytes.fromhex(vector["hash"]))
    assert signed.signature.hex() == vector["signature"]
    public = bytes.fromhex(vector["device_public"])
    assert head_is_signed(public, vector["journal"], 3, vector["hash"], vector["signature"])


@pytest.mark.rule("U-1")
def test_the_anchor_signature() -> None:
    """Devices witness the audit log's head: every anchor covers it."""
    vector = load("anchor")
    message = b"zhiye-anchor-1\0" + vector["nonce"].encode() + vector["server_ms"].to_bytes(8, "big")
    signed = SigningKey(bytes.fromhex(vector["server_seed"])).sign(message + vector["audit_head"].encode())
    assert signed.signature.hex() == vector["signature"]
    given = (vector["nonce"], vector["server_ms"], vector["audit_head"], vector["signature"])
    public = bytes.fromhex(vector["server_public"])
    assert anchor_is_signed(public, *given)
    assert not anchor_is_signed(public, given[0], given[1], "cd" * 32, given[3])


@pytest.mark.rule("D-2")
def test_the_sealed_part() -> None:
    """Personal data is encrypted; the entry names the box by its hash."""
    vector = load("sealed")
    box, key = base64.b64decode(vector["box_base64"]), bytes.fromhex(vector["key"])
    assert box[:24].hex() == vector["nonce"]
    assert hashlib.sha256(box).hexdigest() == vector["sealed"]
    assert SecretBox(key).decrypt(box).decode() == vector["plaintext"]
    assert open_box(vector["sealed"], box, key).decode() == vector["plaintext"]
    secret = PrivateKey(bytes.fromhex(vector["server_x25519_secret"]))
    assert bytes(secret.public_key).hex() == vector["server_x25519_public"]


@pytest.mark.rule("S-11")
@pytest.mark.parametrize("case", load("timeline"), ids=lambda case: case["case"])
def test_trusted_times(case: dict[str, Any]) -> None:
    """Proven, bracketed, otherwise 待核实: the named cases, whole and from the tail on."""
    evidence = [
        Evidence(**{**one, "anchor": AnchorPoint(**one["anchor"]) if one["anchor"] else None})
        for one in case["evidence"]
    ]
    whole = settle(evidence)
    assert [one._asdict() for one in whole] == case["trusted"]
    start = case["tail_start"]
    assert settle(evidence[start:], whole[start].ms) == whole[start:]
