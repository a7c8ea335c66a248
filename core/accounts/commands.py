"""Commands about accounts."""

from typing import Annotated, ClassVar

from msgspec import Meta

from core.command import Command, command
from core.fields import Key

Password = Annotated[str, Meta(max_length=256)]


@command("accounts.create", title="新建账号", permission="account.create")
class CreateAccount(Command, kw_only=True):
    """Makes an account for a person; the name is free, the password is not (A-2)."""

    secrets: ClassVar = frozenset({"password"})

    account_id: Key
    login: Annotated[str, Meta(max_length=64)]
    password: Password
    person_id: Key | None = None
    administrator: bool = False


@command("accounts.change_password", title="修改密码", permission="account.change_password")
class ChangePassword(Command, kw_only=True):
    """Sets a new password and ends every login of the account (A-4)."""

    secrets: ClassVar = frozenset({"old_password", "new_password"})

    old_password: Password
    new_password: Password
