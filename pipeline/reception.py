"""Reception: a claimed file becomes an instrument, or goes to rejected/ with its reason (接收)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.days import business_day
from archive.instruments import OPEN_STATES, Instrument, InstrumentState
from pipeline.examining import blocking, examine
from pipeline.failures import ContractNeeded
from pipeline.filenames import said_name
from pipeline.intake.following import FollowingForm
from pipeline.intake.forms import Form
from pipeline.intake.reading import Reading
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.retention import is_notice
from pipeline.intake.unfinished import Unfinished
from pipeline.keptreading import extract_of, kept_reading, restored
from pipeline.noticing import take_notice
from pipeline.opening import read_dropped, read_file
from pipeline.papers.paper import Paper
from pipeline.recalling import keep_source, paper_of
from pipeline.rejecting import reject
from pipeline.splitting import split
from pipeline.standing import dossier_of
from pipeline.superseding import refuse_taken_name, supersede
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

log = logging.getLogger(__name__)


class Taken(Enum):
    """What became of a dropped file."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    RESUMED = "resumed"
    REJECTED = "rejected"
    UNFINISHED = "unfinished"
    SPLIT = "split"
    NOTED = "noted"
    JOINED = "joined"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Reception:
    """The outcome of one dropped file; `findings` say why it was refused, or what to look at."""

    taken: Taken
    name: str
    order_no: str | None = None
    findings: tuple[Finding, ...] = ()


def receive(
    workplace: Workplace,
    path: Path,
    *,
    is_final: bool,
    after_step: Callable[[str], None] = lambda _step: None,
) -> Reception:
    """Take the claimed file at `path`; the caller removes it when this returns.

    Bytes are kept before the row is written; the same bytes twice are one instrument.
    With `is_final` false a file cut in the middle is reported UNFINISHED, not refused.
    """
    name = said_name(path)
    try:
        payload = read_file(path)
    except OrderRefused as error:
        return _refused(workplace, path, None, error.findings)
    try:
        if is_notice(payload):
            return _noted(workplace, payload, name)
        return _received(workplace, path, payload, name, after_step)
    except Unfinished as error:
        if not is_final:
            return Reception(Taken.UNFINISHED, name)
        message = f"{error}；请重新导出后投放"
        return _refused(workplace, path, payload, [Finding("K00", Level.BLOCK, "文件", message)])
    except OrderRefused as error:
        return _refused(workplace, path, payload, error.findings)


def _noted(workplace: Workplace, payload: bytes, name: str) -> Reception:
    """Enter a notice of days upon the dossier it names."""
    code = take_notice(workplace, payload, name)
    log.info("notice taken", extra={"dossier": code})
    return Reception(Taken.NOTED, name)


def _received(
    workplace: Workplace,
    path: Path,
    payload: bytes,
    name: str,
    after_step: Callable[[str], None],
) -> Reception:
    """Make the file an instrument, or each of its orders a file of its own."""
    readings = _as_first_read(workplace, payload) or read_dropped(workplace, payload, path.suffix)
    if len(readings) > 1:
        split(workplace, name, readings, lambda one: _acceptable(workplace, one, extract_of(one)))
        return Reception(Taken.SPLIT, name, findings=_orders_in(readings))
    reading = readings[0]
    form = reading.form
    paper, found = _acceptable(workplace, reading, payload)
    digest = keep_source(workplace.home, payload, reading)
    after_step("kept")
    with workplace.register.write.begin() as session:
        taken = _enter(workplace, session, form, paper, digest=digest, name=name)
    after_step("entered")
    log.info("file received", extra={"file_sha256": digest, "taken": taken.value})
    order_no = paper.order_no if paper else form.order_no
    return Reception(taken, name, order_no=order_no, findings=found)


def _one(place: str, message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])


def _refused(
    workplace: Workplace,
    path: Path,
    payload: bytes | None,
    findings: tuple[Finding, ...] | list[Finding],
) -> Reception:
    explained = workplace.checks.govern(findings)
    reject(workplace.home, path.name, explained, payload=payload, source=path)
    log.info("file refused", extra={"codes": [finding.code for finding in findings]})
    return Reception(Taken.REJECTED, path.name, findings=explained)


def set_aside(workplace: Workplace, path: Path, error: Exception) -> Reception:
    """Refuse a file whose content met an error nobody foresaw: the administrator looks at it."""
    message = f"系统未能处理此文件（{type(error).__name__}）；请联系管理员查看 logs/guidang.log"
    finding = Finding("K99", Level.BLOCK, "文件", message)
    return _refused(workplace, path, None, [finding])


def _as_first_read(workplace: Workplace, payload: bytes) -> tuple[Reading, ...]:
    """Return the reading that stands for bytes that are under way, whatever the rules say now."""
    kept = kept_reading(workplace.home, hashlib.sha256(payload).hexdigest())
    return (restored(kept),) if kept else ()


def _orders_in(readings: Sequence[Reading]) -> tuple[Finding, ...]:
    numbers = "、".join(str(reading.form.order_no) for reading in readings)
    message = f"含 {len(readings)} 份订单（{numbers}），已拆成各自的文件逐份受理"
    return (Finding("K00", Level.WARN, "文件", message),)


def _acceptable(
    workplace: Workplace, reading: Reading, payload: bytes
) -> tuple[Paper | None, tuple[Finding, ...]]:
    """Return the paper that is asked for and its warnings; none while its contract is not filed.

    Raises OrderRefused with everything that stops it.
    """
    digest = hashlib.sha256(payload).hexdigest()
    paper = _paper_if_possible(workplace, reading.form, digest)
    if paper is None:
        return None, tuple(reading.content.notes)
    notes = workplace.checks.govern(reading.content.notes)
    examined = examine(workplace, paper, on=business_day(workplace.clock()))
    found = (*notes, *map(reading.placed, examined))
    if blocking(found):
        raise OrderRefused(blocking(found))
    return paper, found


def _paper_if_possible(workplace: Workplace, form: Form, digest: str) -> Paper | None:
    """Return the paper, None where what it follows is still on its way."""
    try:
        return paper_of(workplace, form, digest)
    except ContractNeeded:
        if (
            form.order_no is None
            and isinstance(form, FollowingForm)
            and not dossier_of(workplace, form)
        ):
            message = f"没有编号为 {form.contract_number} 的已归档合同；请核对合同编号"
            raise _one("contract_number", message) from None
        return None


def _enter(
    workplace: Workplace,
    session: Session,
    form: Form,
    paper: Paper | None,
    *,
    digest: str,
    name: str,
) -> Taken:
    known = session.scalars(select(Instrument).where(Instrument.source_sha256 == digest)).first()
    if known is not None:
        return _again(workplace, session, known, name)
    at = workplace.clock()
    order_no = paper.order_no if paper else _order_no(workplace, form)
    if paper is not None and paper.opens:
        refuse_taken_name(session, form.kind, order_no)
    revision = supersede(session, form.kind, order_no, form.turn, now=at)
    instrument = Instrument(
        kind=form.kind,
        order_no=order_no,
        round=form.turn,
        revision=revision,
        source_sha256=digest,
        source_name=name,
        state=InstrumentState.RECEIVED,
        reason=None,
        attempts=0,
        type_code=paper.type_code if paper else "",
        title=paper.title if paper else "",
        party_a=paper.party_a if paper else "",
        party_b=paper.party_b if paper else "",
        amount=paper.amount if paper else None,
        received_at=at,
    )
    session.add(instrument)
    events.append(
        session,
        chain=order_no,
        at=at,
        actor="inbox",
        action=f"{form.kind}:received",
        subject=digest,
        details={"revision": revision, "round": form.turn},
    )
    return Taken.ACCEPTED


def _order_no(workplace: Workplace, form: Form) -> str:
    if isinstance(form, FollowingForm) and form.order_no is None:
        dossier = dossier_of(workplace, form)
        if dossier is not None:
            return dossier.order_no
    if form.order_no is None:
        raise _one("order_no", "未说明属于哪份合同")
    return form.order_no


def _again(workplace: Workplace, session: Session, known: Instrument, name: str) -> Taken:
    """Note that known bytes came again; a refused or parked paper gets another try.

    The history of a filed paper stands in its dossier and is left as it is.
    """
    if known.state is InstrumentState.SUPERSEDED:
        message = (
            f"本文件与订单 {known.order_no} 已被取代的第 {known.revision} 版完全相同，"
            "现行的是更新的版本；确要恢复旧内容的，请在 extensions 中注明原因后重新投放"
        )
        raise _one("文件", message)
    if known.filed_at is not None:
        return Taken.DUPLICATE
    at = workplace.clock()
    events.append(
        session,
        chain=known.chain,
        at=at,
        actor="inbox",
        action=f"{known.kind}:received-again",
        subject=known.source_sha256,
        details={"state": known.state.value},
    )
    if known.state is InstrumentState.REFUSED:
        known.state = InstrumentState.RECEIVED
        known.source_name = name
    if known.state in OPEN_STATES:
        known.reason = None
        known.not_before = None
        known.attempts = 0
        return Taken.RESUMED
    return Taken.DUPLICATE
