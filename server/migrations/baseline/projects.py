"""Tables of projects, their people and places, and their contacts."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from server.migrations.baseline.parts import BASELINE, partial

Table(
    "project",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("agency_id", String(36), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("base_state", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("district", String(40), nullable=False),
    Column("address", String(200), nullable=False),
    Column("client", String(200), nullable=False),
    Column("contract_number", String(60), nullable=False),
    Column("starts_on", String(10), nullable=False),
    Column("ends_on", String(10), nullable=False),
    Column("end_reason", Text),
    Index("ix_project_agency_id", "agency_id"),
    partial(
        "uq_project_contract", "agency_id", "contract_number", unique=True, where="contract_number <> ''"
    ),
)

Table(
    "project_face",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("portrait_id", String(36), nullable=False),
    Column("engine", String(80), nullable=False),
    Column("template", LargeBinary),
    Index("ix_project_face_person_id", "person_id"),
    Index("uq_project_face_pair", "project_id", "person_id", unique=True),
)

Table(
    "project_member",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("person_name", String(60), nullable=False),
    Column("role", String(20), nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger),
    Index("ix_project_member_person_id", "person_id"),
    Index("ix_project_member_project_id", "project_id"),
)

Table(
    "project_place",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("lat", Float(53), nullable=False),
    Column("lon", Float(53), nullable=False),
    Column("radius_m", Integer, nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger),
    Index("ix_project_place_project_id", "project_id"),
)

Table(
    "project_state",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("state", String(20), nullable=False),
    Column("move", String(20), nullable=False),
    Column("reason", Text),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger),
    Index("ix_project_state_project_id", "project_id"),
)

Table(
    "contact",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("registered_ms", BigInteger, nullable=False),
    Column("confirmed_ms", BigInteger),
    Column("ended_ms", BigInteger),
    Column("follows", String(20)),
    Column("end_reason", String(500)),
    Index("ix_contact_project_id", "project_id"),
)

Table(
    "contact_access",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("contact_id", String(36), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    UniqueConstraint("token_hash", name="uq_contact_access_token_hash"),
    Index("ix_contact_access_contact_id", "contact_id"),
)

Table(
    "contact_private",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("details", LargeBinary, nullable=False),
)

Table(
    "invitation",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
    UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    Index("ix_invitation_project_id", "project_id"),
)

Table(
    "evaluation",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("feedback_id", String(36), nullable=False),
    Column("project_id", String(36), nullable=False),
    Column("day", String(10), nullable=False),
    Column("contact_id", String(36), nullable=False),
    Column("questions", Integer, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("stars", Integer, nullable=False),
    Column("ratings", JSON, nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("given_ms", BigInteger, nullable=False),
    UniqueConstraint("feedback_id", name="uq_evaluation_feedback_id"),
    Index("uq_evaluation_day", "project_id", "day", unique=True),
)

Table(
    "evaluation_private",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("remarks", LargeBinary, nullable=False),
)

Table(
    "message",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("contact_id", String(36), nullable=False),
    Column("project_id", String(36), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject_id", String(36), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("read_ms", BigInteger),
    Index("uq_message_occasion", "contact_id", "kind", "subject_id", unique=True),
)
