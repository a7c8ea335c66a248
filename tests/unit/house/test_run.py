"""What ``run.py`` hands on to the programs that it starts."""

import subprocess
import sys

import pytest

import run


def test_children_keep_bytecode_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    asked = [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"]
    told = subprocess.run(asked, env=run.clean_environment(), capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", str(run.VENV / "bytecode")]
