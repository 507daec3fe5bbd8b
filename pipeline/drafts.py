"""Drafts: a paper as it would be drawn up now, marked 草稿, for people to read (草稿)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from archive.days import business_day
from archive.draftstamp import draft_pdf
from archive.instruments import OPEN_STATES, Instrument, InstrumentState
from pipeline.deviated import deviated
from pipeline.examining import examine
from pipeline.failures import RevisionStale
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished
from pipeline.opening import read_one
from pipeline.recalling import paper_of, recall
from pipeline.steps.drafting import Draft, compose
from pipeline.wiring import Workplace
from templates.deviating.numberplace import put
from templates.drafts.mark import DraftMark, marked
from templates.drafts.watermark import watermarked
from templates.errors import Finding, Level
from templates.fields import with_number
from templates.filling import fill
from templates.proof import NUMBER_TO_COME

_UNDER_WAY = (InstrumentState.RECEIVED, InstrumentState.DRAFTED, InstrumentState.NUMBERED)


class NoDraft(Exception):
    """There is no draft of this paper any more: it is sealed, filed, or ended."""


@dataclass(frozen=True, slots=True)
class DraftShown:
    """A draft for people: its Word file, what the checks found, and how it was made.

    `docx` is marked 草稿 and names its order in its properties; `plain` is the text before the
    marks, which only a PDF is made from.
    """

    order_no: str
    title: str
    number: str | None
    docx: bytes
    plain: bytes
    terms_digest: str
    findings: tuple[Finding, ...]


def draft_of_file(workplace: Workplace, path: Path) -> DraftShown:
    """Return the draft of the order or report in the file at `path`, and change nothing.

    What would be refused is drafted as well, if it can be: its findings say why it would be.
    Raises OrderRefused, TermsRefused or TemplateUnfit where no text can be made of it,
    ContractNeeded where its contract is not filed.
    """
    try:
        reading = read_one(workplace, path)
    except Unfinished as error:
        cut = Finding("K00", Level.BLOCK, "文件", f"{error}；请重新导出")
        raise OrderRefused([cut]) from error
    paper = paper_of(workplace, reading.form)
    on = business_day(workplace.clock())
    found = tuple(map(reading.placed, examine(workplace, paper, on=on)))
    draft = compose(workplace, paper, found, on=on)
    return _shown(draft, number=None, revision=0)


def draft_of_instrument(workplace: Workplace, instrument: Instrument) -> DraftShown:
    """Return the draft of a paper under way, with its number where it has one.

    A text changed by hand is shown as it was brought in; where the order changed since, the
    standard text is, with a finding that says so.

    Raises NoDraft (Chinese) for a paper that is sealed or ended, SourceLost where the received
    file is gone.
    """
    if instrument.state not in _UNDER_WAY:
        done = instrument.state in {*OPEN_STATES, InstrumentState.FILED}
        raise NoDraft(
            f"{instrument.number} 已用印，不再出草稿；用 guidang contracts show 查看正式文件"
            if done
            else f"订单 {instrument.order_no} 第 {instrument.revision} 版已停止办理，不出草稿"
        )
    paper = recall(workplace, instrument)
    on = business_day(instrument.received_at)
    standard = compose(workplace, paper, examine(workplace, paper, on=on), on=on)
    try:
        draft = deviated(workplace, standard)
    except RevisionStale as error:
        draft = replace(standard, findings=(*standard.findings, _stale(error)))
    return _shown(draft, number=instrument.number, revision=instrument.revision)


def print_draft(workplace: Workplace, shown: DraftShown) -> bytes:
    """Return the draft as PDF, 草稿 on every page and in its properties.

    Raises RenderingFailed, RendererMissing.
    """
    return draft_pdf(
        workplace.renderer.render(shown.plain),
        title=shown.title,
        creator=workplace.settings.company.name,
        at=workplace.clock(),
    )


def _shown(draft: Draft, *, number: str | None, revision: int) -> DraftShown:
    plain = draft.docx
    if number is not None and draft.deviation is not None:
        plain = put(plain, number, instead_of=NUMBER_TO_COME)
    elif number is not None:
        plain = fill(draft.template, with_number(draft.fields, number), title=draft.paper.title)
    mark = DraftMark(draft.paper.order_no, revision, draft.terms_digest)
    return DraftShown(
        order_no=draft.paper.order_no,
        title=draft.paper.title,
        number=number,
        docx=marked(watermarked(plain), mark),
        plain=plain,
        terms_digest=draft.terms_digest,
        findings=draft.findings,
    )


def _stale(error: RevisionStale) -> Finding:
    return Finding("P-303", Level.WARN, "合同文本", f"此为标准文本：{error}")
