"""The operator's commands for backups: what is asked, and what is told of it."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from core.clock import SHANGHAI, Clock, SystemClock, from_ms
from core.db.engine import server_engine
from core.errors import BadInput, DomainError
from server import keys
from server.backup import generations
from server.backup.examining import Examined
from server.backup.generations import Generation
from server.backup.making import Backup
from server.backup.rehearsing import rehearse
from server.backup.restoring import Restore
from server.settings import Settings

_STEP = 1.0
_ROWS = {
    "account": "账号",
    "project": "项目",
    "visit": "执业",
    "feedback": "反馈单",
    "journal_entry": "设备记录",
    "audit_log": "审计记录",
}
_NEXT = (
    "接下来：\n"
    "1. 启动服务器（serve）。各设备会自动补传备份之后的记录，不会重复；不要重装或清空设备\n"
    "2. 备份之后才配对的设备需要重新配对；备份之后在办公室和网页上联网提交的内容需要重做\n"
    "3. 备份之后删除过的个人信息，启动时会按密钥文件夹里的 erased.jsonl 再次删除：请确认它是最新的\n"
    "4. 马上做一次新的备份"
)


@dataclass(slots=True)
class Progress:
    """Says on a terminal how far something long is, at most once a second; in a log it would only be noise."""

    clock: Clock
    last: float = 0.0
    what: str = ""

    def __call__(self, what: str, done: int, of: int) -> None:
        """One line for each second."""
        now = self.clock.monotonic()
        if not sys.stderr.isatty() or (what == self.what and now - self.last < _STEP):
            return
        self.last, self.what = now, what
        print(f"{what} {done * 100 // of}%" if of else f"{what}…", file=sys.stderr, flush=True)  # noqa: T201


def backup(settings: Settings, told: argparse.Namespace) -> int:
    """Makes a generation, or proves one."""
    if told.verify is not None:
        return _verify(settings, found(settings, told.verify))
    folder = told.to or settings.backup_folder
    if folder is None:
        raise BadInput(
            "backup.nowhere", "没有指定备份文件夹", "请加上 --to 文件夹，或设置 ZHIYE_BACKUP_FOLDER"
        )
    clock = SystemClock()
    engine = server_engine(settings.database)
    try:
        made = Backup(settings, engine, folder, told.keep, clock, Progress(clock)).make()
    finally:
        engine.dispose()
    say(f"备份完成：{made.generation.folder}")
    _about(made.generation)
    say(f"照片：共 {made.generation.manifest.blob_count} 张，本次写入 {made.copied} 张")
    say(f"现有 {made.kept} 份备份，删除了 {made.removed} 份旧备份")
    for place in generations.unreadable(folder):
        print(f"无法读取，不算作备份：{place}", file=sys.stderr)  # noqa: T201
    say(f"备份不含密钥：请另外保管 {settings.keys} 中的文件，没有它们备份无法使用")
    return _missing(made.generation.manifest.missing)


def restore(settings: Settings, told: argparse.Namespace) -> int:
    """Puts a generation back, and says what happens next."""
    clock = SystemClock()
    generation = found(settings, told.generation)
    done = Restore(settings, generation, clock, Progress(clock), told.replace).run()
    say(f"已恢复：{generation.folder}")
    _about(generation)
    _counted(done.examined)
    say(f"照片：共 {done.photos} 张")
    if done.kept is not None:
        say(f"原来的数据库保留在：{done.kept}（确认正常后可以删除）")
    say(_NEXT)
    return _missing(len(done.missing))


def found(settings: Settings, name: str) -> Generation:
    """The generation at a path, or of that name in the backup folder."""
    place = Path(name)
    if not place.is_dir() and settings.backup_folder is not None:
        place = settings.backup_folder / name
    return Generation(place)


def _verify(settings: Settings, generation: Generation) -> int:
    done = rehearse(settings, generation, Progress(SystemClock()))
    say(f"备份可以恢复：{generation.folder}")
    _about(generation)
    _counted(done.examined)
    say(f"照片：共 {done.photos} 张")
    say(_keys(settings, generation))
    return _missing(len(done.missing))


def _keys(settings: Settings, generation: Generation) -> str:
    try:
        here = keys.open_keys(settings.keys, may_make=False).fingerprint()
    except DomainError as error:
        return f"密钥：没有核对（{error.sentence}）；没有当时的密钥，备份无法使用"
    if here == generation.manifest.server:
        return f"密钥：与 {settings.keys} 相符"
    return f"密钥：{settings.keys} 中的密钥不属于这份备份；请找到当时的密钥"


def _about(generation: Generation) -> None:
    manifest = generation.manifest
    at = from_ms(manifest.committed_ms).astimezone(SHANGHAI)
    when = f"{at:%Y-%m-%d %H:%M:%S}（北京时间）" if manifest.seq else "尚无数据"
    say(f"数据截至：{when}，第 {manifest.seq} 次提交；数据库版本 {manifest.schema or '无版本号'}")


def _counted(examined: Examined) -> None:
    counted = "，".join(f"{word} {examined.rows.get(table, 0)}" for table, word in _ROWS.items())
    say(f"审计记录完整；{counted}；共 {len(examined.rows)} 张表 {sum(examined.rows.values())} 行")
    if examined.upgraded is not None:
        say(f"数据库已升级到版本 {examined.upgraded}")


def _missing(number: int) -> int:
    """Photos that lie nowhere are told on standard error, where a timer's mail shows them."""
    if number:
        words = "服务器和各份备份中都没有或已损坏；仍在设备上的照片会自动补传"
        print(f"有 {number} 张照片{words}", file=sys.stderr)  # noqa: T201
    return 0


def say(line: str) -> None:
    """Tells the operator."""
    print(line, flush=True)  # noqa: T201
