"""The client's contact on a phone: a headless browser of a phone's size, or form posts where there is none."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Protocol

import requests
from playwright.sync_api import Page, expect, sync_playwright

QUESTIONS = ("people", "time", "place", "work", "certificates", "truthful")
DETAILS = {
    "姓名": ("name", "王建国"),
    "手机号码": ("telephone", "138 0000 0000"),
    "职务": ("job", "工程部经理"),
    "单位名称": ("client", "上海演示物业管理有限公司"),
    "单位地址": ("address", "上海市黄浦区人民大道 1 号（虚构）"),
}
REMARK = "到场准时，讲解清楚。"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_WAIT_MS = 20_000


class Contact(Protocol):
    """What the contact does; each step checks what he sees."""

    def register(self, link: str) -> None:
        """Opens the QR code's link, registers and follows."""

    def confirmed(self) -> None:
        """Sees that the project's lead has confirmed him."""

    def evaluate(self, work: str) -> None:
        """Has the message, reads the form with this work in it, and answers the six questions."""


def browser() -> str | None:
    """An installed browser that can be driven; ``ZHIYE_CHROMIUM`` names another."""
    told = os.environ.get("ZHIYE_CHROMIUM")
    return told or next((found for name in _BROWSERS if (found := shutil.which(name))), None)


@contextmanager
def contact(address: str, pictures: Path) -> Iterator[Contact]:
    """The contact, by browser if there is one."""
    program = browser()
    if program is None:
        print("  没有找到浏览器：联系人的页面改用直接提交表单的方式演示，没有这些页面的截图。", flush=True)
        yield Posts(address)
        return
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            context = started.new_context(
                viewport={"width": 390, "height": 844}, device_scale_factor=2, java_script_enabled=False,
                base_url=address, locale="zh-CN",
            )  # fmt: skip
            context.set_default_timeout(_WAIT_MS)
            yield Phone(context.new_page(), pictures)
        finally:
            started.close()


class Phone:
    """A phone's browser without JavaScript."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self._page, self._pictures = page, pictures

    def register(self, link: str) -> None:
        """Opens the QR code's link, registers and follows."""
        page = self._page
        page.goto(link)
        for title, (_name, value) in DETAILS.items():
            page.get_by_label(title).fill(value)
        page.get_by_label("我是上述单位的工作人员").check()
        page.get_by_label("我已阅读并同意个人信息处理说明").check()
        self._shot("联系人登记")
        page.get_by_role("button", name="提交登记").click()
        expect(page.get_by_role("heading", name="登记成功，请关注")).to_be_visible(timeout=_WAIT_MS)
        page.get_by_role("button", name="关注").click()
        expect(page.get_by_text("正在等待项目负责人确认")).to_be_visible(timeout=_WAIT_MS)

    def confirmed(self) -> None:
        """Sees that the project's lead has confirmed him."""
        self._page.goto("/c")
        expect(self._page.get_by_text("目前没有需要评价的执业反馈单")).to_be_visible(timeout=_WAIT_MS)

    def evaluate(self, work: str) -> None:
        """Has the message, reads the form, and answers the six questions."""
        page = self._page
        page.goto("/c")
        expect(page.get_by_text("未读")).to_have_count(1, timeout=_WAIT_MS)
        self._shot("联系人消息")
        page.get_by_role("link", name=re.compile("去评价")).click()
        expect(page.get_by_text(work).first).to_be_visible(timeout=_WAIT_MS)
        for key in QUESTIONS:
            page.locator(f"label[for={key}-yes]").click()
        page.locator("label[for=stars-5]").click()
        for rating in page.locator("input[name^='rating-'][value='5']").all():
            page.locator(f"label[for='{rating.get_attribute('id')}']").click()
        page.get_by_label("说明（可不填）").fill(REMARK)
        self._shot("联系人评价")
        page.get_by_role("button", name="提交评价").click()
        expect(page.get_by_role("heading", name="感谢您的评价")).to_be_visible(timeout=_WAIT_MS)
        self._shot("联系人已评价")

    def _shot(self, name: str) -> None:
        number = len(list(self._pictures.glob("*.png"))) + 1
        self._page.screenshot(path=self._pictures / f"{number:02d}-{name}.png", full_page=True)


class _Fields(HTMLParser):
    """The inputs of a page and the links of it."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: list[dict[str, str]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps what a form or a finger needs."""
        found = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.inputs.append(found)
        elif tag == "a":
            self.links.append(found.get("href", ""))


class Posts:
    """The same by plain requests: what the pages do without a browser around them."""

    def __init__(self, address: str) -> None:
        self._address, self._web = address, requests.Session()

    def register(self, link: str) -> None:
        """Opens the QR code's link, registers and follows."""
        text = self._get(link)
        told = dict(DETAILS.values())
        answer = self._post(link, text, told | {"is_employee": "yes", "agrees": "yes"})
        _has(answer.text, "登记成功，请关注")
        _has(self._post(answer.url, answer.text, {"channel": "inbox"}).text, "正在等待项目负责人确认")

    def confirmed(self) -> None:
        """Sees that the project's lead has confirmed him."""
        _has(self._get(f"{self._address}/c"), "目前没有需要评价的执业反馈单")

    def evaluate(self, work: str) -> None:
        """Has the message, reads the form, and answers the six questions."""
        found = _Fields()
        found.feed(self._get(f"{self._address}/c"))
        link = self._address + next(link for link in found.links if link.startswith("/c/feedback/"))
        text = self._get(link)
        _has(text, work)
        fields = _Fields()
        fields.feed(text)
        ratings = {one["name"]: "5" for one in fields.inputs if one.get("name", "").startswith("rating-")}
        answers = dict.fromkeys(QUESTIONS, "yes")
        given = self._post(link, text, answers | ratings | {"stars": "5", "remarks": REMARK})
        _has(given.text, "感谢您的评价")

    def _get(self, address: str) -> str:
        answer = self._web.get(address, timeout=20)
        answer.raise_for_status()
        return answer.text

    def _post(self, address: str, page: str, values: dict[str, str]) -> requests.Response:
        fields = _Fields()
        fields.feed(page)
        hidden = {one["name"]: one.get("value", "") for one in fields.inputs if one.get("type") == "hidden"}
        answer = self._web.post(address, data=hidden | values, timeout=20)
        answer.raise_for_status()
        return answer


def _has(text: str, wanted: str) -> None:
    if wanted not in text:
        raise ValueError(f"页面上没有“{wanted}”")
