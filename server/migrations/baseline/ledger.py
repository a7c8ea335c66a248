"""Tables of the audit log, commits, keys, devices and journals."""

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

from server.migrations.baseline.parts import BASELINE, SEQ

Table(
    "audit_log",
    BASELINE,
    Column("seq", SEQ, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor_kind", String(10), nullable=False),
    Column("actor_id", String(36)),
    Column("device_id", String(36)),
    Column("command", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("command_id", String(36), nullable=False),
    Column("outcome", String(60), nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_log_command_id", "command_id"),
)

Table(
    "audit_salt",
    BASELINE,
    Column("seq", SEQ, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(16), nullable=False),
)

Table(
    "commit_log",
    BASELINE,
    Column("seq", SEQ, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("audit_head", String(64), nullable=False),
    Column("rolling", String(64), nullable=False),
)

Table(
    "row_change",
    BASELINE,
    Column("table_name", String(40), primary_key=True),
    Column("row_id", String(36), primary_key=True),
    Column("scope", String(60), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("gone", Boolean, nullable=False),
    Index("ix_row_change_scope_seq", "scope", "seq"),
    sqlite_with_rowid=False,
)

Table(
    "field_version",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("table_name", String(40), nullable=False),
    Column("row_id", String(36), nullable=False),
    Column("field", String(40), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("actor_kind", String(10), nullable=False),
    Column("actor_id", String(36)),
    Column("device_id", String(36)),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_field_version_row", "table_name", "row_id", "at_ms"),
)

Table(
    "command_result",
    BASELINE,
    Column("command_id", String(36), primary_key=True),
    Column("request", Text, nullable=False),
    Column("answer", Text, nullable=False),
)

Table(
    "draft_conflict",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("scope", String(60), nullable=False),
    Column("table_name", String(40), nullable=False),
    Column("row_id", String(36), nullable=False),
    Column("group_name", String(40), nullable=False),
    Column("seen", JSON, nullable=False),
    Column("theirs", JSON, nullable=False),
    Column("mine", JSON, nullable=False),
    Column("actor_id", String(36)),
    Column("device_id", String(36)),
    Column("at_ms", BigInteger, nullable=False),
    Column("settled_ms", BigInteger),
    Column("kept", String(10)),
    Index("ix_draft_conflict_row", "table_name", "row_id"),
)

Table(
    "subject_key",
    BASELINE,
    Column("subject_id", String(36), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

Table(
    "server_property",
    BASELINE,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)

Table(
    "device",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("agency_id", String(36), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("name", String(60), nullable=False),
    Column("public_key", String(64), nullable=False),
    Column("key_source", String(20), nullable=False),
    Column("still_for_live", Boolean, nullable=False),
    Column("fixed_lat", Float(53)),
    Column("fixed_lon", Float(53)),
    Column("admitted_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    UniqueConstraint("public_key", name="uq_device_public_key"),
    Index("ix_device_agency_id", "agency_id"),
)

Table(
    "device_contact",
    BASELINE,
    Column("device_id", String(36), primary_key=True),
    Column("seen_ms", BigInteger, nullable=False),
    Column("waiting", Integer, nullable=False),
)

Table(
    "pairing_code",
    BASELINE,
    Column("code_hash", String(64), primary_key=True),
    Column("agency_id", String(36), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
)

Table(
    "journal",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("device_id", String(36), nullable=False),
    Column("dseq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_journal_device_id", "device_id"),
)

Table(
    "journal_entry",
    BASELINE,
    Column("journal_id", String(36), primary_key=True),
    Column("dseq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("content", String(64), nullable=False),
    Column("status", String(12), nullable=False),
    Column("wall_ms", BigInteger, nullable=False),
    Column("boot_id", String(64), nullable=False),
    Column("boot_ms", BigInteger, nullable=False),
    Column("anchor_ms", BigInteger),
    Column("anchor_boot_ms", BigInteger),
    Column("t_ms", BigInteger, nullable=False),
    Column("proof", String(10), nullable=False),
    Column("final", Boolean, nullable=False),
    Index("ix_journal_entry_anchor", "journal_id", "anchor_ms"),
    Index("ix_journal_entry_id", "id"),
)

Table(
    "sealed_part",
    BASELINE,
    Column("entry_id", String(36), primary_key=True),
    Column("subject_id", String(36), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("box", LargeBinary, nullable=False),
    Column("key", LargeBinary),
    Index("ix_sealed_part_subject_id", "subject_id"),
)

Table(
    "blob",
    BASELINE,
    Column("digest", String(64), primary_key=True),
    Column("agency_id", String(36), primary_key=True),
    Column("device_id", String(36), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)
