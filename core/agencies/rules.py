"""Which kinds of project an agency's qualifications cover, and whether its credit code is genuine."""

from stdnum.cn import uscc as uscc_number

from core.errors import Fault

QUALIFICATION_OF_KIND = {
    "maintenance": "维护保养检测",
    "inspection": "维护保养检测",
    "assessment": "消防安全评估",
}


def uscc_is_valid(uscc: str) -> bool:
    """Whether the 18 characters, as they are stored, carry the right check character (GB 32100-2015).

    A company's code begins with eight digits; those of some public bodies, which begin with a letter, are refused.
    """
    return uscc_number.compact(uscc) == uscc and uscc_number.is_valid(uscc)


def faults(name: str, uscc: str, qualifications: list[str]) -> list[Fault]:
    """Everything that is wrong with an agency's registration, at once (B-6)."""
    found = []
    if not name.strip():
        found.append(Fault("name", "请填写机构名称"))
    if not uscc_is_valid(uscc):
        found.append(Fault("uscc", "统一社会信用代码不正确"))
    if not qualifications or not set(qualifications) <= set(QUALIFICATION_OF_KIND.values()):
        found.append(Fault("qualifications", "请从列表中选择机构资质"))
    return found


def covers(qualifications: list[str], kind: str) -> bool:
    """Whether a project of this kind lies within the agency's qualification (J-3)."""
    return QUALIFICATION_OF_KIND.get(kind) in qualifications
