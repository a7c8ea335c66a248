"""The handler that fills the register's mirror."""

import hashlib
from typing import Any

import msgspec

from core.command import handles, prepares
from core.context import Actor, Context
from core.db.store import Store
from core.db.vault import Vault
from core.errors import BadInput, Refused
from core.ids import new_id
from core.registry.changes import Hashing, changes_of
from core.registry.commands import ImportRegistry
from core.registry.judging import Judged, judge
from core.registry.models import RegistryImport

FAULTS_TOLD = 100


def hashing(vault: Vault) -> Hashing:
    """How the mirror knows an ID number again without holding it."""
    return lambda number: vault.index("registry.id_number", number)


@prepares(ImportRegistry)
def read_file(_store: Store, _actor: Actor, command: ImportRegistry) -> Judged:
    """Reads and judges the file before the locks are taken."""
    return judge(command.kind, command.content)


@handles(ImportRegistry)
def import_registry(ctx: Context, command: ImportRegistry) -> dict[str, Any]:
    """Writes what is new or other; faulty rows are left out and told by row."""
    judged: Judged = ctx.prepared
    require_usable(judged, complete=command.complete)
    changes = changes_of(ctx.db, judged, hashing(ctx.vault), complete=command.complete)
    for change in changes.values():
        change.write(ctx.db)
    ctx.db.add(
        RegistryImport(
            id=new_id(),
            kind=command.kind,
            at_ms=ctx.now_ms,
            file_name=command.file_name,
            digest=hashlib.sha256(command.content).hexdigest(),
            rows=judged.rows,
            faulty=judged.faulty,
        )
    )
    return {
        "counts": {name: msgspec.to_builtins(change.counts) for name, change in changes.items()},
        "rows": judged.rows,
        "faulty": judged.faulty,
        "faults": msgspec.to_builtins(judged.faults[:FAULTS_TOLD]),
    }


def require_usable(judged: Judged, *, complete: bool) -> None:
    """A file without one good row says nothing, least of all that nobody is registered.

    One that shall be the whole register must be readable whole: a typing error would put somebody out of it.
    """
    if judged.rows == judged.faulty:
        raise BadInput("registry.nothing", "文件中没有一行可以导入，名录没有改变", "请核对文件和导入的种类")
    if complete and judged.faulty:
        sentence = f"文件有 {judged.faulty} 行错误，不能作为完整名录导入"
        raise Refused("registry.faulty", sentence, "请先改正这些行，或不作为完整名录导入", rule="G-2")
