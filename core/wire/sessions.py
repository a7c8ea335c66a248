"""How a device shows a server who it is: it signs the server's nonce, bound to that server's own key."""

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

_TAG = b"zhiye-session-1\0"


def sign_session(seed: bytes, server_public: bytes, device_id: str, nonce: str) -> str:
    """The device's answer to a nonce; the pinned server key in it keeps another server from passing it on."""
    return SigningKey(seed).sign(_message(server_public, device_id, nonce)).signature.hex()


def session_is_signed(
    public: bytes, server_public: bytes, device_id: str, nonce: str, signature: str
) -> bool:
    """Whether the device's key signed this nonce for this server."""
    try:
        VerifyKey(public).verify(_message(server_public, device_id, nonce), bytes.fromhex(signature))
    except (BadSignatureError, ValueError):
        return False
    return True


def _message(server_public: bytes, device_id: str, nonce: str) -> bytes:
    return _TAG + server_public + device_id.encode() + nonce.encode()
