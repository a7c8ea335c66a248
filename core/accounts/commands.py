"""Commands about accounts."""

from core.command import Command, command


@command("accounts.create", title="新建账号", permission="account.create")
class CreateAccount(Command, kw_only=True):
    """Makes an account for a person; the name is free, the password is not (A-2)."""

    account_id: str
    login: str
    password: str
    person_id: str | None = None
    administrator: bool = False


@command("accounts.change_password", title="修改密码", permission="account.change_password")
class ChangePassword(Command, kw_only=True):
    """Sets a new password and ends every login of the account (A-4)."""

    old_password: str
    new_password: str
