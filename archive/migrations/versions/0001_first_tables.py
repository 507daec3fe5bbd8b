"""First tables: the register, its append-only history and its ledger of numbers.

The tables are written out here and not taken from the rows of today: what version 0001 was
must not change when a row does.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.serverguards import FIRST_GUARDS, statements_of

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_MOMENT = sa.DateTime(timezone=True)
_STATES = ("RECEIVED", "DRAFTED", "NUMBERED", "SEALED", "FILED", "SUPERSEDED", "REFUSED")

sa.Table(
    "events",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("chain", sa.String, nullable=False, index=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", _MOMENT, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("previous", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False, unique=True),
    sa.UniqueConstraint("chain", "seq"),
)
sa.Table(
    "counters",
    _TABLES,
    sa.Column("series", sa.String, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)
sa.Table(
    "numbers",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("series", sa.String, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("text", sa.String, nullable=False, unique=True),
    sa.Column("holder", sa.String, nullable=False),
    sa.Column("taken_at", _MOMENT, nullable=False),
    sa.Column("voided_at", _MOMENT),
    sa.Column("void_reason", sa.String),
    sa.UniqueConstraint("series", "year", "value"),
    sa.UniqueConstraint("series", "year", "holder"),
    sa.Index("ix_numbers_holder_series", "holder", "series"),
)
sa.Table(
    "dossiers",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String, nullable=False, unique=True),
    sa.Column("order_no", sa.String, nullable=False, unique=True),
    sa.Column("contract_number", sa.String, nullable=False, unique=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("fonds", sa.String, nullable=False),
    sa.Column("series", sa.String, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("retention", sa.String, nullable=False),
    sa.Column("retention_basis", sa.String, nullable=False),
    sa.Column("office", sa.String, nullable=False),
    sa.Column("secrecy", sa.String, nullable=False),
    sa.Column("volume_no", sa.Integer, nullable=False),
    sa.Column("file_plan_digest", sa.String, nullable=False),
    sa.Column("object_path", sa.String, nullable=False),
    sa.Column("head", sa.Integer, nullable=False),
    sa.Column("opened_at", _MOMENT, nullable=False),
)
sa.Table(
    "records",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("dossier_id", sa.ForeignKey("dossiers.id"), nullable=False, index=True),
    sa.Column("item_no", sa.Integer, nullable=False),
    sa.Column("reference_code", sa.String, nullable=False, unique=True),
    sa.Column("kind", sa.String, nullable=False, index=True),
    sa.Column("number", sa.String, nullable=False, unique=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("responsible", sa.String, nullable=False),
    sa.Column("formed_on", sa.Date, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("source_sha256", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("filed_at", _MOMENT, nullable=False),
    sa.Column("filed_by", sa.String, nullable=False),
    sa.Column("description", sa.JSON, nullable=False),
    sa.UniqueConstraint("dossier_id", "item_no"),
)
sa.Table(
    "renditions",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("record_id", sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("path", sa.String, nullable=False),
    sa.Column("media_type", sa.String, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String, nullable=False, index=True),
    sa.Column("sm3", sa.String, nullable=False),
    sa.UniqueConstraint("record_id", "role"),
)
sa.Table(
    "instruments",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("order_no", sa.String, nullable=False, index=True),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("source_sha256", sa.String, nullable=False, unique=True),
    sa.Column("source_name", sa.String, nullable=False),
    sa.Column("state", sa.Enum(*_STATES, name="instrumentstate"), nullable=False, index=True),
    sa.Column("reason", sa.String),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", _MOMENT),
    sa.Column("type_code", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("party_a", sa.String, nullable=False),
    sa.Column("party_b", sa.String, nullable=False),
    sa.Column("amount", sa.BigInteger),
    sa.Column("template_code", sa.String),
    sa.Column("template_version", sa.String),
    sa.Column("template_digest", sa.String),
    sa.Column("terms_digest", sa.String),
    sa.Column("number", sa.String, unique=True),
    sa.Column("received_at", _MOMENT, nullable=False),
    sa.Column("numbered_at", _MOMENT),
    sa.Column("sealed_at", _MOMENT),
    sa.Column("filed_at", _MOMENT),
    sa.Column("dossier_id", sa.ForeignKey("dossiers.id"), index=True),
    sa.UniqueConstraint("kind", "order_no", "round", "revision"),
)
sa.Table(
    "approvals",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("instrument_id", sa.ForeignKey("instruments.id"), nullable=False, index=True),
    sa.Column("step", sa.String, nullable=False),
    sa.Column("person", sa.String, nullable=False),
    sa.Column("post", sa.String, nullable=False),
    sa.Column("at", _MOMENT, nullable=False),
    sa.Column("opinion", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("terms_digest", sa.String, nullable=False),
    sa.Column("voided_at", _MOMENT),
    sa.Column("void_reason", sa.String),
    sa.UniqueConstraint("instrument_id", "step", "terms_digest"),
)
sa.Table(
    "seal_uses",
    _TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.String, nullable=False, unique=True),
    sa.Column("seal_code", sa.String, nullable=False),
    sa.Column("seal_digest", sa.String, nullable=False),
    sa.Column("instrument_id", sa.ForeignKey("instruments.id"), nullable=False, index=True),
    sa.Column("file_sha256", sa.String, nullable=False),
    sa.Column("sealed_sha256", sa.String, nullable=False),
    sa.Column("terms_digest", sa.String, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("copies", sa.Integer, nullable=False),
    sa.Column("places", sa.JSON, nullable=False),
    sa.Column("requested_by", sa.String, nullable=False),
    sa.Column("approved_by", sa.String, nullable=False),
    sa.Column("keeper", sa.String, nullable=False),
    sa.Column("at", _MOMENT, nullable=False),
    sa.UniqueConstraint("seal_code", "file_sha256"),
)
sa.Table(
    "outbox",
    _TABLES,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("reference_code", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("queued_at", _MOMENT, nullable=False),
    sa.Column("applied_at", _MOMENT),
)

_GUARDS = {
    # INSERT OR REPLACE deletes without firing delete triggers: inserts are guarded as well
    "events_follow_one_another": """
        BEFORE INSERT ON events
        WHEN NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM events WHERE chain = NEW.chain), 0)
          OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id OR hash = NEW.hash)
        BEGIN SELECT RAISE(ABORT, 'an event follows the last of its chain'); END""",
    "events_are_not_changed": """
        BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    "events_are_not_deleted": """
        BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
    "numbers_are_given_once": """
        BEFORE INSERT ON numbers
        WHEN EXISTS (
          SELECT 1 FROM numbers
          WHERE id = NEW.id OR text = NEW.text
             OR (series = NEW.series AND year = NEW.year AND value = NEW.value)
             OR (series = NEW.series AND year = NEW.year AND holder = NEW.holder))
        BEGIN SELECT RAISE(ABORT, 'a number is given once'); END""",
    "numbers_are_only_voided": """
        BEFORE UPDATE ON numbers
        WHEN OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL OR NEW.void_reason IS NULL
          OR NEW.id <> OLD.id OR NEW.series <> OLD.series OR NEW.year <> OLD.year
          OR NEW.value <> OLD.value OR NEW.text <> OLD.text OR NEW.holder <> OLD.holder
          OR NEW.taken_at <> OLD.taken_at
        BEGIN SELECT RAISE(ABORT, 'a number is voided once and never changed'); END""",
    "numbers_are_not_deleted": """
        BEFORE DELETE ON numbers
        BEGIN SELECT RAISE(ABORT, 'numbers are never deleted'); END""",
    "counters_only_grow": """
        BEFORE UPDATE ON counters WHEN NEW.last < OLD.last
        BEGIN SELECT RAISE(ABORT, 'counters only grow'); END""",
    "counters_are_not_deleted": """
        BEFORE DELETE ON counters
        BEGIN SELECT RAISE(ABORT, 'counters are never deleted'); END""",
}


def upgrade() -> None:
    _TABLES.create_all(op.get_bind(), checkfirst=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in statements_of(FIRST_GUARDS):
            op.execute(statement)
        return
    for name, guard in _GUARDS.items():
        op.execute(f"CREATE TRIGGER {name} {guard}")
