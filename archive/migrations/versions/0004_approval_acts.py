"""Approval acts: everything people did about a paper under approval, and that it is void."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.serverguards import Guard, statements_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEPT = "approval acts are never changed"
_SERVER_GUARDS = tuple(
    Guard(f"approval_acts_are_kept_{act.lower()}", "approval_acts", act, _KEPT)
    for act in ("UPDATE", "DELETE", "TRUNCATE")
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "approval_acts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("instrument_id", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("login", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("post", sa.String, nullable=False),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("principal", sa.String),
        sa.Column("at", moment, nullable=False),
        sa.Column("opinion", sa.String, nullable=False),
        sa.Column("terms_digest", sa.String, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approval_acts"),
        sa.UniqueConstraint("instrument_id", "seq", name="uq_approval_acts_instrument_id_seq"),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name="fk_approval_acts_instrument_id_instruments"
        ),
    )
    op.create_index("ix_approval_acts_instrument_id", "approval_acts", ["instrument_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TYPE instrumentstate ADD VALUE IF NOT EXISTS 'VOIDED'")
        for statement in statements_of(_SERVER_GUARDS):
            op.execute(statement)
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER approval_acts_are_kept_{act.lower()} BEFORE {act} ON approval_acts"
            f" BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )
