"""The one table of rights: what it does not name nobody may, and each role gives what the manual gives it."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.accounts import roles
from core.accounts.roles import PERMISSIONS, may, require
from core.context import Actor, Context
from core.errors import NotAllowed

EVERY_ROLE = sorted(frozenset().union(*PERMISSIONS.values()))


class NoDatabase:
    """Stands where a session would: rights by a given set of roles need none."""

    info: dict[str, object] = {}


def context() -> Context:
    """Somebody without any role of his own."""
    return Context(cast(Session, NoDatabase()), 0, Actor("anyone"))


@pytest.mark.rule("A-3")
@given(st.sets(st.sampled_from(EVERY_ROLE)), st.sampled_from([*sorted(PERMISSIONS), "", "project.unheard"]))
def test_rights_are_what_the_table_says(held: set[str], permission: str) -> None:
    """Rights are derived, not handed out; what the table does not name, nobody may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roles, "_SOURCES", [lambda ctx, actor, subject: set(held)])
        allowed = bool(PERMISSIONS.get(permission, frozenset()) & (held | {"anyone"}))
        assert may(context(), permission, {}) == allowed
        if not allowed:
            with pytest.raises(NotAllowed) as refused:
                require(context(), permission, {})
            assert refused.value.rule == "A-3"


@pytest.mark.rule("A-3")
def test_open_doors_are_few() -> None:
    """A contact's registration and a device's pairing are opened by their tokens; nothing else is for anybody."""
    assert {name for name, given in PERMISSIONS.items() if "anyone" in given} == {
        "contact.register",
        "device.pair",
    }


@pytest.mark.rule("D-1")
def test_a_devices_key_alone_can_approve_nothing() -> None:
    """A device's role opens the journal's facts and the change of its own key, and nothing that somebody decides."""
    given = {name for name, roles in PERMISSIONS.items() if "device" in roles}
    assert given == {"visit.attend", "device.rotate"}


@pytest.mark.rule("S-10")
def test_evidence_is_for_managers_and_supervisors() -> None:
    """Evidence by managers and supervisor; history also by lead, technical lead, members."""
    assert PERMISSIONS["visit.evidence"] == {"manager", "supervisor"}
    assert PERMISSIONS["project.read"] == {"lead", "technical_lead", "member", "manager", "supervisor"}
