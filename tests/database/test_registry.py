"""The register's mirror on a real database: imports, what they change, and what it answers."""

from dataclasses import astuple

import pytest
from sqlalchemy import select, text

from core.audit.queries import verify
from core.context import Actor
from core.db.vault import Vault
from core.errors import BadInput, NotAllowed, Refused, Unreachable
from core.registry.commands import ImportRegistry
from core.registry.lookup import Certified
from core.registry.mirror import MirrorRegistry
from core.registry.models import RegistryImport
from core.registry.rules import Kind
from tests.factories.registry import AGENCIES, PEOPLE, as_csv, id_number, person
from tests.factories.server import ServerParts
from tests.factories.world import World, run, valid_uscc


def load(
    server: ServerParts, kind: Kind, content: bytes, *, complete: bool = False
) -> dict[str, tuple[int, ...]]:
    """Imports a file; gives the counts of each table: added, changed, same, gone."""
    command = ImportRegistry(kind=kind, file_name="名录.csv", content=content, complete=complete)
    counts = run(server.bus, command).answer["counts"]
    return {
        name: tuple(one[key] for key in ("added", "changed", "same", "gone")) for name, one in counts.items()
    }


def mirror(server: ServerParts) -> MirrorRegistry:
    return MirrorRegistry(server.bus.store, Vault(b"k" * 32))


@pytest.mark.rule("G-1")
def test_who_is_not_there_under_number_and_name_is_not_known(server: ServerParts) -> None:
    """An agency that is not in the registry under the same USCC and name cannot register; a person likewise."""
    load(server, "agencies", as_csv(AGENCIES, [(valid_uscc(1), "上海（示例）消防", "消防安全评估")]))
    load(server, "people", as_csv(PEOPLE, [person(1)]))
    asked = mirror(server)
    assert astuple(asked.agency(valid_uscc(1), "上海(示例)消防")) == ("known", ("消防安全评估",))
    assert astuple(asked.agency(valid_uscc(1), "别的消防")) == ("other_name", ())
    assert astuple(asked.agency(valid_uscc(2), "上海（示例）消防")) == ("unknown", ())
    known = asked.person(id_number(1).lower(), "人员1")
    assert (known.state, known.certificates) == ("known", (Certified("operator", "C00000001", "2027-05-31"),))
    assert asked.person(id_number(1), "人员2").certificates == ()
    assert [asked.person(id_number(1), "人员2").state, asked.person(id_number(2), "人员2").state] == [
        "other_name",
        "unknown",
    ]


@pytest.mark.rule("G-2")
def test_a_mirror_that_nobody_has_filled_is_no_answer(server: ServerParts) -> None:
    """When it can't be reached the application is kept as 待核验: never waved through, never lost."""
    for ask in (
        lambda: mirror(server).agency(valid_uscc(1), "甲"),
        lambda: mirror(server).person(id_number(1), "甲"),
    ):
        with pytest.raises(Unreachable, match="名录还没有导入"):
            ask()
    load(server, "people", as_csv(PEOPLE, [person(1)]))
    assert mirror(server).person(id_number(2), "甲").state == "unknown"
    with pytest.raises(Unreachable):
        mirror(server).agency(valid_uscc(1), "甲")


@pytest.mark.rule("G-2")
def test_an_import_adds_and_changes_and_the_same_again_does_nothing(server: ServerParts) -> None:
    """A local mirror filled from CSV/XLSX."""
    first = as_csv(PEOPLE, [person(1), person(2)])
    assert load(server, "people", first) == {"人员": (2, 0, 0, 0), "证书": (2, 0, 0, 0)}
    assert load(server, "people", first) == {"人员": (0, 0, 2, 0), "证书": (0, 0, 2, 0)}
    second = as_csv(PEOPLE, [("新名", *person(1)[1:4], "2030-01-01"), person(3)])
    assert load(server, "people", second) == {"人员": (1, 1, 0, 0), "证书": (1, 1, 0, 0)}
    assert mirror(server).person(id_number(1), "新名").certificates[0].until_day == "2030-01-01"
    assert mirror(server).person(id_number(2), "人员2").state == "known"


@pytest.mark.rule("G-2")
def test_a_complete_file_takes_out_who_is_not_in_it(server: ServerParts) -> None:
    """Who has been struck off must not go on registering."""
    load(server, "people", as_csv(PEOPLE, [person(n) for n in range(1_200)]))
    counts = load(server, "people", as_csv(PEOPLE, [person(7)]), complete=True)
    assert counts == {"人员": (0, 0, 1, 1_199), "证书": (0, 0, 1, 1_199)}
    assert [mirror(server).person(id_number(n), f"人员{n}").state for n in (7, 8)] == ["known", "unknown"]


@pytest.mark.rule("G-2")
def test_a_complete_file_with_faults_changes_nothing(server: ServerParts) -> None:
    """A typing error would put somebody out of the register."""
    load(server, "people", as_csv(PEOPLE, [person(1), person(2)]))
    with pytest.raises(Refused, match="1 行错误，不能作为完整名录"):
        load(server, "people", as_csv(PEOPLE, [person(1), ("人员2", "1", "", "", "")]), complete=True)
    assert mirror(server).person(id_number(2), "人员2").state == "known"


@pytest.mark.rule("G-2")
@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("rows", [[], [("甲", "1", "", "", "")]])
def test_a_file_without_one_good_row_says_nothing(
    server: ServerParts, complete: bool, rows: list[tuple[str, ...]]
) -> None:
    """Least of all that nobody is registered: never waved through, never lost."""
    with pytest.raises(BadInput, match="没有一行可以导入"):
        load(server, "people", as_csv(PEOPLE, rows), complete=complete)
    with pytest.raises(Unreachable):
        mirror(server).person(id_number(1), "人员1")
    load(server, "people", as_csv(PEOPLE, [person(1)]))
    with pytest.raises(BadInput):
        load(server, "people", as_csv(PEOPLE, rows), complete=complete)
    assert mirror(server).person(id_number(1), "人员1").state == "known"


def test_faulty_rows_are_left_out_and_told(server: ServerParts) -> None:
    content = as_csv(PEOPLE, [person(1), ("人员2", "1", "", "", "")])
    answer = run(server.bus, ImportRegistry(kind="people", file_name="名录.csv", content=content)).answer
    assert (answer["rows"], answer["faulty"]) == (2, 1)
    assert answer["faults"] == [{"row": 3, "column": "身份证号", "sentence": "身份证号码不正确"}]
    with server.bus.store.reading() as db:
        row = db.scalars(select(RegistryImport)).one()
        assert (row.kind, row.rows, row.faulty, row.file_name) == ("people", 2, 1, "名录.csv")


@pytest.mark.rule("D-2")
def test_no_id_number_stands_in_the_mirror(server: ServerParts) -> None:
    """ID numbers … encrypted at rest: the mirror keeps keyed hashes, and no other key finds anybody."""
    load(server, "people", as_csv(PEOPLE, [person(1)]))
    with server.bus.store.reading() as db:
        for table in (
            "registry_person",
            "registry_certificate",
            "registry_import",
            "audit_log",
            "command_result",
        ):
            rows = db.execute(text(f"SELECT * FROM {table}")).all()
            assert rows and id_number(1) not in repr(rows)
        assert verify(db) is None


@pytest.mark.rule("G-3", "A-3")
def test_nobody_but_an_administrator_fills_it(server: ServerParts, world: World) -> None:
    """Nobody approves by hand what the registry decides."""
    command = ImportRegistry(kind="people", file_name="a.csv", content=as_csv(PEOPLE, [person(1)]))
    for actor in (world.office, Actor("person", world.lead), Actor("anyone")):
        with pytest.raises(NotAllowed):
            run(server.bus, command, actor)
    with pytest.raises(BadInput, match="缺少列"):
        run(server.bus, ImportRegistry(kind="agencies", file_name="a.csv", content=command.content))
