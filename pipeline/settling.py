"""Settling: what is written down about an instrument that cannot go on."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from archive import approvals, events, numbering
from archive.errors import ApprovalRefused, ArchiveError
from archive.instruments import Instrument, InstrumentState
from pipeline.failures import ContractNeeded, RevisionStale, SourceLost
from pipeline.holding import hold_open
from pipeline.intake.headings import sheet_of
from pipeline.intake.refusal import OrderRefused
from pipeline.recalling import release, source_bytes
from pipeline.rejecting import reject
from pipeline.waiting import (
    FOR_FILING,
    States,
    is_behind,
    release_overtaking,
    release_waiting,
    states_of,
)
from pipeline.wiring import Workplace
from templates.errors import Finding, Level, ProofFailed, TemplateUnfit, TermsRefused

MOST_ATTEMPTS = 5
_FIRST_PAUSE = timedelta(seconds=1)


def retry_later(workplace: Workplace, instrument: Instrument, error: Exception) -> bool:
    """Set the next try, each pause twice the one before; return False after the last one."""
    with workplace.register.write.begin() as session:
        row = hold_open(session, instrument)
        row.attempts += 1
        row.reason = f"重试中（第 {row.attempts} 次）：{type(error).__name__}"
        row.not_before = workplace.clock() + _FIRST_PAUSE * 2 ** (row.attempts - 1)
        return row.attempts < MOST_ATTEMPTS


def wait_for(workplace: Workplace, instrument: Instrument, reason: str, *, before: States) -> None:
    """Note that people must act first; nothing moves it until somebody clears the reason.

    Where another paper of the order moved since the try began (`before` says where all stood
    then), what was missing may be there now: it is tried again instead.
    """
    with workplace.register.write.begin() as session:
        row = hold_open(session, instrument)
        if states_of(session, row.order_no, but=row.id) == before:
            row.reason = reason
            row.not_before = None
            if not is_behind(reason):
                release_overtaking(session, row.order_no)


def park(workplace: Workplace, instrument: Instrument, reason: str) -> None:
    """Note that this paper cannot go on, and why; the others do."""
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        row = hold_open(session, instrument)
        row.reason = f"搁置：{reason}"
        row.not_before = None
        release_overtaking(session, row.order_no)
        events.append(
            session,
            chain=row.chain,
            at=at,
            actor="guidang",
            action=f"{row.kind}:parked",
            subject=row.number or row.source_sha256,
            details={"reason": reason},
        )


def refuse_after_reception(workplace: Workplace, instrument: Instrument, error: Exception) -> None:
    """Send a received order back: file and reason first, then the row."""
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        end_refused(workplace, session, hold_open(session, instrument), error, at=at)
    release(workplace, instrument)


def end_refused(
    workplace: Workplace, session: Session, row: Instrument, error: Exception, *, at: datetime
) -> None:
    """Lay the order of `row` into rejected/ with its reason, then end the row: REFUSED.

    The bytes received stay until the caller's transaction stands (`recalling.release`).
    """
    findings = workplace.checks.govern(_findings(error))
    payload = source_bytes(workplace, row)
    reject(workplace.home, row.source_name, findings, payload=payload, source=None)
    row.state = InstrumentState.REFUSED
    release_waiting(session, row.order_no)
    approvals.void_approvals(session, row, reason="订单退回", at=at)
    if row.number is not None:
        numbering.void_number(session, row.number, reason="订单退回", at=at)
    row.reason = "；".join(f"{finding.place}：{finding.message}" for finding in findings)
    events.append(
        session,
        chain=row.chain,
        at=at,
        actor="guidang",
        action=f"{row.kind}:refused",
        subject=row.source_sha256,
        details={"codes": [finding.code for finding in findings]},
    )


def _findings(error: Exception) -> tuple[Finding, ...]:
    if isinstance(error, OrderRefused | TermsRefused):
        return error.findings
    if isinstance(error, ApprovalRefused):
        return tuple(
            Finding("SP", Level.BLOCK, sheet_of("approvals"), problem) for problem in error.problems
        )
    return (Finding("K00", Level.BLOCK, "文件", str(error)),)


def reason_of(error: Exception) -> str:
    """Return why an instrument stands still, in words for people (Chinese)."""
    if isinstance(error, ArchiveError | SourceLost | RevisionStale):
        return str(error)
    if isinstance(error, ProofFailed):
        found = "；".join(error.differences)
        return f"核验不符：{found}。原因消除后再投放一次同一份文件，即可继续"
    if isinstance(error, TemplateUnfit):
        return f"模板 {error.template}：" + "；".join(error.problems)
    if isinstance(error, ContractNeeded):
        return f"{FOR_FILING}：{error}"
    return f"{type(error).__name__}: {error}"
