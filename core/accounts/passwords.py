"""Passwords and login names: their required strength (A-2), their hash, and how names are compared (A-1)."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from core.errors import BadInput, Unreachable

MIN_LENGTH = 8
MIN_CLASSES = 3
_HASHER = PasswordHasher(time_cost=3, memory_cost=47_104, parallelism=1)
_HASHING = threading.BoundedSemaphore(4)
"""Each hash takes 46 MB and a core: strangers who log in all at once shall take neither all memory nor all threads."""
PATIENCE_S = 1.0
"""How long one waits for a turn."""
_CLASSES = {"中文": "_chinese", "英文字母": "_latin", "数字": "_digit", "特殊字符": "_special"}


def _class_of(char: str) -> str:
    if "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or ord(char) >= 0x20000:
        return "中文"
    if char.isascii() and char.isalpha():
        return "英文字母"
    if char.isascii() and char.isdigit():
        return "数字"
    return "特殊字符"


def missing_classes(text: str) -> list[str]:
    """The classes that the text does not use yet, in the manual's order; for the form while one types (A-2)."""
    used = {_class_of(char) for char in unicodedata.normalize("NFKC", text)}
    return [name for name in _CLASSES if name not in used]


def faults(text: str) -> list[str]:
    """Every reason why the text is too weak as a password or chosen login name (A-2); empty if it will do."""
    found = []
    if len(text) < MIN_LENGTH:
        found.append(f"至少需要 {MIN_LENGTH} 位")
    missing = missing_classes(text)
    if len(_CLASSES) - len(missing) < MIN_CLASSES:
        found.append(f"中文、英文字母、数字、特殊字符中至少需要三类，还可加入：{'、'.join(missing)}")
    return found


def require_strong(text: str, what: str) -> None:
    """Raises ``BadInput`` with every fault at once (A-2)."""
    found = faults(text)
    if found:
        raise BadInput("accounts.weak", f"{what}不符合要求：{'；'.join(found)}", "请修改后再提交", rule="A-2")


def folded(login: str) -> str:
    """The form in which login names are compared: without regard to case or width (A-1)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login).strip().casefold())


@contextmanager
def _turn() -> Iterator[None]:
    """One of a few who may hash at the same time."""
    if not _HASHING.acquire(timeout=PATIENCE_S):
        raise Unreachable("accounts.busy", "服务器正忙，暂时无法核对密码", "请稍后重试；已填写的内容没有丢失")
    try:
        yield
    finally:
        _HASHING.release()


def hashed(password: str) -> str:
    """The argon2id hash that is stored (A-2)."""
    with _turn():
        return _HASHER.hash(unicodedata.normalize("NFKC", password))


def matches(stored: str, password: str) -> bool:
    """Whether the password is the stored one."""
    with _turn():
        try:
            return _HASHER.verify(stored, unicodedata.normalize("NFKC", password))
        except VerificationError:
            return False


UNKNOWN = "$argon2id$v=19$m=47104,t=3,p=1$/BEqT/ZZPNh2geWckkwaJw$Oca5DQDB/VUKm1i4SjlQIQ37aoQkxb6wZfKWlTutX+k"
"""Of a password that nobody knows: verified against when the name is unknown, so that the answer takes as long (A-4).

It stands here as it is: making it would take a tenth of a second of each start of each program."""
