"""Personal data apart from the hashed bytes: a box with a key of its own, so that erasing the key leaves
chains valid.
"""

import hashlib
from typing import NamedTuple

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

from core.errors import BadInput

MAX_BOX = 64 * 1024
"""A sealed part is text and keys; photos are blobs. Like the entry beside it, it has an end."""


class Sealed(NamedTuple):
    """A sealed part: the digest that stands in the entry, the box, and its key wrapped for the server."""

    digest: str
    box: bytes
    wrapped_key: bytes


class SealedBlob(NamedTuple):
    """A photo or document as it is stored and sent; its key travels inside the fact's sealed part."""

    digest: str
    box: bytes
    key: bytes


def new_server_keys() -> tuple[bytes, bytes]:
    """A fresh X25519 pair (secret, public) to which keys of sealed parts are wrapped."""
    secret = PrivateKey.generate()
    return bytes(secret), bytes(secret.public_key)


def seal(plain: bytes, server_public: bytes) -> Sealed:
    """Encrypts personal data with a random key, and the key for the server alone: the device cannot read it
    back.
    """
    blob = seal_blob(plain)
    return Sealed(blob.digest, blob.box, wrap_key(blob.key, server_public))


def unseal(sealed: Sealed, server_secret: bytes) -> bytes:
    """Reads a sealed part on the server."""
    return open_box(sealed.digest, sealed.box, unwrap_key(sealed.wrapped_key, server_secret))


def seal_blob(plain: bytes) -> SealedBlob:
    """Encrypts a blob with a random key; it is stored under the hash of what is stored."""
    key = random_bytes(SecretBox.KEY_SIZE)
    return seal_with(plain, key, random_bytes(SecretBox.NONCE_SIZE))


def seal_with(plain: bytes, key: bytes, nonce: bytes) -> SealedBlob:
    """Encrypts with a given key and nonce; only test vectors give them, a nonce must never come twice with a
    key.
    """
    box = bytes(SecretBox(key).encrypt(plain, nonce))
    return SealedBlob(box_digest(box), box, key)


def open_box(digest: str, box: bytes, key: bytes) -> bytes:
    """Decrypts a box after checking that it is the one that the entry or attachment names."""
    if box_digest(box) != digest:
        raise BadInput("sealed-digest", "密封内容与记录不一致。", rule="D-2")
    try:
        return SecretBox(key).decrypt(box)
    except (CryptoError, ValueError) as error:
        raise BadInput("sealed-damaged", "密封内容无法解开，可能已损坏。", rule="D-2") from error


def wrap_key(key: bytes, server_public: bytes) -> bytes:
    """The key of a box, readable by the server alone."""
    return bytes(SealedBox(PublicKey(server_public)).encrypt(key))


def unwrap_key(wrapped: bytes, server_secret: bytes) -> bytes:
    """The key of a box, on the server."""
    try:
        return bytes(SealedBox(PrivateKey(server_secret)).decrypt(wrapped))
    except (CryptoError, ValueError) as error:
        raise BadInput("sealed-key", "密封内容的密钥无法解开。", rule="D-2") from error


def box_digest(box: bytes) -> str:
    """The hash under which a box or blob is named."""
    return hashlib.sha256(box).hexdigest()
