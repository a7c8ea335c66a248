"""No engine asks, starts or writes anything at run time: each loads, enrols and looks with all of that forbidden."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import packs
from tests.factories.offline import ROOT, alone


@pytest.mark.parametrize("engine", ["default", "pack", "mediapipe", "pack on mediapipe"])
def test_an_engine_needs_no_network_and_leaves_nothing_behind(engine: str, tmp_path: Path) -> None:
    home, choice = tmp_path / "home", []
    home.mkdir()
    if "pack" in engine:
        mesh = "facemesh" if "mediapipe" in engine else "mesh"
        choice += ["--pack", str(packs.pack(tmp_path / "pack", mesh=mesh))]
    if "mediapipe" in engine:
        choice += ["--landmarks", "mediapipe"]
    ended = alone(home, *choice)
    assert ended.returncode == 0, ended.stderr
    assert ("insightface-" in ended.stdout) == ("pack" in engine)
    assert ("'landmarks': 'facemesh-" in ended.stdout) == ("mediapipe" in engine)
    assert not list(home.rglob("*"))


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "open('left-behind', 'w')",
        "import pathlib; pathlib.Path('left-behind').mkdir()",
    ],
)
def test_what_is_forbidden_there_fails_there(deed: str, tmp_path: Path) -> None:
    program = f"import sys; from tests.factories.offline import forbid; sys.addaudithook(forbid); {deed}"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "PermissionError" in ended.stderr
    assert not list(tmp_path.iterdir())
