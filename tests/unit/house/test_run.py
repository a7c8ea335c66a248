"""What ``run.py`` hands on to the programs that it starts."""

import subprocess
import sys
from pathlib import Path

import pytest

import run


def test_children_keep_bytecode_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    asked = [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"]
    told = subprocess.run(asked, env=run.clean_environment(), capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", str(run.VENV / "bytecode")]


def test_the_command_of_the_project_runs_from_any_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also from one that holds a folder ``core`` of its own."""
    place = tmp_path / "bin of 张三"
    place.mkdir()
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").touch()
    monkeypatch.setattr(run, "BIN", place)
    monkeypatch.setattr(run, "PYTHON", Path(sys.executable))
    run.make_command()
    run.make_command()
    (command,) = place.iterdir()
    asked = [command, "--help"]
    told = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert told.returncode == 0 and "eval-identification" in told.stdout
