"""Databases as they were before there were revisions, whatever the models of today say."""

from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, text

from core.bus import Bus
from core.db.base import Base
from core.db.engine import server_engine
from core.db.store import Store
from core.db.vault import Vault
from server.migrations.baseline import BASELINE
from server.upgrading import VERSION_TABLE
from tests.factories.world import make_world
from tests.fakes.clock import FakeClock


def fill(target: Connection, folder: Path) -> None:
    """Makes the old tables, with an agency in them that today's program has made elsewhere."""
    BASELINE.create_all(target)
    engine = server_engine(f"sqlite:///{(folder / 'elsewhere.sqlite').as_posix()}")
    Base.metadata.create_all(engine)
    make_world(Bus(Store(engine, FakeClock()), vault=Vault(bytes(32)))).project()
    with engine.connect() as source:
        for table in BASELINE.tables.values():
            known = {column["name"] for column in inspect(source).get_columns(table.name)}
            chosen = select(*(column for column in table.columns if column.name in known))
            rows = [dict(row) for row in source.execute(chosen).mappings()]
            if rows:
                target.execute(insert(table), rows)
    engine.dispose()


def go_back(db: Connection) -> None:
    """Gives an empty server the old tables; which server it is stays written in them."""
    known = BASELINE.tables["server_property"]
    rows = [dict(row) for row in db.execute(select(known)).mappings()]
    db.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    Base.metadata.drop_all(db)
    BASELINE.create_all(db)
    db.execute(insert(known), rows)
