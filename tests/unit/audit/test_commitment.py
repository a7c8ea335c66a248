"""What the audit log commits to: the body without what is worth guessing."""

import hashlib

import pytest

from core.accounts.commands import ChangePassword, CreateAccount
from core.command import Command
from core.contacts.commands import RegisterContact
from core.devices.commands import PairDevice
from core.practitioners.commands import RegisterPerson
from tests.factories.samples import sample

MARK = "ab" * 32


@pytest.mark.rule("A-2", "D-2")
@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (CreateAccount, "password"),
        (ChangePassword, "new_password"),
        (RegisterContact, "token"),
        (PairDevice, "code"),
        (RegisterPerson, "id_number"),
    ],
)
def test_a_secret_leaves_no_trace(kind: type[Command], field: str) -> None:
    """Stored as argon2id, and nowhere else: a fast hash of the body would be the easier one to guess from."""
    one, two = sample(kind, **{field: "第一个Secret1"}), sample(kind, **{field: "第二个Secret2"})
    assert "Secret" not in one.committed().decode()
    names = [name for name in kind.__struct_fields__ if name not in kind.secrets]
    same = sample(kind, **{name: getattr(one, name) for name in names}, **{field: getattr(two, field)})
    assert hashlib.sha256(same.committed()).digest() == hashlib.sha256(one.committed()).digest()
