"""Logging in and out: tokens that expire and can be revoked; answers never tell whether a name exists (A-4)."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.accounts import passwords
from core.accounts.models import Account, Login, LoginFailure
from core.accounts.roles import SELF, role_source
from core.accounts.rules import LOGIN_MS, MEMORY_MS, waits_until_ms
from core.context import Actor, Context
from core.db.locks import one_at_a_time
from core.errors import DomainError, NotAllowed, Refused
from core.ids import new_id


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A fresh login: its token is shown once and kept as a hash only."""

    login_id: str
    token: str
    account_id: str
    person_id: str | None
    until_ms: int


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def log_in(
    db: Session, now_ms: int, login: str, password: str, device_id: str | None = None
) -> LoggedIn | DomainError:
    """Checks name and password; the refusal is returned, not raised, so that the failure's row is committed."""
    name = passwords.folded(login)
    name_hash = _hash(name)
    # Many tries at once would all count the same failures.
    one_at_a_time(db, f"login/{name_hash}")
    failures = db.scalars(
        select(LoginFailure.at_ms).where(
            LoginFailure.name_hash == name_hash, LoginFailure.at_ms > now_ms - MEMORY_MS
        )
    ).all()
    until = waits_until_ms(failures, now_ms)
    if until is not None:
        minutes = max(1, round((until - now_ms) / 60_000))
        return Refused("accounts.wait", f"登录失败次数过多，请约 {minutes} 分钟后再试", "", rule="A-4")
    account = db.scalar(select(Account).where(Account.login_folded == name))
    if (
        not passwords.matches(account.password_hash if account else passwords.UNKNOWN, password)
        or account is None
    ):
        db.add(LoginFailure(id=new_id(), name_hash=name_hash, at_ms=now_ms))
        return Refused("accounts.wrong", "登录账号或密码不正确", "请检查后重新输入", rule="A-4")
    db.execute(delete(LoginFailure).where(LoginFailure.name_hash == name_hash))
    token = secrets.token_urlsafe(32)
    row = Login(
        id=new_id(),
        account_id=account.id,
        device_id=device_id,
        token_hash=_hash(token),
        created_ms=now_ms,
        until_ms=now_ms + LOGIN_MS,
    )
    db.add(row)
    return LoggedIn(row.id, token, account.id, account.person_id, row.until_ms)


def account_of(db: Session, now_ms: int, token: str) -> Account:
    """The account of a valid token; raises ``NotAllowed`` when it has ended."""
    row = db.execute(
        select(Account, Login.until_ms)
        .join(Login, Login.account_id == Account.id)
        .where(Login.token_hash == _hash(token))
    ).first()
    if row is None or row[1] <= now_ms:
        raise NotAllowed("accounts.login_over", "登录已过期", "请重新登录", rule="A-4")
    account: Account = row[0]
    return account


def log_out(db: Session, now_ms: int, token: str) -> None:
    """Ends a login at once."""
    row = db.scalar(select(Login).where(Login.token_hash == _hash(token)))
    if row is not None:
        row.until_ms = min(row.until_ms, now_ms)


def person_of(ctx: Context, actor: Actor) -> str | None:
    """The person behind an actor: an account's owner, or the person whom a device saw."""
    if actor.kind == "person":
        return actor.id
    if actor.kind != "account" or actor.id is None:
        return None
    return ctx.db.scalar(select(Account.person_id).where(Account.id == actor.id))


@role_source
def self_role(ctx: Context, actor: Actor, subject: dict[str, str]) -> set[str]:
    """An account is itself towards its own person, and an administrator where the flag says so."""
    if actor.kind != "account" or actor.id is None:
        return set()
    account = ctx.db.get(Account, actor.id)
    if account is None:
        return set()
    roles = {"administrator"} if account.administrator else set()
    return roles | ({SELF} if subject.get("person_id", account.person_id) == account.person_id else set())
