"""A device changes its key pair: the new one is kept before the server hears of it, the old one beside it."""

from pathlib import Path

from core.errors import NotHere
from core.wire.signing import new_key_pair
from sync.http import HttpTransport
from sync.keys import DeviceSecrets, KeySource, load_or_make
from sync.pairing import paired


def rotate(folder: Path, source: KeySource, verify: bool | str = True) -> None:
    """Makes and keeps a new pair and has both sign the change; broken off after that, the next session does the rest.

    To be called while the program does not run. Raises ``Unreachable`` or the server's refusal, and ``WrongKey`` where
    the source is only read; before the new pair is kept nothing has changed.
    """
    pairing = paired(folder)
    if pairing is None:
        raise NotHere("rotation-unpaired", "本机尚未配对，没有可更换的密钥", "请先启动程序完成配对")
    known = load_or_make(source)
    # Today's key becomes the old one only if the server knows it: two changes at once nobody could follow.
    HttpTransport(pairing, known.keys.seed, verify, previous=known.previous).scopes()
    fresh = DeviceSecrets(new_key_pair(), known.file_key, known.keys)
    source.store(fresh.packed())
    HttpTransport(pairing, fresh.keys.seed, verify, previous=fresh.previous).scopes()
