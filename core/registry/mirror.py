"""The register asked in its local mirror, which a file fills (G-2)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.store import Store
from core.db.vault import Vault
from core.errors import Unreachable
from core.registry.handlers import hashing
from core.registry.lookup import AgencyAnswer, Certified, PersonAnswer
from core.registry.models import RegistryAgency, RegistryCertificate, RegistryImport, RegistryPerson
from core.registry.rules import Kind, same_name


class MirrorRegistry:
    """Answers from the server's own tables; a mirror that nobody has filled knows nothing and says so."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._hashing = hashing(vault)

    def agency(self, uscc: str, name: str) -> AgencyAnswer:
        """As ``Registry.agency``."""
        with self._store.reading() as db:
            row = db.get(RegistryAgency, uscc.strip().upper())
            if row is None:
                _require_filled(db, "agencies")
                return AgencyAnswer("unknown")
        if not same_name(row.name, name):
            return AgencyAnswer("other_name")
        return AgencyAnswer("known", tuple(row.qualifications))

    def person(self, id_number: str, name: str) -> PersonAnswer:
        """As ``Registry.person``."""
        key = self._hashing(id_number.strip().upper())
        with self._store.reading() as db:
            row = db.get(RegistryPerson, key)
            if row is None:
                _require_filled(db, "people")
                return PersonAnswer("unknown")
            if not same_name(row.name, name):
                return PersonAnswer("other_name")
            found = select(RegistryCertificate).where(RegistryCertificate.id_hash == key)
            rows = db.scalars(found.order_by(RegistryCertificate.kind, RegistryCertificate.number)).all()
        return PersonAnswer("known", tuple(Certified(one.kind, one.number, one.until_day) for one in rows))


def _require_filled(db: Session, kind: Kind) -> None:
    filled = select(RegistryImport.id).where(RegistryImport.kind == kind).limit(1)
    if db.scalar(filled) is None:
        raise Unreachable(
            "registry.empty",
            "部局名录还没有导入，暂时无法核验",
            "申请会保留为待核验；请联系系统管理员导入名录",
        )
