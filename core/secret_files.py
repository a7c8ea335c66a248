"""Files that only their owner may read, written so that a power cut leaves a whole one or none: keys (D-2)."""

import os
import subprocess
from pathlib import Path

from core.errors import BadInput

_OWNER_RIGHTS = "*S-1-3-4"
"""Windows: whoever owns the file. A service has no user's name in its environment, but it owns what it makes."""


def keep_secret(path: Path, secret: bytes) -> None:
    """Puts a secret into its place, over what was there."""
    settle(stage(path, secret), path)


def stage(path: Path, secret: bytes) -> Path:
    """Writes a secret beside its place, for its owner alone before the first byte; what failed before is gone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
        if os.name == "nt":
            _take_others_rights(fresh)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def settle(fresh: Path, path: Path) -> None:
    """Gives a staged secret its name, for good."""
    fresh.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Makes new names durable; Windows does that with the file, and cannot open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_others_rights(path: Path) -> None:
    command = ["icacls", str(path), "/inheritance:r", "/grant:r", f"{_OWNER_RIGHTS}:F"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sentence = f"无法限制密钥文件的读取权限：{path}"
        hint = "密钥没有保存；请把文件夹放在支持权限设置的磁盘（NTFS）上再试"
        raise BadInput("keys.rights", sentence, hint) from error
