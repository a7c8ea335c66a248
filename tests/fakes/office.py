"""The desktop's ports in memory: a server that answers, refuses or is away, and a sync that says what it is told."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.bus import Bus, Fact
from core.clock import ms_of
from core.command import Command, gate_of
from core.context import Actor, Context
from core.db.store import Store
from core.errors import DomainError, NotAllowed, Refused, Unreachable
from core.ids import new_id
from core.visits.commands import FormText, SubmitOfficeForm
from desktop.ports import (
    ContactDetails,
    Decision,
    Evidence,
    FaceProof,
    FeedbackText,
    Heard,
    JournalLine,
    Me,
    Quarantine,
    SyncState,
)
from tests.factories.office import at

AWAY = Unreachable("server-unreachable", "无法连接服务器", "请检查网络；本机记录不会丢失，恢复后会自动同步。")
NOT_MINE = NotAllowed(
    "not-allowed", "您没有进行此操作的权限", "请由项目负责人或公司管理人员操作", rule="S-10"
)


@dataclass
class FakeOnline:
    """A server; ``trouble`` is raised by everything while it is set, ``refused`` by every command."""

    me: Me
    trouble: DomainError | None = None
    refused: DomainError | None = None
    password: str = "正确口令123"
    photo: bytes | None = None
    contact_details: dict[str, ContactDetails] = field(default_factory=dict)
    last_heard: dict[str, Heard] = field(default_factory=dict)
    left_behind: dict[str, Quarantine] = field(default_factory=dict)
    decided: dict[str, Decision] = field(default_factory=dict)
    ran: list[Command] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    command_ids: list[str] = field(default_factory=list)
    forms: dict[str, FormText] = field(default_factory=dict)
    over: bool = False
    """Whether one has logged out."""
    answers: threading.Event = field(default_factory=threading.Event)
    """Cleared, it is a server that takes the question and lets the caller wait."""

    def __post_init__(self) -> None:
        self.answers.set()

    def login(self, name: str, password: str) -> Me:
        """One password is right."""
        self._reached("login")
        if password != self.password:
            raise Refused("accounts.wrong", "登录账号或密码不正确", "请检查后重新输入", rule="A-4")
        self.over = False
        return self.me

    def demo(self) -> bool:
        """As whoever logs in is told."""
        self._reached("demo")
        return self.me.demo

    def logout(self) -> None:
        """Until the next login nothing is done."""
        self.asked.append("logout")
        self.over = True

    def run(self, command: Command, command_id: str) -> dict[str, Any]:
        """Remembers the command, and under which id it was asked for, also when nobody answers."""
        self.command_ids.append(command_id)
        self._signed_in(command_id)
        if self.refused is not None:
            raise self.refused
        self.ran.append(command)
        if isinstance(command, SubmitOfficeForm):
            self.forms[command.form_id] = command.text
        return {"until_ms": at(12, 3)}

    def evidence(self, visit_id: str) -> Evidence:
        """Always the same face."""
        self._signed_in(visit_id)
        seen = FaceProof(self.photo, 0.612, 0.363, "challenge", "left-right-blink", "yunet+sface 2023")
        return Evidence(seen, seen)

    def feedback(self, feedback_id: str) -> FeedbackText:
        """What was written here, else always the same words."""
        self._signed_in(feedback_id)
        if text := self.forms.get(feedback_id):
            return FeedbackText(text.work, tuple(text.problems), text.remarks)
        return FeedbackText(
            work="检测消火栓系统、自动喷水灭火系统、火灾自动报警系统和防排烟系统，共抽检点位 126 处。",
            problems=("地下一层 B1-07 消火栓箱水带老化", "三层东侧疏散指示灯不亮"),
            remarks="物业要求下周复查。",
            evaluation_remarks="检测点位少于合同约定。",
        )

    def contacts(self, project_id: str) -> dict[str, ContactDetails]:
        """Who they are."""
        self._signed_in(project_id)
        return self.contact_details

    def heard(self) -> dict[str, Heard]:
        """As set."""
        self._signed_in("heard")
        return self.last_heard

    def quarantine(self) -> dict[str, Quarantine]:
        """As set."""
        self._signed_in("quarantine")
        return self.left_behind

    def decisions(self) -> dict[str, Decision]:
        """As set."""
        self._signed_in("decisions")
        return self.decided

    def invitation_link(self, token: str) -> str:
        """As the server's pages have it."""
        return f"https://zhiye.example.cn/i/{token}"

    def _signed_in(self, about: str) -> None:
        if self.over:
            raise NotAllowed("desktop.login", "登录已结束", "请重新登录后再试")
        self._reached(about)

    def _reached(self, about: str) -> None:
        self.asked.append(about)
        self.answers.wait(30)
        if self.trouble is not None:
            raise self.trouble


@dataclass
class FakeSync:
    """Says what it is told."""

    now_state: SyncState = field(default_factory=lambda: SyncState(online=True))
    entries: list[JournalLine] = field(default_factory=list)
    woken: int = 0

    def state(self) -> SyncState:
        """As set."""
        return self.now_state

    def lines(self) -> Sequence[JournalLine]:
        """As set."""
        return self.entries

    def now(self) -> None:
        """Counts."""
        self.woken += 1


@dataclass
class FakeDrafts:
    """An overlay over a copy: the real gates and handlers, and no journal; ``trouble`` is raised while it is set."""

    store: Store
    me: Me
    device: str
    trouble: DomainError | None = None
    written: list[Command] = field(default_factory=list)
    rows: set[str] = field(default_factory=set)

    def submit(self, command: Command) -> None:
        """As a device does it, at once and for good."""
        if self.trouble is not None:
            raise self.trouble
        actor = Actor("account", self.me.account_id)
        now_ms = ms_of(self.store.clock.now())
        with self.store.reading() as db:
            gate_of(type(command))(Context(db, now_ms, actor, self.device, on_device=True), command)
        draft = Fact(new_id(), command, actor, self.device, now_ms, "proven", "0" * 64)
        with Bus(self.store, ledger=False).transaction(actor, self.device, facts=True) as work:
            [outcome] = Bus(self.store, ledger=False).record(work, [draft])
            work.ctx.db.flush()
            self.rows |= {row_id for _table, row_id in work.ctx.stamps.touched()}
        assert outcome.status == "recorded"
        self.written.append(command)

    def unanswered(self) -> frozenset[str]:
        """Until the test says that the server has answered."""
        return frozenset(self.rows)

    def answered(self) -> None:
        """The server has."""
        self.rows.clear()


@dataclass
class FakePairing:
    """Admits one code."""

    code: str = "1234 5678"
    trouble: DomainError | None = None
    done: list[tuple[str, str, str]] = field(default_factory=list)

    def paired(self) -> bool:
        """Whether it was."""
        return bool(self.done)

    def server(self) -> str:
        """Nothing known yet."""
        return ""

    def demo(self, url: str) -> bool:
        """One address is the demo's."""
        return "demo" in url

    def pair(self, url: str, code: str, name: str) -> None:
        """Raises what is set, or admits."""
        if self.trouble is not None:
            raise self.trouble
        self.done.append((url, code, name))
