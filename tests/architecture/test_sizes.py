"""Files and functions stay small enough to be read in one go; the exceptions may only become fewer."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 300
FUNCTION_LINES = 40
TEST_FILE_LINES = 600

# path -> lines that it may have; nothing is added here, and what became shorter is taken out
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}


def sources(*folders: str) -> Iterator[Path]:
    """Python files of the named folders."""
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


PROGRAM = [*sources("core", "sync", "server", "desktop", "kiosk", "bench", "demo"), ROOT / "run.py"]


def name_of(file: Path) -> str:
    """Its path as the exceptions write it."""
    return file.relative_to(ROOT).as_posix()


def lines_of(file: Path) -> int:
    """How long a file is."""
    return len(file.read_text("utf-8").splitlines())


def functions_of(file: Path) -> Iterator[tuple[str, int]]:
    """Functions with their lines, decorators and docstring not counted."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            start = body[0].lineno if body else node.lineno
            yield f"{name_of(file)}:{node.name}", (node.end_lineno or start) - start + 1


def test_files_are_short() -> None:
    long = {name_of(file): lines_of(file) for file in PROGRAM if lines_of(file) > FILE_LINES}
    assert {name: size for name, size in long.items() if size > LONG_FILES.get(name, 0)} == {}
    assert set(LONG_FILES) <= set(long), "these became short: take them out of the list"


def test_functions_are_short() -> None:
    every = dict(pair for file in PROGRAM for pair in functions_of(file))
    long = {name: size for name, size in every.items() if size > FUNCTION_LINES}
    assert {name: size for name, size in long.items() if size > LONG_FUNCTIONS.get(name, 0)} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "these became short: take them out of the list"


def test_test_files_are_readable() -> None:
    long = {name_of(file): lines_of(file) for file in sources("tests") if lines_of(file) > TEST_FILE_LINES}
    assert long == {}


@pytest.mark.parametrize("listed", [LONG_FILES, LONG_FUNCTIONS])
def test_exceptions_are_few(listed: dict[str, int]) -> None:
    assert len(listed) <= 3
