"""The ministry's register on the operator's command line: fill its mirror, or look what that would change."""

import argparse
import sys
from pathlib import Path

import msgspec

from core.agencies.rules import uscc_is_valid
from core.context import Actor
from core.errors import BadInput, NotHere
from core.ids import new_id
from core.practitioners.rules import CERTIFICATE_KINDS, id_number_is_valid
from core.registry.changes import Counts, changes_of
from core.registry.commands import ImportRegistry
from core.registry.handlers import FAULTS_TOLD, hashing, require_usable
from core.registry.judging import RowFault, judge
from server.asking import known_password
from server.state import State

SOME_LEFT_OUT = 3
"""The exit code where the file was taken but for faulty rows; 1 is that nothing was."""
_STATES = {
    "known": "名录中有此记录",
    "unknown": "名录中没有此号码",
    "other_name": "名录中此号码登记的是另一名称",
}
_ONLY_LOOKED = "以上为预览，名录没有改变；去掉 --dry-run 再次运行即可导入"


def registry_import(state: State, told: argparse.Namespace) -> int:
    """Imports a file, or tells by ``--dry-run`` what that would change; faults are told by row either way."""
    content = _content(told.file)
    if told.dry_run:
        return _look(state, told, content)
    command = ImportRegistry(
        kind=told.kind, file_name=told.file.name[-200:], content=content, complete=told.complete
    )
    print("正在读取并导入，中断或文件无法读取时名录保持原样……", file=sys.stderr, flush=True)  # noqa: T201
    answer = state.bus.run(command, actor=Actor("job", None), command_id=new_id()).answer
    counts = msgspec.convert(answer["counts"], dict[str, Counts])
    _tell(answer["rows"], answer["faulty"], counts, msgspec.convert(answer["faults"], list[RowFault]))
    return SOME_LEFT_OUT if answer["faulty"] else 0


def registry_ask(state: State, told: argparse.Namespace) -> int:
    """Asks the register as a registration would; the number is typed in, so that no list of processes shows it."""
    number = known_password("统一社会信用代码" if told.kind == "agencies" else "身份证号").strip().upper()
    if not (uscc_is_valid if told.kind == "agencies" else id_number_is_valid)(number):
        raise BadInput("registry.number", "号码不正确，没有查询", "请对照证件核对 18 位号码")
    if told.kind == "agencies":
        agency = state.registry.agency(number, told.name)
        found, rest = agency.state, list(agency.qualifications)
    else:
        person = state.registry.person(number, told.name)
        found = person.state
        rest = [
            f"{CERTIFICATE_KINDS[one.kind]} {one.number} 有效期至 {one.until_day or '长期'}"
            for one in person.certificates
        ]
    print("\n".join([_STATES[found], *rest]))  # noqa: T201
    return 0 if found == "known" else 1


def _look(state: State, told: argparse.Namespace, content: bytes) -> int:
    judged = judge(told.kind, content, _progress if sys.stderr.isatty() else lambda _rows: None)
    require_usable(judged, complete=told.complete)
    with state.store.reading() as db:
        changes = changes_of(db, judged, hashing(state.vault), complete=told.complete)
    counts = {name: change.counts for name, change in changes.items()}
    _tell(judged.rows, judged.faulty, counts, judged.faults[:FAULTS_TOLD])
    print(_ONLY_LOOKED)  # noqa: T201
    return SOME_LEFT_OUT if judged.faulty else 0


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotHere("files.missing", f"找不到文件：{path}", "请核对文件名和路径") from error


def _progress(rows: int) -> None:
    print(f"\r已读取 {rows:,} 行", end="", file=sys.stderr, flush=True)  # noqa: T201


def _tell(rows: int, faulty: int, counts: dict[str, Counts], faults: list[RowFault]) -> None:
    lines = [f"共 {rows:,} 行，其中 {faulty:,} 行有错误" + ("（未导入）" if faulty else "")]
    lines += [
        f"{name}：新增 {one.added:,}，变更 {one.changed:,}，不变 {one.same:,}，移出 {one.gone:,}"
        for name, one in counts.items()
    ]
    lines += [f"第 {one.row} 行 {one.column}：{one.sentence}" for one in faults]
    if len(faults) == FAULTS_TOLD:
        lines.append(f"（只列出前 {FAULTS_TOLD} 处错误）")
    print("\n".join(lines))  # noqa: T201
