"""Tables of what happens at a site and what was judged of it."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text

from server.migrations.baseline.parts import BASELINE, SEQ, partial

Table(
    "attempt",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36)),
    Column("device_id", String(36), nullable=False),
    Column("t_ms", BigInteger, nullable=False),
    Column("proof", String(10), nullable=False),
    Column("action", String(10), nullable=False),
    Column("reason", String(40), nullable=False),
    Index("ix_attempt_project_id", "project_id"),
)

Table(
    "fact",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("kind", String(1), nullable=False),
    Column("t_ms", BigInteger, nullable=False),
    Column("proof", String(10), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("project_id", String(36), nullable=False),
    Column("day", String(10)),
    Column("device_id", String(36)),
    Column("start_id", String(36)),
    Column("lat", Float(53)),
    Column("lon", Float(53)),
    Column("accuracy_m", Float(53)),
    Column("age_ms", BigInteger),
    Column("source", String(12)),
    Column("flags", String(40), nullable=False),
    Column("live", Boolean, nullable=False),
    Column("claims", Boolean, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("office", Boolean, nullable=False),
    Column("pending", Boolean, nullable=False),
    partial("ix_fact_complete", "project_id", "kind", where="complete"),
    partial("ix_fact_day", "project_id", "day", where="day IS NOT NULL"),
    Index("ix_fact_person", "person_id", "t_ms"),
)

Table(
    "visit",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("day", String(10), nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("end_id", String(36)),
    Column("closed_by", String(36)),
    Column("closed_ms", BigInteger),
    Column("state", String(20), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("rule", String(10)),
    Column("counted_s", Integer, nullable=False),
    Column("corrections", JSON, nullable=False),
    Column("proof", String(10), nullable=False),
    Column("claims", Boolean, nullable=False),
    Column("start_distance_m", Float(53)),
    Column("end_distance_m", Float(53)),
    partial("ix_visit_open_person", "person_id", where="state = 'open'"),
    partial("ix_visit_open_started", "started_ms", where="state = 'open'"),
    Index("ix_visit_project", "project_id", "started_ms"),
)

Table(
    "seal",
    BASELINE,
    Column("seq", SEQ, primary_key=True, autoincrement=False),
    Column("project_id", String(36), nullable=False),
    Column("day", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("seal", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_seal_day", "project_id", "day"),
)

Table(
    "end_note",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("note", String(12), nullable=False),
    Column("rule", String(10), nullable=False),
)

Table(
    "feedback",
    BASELINE,
    Column("id", String(36), primary_key=True),
    Column("project_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("day", String(10), nullable=False),
    Column("submitted_ms", BigInteger, nullable=False),
    Column("note", String(12)),
    Column("rule", String(10)),
    Column("complete", Boolean, nullable=False),
    Column("completes", Boolean, nullable=False),
    Column("office", Boolean, nullable=False),
    partial("ix_feedback_completes", "project_id", "submitted_ms", "id", "completes", where="completes"),
    Index("ix_feedback_day", "project_id", "day"),
)
