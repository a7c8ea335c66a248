"""By default nobody may: every route without credentials, bodies that nobody expects, headers, sizes, our own bugs."""

import json
import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from core.ids import new_id
from server.app import PAGES
from tests.factories.web import Paired, Web
from tests.factories.world import World

PUBLIC = {
    ("get", "/api/v1/health"),
    ("post", "/api/v1/login"),
    ("post", "/api/v1/devices/pair"),
    ("post", "/api/v1/devices/nonce"),
    ("post", "/api/v1/devices/session"),
}
"""What anybody may ask: whether the server is alive, and the doors by which one becomes somebody."""

OPEN_PAGES = {"/", "/i/{token}", "/robots.txt", "/static/zhiye.css", "/static/NotoSansSC-Regular.ttf"}
"""Pages that need no cookie: an invitation's token is its own credential."""

FILLED = {"sha256": "0" * 64}


def routes_of(app: FastAPI) -> list[tuple[str, str]]:
    """Every operation of the OpenAPI document."""
    return [(method, path) for path, item in app.openapi()["paths"].items() for method in item]


def fill(path: str) -> str:
    """A path with something in the place of its parameters."""
    return re.sub(r"\{(\w+)\}", lambda found: FILLED.get(found[1], new_id()), path)


@pytest.mark.rule("A-3")
def test_every_route_of_the_document_demands_identity(web: Web) -> None:
    """Rights are derived, not handed out: who is not known has none."""
    routes = routes_of(web.app)
    assert len(routes) > 15
    assert set(routes) >= PUBLIC
    wrong = {"Authorization": "Bearer zd1.nobody.9999999999999.0000"}
    for method, path in set(routes) - PUBLIC:
        for headers in ({}, {"Authorization": "Bearer nothing"}, wrong, {"Authorization": "Basic eDp5"}):
            answer = web.client.request(method, fill(path), headers=headers)
            assert answer.status_code in (401, 403), (method, path, answer.status_code, answer.text)


def test_every_page_demands_its_cookie(web: Web) -> None:
    routes = [route for module in PAGES for route in module.router.routes if isinstance(route, APIRoute)]
    pages = {route.path for route in routes} - OPEN_PAGES
    assert "/c/feedback/{feedback_id}" in pages
    for route in routes:
        for method in route.methods if route.path in pages else ():
            answer = web.client.request(method, fill(route.path))
            assert answer.status_code == 401, route.path
            assert "链接已失效" in answer.text


@pytest.mark.rule("D-1")
def test_an_account_is_no_device_and_a_device_no_account(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    """A device's key alone can approve nothing."""
    assert web.client.get("/api/v1/scopes", headers=office).status_code == 401
    assert web.client.get("/api/v1/me", headers=kiosk.headers).status_code == 401
    assert (
        web.command(kiosk.headers, "devices.revoke", agency_id=world.agency, device_id=kiosk.id).status_code
        == 401
    )


@pytest.mark.parametrize(
    ("method", "path", "content", "kind"),
    [
        ("post", "/api/v1/login", b"{", "application/json"),
        ("post", "/api/v1/login", b"[]", "application/json"),
        (
            "post",
            "/api/v1/login",
            '{"login": "甲", "password": "乙", "更多": 1}'.encode(),
            "application/json",
        ),
        ("post", "/api/v1/login", b"\xff\xfe", "application/json"),
        ("post", "/api/v1/devices/pair", b"", "text/plain"),
        ("get", "/api/v1/nothing", b"", "text/plain"),
        ("delete", "/api/v1/login", b"", "text/plain"),
    ],
)
def test_a_body_that_the_api_does_not_expect_is_a_problem_in_chinese(
    web: Web, method: str, path: str, content: bytes, kind: str
) -> None:
    answer = web.client.request(method, path, content=content, headers={"Content-Type": kind})
    assert answer.status_code in (404, 405, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "detail", "status", "code", "rule", "faults"}
    assert re.search("[\u4e00-\u9fff]", problem["title"])
    assert problem["status"] == answer.status_code
    assert "Traceback" not in answer.text


def test_what_was_sent_is_not_repeated(web: Web) -> None:
    answer = web.client.post("/api/v1/login", json={"login": "甲", "password": {"secret": "秘密"}})
    assert answer.status_code == 422
    assert "秘密" not in answer.text


def test_a_body_that_is_too_long_is_refused_before_it_is_read(web: Web) -> None:
    announced = web.client.post("/api/v1/login", content=b"x" * (2 * 1024 * 1024))
    assert (announced.status_code, announced.json()["code"]) == (413, "too-large")

    def endless() -> object:
        for _ in range(40):
            yield b"x" * 65536

    streamed = web.client.post("/api/v1/login", content=endless())
    assert streamed.status_code == 413


def test_every_answer_keeps_to_itself(web: Web) -> None:
    for path in ("/", "/c", "/i/nothing", "/api/v1/health", "/api/v1/me", "/static/zhiye.css"):
        headers = web.client.get(path).headers
        assert "script-src" not in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == (
            "public, max-age=86400" if path.startswith("/static") else "no-store"
        )


@pytest.mark.expect_log("bug")
def test_our_own_bug_is_a_sentence_with_a_number_to_find_it_by(web: Web) -> None:
    def broken() -> None:
        raise ZeroDivisionError("秘密")

    web.app.add_api_route("/api/v1/broken", broken)
    web.app.add_api_route("/broken", broken)
    told = web.client.get("/api/v1/broken")
    assert (told.status_code, told.json()["code"]) == (500, "bug")
    assert "秘密" not in told.text
    shown = web.client.get("/broken")
    assert shown.status_code == 500
    assert "服务器出现内部问题" in shown.text


def test_facts_and_drafts_and_what_has_its_own_door_do_not_come_as_commands(
    web: Web, world: World, office: dict[str, str]
) -> None:
    from core.command import all_specs
    from server.doors import OWN_DOORS

    for spec in all_specs():
        if spec.offline != "no" or spec.name in OWN_DOORS:
            answer = web.command(office, spec.name)
            assert (answer.status_code, answer.json()["code"]) == (403, "commands.door"), spec.name
    assert web.command(office, "visits.close_overtime").status_code == 403
    assert web.command(office, "nothing.known").json()["code"] == "commands.unknown"
    assert web.command(office, "projects.submit", project_id=1).json()["code"] == "commands.body"


def test_the_same_command_twice_is_one_and_says_so(web: Web, world: World, office: dict[str, str]) -> None:
    project = world.project()
    asked = {
        "id": new_id(),
        "name": "contacts.invite",
        "body": {"invitation_id": new_id(), "project_id": project, "token_hash": "a" * 64},
    }
    first, second = (web.client.post("/api/v1/commands", json=asked, headers=office).json() for _ in range(2))
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["answer"] == second["answer"]
    other = web.client.post("/api/v1/commands", json={**asked, "id": "nonsense"}, headers=office)
    assert other.json()["code"] == "commands.id"


def test_the_document_in_the_repository_is_this_one(web: Web, request: pytest.FixtureRequest) -> None:
    kept = request.config.rootpath / "docs" / "OPENAPI.json"
    current = json.dumps(web.app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert kept.read_text("utf-8") == current, "python -m server openapi > docs/OPENAPI.json"
