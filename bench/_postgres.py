"""A PostgreSQL for benches: the machine's own, with its usual durability, in a folder of its own."""

from contextlib import ExitStack

import psycopg

from core.ids import new_id
from tests.plugins.postgres import started

_SETTINGS = {"max_connections": "60"}


def empty_postgres(stack: ExitStack) -> str:
    """The address of an empty database; its server runs until the stack ends.

    Raises ``RuntimeError`` where this machine has no PostgreSQL.
    """
    url = started(stack, _SETTINGS)
    if url is None:
        raise RuntimeError(
            "no PostgreSQL: install the system's package postgresql, or choose --databases sqlite"
        )
    name = f"bench_{new_id().replace('-', '')}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address, mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"
