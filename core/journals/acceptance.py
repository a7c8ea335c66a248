"""What a device may write into its journal: each entry is a command for the bus, waits, or is void with its reason."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.accounts.models import Login
from core.command import Command, lookup, spec_of
from core.devices.models import Device
from core.errors import BadInput
from core.form import holds_zero
from core.wire.codec import Held, decode_command
from core.wire.envelope import Entry
from core.wire.push import Status


class Ruling(msgspec.Struct, frozen=True):
    """What becomes of an entry, and what its device is told; ``command`` is there if the entry is carried out."""

    status: Status
    rule: str | None = None
    sentence: str | None = None
    command: Command | None = None
    kept: str | None = None
    """How the entry is marked on the server, if it is told another word."""

    @property
    def mark(self) -> str:
        """How the entry is marked on the server."""
        return self.kept or self.status


QUARANTINED = Ruling("held", "D-1", "本设备已停用，记录已隔离保存，等待管理人员处理", kept="quarantined")
TAMPERED = Ruling("tampered", "U-1", "同一编号已有内容不同的记录，或附加内容缺失、损坏")
HELD = Ruling("held", None, "服务器还不认识这类记录，升级后会自动处理")
TOO_LARGE = Ruling("void", "U-1", "附加内容过大，无法保存")
UNKEEPABLE = Ruling("void", "U-1", "记录内容无法保存")
_ZERO = Ruling("void", "U-1", "内容里有无法保存的字符，没有生效；原始记录已保留，请重新填写后再提交")
_NOT_A_FACT = Ruling("void", "D-1", "本设备不能记录这类操作")
_NOT_HIS = Ruling("void", "D-1", "记录的操作人不是在现场验证的本人")
_NO_SESSION = Ruling("void", "D-1", "不是在本机登录的账号所作的修改")
_FOREIGN = Ruling("void", "D-1", "项目不属于本设备所在的机构")


@dataclass(frozen=True, slots=True)
class Own:
    """What a device may speak of and in whose name: its agency's projects, and the logins made on it (D-1)."""

    projects: frozenset[str]
    sessions: frozenset[tuple[str, str]]


def own(db: Session, device: Device) -> Own:
    """Reads it, once for all entries of a push."""
    projects = text("SELECT id FROM project WHERE agency_id = :agency")
    sessions = select(Login.id, Login.account_id).where(Login.device_id == device.id)
    return Own(
        frozenset(db.scalars(projects, {"agency": device.agency_id})),
        frozenset((login, account) for login, account in db.execute(sessions)),
    )


def accept(entry: Entry, device: Device, mine: Own) -> Ruling:
    """Whether an entry is one that a device of this kind may write: a kiosk facts, a desktop drafts."""
    try:
        command = decode_command(lookup, entry.command, entry.version, entry.body)
    except BadInput as error:
        return Ruling("void", error.rule, error.sentence)
    if isinstance(command, Held):
        return HELD
    if holds_zero(entry.body):
        return _ZERO
    if spec_of(type(command)).offline != _WRITES.get(device.kind) or not command.from_a_site():
        return _NOT_A_FACT
    if device.kind == "desktop" and not _logged_in(entry, device, mine):
        return _NO_SESSION
    if device.kind == "kiosk" and not _spoken_for(entry, command.subject().get("person_id"), device):
        return _NOT_HIS
    project = command.subject().get("project_id")
    if project is not None and project not in mine.projects:
        return _FOREIGN
    return Ruling("recorded", command=command)


_WRITES = {"kiosk": "fact", "desktop": "draft"}


def _logged_in(entry: Entry, device: Device, mine: Own) -> bool:
    """A desktop writes in the name of an account that logged in on it, and only so."""
    named = (entry.session or "", entry.actor.id)
    return entry.device == device.id and entry.actor.kind == "account" and named in mine.sessions


def _spoken_for(entry: Entry, person: str | None, device: Device) -> bool:
    """A kiosk has no sessions: a fact about a person is in his own name, any other in the device's own."""
    who = ("device", device.id) if person is None else ("person", person)
    return entry.session is None and entry.device == device.id and (entry.actor.kind, entry.actor.id) == who
