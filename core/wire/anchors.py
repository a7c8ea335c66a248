"""Anchors: a server's signed time as a journal entry, and what an entry is worth as evidence."""

import msgspec

from core.errors import BadInput
from core.wire.envelope import ANCHOR, Digest, Entry, Millis, Moment, Nonce, Signature, Strict
from core.wire.push import TimeAnswer
from core.wire.signing import anchor_is_signed
from core.wire.timeline import AnchorPoint, Evidence

MAX_ROUND_TRIP_MS = 10_000
"""An answer that was held back on its way would make later times too early; half of this is the worst
error.
"""


class Anchor(Strict, frozen=True, kw_only=True):
    """The body of a ``time.anchor`` entry."""

    server_ms: Millis
    nonce: Nonce
    boot_id: str
    boot_ms: Millis
    audit_head: Digest
    signature: Signature


def make_anchor(
    answer: TimeAnswer, nonce: str, asked: Moment, answered: Moment, server_public: bytes
) -> Anchor:
    """The anchor of an answer that is signed, fresh and quick; the boot clock is taken half way between."""
    trip = answered.boot_ms - asked.boot_ms
    if asked.boot_id != answered.boot_id or not 0 <= trip <= MAX_ROUND_TRIP_MS:
        raise BadInput(
            "anchor-slow", "服务器对时用时过长，本次对时不采用。", "网络恢复后会自动再次对时。", rule="S-11"
        )
    signed = anchor_is_signed(
        server_public, answer.nonce, answer.server_ms, answer.audit_head, answer.signature
    )
    if answer.nonce != nonce or not signed:
        raise BadInput(
            "anchor-signature", "服务器对时信息的签名不正确。", "请核对服务器地址和密钥。", rule="S-11"
        )
    return Anchor(
        server_ms=answer.server_ms,
        nonce=nonce,
        boot_id=asked.boot_id,
        boot_ms=asked.boot_ms + trip // 2,
        audit_head=answer.audit_head,
        signature=answer.signature,
    )


def evidence_of(entry: Entry, server_publics: tuple[bytes, ...]) -> Evidence:
    """What an entry says about time; an anchor counts only if a server key signed it and it is of the entry's
    boot.
    """
    time = entry.time
    return Evidence(time.wall_ms, time.boot_id, time.boot_ms, _anchor_point(entry, server_publics))


def _anchor_point(entry: Entry, server_publics: tuple[bytes, ...]) -> AnchorPoint | None:
    if entry.command != ANCHOR:
        return None
    try:
        anchor = msgspec.json.decode(entry.body, type=Anchor)
    except msgspec.DecodeError:
        return None  # not an anchor of this version: it proves nothing, and the entry is judged elsewhere
    same_boot = anchor.boot_id == entry.time.boot_id and anchor.boot_ms <= entry.time.boot_ms
    signed = any(
        anchor_is_signed(key, anchor.nonce, anchor.server_ms, anchor.audit_head, anchor.signature)
        for key in server_publics
    )
    return AnchorPoint(anchor.server_ms, anchor.boot_ms) if same_boot and signed else None
