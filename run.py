"""Every command a person needs, with Python's standard library alone; sets the project up on first use."""

import argparse
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "set-up.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{SUFFIX}"
UV = BIN / f"uv{SUFFIX}"
SUPPORTED = ((3, 12), (3, 11))
PACKAGES = ("core", "sync", "server", "desktop", "kiosk", "bench", "demo")

# Debian's names. Qt without a screen, Qt on a screen, positioning and sound, then what the tests and the demo
# start: a browser for the client's pages and a PostgreSQL beside the SQLite.
SYSTEM = (
    "libglib2.0-0 libgl1 libegl1 libfontconfig1 libdbus-1-3 libxkbcommon0 libx11-6 libbrotli1 "
    "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-xkb1 libxcb-shape0 libx11-xcb1 "
    "libpulse0 libxext6 libxrandr2 libdrm2 chromium xvfb postgresql"
).split()


def main(argv: Sequence[str]) -> int:
    """Read the command and do it."""
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (what, _) in COMMANDS.items():
        commands.add_parser(name, help=what, add_help=False)
    chosen, rest = parser.parse_known_args(argv[:1]), list(argv[1:])
    return COMMANDS[chosen[0].command][1](rest)


# --- commands ------------------------------------------------------------------------------------------


def setup(_: list[str]) -> int:
    """System libraries, virtual environment, packages."""
    make_ready()
    print(f"ready: {PYTHON}")
    return 0


def demo(arguments: list[str]) -> int:
    """Server, kiosk and desktop with a small invented agency."""
    return module("demo", arguments)


def test(arguments: list[str]) -> int:
    """The whole suite, part by part."""
    return module("tests.suite", arguments)


def bench(arguments: list[str]) -> int:
    """The figures that are promised."""
    return module("bench", arguments)


def soak(arguments: list[str]) -> int:
    """The property tests with many more examples and no time limit; how many and how long is told at the end.

    ``kills`` kills real processes 200 times.
    """
    if arguments[:1] == ["kills"]:
        os.environ.setdefault("ZHIYE_KILLS", "100")  # on each of the two databases
        return module("pytest", ["tests/e2e/test_random_kills.py", "-n", "0", *arguments[1:]])
    long = ["tests/properties", "tests/sync", "--hypothesis-profile=soak", "--hypothesis-show-statistics"]
    long += ["-n", "2", "-o", "timeout=0"]
    return module("pytest", [*long, *arguments])


def check(arguments: list[str]) -> int:
    """Format, lint, types, arrows, then the suite."""
    make_ready()
    present = [name for name in PACKAGES if (ROOT / name / "__init__.py").exists()]
    steps = {
        "format": ["-m", "ruff", "format", "--check", "."],
        "lint": ["-m", "ruff", "check", "."],
        "types": ["-m", "mypy", *present, "run.py", "tests/suite.py", "tests/plugins"],
        "arrows": ["-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"],
    }
    failed = [name for name, step in steps.items() if call([str(PYTHON), *step]) != 0]
    print(f"failed so far: {', '.join(failed)}" if failed else "format, lint, types and arrows are right")
    suite = call([str(PYTHON), "-m", "tests.suite", *arguments])
    return 1 if failed else suite


def lock(arguments: list[str]) -> int:
    """Resolve the dependencies again; versions stay as they are unless --upgrade is given."""
    make_ready()
    resolve = "pip compile pyproject.toml --extra dev --override overrides.txt --universal"
    told = f"--python-version 3.11 --generate-hashes --no-header --quiet -o {LOCK.name}"
    return call([str(UV), *resolve.split(), *told.split(), *arguments])


COMMANDS = {
    "setup": ("make .venv with everything in it", setup),
    "demo": ("the three programs with an invented agency (--headless --out DIR plays it through)", demo),
    "test": ("all tests, or the named parts: unit sync database windows face server end-to-end", test),
    "check": ("format, lint, types, import arrows, then all tests", check),
    "bench": ("all benches, or the named one", bench),
    "soak": ("the property tests for long (kills: 200 kills of real processes)", soak),
    "lock": ("resolve requirements.lock again", lock),
}


# --- children ------------------------------------------------------------------------------------------


def clean_environment() -> dict[str, str]:
    """What a child inherits: no library path that a package may have left behind, UTF-8 everywhere.

    Bytecode is kept, in .venv, whatever the environment says: without it a program compiles a thousand modules at
    each start, which is more than half of the time that it takes to start.
    """
    left_behind = ("LD_LIBRARY_PATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in left_behind}
    # Where a firm's proxy signs the traffic again, only the system's certificates know it.
    kept.setdefault("UV_SYSTEM_CERTS", "1")
    kept.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))
    return {**kept, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def call(command: Sequence[str]) -> int:
    """Run a child in the project's folder and give its exit code."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=ROOT, env=clean_environment(), check=False).returncode


def module(name: str, arguments: list[str]) -> int:
    """Become a module of the project, so that signals reach it; where that can't be, wait for it instead."""
    make_ready()
    command = [str(PYTHON), "-m", name, *arguments]
    if os.name != "nt":
        sys.stdout.flush()
        os.chdir(ROOT)
        os.execve(command[0], command, clean_environment())
    return call(command)


def stop(sentence: str) -> NoReturn:
    """End with a sentence that says what to do."""
    sys.exit(f"run.py: {sentence}")


# --- setting up ----------------------------------------------------------------------------------------


def make_ready() -> None:
    """Bring the machine and .venv to what the lock says; quick when there is nothing to do."""
    system_packages(SYSTEM)
    wanted = {"lock": hashlib.sha256(LOCK.read_bytes()).hexdigest(), "python": os.environ.get("ZHIYE_PYTHON")}
    if STAMP.exists() and PYTHON.exists() and json.loads(STAMP.read_text("utf-8")) == wanted:
        make_command()
        return
    STAMP.unlink(missing_ok=True)
    make_venv()
    install_packages()
    STAMP.write_text(json.dumps(wanted), "utf-8")
    make_command()


def make_command() -> None:
    """Put the command of the project beside its Python, as installing it would: it runs from any folder."""
    path = BIN / ("zhiye-faces.cmd" if os.name == "nt" else "zhiye-faces")
    root, python = shlex.quote(str(ROOT)), shlex.quote(str(PYTHON))
    text = f'#!/bin/sh\nPYTHONPATH={root} exec {python} -P -m core.face "$@"\n'
    if os.name == "nt":
        text = f'@set "PYTHONPATH={ROOT}"\r\n@"{PYTHON}" -P -m core.face %*\r\n'
    if not path.exists() or path.read_bytes() != text.encode():
        path.write_bytes(text.encode())
        path.chmod(0o755)


def make_venv() -> None:
    """Make .venv, with the Python that ZHIYE_PYTHON names, else with the newest supported one found."""
    asked = os.environ.get("ZHIYE_PYTHON")
    here = probe(str(PYTHON))
    if not asked and any(here.startswith(f"{major}.{minor} ") for major, minor in SUPPORTED):
        return
    python = asked or find_python()
    if "ensurepip" not in probe(python):
        system_packages(["python3-venv"])
    print(f"making .venv with {python}", flush=True)
    if call([python, "-m", "venv", "--clear", str(VENV)]) != 0:
        stop("Python could not make a virtual environment; on Debian the package python3-venv is missing.")


def find_python() -> str:
    """The newest supported Python of this machine that really runs, else a sentence."""
    for major, minor in SUPPORTED:
        name = f"python{major}.{minor}"
        versions = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
        versions.append(Path.home() / ".local/share/uv/python")
        pattern = f"*{major}.{minor}*/bin/{name}"
        kept = [str(path) for place in versions for path in sorted(place.glob(pattern))]
        own = getattr(sys, "_base_executable", sys.executable)
        for candidate in (own, shutil.which(name) or "", *kept):
            if probe(candidate).startswith(f"{major}.{minor} ensurepip"):
                return candidate
    if sys.version_info[:2] in SUPPORTED:
        return getattr(sys, "_base_executable", sys.executable)
    stop("Python 3.12 or 3.11 is needed; install one and run this again.")


def probe(python: str) -> str:
    """Version of a Python and whether it can make environments with pip; empty if it does not run."""
    if not python:
        return ""
    question = (
        "import sys, importlib.util as u; print('%d.%d' % sys.version_info[:2], "
        "'ensurepip' if u.find_spec('ensurepip') else '-')"
    )
    try:
        return subprocess.check_output([python, "-c", question], stderr=subprocess.DEVNULL, text=True).strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def install_packages() -> None:
    """Everything in the lock, each file checked against its hash; by uv where that works, else by pip."""
    print("installing the packages of requirements.lock", flush=True)
    checked = ["--require-hashes", "--only-binary", ":all:"]
    if bring_uv() and call([str(UV), "pip", "sync", "-q", *checked, "-p", str(PYTHON), str(LOCK)]) == 0:
        return
    print("uv can't do it here, so pip does; that takes a minute or two longer", flush=True)
    bring_pip()
    if call([str(PYTHON), "-m", "pip", "install", "-q", "--no-deps", *checked, "-r", str(LOCK)]) != 0:
        stop("the packages could not be installed; is the network there? Running this again goes on.")


def bring_pip() -> None:
    """Bring back pip, which uv takes away since the lock does not name it; Python carries a copy."""
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode != 0:
        call([str(PYTHON), "-m", "ensurepip"])


def bring_uv() -> bool:
    """Put the locked uv into .venv, checked against its hash."""
    entry = re.search(r"^uv==(\S+)(?: \\\n +--hash=\S+)+$", LOCK.read_text("utf-8"), re.MULTILINE)
    if entry is None:
        stop("requirements.lock names no uv; `uv` belongs to the extra [dev] of pyproject.toml.")
    if UV.exists():
        answer = subprocess.run([UV, "--version"], capture_output=True, text=True, check=False)
        if answer.stdout.split()[1:2] == [entry[1]]:
            return True
    bring_pip()
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "uv.txt"
        alone.write_text(entry[0], "utf-8")
        options = "-m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r"
        return call([str(PYTHON), *options.split(), str(alone)]) == 0


def system_packages(wanted: Sequence[str]) -> None:
    """Install what Debian lacks when root; otherwise print the one line to type and go on."""
    if not shutil.which("dpkg-query"):
        if platform.system() == "Linux" and not VENV.exists():
            print("This is not Debian: see that Qt's system libraries, chromium and PostgreSQL are there.")
        return
    listing = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Provides}\n"]
    installed = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.splitlines()
    names = {word for line in installed if line.startswith("installed ") for word in re.split(r"[ ,]+", line)}
    missing = [name for name in wanted if name not in names]
    if not missing:
        return
    install = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0:
        print(f"System packages are missing; type:  sudo apt-get update && sudo {install}")
        return
    print(f"installing system packages: {' '.join(missing)}", flush=True)
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    if (
        call(["apt-get", "-qq", "update"]) != 0
        or call([*install.split(), "-qq", "-o", "Dpkg::Use-Pty=0"]) != 0
    ):
        print(f"apt-get failed; some windows and tests may not run. By hand:  apt-get update && {install}")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
