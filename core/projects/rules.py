"""What a project needs before it can be submitted: every fault at once, not the first (J-2 to J-6)."""

from dataclasses import dataclass
from datetime import date

from core.errors import Fault

RADIUS_M = (100, 2000)
DEFAULT_RADIUS_M = 500
PRACTISING = ("engineer", "operator")
"""Positions whose people may be members of a project (J-3)."""
SHANGHAI_BOX = (30.66, 120.82, 31.90, 122.05)
"""South, west, north, east of the city in WGS-84, with a margin of about 3 km (J-6); districts come with the map."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of a project as the rules see him."""

    person_id: str
    role: str
    employed: bool
    position: str | None
    level_1: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a project says of itself when it is submitted."""

    covered: bool
    people: list[Candidate]
    lat: float | None
    lon: float | None
    radius_m: int
    starts_on: date
    ends_on: date
    client: str
    contract_number: str


def faults(draft: Draft) -> list[Fault]:
    """Everything that keeps the project from being submitted; empty if nothing does."""
    return [
        *people_faults(draft.people),
        *place_faults(draft.lat, draft.lon, draft.radius_m),
        *_contract(draft),
    ]


def people_faults(people: list[Candidate]) -> list[Fault]:
    """What is wrong with a project's people (J-3)."""
    found = []
    leads = [p for p in people if p.role == "lead"]
    technical = [p for p in people if p.role == "technical_lead"]
    if len(leads) != 1:
        found.append(Fault("lead", "请指定一名项目负责人"))
    elif not leads[0].level_1:
        found.append(Fault("lead", "项目负责人必须是一级注册消防工程师"))
    if len(technical) != 1:
        found.append(Fault("technical_lead", "请指定一名技术负责人"))
    elif leads and technical[0].person_id == leads[0].person_id:
        found.append(Fault("technical_lead", "项目负责人和技术负责人不可是同一人"))
    elif not technical[0].level_1:
        found.append(Fault("technical_lead", "技术负责人必须是一级注册消防工程师"))
    if not all(p.employed for p in people):
        found.append(Fault("people", "项目人员中有人未在本机构任职"))
    if any(p.role == "member" and p.employed and p.position not in PRACTISING for p in people):
        found.append(Fault("people", "参与人员必须是注册消防工程师或操作人员"))
    return found


def place_faults(lat: float | None, lon: float | None, radius_m: int) -> list[Fault]:
    """What is wrong with a project's place (S-4, J-6)."""
    found = []
    if lat is None or lon is None:
        found.append(Fault("place", "请在地图上确定项目坐标"))
    else:
        south, west, north, east = SHANGHAI_BOX
        if not (south <= lat <= north and west <= lon <= east):
            found.append(Fault("place", "项目坐标不在上海市范围内"))
    if not RADIUS_M[0] <= radius_m <= RADIUS_M[1]:
        found.append(Fault("radius", "执业半径应在 100 至 2000 米之间"))
    return found


GROUPS = {
    "name": ("name",),
    "client": ("client",),
    "place": ("district", "address"),
    "contract": ("contract_number",),
    "dates": ("starts_on", "ends_on"),
}
"""What of a project's head is edited together: two edits of one group are a conflict, of two groups are not."""
OPEN_GROUPS = frozenset({"name"})
"""Groups that can be changed after the first visit has started (J-8)."""


LENGTHS = {"district": (40, "区县"), "contract_number": (60, "合同编号")}
"""How many characters fit where a line would not, and what the field is called."""


def head_faults(head: dict[str, str], *, submitted: bool) -> list[Fault]:
    """What is wrong with an edited head; only a submitted project has to be complete (J-2, J-4)."""
    found = [
        Fault(name, f"{title}最多 {most} 个字")
        for name, (most, title) in LENGTHS.items()
        if len(head[name]) > most
    ]
    if not head["name"].strip():
        found.append(Fault("name", "请填写项目名称"))
    if head["starts_on"] > head["ends_on"]:
        found.append(Fault("contract", "合同开始日期不能晚于结束日期"))
    if submitted and not head["client"].strip():
        found.append(Fault("client", "请填写委托单位"))
    if submitted and not head["contract_number"].strip():
        found.append(Fault("contract_number", "请填写合同编号"))
    return found


def _contract(draft: Draft) -> list[Fault]:
    found = []
    if not draft.covered:
        found.append(Fault("kind", "项目类别超出本机构资质范围"))
    if draft.starts_on > draft.ends_on:
        found.append(Fault("contract", "合同开始日期不能晚于结束日期"))
    if not draft.client.strip():
        found.append(Fault("client", "请填写委托单位"))
    if not draft.contract_number.strip():
        found.append(Fault("contract_number", "请填写合同编号"))
    return found
