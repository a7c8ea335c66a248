"""Both kinds of databases are there, empty and apart."""

import sqlalchemy as sa


def test_a_database_starts_empty(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    assert sa.inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE note (words TEXT)"))
        connection.execute(sa.text("INSERT INTO note VALUES ('执业')"))
        assert connection.execute(sa.text("SELECT words FROM note")).scalar_one() == "执业"
    engine.dispose()


def test_chinese_sorts_the_same_in_both(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    union = " UNION ALL ".join(f"SELECT '{word}' AS word" for word in ("中", "一", "龙", "a"))
    with engine.connect() as connection:
        rows = connection.scalars(sa.text(f"SELECT word FROM ({union}) AS words ORDER BY word")).all()
    engine.dispose()
    assert rows == ["a", "一", "中", "龙"]
