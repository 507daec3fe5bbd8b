"""Inspections: rounds of checking, their finds, and lists of what is cleaned up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "inspections",
        sa.Column("number", sa.String, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("is_full", sa.Boolean, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("inspector", sa.String, nullable=False),
        sa.Column("planned_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.PrimaryKeyConstraint("number", name="pk_inspections"),
    )
    op.create_table(
        "inspection_finds",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("check", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("problem", sa.String, nullable=False),
        sa.Column("is_damage", sa.Boolean, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_inspection_finds"),
        sa.UniqueConstraint("label", name="uq_inspection_finds_label"),
    )
    op.create_index("ix_inspection_finds_state", "inspection_finds", ["state"])
    op.create_table(
        "cleanup_lists",
        sa.Column("number", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("proposed_by", sa.String, nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cleanup_lists"),
    )
