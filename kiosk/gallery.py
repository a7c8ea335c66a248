"""The faces that this kiosk may recognise for a project: its people's templates, from the cache (D-2)."""

from sqlalchemy import select

from core.context import Context
from core.devices.models import Device
from core.errors import Refused
from core.face.types import Candidate, Template
from core.projects.models import ProjectFace

LAPSE_MS = 30 * 24 * 3_600_000
"""Without word from the server for so long, nobody is recognised any more (D-2)."""


def candidates(
    ctx: Context, project_id: str, contact_ms: int | None
) -> tuple[list[Candidate], dict[str, str]]:
    """The project's people with templates, and by person the portrait that the template was made from.

    ``contact_ms`` is when the server was heard of last; raises where templates have lapsed or the device is revoked.
    """
    _require_right(ctx, contact_ms)
    rows = list(ctx.db.scalars(select(ProjectFace).where(ProjectFace.project_id == project_id)))
    found = [Candidate(row.person_id, (Template(row.engine, row.template),)) for row in rows if row.template]
    return found, {row.person_id: row.portrait_id for row in rows}


def _require_right(ctx: Context, contact_ms: int | None) -> None:
    device = ctx.db.get(Device, ctx.device_id) if ctx.device_id else None
    if device is not None and device.revoked_ms is not None:
        raise Refused(
            "kiosk.revoked", "本机已被停用，不能再识别人脸", "请联系公司管理人员重新配对", rule="D-1"
        )
    if contact_ms is None or ctx.now_ms - contact_ms > LAPSE_MS:
        raise Refused(
            "kiosk.faces_lapsed", "本机超过 30 天没有联网，人脸数据已停用",
            "请联网同步后再试；已有的执业记录都保存在本机", rule="D-2",
        )  # fmt: skip
