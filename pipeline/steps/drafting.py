"""Drafting: fields computed, terms checked, the template filled (起草)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from archive import events
from archive.approvals import decided_on, void_approvals
from archive.days import business_day
from archive.deviations import Deviation
from archive.instruments import Instrument, InstrumentState
from archive.routes import HERE
from pipeline.deviated import assert_in_force, deviated
from pipeline.examining import blocking, examine
from pipeline.holding import hold
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.words import place_in_words
from pipeline.papers.paper import Paper
from pipeline.recalling import recall
from pipeline.wiring import Workplace
from templates.catalogue import Template
from templates.errors import Finding
from templates.fields import Fields, terms_digest, with_number
from templates.filling import fill
from templates.proof import NUMBER_TO_COME

_NOT_YET_APPROVED = (InstrumentState.RECEIVED, InstrumentState.DRAFTED)
"""Where check rules laid down meanwhile still stop a paper; later they only stand in the record."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled Word file that is not a record yet, and what it was made from (稿).

    With a `deviation` its text is not the template's but the one brought in by hand.
    """

    paper: Paper
    template: Template
    fields: Fields
    terms_digest: str
    docx: bytes
    findings: tuple[Finding, ...]
    deviation: Deviation | None = None


def draw_up(workplace: Workplace, instrument: Instrument) -> Draft:
    """Return the draft of `instrument`; the first time, note its digests: DRAFTED.

    Raises OrderRefused where the terms cannot stand in a document, ContractNeeded where
    its contract is not filed yet, RevisionStale where its text was changed by hand and the
    order since. What was approved and numbered under earlier check rules goes on: what
    today's would say against it is kept with the record.
    """
    paper = recall(workplace, instrument)
    received_on = business_day(instrument.received_at)
    findings = examine(workplace, paper, on=received_on)
    if blocking(findings) and instrument.state in _NOT_YET_APPROVED:
        raise OrderRefused(blocking(findings))
    draft = deviated(workplace, compose(workplace, paper, findings, on=received_on))
    is_new = instrument.state is InstrumentState.RECEIVED
    if is_new or _may_be_noted_anew(workplace, instrument, draft):
        _note(workplace, instrument, draft)
    return draft


def compose(
    workplace: Workplace, paper: Paper, findings: tuple[Finding, ...], *, on: date
) -> Draft:
    """Return the standard text of `paper` from the template in force `on` that day.

    Raises TemplateUnfit, or TermsRefused where a field is missing.
    """
    code, version = paper.template
    template = workplace.catalogue.pick(
        paper.kind, paper.type_code, code=code, version=version, on=on
    )
    fields = paper.fields(template.defaults)
    digest = terms_digest(template.digest, fields)
    docx = fill(template, with_number(fields, NUMBER_TO_COME), title=paper.title)
    return Draft(paper, template, fields, digest, docx, findings)


def _may_be_noted_anew(workplace: Workplace, instrument: Instrument, draft: Draft) -> bool:
    """Return whether the terms became others, a change of the contract say, and may be noted.

    What another system agreed to stays noted: its decision does not pass over to another text,
    and it has to be asked again. What people agreed to here ends, and they are asked anew.
    """
    noted = instrument.terms_digest
    if instrument.state is not InstrumentState.DRAFTED or noted in (None, draft.terms_digest):
        return False
    with workplace.register.read.begin() as session:
        decided = decided_on(session, instrument, str(noted)).values()
        return all(each.source == HERE for each in decided)


def _note(workplace: Workplace, instrument: Instrument, draft: Draft) -> None:
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        row = hold(session, instrument, instrument.state)
        assert_in_force(session, draft)
        if row.state is InstrumentState.DRAFTED:
            _end_what_was_given(session, row, draft, at=at)
        row.title, row.type_code = draft.paper.title, draft.paper.type_code
        row.party_a, row.party_b = draft.paper.party_a, draft.paper.party_b
        row.amount = draft.paper.amount
        row.template_code = draft.template.code
        row.template_version = draft.template.version
        row.template_digest = draft.template.digest
        row.terms_digest = draft.terms_digest
        row.state = InstrumentState.DRAFTED
        events.append(
            session,
            chain=row.chain,
            at=at,
            actor="guidang",
            action=f"{row.kind}:drafted",
            subject=draft.terms_digest,
            details={
                "template": f"{draft.template.code}@{draft.template.version}",
                "template_sha256": draft.template.digest,
                "checks": f"{workplace.checks.version} {workplace.checks.digest}",
                "warnings": [
                    f"{finding.code} {place_in_words(row.kind, finding.place)}：{finding.message}"
                    for finding in draft.findings
                ],
            },
        )
    instrument.state = row.state
    instrument.terms_digest = row.terms_digest
    instrument.template_code = row.template_code
    instrument.template_version = row.template_version
    instrument.template_digest = row.template_digest


def _end_what_was_given(session: Session, row: Instrument, draft: Draft, *, at: datetime) -> None:
    """End the decisions on the terms as they were: nobody agreed to those that stand now."""
    before, now = str(row.terms_digest)[:12], draft.terms_digest[:12]
    void_approvals(
        session,
        row,
        reason=f"条款有变（原摘要 {before}…，现摘要 {now}…），须重新报审",
        at=at,
        terms_digest=row.terms_digest,
    )
