"""The operator's command line: serve, and the few things that are done on the server itself."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import structlog
import uvicorn
from sqlalchemy.exc import OperationalError

from core.accounts.commands import CreateAccount
from core.accounts.logins import log_in
from core.agencies.models import Agency
from core.agencies.rules import QUALIFICATION_OF_KIND
from core.audit.queries import verify
from core.clock import Clock, SystemClock
from core.context import Actor
from core.db.engine import server_engine
from core.db.store import Store
from core.devices.codes import code_hash, fresh_code
from core.devices.commands import MakePairingCode
from core.errors import DomainError, NotAllowed, NotHere
from core.garbage import collect_seldom
from core.ids import is_id, new_id
from server import cli_erasure as erasing
from server import jobs, logs, trouble, upgrading
from server.app import make_app, make_state, require_database
from server.asking import fresh_password, known_password
from server.backup import postgres, telling
from server.cli_registry import registry_ask, registry_import
from server.founding import Founding, found
from server.lanes import SWITCH_S
from server.options import parser
from server.portraits import FaceModels
from server.settings import Settings, load
from server.state import State

_JOB = Actor("job", None)
_FOUNDED_BEFORE = "该机构和账号此前已经建立；密码没有改变"
_NEXT = (
    "下一步：启动服务器（{python} -m server serve），在另一个终端生成第一台办公电脑的配对码：\n"
    "{python} -m server pairing-code --agency {agency} --kind desktop --login {login}"
)
_NO_BACKUP = (
    "未设置备份文件夹（ZHIYE_BACKUP_FOLDER）：照片只存在本服务器一处，各设备会一直保留照片，不释放空间\n"
    "照片不会丢失；请设置备份文件夹并定期备份，然后重新启动"
)
log = structlog.get_logger()


def main(argv: Sequence[str]) -> int:
    """Reads the command and does it; trouble is a sentence and a hint on standard error."""
    told = parser().parse_args(argv)
    try:
        return _run(told)
    except DomainError as error:
        return _say(error, 1)
    except OSError as error:
        return _say(trouble.of_system(error), 2)
    except OperationalError as error:
        return _say(trouble.of_database(error), 2)
    except KeyboardInterrupt:
        return _say(trouble.INTERRUPTED, 130)


def _say(error: DomainError, code: int) -> int:
    print(f"{error.sentence}\n{error.hint}", file=sys.stderr)  # noqa: T201
    return code


def _run(told: argparse.Namespace) -> int:
    settings = load(os.environ)
    if told.command in _WITHOUT_STATE:
        return _WITHOUT_STATE[told.command](settings)
    if told.command in _ON_BACKUPS:
        return _ON_BACKUPS[told.command](settings, told)
    state = make_state(settings, SystemClock(), may_make=told.command == "init")
    try:
        return _COMMANDS[told.command](state, told)
    finally:
        state.store.close()


def serve(settings: Settings, clock: Clock | None = None) -> int:
    """Serves until it is told to stop; long waits of clients do not hold the end up."""
    trouble.require_port(settings)
    logs.set_up()
    warn(settings)
    app = make_app(settings, clock=clock, portraits=FaceModels(settings))
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, access_log=False, log_config=None, server_header=False,
        date_header=True, timeout_graceful_shutdown=3, proxy_headers=True, forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip
    collect_seldom()
    sys.setswitchinterval(SWITCH_S)
    with suppress(KeyboardInterrupt):  # raised again after everything has been closed in order
        uvicorn.Server(config).run()
    return 0


def warn(settings: Settings) -> None:
    """Says what an operator finds out too late otherwise: devices keep every photo until backups hold it."""
    if settings.backup_folder is not None:
        return
    if sys.stdout.isatty():
        print(_NO_BACKUP, flush=True)  # noqa: T201
    else:
        log.warning("no_backup_folder", sentence=_NO_BACKUP)


def init(state: State, _told: argparse.Namespace) -> int:
    """What opening the state has not done is only to say what was made."""
    made = {
        "data_folder": str(state.settings.data_folder),
        "keys_folder": str(state.settings.keys),
        "sign_public": state.keys.sign_public.hex(),
        "box_public": state.keys.box_public.hex(),
    }
    print(json.dumps(made, ensure_ascii=False, indent=1))  # noqa: T201
    return 0


def admin(state: State, told: argparse.Namespace) -> int:
    """Makes the account; the password is asked, or read from a pipe, so that no list of processes shows it."""
    command = CreateAccount(
        account_id=new_id(), login=told.login, password=fresh_password("新密码"), administrator=True
    )
    state.bus.run(command, actor=_JOB, command_id=new_id())
    print(f"管理员账号 {told.login} 已建立")  # noqa: T201
    return 0


def agency(state: State, told: argparse.Namespace) -> int:
    """Makes an agency that somebody can log in for; after a failure the same command does the rest."""
    legal = told.legal_person.strip()
    founding = Founding(
        name=told.name.strip(), uscc=told.code.strip().upper(), legal_person=legal,
        manager=(told.manager or legal).strip(), login=told.login.strip(),
        qualifications=tuple(told.qualification or (QUALIFICATION_OF_KIND["inspection"],)),
        password=fresh_password("管理人员的密码"),
    )  # fmt: skip
    known = found(state.bus, founding).repeated
    print(_FOUNDED_BEFORE if known else f"机构 {founding.name} 和管理人员账号 {founding.login} 已建立")  # noqa: T201
    print(f"机构编号：{founding.agency_id}")  # noqa: T201
    print(_NEXT.format(python=sys.executable, agency=founding.agency_id, login=founding.login))  # noqa: T201
    return 0


def pairing_code(state: State, told: argparse.Namespace) -> int:
    """Makes a code with the rights of the manager who logs in here (D-1); it is printed once."""
    _require_agency(state, told.agency)
    account = log_in(state.store, told.login, known_password("密码")).account_id
    code = fresh_code()
    command = MakePairingCode(agency_id=told.agency, kind=told.kind, code_hash=code_hash(code))
    try:
        state.bus.run(command, actor=Actor("account", account), command_id=new_id())
    except NotAllowed as error:
        raise NotAllowed(error.code, error.sentence, "请核对 --agency 和 --login", rule="D-1") from error
    print(code)  # noqa: T201
    return 0


def _require_agency(state: State, agency_id: str) -> None:
    with state.store.reading() as db:
        if is_id(agency_id) and db.get(Agency, agency_id) is not None:
            return
    raise NotHere("agencies.unknown", "没有这个机构，请核对 --agency", "机构编号由 agency 命令给出")


def openapi(settings: Settings) -> int:
    """The document of the API, as it is kept in ``docs/OPENAPI.json``; made in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        nowhere = Path(folder) / "data"
        app = make_app(replace(settings, data_folder=nowhere, database_url="", keys_folder=None))
        app.state.zhiye.store.close()
    text = json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.buffer.write(text.encode() + b"\n")
    return 0


def audit_verify(state: State, _told: argparse.Namespace) -> int:
    """Checks every link of the audit log (U-1)."""
    with state.store.reading() as db:
        broken = verify(db)
    if broken is None:
        print(f"审计记录完整：{state.settings.data_folder}")  # noqa: T201
        return 0
    print(f"审计记录在第 {broken} 条处断开", file=sys.stderr)  # noqa: T201
    return 2


def close_overtime(state: State, _told: argparse.Namespace) -> int:
    """Closes what is open for more than 24 hours, without waiting for the server's own turn (S-8)."""
    print(f"已关闭 {jobs.close_overtime(state.bus)} 次超时执业")  # noqa: T201
    return 0


def migrate(settings: Settings) -> int:
    """Brings an older database to this program's tables without serving; says where the copy from before lies."""
    store = Store(server_engine(settings.database), SystemClock())
    try:
        postgres.require_no_mark(store.engine)
        require_database(settings, store)
        done = upgrading.bring_up(store.engine)
    finally:
        store.close()
    if done is None:
        print("数据库已是最新版本")  # noqa: T201
        return 0
    print(f"数据库已升级：{done.before or '无版本号'} → {done.now}")  # noqa: T201
    if done.copy is not None:
        print(f"升级前的副本：{done.copy}（确认正常后可以删除）")  # noqa: T201
    return 0


_WITHOUT_STATE: dict[str, Callable[[Settings], int]] = {
    "serve": serve,
    "migrate": migrate,
    "openapi": openapi,
}
_ON_BACKUPS: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
    "backup": telling.backup,
    "restore": telling.restore,
}
_COMMANDS: dict[str, Callable[[State, argparse.Namespace], int]] = {
    "init": init,
    "admin": admin,
    "pairing-code": pairing_code,
    "agency": agency,
    "audit-verify": audit_verify,
    "close-overtime": close_overtime,
    "persons": erasing.persons,
    "erase": erasing.erase,
    "registry-import": registry_import,
    "registry-ask": registry_ask,
}
