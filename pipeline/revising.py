"""Revising: a contract under way whose text was changed by hand in Word, brought in (非标合同)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import approvals, deviations
from archive.days import BUSINESS_ZONE, business_day
from archive.deviations import KIND, Deviation
from archive.errors import ApprovalRefused
from archive.instruments import Instrument, InstrumentState
from pipeline import deviationfiles
from pipeline.deviated import standard_of
from pipeline.examining import examine
from pipeline.recalling import recall
from pipeline.steps.drafting import Draft, compose
from pipeline.wiring import Workplace
from templates.deviating.report import Circumstances, Report
from templates.deviating.revision import Revision, revise, revision_digest
from templates.drafts.mark import DraftMark
from templates.errors import Finding, Level, TermsRefused
from templates.reading import text_of
from templates.rendering.fonts import covers

_UNDER_WAY = (InstrumentState.RECEIVED, InstrumentState.DRAFTED, InstrumentState.NUMBERED)


@dataclass(frozen=True, slots=True)
class Brought:
    """A Word file somebody brings in for an order, and what they say of it."""

    docx: bytes
    name: str
    by: str
    reason: str


def bring_in(workplace: Workplace, order_no: str, brought: Brought) -> Report:
    """Take `brought` as the text of the contract of `order_no`; return what was found in it.

    Approvals on the revision before end, those on the standard text do not count while this
    one is in force. The paper starts its way again, keeps its number where it has one, and
    takes the longer route. Bytes are kept first, then the row. The same text again changes
    nothing. Raises TermsRefused with everything that keeps it out.
    """
    _assert_said(brought)
    instrument = _under_way(workplace, order_no)
    try:
        workplace.approvals.route(KIND, deviating=True)
    except ApprovalRefused as error:
        raise _one("审批规则", str(error)) from error
    standard = _standard(workplace, instrument)
    revision = _revision(workplace, instrument, standard, brought)
    report, deviation = _written_down(workplace, instrument, standard, revision, brought)
    if deviation is None:
        return report
    home = workplace.home
    deviationfiles.keep_files(home, deviation, source=brought.docx, text=revision.docx)
    deviationfiles.keep_report(home, deviation, report)
    deviationfiles.note(home, deviation)
    with workplace.register.write.begin() as session:
        row = _hold(session, instrument)
        if deviations.next_seq(session, order_no) != deviation.seq:
            raise _one("修订稿", "另有一份修订稿刚刚提交；请查看后再决定是否重新提交")
        before = deviations.in_force(session, order_no)
        deviations.bring_in(session, deviation)
        _start_again(session, row, before, at=deviation.brought_at)
    if before is not None:
        deviationfiles.note(home, before)
    return report


def withdraw(workplace: Workplace, order_no: str, *, by: str, reason: str) -> Deviation:
    """End the revision in force, so that the contract says its standard text again.

    Approvals given on it end with it. Raises TermsRefused where there is none, or too late.
    """
    _assert_told(by, reason)
    instrument = _under_way(workplace, order_no)
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        row = _hold(session, instrument)
        standing = deviations.in_force(session, order_no)
        if standing is None:
            raise _one("修订稿", f"订单 {order_no} 没有生效的修订稿，合同已是标准文本")
        deviations.withdraw(session, standing, by=by, reason=reason, at=at)
        _start_again(session, row, standing, at=at)
    deviationfiles.note(workplace.home, standing)
    return standing


def _assert_said(brought: Brought) -> None:
    _assert_told(brought.by, brought.reason)


def _assert_told(by: str, reason: str) -> None:
    if not by.strip():
        raise _one("提出人", "须写明由谁提出（--as）")
    if not reason.strip():
        raise _one("理由", "须写明理由（--reason）：偏离标准文本的原因要经审批并随案卷留存")


def _under_way(workplace: Workplace, order_no: str) -> Instrument:
    """Return the contract of the order while its text may still be changed."""
    with workplace.register.read.begin() as session:
        instrument = session.scalars(
            select(Instrument)
            .where(Instrument.kind == KIND, Instrument.order_no == order_no)
            .order_by(Instrument.revision.desc())
        ).first()
    if instrument is None:
        raise _one("订单", f"没有订单 {order_no} 的合同；请先投放订单")
    if instrument.state in {InstrumentState.SEALED, InstrumentState.FILED}:
        raise _one(
            "订单", f"合同 {instrument.number} 已用印，文本不能再改；内容有变的，请办理变更协议"
        )
    if instrument.state not in _UNDER_WAY:
        raise _one("订单", f"订单 {order_no} 已停止办理；请先重新投放订单")
    return instrument


def _standard(workplace: Workplace, instrument: Instrument) -> Draft:
    paper = recall(workplace, instrument)
    on = business_day(instrument.received_at)
    return compose(workplace, paper, examine(workplace, paper, on=on), on=on)


def _revision(
    workplace: Workplace, instrument: Instrument, standard: Draft, brought: Brought
) -> Revision:
    revision = revise(standard_of(workplace, standard, number=instrument.number), brought.docx)
    problems = [*_mark_problems(workplace, standard, revision.mark), *_glyphs(workplace, revision)]
    if problems:
        raise TermsRefused(problems)
    return revision


def _mark_problems(
    workplace: Workplace, standard: Draft, mark: DraftMark | None
) -> Iterator[Finding]:
    """Yield why a draft is not of this order, or of a text that holds no more."""
    if mark is None:
        return
    order_no = standard.paper.order_no
    if mark.order_no != order_no:
        yield _block("文件", f"这是订单 {mark.order_no} 的草稿，不是 {order_no} 的；请核对")
        return
    with workplace.register.read.begin() as session:
        standing = deviations.in_force(session, order_no)
    current = {standard.terms_digest, *([standing.terms_digest] if standing else [])}
    if mark.terms_digest not in current:
        yield _block(
            "文件",
            "草稿出具之后订单或修订稿有变；请用 guidang contracts draft 重新出草稿，在其上修改",
        )


def _glyphs(workplace: Workplace, revision: Revision) -> Iterator[Finding]:
    for char in covers(workplace.home.fonts, text_of(revision.docx)):
        yield _block(
            "正文", f"字库中没有“{char}”（U+{ord(char):04X}）的字形，印出会缺字；请换用其他字"
        )


def _written_down(
    workplace: Workplace,
    instrument: Instrument,
    standard: Draft,
    revision: Revision,
    brought: Brought,
) -> tuple[Report, Deviation | None]:
    """Return report and row of a revision; no row where this very text is in force already."""
    order_no, at = instrument.order_no, workplace.clock()
    text = hashlib.sha256(revision.docx).hexdigest()
    with workplace.register.read.begin() as session:
        standing = deviations.in_force(session, order_no)
        seq = deviations.next_seq(session, order_no)
    if standing is not None and (standing.standard_digest, standing.docx_sha256) == (
        standard.terms_digest,
        text,
    ):
        kept = deviationfiles.file_of(workplace.home, standing, deviationfiles.REPORT)
        return Report.parse(kept), None
    digest = revision_digest(standard.terms_digest, revision.docx, seq)
    source = hashlib.sha256(brought.docx).hexdigest()
    about = Circumstances(
        title=standard.paper.title,
        order_no=order_no,
        seq=seq,
        template=f"{standard.template.code}@{standard.template.version}",
        brought_by=brought.by.strip(),
        brought_at=at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
        reason=brought.reason.strip(),
        source_name=brought.name,
        source_sha256=source,
        standard_digest=standard.terms_digest,
        terms_digest=digest,
    )
    deviation = Deviation(
        order_no=order_no,
        seq=seq,
        brought_at=at,
        brought_by=about.brought_by,
        reason=about.reason,
        summary=revision.summary,
        source_name=brought.name,
        source_sha256=source,
        docx_sha256=text,
        standard_digest=standard.terms_digest,
        terms_digest=digest,
    )
    return Report.of(revision, about), deviation


def _hold(session: Session, instrument: Instrument) -> Instrument:
    """Return the row for writing; raises TermsRefused where it was sealed or ended meanwhile."""
    row = session.get_one(Instrument, instrument.id)
    if row.state not in _UNDER_WAY:
        raise _one("订单", f"订单 {row.order_no} 刚刚用印或停止办理，文本不能再改")
    return row


def _start_again(
    session: Session, row: Instrument, before: Deviation | None, *, at: datetime
) -> None:
    """Send a paper back to its beginning; what was decided on the revision `before` ends."""
    if before is not None:
        approvals.void_approvals(
            session,
            row,
            reason=f"第 {before.seq} 稿{before.end_reason}",
            at=at,
            terms_digest=before.terms_digest,
        )
    row.state = InstrumentState.RECEIVED
    row.terms_digest = None
    row.reason = None
    row.not_before = None
    row.attempts = 0


def _one(place: str, message: str) -> TermsRefused:
    return TermsRefused([_block(place, message)])


def _block(place: str, message: str) -> Finding:
    return Finding("P-303", Level.BLOCK, place, message)
