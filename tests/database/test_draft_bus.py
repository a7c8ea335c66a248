"""Drafts on the bus, on both databases: each is carried out alone, and a refused one takes nothing else with it."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from core.bus import Fact
from core.command import FactOutcome
from core.context import Actor
from core.drafts.merge import GroupEdit
from core.ids import new_id
from core.projects.commands import EditProject, TerminateProject
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


def settling(world: World, conflict: str, seen: str, value: str) -> Fact:
    edit = GroupEdit(group="name", seen={"name": seen}, value={"name": value})
    command = EditProject(project_id=world.projects[0], edits=[edit], settles=[conflict])
    return Fact(new_id(), command, world.office, DEVICE, 0, "proven", "0" * 64)


def conflict_rows(server: ServerParts) -> list[tuple[Any, ...]]:
    query = text(
        "SELECT id, theirs, mine, kept, person_id FROM draft_conflict ORDER BY settled_ms NULLS LAST"
    )
    with server.bus.store.reading() as db:
        return [tuple(row) for row in db.execute(query)]


def values(kept: Any) -> Any:
    """A JSON column as it comes: a text on SQLite, parsed on PostgreSQL."""
    return json.loads(kept) if isinstance(kept, str) else kept


def test_a_choice_that_a_third_value_overtook_gives_way_to_a_new_conflict(
    server: ServerParts, world: World
) -> None:
    """Invariant 11: a conflict is not called settled with a value that stands nowhere."""
    record(server, [draft(world, "name", "示例项目1", "甲楼")])
    record(server, [draft(world, "name", "示例项目1", "乙楼")])
    [(first, *_rest)] = conflict_rows(server)
    record(server, [draft(world, "name", "甲楼", "丙楼")])
    late = settling(world, first, "甲楼", "乙楼")
    for _ in range(2):
        [outcome] = record(server, [late])
        assert "两份都已保留" in (outcome.sentence or "")
        old, new = conflict_rows(server)
        assert (old[0], old[3], new[3]) == (first, "superseded", None)
        assert (values(new[1]), values(new[2])) == ({"name": "丙楼"}, {"name": "乙楼"})
    assert head(server)[0] == "丙楼"
    record(server, [settling(world, new[0], "丙楼", "乙楼")])
    assert [row[3] for row in conflict_rows(server)] == ["superseded", "mine"]
    assert head(server)[0] == "乙楼"


def test_a_conflict_names_the_person_behind_the_account(server: ServerParts, world: World) -> None:
    record(server, [draft(world, "name", "示例项目1", "甲楼")])
    record(server, [draft(world, "name", "示例项目1", "乙楼")])
    [(*_rest, person)] = conflict_rows(server)
    assert person == world.manager


def test_an_ended_project_can_still_be_freed_of_a_conflict_but_not_changed(
    server: ServerParts, world: World
) -> None:
    record(server, [draft(world, "name", "示例项目1", "甲楼")])
    record(server, [draft(world, "name", "示例项目1", "乙楼")])
    [(conflict, *_rest)] = conflict_rows(server)
    end = TerminateProject(project_id=world.projects[0], reason="委托单位提前解除合同")
    server.bus.run(end, actor=Actor("person", world.lead), command_id=new_id())
    [outcome] = record(server, [settling(world, conflict, "甲楼", "乙楼")])
    assert (outcome.status, outcome.rule) == ("void", "J-7")
    assert conflict_rows(server)[0][3] is None
    keep = EditProject(project_id=world.projects[0], edits=[], settles=[conflict])
    [outcome] = record(server, [Fact(new_id(), keep, world.office, DEVICE, 0, "proven", "0" * 64)])
    assert outcome.status == "recorded" and conflict_rows(server)[0][3] == "theirs"
