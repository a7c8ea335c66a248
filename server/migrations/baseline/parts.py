"""The metadata that the baseline's tables stand in, and the types that they share; frozen like the tables."""

from sqlalchemy import BigInteger, Index, Integer, MetaData, text

BASELINE = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

SEQ = BigInteger().with_variant(Integer(), "sqlite")
"""A dense number that is a table's key."""


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows for which ``where`` holds, on both databases."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
