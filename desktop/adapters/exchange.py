"""The exchange with the server as the screens see it: the status in their words, and what waits or was refused."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import select

from core.clock import from_ms
from core.command import lookup, spec_of
from core.projects.models import Project
from core.visits.wording import reason_of
from core.wire.envelope import Entry
from core.wire.push import EntryVerdict
from desktop.ports import JournalLine, SyncState
from sync.cache.answers import verdicts
from sync.cache.marks import get_mark
from sync.device import Device
from sync.status import Status

_SHOWN = {"void": "refused", "tampered": "refused", "held": "held"}
_GENERAL = {
    "void": "服务器已保存这条记录，但它没有生效；请联系公司管理人员核对。",
    "tampered": "这条记录与本机的签名不符，没有生效；请保留数据文件夹并联系管理员。",
    "held": "服务器的版本还不能处理这条记录，升级后会自动处理。",
}
"""For verdicts that name neither sentence nor rule."""
_AWAY = "server-unreachable"
_TIME = ("time.anchor", "time.opened")
"""Entries by which a journal keeps time; nobody waits for them."""


class _About(msgspec.Struct, frozen=True):
    """Which project an entry's body names, whatever its command: a newer program's, too."""

    project_id: str | None = None


class Exchange:
    """Reads status, journal and the server's answers of one device."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def state(self) -> SyncState:
        """How it stands, from the newest snapshot."""
        now = self._device.status.now
        problem, hint = _problem(now)
        return SyncState(
            online=now.offline_since_ms is None and not now.stopped,
            working=now.sending,
            offline_since=from_ms(now.offline_since_ms) if now.offline_since_ms is not None else None,
            last_success=from_ms(now.last_contact_ms) if now.last_contact_ms is not None else None,
            waiting=now.waiting,
            refused=now.refused,
            problem=problem,
            hint=hint,
        )

    def lines(self) -> Sequence[JournalLine]:
        """What waits and what was refused, the newest first."""
        journal = self._device.journals.here().journal
        with self._device.cache.reading() as db:
            position = get_mark(db, "position").on(journal)
            told = verdicts(db)
        found: list[tuple[Entry, str, str]] = []
        while page := journal.after(position):
            position = page[-1].dseq
            found += [(one.entry, "waiting", "") for one in page if one.entry.command not in _TIME]
        for verdict in told:
            stored = journal.find(verdict.id)
            if stored is not None and verdict.status in _SHOWN:
                found.append((stored.entry, _SHOWN[verdict.status], _why(verdict)))
        names = self._names(entry for entry, _status, _why in found)
        lines = [_line(entry, status, why, names) for entry, status, why in found]
        return sorted(lines, key=lambda line: line.id, reverse=True)

    def _names(self, entries: Iterable[Entry]) -> dict[str, str]:
        """Of the projects that they are about, as far as this copy knows them."""
        named = {_project_of(entry) for entry in entries} - {None}
        with self._device.cache.reading() as db:
            rows = db.execute(select(Project.id, Project.name).where(Project.id.in_(named)))
            return {row.id: row.name for row in rows}

    def now(self) -> None:
        """Asks for a round now."""
        self._device.worker.wake()


def _problem(now: Status) -> tuple[str, str]:
    """What is wrong and what to do; that there is no network is no trouble of its own."""
    if now.stopped:
        return "同步已停止", "请重新启动程序；本机记录不会丢失。"
    trouble = now.trouble
    if trouble is None or trouble.code == _AWAY:
        return "", ""
    return trouble.sentence.rstrip("。"), trouble.hint


def _why(verdict: EntryVerdict) -> str:
    if verdict.sentence:
        return verdict.sentence
    return reason_of(verdict.rule) if verdict.rule else _GENERAL[verdict.status]


def _project_of(entry: Entry) -> str | None:
    try:
        return msgspec.json.decode(entry.body, type=_About).project_id
    except msgspec.DecodeError:
        return None  # a body that its own program could not read: its line names the command alone


def _line(entry: Entry, status: str, why: str, names: dict[str, str]) -> JournalLine:
    known = lookup(entry.command, entry.version)
    title = spec_of(known).title if known else f"其他业务（{entry.command}）"
    project = names.get(_project_of(entry) or "", "")
    return JournalLine(entry.id, title, from_ms(entry.time.wall_ms), status, why, project)
