"""Countersigning: a scan or an e-signed PDF finds its contract and joins its dossier (收签署件)."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.countersigning import (
    COUNTERSIGNED,
    COUNTERSIGNED_TEXT,
    countersigned_of,
    join_countersigned,
)
from archive.days import business_day
from archive.digests import sha256
from archive.dossiers import Record, Rendition
from archive.errors import ChildLost, RetentionRefused
from archive.filetypes import PDF, TypeRefused, type_of
from archive.instruments import Instrument
from archive.numbering import Number
from archive.paperticket import PaperTicket
from pipeline.authenticity import Standing, check_paper
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)

_ALLOWED: Final = timedelta(seconds=120)
SCAN, SIGNED = "签署件扫描", "电子签署"
_BY_HAND: Final = (
    "核对后可由经办人归入：guidang contracts countersigned 合同编号 文件 --as 姓名 --reason 说明"
)


class CountersignedRefused(Exception):
    """A countersigned original is not taken; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file somebody brings as the countersigned original of a paper.

    From the inbox `number` and `reason` are empty: the file alone says what it is. A clerk
    names the paper, and with a `reason` answers for what the file does not show.
    """

    content: bytes
    name: str
    by: str
    number: str = ""
    signed_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """What was taken: the paper's number and code, how it was signed, and its pages."""

    number: str
    reference_code: str
    order_no: str
    way: str
    pages: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Target:
    """The record a file belongs to, and its sealed file on the shelf."""

    record: Record
    order_no: str
    sealed: Rendition


def take_countersigned(workplace: Workplace, brought: Brought) -> Joined:
    """File the countersigned original in its paper's dossier; the same file again is harmless.

    The next version of the dossier, then the rows, then the index's order. Raises
    CountersignedRefused.
    """
    digest = sha256(brought.content)
    again = _again(workplace, digest, brought)
    if again is not None:
        return again
    _assert_day(workplace, brought.signed_on)
    found = _looked_at(workplace, brought.content)
    target = _continued(workplace, brought, found)
    way = SIGNED if target else SCAN
    if target is None:
        target = _scanned(workplace, brought, int(found["pages"]))
        _assert_pages(target, int(found["pages"]), brought)
    said = _said(brought, found, digest, way)
    files = {COUNTERSIGNED: (brought.name, type_of(brought.content).media_type, brought.content)}
    if way == SCAN and not found["blank"]:
        text = "\f".join(found["texts"]).encode()
        files[COUNTERSIGNED_TEXT] = ("签署件文字.txt", "text/plain", text)
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
    log.info("countersigned original filed", extra={"file_sha256": digest})
    return Joined(
        target.record.number,
        target.record.reference_code,
        target.order_no,
        way,
        int(found["pages"]),
        is_new=True,
    )


def date_countersigned(workplace: Workplace, number: str, *, signed_on: date, by: str) -> Joined:
    """Enter the day a countersigned original was signed, where it is filed already.

    Raises CountersignedRefused.
    """
    _assert_day(workplace, signed_on)
    with workplace.register.write.begin() as session:
        target = _target(session, number)
        standing = countersigned_of(target.record)
        if standing is None:
            raise CountersignedRefused(f"{number} 还没有签署件；请连同文件一起登记")
        known = standing.get("signed_on")
        if known not in (None, signed_on.isoformat()):
            raise CountersignedRefused(f"{number} 的签订日期已登记为 {known}，不能改写")
        said = {COUNTERSIGNED: dict(standing) | {"signed_on": signed_on.isoformat()}}
        if known is None:
            join_countersigned(
                session,
                workplace.store,
                target.record,
                files={},
                said=said,
                actor=by,
                at=workplace.clock(),
            )
        return Joined(
            target.record.number,
            target.record.reference_code,
            target.order_no,
            standing["way"],
            standing["pages"],
            is_new=known is None,
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
        target = _target(session, record.number)
    said = record.description[COUNTERSIGNED]
    return Joined(
        record.number,
        record.reference_code,
        target.order_no,
        said["way"],
        said["pages"],
        is_new=False,
    )


def _assert_day(workplace: Workplace, signed_on: date | None) -> None:
    if signed_on is not None and signed_on > business_day(workplace.clock()):
        raise CountersignedRefused(f"签订日期 {signed_on} 还没有到；请核对")


def _looked_at(workplace: Workplace, content: bytes) -> dict[str, Any]:
    """Return pages and text of the file, and what it says of itself, read by the child."""
    try:
        kind = type_of(content)
        if kind != PDF and not kind.is_image:
            raise CountersignedRefused(f"签署件应为 PDF 或图片，不是 {kind.word}")
        found = workplace.confined.ask("read", content, allowed=_ALLOWED).told
        if found["problem"] is None and kind == PDF:
            asked = (content, workplace.trust)
            found["says"] = workplace.confined.ask("examine", asked, allowed=_ALLOWED).told
    except TypeRefused as error:
        raise CountersignedRefused(str(error)) from error
    except ChildLost as error:
        raise CountersignedRefused("文件读取没有在限时、限量内完成；请重新扫描或导出") from error
    if found["problem"] is not None:
        raise CountersignedRefused(str(found["problem"]))
    return found


def _continued(workplace: Workplace, brought: Brought, found: dict[str, Any]) -> _Target | None:
    """Return the paper the file is a signed continuation of, None where it is none.

    Only where it begins with every byte of ours and nothing but signatures was added.
    """
    says = found.get("says")
    number = says["number"] if says else None
    if says is None or number is None:
        return None
    with workplace.register.read.begin() as session:
        target = _target(session, number)
    sealed = workplace.store.read_path(target.sealed.path, target.sealed.sha256)
    if not brought.content.startswith(sealed):
        raise CountersignedRefused(
            f"文件自称 {number}，但不是在归档件之后签署的；内容可能被改动或重新保存过。"
            "请对方直接在收到的 PDF 上签署，或投放纸质签署件的扫描件"
        )
    if says["problem"]:
        raise CountersignedRefused(str(says["problem"]))
    try:
        added = workplace.confined.ask("continue", (sealed, brought.content), allowed=_ALLOWED)
        ours = workplace.confined.ask("examine", (sealed, workplace.trust), allowed=_ALLOWED)
    except ChildLost as error:
        raise CountersignedRefused("签署部分的核对没有在限时内完成；请稍后重新投放") from error
    if not added.told["permitted"]:
        raise CountersignedRefused(f"{number}：{added.told['change']}；除签名外不得有别的改动")
    new = says["signatures"][len(ours.told["signatures"]) :]
    if not new or not all(one["intact"] for one in says["signatures"]):
        raise CountersignedRefused(f"{number}：归档件之后没有新的有效签名")
    _assert_named(brought, number)
    return target


def _scanned(workplace: Workplace, brought: Brought, pages: int) -> _Target:
    """Return the paper whose code stands on the scan, or that a clerk answers for."""
    try:
        asked = (brought.content, pages)
        told = workplace.confined.ask("codes", asked, allowed=_ALLOWED).told
    except ChildLost as error:
        raise CountersignedRefused("二维码的读取没有在限时内完成；请重新扫描") from error
    tickets, foreign = _tickets([text for _page, text in told["codes"]])
    if len(tickets) > 1:
        named = "、".join(sorted({ticket.number for ticket in tickets}))
        raise CountersignedRefused(
            f"扫描件上有 {len(tickets)} 个不同的本公司二维码（{named}）；请一份文书扫描成一个文件"
        )
    if tickets:
        ticket = tickets[0]
        _assert_named(brought, ticket.number)
        paper = check_paper(workplace, ticket.number, ticket.digest)
        if paper.standing is not Standing.GENUINE:
            raise CountersignedRefused(f"{ticket.number} {paper.standing.value}：{paper.reason}")
    elif not brought.number or not brought.reason:
        seen = f"只有别家的二维码（{foreign[0][:40]}）" if foreign else "读不到二维码"
        raise CountersignedRefused(f"扫描件上{seen}，不知是哪份合同；请以 300 dpi 重扫，{_BY_HAND}")
    number = tickets[0].number if tickets else brought.number
    with workplace.register.read.begin() as session:
        return _target(session, number)


def _tickets(texts: list[str]) -> tuple[list[PaperTicket], list[str]]:
    """Return our tickets without their addresses, each once, and what else the codes said."""
    tickets: list[PaperTicket] = []
    foreign = []
    for text in texts:
        try:
            ticket = replace(PaperTicket.parse(text), address=None)
        except ValueError:
            foreign.append(text)
            continue
        if ticket not in tickets:
            tickets.append(ticket)
    return tickets, foreign


def _target(session: Session, number: str) -> _Target:
    """Return the filed paper with that number; raises CountersignedRefused."""
    instrument = session.scalars(select(Instrument).where(Instrument.number == number)).first()
    if instrument is None:
        raise CountersignedRefused(f"登记中没有编号 {number}；不是本公司的文书，或编号有误")
    found = session.execute(
        select(Record, Rendition)
        .join(Rendition, Rendition.record_id == Record.id)
        .where(Record.source_sha256 == instrument.source_sha256, Rendition.role == "sealed")
    ).first()
    if found is None:
        raise CountersignedRefused(f"{number} 尚未归档，或案卷已销毁；归档后请重新投放")
    held = session.scalars(select(Number).where(Number.text == number)).first()
    if held is not None and held.voided_at is not None:
        raise CountersignedRefused(f"{number} 已作废（{held.void_reason}），不再归入签署件")
    return _Target(found[0], instrument.order_no, found[1])


def _assert_named(brought: Brought, number: str) -> None:
    if brought.number and brought.number != number:
        raise CountersignedRefused(f"文件是 {number} 的，不是 {brought.number} 的")


def _assert_pages(target: _Target, pages: int, brought: Brought) -> None:
    """Refuse a scan with fewer or more pages than were sealed, unless a clerk answers for it."""
    sealed = target.record.pages
    if pages != sealed and not brought.reason:
        what = f"缺 {sealed - pages} 页" if pages < sealed else f"多 {pages - sealed} 页"
        raise CountersignedRefused(
            f"{target.record.number} 盖章时 {sealed} 页，扫描件 {pages} 页，{what}；"
            f"缺页的请补扫成一个文件重新投放；确有增减（如附了授权书）的，{_BY_HAND}"
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
