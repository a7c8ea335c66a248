"""Closes the accounts of who was erased: nobody logs in with them again, and their names say nothing (D-2)."""

import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.accounts import passwords
from core.accounts.models import Account, Login
from core.db.scrub import REWRITTEN


def close_accounts(db: Session, now_ms: int, person_id: str) -> None:
    """The rows stay, because others name them; name and password go, and every login ends."""
    for account in db.scalars(select(Account).where(Account.person_id == person_id)):
        account.login, account.login_folded = f"已删除 {account.id}", f"已删除 {account.id}"
        account.password_hash = passwords.hashed(secrets.token_hex(32))
        account.administrator = False
        running = (Login.account_id == account.id) & (Login.until_ms > now_ms)
        db.execute(update(Login).where(running).values(until_ms=now_ms))


REWRITTEN.add(Account.__tablename__)
