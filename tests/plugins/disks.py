"""A disk that is really full: a small file system of its own, where the system lets us mount one."""

import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.plugins.recordings import skip_or_fail

_BLOCK = 1 << 20


@dataclass
class SmallDisk:
    """A mounted folder that a test fills and makes room on."""

    folder: Path

    def fill(self, leave: int = 0) -> None:
        """Leaves so many bytes free, more or less than before."""
        with self._filler.open("ab", buffering=0) as file:
            file.truncate(max(0, file.tell() + min(0, self._free() - leave)))
            while (free := self._free() - leave) > 0:
                if file.write(bytes(min(free, _BLOCK))) == 0:
                    return

    def make_room(self) -> None:
        """Gives all of it back."""
        self._filler.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def _free(self) -> int:
        return shutil.disk_usage(self.folder).free


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Generator[SmallDisk]:
    """Mounts one in memory; only Linux's administrator may."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        skip_or_fail("a full disk needs the right to mount a small one (root on Linux)", strict=False)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
