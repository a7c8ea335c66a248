"""Tables of persons: the public row, the private row beside it, certificates, and portraits with their history."""

from sqlalchemy import Boolean, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Lasting, Millis


class Person(Base):
    """A person by name; what is private stands in ``person_private``."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class PersonPrivate(Base):
    """What only few may see of a person, sealed with the person's key (D-2)."""

    __tablename__ = "person_private"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    id_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    telephone: Mapped[bytes | None] = mapped_column(LargeBinary)


class Certificate(Base):
    """A certificate of a person; kind and number belong to one person (P-1)."""

    __tablename__ = "certificate"
    __table_args__ = (Index("uq_certificate_number", "kind", "number", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    until_ms: Mapped[int | None] = mapped_column(Millis)


class Portrait(Base, Lasting):
    """A portrait that passed its check (P-2); the old ones stay in the history."""

    __tablename__ = "portrait"
    __history__ = frozenset({"template_digest"})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, index=True)
    engine: Mapped[str] = mapped_column(String(80))
    image: Mapped[bytes] = mapped_column(LargeBinary)
    template: Mapped[bytes] = mapped_column(LargeBinary)
    consent: Mapped[bool] = mapped_column(Boolean)
    photos: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    """Of how many photos the template is made, the portrait counted."""
    template_digest: Mapped[str | None] = mapped_column(String(64), default=None)
    """Which template it is; with its history it tells what a face was compared with at any time (S-3)."""


class PortraitPhoto(Base):
    """Another photo of the person of a portrait, kept sealed: templates of a later recogniser are made of it too."""

    __tablename__ = "portrait_photo"
    __table_args__ = (Index("uq_portrait_photo_source", "portrait_id", "source", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    portrait_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id, index=True)
    source: Mapped[str | None] = mapped_column(Id)
    """The fact whose evidence it was; None for one that was handed in with the portrait."""
    image: Mapped[bytes] = mapped_column(LargeBinary)
