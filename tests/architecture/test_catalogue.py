"""What the catalogue registers fits together: every command can be asked for, allowed, carried out and written down."""

import re

import msgspec
import pytest

import core.catalogue  # noqa: F401
from core.accounts.roles import PERMISSIONS
from core.command import Command, CommandSpec, all_specs, gate_of, handler_of, has_handler, lookup
from core.wire.codec import decode_command, encode_command
from core.wire.envelope import CommandName
from tests.factories.samples import sample

SPECS = all_specs()
EVERY = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.name}@{spec.version}")
NOT_COMMANDS = {"project.read", "visit.evidence", "agency.managers", "project.radius"}
"""Permissions that are asked for reading, or inside a handler."""


def test_the_catalogue_is_not_empty() -> None:
    assert len(SPECS) >= 25


@EVERY
def test_somebody_carries_it_out(spec: CommandSpec) -> None:
    assert has_handler(spec.type)
    if spec.offline == "no":
        assert handler_of(spec.type)


@EVERY
def test_a_fact_has_its_gate(spec: CommandSpec) -> None:
    """What is made offline is refused where it is made; a failed attempt has nothing to refuse."""
    if spec.offline != "no" and spec.name != "visits.attempt":
        assert gate_of(spec.type)


@EVERY
@pytest.mark.rule("A-3")
def test_its_permission_stands_in_the_table(spec: CommandSpec) -> None:
    """Rights are derived, not handed out: what the table does not name, nobody may."""
    assert PERMISSIONS[spec.permission]


@EVERY
@pytest.mark.rule("U-1")
def test_it_says_what_it_is(spec: CommandSpec) -> None:
    """Every accepted and refused command is in an append-only audit log: with a tag, and with a title to show."""
    assert spec.audit
    assert re.fullmatch(r"[\u4e00-\u9fff]{2,20}", spec.title)
    pattern = CommandName.__metadata__[0].pattern
    assert re.match(pattern, spec.name) and len(spec.name) <= 60
    assert (spec.type.__doc__ or "").strip()


@EVERY
def test_it_survives_the_codec(spec: CommandSpec) -> None:
    made = sample(spec.type)
    assert decode_command(lookup, spec.name, spec.version, encode_command(made)) == made


@EVERY
def test_it_takes_no_field_that_it_does_not_know(spec: CommandSpec) -> None:
    body = msgspec.to_builtins(sample(spec.type)) | {"unknown": 1}
    with pytest.raises(msgspec.ValidationError, match="unknown"):
        msgspec.convert(body, spec.type)


def test_secrets_are_fields_and_stay_out_of_what_is_committed() -> None:
    for spec in SPECS:
        kind: type[Command] = spec.type
        assert kind.secrets <= set(kind.__struct_fields__), spec.name
        hidden = {name for name in kind.__struct_fields__ if "password" in name or name in ("token", "code")}
        assert hidden <= kind.secrets, spec.name
        assert not set(msgspec.json.decode(sample(kind).committed())) & kind.secrets


def test_no_permission_is_left_over() -> None:
    assert set(PERMISSIONS) - {spec.permission for spec in SPECS} == NOT_COMMANDS
