"""Database: the register's engine, its column types and its transactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    and_,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

_WRITE_LOCK: Final = 0x67756964616E67
"""The key of the write lock among the advisory locks of a PostgreSQL database."""


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return `value` in UTC; raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored moment, aware in UTC whatever the database gave back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Yuan(TypeDecorator[Decimal]):
    """An amount in yuan with two places, kept as whole fen."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return `value` in fen; raises ValueError where it is no whole number of fen."""
        if value is None:
            return None
        fen = value * 100
        if fen != fen.to_integral_value():
            raise ValueError(f"{value} yuan is not a whole number of fen")
        return int(fen)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Return the stored fen as yuan with two places."""
        return None if value is None else Decimal(value).scaleb(-2)


class Base(DeclarativeBase):
    """The register's tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declaration
        datetime: Instant,
        date: Date,
        Decimal: Yuan,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


@dataclass(frozen=True, slots=True)
class Register:
    """An open register: `write` begins with the write lock held, `read` never takes it.

    ``with register.write.begin() as session`` is the one form of a transaction;
    it is opened in the flow, in commands and in views, nowhere else.
    """

    engine: Engine
    write: sessionmaker[Session]
    read: sessionmaker[Session]


def open_register(place: Path | str) -> Register:
    """Open the register at `place`; the tables are made by `upgrading.upgrade`.

    A path is an SQLite file; a text is the address of a PostgreSQL database,
    ``postgresql+psycopg://user@host/name``. Either way a writer holds the one write lock from
    its first statement on, so that whatever it read before it wrote is still true.
    """
    if isinstance(place, Path):
        writing = create_engine(f"sqlite:///{place}", connect_args={"timeout": 60})
        _configure(writing, begin="BEGIN IMMEDIATE")
        reading = create_engine(f"sqlite:///{place}", connect_args={"timeout": 60})
        _configure(reading, begin="BEGIN")
    else:
        writing = create_engine(place, pool_pre_ping=True)
        _lock_first(writing)
        reading = create_engine(place, pool_pre_ping=True)
    return Register(
        engine=writing,
        write=sessionmaker(writing, expire_on_commit=False),
        read=sessionmaker(reading, expire_on_commit=False),
    )


def begins_with(
    session: Session, column: InstrumentedAttribute[str], prefix: str
) -> ColumnElement[bool]:
    """Return the condition that `column` begins with `prefix`, in a form an index answers.

    SQLite compares texts by code points, but does not use an index for LIKE; how a server
    compares them hangs on its language, but there LIKE is answered.
    """
    if session.get_bind().dialect.name != "sqlite":
        return column.startswith(prefix, autoescape=True)
    return and_(column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1))


def _lock_first(engine: Engine) -> None:
    """Begin every transaction with the register's advisory lock, which its end gives back.

    The server drops the lock of a client that was killed, with what it had not committed.
    """

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")


def _configure(engine: Engine, *, begin: str) -> None:
    """Begin every transaction with `begin`, durable and with foreign keys held.

    A deferred transaction that reads a counter and then writes it can fail with
    SQLITE_BUSY however long the timeout, because its snapshot is already old:
    writers therefore take the lock first.
    """

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
