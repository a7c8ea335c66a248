"""By default nobody may: every route without credentials, bodies that nobody expects, headers, sizes, our own bugs."""

import json
import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from core.ids import new_id
from core.wire.sessions import sign_session
from server.app import PAGES
from tests.factories.web import Paired, Web
from tests.factories.world import World

PUBLIC = {
    ("get", "/api/v1/health"),
    ("post", "/api/v1/login"),
    ("post", "/api/v1/devices/pair"),
    ("post", "/api/v1/devices/nonce"),
    ("post", "/api/v1/devices/session"),
    ("post", "/api/v1/devices/rotate"),
}
"""What anybody may ask: whether the server is alive, and the doors by which one becomes somebody."""

OPEN_PAGES = {"/", "/i/{token}", "/robots.txt", "/static/zhiye.css", "/static/NotoSansSC-Regular.ttf"}
"""Pages that need no cookie: an invitation's token is its own credential."""

JSON = {"Content-Type": "application/json"}

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


@pytest.mark.rule("A-3")
def test_the_document_says_who_may_ask_and_what_is_answered(web: Web) -> None:
    """Rights are derived, not handed out: a program that reads the document knows which doors are open."""
    document = web.app.openapi()
    assert set(document["components"]["securitySchemes"]) == {"account", "device"}
    text = json.dumps(document)
    assert "HTTPValidationError" not in text
    for method, path in routes_of(web.app):
        operation = document["paths"][path][method]
        assert ("security" in operation) == ((method, path) not in PUBLIC), (method, path)
        if "security" in operation:
            assert {"401", "403", "default"} <= operation["responses"].keys()
    problem = document["components"]["schemas"]["Problem"]
    answer = web.client.get("/api/v1/me").json()
    assert set(problem["properties"]) == set(problem["required"]) == set(answer)


def test_a_portrait_is_not_taken_in_for_who_is_not_known(web: Web) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    url = f"/api/v1/persons/{new_id()}/portrait"
    answer = web.client.post(url, content=b"no form at all", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "identity.missing")


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
def test_our_own_bug_is_a_sentence_with_a_number_to_find_it_by(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
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
    for answer in (told, shown):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
    bugs = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(bugs) == 2, "and each stands in the log once"
    written = bugs[0].getMessage()
    assert told.json()["detail"].split()[-1] in written
    assert "test_walls.py" in written and "ZeroDivisionError" in written
    assert "秘密" not in caplog.text


@pytest.mark.parametrize("body", [b'{"device_id": "\\ud800", "nonce": "x", "signature": "y"}'])
def test_a_session_for_what_cannot_be_a_device_is_refused(web: Web, body: bytes) -> None:
    answer = web.client.post("/api/v1/devices/session", content=body, headers=JSON)
    assert answer.status_code in (403, 422)


def test_what_no_database_can_keep_is_refused(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    scope = f"agency:{world.agency}"
    far = {"person_id": new_id(), "name": "甲", "agency_id": world.agency}

    def registered(until_ms: int) -> bytes:
        certificates = [{"kind": "operator", "number": "1", "until_ms": until_ms}]
        body = {
            "id": new_id(),
            "name": "practitioners.register",
            "body": far | {"certificates": certificates},
        }
        return json.dumps(body).encode()

    nonce = web.client.post("/api/v1/devices/nonce").json()["nonce"]
    signature = sign_session(kiosk.keys.seed, web.state.keys.sign_public, kiosk.id, nonce)
    session = {"device_id": kiosk.id, "nonce": nonce, "signature": signature, "waiting": 2**70}
    answers = [
        web.client.get("/api/v1/changes", params={"scope": scope, "seq": 2**70}, headers=kiosk.headers),
        web.client.get("/api/v1/wait", params={"seq": 2**70}, headers=kiosk.headers),
        web.client.post("/api/v1/devices/session", json=session),
        web.client.post("/api/v1/login", content=b'{"login": "\\ud800", "password": "x"}', headers=JSON),
        *(
            web.client.post("/api/v1/commands", content=registered(until_ms), headers=office | JSON)
            for until_ms in (2**63, 2**70)
        ),
    ]
    assert [answer.status_code for answer in answers] == [422] * len(answers)


def test_a_zero_byte_finds_nothing(web: Web, world: World, office: dict[str, str], kiosk: Paired) -> None:
    """SQLite looks for it in vain, PostgreSQL refuses the question."""
    login = web.client.post("/api/v1/login", json={"login": "manager1\0", "password": "错误口令abc123"})
    session = {"device_id": "a\0b", "nonce": "x", "signature": "y"}
    answers = [
        login,
        web.client.post("/api/v1/devices/session", json=session),
        web.client.get("/api/v1/visits/a%00b/evidence", headers=office),
        web.client.get("/i/a%00b"),
    ]
    assert {answer.status_code for answer in answers} <= {401, 403, 404, 409, 422}


@pytest.mark.parametrize("proof", ["é", "证明", "\0"])
def test_a_forms_proof_may_be_any_text(web: Web, proof: str) -> None:
    answer = web.client.post("/i/whatever", data={"id": new_id(), "proof": proof})
    assert answer.status_code == 422
    assert "页面已过期" in answer.text


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
