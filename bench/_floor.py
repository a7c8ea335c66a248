"""The floor that sync is measured against: a bare endpoint that upserts the same bytes, and nothing else."""

import sys
from typing import Any

import uvicorn
from sqlalchemy import Column, Engine, LargeBinary, MetaData, String, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

META = MetaData()
ENTRY = Table(
    "floor_entry",
    META,
    Column("id", String(36), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)


def engine_of(url: str) -> Engine:
    """SQLAlchemy's own engine; a SQLite file is as durable as the real server's."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def durable(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    return engine


def make(url: str) -> Starlette:
    """An application on a database."""
    engine = engine_of(url)
    META.create_all(engine)
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    inserted = dialect.insert(ENTRY)
    upsert = inserted.on_conflict_do_update(index_elements=["id"], set_={"bytes": inserted.excluded.bytes})

    def keep(lines: list[dict[str, str]]) -> int:
        with engine.begin() as db:
            db.execute(upsert, [{"id": line["id"], "bytes": line["bytes"].encode()} for line in lines])
        return len(lines)

    async def push(request: Request) -> JSONResponse:
        return JSONResponse({"kept": keep(await request.json())})

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({})

    return Starlette(routes=[Route("/push", push, methods=["POST"]), Route("/api/v1/health", health)])


if __name__ == "__main__":
    uvicorn.run(make(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
