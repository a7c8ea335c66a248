"""How a device shows a server who it is: it signs the server's nonce, bound to that server's own key."""

from typing import NamedTuple

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

_TAG = b"zhiye-session-1\0"
_ROTATE_TAG = b"zhiye-rotate-1\0"


def sign_session(seed: bytes, server_public: bytes, device_id: str, nonce: str) -> str:
    """The device's answer to a nonce; the pinned server key in it keeps another server from passing it on."""
    return SigningKey(seed).sign(_message(server_public, device_id, nonce)).signature.hex()


def session_is_signed(
    public: bytes, server_public: bytes, device_id: str, nonce: str, signature: str
) -> bool:
    """Whether the device's key signed this nonce for this server."""
    return _holds(public, _message(server_public, device_id, nonce), signature)


class Rotation(NamedTuple):
    """A device's new key in the place of its old one, over a nonce of the server."""

    device_id: str
    old: bytes
    new: bytes
    nonce: str

    def message(self, server_public: bytes) -> bytes:
        """What both keys sign; the nonce comes last, because it alone has no fixed length."""
        return (
            _ROTATE_TAG + server_public + self.old + self.new + self.device_id.encode() + self.nonce.encode()
        )


def sign_rotation(seed: bytes, server_public: bytes, change: Rotation) -> str:
    """One key's word for the change."""
    return SigningKey(seed).sign(change.message(server_public)).signature.hex()


def rotation_is_signed(server_public: bytes, change: Rotation, by_old: str, by_new: str) -> bool:
    """Whether both keys have signed the change: who has only one of them changes nothing."""
    message = change.message(server_public)
    return _holds(change.old, message, by_old) and _holds(change.new, message, by_new)


def _holds(public: bytes, message: bytes, signature: str) -> bool:
    try:
        VerifyKey(public).verify(message, bytes.fromhex(signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def _message(server_public: bytes, device_id: str, nonce: str) -> bytes:
    return _TAG + server_public + device_id.encode() + nonce.encode()
