"""Unknown days: a paper taken in may have been formed on a day that nobody knows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite changes no column, and files point at the table: it cannot be made anew
    op.add_column("records", sa.Column("formed_day", sa.Date))
    op.execute("UPDATE records SET formed_day = formed_on")
    op.drop_column("records", "formed_on")
    op.execute("ALTER TABLE records RENAME COLUMN formed_day TO formed_on")
