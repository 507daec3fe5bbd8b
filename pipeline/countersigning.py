"""Countersigning: a scan or an e-signed PDF finds its contract and joins its dossier (收签署件)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from archive.additions import FileContents
from archive.countersigning import (
    COUNTERSIGNED,
    COUNTERSIGNED_TEXT,
    countersigned_of,
    join_countersigned,
    note_signing,
    signing_day_of,
)
from archive.custody import Evidence
from archive.days import business_day
from archive.digests import sha256
from archive.dossiers import Record, Rendition
from archive.errors import RetentionRefused
from archive.filetypes import type_of
from pipeline.countersignedfinding import (
    BY_HAND,
    Brought,
    CountersignedRefused,
    Target,
    continued_paper,
    looked_at,
    scanned_paper,
    target_of,
)
from pipeline.countersignedwords import differing_page
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)

SCAN, SIGNED = "签署件扫描", "电子签署"


@dataclass(frozen=True, slots=True)
class Joined:
    """What was taken: the paper's number and code, how it was signed, and its pages."""

    number: str
    reference_code: str
    order_no: str
    way: str
    pages: int
    is_new: bool


def take_countersigned(workplace: Workplace, brought: Brought) -> Joined:
    """File the countersigned original in its paper's dossier; the same file again is harmless.

    The next version of the dossier, then the rows, then the index's order. Raises
    CountersignedRefused.
    """
    digest = sha256(brought.content)
    again = _again(workplace, digest, brought)
    if again is not None:
        return again
    assert_not_ahead(workplace, brought.signed_on)
    found = looked_at(workplace, brought.content)
    target = continued_paper(workplace, brought, found)
    way = SIGNED if target else SCAN
    if target is None:
        target = scanned_paper(workplace, brought, int(found["pages"]))
        _assert_pages(target, int(found["pages"]), brought)
        _assert_words(workplace, target, found["texts"], brought)
    known = _assert_same_day(target, brought.signed_on)
    said = _said(replace(brought, signed_on=known or brought.signed_on), found, digest, way)
    files = {COUNTERSIGNED: (brought.name, type_of(brought.content).media_type, brought.content)}
    if way == SCAN and not found["blank"]:
        text = "\f".join(found["texts"]).encode()
        files[COUNTERSIGNED_TEXT] = ("签署件文字.txt", "text/plain", text)
    _join(workplace, brought, target, files, said)
    log.info("countersigned original filed", extra={"file_sha256": digest})
    return Joined(
        target.record.number,
        target.record.reference_code,
        target.order_no,
        way,
        int(found["pages"]),
        is_new=True,
    )


def date_countersigned(
    workplace: Workplace,
    number: str,
    *,
    signed_on: date,
    by: str,
    proof: Evidence | None = None,
) -> Joined:
    """Enter the day a filed paper was signed, `proof` being the file that says it.

    Its countersigned original may still be to come: what is owed counts from that day.

    Raises CountersignedRefused; CountersignedEarly where the paper is not filed yet.
    """
    assert_not_ahead(workplace, signed_on)
    with workplace.register.write.begin() as session:
        target = target_of(session, number)
        known = _assert_same_day(target, signed_on)
        standing = countersigned_of(target.record)
        if known is None:
            note_signing(
                session,
                workplace.store,
                target.record,
                signed_on,
                actor=by,
                at=workplace.clock(),
                proof=proof,
            )
        return Joined(
            target.record.number,
            target.record.reference_code,
            target.order_no,
            standing["way"] if standing else "",
            standing["pages"] if standing else 0,
            is_new=known is None,
        )


def _assert_same_day(target: Target, signed_on: date | None) -> date | None:
    """Return the day that is registered already; raises where it is another than `signed_on`."""
    known = signing_day_of(target.record)
    if known is not None and signed_on not in (None, known):
        raise CountersignedRefused(
            f"{target.record.number} 的签订日期已登记为 {known}，不能改写；确有错误的，"
            "由两人写明原因更正：guidang contracts correct-signing"
        )
    if signed_on is not None:
        assert_after_numbering(target, signed_on)
    return known


def assert_after_numbering(target: Target, signed_on: date) -> None:
    """Raise CountersignedRefused for a day on which there was nothing to sign yet."""
    if target.numbered_on is not None and signed_on < target.numbered_on:
        raise CountersignedRefused(
            f"签订日期 {signed_on} 早于 {target.record.number} 编号用印的 {target.numbered_on}："
            "那时还没有这份文书；请核对"
        )


def _again(workplace: Workplace, digest: str, brought: Brought) -> Joined | None:
    """Return the paper this very file belongs to already; raises for our own sealed file."""
    with workplace.register.read.begin() as session:
        found = session.execute(
            select(Record, Rendition.role)
            .join(Rendition, Rendition.record_id == Record.id)
            .where(Rendition.sha256 == digest)
            .order_by(Rendition.role != COUNTERSIGNED)
        ).first()
        if found is None:
            return None
        record, role = found
        if role != COUNTERSIGNED:
            raise CountersignedRefused(
                f"这就是本公司归档的 {record.number}（{record.reference_code}）的文件，"
                "上面没有对方的签署；请投放对方签署后的扫描件或电子签署的文件"
            )
        if brought.number and brought.number != record.number:
            raise CountersignedRefused(f"这份文件已作为 {record.number} 的签署件归档")
        target = target_of(session, record.number)
    said = record.description[COUNTERSIGNED]
    return Joined(
        record.number,
        record.reference_code,
        target.order_no,
        said["way"],
        said["pages"],
        is_new=False,
    )


def _join(
    workplace: Workplace,
    brought: Brought,
    target: Target,
    files: FileContents,
    said: Mapping[str, Any],
) -> None:
    """Let the file join its record, where no other stands there already."""
    try:
        with workplace.register.write.begin() as session:
            record = session.get_one(Record, target.record.id)
            if countersigned_of(record) is not None:
                raise CountersignedRefused(
                    f"{record.number} 已有签署件（摘要 "
                    f"{record.description[COUNTERSIGNED]['sha256'][:16]}…），不再归入另一份；"
                    "确有更正的，请连同说明交档案人员"
                )
            join_countersigned(
                session,
                workplace.store,
                record,
                files=files,
                said=said,
                actor=brought.by,
                at=workplace.clock(),
            )
    except RetentionRefused as error:
        raise CountersignedRefused(str(error)) from error


def assert_not_ahead(workplace: Workplace, signed_on: date | None) -> None:
    """Raise CountersignedRefused for a day that is still to come."""
    if signed_on is not None and signed_on > business_day(workplace.clock()):
        raise CountersignedRefused(f"签订日期 {signed_on} 还没有到；请核对")


def _assert_pages(target: Target, pages: int, brought: Brought) -> None:
    """Refuse a scan with fewer or more pages than were sealed, unless a clerk answers for it."""
    sealed = target.record.pages
    if pages != sealed and not brought.reason:
        what = f"缺 {sealed - pages} 页" if pages < sealed else f"多 {pages - sealed} 页"
        raise CountersignedRefused(
            f"{target.record.number} 盖章时 {sealed} 页，扫描件 {pages} 页，{what}；"
            f"缺页的请补扫成一个文件重新投放；确有增减（如附了授权书）的，{BY_HAND}"
        )


def _assert_words(
    workplace: Workplace, target: Target, texts: Sequence[str], brought: Brought
) -> None:
    """Refuse a file whose own text is not what was sealed, unless a clerk answers for it."""
    if brought.reason or not any(text.strip() for text in texts):
        return
    sealed = workplace.store.read_path(target.sealed.path, target.sealed.sha256)
    differs = differing_page(looked_at(workplace, sealed)["texts"], texts)
    if differs is not None:
        page, words = differs
        raise CountersignedRefused(
            f"文件带有文字，第 {page} 页没有 {target.record.number} 盖章件上的“{words}”；"
            f"可能是扫描时识别有误，也可能内容被改动，须逐页比对；{BY_HAND}"
        )


def _said(brought: Brought, found: dict[str, Any], digest: str, way: str) -> dict[str, Any]:
    waits = way == SCAN and bool(found["blank"])
    return {
        COUNTERSIGNED: {
            "way": way,
            "pages": int(found["pages"]),
            "name": brought.name,
            "sha256": digest,
            "signed_on": brought.signed_on.isoformat() if brought.signed_on else None,
            "reason": brought.reason,
        },
        "countersigned_pages": int(found["pages"]),
        "countersigned_recognition": "pending" if waits else "none",
    }
