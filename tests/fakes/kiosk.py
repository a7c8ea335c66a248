"""The kiosk's ports in memory: enough of a product to press through every screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import numpy as np

from core.clock import day_of
from core.errors import BadInput, DomainError, NotAllowed, Refused, Unreachable
from kiosk.ports import Ports
from kiosk.shown import (
    Accepted,
    Action,
    Box,
    Draft,
    Form,
    FormItem,
    Light,
    OnSite,
    Paired,
    Photo,
    Presence,
    Progress,
    ProjectCard,
    Receipt,
    Request,
    Review,
    ServiceLine,
    Sync,
    Tone,
    Trouble,
    VisitRow,
)
from kiosk.shown import Refused as TurnedAway
from tests.fakes.clock import FakeClock

STRANGER = TurnedAway(
    "face.unknown",
    "没有认出您",
    "请确认您是本项目的人员，摘下口罩、正对摄像头后重试。",
    kept="本次尝试已留存，不会开始执业。",
    face_failed=True,
)


@dataclass(frozen=True)
class FakeFrame:
    """One picture."""

    image: Any
    t: float
    index: int


class FakeCamera:
    """Shows one picture after another; tests put other pictures in, or take the camera away."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._index = 0
        self.image: Any = np.full((480, 640, 3), 90, np.uint8)
        self.opened = 0
        self.is_open = False
        self.broken: DomainError | None = None
        self.silent = False

    def open(self) -> None:
        if self.broken is not None:
            raise self.broken
        self.opened += not self.is_open
        self.is_open = True

    def newest(self) -> FakeFrame | None:
        if not self.is_open or self.silent:
            return None
        self._index += 1
        return FakeFrame(self.image, self._clock.monotonic(), self._index)

    def close(self) -> None:
        self.is_open = False


class FakeProjects:
    """A list that tests change."""

    def __init__(self, cards: Sequence[ProjectCard]) -> None:
        self.cards = list(cards)
        self.error: DomainError | None = None

    def nearest(self) -> Sequence[ProjectCard]:
        if self.error is not None:
            raise self.error
        return tuple(self.cards)


class FakeCheckIn:
    """Plays its script, a step for each frame, and stays at a Progress that ends it."""

    def __init__(self, script: Sequence[Progress | Accepted | TurnedAway | Exception]) -> None:
        self._script = list(script)
        self.cancelled = False
        self.fed = 0

    def feed(self, frame: Any) -> Progress | Accepted | TurnedAway:
        self.fed += 1
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(step, Exception):
            raise step
        return step

    def cancel(self) -> None:
        self.cancelled = True


class FakeCheckIns:
    """Hands out scripts; each test says what the next person meets."""

    def __init__(self) -> None:
        self.script: Sequence[Progress | Accepted | TurnedAway | Exception] = [STRANGER]
        self.error: DomainError | None = None
        self.requests: list[Request] = []
        self.made: list[FakeCheckIn] = []

    def begin(self, request: Request) -> FakeCheckIn:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        self.made.append(FakeCheckIn(self.script))
        return self.made[-1]


@dataclass
class FakeForms:
    """One form; what is kept is kept by form, as the real one does by person, project and day."""

    form: Form
    kept: Draft | None = None
    submitted: list[Draft] = field(default_factory=list)
    closing: tuple[OnSite, ...] = ()
    error: DomainError | None = None
    clock: FakeClock = field(default_factory=FakeClock)
    keeps: int = 0

    def open(self, pass_id: str) -> Form:
        if self.error is not None:
            raise self.error
        return replace(self.form, draft=self.kept or self.form.draft)

    def keep(self, form_id: str, draft: Draft) -> None:
        self.kept, self.keeps = draft, self.keeps + 1

    def add_photo(self, form_id: str, image: Any) -> Photo:
        return Photo("photo-1", jpeg(image))

    def review(self, form_id: str, draft: Draft) -> Review:
        faults = [] if draft.work else ["请填写完成的工作"]
        if draft.complete is None:
            faults.append("请回答现场工作是否已全部完成")
        return Review(tuple(faults), self.closing)

    def submit(self, form_id: str, draft: Draft) -> Receipt:
        if self.error is not None:
            raise self.error
        self.submitted.append(draft)
        self.kept = None
        return Receipt(form_id, "执业反馈单已提交", self.clock.now())


@dataclass
class FakeVisits:
    """Two lists."""

    own: Sequence[VisitRow] = ()
    project: Sequence[VisitRow] = ()

    def mine(self, pass_id: str) -> Sequence[VisitRow]:
        return self.own

    def of_project(self, pass_id: str) -> Sequence[VisitRow]:
        return self.project


@dataclass
class FakeStatus:
    """States that tests set."""

    synced: Sync = field(default_factory=Sync)
    time: Light = field(default_factory=lambda: Light("时间已校准", Tone.GOOD))
    place: Light = field(default_factory=lambda: Light("定位 ±12 米", Tone.GOOD))
    wrong: Trouble | None = None

    def sync(self) -> Sync:
        return self.synced

    def clock(self) -> Light:
        return self.time

    def position(self) -> Light:
        return self.place

    def look(self) -> None:
        pass

    def trouble(self) -> Trouble | None:
        return self.wrong


@dataclass
class FakePairing:
    """Knows one code."""

    done: bool = True
    code: str = "483920"
    reachable: bool = True
    waiting: int = 0

    def paired(self) -> bool:
        return self.done

    def ready(self) -> None:
        if self.waiting:
            raise Refused(
                "kiosk.pair_waiting", f"还有 {self.waiting} 条记录没有上传。", "请先联网。", rule="D-1"
            )

    def pair(self, url: str, code: str) -> Paired:
        if not self.reachable:
            raise Unreachable("server.unreachable", f"无法连接服务器 {url}。", "请检查地址和网络后重试。")
        if code != self.code:
            raise BadInput(
                "pairing.code",
                "配对码不正确或已过期。",
                "请在电脑端“设备”中重新生成配对码后再输入。",
            )
        self.done = True
        return Paired("虹桥一号机")


class FakeService:
    """Knows one PIN."""

    def __init__(self) -> None:
        self.pin = "2580"
        self.syncs = 0

    def unlock(self, pin: str) -> None:
        if pin != self.pin:
            raise NotAllowed(
                "service.pin", "服务密码不正确。", "请重新输入；忘记时请机构管理人员在电脑端重置。"
            )

    def report(self) -> Sequence[ServiceLine]:
        return (
            ServiceLine("摄像头", "画面", "1280×720，30 帧/秒", Tone.GOOD),
            ServiceLine("定位", "来源", "本机卫星定位"),
            ServiceLine("定位", "精度", "±12 米，8 秒前"),
            ServiceLine("服务器", "地址", "https://zhiye.example.cn"),
            ServiceLine("服务器", "上次同步", "2026-03-02 08:58"),
            ServiceLine("服务器", "待上传", "3 条", Tone.WARN),
            ServiceLine("存储", "可用空间", "21.4 GB"),
            ServiceLine("存储", "数据密钥", "由系统保护（TPM）"),
            ServiceLine("日志", "今天的警告", "0 条"),
        )

    def sync_now(self) -> None:
        self.syncs += 1


def jpeg(image: Any) -> bytes:
    """A picture's bytes."""
    import cv2

    return bytes(cv2.imencode(".jpg", image)[1].tobytes())


@dataclass
class FakeKiosk:
    """All ports with a small invented agency; tests reach into the parts."""

    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        now = self.clock.now()
        wang = OnSite("w", "王丽", now - timedelta(minutes=48))
        self.first = ProjectCard(
            "p1", "虹桥商务大厦消防设施检测", "闵行区申虹路 1 号", "检测", 35, (wang,), claimed_by=None
        )
        self.second = ProjectCard("p2", "外滩源文化中心年度维护保养", "黄浦区圆明园路 133 号", "维保", 1260)
        self.closed = ProjectCard(
            "p3",
            "张江研发楼检测",
            "浦东新区碧波路 690 号",
            "检测",
            15400,
            (),
            False,
            "今天的反馈单已提交，明天可再开始。",
        )
        self.far = ProjectCard("p4", "临港仓库安全评估", "浦东新区业盛路 188 号", "评估")
        self.camera = FakeCamera(self.clock)
        self.projects = FakeProjects([self.first, self.second, self.closed, self.far])
        self.check_ins = FakeCheckIns()
        self.forms = FakeForms(self._form(), clock=self.clock)
        self.visits = FakeVisits(*self._visits())
        self.status = FakeStatus()
        self.pairing = FakePairing()
        self.service = FakeService()
        self.ports = Ports(
            self.projects,
            self.camera,
            self.check_ins,
            self.forms,
            self.visits,
            self.status,
            self.pairing,
            self.service,
            self.clock,
        )

    def accepted(self, action: Action, **changes: Any) -> Accepted:
        """王丽, as the check-in would answer."""
        made = Accepted("pass-w", "w", "王丽", at=self.clock.now())
        if action == Action.END:
            made = replace(made, counted="本次执业计时 2 小时 05 分", form_due=True)
        return replace(made, **changes)

    def looks(self) -> list[Progress]:
        """A challenge on its way."""
        box = Box(0.36, 0.22, 0.28, 0.5)
        return [
            Progress("靠近一点", Box(0.42, 0.3, 0.15, 0.28)),
            Progress("请向左转头", box, 0.3, ready=True),
            Progress("请眨眼", box, 0.7, ready=True),
        ]

    def maintenance(self) -> None:
        """Turn the form into one of a maintenance period."""
        self.forms.form = replace(
            self.forms.form,
            period="第 3 期（2026-03-01 至 2026-03-31）",
            complete_question="本期维保工作是否已全部完成？",
            items=(
                FormItem("i1", "火灾自动报警系统", "火灾探测器抽测 10 %，主备电源切换试验"),
                FormItem("i2", "自动喷水灭火系统", "末端试水装置放水试验"),
                FormItem("i3", "防烟排烟系统", "风机手动、自动启停试验"),
            ),
        )

    def _form(self) -> Form:
        now = self.clock.now()
        return Form(
            "form-1",
            "虹桥商务大厦消防设施检测",
            "王丽",
            day_of(now),
            people=(
                Presence("w", "王丽", now - timedelta(minutes=125), now, "2 小时 05 分"),
                Presence(
                    "l", "李强", now - timedelta(minutes=90), now - timedelta(minutes=20), "0 分", "超距执业"
                ),
                Presence("z", "张伟民", now - timedelta(minutes=60)),
            ),
            phrases=("按检测方案完成现场检测", "已向委托单位说明情况"),
            problem_phrases=("设备故障，需维修", "测试不合格", "被遮挡、占用或挪用"),
        )

    def _visits(self) -> tuple[Sequence[VisitRow], Sequence[VisitRow]]:
        now, name = self.clock.now(), self.first.name
        day = timedelta(days=1)
        own = (
            VisitRow("v1", name, "王丽", now - timedelta(minutes=48), None, "执业中", Tone.PLAIN),
            VisitRow(
                "v2",
                name,
                "王丽",
                now - day,
                now - day + timedelta(minutes=125),
                "有效",
                Tone.GOOD,
                "2 小时 05 分",
            ),
            VisitRow(
                "v3",
                "外滩源文化中心年度维护保养",
                "王丽",
                now - 3 * day,
                now - 2 * day + timedelta(minutes=9),
                "清零",
                Tone.BAD,
                "0 分",
                "超时执业",
            ),
            VisitRow(
                "v4",
                name,
                "王丽",
                now - 9 * day,
                now - 9 * day + timedelta(hours=1),
                "待核实",
                Tone.WARN,
                "0 分",
                "没有可靠定位",
            ),
        )
        return own, (*own[:2], replace(own[3], person_name="李强"))
