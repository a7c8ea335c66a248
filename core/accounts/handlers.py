"""Handlers of account commands."""

from dataclasses import dataclass, field

from sqlalchemy import select, update

from core.accounts import logins, passwords
from core.accounts.commands import ChangePassword, CreateAccount
from core.accounts.models import Account, Login
from core.command import handles, prepares
from core.context import Actor, Context
from core.db.store import Store
from core.errors import BadInput, Refused

LONGEST_NAME = 64


@prepares(CreateAccount)
def hash_password(_store: Store, _actor: Actor, command: CreateAccount) -> str:
    """The hash of a password that is strong enough (A-2)."""
    passwords.require_strong(command.password, "密码")
    return passwords.hashed(command.password)


@handles(CreateAccount)
def create_account(ctx: Context, command: CreateAccount) -> dict[str, str]:
    """Makes the account; a name that differs only by case is taken (A-1)."""
    name = passwords.folded(command.login)
    if not name:
        raise BadInput("accounts.empty", "登录账号不能为空", "请填写登录账号", rule="A-1")
    if len(name) > LONGEST_NAME:
        raise BadInput("accounts.long", f"登录账号不能超过 {LONGEST_NAME} 字", "请换一个登录账号", rule="A-1")
    if ctx.db.scalar(select(Account.id).where(Account.login_folded == name)):
        raise Refused("accounts.taken", "这个登录账号已被使用", "请换一个登录账号", rule="A-1")
    ctx.db.add(
        Account(
            id=command.account_id,
            login=command.login.strip(),
            login_folded=name,
            password_hash=ctx.prepared,
            person_id=command.person_id,
            administrator=command.administrator,
            created_ms=ctx.now_ms,
        )
    )
    return {"account_id": command.account_id}


@dataclass(frozen=True, slots=True)
class Exchange:
    """The stored password that somebody has proven to know, and the one that shall take its place, as hashes."""

    proven: str = field(repr=False)
    new: str = field(repr=False)


def _wrong() -> Refused:
    return Refused("accounts.wrong_password", "原密码不正确", "请重新输入原密码", rule="A-4")


@prepares(ChangePassword)
def prove_password(store: Store, actor: Actor, command: ChangePassword) -> Exchange:
    """Checks the old password like that of a login: who tries too often waits (A-4); the new one has to be strong."""
    with store.reading() as db:
        account = db.get(Account, actor.id or "")
    if account is None:
        raise _wrong()
    proven = logins.prove(
        store, account.login_folded, command.old_password, _wrong(), lambda _db, _now, row: row.password_hash
    )
    passwords.require_strong(command.new_password, "新密码")
    return Exchange(proven, passwords.hashed(command.new_password))


@handles(ChangePassword)
def change_password(ctx: Context, _command: ChangePassword) -> None:
    """Puts the new password in the place of the proven one and revokes every login (A-2, A-4)."""
    account, exchange = ctx.db.get(Account, ctx.actor.id or ""), ctx.prepared
    if account is None or account.password_hash != exchange.proven:
        raise _wrong()
    account.password_hash = exchange.new
    running = (Login.account_id == account.id) & (Login.until_ms > ctx.now_ms)
    ctx.db.execute(update(Login).where(running).values(until_ms=ctx.now_ms))
