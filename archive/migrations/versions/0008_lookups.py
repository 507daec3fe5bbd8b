"""Lookups: indexes for what is asked at every turn of a register that has grown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("applied_at IS NULL")
    op.create_index(
        "ix_outbox_waiting", "outbox", ["seq"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_instruments_order_no_folded", "instruments", [sa.text("lower(order_no)")])
    op.create_index("ix_instruments_kind", "instruments", ["kind"])
    op.create_index("ix_records_source_sha256", "records", ["source_sha256"])
    op.create_index("ix_events_action", "events", ["action"])
