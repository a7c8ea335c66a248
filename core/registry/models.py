"""Tables of the register's local mirror. ID numbers are kept as keyed hashes: they are looked up, never shown."""

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis


class RegistryAgency(Base):
    """An agency of the register."""

    __tablename__ = "registry_agency"

    uscc: Mapped[str] = mapped_column(String(18), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    qualifications: Mapped[list[str]] = mapped_column(JSON)


class RegistryPerson(Base):
    """A person of the register."""

    __tablename__ = "registry_person"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class RegistryCertificate(Base):
    """A certificate of the register; kind and number belong to one person (P-1)."""

    __tablename__ = "registry_certificate"
    __table_args__ = (Index("ix_registry_certificate_person", "id_hash"),)

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    id_hash: Mapped[str] = mapped_column(String(64))
    until_day: Mapped[str | None] = mapped_column(String(10))


class RegistryImport(Base):
    """An import that was carried out: what the mirror stands on, and since when."""

    __tablename__ = "registry_import"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    at_ms: Mapped[int] = mapped_column(Millis)
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column(Integer)
    faulty: Mapped[int] = mapped_column(Integer)
