"""What a start, an end and a form must keep, as pure functions: the same at the gate and in every judgement."""

from dataclasses import dataclass

from core.errors import Refused
from core.geo.fix import Position
from core.projects.lifecycle import TITLES, may_be_practised
from core.visits.standing import Standing

DEMO_STILL = "demo-still"


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken, with what a person is told at the device."""

    rule: str
    code: str
    sentence: str
    hint: str

    def refusal(self) -> Refused:
        """The breach as the error that a gate raises."""
        return Refused(self.code, self.sentence, self.hint, rule=self.rule)


def start_breaches(
    standing: Standing, position: Position, *, live: bool, claimable: bool = True
) -> list[Breach]:
    """Every rule that a start breaks by the rows in force and the position, the most telling first.

    ``claimable`` says whether the device may know its position from the source that it names.
    """
    place = _place_breaches(position) if claimable else [NOT_REGISTERED]
    return [*project_breaches(standing), *_person_breaches(standing, live=live), *place]


def end_breaches(*, live: bool) -> list[Breach]:
    """What makes an end none: it is accepted anywhere, but needs the living face again (S-7)."""
    return [] if live else [NOT_LIVE]


def project_breaches(standing: Standing) -> list[Breach]:
    """What keeps everybody from starting on the project (S-1)."""
    if not standing.known:
        return [Breach("S-1", "visits.project", "本项目不存在或不属于本机构", "请返回重新选择项目")]
    found = []
    if standing.state is None or not may_be_practised(standing.state):
        title = TITLES.get(standing.state or "", "未登记")
        found.append(
            Breach("S-1", "visits.state", f"{title}的项目不能开始执业", "请由项目负责人核对项目状态")
        )
    if standing.kind == "maintenance":
        found.append(
            Breach("S-1", "visits.plan", "维保项目须先编制维保计划后执业", "请由项目负责人编制维保计划")
        )
    if not standing.contact:
        found.append(
            Breach(
                "S-1", "visits.contact", "项目还没有已确认的委托单位联系人", "请由项目负责人邀请并确认联系人"
            )
        )
    return found


def _person_breaches(standing: Standing, *, live: bool) -> list[Breach]:
    found = []
    if not standing.member:
        found.append(Breach("S-2", "visits.member", "您不是本项目的参与人员", "请由项目负责人把您加入本项目"))
    if not standing.employed:
        found.append(Breach("S-2", "visits.employed", "您目前未在本机构任职", "请联系公司管理人员"))
    if not live:
        found.append(NOT_LIVE)
    return found


def _place_breaches(position: Position) -> list[Breach]:
    if position.missing:
        return [Breach("S-4", "visits.no_position", "无法取得有效的位置", "请到室外或窗边等待定位后再试")]
    if position.outside:
        metres = f"{position.distance_m:.0f} 米" if position.distance_m is not None else "过远"
        return [
            Breach(
                "S-4", "visits.outside", f"您距项目现场 {metres}，超出执业半径", "请到项目现场后再开始执业"
            )
        ]
    return []


NOT_LIVE = Breach("S-3", "visits.live", "未通过活体检测", "请本人面对摄像头重新验证")
NOT_REGISTERED = Breach(
    "S-4",
    "visits.source",
    "本机的位置与配对时登记的不符，不能作为执业位置",
    "没有开始执业。请公司管理人员核对本机的安装位置并重新配对，或改用卫星定位",
)
OPEN_ELSEWHERE = Breach("S-5", "visits.open", "您还有未结束的执业", "请先结束正在进行的执业")
DAY_CLOSED = Breach(
    "F-1",
    "visits.day_closed",
    "本项目今天的执业反馈单已提交，今天不能再开始执业",
    "请明天再来，或联系项目负责人",
)
WORK_COMPLETE = Breach(
    "J-7", "visits.complete", "本项目的现场工作已完成", "如有误，请由项目负责人说明原因后重新开放"
)
CLAIMED = Breach("S-6", "visits.claimed", "今天的反馈单已由其他人员负责填写", "请选择“由他人填写”后继续")
NOT_OPEN = Breach(
    "S-7",
    "visits.not_open",
    "本机没有您在本项目正在进行的执业",
    "如在其他终端上开始，请回到该终端结束，或联网同步后再试；不要重复开始",
)
NOT_ENDED = Breach(
    "F-1", "visits.not_ended", "请先结束您今天在本项目的执业再填写反馈单", "结束执业后即可填写"
)
FORM_EXISTS = Breach("F-1", "visits.form_exists", "本项目今天的反馈单已经提交", "无需重复提交")
FORM_CLAIMED = Breach(
    "F-1", "visits.form_claimed", "今天的反馈单由另一位人员负责填写", "请由认领人填写，或请其移交"
)
NOT_LAST = Breach(
    "F-1",
    "visits.not_last",
    "还有人员在现场且无人认领反馈单，由最后结束执业的人员填写",
    "请待其他人员结束执业后填写",
)


@dataclass(frozen=True, slots=True)
class DayVisit:
    """A visit of one project-day as the form's gate sees it."""

    person: str
    open: bool
    ended: bool
    claims: bool


def form_breaches(filler: str, visits: list[DayVisit], *, form_exists: bool) -> list[Breach]:
    """Who may fill the day's form: the claimant; if nobody claimed or the claim fell, the last to end (F-1)."""
    found = [FORM_EXISTS] if form_exists else []
    if not any(visit.person == filler and visit.ended for visit in visits):
        found.append(NOT_ENDED)
    claimants = {visit.person for visit in visits if visit.claims and (visit.open or visit.ended)}
    if claimants and filler not in claimants:
        found.append(FORM_CLAIMED)
    if not claimants and any(visit.open for visit in visits):
        found.append(NOT_LAST)
    return found


STILL_OPEN = Breach(
    "F-1", "visits.still_open", "还有人员在现场执业，由现场人员填写反馈单", "请待现场人员结束执业后再填写"
)
NO_VISIT = Breach("F-1", "visits.no_visit", "本项目当天没有有效的执业记录", "请核对日期")


def office_form_breaches(visits: list[DayVisit], *, form_exists: bool) -> list[Breach]:
    """When lead or manager may write the day's form: somebody was there, nobody is any more, none is written (F-1)."""
    found = [FORM_EXISTS] if form_exists else []
    if not visits:
        found.append(NO_VISIT)
    if any(visit.open for visit in visits):
        found.append(STILL_OPEN)
    return found
