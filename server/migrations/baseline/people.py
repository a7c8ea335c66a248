"""Tables of accounts, agencies, people and their employment."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from server.migrations.baseline.parts import BASELINE

Table(
    "account",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("login", String(64), nullable=False),
    Column("login_folded", String(128), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("person_id", String(36)),
    Column("administrator", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("login_folded", name="uq_account_login_folded"),
    Index("ix_account_person_id", "person_id"),
)

Table(
    "login",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("account_id", String(36), nullable=False),
    Column("device_id", String(36)),
    Column("token_hash", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    UniqueConstraint("token_hash", name="uq_login_token_hash"),
    Index("ix_login_account_id", "account_id"),
)

Table(
    "login_failure",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("name_hash", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_login_failure_name_hash", "name_hash"),
)

Table(
    "agency",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("qualifications", JSON, nullable=False),
    Column("legal_person_id", String(36), nullable=False),
    UniqueConstraint("uscc", name="uq_agency_uscc"),
)

Table(
    "person",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("name", String(60), nullable=False),
)

Table(
    "person_private",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("id_number", LargeBinary),
    Column("telephone", LargeBinary),
)

Table(
    "certificate",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("number", String(40), nullable=False),
    Column("until_ms", BigInteger),
    Index("ix_certificate_person_id", "person_id"),
    Index("uq_certificate_number", "kind", "number", unique=True),
)

Table(
    "portrait",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("engine", String(80), nullable=False),
    Column("image", LargeBinary, nullable=False),
    Column("template", LargeBinary, nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger),
    Index("ix_portrait_person_id", "person_id"),
)

Table(
    "employment",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("agency_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("person_name", String(60), nullable=False),
    Column("position", String(20), nullable=False),
    Column("manager", Boolean, nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger),
    Index("ix_employment_agency_id", "agency_id"),
    Index("ix_employment_person_agency", "person_id", "agency_id"),
    # E-2: not on SQLite, whose kind of file devices have too
    Index("uq_employment_active", "person_id", unique=True, postgresql_where=text("until_ms IS NULL")).ddl_if(
        dialect="postgresql"
    ),
)
