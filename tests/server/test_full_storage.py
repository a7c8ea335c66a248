"""A server whose database has no room left: a problem that says so, nothing half, and the same command later."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from core.clock import ms_of
from core.ids import new_id
from tests.factories.web import Web
from tests.factories.world import World

_POSTGRESQL_FULL = (
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$",
    "CREATE TRIGGER no_room BEFORE INSERT ON commit_log FOR EACH ROW EXECUTE FUNCTION no_room()",
)
_POSTGRESQL_ROOM = ("DROP TRIGGER no_room ON commit_log",)


def fill(web: Web) -> Callable[[], None]:
    """Takes the room from the real database; what is given back gives it back."""
    store = web.state.store
    if store.is_postgresql:
        run(web, _POSTGRESQL_FULL)
        return lambda: run(web, _POSTGRESQL_ROOM)

    def limit(pages: int) -> Callable[..., None]:
        return lambda connection, *_more: connection.execute(f"PRAGMA max_page_count = {pages}").close()

    no_more, again = limit(1), limit(1_000_000)  # SQLite takes the present size for less
    event.listen(store.engine, "checkout", no_more)

    def make_room() -> None:
        event.remove(store.engine, "checkout", no_more)
        event.listen(store.engine, "checkout", again)

    return make_room


def run(web: Web, statements: tuple[str, ...]) -> None:
    """Past the bus: what the database itself would do."""
    with web.state.store.writing() as db:
        for statement in statements:
            db.execute(text(statement))


def register(web: Web, office: dict[str, str], world: World, command_id: str) -> Any:
    """A command that needs room."""
    people = [{"person_id": world.lead, "role": "lead"}]
    body = {
        "project_id": command_id, "agency_id": world.agency, "name": "项目" * 20, "kind": "inspection",
        "district": "黄浦区", "address": "某路", "client": "", "contract_number": "", "starts_on": "2026-01-01",
        "ends_on": "2026-01-01", "people": people,
    }  # fmt: skip
    asked = {"id": command_id, "name": "projects.draft", "body": body}
    return web.client.post("/api/v1/commands", json=asked, headers=office)


@pytest.mark.expect_log("disk_full")
def test_a_full_database_is_a_problem_that_passes(web: Web, world: World, office: dict[str, str]) -> None:
    make_room = fill(web)
    accepted = set()
    for command_id in (new_id() for _ in range(500)):
        refused = register(web, office, world, command_id)
        if refused.status_code != 200:
            break
        accepted.add(command_id)
    assert (refused.status_code, refused.headers["Content-Type"]) == (507, "application/problem+json")
    assert refused.headers["Retry-After"] == "30"
    assert refused.json()["title"] == "服务器磁盘空间不足，暂时不能保存"
    assert "没有丢失" in refused.json()["detail"] and refused.json()["type"] == "urn:zhiye:unreachable"
    assert web.client.get("/api/v1/me", headers=office).status_code == 200, "reading goes on"
    make_room()
    assert register(web, office, world, command_id).status_code == 200
    with web.state.store.reading() as db:
        kept = set(db.scalars(text("SELECT id FROM project")))
        logged = db.execute(
            text("SELECT outcome FROM audit_log WHERE command_id = :id"), {"id": command_id}
        ).all()
    assert kept == accepted | {command_id}
    assert logged == [("accepted",)]


def test_a_start_sweeps_what_a_killed_server_had_of_a_photo(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'zhiye.sqlite').as_posix()}"
    first = Web(tmp_path, url)
    half = first.settings.blobs / "ab" / "incoming-half"
    half.parent.mkdir()
    half.write_bytes(b"half")
    long_ago = ms_of(first.clock.now()) - 25 * 3_600_000
    os.utime(half, ns=(long_ago * 1_000_000, long_ago * 1_000_000))
    first.close()
    Web(tmp_path, url).close()
    assert not half.exists()
