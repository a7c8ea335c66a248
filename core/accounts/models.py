"""Tables of accounts: the account, its logins, and the failed tries that make it wait."""

from sqlalchemy import Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis


class Account(Base):
    """One login name that works everywhere (A-1); what it may do is derived elsewhere (A-3)."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(64))
    login_folded: Mapped[str] = mapped_column(String(128), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str | None] = mapped_column(Id, index=True)
    administrator: Mapped[bool] = mapped_column(Boolean, default=False)
    created_ms: Mapped[int] = mapped_column(Millis)


class Login(Base):
    """One login of an account on one device or browser: a token by its hash, with an end (A-4)."""

    __tablename__ = "login"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[str] = mapped_column(Id, index=True)
    device_id: Mapped[str | None] = mapped_column(Id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_ms: Mapped[int] = mapped_column(Millis)
    until_ms: Mapped[int] = mapped_column(Millis)


class LoginFailure(Base):
    """A failed login by the folded name, known or not, so that the answer never tells which (A-4)."""

    __tablename__ = "login_failure"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name_hash: Mapped[str] = mapped_column(String(64), index=True)
    at_ms: Mapped[int] = mapped_column(Millis)
