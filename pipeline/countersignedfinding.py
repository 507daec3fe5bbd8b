"""Countersigned finding: whose a scan or an e-signed file is, by its code or by our bytes (认领).

What a file says is looked at by the child alone; the register says what it is worth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.days import business_day
from archive.dossiers import Record, Rendition
from archive.errors import ChildLost
from archive.filetypes import PDF, TypeRefused, type_of
from archive.instruments import OPEN_STATES, Instrument
from archive.numbering import Number
from archive.paperticket import PaperTicket
from pipeline.authenticity import Standing, check_paper
from pipeline.wiring import Workplace

_ALLOWED: Final = timedelta(seconds=120)
BY_HAND: Final = (
    "核对后可由经办人归入：guidang contracts countersigned 合同编号 文件 --as 姓名 --reason 说明"
)


class CountersignedRefused(Exception):
    """A countersigned original is not taken; the message is Chinese and says what to do."""


class CountersignedEarly(CountersignedRefused):
    """It belongs to paper `number`, which is on its way to where it can be taken."""

    def __init__(self, number: str, message: str) -> None:
        super().__init__(message)
        self.number = number


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
class Target:
    """The record a file belongs to, and its sealed file on the shelf.

    `numbered_on` is the day from which there is a document with this number to be signed.
    """

    record: Record
    order_no: str
    sealed: Rendition
    numbered_on: date | None


def looked_at(workplace: Workplace, content: bytes) -> dict[str, Any]:
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


def continued_paper(workplace: Workplace, brought: Brought, found: dict[str, Any]) -> Target | None:
    """Return the paper the file is a signed continuation of, None where it is none.

    Only where it begins with every byte of ours and nothing but signatures was added.
    """
    says = found.get("says")
    number = says["number"] if says else None
    if says is None or number is None:
        return None
    with workplace.register.read.begin() as session:
        target = target_of(session, number)
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


def scanned_paper(workplace: Workplace, brought: Brought, pages: int) -> Target:
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
        with workplace.register.read.begin() as session:
            _assert_not_early(session, ticket.number)
        paper = check_paper(workplace, ticket.number, ticket.digest)
        if paper.standing is not Standing.GENUINE:
            raise CountersignedRefused(f"{ticket.number} {paper.standing.value}：{paper.reason}")
    elif not brought.number or not brought.reason:
        seen = f"只有别家的二维码（{foreign[0][:40]}）" if foreign else "读不到二维码"
        raise CountersignedRefused(f"扫描件上{seen}，不知是哪份合同；请以 300 dpi 重扫，{BY_HAND}")
    number = tickets[0].number if tickets else brought.number
    with workplace.register.read.begin() as session:
        return target_of(session, number)


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


def target_of(session: Session, number: str) -> Target:
    """Return the filed paper with that number; raises CountersignedRefused, CountersignedEarly."""
    instrument = session.scalars(select(Instrument).where(Instrument.number == number)).first()
    if instrument is None:
        raise CountersignedRefused(f"登记中没有编号 {number}；不是本公司的文书，或编号有误")
    _assert_not_early(session, number)
    found = session.execute(
        select(Record, Rendition)
        .join(Rendition, Rendition.record_id == Record.id)
        .where(Record.source_sha256 == instrument.source_sha256, Rendition.role == "sealed")
    ).first()
    if found is None:
        raise CountersignedRefused(f"{number} 没有归档件（未归档即作废，或案卷已销毁）；不再归入")
    held = session.scalars(select(Number).where(Number.text == number)).first()
    if held is not None and held.voided_at is not None:
        raise CountersignedRefused(f"{number} 已作废（{held.void_reason}），不再归入签署件")
    numbered_on = business_day(instrument.numbered_at) if instrument.numbered_at else None
    return Target(found[0], instrument.order_no, found[1], numbered_on)


def _assert_not_early(session: Session, number: str) -> None:
    query = select(Instrument.id).where(
        Instrument.number == number, Instrument.state.in_(OPEN_STATES)
    )
    if session.scalars(query).first() is not None:
        raise CountersignedEarly(number, f"{number} 尚未归档；归档后自动归入，不必重新投放")


def _assert_named(brought: Brought, number: str) -> None:
    if brought.number and brought.number != number:
        raise CountersignedRefused(f"文件是 {number} 的，不是 {brought.number} 的")
