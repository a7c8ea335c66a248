"""A process of its own in which nothing may be asked of a network, started or written: what engines must do without.

``python -m tests.factories.offline`` is that process; ``alone`` starts it.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_FORBIDDEN = ("socket.", "urllib.", "http.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn",
              "os.mkdir", "os.remove", "os.rename", "shutil.", "webbrowser.")  # fmt: skip


def alone(home: Path, *choice: str) -> subprocess.CompletedProcess[str]:
    """Enrols and looks with the engine of this choice; ``home`` is all that the process has of its own."""
    kept = ("PATH", "SYSTEMROOT", "PYTHONPATH")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"HOME": str(home), "USERPROFILE": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*_without_network(), sys.executable, "-m", "tests.factories.offline", *choice]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )


def _without_network() -> list[str]:
    """Linux takes the network away from native code, too, where it is permitted."""
    prefix = ["unshare", "--net"]
    if shutil.which(prefix[0]) is None:
        return []
    permitted = subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    return prefix if permitted else []


def forbid(event: str, arguments: tuple[object, ...]) -> None:
    """Stops what an engine must do without."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} {arguments}")
    if event == "open":
        path, mode, flags = arguments
        writes = (isinstance(flags, int) and flags & _WRITES) or (
            isinstance(mode, str) and set(mode) & set("wax+")
        )
        if writes and path != os.devnull:
            raise PermissionError(f"open {path} to write")


def main() -> None:
    """Judges a portrait and a check-in's first frames."""
    parser = argparse.ArgumentParser()
    for option in ("--pack", "--passive"):
        parser.add_argument(option, type=Path)
    parser.add_argument("--landmarks", default="default")
    told = parser.parse_args()
    sys.addaudithook(forbid)
    from core.face.choice import EngineChoice
    from core.face.engine import FaceEngine
    from core.face.types import Candidate
    from tests.factories import faces

    library_path = os.environ.get("LD_LIBRARY_PATH")
    engine = FaceEngine.open(EngineChoice(pack=told.pack, landmarks=told.landmarks, passive=told.passive))
    picture = faces.face_picture("astronaut")
    template = engine.enrol(faces.jpeg(picture)).template
    check = engine.check_in([Candidate("person", (template,))])
    for index in range(8):
        seen = check.feed(picture, index / 10)
    assert seen.ready and seen.steps == 3, seen
    assert os.environ.get("LD_LIBRARY_PATH") == library_path
    print(engine.versions)


if __name__ == "__main__":
    main()
