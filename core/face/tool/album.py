"""Many photos, each looked at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.face.tool.crew import Open, each, hands
from core.face.tool.looking import Look, look_at
from core.face.tool.progress import Progress
from core.face.tool.report import Bad
from core.face.types import Vector

_TOGETHER = 4
_FEW = 8


@dataclass(slots=True)
class Album:
    """Photos that were looked at, each once; those that were not reached are missing."""

    looks: dict[str, Look] = field(default_factory=dict)
    engine: FaceEngine | None = None
    interrupted: bool = False

    @property
    def versions(self) -> dict[str, str]:
        """The models that looked."""
        return self.engine.versions if self.engine else {}

    def calibration(self) -> Calibration:
        """Their thresholds; broken off before the engine was open, there is nothing to judge."""
        if self.engine is None:
            raise KeyboardInterrupt
        return self.engine.calibration

    def was_read(self, file: str) -> bool:
        """Whether it was reached and is a photo: what is none is no trial, of nobody."""
        return file in self.looks and not self.looks[file].unread

    def vector(self, file: str) -> Vector | None:
        """The identity in a photo that was looked at."""
        return self.looks[file].vector

    def bad(self) -> list[Bad]:
        """Files that are no photos, and photos that show no face."""
        return [Bad(one.file, one.code, one.sentence) for one in self.looks.values() if one.code]

    def times(self) -> list[float]:
        """Milliseconds for each photo with a face."""
        return [one.ms for one in self.looks.values() if one.vector is not None]


def look(opened: Open, root: Path, files: Iterable[str], jobs: int | None = None) -> Album:
    """Looks at each file once, in as many processes; Ctrl-C ends it with what is known so far."""
    names, album = list(dict.fromkeys(files)), Album()
    task = partial(look_at, root=root)
    with Progress(len(names), "photos") as progress:
        try:
            # Opened here in any case: trouble with a model is told once, and versions are asked of it.
            engine = album.engine = opened()
            for one in each(engine, opened, task, names, hands(len(names), jobs, _FEW), _TOGETHER):
                album.looks[one.file] = one
                progress.step()
        except KeyboardInterrupt:
            album.interrupted = True
    return album
