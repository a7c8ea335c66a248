"""Ed25519 signatures: a device signs the head of its journal, a server signs the anchors that it gives."""

from typing import NamedTuple

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

_HEAD_TAG = b"zhiye-head-1\0"
_ANCHOR_TAG = b"zhiye-anchor-1\0"
_SIGNATURE_BYTES = 64


class KeyPair(NamedTuple):
    """An Ed25519 key pair as raw bytes: 32 of seed, 32 of public key."""

    seed: bytes
    public: bytes


def new_key_pair() -> KeyPair:
    """A fresh key pair from the system's random source."""
    return key_pair(bytes(SigningKey.generate()))


def key_pair(seed: bytes) -> KeyPair:
    """The key pair of a stored seed."""
    return KeyPair(seed, bytes(SigningKey(seed).verify_key))


def sign_head(seed: bytes, journal: str, dseq: int, digest: str) -> str:
    """The device's word that its journal stands at this entry; it covers the whole chain below."""
    return SigningKey(seed).sign(_head(journal, dseq, digest)).signature.hex()


def head_is_signed(public: bytes, journal: str, dseq: int, digest: str, signature: str) -> bool:
    """Whether the device's key signed this head."""
    return _holds(public, _head(journal, dseq, digest), signature)


def sign_anchor(seed: bytes, nonce: str, server_ms: int, audit_head: str) -> str:
    """The server's word for its time, fresh by the device's nonce, and for its audit log's head (U-1)."""
    return SigningKey(seed).sign(_anchor(nonce, server_ms, audit_head)).signature.hex()


def anchor_is_signed(public: bytes, nonce: str, server_ms: int, audit_head: str, signature: str) -> bool:
    """Whether the pinned server key signed this anchor."""
    return _holds(public, _anchor(nonce, server_ms, audit_head), signature)


def _head(journal: str, dseq: int, digest: str) -> bytes:
    return _HEAD_TAG + journal.encode() + dseq.to_bytes(8, "big") + bytes.fromhex(digest)


def _anchor(nonce: str, server_ms: int, audit_head: str) -> bytes:
    return _ANCHOR_TAG + nonce.encode() + server_ms.to_bytes(8, "big") + audit_head.encode()


def _holds(public: bytes, message: bytes, signature: str) -> bool:
    try:
        raw = bytes.fromhex(signature)
        if len(raw) != _SIGNATURE_BYTES:
            return False
        VerifyKey(public).verify(message, raw)
    except (BadSignatureError, ValueError):
        return False
    return True
