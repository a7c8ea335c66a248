"""The contact's pages over HTTP: pressed twice is once, forms from elsewhere are nothing, states are told."""

import hashlib
import html
import re
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import func, select

from core.audit.models import AuditEntry
from core.contacts.commands import ConfirmContact, EndContact, InviteContact
from core.contacts.models import Contact
from core.contacts.queries import details, of_project
from core.feedback.models import Evaluation
from core.feedback.questions import CURRENT, VERSIONS
from core.ids import new_id
from server.identity import COOKIE
from tests.factories.web import Web
from tests.factories.world import World, run

FILLED = {
    "name": "王建国", "telephone": "13800000000", "job": "经理", "client": "示例物业", "address": "人民大道1号",
    "is_employee": "yes", "agrees": "yes",
}  # fmt: skip
WAY, DEMO = "进入我的消息", "演示　"
ANSWERS = {question.key: "yes" for question in VERSIONS[CURRENT]} | {"questions": str(CURRENT), "stars": "5"}


def ticket(answer: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', answer.text))
    return {name: found[name] for name in ("id", "proof")}


def invite(web: Web, world: World, project: str) -> str:
    """The path of a fresh invitation."""
    token = f"token-{new_id()}"
    digest = hashlib.sha256(token.encode()).hexdigest()
    run(
        web.state.bus,
        InviteContact(invitation_id=new_id(), project_id=project, token_hash=digest),
        world.office,
    )
    return f"/i/{token}"


def register(web: Web, world: World, project: str, *, confirmed: bool = True, follow: bool = True) -> str:
    """Registers in the client's browser; returns the contact's id."""
    path = invite(web, world, project)
    answer = web.client.post(path, data=FILLED | ticket(web.client.get(path)), follow_redirects=False)
    assert answer.status_code == 303, answer.text
    contact = answer.headers["location"].rpartition("/")[2]
    if confirmed:
        run(web.state.bus, ConfirmContact(project_id=project, contact_id=contact), world.office)
    if follow:
        page = web.client.get(f"/c/follow/{contact}")
        web.client.post(f"/c/follow/{contact}", data={"channel": "inbox"} | ticket(page))
    return contact


def count(web: Web, table: type) -> int:
    """Rows of a table."""
    with web.state.store.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.rule("C-1")
def test_registering_twice_at_once_is_one_contact_with_the_same_way_in(web: Web, world: World) -> None:
    """A single-use token; pressing twice is the same command."""
    project = world.project(contact=False)
    path = invite(web, world, project)
    fields = FILLED | ticket(web.client.get(path))
    answers = [web.client.post(path, data=fields, follow_redirects=False) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert count(web, Contact) == 1
    cookie = answers[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    with web.state.store.reading() as db:
        contact = of_project(db, project)[0]
        assert details(db, web.state.vault, contact.id)["client"] == "示例物业"
    assert web.client.get("/c").status_code == 200
    refused = web.client.get(path)
    assert (refused.status_code, "该二维码已被使用" in refused.text) == (409, True)


@pytest.mark.rule("C-1")
def test_a_form_that_this_server_did_not_give_out_is_nothing(web: Web, world: World) -> None:
    """Forms carry their command's id and a proof."""
    project = world.project(contact=False)
    path = invite(web, world, project)
    good = ticket(web.client.get(path))
    for changed in ({}, {"id": new_id()}, {"proof": "0" * 64}, {"id": "x"}):
        fields = FILLED | (good | changed if changed else {})
        answer = web.client.post(path, data=fields)
        assert (answer.status_code, "页面已过期" in answer.text) == (422, True)
    assert count(web, Contact) == 0


@pytest.mark.rule("C-5", "X-2")
def test_who_keeps_coming_stays_let_in(web: Web, world: World) -> None:
    """Coming back later needs the link; what waits for the contact stays open on his page."""
    project = world.project(contact=False)
    register(web, world, project)
    feedback = web.visited_day(world, project)
    for page in ("/c", f"/c/feedback/{feedback}", "/c"):
        web.clock.advance(days=20)
        answer = web.client.get(page)
        assert answer.status_code == 200
        assert f"Max-Age={30 * 24 * 3600}" in answer.headers["set-cookie"]
    web.clock.advance(days=29)
    assert web.client.get("/c").status_code == 200
    web.clock.advance(days=31)
    over = web.client.get("/c")
    assert (over.status_code, "请向项目负责人索取新的邀请二维码" in over.text) == (401, True)
    assert "set-cookie" not in over.headers


@pytest.mark.rule("C-2", "C-3", "C-4")
def test_each_state_of_a_contact_is_told(web: Web, world: World) -> None:
    """Only a confirmed contact sees the feedback; who does not follow is told so; one who has ended too."""
    project = world.project()
    contact = register(web, world, project, confirmed=False, follow=False)
    feedback = web.visited_day(world, project)
    inbox = web.client.get("/c").text
    assert "正在等待项目负责人确认" in inbox
    assert "您还没有关注" in inbox
    assert feedback not in inbox
    early = web.client.get(f"/c/feedback/{feedback}")
    assert (early.status_code, "您的联系人身份还未确认" in early.text) == (403, True)
    run(web.state.bus, ConfirmContact(project_id=project, contact_id=contact), world.office)
    inbox = web.client.get("/c").text
    assert "去评价" in inbox
    assert "还没有消息" in inbox
    assert web.client.get(f"/c/feedback/{feedback}").status_code == 200
    run(web.state.bus, EndContact(project_id=project, contact_id=contact, reason="离职"), world.office)
    assert "您已不再是本项目的联系人" in web.client.get("/c").text
    late = web.client.get(f"/c/feedback/{feedback}")
    assert (late.status_code, "您已不再是本项目的联系人" in late.text) == (403, True)
    follow = web.client.post(f"/c/follow/{contact}", data={"channel": "inbox", "id": new_id(), "proof": "x"})
    assert follow.status_code == 422


@pytest.mark.rule("V-1", "X-1")
def test_evaluating_twice_is_once_and_shows_what_was_said(web: Web, world: World) -> None:
    """A feedback is evaluated once; X-1: a message is read when it has been opened."""
    project = world.project(contact=False)
    register(web, world, project)
    feedback = web.visited_day(world, project)
    assert "未读" in web.client.get("/c").text
    url = f"/c/feedback/{feedback}"
    page = web.client.get(url)
    assert "已读" in web.client.get("/c").text
    kept = {"remarks": "<b>好</b>\r\n很好"}
    missing = web.client.post(url, data=kept | {"questions": "9" * 5000} | ticket(page))
    assert missing.status_code == 422
    assert html.escape("<b>好</b>") in missing.text
    assert ticket(missing) == ticket(page)
    fields = ANSWERS | kept | ticket(page)
    answers = [web.client.post(url, data=fields, follow_redirects=False) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == [f"{url}/thanks"] * 2
    other = web.client.post(url, data=fields | ticket(page) | {"stars": "1"}, follow_redirects=True)
    assert other.status_code == 200
    assert count(web, Evaluation) == 1
    assert "感谢您的评价" in web.client.get(f"{url}/thanks").text
    assert html.escape("<b>好</b>") in web.client.get(url).text


@pytest.mark.rule("V-1")
def test_a_second_contact_sees_the_first_ones_evaluation(web: Web, world: World) -> None:
    """Any confirmed contact evaluates, once for all of them."""
    project = world.project(contact=False)
    register(web, world, project)
    feedback = web.visited_day(world, project)
    url = f"/c/feedback/{feedback}"
    old = ticket(web.client.get(url))
    web.client.post(url, data=ANSWERS | old)
    web.client.cookies.clear()
    register(web, world, project)
    page = web.client.get(url)
    assert "已评价" in page.text
    assert "提交评价" not in page.text
    assert web.client.post(url, data=ANSWERS | old).status_code == 422


@pytest.mark.rule("C-1")
def test_one_browser_may_belong_to_contacts_of_several_projects(web: Web, world: World) -> None:
    """A contact is one for one project; his phone is the same."""
    first, second = world.project(contact=False), world.project(contact=False)
    register(web, world, first)
    register(web, world, second)
    text = web.client.get("/c").text
    assert "示例项目1" in text
    assert "示例项目2" in text
    stranger = web.visited_day(world, world.project())
    assert web.client.get(f"/c/feedback/{stranger}").status_code == 404
    assert web.client.get(f"/c/follow/{new_id()}").status_code == 403


@pytest.mark.rule("C-5")
def test_the_way_in_ends_after_thirty_days(web: Web, world: World) -> None:
    """Coming back later needs a fresh code or the link in the message."""
    register(web, world, world.project(contact=False))
    token = web.client.cookies[COOKIE]
    web.clock.advance(days=31)
    answer = web.client.get("/c", headers={"Cookie": f"{COOKIE}={token}"})
    assert (answer.status_code, "链接已失效" in answer.text) == (401, True)
    assert WAY not in answer.text


@pytest.mark.parametrize("path", ["/c", "/i/bad", "/nothing"])
def test_who_has_no_way_in_is_told_what_to_do_instead_of_led_in_a_circle(web: Web, path: str) -> None:
    text = web.client.get(path).text
    assert WAY not in text
    assert "二维码" in text or "请检查地址" in text


def test_a_contact_who_went_astray_is_shown_the_way_to_his_messages(web: Web, world: World) -> None:
    register(web, world, world.project(contact=False))
    for path in ("/i/bad", "/nothing"):
        assert WAY in web.client.get(path).text


def test_every_page_of_the_demos_server_says_so_and_no_other_does(web: Web) -> None:
    """Who reads a page of the demo can't take it for a real one, also when something went wrong."""
    paths = ("/", "/c", "/i/bad", "/nothing")
    assert not any(DEMO in web.client.get(path).text for path in paths)
    web.app.state.zhiye = replace(web.state, demo=True)
    assert all(DEMO in web.client.get(path).text for path in paths)
    assert web.client.get("/api/v1/health").json()["demo"] is True


@pytest.mark.rule("U-1")
def test_refused_registrations_are_audited_without_their_contents(web: Web, world: World) -> None:
    """Every accepted and refused command is in the audit log."""
    path = invite(web, world, world.project(contact=False))
    web.client.post(path, data=ticket(web.client.get(path)))
    with web.state.store.reading() as db:
        outcomes = db.scalars(
            select(AuditEntry.outcome).where(AuditEntry.command == "contacts.register")
        ).all()
    assert outcomes == ["refused:contacts.form"]


def test_no_log_line_tells_a_token_or_a_name(
    web: Web, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    project = world.project(contact=False)
    path = invite(web, world, project)
    caplog.clear()
    web.client.post(path, data=FILLED | ticket(web.client.get(path)))
    web.client.get(f"{path}?name=王建国")
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert any("/i/{token}" in line for line in lines)
    told = "\n".join(lines)
    assert path.rpartition("/")[2] not in told
    assert "王建国" not in told
