"""Events: the append-only history of each order's papers, chained by hash (过程元数据)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.db import Base
from archive.errors import EventConflict, EventDamaged

BEGINNING: Final = "0" * 64
"""What the first event of a chain names as its previous."""

_NEWEST: Final = "newest event by chain"

_TEXTS: Final = ("chain", "actor", "action", "subject", "previous", "hash")


class Event(Base):
    """One act on one subject by one actor at one moment; never changed, never deleted."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("chain", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(index=True, comment="the order whose history this is")
    seq: Mapped[int] = mapped_column(comment="from 1, without gaps within its chain")
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(index=True, comment="subject:act, e.g. contract:numbered")
    subject: Mapped[str] = mapped_column(comment="what it happened to: number, code or digest")
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(
        comment="hash of the event before; 64 zeros for the first"
    )
    hash: Mapped[str] = mapped_column(unique=True)


def prepare(
    last: Event | None,
    *,
    chain: str,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, Any],
) -> Event:
    """Return the event that follows `last`, not yet in the register.

    `details` may hold what JSON can say and gives back unchanged, nothing else: raises
    ValueError otherwise, as for a naive moment or a blank name.
    """
    if last is not None and last.chain != chain:
        raise ValueError(f"{last.chain} is not the chain {chain}")
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}")
    blank = [
        name
        for name, text in (("chain", chain), ("actor", actor), ("action", action))
        if not text.strip()
    ]
    if blank:
        raise ValueError(f"an event without {', '.join(blank)}")
    event = Event(
        chain=chain,
        seq=1 if last is None else last.seq + 1,
        at=at.astimezone(UTC),
        actor=actor,
        action=action,
        subject=subject,
        details=_plain(details, "details"),
        previous=BEGINNING if last is None else last.hash,
    )
    event.hash = hash_of(event)
    return event


def append(
    session: Session,
    *,
    chain: str,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, Any],
) -> Event:
    """Write the next event of `chain`; the caller's transaction holds the write lock."""
    event = prepare(
        last_of(session, chain),
        chain=chain,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        details=details,
    )
    return _written(session, event)


def insert_prepared(session: Session, event: Event) -> Event:
    """Write `event` as it was prepared and return it; writing it again changes nothing.

    Raises EventConflict where another event stands at its place or it does not follow the
    last one, EventDamaged where its hash is not its own.
    """
    if event.hash != hash_of(event):
        raise EventDamaged(f"event {event.seq} of {event.chain}: the hash is not its own")
    last = last_of(session, event.chain)
    seq, previous = (0, BEGINNING) if last is None else (last.seq, last.hash)
    if event.seq <= seq:
        standing = session.scalars(
            select(Event).where(Event.chain == event.chain, Event.seq == event.seq)
        ).first()
        if standing is not None and standing.hash == event.hash:
            return standing
        raise EventConflict(event.chain, event.seq, "another event stands there")
    if (event.seq, event.previous) != (seq + 1, previous):
        raise EventConflict(event.chain, event.seq, f"does not follow event {seq}")
    return _written(session, event)


def _written(session: Session, event: Event) -> Event:
    session.add(event)
    session.flush()
    session.info.setdefault(_NEWEST, {})[event.chain] = event
    return event


def last_of(session: Session, chain: str) -> Event | None:
    """Return the newest event of `chain`, None where it has none.

    What this transaction wrote last is the newest: it holds the write lock. What was rolled
    back, or belongs to a transaction that ended, is in the session no more.
    """
    written: Event | None = session.info.get(_NEWEST, {}).get(chain)
    if written is not None and written in session:
        return written
    return session.scalars(
        select(Event).where(Event.chain == chain).order_by(Event.seq.desc()).limit(1)
    ).first()


def chain_of(session: Session, chain: str) -> list[Event]:
    """Return the events of `chain` in their order."""
    return list(session.scalars(select(Event).where(Event.chain == chain).order_by(Event.seq)))


def as_json(event: Event) -> dict[str, Any]:
    """Return `event` as JSON values; the moment in UTC with microseconds."""
    return _hashed(event) | {"hash": event.hash}


def from_json(content: Mapping[str, Any]) -> Event:
    """Return the event `content` says; `verify_chain` says whether it is genuine.

    Raises EventDamaged where keys or types are not those of `as_json`.
    """
    if not isinstance(content, Mapping):
        raise EventDamaged(f"not an event: {type(content).__name__}")
    wanted = {*_TEXTS, "seq", "at", "details"}
    if set(content) != wanted:
        raise EventDamaged(
            f"keys differ: {', '.join(sorted(wanted.symmetric_difference(content)))}"
        )
    texts = {name: content[name] for name in _TEXTS}
    wrong = [name for name, text in texts.items() if not isinstance(text, str)]
    seq, details = content["seq"], content["details"]
    if wrong or not isinstance(seq, int) or isinstance(seq, bool) or not isinstance(details, dict):
        raise EventDamaged(f"wrong type: {', '.join(wrong) or 'seq or details'}")
    try:
        at = datetime.fromisoformat(content["at"])
        is_as_written = at.tzinfo is not None and _moment(at) == content["at"]
        plain = _plain([details, *texts.values()], "details")[0]
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise EventDamaged(f"not an event: {error!s:.200}") from error
    if not is_as_written:
        raise EventDamaged(f"not a moment as events write it: {content['at']!r:.40}")
    return Event(**texts, seq=seq, at=at.astimezone(UTC), details=plain)


def verify_chain(events: Sequence[Event]) -> list[str]:
    """Return what is wrong with `events`, one chain from its beginning; empty when nothing is.

    Any change, insertion, removal or exchange within the chain is found. Events cut off at
    its end are not: that takes comparing the register with the shelves.
    """
    problems: list[str] = []
    previous = BEGINNING
    for place, event in enumerate(events, start=1):
        where = f"{event.chain} 第 {place} 条（{event.action}）"
        if event.chain != events[0].chain:
            problems.append(f"{where}：不属于 {events[0].chain} 的过程")
        if event.seq != place:
            problems.append(f"{where}：序号应为 {place}，实为 {event.seq}（缺失、重复或次序颠倒）")
        if event.previous != previous:
            problems.append(f"{where}：与前一条的摘要不衔接")
        if event.hash != hash_of(event):
            problems.append(f"{where}：内容与摘要不符，已被改动")
        previous = event.hash
    return problems


def hash_of(event: Event) -> str:
    """Return the SHA-256 of what `event` says, its previous included."""
    said = json.dumps(_hashed(event), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _hashed(event: Event) -> dict[str, Any]:
    return {
        "chain": event.chain,
        "seq": event.seq,
        "at": _moment(event.at),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "details": event.details,
        "previous": event.previous,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: Any, place: str) -> Any:
    """Return `value` in JSON's own types, or raise ValueError where it would not come back."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        value.encode()  # a lone surrogate is no text: raises UnicodeEncodeError, a ValueError
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list | tuple):
        return [_plain(inner, f"{place}[{at}]") for at, inner in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): _plain(inner, f"{place}.{key}") for key, inner in value.items()}
    raise ValueError(f"{place}: {value!r} is not JSON")
