"""Databases that are made once and of which tests get copies: most begin with the same small agency."""

import copy
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg import sql

Told = TypeVar("Told")


class Templates:
    """Those of one session, on each kind of database; what their making told is copied with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[bool, str], tuple[str, Any]] = {}

    def fill(
        self, url: str, name: str, make: Callable[[str, Path], Told], folder: Path | None = None
    ) -> Told:
        """Makes an empty database a copy of that which ``make`` made, given its address and a folder to fill, too.

        ``folder`` is where the test has a copy of the latter. ``make`` leaves nothing open.
        """
        kind = (url.startswith("sqlite:"), name)
        place = self._folder / f"{name}-{'sqlite' if kind[0] else 'postgresql'}"
        if kind not in self._made:
            (place / "files").mkdir(parents=True)
            own = f"sqlite:///{(place / 'database').as_posix()}" if kind[0] else _created(url)
            self._made[kind] = own, make(own, place / "files")
        own, told = self._made[kind]
        if kind[0]:
            shutil.copy(_file(own), _file(url))
        else:
            _copy(own, url)
        if folder is not None:
            shutil.copytree(place / "files", folder, dirs_exist_ok=True)
        mine: Told = copy.deepcopy(told)
        return mine

    def close(self) -> None:
        """Drops those in a PostgreSQL that outlives the session."""
        for (is_file, _name), (url, _told) in self._made.items():
            if not is_file:
                with _admin(url) as connection:
                    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(_identifier(url)))


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """Each is made when it is first asked for."""
    made = Templates(tmp_path_factory.mktemp("templates"))
    yield made
    if "TEST_DATABASE_URL" in os.environ:  # any other PostgreSQL is gone, and they with it
        made.close()


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _created(like: str) -> str:
    """An empty database beside another one."""
    name = f"zhiye_template_{uuid.uuid4().hex}"
    address, mark, options = like.partition("?")
    url = f"{address.rpartition('/')[0]}/{name}{mark}{options}"
    with _admin(url) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(_identifier(url)))
    return url


def _copy(source: str, target: str) -> None:
    with _admin(target) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(_identifier(target)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(_identifier(target), _identifier(source))
        )


def _identifier(url: str) -> sql.Identifier:
    return sql.Identifier(url.partition("?")[0].rpartition("/")[2])


def _admin(url: str) -> "psycopg.Connection[Any]":
    address, mark, options = url.replace("+psycopg", "", 1).partition("?")
    return psycopg.connect(f"{address.rpartition('/')[0]}/postgres{mark}{options}", autocommit=True)
