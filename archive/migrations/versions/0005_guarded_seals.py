"""Guarded seals: the history of each seal and the requests for it; the book of uses is closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.migrations.serverguards import Guard, statements_of

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEPT = {
    "seal_changes": "seal changes",
    "seal_requests": "seal requests",
    "seal_uses": "seal uses",
}
_ONCE = {
    # INSERT OR REPLACE deletes without firing delete triggers: inserts are guarded as well
    "seal_changes_are_written_once": """
        BEFORE INSERT ON seal_changes
        WHEN EXISTS (
          SELECT 1 FROM seal_changes
          WHERE id = NEW.id OR (seal_code = NEW.seal_code AND seq = NEW.seq))
        BEGIN SELECT RAISE(ABORT, 'seal changes are written once'); END""",
    "seal_requests_are_written_once": """
        BEFORE INSERT ON seal_requests
        WHEN EXISTS (
          SELECT 1 FROM seal_requests
          WHERE id = NEW.id
             OR (instrument_id = NEW.instrument_id AND terms_digest = NEW.terms_digest
                 AND round = NEW.round))
        BEGIN SELECT RAISE(ABORT, 'seal requests are written once'); END""",
    "seal_uses_are_written_once": """
        BEFORE INSERT ON seal_uses
        WHEN EXISTS (
          SELECT 1 FROM seal_uses
          WHERE id = NEW.id OR number = NEW.number
             OR (seal_code = NEW.seal_code AND file_sha256 = NEW.file_sha256))
        BEGIN SELECT RAISE(ABORT, 'seal uses are written once'); END""",
}


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "seal_changes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("seal_code", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("second", sa.String),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("seal", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seal_changes"),
        sa.UniqueConstraint("seal_code", "seq", name="uq_seal_changes_seal_code_seq"),
    )
    op.create_table(
        "seal_requests",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("instrument_id", sa.Integer, nullable=False),
        sa.Column("terms_digest", sa.String, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("file_class", sa.String, nullable=False),
        sa.Column("seal_kinds", sa.JSON, nullable=False),
        sa.Column("amount", sa.BigInteger),
        sa.Column("requested_by", sa.String, nullable=False),
        sa.Column("approved_by", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("rules_digest", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seal_requests"),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name="fk_seal_requests_instrument_id_instruments"
        ),
        sa.UniqueConstraint(
            "instrument_id",
            "terms_digest",
            "round",
            name="uq_seal_requests_instrument_id_terms_digest_round",
        ),
    )
    op.create_index("ix_seal_requests_instrument_id", "seal_requests", ["instrument_id"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in statements_of(_server_guards()):
            op.execute(statement)
        return
    for name, guard in _ONCE.items():
        op.execute(f"CREATE TRIGGER {name} {guard}")
    for table, words in _KEPT.items():
        for act, word in (("UPDATE", "changed"), ("DELETE", "deleted")):
            op.execute(
                f"CREATE TRIGGER {table}_are_not_{word} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{words} are never {word}'); END"
            )


def _server_guards() -> list[Guard]:
    return [
        Guard(f"{table}_are_not_{word}", table, act, f"{words} are never {word}")
        for table, words in _KEPT.items()
        for act, word in (("UPDATE", "changed"), ("DELETE", "deleted"), ("TRUNCATE", "truncated"))
    ]
