"""What the operator's command line understands."""

import argparse
import functools
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from core.agencies.rules import QUALIFICATION_OF_KIND
from core.erasure.commands import SubjectKind
from core.registry.rules import Kind

_ABOUT = "Serves, and does the few things that are done on the server itself."


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    # A half-typed option could mean another one in the next version, so it is a mistake.
    made = argparse.ArgumentParser(prog="python -m server", description=_ABOUT, allow_abbrev=False)
    commands = made.add_subparsers(dest="command", required=True)
    add = functools.partial(commands.add_parser, allow_abbrev=False)
    add("serve", help="make what is missing, then serve")
    add("init", help="make data folder, keys and tables; print the server's public keys")
    admin = add("admin", help="make an administrator's account")
    admin.add_argument("--login", required=True)
    _add_agency(add("agency", help="register an agency, its legal person, its manager and his account"))
    code = add("pairing-code", help="admit one device in advance, as a manager of the agency")
    code.add_argument("--agency", required=True, help="the agency's id")
    code.add_argument("--kind", choices=("kiosk", "desktop"), default="kiosk")
    code.add_argument("--login", required=True, help="login of a manager or the legal person")
    add("migrate", help="bring an older database to this program's tables, as serve does, without serving")
    _add_erasure(add)
    ask = add("registry-ask", help="ask the register as a registration would; the number is typed in")
    ask.add_argument("--kind", required=True, choices=get_args(Kind))
    ask.add_argument("--name", required=True, help="the name under which the number should be there")
    _add_registry(add("registry-import", help="fill the ministry's register from a CSV or XLSX file"))
    _add_backups(add("backup", help="copy database and photos while the server runs"))
    back = add("restore", help="put a backup in the place of the database, while no server runs")
    back.add_argument(
        "--from",
        dest="generation",
        required=True,
        help="folder of the backup, or its name in the backup folder",
    )
    back.add_argument("--replace", action="store_true", help="put the database that is there aside")
    add("openapi", help="print the API's document")
    add("audit-verify", help="check the audit log's chain; names the first broken link")
    add("close-overtime", help="close visits that are open for more than 24 hours, now")
    return made


def _add_backups(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--to", type=Path, help="folder of all backups; ZHIYE_BACKUP_FOLDER if not given")
    what.add_argument(
        "--verify", metavar="BACKUP", help="restore a backup into a temporary place and prove it"
    )
    parser.add_argument(
        "--keep", type=int, default=7, help="how many backups stay, at least 2; 7 if not given"
    )


def _add_agency(parser: argparse.ArgumentParser) -> None:
    known = sorted(set(QUALIFICATION_OF_KIND.values()), reverse=True)
    parser.add_argument("--name", required=True, help="the agency's name as in its business licence")
    parser.add_argument("--code", required=True, help="its unified social credit code, 18 characters")
    parser.add_argument("--legal-person", required=True, help="name of the legal person")
    parser.add_argument("--manager", help="name of the first manager; the legal person himself if not given")
    parser.add_argument("--login", required=True, help="the manager's login")
    parser.add_argument(
        "--qualification", action="append", choices=known, help="may be repeated; 维护保养检测 if not given"
    )


def _add_registry(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file; its first rows name the columns in Chinese")
    parser.add_argument("--kind", required=True, choices=get_args(Kind), help="what the rows are about")
    parser.add_argument("--dry-run", action="store_true", help="only tell what would change, and every fault")
    parser.add_argument(
        "--complete", action="store_true", help="the file is the whole register: who is not in it goes"
    )


def _add_erasure(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("persons", help="list the ids of persons of a name").add_argument("--name", required=True)
    erase = add("erase", help="destroy somebody's personal data for good")
    erase.add_argument("--kind", choices=get_args(SubjectKind), default="person")
    erase.add_argument("--id", required=True, help="id of the person, the contact, or the attempt's entry")
    erase.add_argument("--reason", required=True, help="on whose demand; kept for ever")
