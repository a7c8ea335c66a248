"""Whether what a server has committed would survive its loss: it stands in two whole generations of backup."""

from pathlib import Path

import msgspec

from core.attachments.folder_store import MANIFEST

_GENERATIONS = 2
_APART_MS = 60_000
"""So far the clocks of the database and of the machine that makes backups may be apart."""


class _Manifest(msgspec.Struct, frozen=True):
    """What a generation says of itself, once it is whole."""

    taken_ms: int


def backed_up_since(folder: Path | None, since_ms: int) -> bool:
    """Whether two generations were begun after a moment; without a folder of backups nothing ever is."""
    if folder is None or not folder.is_dir():
        return False
    taken = (_taken_ms(place / MANIFEST) for place in folder.iterdir())
    return sum(1 for ms in taken if ms is not None and ms > since_ms + _APART_MS) >= _GENERATIONS


def _taken_ms(manifest: Path) -> int | None:
    try:
        return msgspec.json.decode(manifest.read_bytes(), type=_Manifest).taken_ms
    except (OSError, msgspec.DecodeError):
        return None
