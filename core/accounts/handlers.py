"""Handlers of account commands."""

from sqlalchemy import select, update

from core.accounts import passwords
from core.accounts.commands import ChangePassword, CreateAccount
from core.accounts.models import Account, Login
from core.command import handles
from core.context import Context
from core.errors import BadInput, Refused

LONGEST_NAME = 64


@handles(CreateAccount)
def create_account(ctx: Context, command: CreateAccount) -> dict[str, str]:
    """Makes the account; a name that differs only by case is taken (A-1)."""
    passwords.require_strong(command.password, "密码")
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
            password_hash=passwords.hashed(command.password),
            person_id=command.person_id,
            administrator=command.administrator,
            created_ms=ctx.now_ms,
        )
    )
    return {"account_id": command.account_id}


@handles(ChangePassword)
def change_password(ctx: Context, command: ChangePassword) -> None:
    """Checks the old password, sets the new one and revokes every login (A-2, A-4)."""
    account = ctx.db.get(Account, ctx.actor.id or "")
    if account is None or not passwords.matches(account.password_hash, command.old_password):
        raise Refused("accounts.wrong_password", "原密码不正确", "请重新输入原密码", rule="A-4")
    passwords.require_strong(command.new_password, "新密码")
    account.password_hash = passwords.hashed(command.new_password)
    running = (Login.account_id == account.id) & (Login.until_ms > ctx.now_ms)
    ctx.db.execute(update(Login).where(running).values(until_ms=ctx.now_ms))
