"""The suite's own strictness: a pytest run on a small example shows that what should fail does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HEAD = "import logging, socket, warnings\nimport pytest\n"


def run(
    folder: Path, text: str, *options: str, environment: dict[str, str] | None = None
) -> tuple[str, dict[str, object]]:
    """Run a test file with this project's settings; its words and its tally."""
    file = folder / "test_example.py"
    file.write_text(HEAD + text, "utf-8")
    out = folder / "tally.json"
    plugins = ("memory", "recordings", "rules", "logs", "sockets", "postgres", "templates")
    told = [word for name in plugins for word in ("-p", f"tests.plugins.{name}")]
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    answer = subprocess.run(
        [*command, *told, "-p", "no:cacheprovider", "--rules-out", str(out), *options, str(file)],
        cwd=ROOT,
        env=_plain() | (environment or {}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return answer.stdout + answer.stderr, json.loads(out.read_text("utf-8")) if out.exists() else {}


def _plain() -> dict[str, str]:
    """The environment without what this run of pytest was told."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}


EXAMPLES = """
def test_stray(): logging.getLogger('x').warning('odd')

@pytest.mark.expect_log('odd')
def test_in_vain(): pass

def test_old(): warnings.warn('old', stacklevel=1)

def test_socket(): socket.create_connection(('127.0.0.1', 9))

@pytest.mark.xfail(reason='x')
def test_xpass(): pass

@pytest.mark.expect_log('od+')
def test_announced(): logging.getLogger('x').error('odd')

@pytest.mark.rule('S-9', 'S-10')
def test_good(): pass

@pytest.mark.rule('S-10')
def test_bad(): assert False

@pytest.mark.rule('S-11')
@pytest.mark.skip
def test_left_out(): pass
"""


def test_what_should_fail_fails_and_rules_are_proven_by_passing_tests_alone(tmp_path: Path) -> None:
    words, tally = run(tmp_path, EXAMPLES, "-n2")
    assert tally == {"passed": 2, "failed": 6, "skipped": 1, "proven": ["S-9"], "broken": ["S-10"]}, words
    reasons = (
        "stray logs",
        "logs that did not come",
        "UserWarning: old",
        "SocketBlockedError",
        "XPASS(strict)",
    )
    assert [reason for reason in reasons if reason not in words] == []


@pytest.mark.parametrize(
    ("marker", "why"),
    [("rulle('S-9')", "'rulle' not found"), ("rule('S9')", "'S9' is no rule's id")],
)
def test_a_mistyped_marker_stops_the_run(marker: str, why: str, tmp_path: Path) -> None:
    words, tally = run(tmp_path, f"@pytest.mark.{marker}\ndef test_it(): pass\n", "-n0")
    assert why in words
    assert tally.get("passed", 0) == 0


def test_a_file_that_cannot_be_read_counts_once(tmp_path: Path) -> None:
    words, tally = run(tmp_path, "import nothing_of_that_name\n", "-n2")
    assert (tally["passed"], tally["failed"]) == (0, 1), words


BROKEN_TEMPLATE = """
def make(url, folder):
    (folder / "begun").touch()
    raise LookupError("the agency has no manager")

@pytest.mark.parametrize("n", range(3))
def test_it(n, templates, tmp_path):
    templates.fill(f"sqlite:///{tmp_path}/own", "agency", make)

def test_another(templates, tmp_path):
    assert templates.fill(f"sqlite:///{tmp_path}/own", "other", lambda url, folder: open(url[10:], "w").close()) is None
"""


def test_a_template_that_cannot_be_made_says_why_in_every_test_that_wants_it(tmp_path: Path) -> None:
    words, tally = run(tmp_path, BROKEN_TEMPLATE, "-n0", "-rf", "--tb=line")
    assert (tally["passed"], tally["failed"]) == (1, 3), words
    why = "the database template agency-sqlite could not be made: LookupError: the agency has no manager"
    assert words.count(f"NotMade: {why}") >= 3
    assert "FileExistsError" not in words


def test_the_header_says_where_tests_write(tmp_path: Path) -> None:
    words, _tally = run(tmp_path, "def test_it(): pass\n", "-n0", environment={"TMPDIR": str(tmp_path)})
    assert f"what tests write: {tmp_path} (" in words
