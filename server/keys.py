"""The server's secrets: made on first start in a folder of their own, outside of database and backup."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from nacl.public import PrivateKey

from core.db.locks import one_at_a_time
from core.db.store import Store
from core.devices.models import ServerProperty
from core.errors import BadInput
from core.journals.reception import ServerKeys as ReceptionKeys
from core.secret_files import settle, stage
from core.wire.signing import key_pair

_LENGTH = 32
_NAMES = ("master", "signing", "box", "web")
_PROPERTY = "keys"


@dataclass(frozen=True, slots=True, repr=False)
class ServerKeys:
    """Key-encryption key of the vault, seed that signs anchors, secret of sealed parts, secret of web forms."""

    master: bytes
    signing: bytes
    box: bytes
    web: bytes

    @property
    def sign_public(self) -> bytes:
        """The Ed25519 key that devices pin."""
        return key_pair(self.signing).public

    @property
    def box_public(self) -> bytes:
        """The X25519 key to which devices wrap sealed parts."""
        return bytes(PrivateKey(self.box).public_key)

    @property
    def reception(self) -> ReceptionKeys:
        """What receiving a push needs."""
        return ReceptionKeys(self.box, (self.sign_public,))

    def mac(self, purpose: str, *parts: str) -> str:
        """A keyed hash over text, apart for each purpose; for tokens and forms that this server gave out."""
        message = "\0".join((purpose, *parts)).encode()
        return hmac.new(self.web, message, hashlib.sha256).hexdigest()

    def fingerprint(self) -> str:
        """Tells sets of keys apart without telling them."""
        digest = hashlib.sha256(b"zhiye-server-keys-1\0" + self.master + self.sign_public + self.box_public)
        return digest.hexdigest()


def open_keys(folder: Path, *, may_make: bool) -> ServerKeys:
    """Reads the keys; makes them where the database is new, because other keys could not read an old one."""
    paths = {name: folder / f"{name}.key" for name in _NAMES}
    missing = [path for path in paths.values() if not path.exists()]
    if missing and not (may_make and len(missing) == len(paths)):
        names = "、".join(path.name for path in missing)
        raise BadInput(
            "keys.missing", f"缺少服务器密钥文件：{names}", f"请从密钥备份恢复到 {folder} 后再启动"
        )
    if missing:
        # All are written before the first gets its name: some of them alone would be taken for lost ones.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = [(stage(path, secrets.token_bytes(_LENGTH)), path) for path in missing]
        for one, path in fresh:
            settle(one, path)
    return ServerKeys(**{name: _read(path) for name, path in paths.items()})


def _read(path: Path) -> bytes:
    if os.name != "nt" and path.stat().st_mode & 0o077:
        raise BadInput(
            "keys.open", f"密钥文件可被他人读取：{path}", "请只保留本人读写权限（chmod 600）后再启动"
        )
    secret = path.read_bytes()
    if len(secret) != _LENGTH:
        raise BadInput("keys.damaged", f"密钥文件已损坏：{path}", "请从密钥备份恢复后再启动")
    return secret


def knows_keys(store: Store) -> bool:
    """Whether this database was begun with a set of keys, so that no new ones may be made for it."""
    with store.reading() as db:
        return db.get(ServerProperty, _PROPERTY) is not None


def bind(store: Store, keys: ServerKeys) -> None:
    """Ties the database to its keys at first, and refuses other ones ever after."""
    with store.writing() as db:
        one_at_a_time(db, "keys")  # several servers may begin a database at once
        row = db.get(ServerProperty, _PROPERTY)
        if row is None:
            db.add(ServerProperty(name=_PROPERTY, value=keys.fingerprint()))
        elif row.value != keys.fingerprint():
            raise BadInput("keys.other", "服务器密钥与数据库不匹配", "请恢复创建该数据库时的密钥文件后再启动")
