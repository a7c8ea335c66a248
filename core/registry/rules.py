"""What a row of the register must be like, and when two names are the same name (G-1): pure functions."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.agencies.rules import QUALIFICATION_OF_KIND, uscc_is_valid
from core.errors import Fault
from core.practitioners.rules import CERTIFICATE_KINDS, id_number_is_valid

Kind = Literal["agencies", "people"]

COLUMNS: dict[Kind, dict[str, tuple[str, ...]]] = {
    "agencies": {
        "uscc": ("统一社会信用代码", "统一信用代码", "信用代码"),
        "name": ("机构名称", "单位名称", "名称"),
        "qualifications": ("机构资质", "资质", "业务范围"),
    },
    "people": {
        "name": ("姓名", "人员姓名"),
        "id_number": ("身份证号", "身份证号码", "公民身份号码", "证件号码"),
        "kind": ("证书种类", "证书类型", "证书名称"),
        "number": ("证书编号", "证书号码", "证书号"),
        "until": ("有效期至", "有效期", "证书有效期"),
    },
}
"""The columns of a file by what they mean, under the headings that they may have."""

REQUIRED: dict[Kind, tuple[str, ...]] = {"agencies": ("uscc", "name"), "people": ("name", "id_number")}
OPEN_ENDED = ("长期", "长期有效", "永久", "无")
LONGEST = {"name": 200, "number": 40}
_QUALIFICATIONS = sorted(set(QUALIFICATION_OF_KIND.values()))
_KINDS = {title: kind for kind, title in CERTIFICATE_KINDS.items()}
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
)
_POWER = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+?\d+")
_DOTS = dict.fromkeys(map(ord, "•‧∙・•･.。"), "·")


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency of the register."""

    uscc: str
    name: str
    qualifications: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A certified person of the register, with one certificate; without any, if the register names none."""

    id_number: str
    name: str
    kind: str | None
    number: str | None
    until_day: str | None


def same_name(one: str, other: str) -> bool:
    """Whether two names are one: full and half width, spaces and the dots of minorities' names make no difference."""
    return folded_name(one) == folded_name(other)


def folded_name(name: str) -> str:
    """A name as names are compared."""
    bare = "".join(unicodedata.normalize("NFKC", name).split()).translate(_DOTS)
    return unicodedata.normalize("NFKC", bare.casefold())  # without its spaces a name may compose anew


def agency_of(cells: Mapping[str, str]) -> tuple[AgencyRow, list[Fault]]:
    """An agency from its cells, and everything that is wrong with them."""
    uscc, name = cells["uscc"].upper(), cells["name"]
    found = _name_faults(name, "机构名称")
    if spoilt(uscc):
        found.append(_spoilt("uscc"))
    elif not uscc_is_valid(uscc):
        found.append(Fault("uscc", "统一社会信用代码不正确"))
    told = [one for one in re.split(r"[、，,;；/\s]+", cells.get("qualifications", "")) if one]
    unknown = [one for one in told if one not in _QUALIFICATIONS]
    if unknown:
        found.append(Fault("qualifications", f"无法识别的资质：{'、'.join(unknown)}"))
    return AgencyRow(uscc, name, tuple(one for one in _QUALIFICATIONS if one in told)), found


def person_of(cells: Mapping[str, str]) -> tuple[PersonRow, list[Fault]]:
    """A person from his cells, and everything that is wrong with them."""
    number = cells["id_number"].upper()
    found = _name_faults(cells["name"], "姓名")
    if spoilt(number):
        found.append(_spoilt("id_number"))
    elif not id_number_is_valid(number):
        found.append(Fault("id_number", "身份证号码不正确"))
    title, certificate = cells.get("kind", ""), cells.get("number", "")
    found += _certificate_faults(title, certificate)
    until, readable = _until(cells.get("until", ""))
    if not readable:
        found.append(Fault("until", "有效期无法识别，请写成 2027-05-31"))
    row = PersonRow(number, cells["name"], _kind(title), certificate or None, until)
    return row, found


def _kind(title: str) -> str | None:
    """The kind of certificate; its level, which the register adds in brackets, is no kind of its own."""
    bare = folded_name(title).partition("(")[0]
    return _KINDS.get(bare)


def spoilt(number: str) -> bool:
    """Whether a spreadsheet has turned a long number into a power of ten: its last digits are gone."""
    return _POWER.fullmatch(number) is not None


def _spoilt(column: str) -> Fault:
    return Fault(column, "号码被表格软件存成了数字，末几位已丢失；请把该列设为文本后重新填写")


def _name_faults(name: str, title: str) -> list[Fault]:
    if not name:
        return [Fault("name", f"缺少{title}")]
    return [Fault("name", f"{title}太长")] if len(name) > LONGEST["name"] else []


def _certificate_faults(title: str, number: str) -> list[Fault]:
    if not title and not number:
        return []
    found = []
    if _kind(title) is None:
        known = f"无法识别的证书种类，可用：{'、'.join(_KINDS)}"
        found.append(Fault("kind", known if title else "缺少证书种类"))
    if spoilt(number):
        found.append(_spoilt("number"))
    elif not number or len(number) > LONGEST["number"]:
        found.append(Fault("number", "证书编号太长" if number else "缺少证书编号"))
    return found


def _until(text: str) -> tuple[str | None, bool]:
    """The last day of validity as an ISO day, and whether the text could be read."""
    if not text or text in OPEN_ENDED:
        return None, True
    match = _DAY.fullmatch(text)
    if match is None:
        return None, False
    try:
        return date(*map(int, match.groups())).isoformat(), True
    except ValueError:
        return None, False
