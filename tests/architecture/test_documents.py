"""What is written about the project is true of it, and nothing in it leads to one machine."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
PACKAGES = ("core", "sync", "server", "desktop", "kiosk", "bench", "demo")
TOP = (*PACKAGES, "tests", "docs", ".ci")
NAMED = re.compile(r"`((?:\.?[\w{},<>*-]+/)+[\w.{},<>*-]*|[\w-]+\.(?:py|md|toml|txt|lock))`")
# Written in pieces, so that this file does not hold what it looks for.
BANNED = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w.])/" + r"work/", r"/ro" + r"ot/", r"/ho" + r"me/\w+/", r"files\.python" + r"hosted",
        r"py" + r"pi\.org", r"--(?:extra-)?index" + r"-url", r"--find" + r"-links", r"\.\./sha" + r"red/(?!data)",
    )
]  # fmt: skip
TEXT = {".py", ".md", ".toml", ".txt", ".lock", ".html", ".css", ".json", ".yaml", ".yml", ".svg", ".js", ""}


def tracked() -> list[Path]:
    """Files that belong to the repository; without git, those of its folders."""
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in answer.stdout.split("\0") if name]
    if answer.returncode != 0:
        names = [str(path.relative_to(ROOT)) for folder in TOP for path in (ROOT / folder).rglob("*")]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def modules() -> Iterator[Path]:
    """Every module of the programs."""
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_name_what_exists(document: str) -> None:
    file = ROOT / document
    if not file.exists():
        pytest.skip(f"{document} is not written yet")
    named = {match[1] for match in NAMED.finditer(file.read_text("utf-8"))}
    plain = {name for name in named if not re.search(r"[{}<>*]", name)}
    local = {name for name in plain if name.split("/")[0] in TOP or "/" not in name}
    assert {name for name in local if not (ROOT / name).exists()} == set()


def test_readme_names_every_command_of_the_runner() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = (ROOT / "run.py").read_text("utf-8").partition("COMMANDS = {")[2].partition("\n}")[0]
    keys = re.findall(r'^    "(\w+)":', table, re.MULTILINE)
    assert keys
    assert [name for name in keys if f"run.py {name}" not in readme] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(file) for file in modules() if not ast.get_docstring(ast.parse(file.read_text("utf-8")))]
    assert silent == []


def test_every_package_is_one() -> None:
    folders = {file.parent for file in modules()}
    assert {str(folder) for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_the_lock_is_hashed_and_holds_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_holds_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(line for extra in extras for line in extra)]
    names = {plain(re.match(r"[\w.-]+", line)[0]) for line in wanted}  # type: ignore[index]
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    assert names - {"zhiye"} <= {plain(name) for name in locked}


def plain(name: str) -> str:
    """A package's name in its one normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_nothing_leads_to_one_machine() -> None:
    found = []
    for file in tracked():
        if file.suffix in TEXT and file != Path(__file__):
            words = file.read_text("utf-8", errors="replace")
            found += [f"{file.relative_to(ROOT)}: {match[0]}" for p in BANNED for match in p.finditer(words)]
    assert found == []


def test_rule_tests_quote_their_rule() -> None:
    """``@pytest.mark.rule`` stands on a test, or a class of tests, whose docstring says the rule."""
    silent = []
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                marked = any("mark.rule(" in ast.unparse(mark) for mark in node.decorator_list)
                if marked and not ast.get_docstring(node):
                    silent.append(f"{file.relative_to(ROOT)}: {node.name}")
    assert silent == []
