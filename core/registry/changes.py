"""What an import would change in the mirror: shown by the dry run, written by the real one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Table, delete, select, tuple_
from sqlalchemy.orm import Session

from core.db.base import Base, table_for
from core.db.bulk import write_rows
from core.registry.judging import Judged
from core.registry.models import RegistryAgency, RegistryCertificate, RegistryPerson

_AT_ONCE = 5_000
_KEYS_AT_ONCE = 500

Key: TypeAlias = tuple[Any, ...]
Values: TypeAlias = tuple[Any, ...]
Hashing = Callable[[str], str]
"""How an ID number is kept: the vault's keyed hash."""


class Counts(msgspec.Struct, frozen=True):
    """How many rows of a table are new, other than before, as before, and no longer there."""

    added: int
    changed: int
    same: int
    gone: int


@dataclass(frozen=True, slots=True)
class TableChange:
    """What one table shall hold, which of that has to be written, and the keys of the rows that go."""

    table: Table
    wanted: Mapping[Key, Values]
    written: list[Key]
    gone: list[Key]
    counts: Counts

    def write(self, db: Session) -> None:
        """Writes it, some thousand rows a statement."""
        names = [column.name for column in self.table.columns]
        for at in range(0, len(self.written), _AT_ONCE):
            some = self.written[at : at + _AT_ONCE]
            rows = [dict(zip(names, (*key, *self.wanted[key]), strict=True)) for key in some]
            write_rows(db.connection(), self.table, rows, "update")
        key = tuple_(*self.table.primary_key.columns)
        for at in range(0, len(self.gone), _KEYS_AT_ONCE):
            db.execute(delete(self.table).where(key.in_(self.gone[at : at + _KEYS_AT_ONCE])))


def changes_of(db: Session, judged: Judged, hashing: Hashing, *, complete: bool) -> dict[str, TableChange]:
    """The changes of every table that the file is about, by a name for people's eyes."""
    if judged.kind == "agencies":
        agencies = {(one.uscc,): (one.name, list(one.qualifications)) for one in judged.agencies.values()}
        return {"机构": _change(db, RegistryAgency, agencies, complete)}
    hashes = {number: hashing(number) for number in judged.names}
    persons = {(hashes[number],): (name,) for number, name in judged.names.items()}
    certificates = {
        key: (hashes[row.id_number], row.until_day)
        for key, row in judged.certificates.items()
        if row.id_number in hashes
    }
    return {
        "人员": _change(db, RegistryPerson, persons, complete),
        "证书": _change(db, RegistryCertificate, certificates, complete),
    }


def _change(db: Session, model: type[Base], wanted: Mapping[Key, Values], complete: bool) -> TableChange:
    """Compares row by row as the table is read; both keys and values stand in the order of the table's columns."""
    table = table_for(model)
    width = len(table.primary_key.columns)
    same, changed, gone = set[Key](), 0, list[Key]()
    for row in db.execute(select(table).execution_options(yield_per=_AT_ONCE)):
        key, values = tuple(row[:width]), tuple(row[width:])
        if wanted.get(key) == values:
            same.add(key)
        elif key in wanted:
            changed += 1
        elif complete:
            gone.append(key)
    written = [key for key in wanted if key not in same]
    counts = Counts(len(written) - changed, changed, len(same), len(gone))
    return TableChange(table, wanted, written, gone, counts)
