"""Drafts on the bus, on both databases: each is carried out alone, and a refused one takes nothing else with it."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text

from core.bus import Fact
from core.command import FactOutcome
from core.context import Actor
from core.drafts.merge import GroupEdit
from core.ids import new_id
from core.projects.commands import EditProject
from tests.factories.server import ServerParts
from tests.factories.world import World

DEVICE = new_id()


def draft(world: World, group: str, seen: str, value: str, *, actor: Actor | None = None) -> Fact:
    field = {"name": "name", "client": "client", "contract": "contract_number"}[group]
    edit = GroupEdit(group=group, seen={field: seen}, value={field: value})
    command = EditProject(project_id=world.projects[0], edits=[edit])
    return Fact(new_id(), command, actor or world.office, DEVICE, 0, "proven", "0" * 64)


def record(server: ServerParts, drafts: Sequence[Fact]) -> list[FactOutcome]:
    with server.bus.transaction(Actor("device", DEVICE), DEVICE, facts=True) as work:
        return server.bus.record(work, drafts)


def head(server: ServerParts) -> tuple[str, ...]:
    with server.bus.store.reading() as db:
        return tuple(db.execute(text("SELECT name, client FROM project ORDER BY id")).first() or ())


def test_a_refused_draft_takes_nothing_else_with_it(server: ServerParts, world: World) -> None:
    stranger = Actor("account", new_id())
    outcomes = record(
        server,
        [
            draft(world, "name", "示例项目1", "甲楼"),
            draft(world, "client", "示例物业", "外人", actor=stranger),
            draft(world, "client", "示例物业", " "),
            draft(world, "client", "示例物业", "新物业"),
        ],
    )
    assert [(one.status, one.rule) for one in outcomes] == [
        ("recorded", None), ("void", "A-3"), ("void", "J-2"), ("recorded", None),
    ]  # fmt: skip
    assert head(server) == ("甲楼", "新物业")


@pytest.mark.rule("J-9")
def test_each_is_kept_in_the_name_of_its_own_author(server: ServerParts, world: World) -> None:
    """Every change of a submitted project is kept field by field: who, when, on what device, from what, to what."""
    lead = Actor("person", world.lead)
    record(
        server,
        [
            draft(world, "name", "示例项目1", "甲楼"),
            draft(world, "client", "示例物业", "新物业", actor=lead),
        ],
    )
    query = text("SELECT field, actor_id FROM field_version WHERE device_id = :device ORDER BY field")
    with server.bus.store.reading() as db:
        kept = [tuple(row) for row in db.execute(query, {"device": DEVICE})]
    assert kept == [("client", world.lead), ("name", world.office.id)]


@pytest.mark.rule("J-4")
def test_a_contract_number_that_another_project_has_is_refused(server: ServerParts, world: World) -> None:
    """Contract: number (unique in the agency)."""
    world.project()
    numbers = text("SELECT contract_number FROM project ORDER BY id")
    with server.bus.store.reading() as db:
        first, second = db.scalars(numbers)
    [outcome] = record(server, [draft(world, "contract", first, second)])
    assert (outcome.status, outcome.rule) == ("void", "J-4")
    [outcome] = record(server, [draft(world, "contract", first, f"{first}甲"[-60:])])
    assert outcome.status == "recorded"


@pytest.mark.rule("J-4")
@pytest.mark.parametrize("around", [" {}", "{}　", "\t{} "])
def test_blanks_make_no_other_contract_number(server: ServerParts, world: World, around: str) -> None:
    """Contract: number (unique in the agency)."""
    world.project()
    with server.bus.store.reading() as db:
        first, second = db.scalars(text("SELECT contract_number FROM project ORDER BY id"))
    [outcome] = record(server, [draft(world, "contract", first, around.format(second))])
    assert (outcome.status, outcome.rule) == ("void", "J-4")


def test_what_does_not_fit_is_refused_alike_on_both_databases(server: ServerParts, world: World) -> None:
    with server.bus.store.reading() as db:
        [first] = db.scalars(text("SELECT contract_number FROM project"))
    [outcome] = record(server, [draft(world, "contract", first, "号" * 61)])
    assert outcome.status == "void" and "合同编号最多 60 个字" in (outcome.sentence or "")


def test_a_conflict_is_told_and_is_one_whatever_comes_twice(server: ServerParts, world: World) -> None:
    late = draft(world, "name", "示例项目1", "乙楼")
    record(server, [draft(world, "name", "示例项目1", "甲楼")])
    for _ in range(2):
        [outcome] = record(server, [late])
        assert outcome.status == "recorded" and "两份都已保留" in (outcome.sentence or "")
    with server.bus.store.reading() as db:
        assert db.scalar(text("SELECT count(*) FROM draft_conflict")) == 1
    assert head(server)[0] == "甲楼"
