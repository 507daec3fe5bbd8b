"""Carrying: the register's rows of one order as the shelf keeps them, and back (随件登记)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as Choice
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, Date, Enum, or_, select
from sqlalchemy.orm import Session

from archive.acts import ApprovalAct
from archive.approvals import Approval
from archive.days import BUSINESS_ZONE
from archive.db import Base, Instant, Yuan
from archive.deviations import history
from archive.events import Event, chain_of
from archive.instruments import Instrument, InstrumentState
from archive.numbering import Counter, Number
from archive.sealrequests import SealRequest
from archive.seals import SealUse

Row = dict[str, Any]
_RowClass = TypeVar("_RowClass", bound=Base)

_SETTLED = (
    InstrumentState.FILED,
    InstrumentState.SUPERSEDED,
    InstrumentState.REFUSED,
    InstrumentState.VOIDED,
)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "instruments": ("source_sha256",),
    "approvals": ("instrument", "step", "terms_digest"),
    "seal_uses": ("number",),
    "numbers": ("text",),
    "counters": ("series", "year"),
    "deviations": ("order_no", "seq"),
    "approval_acts": ("instrument", "seq"),
    "seal_requests": ("instrument", "terms_digest", "round"),
}
"""What one row of each kind is known by outside the register, where ids mean nothing."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What the register knows of one order besides its records; rows as JSON values.

    An instrument is known by the digest of its order: ``instrument`` in approvals, acts, seal
    requests and seal uses names it. Instruments still under way stay out: their bytes are
    not on a shelf.
    """

    events: tuple[Event, ...]
    instruments: tuple[Row, ...]
    approvals: tuple[Row, ...]
    seal_uses: tuple[Row, ...]
    numbers: tuple[Row, ...]
    counters: tuple[Row, ...]
    deviations: tuple[Row, ...] = ()
    approval_acts: tuple[Row, ...] = ()
    seal_requests: tuple[Row, ...] = ()


def carried_of(session: Session, order_no: str, *, instrument_id: int, held: set[str]) -> Carried:
    """Return everything the register knows of `order_no`; `held` names holders of more numbers."""
    instruments = session.scalars(
        select(Instrument)
        .where(
            Instrument.order_no == order_no,
            or_(Instrument.state.in_(_SETTLED), Instrument.id == instrument_id),
        )
        .order_by(Instrument.id)
    ).all()
    sources = {instrument.id: instrument.source_sha256 for instrument in instruments}
    approvals = session.scalars(
        select(Approval).where(Approval.instrument_id.in_(sources)).order_by(Approval.id)
    ).all()
    acts = session.scalars(
        select(ApprovalAct).where(ApprovalAct.instrument_id.in_(sources)).order_by(ApprovalAct.id)
    ).all()
    uses = session.scalars(
        select(SealUse).where(SealUse.instrument_id.in_(sources)).order_by(SealUse.id)
    ).all()
    asked = session.scalars(
        select(SealRequest).where(SealRequest.instrument_id.in_(sources)).order_by(SealRequest.id)
    ).all()
    texts = {use.number for use in uses} | {row.number for row in instruments if row.number}
    holders = held | {instrument.holder for instrument in instruments}
    numbers = session.scalars(
        select(Number)
        .where(or_(Number.text.in_(texts), Number.holder.in_(holders)))
        .order_by(Number.id)
    ).all()
    return Carried(
        events=tuple(chain_of(session, order_no)),
        instruments=tuple(as_row(instrument) for instrument in instruments),
        approvals=tuple(_owned(row, sources) for row in approvals),
        seal_uses=tuple(_owned(row, sources) for row in uses),
        numbers=tuple(as_row(number) for number in numbers),
        counters=_counters(session, numbers),
        deviations=tuple(as_row(row) for row in history(session, order_no)),
        approval_acts=tuple(_owned(row, sources) for row in acts),
        seal_requests=tuple(_owned(row, sources) for row in asked),
    )


def ledger_rows(session: Session, texts: Sequence[str]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the ledger's rows of these numbers, and those of their counters."""
    query = select(Number).where(Number.text.in_(texts)).order_by(Number.id)
    numbers = session.scalars(query).all()
    return tuple(as_row(number) for number in numbers), _counters(session, numbers)


def _counters(session: Session, numbers: Sequence[Number]) -> tuple[Row, ...]:
    wanted = {(number.series, number.year) for number in numbers}
    series = {name for name, _year in wanted}
    counters = session.scalars(
        select(Counter).where(Counter.series.in_(series)).order_by(Counter.series, Counter.year)
    )
    return tuple(as_row(row) for row in counters if (row.series, row.year) in wanted)


def merged(kind: str, standing: Iterable[Row], newer: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows of both; where both have one, the newer; nothing once kept is dropped."""
    key = _KEYS[kind]
    rows = {tuple(row[name] for name in key): row for row in standing}
    rows |= {tuple(row[name] for name in key): row for row in newer}
    return tuple(rows.values())


def as_row(row: Base) -> Row:
    """Return the columns of `row` as JSON values, without its id and the ids it refers to."""
    return {column.name: _said(getattr(row, column.name)) for column in _columns(type(row))}


def from_row(kind: type[_RowClass], row: Mapping[str, Any]) -> _RowClass:
    """Return `row` as a new row of `kind`; raises KeyError, TypeError, ValueError."""
    return kind(**values_from(kind, row))


def values_from(kind: type[Base], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the columns of `kind` hold of `row`; raises KeyError, TypeError, ValueError.

    A column the archive does not name yet takes NULL where it may.
    """
    values = {}
    for column in _columns(kind):
        if column.name not in row and column.nullable:
            continue
        values[column.name] = _read(column, row[column.name])
    return values


def _owned(row: Approval | ApprovalAct | SealUse | SealRequest, sources: Mapping[int, str]) -> Row:
    return as_row(row) | {"instrument": sources[row.instrument_id]}


@cache
def _columns(kind: type[Base]) -> tuple[Column[Any], ...]:
    return tuple(
        column
        for column in kind.__table__.columns
        if isinstance(column, Column) and column.name != "id" and not column.foreign_keys
    )


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(BUSINESS_ZONE).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.value if isinstance(value, Choice) else value


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        if column.nullable:
            return None
        raise ValueError(f"{column.name} is missing")
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, Yuan):
        return Decimal(value)
    if isinstance(column.type, Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    plain = _plain_type(column)
    if plain is not None and type(value) is not plain:
        raise TypeError(f"{column.name}: {value!r} is no {plain.__name__}")
    return value


@cache
def _plain_type(column: Column[Any]) -> type | None:
    """Return the type of a column of texts or whole numbers, None for every other."""
    return kind if (kind := column.type.python_type) in (str, int) else None
