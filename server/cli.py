"""The operator's command line: serve, and the few things that are done on the server itself."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence

import structlog
import uvicorn

from core.accounts.commands import CreateAccount
from core.accounts.logins import log_in
from core.audit.queries import verify
from core.clock import Clock, SystemClock
from core.context import Actor
from core.devices.codes import code_hash, fresh_code
from core.devices.commands import MakePairingCode
from core.errors import DomainError
from core.ids import new_id
from server import jobs, logs
from server.app import make_app, make_state
from server.portraits import default_checker
from server.settings import Settings, load
from server.state import State

_JOB = Actor("job", None)
_NO_BACKUP = (
    "未设置备份文件夹（ZHIYE_BACKUP_FOLDER）：照片只存在本服务器一处，各设备会一直保留照片，不释放空间\n"
    "照片不会丢失；请设置备份文件夹并定期备份，然后重新启动"
)
log = structlog.get_logger()


def main(argv: Sequence[str]) -> int:
    """Reads the command and does it; trouble is a sentence and a hint on standard error."""
    told = _parser().parse_args(argv)
    try:
        settings = load(os.environ)
        if told.command == "serve":
            return serve(settings)
        state = make_state(settings, SystemClock())
        try:
            return int(_COMMANDS[told.command](state, told))
        finally:
            state.store.close()
    except DomainError as error:
        print(f"{error.sentence}\n{error.hint}", file=sys.stderr)  # noqa: T201
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m server", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="make what is missing, then serve")
    commands.add_parser("init", help="make data folder, keys and tables; print the server's public keys")
    admin = commands.add_parser("admin", help="make an administrator's account")
    admin.add_argument("--login", required=True)
    code = commands.add_parser("pairing-code", help="admit one device in advance, as a manager of the agency")
    code.add_argument("--agency", required=True, help="the agency's id")
    code.add_argument("--kind", choices=("kiosk", "desktop"), default="kiosk")
    code.add_argument("--login", required=True, help="login of a manager or the legal person")
    commands.add_parser("openapi", help="print the API's document")
    commands.add_parser("audit-verify", help="check the audit log's chain; names the first broken link")
    commands.add_parser("close-overtime", help="close visits that are open for more than 24 hours, now")
    return parser


def serve(settings: Settings, clock: Clock | None = None) -> int:
    """Serves until it is told to stop; long waits of clients do not hold the end up."""
    logs.set_up()
    warn(settings)
    app = make_app(settings, clock=clock, portraits=default_checker)
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, access_log=False, log_config=None, server_header=False,
        date_header=True, timeout_graceful_shutdown=3, proxy_headers=True, forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip
    uvicorn.Server(config).run()
    return 0


def warn(settings: Settings) -> None:
    """Says what an operator finds out too late otherwise: devices keep every photo until backups hold it."""
    if settings.backup_folder is None:
        log.warning("no_backup_folder")
        # Standard error is the log, one JSON object a line.
        print(_NO_BACKUP, flush=True)  # noqa: T201


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
    account_id = new_id()
    command = CreateAccount(
        account_id=account_id, login=told.login, password=_password("新密码"), administrator=True
    )
    state.bus.run(command, actor=_JOB, command_id=new_id())
    print(account_id)  # noqa: T201
    return 0


def _password(what: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"{what}：")
    return sys.stdin.readline().rstrip("\r\n")


def pairing_code(state: State, told: argparse.Namespace) -> int:
    """Makes a code with the rights of the manager who logs in here (D-1); it is printed once."""
    found = log_in(state.store, told.login, _password("密码"))
    code = fresh_code()
    command = MakePairingCode(agency_id=told.agency, kind=told.kind, code_hash=code_hash(code))
    state.bus.run(command, actor=Actor("account", found.account_id), command_id=new_id())
    print(code)  # noqa: T201
    return 0


def openapi(state: State, _told: argparse.Namespace) -> int:
    """The document of the API, as it is kept in ``docs/OPENAPI.json``."""
    text = json.dumps(make_app(state.settings).openapi(), ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.buffer.write(text.encode() + b"\n")
    return 0


def audit_verify(state: State, _told: argparse.Namespace) -> int:
    """Checks every link of the audit log (U-1)."""
    with state.store.reading() as db:
        broken = verify(db)
    if broken is None:
        print("审计记录完整")  # noqa: T201
        return 0
    print(f"审计记录在第 {broken} 条处断开", file=sys.stderr)  # noqa: T201
    return 2


def close_overtime(state: State, _told: argparse.Namespace) -> int:
    """Closes what is open for more than 24 hours, without waiting for the server's own turn (S-8)."""
    print(f"已关闭 {jobs.close_overtime(state.bus)} 次超时执业")  # noqa: T201
    return 0


_COMMANDS: dict[str, Callable[[State, argparse.Namespace], int]] = {
    "init": init,
    "admin": admin,
    "pairing-code": pairing_code,
    "openapi": openapi,
    "audit-verify": audit_verify,
    "close-overtime": close_overtime,
}
