"""Logging in: one account everywhere, rights that follow from facts, waiting after failures."""

import pytest
from sqlalchemy.exc import OperationalError

from core.accounts.commands import CreateAccount
from core.accounts.models import Login
from core.errors import BadInput
from core.ids import new_id
from tests.factories.web import Web
from tests.factories.world import PASSWORD, World, run


@pytest.mark.rule("A-1")
def test_one_name_without_regard_to_case_works_and_is_taken(web: Web, world: World) -> None:
    """One account (login name, unique without regard to case) works everywhere."""
    assert web.login("MANAGER1") != web.login("Ｍanager1")
    answer = web.client.post("/api/v1/login", json={"login": "manager1", "password": "错误口令abc123"})
    assert (answer.status_code, answer.json()["code"]) == (401, "accounts.wrong")


@pytest.mark.rule("A-2")
@pytest.mark.parametrize("weak", ["短a1!", "abcdefgh12", "只有中文还是不够长的"])
def test_a_weak_password_is_refused_with_what_is_missing(web: Web, world: World, weak: str) -> None:
    """Password: at least 8 characters and at least three of four classes."""
    with pytest.raises(BadInput, match="密码不符合要求"):
        run(web.state.bus, CreateAccount(account_id=new_id(), login="新人", password=weak))


@pytest.mark.rule("A-2")
def test_a_changed_password_is_asked_to_be_strong_and_ends_every_login(
    web: Web, world: World, office: dict[str, str]
) -> None:
    """The password's rule holds when it is changed; A-4: a login is revoked by a password change."""
    weak = web.command(office, "accounts.change_password", old_password=PASSWORD, new_password="abcdefgh")
    assert (weak.status_code, weak.json()["rule"]) == (422, "A-2")
    new = "新的口令xyz789"
    assert (
        web.command(office, "accounts.change_password", old_password=PASSWORD, new_password=new).status_code
        == 200
    )
    assert web.client.get("/api/v1/me", headers=office).status_code == 401
    assert web.login("manager1", new)


@pytest.mark.rule("A-3")
def test_rights_follow_from_employment_and_end_with_it(
    web: Web, world: World, office: dict[str, str]
) -> None:
    """Rights are derived, not handed out."""
    me = web.client.get("/api/v1/me", headers=office).json()
    assert [(job["agency_id"], job["manager"]) for job in me["employments"]] == [(world.agency, True)]
    project = world.project()
    operator = new_id()
    run(
        web.state.bus,
        CreateAccount(account_id=operator, login="操作员", password=PASSWORD, person_id=world.members[0]),
    )
    headers = web.login("操作员")
    asked = {"invitation_id": new_id(), "project_id": project, "token_hash": "0" * 64}
    refused = web.command(headers, "contacts.invite", **asked)
    assert (refused.status_code, refused.json()["rule"]) == (403, "A-3")
    assert web.command(office, "contacts.invite", **asked).status_code == 200


@pytest.mark.rule("A-4")
def test_after_five_failures_the_account_waits_and_unknown_names_answer_alike(web: Web, world: World) -> None:
    """After 5 within 15 minutes the account waits, longer each time; the answer never tells whether the name exists."""

    def tries(login: str) -> list[tuple[int, str]]:
        asked = {"login": login, "password": "错误口令abc123"}
        answers = [web.client.post("/api/v1/login", json=asked) for _ in range(6)]
        return [(answer.status_code, answer.json()["title"]) for answer in answers]

    known = tries("manager1")
    assert known == tries("没有这个人")
    assert [status for status, _title in known] == [401] * 5 + [429]
    right = {"login": "manager1", "password": PASSWORD}
    assert web.client.post("/api/v1/login", json=right).status_code == 429
    web.clock.advance(minutes=2)
    assert web.client.post("/api/v1/login", json=right).status_code == 200


@pytest.mark.rule("A-4")
def test_a_login_expires_and_can_be_ended(web: Web, world: World) -> None:
    """A login expires, can be revoked."""
    first, second = web.login("manager1"), web.login("manager1")
    assert web.client.post("/api/v1/logout", headers=first).status_code == 204
    assert web.client.get("/api/v1/me", headers=first).status_code == 401
    assert web.client.get("/api/v1/me", headers=second).status_code == 200
    web.clock.advance(hours=13)
    over = web.client.get("/api/v1/me", headers=second)
    assert (over.status_code, over.json()["detail"]) == (401, "请重新登录")


@pytest.mark.rule("D-1")
def test_a_desktops_login_is_bound_to_it(web: Web, world: World, office: dict[str, str]) -> None:
    """A device can be revoked: who had logged in on it is out, too."""
    desktop = web.device(office, world.agency, "desktop")
    session = desktop.headers["Authorization"].removeprefix("Bearer ")
    asked = {"login": "manager1", "password": PASSWORD, "device_session": session}
    answer = web.client.post("/api/v1/login", json=asked)
    with web.state.store.reading() as db:
        assert db.get_one(Login, answer.json()["login_id"]).device_id == desktop.id
    mine = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert web.client.get("/api/v1/me", headers=mine).status_code == 200
    web.command(office, "devices.revoke", agency_id=world.agency, device_id=desktop.id)
    over = web.client.get("/api/v1/me", headers=mine)
    assert (over.status_code, over.json()["code"]) == (403, "devices.revoked")
    stolen = web.client.post("/api/v1/login", json=asked | {"device_session": "zd1.x.1.y"})
    assert stolen.status_code == 401


@pytest.mark.expect_log("database_unreachable")
def test_a_database_that_does_not_answer_is_a_sentence(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    def lost() -> None:
        raise OperationalError("SELECT 秘密", {}, Exception("秘密"))

    web.app.add_api_route("/api/v1/lost", lost)
    answer = web.client.get("/api/v1/lost")
    assert (answer.status_code, answer.json()["code"]) == (503, "database")
    assert "秘密" not in answer.text + caplog.text
