"""What decides is handed the time, and inside a feature the lower file never looks up."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONVERSIONS = {"SHANGHAI", "day_of", "day_of_ms", "from_ms", "ms_of", "start_of_day_ms"}
DECIDING = {
    "rules", "verdict", "component", "lifecycle", "periods", "presence", "scoring", "schedule", "figures",
    "matching", "invitations", "timeline",
}  # fmt: skip
AWAY = {"time", "random", "secrets", "os", "threading"}
LEVELS = {"rules": 0, "models": 1, "commands": 2, "handlers": 3, "queries": 3}


def deciding_files() -> list[Path]:
    """Modules that hold rules."""
    return [file for file in (ROOT / "core").rglob("*.py") if file.stem in DECIDING]


def test_rules_take_only_conversions_from_the_clock() -> None:
    found = []
    for file in deciding_files():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "core.clock":
                found += [f"{file}: {a.name}" for a in node.names if a.name not in CONVERSIONS]
    assert found == []


def test_rules_know_neither_machine_nor_chance() -> None:
    found = []
    for file in deciding_files():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{file}: {name}" for name in names if name in AWAY]
    assert found == []


def test_inside_a_feature_nothing_looks_up() -> None:
    found = []
    for file in (ROOT / "core").glob("*/*.py"):
        own = LEVELS.get(file.stem, 9)
        package = f"core.{file.parent.name}"
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package):
                words = [(node.module or "").removeprefix(package).strip(".")] + [a.name for a in node.names]
                found += [f"{file.relative_to(ROOT)}: {word}" for word in words if LEVELS.get(word, 0) > own]
    assert found == []
