"""Destruction: one dossier taken off the shelf for good, all asked anew at that moment (销毁)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.custody import Act, Kept, followed, standing
from archive.days import BUSINESS_ZONE, business_day
from archive.disposal import Decision, DisposalList, Stage
from archive.dossiers import Dossier
from archive.errors import (
    DigestMismatch,
    EventConflict,
    ObjectDamaged,
    ObjectMissing,
    RetentionRefused,
)
from archive.fixity import examine
from archive.holds import holding_of, holds_on
from archive.instruments import OPEN_STATES, Instrument
from archive.people import is_among
from archive.registering import register_dossier
from archive.retention import PERMANENT
from archive.shelved import DESTROYED, Shelved
from archive.store import Store
from archive.termrows import term_of_shelved


def contents_of(shelved: Shelved) -> str:
    """Return the digest over all papers of a dossier: code, role and digest of every file."""
    said = sorted(
        [item["reference_code"], file["role"], file["sha256"]]
        for item in shelved.items
        for file in item["files"]
    )
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def obstacles(
    session: Session, store: Store, known: DisposalList, row: Dossier, *, on: date
) -> tuple[str, ...]:
    """Return why `row` may not be destroyed by the list now, in Chinese; empty where it may.

    Asks the history on the shelf and the register's rows, both; reads every byte again.
    """
    return tuple(_obstacles(session, store, known, standing(session, store, row), on))


def _obstacles(
    session: Session, store: Store, known: DisposalList, kept: Kept, on: date
) -> Iterable[str]:
    entry = known.entry(kept.row.code)
    if known.stage not in (Stage.APPROVED, Stage.EXECUTING):
        yield f"清单{known.stage}，未经批准"
    if known.decided.get(entry.code) is not Decision.DESTROY:
        yield "批准的清册中没有本卷"
    if entry.decision is not Decision.DESTROY:
        yield "鉴定意见不是一致销毁，或不足两人"
    holding = holding_of(kept.history)
    if held := {*holding.standing, *holds_on(session, entry.code)}:
        yield f"冻结中：{'、'.join(sorted(held))}"
    askers = (known.proposer, known.presence.operator if known.presence else known.proposer)
    if any(is_among(asker, holding.releasers) for asker in askers):
        yield "提出或执行销毁的人解除过本卷的冻结"
    yield from _time_left(kept, entry.period, on)
    moving = select(Instrument.id).where(
        Instrument.order_no == kept.row.order_no, Instrument.state.in_(OPEN_STATES)
    )
    if session.scalars(moving).first() is not None:
        yield "本卷还有文书在办"
    if contents_of(kept.shelved) != entry.contents:
        yield "卷内文件与鉴定时不同，须重新鉴定"
    for path, problem in examine(store, kept.row.object_path).problems:
        yield f"{path}：{problem}；查明之前不得销毁"


def _time_left(kept: Kept, period: str, on: date) -> Iterable[str]:
    term = term_of_shelved(kept.shelved)
    if term.period == PERMANENT:
        yield "永久保管"
    elif term.expires_on is None:
        yield f"未起算：尚缺{'、'.join(term.missing)}"
    elif not term.is_over(on):
        yield f"保管期限 {term.period} 至 {term.expires_on} 才届满"
    elif term.period != period:
        yield f"保管期限已由 {period} 改为 {term.period}，须重新鉴定"


def destroy(
    session: Session, store: Store, known: DisposalList, row: Dossier, *, at: datetime
) -> tuple[str, ...]:
    """Destroy the dossier and return nothing, or return what stands against it.

    The caller's transaction holds the write lock: no hold can come between the questions and
    the removal. A stone takes the dossier's place, then the rows become stubs. Where the stone
    of this list stands already, only the rows are brought there.
    """
    presence = known.presence
    if presence is None:
        raise RetentionRefused(f"清单 {known.number} 尚未登记执行人和监销人")
    try:
        kept = standing(session, store, row)
    except (ObjectDamaged, ObjectMissing, DigestMismatch, EventConflict) as error:
        return (f"案卷不完整，查明之前不得销毁：{error}",)
    if kept.shelved.destroyed is not None:
        by = kept.shelved.destroyed["list"]
        return () if by == known.number else (f"已由 {by} 销毁",)
    found = tuple(_obstacles(session, store, known, kept, business_day(at)))
    if found:
        return found
    stone = stone_of(kept, known, at)
    store.bury(
        row.object_path,
        stone.object_id,
        stone.to_files(),
        message=f"销毁 {row.code}（{known.number}）",
        person=presence.operator,
        at=at,
        expect_head=kept.head,
    )
    register_dossier(session, store, row.object_path)
    return ()


def stone_of(kept: Kept, known: DisposalList, at: datetime) -> Shelved:
    """Return what remains of a dossier: what it was, its digests, who destroyed it, by what rule.

    Contents and description are gone; the history, decisions, seal uses and numbers stay.
    """
    entry, presence = known.entry(kept.row.code), known.presence
    if presence is None:
        raise RetentionRefused(f"清单 {known.number} 尚未登记执行人和监销人")
    dossier, term = kept.shelved.dossier, term_of_shelved(kept.shelved)
    said: dict[str, Any] = {
        "at": at.astimezone(BUSINESS_ZONE).isoformat(),
        "list": known.number,
        "operator": presence.operator,
        "witnesses": list(presence.witnesses),
        "approver": known.approver,
        "appraisers": [opinion.appraiser for opinion in entry.opinions],
        "reasons": [opinion.reason for opinion in entry.opinions],
        "method": presence.method,
        "place": presence.place,
        "rule": {
            "class": dossier.get("retention_class"),
            "basis": dossier["retention_basis"],
            "trigger": dossier.get("retention_trigger"),
            "file_plan_digest": dossier["file_plan_digest"],
            "period": term.period,
            "starts_on": term.starts_on.isoformat() if term.starts_on else None,
            "expires_on": term.expires_on.isoformat() if term.expires_on else None,
        },
        "contents": entry.contents,
        "versions": kept.head,
    }
    act = Act(DESTROYED, presence.operator, at, said)
    _event, anew = followed(kept, act, said)
    return replace(anew, items=tuple(map(_stub, anew.items)), destroyed=said)


def _stub(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item without what it said; its files remain known by their digests."""
    return dict(item) | {"description": {}}
