"""Deviations: revisions of standard contracts by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.serverguards import Guard, statements_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_GUARDS = {
    "deviations_are_ended_once": """
        BEFORE UPDATE ON deviations
        WHEN OLD.ended_at IS NOT NULL
          OR NEW.order_no <> OLD.order_no OR NEW.seq <> OLD.seq
          OR NEW.brought_by <> OLD.brought_by OR NEW.reason <> OLD.reason
          OR NEW.source_sha256 <> OLD.source_sha256 OR NEW.docx_sha256 <> OLD.docx_sha256
          OR NEW.standard_digest <> OLD.standard_digest OR NEW.terms_digest <> OLD.terms_digest
        BEGIN SELECT RAISE(ABORT, 'a revision is ended once and never changed'); END""",
    "deviations_are_not_deleted": """
        BEFORE DELETE ON deviations
        BEGIN SELECT RAISE(ABORT, 'revisions are never deleted'); END""",
}
_ENDED = "a revision is ended once and never changed"
_KEPT = "revisions are never deleted"
_FIXED = (
    "order_no, {0}.seq, {0}.brought_by, {0}.reason, {0}.source_sha256, {0}.docx_sha256,"
    " {0}.standard_digest, {0}.terms_digest"
)
_SERVER_GUARDS = (
    Guard(
        "deviations_are_ended_once",
        "deviations",
        "UPDATE",
        _ENDED,
        f"OLD.ended_at IS NOT NULL OR (NEW.{_FIXED.format('NEW')}) <> (OLD.{_FIXED.format('OLD')})",
    ),
    Guard("deviations_are_not_deleted", "deviations", "DELETE", _KEPT),
    Guard("deviations_are_not_truncated", "deviations", "TRUNCATE", _KEPT),
)


def _guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in statements_of(_SERVER_GUARDS):
            op.execute(statement)
        return
    for name, guard in _GUARDS.items():
        op.execute(f"CREATE TRIGGER {name} {guard}")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "deviations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("order_no", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("brought_at", moment, nullable=False),
        sa.Column("brought_by", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("summary", sa.String, nullable=False),
        sa.Column("source_name", sa.String, nullable=False),
        sa.Column("source_sha256", sa.String, nullable=False),
        sa.Column("docx_sha256", sa.String, nullable=False),
        sa.Column("standard_digest", sa.String, nullable=False),
        sa.Column("terms_digest", sa.String, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("ended_by", sa.String),
        sa.Column("end_reason", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_deviations"),
        sa.UniqueConstraint("order_no", "seq", name="uq_deviations_order_no_seq"),
    )
    op.create_index("ix_deviations_order_no", "deviations", ["order_no"])
    _guard()
    op.create_index("ix_deviations_terms_digest", "deviations", ["terms_digest"])
