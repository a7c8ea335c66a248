"""Seals personal data of a subject with a key of its own, wrapped by the operator's; erasure destroys it (D-2)."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db.base import Base, Id
from core.errors import BadInput, NotHere

_NONCE = 12
ERASED = "vault.erased"
"""The code of what is told about a subject that was erased."""


class SubjectKey(Base):
    """The wrapped data key of one subject: a person, a contact, an attempt by a stranger; empty once destroyed."""

    __tablename__ = "subject_key"

    subject_id: Mapped[str] = mapped_column(Id, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


_KEEP = text(
    "INSERT INTO subject_key (subject_id, wrapped) VALUES (:subject_id, :wrapped) ON CONFLICT (subject_id) DO NOTHING"
)


class Vault:
    """Seals and opens bytes per subject; the key-encryption key stays outside database and backup."""

    def __init__(self, key: bytes) -> None:
        """Takes the operator's 32-byte key-encryption key."""
        if len(key) != 32:
            raise BadInput("vault.key", "服务器主密钥长度不正确", "请检查主密钥文件")
        self._wrapping = AESGCM(key)
        self._indexing = hmac.digest(key, b"zhiye-index-1", hashlib.sha256)

    def index(self, purpose: str, plain: str) -> str:
        """A keyed hash by which something is known again that is not kept itself; apart for each purpose."""
        return hmac.digest(self._indexing, f"{purpose}\0{plain}".encode(), hashlib.sha256).hex()

    def seal(self, db: Session, subject_id: str, plain: bytes) -> bytes:
        """Encrypts for a subject, making its key on first use; raises ``NotHere`` for one that was erased."""
        if self.is_erased(db, subject_id):
            raise _erased()
        nonce = secrets.token_bytes(_NONCE)
        key = self._key(db, subject_id) or self._make(db, subject_id)
        return nonce + AESGCM(key).encrypt(nonce, plain, subject_id.encode())

    def open(self, db: Session, subject_id: str, sealed: bytes) -> bytes:
        """Decrypts; raises ``NotHere`` when the subject's key was destroyed."""
        key = self._key(db, subject_id)
        if key is None:
            raise _erased()
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], subject_id.encode())
        except InvalidTag as error:
            raise BadInput("vault.damaged", "加密内容已损坏", "请联系管理员从备份恢复") from error

    def erase(self, db: Session, subject_id: str) -> None:
        """Destroys the subject's key: what was sealed with it can't be read again, and every chain still holds.

        An empty key stays in its place, so that nothing that comes late is sealed with a new one.
        """
        row = db.get(SubjectKey, subject_id)
        if row is None:
            db.add(SubjectKey(subject_id=subject_id, wrapped=b""))
        else:
            row.wrapped = b""

    def is_erased(self, db: Session, subject_id: str) -> bool:
        """Whether the subject's key was destroyed."""
        row = db.get(SubjectKey, subject_id)
        return row is not None and not row.wrapped

    def _key(self, db: Session, subject_id: str) -> bytes | None:
        row = db.get(SubjectKey, subject_id)
        if row is None or not row.wrapped:
            return None
        return self._wrapping.decrypt(row.wrapped[:_NONCE], row.wrapped[_NONCE:], subject_id.encode())

    def _make(self, db: Session, subject_id: str) -> bytes:
        key, nonce = AESGCM.generate_key(256), secrets.token_bytes(_NONCE)
        wrapped = nonce + self._wrapping.encrypt(nonce, key, subject_id.encode())
        # Of two transactions that seal for one subject first, the later takes the key of the earlier.
        db.execute(_KEEP, {"subject_id": subject_id, "wrapped": wrapped})
        return self._key(db, subject_id) or key


def _erased() -> NotHere:
    return NotHere(ERASED, "这份个人信息已按规定删除", "如需核实请联系公司管理人员")
