"""Logging in and out: tokens that expire and can be revoked; answers never tell whether a name exists (A-4)."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.accounts import passwords
from core.accounts.models import Account, Login, LoginFailure
from core.accounts.roles import SELF, role_source
from core.accounts.rules import LOGIN_MS, MEMORY_MS, waits_until_ms
from core.context import Actor, Context
from core.db.locks import one_at_a_time
from core.db.store import Store
from core.errors import NotAllowed, Refused
from core.ids import new_id

T = TypeVar("T")


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


def log_in(store: Store, login: str, password: str, device_id: str | None = None) -> LoggedIn:
    """Opens a login for who knows name and password."""

    def opened(db: Session, now_ms: int, account: Account) -> LoggedIn:
        token, until_ms = secrets.token_urlsafe(32), now_ms + LOGIN_MS
        row = Login(
            id=new_id(),
            account_id=account.id,
            device_id=device_id,
            token_hash=_hash(token),
            created_ms=now_ms,
            until_ms=until_ms,
        )
        db.add(row)
        return LoggedIn(row.id, token, account.id, account.person_id, until_ms)

    wrong = Refused("accounts.wrong", "登录账号或密码不正确", "请检查后重新输入", rule="A-4")
    return prove(store, passwords.folded(login), password, wrong, opened)


def prove(
    store: Store, name: str, password: str, wrong: Refused, then: Callable[[Session, int, Account], T]
) -> T:
    """Does ``then`` in the transaction in which the password was found right; raises ``wrong``, and counts it (A-4).

    The hash is computed between two transactions: on SQLite a writing one keeps everybody else from writing.
    """
    name_hash = _hash(name)
    with store.reading() as db:
        _require_no_wait(db, store.now_ms(db), name_hash)
        account = db.scalar(select(Account).where(Account.login_folded == name))
    proven = account.password_hash if account else passwords.UNKNOWN
    right = passwords.matches(proven, password)
    with store.writing() as db:
        # Many tries at once would all count the same failures.
        one_at_a_time(db, f"login/{name_hash}")
        now_ms = store.now_ms(db)
        _require_no_wait(db, now_ms, name_hash)
        account = db.scalar(select(Account).where(Account.login_folded == name))
        if right and account is not None and account.password_hash == proven:
            db.execute(delete(LoginFailure).where(LoginFailure.name_hash == name_hash))
            return then(db, now_ms, account)
        _forget_old(db, now_ms)
        db.add(LoginFailure(id=new_id(), name_hash=name_hash, at_ms=now_ms))
    raise wrong


def _forget_old(db: Session, now_ms: int) -> None:
    """Keeps no failure that nobody counts any more: some type their password for their name (D-2)."""
    one_at_a_time(db, "login")  # two who delete the same rows would wait for each other
    db.execute(delete(LoginFailure).where(LoginFailure.at_ms <= now_ms - MEMORY_MS))


def _require_no_wait(db: Session, now_ms: int, name_hash: str) -> None:
    """Raises ``Refused`` while this name has to wait, whether or not it exists (A-4)."""
    remembered = (LoginFailure.name_hash == name_hash) & (LoginFailure.at_ms > now_ms - MEMORY_MS)
    until = waits_until_ms(db.scalars(select(LoginFailure.at_ms).where(remembered)).all(), now_ms)
    if until is not None:
        minutes = max(1, round((until - now_ms) / 60_000))
        raise Refused("accounts.wait", f"密码错误次数过多，请约 {minutes} 分钟后再试", "", rule="A-4")


def account_of(db: Session, now_ms: int, token: str) -> tuple[Account, str | None]:
    """The account of a valid token, and the device that it is bound to; raises ``NotAllowed`` when it has ended."""
    row = db.execute(
        select(Account, Login.until_ms, Login.device_id)
        .join(Login, Login.account_id == Account.id)
        .where(Login.token_hash == _hash(token))
    ).first()
    if row is None or row[1] <= now_ms:
        raise NotAllowed("accounts.login_over", "登录已过期", "请重新登录", rule="A-4")
    return row[0], row[2]


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
