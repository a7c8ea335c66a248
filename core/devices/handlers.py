"""Handlers of device commands, and the role of an admitted device."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.accounts.roles import DEVICE, role_source
from core.command import handles
from core.context import Actor, Context
from core.devices.codes import code_hash
from core.devices.commands import MakePairingCode, PairDevice, RevokeDevice, RotateKey
from core.devices.models import Device, PairingCode, ServerProperty
from core.errors import NotHere, Refused

CODE_MS = 30 * 60_000
_WRONG = "请向公司管理人员索取新的配对码"
_KINDS = {"kiosk": "执业终端", "desktop": "电脑"}


@handles(MakePairingCode)
def make_pairing_code(ctx: Context, command: MakePairingCode) -> dict[str, int]:
    """Keeps the code's hash for half an hour."""
    until = ctx.now_ms + CODE_MS
    ctx.db.add(
        PairingCode(
            code_hash=command.code_hash, agency_id=command.agency_id, kind=command.kind, until_ms=until
        )
    )
    return {"until_ms": until}


@handles(PairDevice)
def pair_device(ctx: Context, command: PairDevice) -> dict[str, str]:
    """Admits the device to the code's agency, once under its key; a still-picture kiosk only where the demo made
    the server.
    """
    if command.still_for_live and not is_demo(ctx.db):
        raise Refused(
            "devices.still", "本服务器不接受以照片代替真人的设备", "请使用带摄像头的设备", rule="S-3"
        )
    row = ctx.db.get(PairingCode, code_hash(command.code))
    if row is None:
        raise Refused("devices.code_wrong", "配对码不正确", "请核对后重新输入，或" + _WRONG, rule="D-1")
    if row.used_ms is not None:
        raise Refused("devices.code_used", "该配对码已被使用", _WRONG, rule="D-1")
    if ctx.now_ms >= row.until_ms:
        raise Refused("devices.code_expired", "该配对码已过期", _WRONG, rule="D-1")
    if row.kind != command.kind:
        raise _other_kind(row.kind, command.kind)
    _use_up(ctx, command)
    known = _known(ctx, command, row.agency_id)
    if known is not None:
        return {"device_id": known.id, "agency_id": known.agency_id}
    _admit(ctx, command, row.agency_id)
    return {"device_id": command.device_id, "agency_id": row.agency_id}


def _other_kind(code: str, device: str) -> Refused:
    """Told only to who has a code that would admit, so that it helps nobody to guess; the code stays good."""
    sentence = f"这是{_KINDS[code]}的配对码，请使用{_KINDS[device]}配对码"
    return Refused("devices.code_kind", sentence, "请向公司管理人员索取；这个配对码没有被用掉", rule="D-1")


def _known(ctx: Context, command: PairDevice, agency_id: str) -> Device | None:
    """The device of this key, which has lost the answer or its pairing; refused unless it is just what it was.

    Facts are judged by what a device was admitted with, so an admission never changes.
    """
    row = ctx.db.scalar(select(Device).where(Device.public_key == command.public_key.lower()))
    if row is None:
        return None
    asked = (agency_id, command.kind, command.still_for_live, command.fixed_lat, command.fixed_lon, None)
    if asked == (row.agency_id, row.kind, row.still_for_live, row.fixed_lat, row.fixed_lon, row.revoked_ms):
        return row
    raise Refused(
        "devices.key_taken",
        "本设备曾以其他机构、类型或固定位置配对，或已停用",
        "本机记录仍然保留；请先联网全部上传，再由管理员移走整个数据目录后重新配对",
        rule="D-1",
    )


def _use_up(ctx: Context, command: PairDevice) -> None:
    """Marks the code used by a conditional update, so that of two at once only one succeeds."""
    used = ctx.db.scalar(
        update(PairingCode)
        .where(PairingCode.code_hash == code_hash(command.code), PairingCode.used_ms.is_(None))
        .values(used_ms=ctx.now_ms)
        .returning(PairingCode.code_hash)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        raise Refused("devices.code_used", "该配对码已被使用", _WRONG, rule="D-1")


def _admit(ctx: Context, command: PairDevice, agency_id: str) -> None:
    ctx.db.add(
        Device(
            id=command.device_id,
            agency_id=agency_id,
            kind=command.kind,
            name=command.name,
            public_key=command.public_key.lower(),
            key_source=command.key_source,
            still_for_live=command.still_for_live,
            fixed_lat=command.fixed_lat,
            fixed_lon=command.fixed_lon,
            admitted_ms=ctx.now_ms,
        )
    )


def is_demo(db: Session) -> bool:
    """Whether the demo made this server's database."""
    row = db.get(ServerProperty, "demo")
    return row is not None and row.value == "yes"


@handles(RotateKey)
def rotate_key(ctx: Context, command: RotateKey) -> None:
    """Puts the new key into the place of the old one, once; the admission stays what it was (D-1)."""
    row = ctx.db.get_one(Device, command.device_id)
    if row.public_key != command.new_public.lower():
        if row.public_key != command.old_public.lower():
            raise Refused("devices.key_other", "设备密钥已经更换过", "请重新配对本设备", rule="D-1")
        row.public_key = command.new_public.lower()


@handles(RevokeDevice)
def revoke_device(ctx: Context, command: RevokeDevice) -> None:
    """Ends the device's admission now (D-1)."""
    row = ctx.db.get(Device, command.device_id)
    if row is None or row.agency_id != command.agency_id:
        raise NotHere("devices.unknown", "找不到这台设备", "请刷新后再试")
    row.revoked_ms = row.revoked_ms or ctx.now_ms


@role_source
def device_role(ctx: Context, actor: Actor, subject: dict[str, str]) -> set[str]:
    """An admitted device is one; its own key can approve nothing."""
    if actor.kind != "device" or actor.id is None:
        return set()
    row = ctx.db.get(Device, actor.id)
    return {DEVICE} if row is not None and row.revoked_ms is None else set()
