"""The arrows hold, no contract is asleep, and core alone loads nothing heavy."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "sync", "server", "desktop", "kiosk", "bench", "demo")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = {contract["id"]: contract for contract in SETTINGS["tool"]["importlinter"]["contracts"]}
LINT = "from importlinter.cli import lint_imports_command as run; run()"

# One import for each contract that the contract must refuse.
FORBIDDEN = {
    "programs": ("kiosk/astray.py", "import desktop"),
    "server": ("server/astray.py", "import core.qt"),
    "qt": ("server/astray_kit.py", "import core.qt"),
    "core-without-qt": ("core/accounts/astray.py", "import PySide6.QtCore"),
    "core-without-http": ("core/astray.py", "import requests"),
    "sync-without-qt": ("sync/astray.py", "import PySide6.QtCore"),
    "sync-without-features": ("sync/astray_feature.py", "import core.accounts"),
    "rules": ("core/astray/rules.py", "import core.db"),
    "presenters": ("desktop/screens/astray/presenter.py", "import core.qt"),
    "core-layers": ("core/accounts/astray_layer.py", "import core.bus"),
    "features": ("core/accounts/rules.py", "import core.accounts.models"),
    "tools": ("server/astray_tool.py", "import bench"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The import linter on a tree."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_every_arrow_holds() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_contract_has_its_counterexample() -> None:
    assert set(FORBIDDEN) == set(CONTRACTS)


def test_no_contract_is_asleep(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, statement in FORBIDDEN.values():
        file = tmp_path / name
        for folder in reversed(file.relative_to(tmp_path).parents):
            (tmp_path / folder).mkdir(exist_ok=True)
            if folder.name:
                (tmp_path / folder / "__init__.py").touch()
        with file.open("a", encoding="utf-8") as written:
            written.write(f"\n{statement}\n")
    told = lint(tmp_path).stdout
    asleep = [name for name, contract in CONTRACTS.items() if f"{contract['name']} BROKEN" not in told]
    assert asleep == [], told


@pytest.mark.parametrize("module", ["core.catalogue", "core.bus"])
def test_core_loads_neither_windows_nor_network_nor_models(module: str) -> None:
    if not (ROOT / f"{module.replace('.', '/')}.py").exists():
        pytest.skip(f"{module} is not written yet")
    heavy = ("PySide6", "onnxruntime", "cv2", "requests", "fastapi", "uvicorn", "httpx")
    question = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    command = [sys.executable, "-c", question]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_every_feature_is_named_where_sync_must_not_know_it() -> None:
    """A package of core that has commands is a feature, and sync may name none."""
    plumbing = {"audit", "attachments", "devices", "journals"}
    named = {name.removeprefix("*.") for name in CONTRACTS["sync-without-features"]["forbidden_modules"]}
    features = {file.parent.name for file in (ROOT / "core").glob("*/commands.py")}
    assert features - plumbing <= named


def test_every_package_of_core_has_its_layer_or_needs_none() -> None:
    free = {"qt", "face", "camera"}
    layers = " ".join(CONTRACTS["core-layers"]["layers"]).replace("|", " ").replace(":", " ")
    placed = {word.strip("()") for word in layers.split()}
    present = {file.parent.name for file in (ROOT / "core").glob("*/__init__.py")}
    assert present - free <= placed
