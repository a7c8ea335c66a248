"""The six questions of an evaluation, 四个一致性 and 两个是否, as versioned data.

The manual names them without spelling them out; what was asked stays readable, so a version is never edited.
"""

from dataclasses import dataclass
from typing import Literal

CONSISTENCY = "四个一致性"
TRUTH = "两个是否"


@dataclass(frozen=True, slots=True)
class Question:
    """One question that is answered 是 or 否; ``key`` is stored, ``text`` is shown."""

    key: str
    group: Literal["四个一致性", "两个是否"]
    title: str
    text: str


VERSIONS: dict[int, tuple[Question, ...]] = {
    1: (
        Question("people", "四个一致性", "人员一致", "到场执业的人员，与本单所列人员是否一致？"),
        Question("time", "四个一致性", "时间一致", "到场和离场的时间，与本单所列时间是否一致？"),
        Question("place", "四个一致性", "地点一致", "执业的地点，与合同约定的服务地点是否一致？"),
        Question("work", "四个一致性", "内容一致", "实际完成的工作，与本单所写和合同约定的内容是否一致？"),
        Question("certificates", "两个是否", "持证上岗", "执业人员是否携带并出示了从业证书？"),
        Question("truthful", "两个是否", "如实告知", "执业人员是否如实告知了发现的问题？"),
    ),
}
CURRENT = max(VERSIONS)


def asked(version: int) -> tuple[Question, ...]:
    """The questions of a version; none if this program does not know it."""
    return VERSIONS.get(version, ())
