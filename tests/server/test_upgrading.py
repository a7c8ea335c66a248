"""The tables of the server: made, taken over and upgraded on both databases, at once or not at all."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect, text

from core.audit.queries import verify
from core.db.base import Base
from core.db.engine import server_engine
from core.db.store import Store
from core.errors import BadInput, Unreachable
from server import cli, upgrading
from server.migrations import __main__ as writing
from server.migrations.baseline import BASELINE
from server.upgrading import Revisions, bring_up, difference, revision_of
from tests.factories import old_tables
from tests.fakes.clock import FakeClock

NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = {revision!r}, {before!r}
def upgrade():
{body}
"""
CHILDREN = """
    op.create_table("note", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("project_id", sa.String(36),
            sa.ForeignKey("project.id", name="fk_note_project_id", ondelete="CASCADE"), nullable=False))
    op.execute("INSERT INTO note (id, project_id) SELECT row_number() OVER (ORDER BY id), id FROM project")
"""
ALTERED = """
    with op.batch_alter_table("project") as table:
        table.add_column(sa.Column("floors", sa.Integer, nullable=False, server_default="1"))
        table.alter_column("name", type_=sa.String(400), existing_nullable=False)
        table.create_check_constraint("floors_positive", "floors > 0")
    with op.batch_alter_table("row_change", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.add_column(sa.Column("why", sa.String(10)))
"""
ORPHANS = """
    op.execute("DELETE FROM project")
"""
FAILING = """
    op.add_column("project", sa.Column("floors", sa.Integer))
    op.execute("UPDATE project SET floors = 3")
    op.execute("SELECT * FROM not_there")
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty database."""
    made = server_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def old(engine: Engine, tmp_path: Path) -> dict[str, int]:
    """Rows of each table of a database from before there were revisions, with an agency in it."""
    with engine.begin() as db:
        old_tables.fill(db, tmp_path)
    return counts(engine)


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table has."""
    with engine.connect() as db:
        return {name: db.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in BASELINE.tables}


def later(folder: Path, *bodies: str) -> Revisions:
    """The program's revisions and some after them."""
    folder.mkdir(exist_ok=True)
    before = Revisions().head
    for body in bodies:
        revision = f"{int(before) + 1:04}"
        (folder / f"r{revision}_test.py").write_text(NEXT.format(revision=revision, before=before, body=body))
        before = revision
    return Revisions(folder)


def shape(engine: Engine) -> dict[str, Any]:
    """All that the database knows of its tables: beyond columns what comparing libraries overlook."""
    seen, found = inspect(engine), {}
    for name in seen.get_table_names():
        if name != upgrading.VERSION_TABLE:
            columns = {
                c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(name)
            }
            key = seen.get_pk_constraint(name)["constrained_columns"]
            found[name] = [columns, key, *map(sorted_by_name, (
                seen.get_indexes(name), seen.get_unique_constraints(name), seen.get_check_constraints(name),
                seen.get_foreign_keys(name),
            ))]  # fmt: skip
    return found | {"": sorted(without_rowid(engine))}


def sorted_by_name(things: list[Any]) -> list[str]:
    """Their texts in one order; a condition of an index is an object that only tells its text."""
    return sorted(str({key: plain(value) for key, value in thing.items()}) for thing in things)


def plain(value: Any) -> Any:
    """Comparable, also inside of a dictionary."""
    return {k: str(v) for k, v in value.items()} if isinstance(value, dict) else str(value)


def without_rowid(engine: Engine) -> list[str]:
    """SQLite's tables that are kept in the order of their key."""
    if engine.dialect.name == "postgresql":
        return []
    with engine.connect() as db:
        return list(db.execute(text("SELECT name FROM pragma_table_list WHERE wr = 1")).scalars())


def run_all(db: Connection) -> None:
    """Every revision from the first."""
    Revisions().run(db)


def test_all_revisions_together_make_the_tables_of_the_models(engine: Engine) -> None:
    with engine.begin() as db:
        run_all(db)
        told = difference(db, Base.metadata)
        assert told == [], (
            "The models have changed, the revisions have not. Type: python -m server.migrations 'what changes', "
            "read the file that it writes into server/migrations/versions (conditions of indexes, WITHOUT ROWID "
            "and what is for PostgreSQL alone are yours to add; a new NOT NULL column needs a server_default), "
            "ruff format it, commit it with the models."
        )
    by_revisions = shape(engine)
    with engine.begin() as db:
        Base.metadata.drop_all(db)
        Base.metadata.create_all(db)
    assert by_revisions == shape(engine)
    assert "row_change" in by_revisions[""] or engine.dialect.name == "postgresql"


def test_a_new_database_is_at_the_head_and_stays_as_it_is(engine: Engine) -> None:
    made = bring_up(engine)
    assert made is not None and (made.before, made.now, made.copy) == (None, Revisions().head, None)
    assert bring_up(engine) is None
    upgrading.require_current(engine)


def test_a_database_from_before_keeps_every_row_and_its_chain(engine: Engine, old: dict[str, int]) -> None:
    """Also one whose index had another condition, and one that lacks a table that came later."""
    with engine.begin() as db:
        db.execute(text("DROP TABLE blob"))
        db.execute(text("DROP INDEX ix_fact_day"))
        db.execute(text("CREATE INDEX ix_fact_day ON fact (project_id, day)"))
    with pytest.raises(BadInput, match="旧版本"):
        upgrading.require_current(engine)
    assert bring_up(engine) is not None
    assert counts(engine) == old
    assert old["audit_log"] > 10
    with engine.connect() as db:
        assert (revision_of(db), difference(db, Base.metadata)) == (Revisions().head, [])
    with Store(engine, FakeClock()).reading() as session:
        assert verify(session) is None
    [index] = [index for index in inspect(engine).get_indexes("fact") if index["name"] == "ix_fact_day"]
    assert "day IS NOT NULL" in str(plain(index["dialect_options"]))


def test_a_database_whose_columns_differ_is_left_alone(engine: Engine, old: dict[str, int]) -> None:
    with engine.begin() as db:
        db.execute(text("ALTER TABLE project DROP COLUMN client"))
        before = inspect(db).get_table_names()
    with pytest.raises(BadInput, match="表与本程序不符") as told:
        bring_up(engine)
    assert "client" in told.value.hint
    assert inspect(engine).get_table_names() == before
    assert counts(engine) == old


def test_a_table_that_others_refer_to_is_made_anew_and_nobody_loses_a_row(
    engine: Engine, old: dict[str, int], tmp_path: Path
) -> None:
    first = bring_up(engine)
    done = bring_up(engine, later(tmp_path / "more", CHILDREN, ALTERED))
    assert first is not None and done is not None and done.now == f"{int(Revisions().head) + 2:04}"
    assert counts(engine) == old
    with engine.connect() as db:
        assert db.scalar(text("SELECT count(*) FROM note")) == old["project"] > 0
        assert set(db.execute(text("SELECT floors FROM project")).scalars()) == {1}
    assert {"row_change"} >= set(without_rowid(engine))
    [key] = inspect(engine).get_foreign_keys("note")
    assert key["referred_table"] == "project"
    assert [check["name"] for check in inspect(engine).get_check_constraints("project")] != []
    if done.copy is not None and first.copy is not None:
        assert done.copy.exists() and not first.copy.exists(), "one copy is kept"
        kept = server_engine(f"sqlite:///{done.copy.as_posix()}")
        assert counts(kept) == old and not inspect(kept).has_table("note")
        kept.dispose()
        with engine.connect() as db:
            assert db.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_copy_that_cannot_be_made_leaves_the_one_from_before(tmp_path: Path) -> None:
    file, older = tmp_path / "zhiye.sqlite", tmp_path / "zhiye.sqlite.before-0003"
    file.write_bytes(b"no database" * 500)
    older.write_bytes(b"the last copy")
    with pytest.raises(Unreachable, match="无法复制"):
        upgrading._copied(server_engine(f"sqlite:///{file.as_posix()}"), "0004")
    assert [found.name for found in tmp_path.glob("*.before-*")] == [older.name]


@pytest.mark.parametrize("bodies", [(CHILDREN, ORPHANS), (CHILDREN, FAILING)], ids=["orphans", "failing"])
def test_what_cannot_be_done_whole_is_not_done(
    bodies: tuple[str, str], engine: Engine, old: dict[str, int], tmp_path: Path
) -> None:
    bring_up(engine)
    if bodies[1] == ORPHANS and engine.dialect.name == "postgresql":
        bodies = (CHILDREN.replace('ondelete="CASCADE"', ""), ORPHANS)
    before = shape(engine)
    with pytest.raises(Exception, match=r"升级会使|not_there|fk_note_project_id"):
        bring_up(engine, later(tmp_path / "more", *bodies))
    assert (shape(engine), counts(engine)) == (before, old)
    upgrading.require_current(engine)


def test_what_a_newer_program_has_written_is_left_alone(
    database_url: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("ZHIYE_DATABASE_URL", database_url)
    assert cli.main(["init"]) == 0
    bring_up(engine, later(tmp_path / "more", CHILDREN))
    for words in (["init"], ["audit-verify"], ["migrate"]):
        assert cli.main(words) == 1
        assert "数据库由更新版本的程序写成" in capsys.readouterr().err


def test_only_a_start_or_the_command_upgrades(
    database_url: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("ZHIYE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("ZHIYE_DATABASE_URL", database_url)
    assert cli.main(["migrate"]) == 1
    assert "这里没有数据库" in capsys.readouterr().err
    assert inspect(engine).get_table_names() == []
    assert cli.main(["init"]) == 0
    with engine.begin() as db:
        old_tables.go_back(db)
    capsys.readouterr()
    assert cli.main(["audit-verify"]) == 1
    assert "数据库还是旧版本（无版本号）" in capsys.readouterr().err
    assert cli.main(["migrate"]) == 0
    assert f"数据库已升级：无版本号 → {Revisions().head}" in capsys.readouterr().out
    assert cli.main(["migrate"]) == 0
    assert "已是最新" in capsys.readouterr().out
    assert cli.main(["audit-verify"]) == 0


@pytest.mark.parametrize("begun", [False, True], ids=["empty", "old"])
def test_servers_that_start_at_once_upgrade_once(begun: bool, postgres_database: str, tmp_path: Path) -> None:
    environment = {
        **os.environ, "ZHIYE_DATA_FOLDER": str(tmp_path / "data"), "ZHIYE_DATABASE_URL": postgres_database,
        "PYTHONUTF8": "1",
    }  # fmt: skip
    argv = [sys.executable, "-m", "server", "init"]
    subprocess.run(argv, env=environment, check=True, capture_output=True, timeout=60)
    engine = server_engine(postgres_database)
    with engine.begin() as db:
        kept = db.execute(text("SELECT name, value FROM server_property")).all()
        old_tables.go_back(db)
        if not begun:
            Base.metadata.drop_all(db)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    servers = [subprocess.Popen(argv, env=environment, text=True, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for server in servers:
        _, said = server.communicate(timeout=60)
        assert (server.returncode, said) == (0, "")
    with engine.connect() as db:
        assert db.execute(text("SELECT version_num FROM alembic_version")).all() == [(Revisions().head,)]
        assert db.execute(text("SELECT name, value FROM server_property")).all() == kept
    engine.dispose()


def test_the_next_revision_is_written_from_the_models(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "Revisions", lambda: Revisions(tmp_path))
        assert writing.main(["adds floors"], folder=tmp_path) == 0
    [written] = tmp_path.glob("*.py")
    assert written.name == f"r{int(Revisions().head) + 1:04}_adds_floors.py"
    assert Revisions(tmp_path).head == f"{int(Revisions().head) + 1:04}"
    engine = server_engine(f"sqlite:///{(tmp_path / 'new.sqlite').as_posix()}")
    with engine.begin() as db:
        Revisions(tmp_path).run(db)
        assert revision_of(db) == Revisions(tmp_path).head
    engine.dispose()
    assert writing.main([]) == 2
