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


class NotMade(Exception):
    """A template that could not be made, with the reason: every test that wants a copy of it fails with the same."""


class Templates:
    """Those of one session, on each kind of database; what their making told is copied with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[bool, str], tuple[str, Any]] = {}
        self._failed: dict[tuple[bool, str], str] = {}
        self._databases: list[str] = []

    def fill(
        self, url: str, name: str, make: Callable[[str, Path], Told], folder: Path | None = None
    ) -> Told:
        """Makes an empty database a copy of that which ``make`` made, given its address and a folder to fill, too.

        ``folder`` is where the test has a copy of the latter. ``make`` leaves nothing open. Raises ``NotMade``.
        """
        kind = (url.startswith("sqlite:"), name)
        place = self._folder / f"{name}-{'sqlite' if kind[0] else 'postgresql'}"
        if kind not in self._made:
            self._make(kind, url, place, make)
        own, told = self._made[kind]
        if kind[0]:
            shutil.copy(_file(own), _file(url))
        else:
            _copy(own, url)
        if folder is not None:
            shutil.copytree(place / "files", folder, dirs_exist_ok=True)
        mine: Told = copy.deepcopy(told)
        return mine

    def _make(
        self, kind: tuple[bool, str], url: str, place: Path, make: Callable[[str, Path], object]
    ) -> None:
        """Once, also where it fails: a second try would fail of what the first one left, and hide why."""
        if kind in self._failed:
            raise NotMade(self._failed[kind])
        try:
            (place / "files").mkdir(parents=True)
            own = f"sqlite:///{(place / 'database').as_posix()}" if kind[0] else self._created(url)
            self._made[kind] = own, make(own, place / "files")
        except Exception as error:
            why = f"the database template {place.name} could not be made: {type(error).__name__}: {error}"
            self._failed[kind] = why
            raise NotMade(why) from error

    def _created(self, like: str) -> str:
        """An empty database beside another one."""
        name = f"zhiye_template_{uuid.uuid4().hex}"
        address, mark, options = like.partition("?")
        url = f"{address.rpartition('/')[0]}/{name}{mark}{options}"
        with _admin(url) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(_identifier(url)))
        self._databases.append(url)
        return url

    def close(self) -> None:
        """Drops those in a PostgreSQL that outlives the session."""
        for url in self._databases:
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
