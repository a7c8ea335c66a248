"""J7, the contact's side, in a real browser of a phone's size, without JavaScript."""

import hashlib
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from core.contacts.commands import ConfirmContact, InviteContact
from core.contacts.links import invitation_link
from core.contacts.queries import of_project
from core.context import Actor
from core.ids import new_id
from core.journals.sealed import keep_own
from core.visits.evidence import FormEvidence
from tests.factories.web import Web
from tests.factories.world import World, run

WIDTH = 390
TOKEN = "an-invitation-token-of-the-test"
TEXT = FormEvidence(
    work="检测了火灾自动报警系统和消火栓系统，共 3 层。\n喷淋末端试水 2 处，压力正常。",
    problems=["二层 2-14 手动报警按钮无法复位", "地下一层 B1-03 消火栓箱内缺水带"],
    remarks="已当场告知物业值班人员。",
)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """A server that really listens; pages do not differ by database."""
    made = Web(tmp_path / "data", f"sqlite:///{(tmp_path / 'zhiye.sqlite').as_posix()}")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(made.app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        made.client.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield made
        server.should_exit = True
        thread.join()
    made.close()


@pytest.fixture
def phone(web: Web) -> Iterator[Page]:
    """A phone's browser with JavaScript switched off; whatever goes wrong in it fails the test."""
    with sync_playwright() as playwright:
        chromium = os.environ.get("ZHIYE_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": WIDTH, "height": 844},
            device_scale_factor=2,
            java_script_enabled=False,
            base_url=str(web.client.base_url),
            locale="zh-CN",
        )
        page = context.new_page()
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))
        page.on("requestfailed", lambda request: troubles.append(f"{request.failure} {request.url}"))
        yield page
        browser.close()
        # Going on while the font still loads breaks its loading off; a refused page is a page with a 4xx.
        expected = ("ERR_ABORTED", "status of 4")
        assert [trouble for trouble in troubles if not any(part in trouble for part in expected)] == []


def shot(page: Page, name: str) -> None:
    """Takes a picture of the whole page: nothing may stick out sideways. Keeps it where somebody wants to look."""
    picture = page.screenshot(full_page=True)
    assert int.from_bytes(picture[16:20], "big") == 2 * WIDTH, name
    folder = os.environ.get("ZHIYE_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.png").write_bytes(picture)


def invite(web: Web, world: World, project: str, token: str) -> str:
    """The office makes an invitation; returns the path that its QR code leads to."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    run(
        web.state.bus,
        InviteContact(invitation_id=new_id(), project_id=project, token_hash=digest),
        world.office,
    )
    return invitation_link("", token)


def confirm(web: Web, world: World, project: str) -> None:
    """The office confirms whoever has registered."""
    with web.state.store.reading() as db:
        waiting = [contact.id for contact in of_project(db, project) if contact.confirmed_ms is None]
    for contact in waiting:
        run(web.state.bus, ConfirmContact(project_id=project, contact_id=contact), world.office)


def write_form(web: Web, world: World, form_id: str) -> None:
    """What the form says, as a kiosk's sealed part would bring it."""
    with web.state.bus.transaction(Actor("job", new_id())) as work:
        keep_own(work.ctx, form_id, world.members[0], msgspec.json.encode(TEXT))


def register(page: Page) -> None:
    """Fills the registration."""
    page.get_by_label("姓名").fill("王建国")
    page.get_by_label("手机号码").fill("138 0000 0000")
    page.get_by_label("职务").fill("工程部经理")
    page.get_by_label("单位名称").fill("上海示例物业管理有限公司")
    page.get_by_label("单位地址").fill("上海市黄浦区人民大道1号")
    page.get_by_label("我是上述单位的工作人员").check()
    page.get_by_label("我已阅读并同意个人信息处理说明").check()


def answer(page: Page, *, no: str | None = None) -> None:
    """Answers the six questions, with a "no" to one of them."""
    for key in ("people", "time", "place", "work", "certificates", "truthful"):
        page.locator(f"label[for={key}-{'no' if key == no else 'yes'}]").click()


@pytest.mark.rule("C-1", "C-2", "C-3", "V-1", "V-2", "X-1")
def test_the_contact_registers_follows_and_evaluates(web: Web, phone: Page) -> None:
    """He scans, registers, follows; gets the feedback once; answers the six questions; a "no" reaches the lead."""
    world = web.world()
    project = world.project(contact=False)
    phone.goto(invite(web, world, project, TOKEN))
    shot(phone, "01-invitation")
    phone.get_by_role("button", name="提交登记").click()
    expect(phone.get_by_role("alert")).to_contain_text("还有 7 处需要补充")
    phone.get_by_label("姓名").fill("王建国")
    phone.get_by_label("手机号码").fill("12")
    phone.get_by_role("button", name="提交登记").click()
    expect(phone.get_by_label("姓名")).to_have_value("王建国")
    expect(phone.get_by_text("手机号码格式不正确").last).to_be_visible()
    shot(phone, "02-invitation-faults")
    register(phone)
    phone.get_by_role("button", name="提交登记").click()
    expect(phone.get_by_role("heading", name="登记成功，请关注")).to_be_visible()
    shot(phone, "03-follow")

    phone.goto("/c")
    expect(phone.get_by_text("正在等待项目负责人确认")).to_be_visible()
    shot(phone, "04-inbox-unconfirmed")
    confirm(web, world, project)
    phone.get_by_role("link", name="现在关注").click()
    phone.get_by_role("button", name="关注").click()
    expect(phone.get_by_text("目前没有需要评价的执业反馈单")).to_be_visible()
    shot(phone, "05-inbox-empty")

    form_id = web.visited_day(world, project, zeroed=world.members[1])
    write_form(web, world, form_id)
    phone.reload()
    expect(phone.get_by_text("未读")).to_have_count(1)
    shot(phone, "06-inbox-waiting")
    phone.get_by_role("link", name=re.compile("去评价")).click()
    expect(phone.get_by_text("反馈单已提交：当日反馈单提交时仍未结束执业")).to_be_visible()
    expect(phone.get_by_text("2 小时 06 分").first).to_be_visible()
    shot(phone, "07-feedback")
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_role("alert")).to_contain_text("还有 7 处需要补充")
    expect(phone.get_by_role("alert")).to_be_in_viewport()
    answer(phone, no="time")
    phone.locator("label[for=stars-4]").click()
    phone.locator(f"label[for='rating-{world.members[0]}-5']").click()
    phone.get_by_label("说明（可不填）").fill("实际离场约早 20 分钟。\n其余良好。")
    shot(phone, "08-evaluation-filled")
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_role("heading", name="感谢您的评价")).to_be_visible()
    expect(phone.get_by_text("已告知项目负责人和监督人员")).to_be_visible()
    shot(phone, "09-thanks")
    phone.get_by_role("link", name="查看评价内容").click()
    expect(phone.get_by_text("实际离场约早 20 分钟。")).to_be_visible()
    expect(phone.get_by_role("button", name="提交评价")).to_have_count(0)
    shot(phone, "10-evaluated")
    phone.goto("/c")
    expect(phone.get_by_text("已评价")).to_have_count(1)
    expect(phone.get_by_text("目前没有需要评价的执业反馈单")).to_be_visible()
    shot(phone, "11-inbox-read")


@pytest.mark.rule("C-1")
def test_a_bad_link_says_what_to_do(web: Web, phone: Page) -> None:
    """A single-use token (256 bit, 72 h)."""
    world = web.world()
    project = world.project(contact=False)
    path = invite(web, world, project, TOKEN)
    phone.goto(path)
    register(phone)
    phone.get_by_role("button", name="提交登记").click()
    phone.goto(path)
    expect(phone.get_by_role("heading", name="该二维码已被使用")).to_be_visible()
    shot(phone, "12-used")
    late = invite(web, world, project, "another-token")
    web.clock.advance(hours=73)
    phone.goto(late)
    expect(phone.get_by_role("heading", name="该二维码已过期")).to_be_visible()
    phone.goto("/i/nothing")
    expect(phone.get_by_role("heading", name="二维码无效")).to_be_visible()
    phone.goto("/nothing")
    expect(phone.get_by_role("heading", name="没有这个页面")).to_be_visible()
    phone.goto("/")
    shot(phone, "13-front")
