"""Every table of the store. docs/reference/store.md says what each holds and who may change it.

Times are ISO 8601 text in UTC; JSON is kept as text, since its bytes are hashed.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
ID, TIME, HASH = String(40), String(32), String(64)

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),  # lower case; what is typed at login
    Column("display_name", String(200), nullable=False),
    Column("roles", Text, nullable=False),  # JSON list
    Column("password_hash", Text),  # Argon2id; NULL: cannot log in by password
    Column("oidc_subject", String(300), unique=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("last_login_at", TIME),
    Column("password_changed_at", TIME),  # by the user: NULL while somebody else chose it
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", HASH, primary_key=True),  # SHA-256 of the token; the token itself is only in the cookie
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("last_seen_at", TIME, nullable=False),
    Column("expires_at", TIME, nullable=False, index=True),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("key", HASH, primary_key=True),  # SHA-256 of a name as typed, or of an address
    Column("failures", Integer, nullable=False),
    Column("until", TIME, nullable=False),  # no login before
)

cases = Table(
    "cases",
    metadata,
    Column("id", ID, primary_key=True),
    Column("owner", ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", TIME, nullable=False),
    Column("latest", Integer, nullable=False),
)

case_versions = Table(
    "case_versions",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("saved_at", TIME, nullable=False),
    Column("saved_by", ForeignKey("users.id"), nullable=False),
    Column("patient", String(200), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("told", Text, nullable=False),  # JSON: what the person entered
    Column("content", Text, nullable=False),  # JSON: the Case that was read from it
    Column("salt", String(32), nullable=False),
    Column("hash", HASH, nullable=False),
)

knowledge = Table(
    "knowledge",
    metadata,
    Column("digest", HASH, primary_key=True),  # SHA-256 of content
    Column("content", LargeBinary, nullable=False),  # the pack: MessagePack, zlib
)

assessments = Table(
    "assessments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("made_at", TIME, nullable=False),
    Column("made_by", ForeignKey("users.id"), nullable=False),
    Column("knowledge", ForeignKey("knowledge.digest"), nullable=False),
    Column("pack", Text, nullable=False),  # JSON PackStamp
    Column("engine_version", String(40), nullable=False),
    Column("basis", Text, nullable=False),  # JSON: the options of the assessment
    Column("urgency", String(40), nullable=False),
    Column("leading", String(200), nullable=False),
    Column("answer", LargeBinary, nullable=False),  # hickam.assessment/1, zlib
    Column("salt", String(32), nullable=False),
    Column("hash", HASH, nullable=False),
    UniqueConstraint("case_id", "version"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("reader", String(40), nullable=False),
    Column("language", String(20), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),  # Markdown
    Column("foot", String(300), nullable=False),  # pack, engine and review state it was written from
    Column("state", String(10), nullable=False),  # draft, signed
    Column("revision", Integer, nullable=False),
    Column("amends", ID, nullable=False),
    Column("made_at", TIME, nullable=False),
    Column("made_by", ForeignKey("users.id"), nullable=False),
    Column("changed_at", TIME, nullable=False),
    Column("signed_at", TIME, nullable=False),
    Column("signed_by", ID, nullable=False),
    Column("signed_name", String(200), nullable=False),
    Column("pdf", LargeBinary),  # made when it is signed
    Column("salt", String(32), nullable=False),
    Column("hash", HASH, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", TIME, nullable=False, index=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("subject", String(300), nullable=False),  # conditions/x, or the line of an answer
    Column("pack_hash", HASH, nullable=False),
    Column("text", Text, nullable=False),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE")),  # only when the person adds it
    Column("case_version", Integer),
    Column("state", String(20), nullable=False),  # open, answered, closed
    Column("answer", Text, nullable=False),
    Column("answered_by", ForeignKey("users.id")),
    Column("answered_at", TIME),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("at", TIME, nullable=False, index=True),
    Column("salt", String(32), nullable=False),
    Column("request_hash", HASH, nullable=False),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", TIME, nullable=False),
    Column("user_id", ID, nullable=False),
    Column("action", String(40), nullable=False, index=True),
    Column("subject", String(100), nullable=False, index=True),
    Column("detail", Text, nullable=False),  # JSON
    Column("previous", HASH, nullable=False),
    Column("hash", HASH, nullable=False, unique=True),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row, 1: what every recorded change locks
    Column("seq", Integer, nullable=False),
    Column("hash", HASH, nullable=False),
)
