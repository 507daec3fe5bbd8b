"""Retention: terms, holds and disposal of kept dossiers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("destroyed_at", _MOMENT))
    op.add_column("dossiers", sa.Column("destroyed_by", sa.String))
    op.create_table(
        "terms",
        sa.Column("dossier_code", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("starts_on", sa.Date),
        sa.Column("expires_on", sa.Date),
        sa.Column("missing", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("dossier_code", name="pk_terms"),
    )
    op.create_index("ix_terms_expires_on", "terms", ["expires_on"])
    _holds()
    _disposal()


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("matter", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("case_no", sa.String),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("requested_by", sa.String, nullable=False),
        sa.Column("placed_at", _MOMENT, nullable=False),
        sa.Column("review_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
        sa.UniqueConstraint("number", name="uq_holds_number"),
    )
    op.create_table(
        "hold_targets",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("hold_number", sa.String, nullable=False),
        sa.Column("dossier_code", sa.String, nullable=False),
        sa.Column("released_at", _MOMENT),
        sa.Column("released_by", sa.String),
        sa.Column("release_basis", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_hold_targets"),
        sa.UniqueConstraint(
            "hold_number", "dossier_code", name="uq_hold_targets_hold_number_dossier_code"
        ),
    )
    for column in ("hold_number", "dossier_code"):
        op.create_index(f"ix_hold_targets_{column}", "hold_targets", [column])


def _disposal() -> None:
    op.create_table(
        "disposal_lists",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("proposed_by", sa.String, nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_disposal_lists"),
        sa.UniqueConstraint("number", name="uq_disposal_lists_number"),
    )
    op.create_table(
        "disposal_entries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("list_number", sa.String, nullable=False),
        sa.Column("dossier_code", sa.String, nullable=False),
        sa.Column("decision", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_disposal_entries"),
        sa.UniqueConstraint(
            "list_number", "dossier_code", name="uq_disposal_entries_list_number_dossier_code"
        ),
    )
    for column in ("list_number", "dossier_code"):
        op.create_index(f"ix_disposal_entries_{column}", "disposal_entries", [column])
