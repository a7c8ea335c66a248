"""A zero byte in anything that is asked: SQLite would look for it in vain, PostgreSQL can't be asked for it at all."""

import json
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from core.ids import new_id
from server.app import PAGES
from tests.factories.web import Paired, Web, pairing
from tests.factories.world import World
from tests.server.test_pages import FILLED, invite, register, ticket
from tests.server.test_walls import fill, routes_of

ODD = "a\0b"
IN_A_PATH = "a%00b"


def is_problem(answer: httpx.Response) -> bool:
    """Refused, with a sentence for whoever asked."""
    return 400 <= answer.status_code < 500 and bool(answer.text)


def odd_paths(path: str) -> list[str]:
    """The path with a zero byte in the place of each of its parameters."""
    parts = path.split("/")
    places = [i for i, part in enumerate(parts) if part.startswith("{")]
    return [fill("/".join([*parts[:i], IN_A_PATH, *parts[i + 1 :]])) for i in places]


def test_in_a_path_it_finds_nothing(web: Web, world: World, office: dict[str, str], kiosk: Paired) -> None:
    register(web, world, world.project(contact=False))
    pages = [route for module in PAGES for route in module.router.routes if isinstance(route, APIRoute)]
    asked = routes_of(web.app) + [(method, route.path) for route in pages for method in route.methods]
    odd = [(method, one) for method, path in asked for one in odd_paths(path)]
    assert len(odd) > 10
    for method, path in [*odd, ("get", "/static/a%00b"), ("get", "/a%00b"), ("get", "/api/v1/a%00b")]:
        for headers in (office, kiosk.headers):
            answer = web.client.request(method, path, headers=headers)
            assert 400 <= answer.status_code < 500, (method, path, answer.text)


def test_in_a_query_it_is_a_problem(web: Web, kiosk: Paired) -> None:
    for path, name in (
        ("scopes", "waiting"), ("changes", "scope"), ("changes", "seq"), ("wait", "seconds"), ("time", "nonce"),
    ):  # fmt: skip
        answer = web.client.get(
            f"/api/v1/{path}", params={"scope": "x", name: ODD * 10}, headers=kiosk.headers
        )
        assert is_problem(answer), (path, name, answer.status_code)
    asked = {"asked": [{"scope": ODD}]}
    assert is_problem(web.client.post("/api/v1/changes", json=asked, headers=kiosk.headers))


@pytest.mark.parametrize(
    "where", ["name", "address", "contract_number", "starts_on", "district", "project_id"]
)
def test_in_a_command_it_is_a_problem(web: Web, world: World, office: dict[str, str], where: str) -> None:
    body: dict[str, Any] = {
        "project_id": new_id(), "agency_id": world.agency, "name": "项目", "kind": "inspection",
        "district": "黄浦区", "address": "人民大道1号", "client": "示例物业", "contract_number": "1",
        "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    assert web.command(office, "projects.draft", **body).status_code == 200
    answer = web.command(office, "projects.draft", **(body | {"project_id": new_id(), where: ODD}))
    assert is_problem(answer) and answer.status_code == 422, answer.text
    reason = web.command(office, "projects.terminate", project_id=body["project_id"], reason=f"不再需要{ODD}")
    assert (reason.status_code, reason.json()["code"]) == (422, "commands.body")


@pytest.mark.parametrize("asked", [{"id": ODD}, {"name": ODD}, {"body": {ODD: 1}}], ids=str)
def test_beside_a_command_it_is_a_problem(web: Web, office: dict[str, str], asked: dict[str, Any]) -> None:
    whole = {"id": new_id(), "name": "projects.submit", "body": {"project_id": new_id()}} | asked
    assert is_problem(web.client.post("/api/v1/commands", json=whole, headers=office))


def test_at_the_doors_of_devices_it_is_a_problem(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    pair = pairing("00000000", new_id(), kiosk.keys)
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("devices/pair", pair | {name: ODD}) for name in ("id", "code", "device_id", "name", "key_source")
    ]
    bodies += [
        ("devices/session", {"device_id": ODD, "nonce": ODD, "signature": ODD}),
        ("login", {"login": ODD, "password": ODD}),
        ("login", {"login": "manager1", "password": "x", "device_session": ODD}),
        ("erasures", {"id": new_id(), "agency_id": world.agency, "person_id": ODD, "reason": ODD}),
        ("devices/leave", {"journal": ODD, "head": {"dseq": 1, "hash": "0" * 64}}),
        (f"journals/{new_id()}/entries", {"journal": ODD, "entries": [], "head": {}, "signature": ODD}),
    ]
    rotate = ("id", "device_id", "nonce", "old_public", "new_public", "signed_by_old", "signed_by_new")
    bodies.append(("devices/rotate", dict.fromkeys(rotate, ODD)))
    for path, body in bodies:
        for headers in (office, kiosk.headers):
            answer = web.client.post(f"/api/v1/{path}", content=json.dumps(body), headers=headers)
            assert is_problem(answer), (path, answer.status_code, answer.text)


def test_in_a_page_it_is_told_to_who_filled_it(web: Web, world: World) -> None:
    path = invite(web, world, world.project(contact=False))
    hidden = ticket(web.client.get(path))
    for name in (*FILLED, *hidden):
        answer = web.client.post(path, data=FILLED | hidden | {name: ODD}, follow_redirects=False)
        assert is_problem(answer), (name, answer.status_code)
    assert web.client.post(path, data=FILLED | hidden, follow_redirects=False).status_code == 303
