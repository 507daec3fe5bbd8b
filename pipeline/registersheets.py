"""Register sheets: what the register knows of a document, as the terms of the firm's forms.

What it does not know is said in words on the form, or the form is refused with the reason: a
blank, or a box somebody might take for an answer, is never left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import deviations
from archive.approvals import Approval, route_of
from archive.days import BUSINESS_ZONE
from archive.events import Event
from archive.instruments import Instrument
from archive.routesteps import DRAFT, Route, Step
from archive.sealcase import Seal
from archive.seals import SealUse
from pipeline.papers.contract import ContractPaper
from pipeline.papers.following import FollowingPaper
from pipeline.papers.kinds import KINDS
from pipeline.papers.paper import Paper
from pipeline.wiring import Workplace
from templates.checks.parties import check_uscc
from templates.sheets import (
    NOT_REGISTERED,
    REVIEW_POINTS,
    STEPS,
    STEPS_OVER_LIMIT,
    ApprovalSheetTerms,
    ApprovalStep,
    Deviation,
    LegalOpinionTerms,
    Opinion,
    ReviewPoint,
    SealKind,
    SealRequestTerms,
    SealWork,
)
from templates.terms import ContractTerms

_LEGAL = "legal"
_CHECKED: Mapping[str, tuple[str, ...]] = {
    REVIEW_POINTS[0]: ("K01", "K14", "K16"),
    REVIEW_POINTS[1]: ("K02", "K03", "K06"),
    REVIEW_POINTS[3]: ("K05",),
    REVIEW_POINTS[4]: ("K07",),
    REVIEW_POINTS[5]: ("K04",),
    REVIEW_POINTS[9]: ("K09",),
}
"""Which checks of the terms look at a point of the review; at the others only people do."""

_ONLY_WHOLE = "审核人的逐项结论没有登记"


class NotRegistered(Exception):
    """The register does not know what a form must say; the message says what (Chinese)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the register holds of one document: decisions in order, seal uses, check remarks."""

    instrument: Instrument
    paper: Paper
    number: str
    route: Route
    decisions: tuple[Approval, ...]
    uses: tuple[SealUse, ...]
    seals: Mapping[str, Seal]
    remarks: tuple[str, ...]
    standard: Mapping[str, str]
    way: str
    revision: deviations.Deviation | None = None


def known_of(workplace: Workplace, instrument: Instrument, paper: Paper) -> Known:
    """Return everything the register holds of `instrument`, which is numbered."""
    with workplace.register.read.begin() as session:
        decisions = session.scalars(
            select(Approval)
            .where(
                Approval.instrument_id == instrument.id,
                Approval.terms_digest == instrument.terms_digest,
                Approval.voided_at.is_(None),
            )
            .order_by(Approval.id)
        ).all()
        uses = session.scalars(
            select(SealUse).where(SealUse.instrument_id == instrument.id).order_by(SealUse.id)
        ).all()
        route = route_of(session, instrument, workplace.approvals, str(instrument.terms_digest))
        revision = deviations.saying(session, instrument.order_no, instrument.terms_digest)
        remarks: Sequence[str] = _told(session, instrument, "drafted").get("warnings", ())
        way = str(_told(session, instrument, "sealed").get("way", NOT_REGISTERED))
    templates = {(each.code, each.version): each.defaults for each in workplace.catalogue.templates}
    return Known(
        instrument=instrument,
        paper=paper,
        number=str(instrument.number),
        route=route,
        decisions=tuple(decisions),
        uses=tuple(uses),
        seals={seal.code: seal for seal in workplace.seals},
        remarks=tuple(remarks),
        standard=templates.get(paper.template, {}),
        way=way,
        revision=revision,
    )


def approval_sheet_of(known: Known) -> ApprovalSheetTerms:
    """Return who agreed in which post; the posts are those of the document's route."""
    given = {each.step: each for each in known.decisions}
    return ApprovalSheetTerms(
        contract=_subject(known),
        draft_digest=str(known.instrument.terms_digest),
        is_over_limit=None,
        steps=tuple(
            ApprovalStep(
                seq=seq,
                post=_post(step),
                person=given[step.code].person,
                opinion="同意",
                remark=given[step.code].opinion,
                at=_here(given[step.code].at),
                digest=given[step.code].terms_digest,
            )
            for seq, step in enumerate((s for s in known.route.steps if s.code in given), 1)
        ),
        route=tuple(_post(step) for step in known.route.steps),
    )


def legal_opinion_of(known: Known) -> LegalOpinionTerms:
    """Return the opinion as the legal step registered it, and what is not known in words."""
    given = {each.step: each for each in known.decisions}
    if _LEGAL not in given or DRAFT not in given:
        raise NotRegistered("登记中没有法务审核或者起草的意见，不能出具法律审核意见书")
    legal, drafted = given[_LEGAL], given[DRAFT]
    contract = _subject(known)
    return LegalOpinionTerms(
        contract=contract,
        draft_digest=str(known.instrument.terms_digest),
        department=known.paper.department[0],
        submitted_by=drafted.person,
        submitted_at=_here(drafted.at),
        counterparty=_counterparty(contract),
        deviations=_deviations(known),
        points=tuple(
            ReviewPoint(name, NOT_REGISTERED, _point(name, known.remarks)) for name in REVIEW_POINTS
        ),
        opinion=Opinion.AGREED,
        remarks=legal.opinion,
        reviewer=legal.person,
        head=NOT_REGISTERED,
        reviewed_at=_here(legal.at),
    )


def seal_request_of(known: Known) -> tuple[SealRequestTerms, str]:
    """Return the use of the seal as the book has it, and its number (用印编号)."""
    if not known.uses:
        raise NotRegistered("用印登记簿中没有此文书的记录：尚未用印，用印后再出具")
    use, *others = known.uses
    kind = _seal_kind(known, use)
    if known.instrument.numbered_at is None:
        raise NotRegistered("登记中没有编号的时间，无从写明申请时间")
    imprints = sum(place["what"] == "imprint" for place in use.places)
    seams = int(any(place["what"] == "seam" for place in use.places))
    terms = SealRequestTerms(
        department=known.paper.department[0],
        applicant=use.requested_by,
        applied_at=_here(known.instrument.numbered_at),
        document_name=known.paper.title,
        document_number=known.number,
        counterparty=known.paper.party_a,
        digest=use.file_sha256,
        pages=use.pages,
        copies=use.copies,
        seal=kind,
        at_signature=imprints,
        over_edges=seams,
        at_corrections=0,
        approval_no=f"{known.number}-SP",
        approver=use.approved_by,
        keeper=use.keeper,
        witness=NOT_REGISTERED,
        work=SealWork(
            at=_here(use.at),
            impressions=use.copies * (imprints + seams),
            spoilt=0,
            spoilt_handling=f"{known.way}不产生作废印件；纸质正本的作废未在此登记",
        ),
        carried_out="否（在系统内用印）",
        remark="；".join(
            (
                f"{known.way}，不是手工盖印：枚数为各份正本上的印文合计",
                *(f"一并加盖 {each.seal_code}，用印编号 {each.number}" for each in others),
            )
        ),
    )
    return terms, use.number


def _seal_kind(known: Known, use: SealUse) -> SealKind:
    seal = known.seals.get(use.seal_code)
    if seal is None:
        raise NotRegistered(f"印章 {use.seal_code} 已不在 seals/ 中，无从写明种类；请恢复其登记")
    if seal.kind.value not in tuple(SealKind):
        raise NotRegistered(f"印章 {use.seal_code} 是{seal.kind.value}，用印申请单上没有这一种")
    return SealKind(seal.kind.value)


def _subject(known: Known) -> ContractTerms:
    """Return the document as the forms name it: its word, its template, the price it states."""
    paper = known.paper
    if isinstance(paper, ContractPaper):
        return paper.terms
    if not isinstance(paper, FollowingPaper) or paper.amount is None:
        word = KINDS[paper.kind].word
        raise NotRegistered(f"{word}没有合同价款可填，不出具此单；审批见 guidang contracts show")
    code, version = paper.template
    return replace(
        paper.contract,
        type_name=paper.word,
        template_code=code,
        template_version=version,
        total=paper.amount,
    )


def _post(step: Step) -> str:
    """Return the post as the forms call it, where they have a word for the step."""
    names = (step.name, *step.also)
    return next((post for post in (*STEPS, *STEPS_OVER_LIMIT) if post in names), step.name)


def _here(at: datetime) -> datetime:
    return at.astimezone(BUSINESS_ZONE)


def _counterparty(contract: ContractTerms) -> str:
    party = contract.party_a
    verdict = "格式、校验位经系统核对" if not list(check_uscc("", party.uscc)) else "请核对执照"
    return (
        "登记中没有对方存续状态、经营范围和授权的核查记录。合同载明："
        f"{party.name}，统一社会信用代码 {party.uscc}（{verdict}），"
        f"法定代表人 {party.legal_rep}，授权代表 {party.agent}。"
    )


def _deviations(known: Known) -> tuple[Deviation, ...]:
    """Return the standard figures agreed otherwise, and the text where it was changed by hand."""
    if not isinstance(known.paper, ContractPaper):
        return ()
    agreed = known.paper.terms.options
    odd = [name for name in agreed if agreed[name] != known.standard.get(name, agreed[name])]
    told = [(n, known.standard[n], agreed[n], "订单约定；理由没有登记") for n in sorted(odd)]
    if known.revision is not None:
        told.append(("合同文本", "标准文本", known.revision.summary, known.revision.reason))
    return tuple(Deviation(seq, *each) for seq, each in enumerate(told, 1))


def _point(name: str, remarks: Sequence[str]) -> str:
    codes = _CHECKED.get(name, ())
    if not codes:
        return _ONLY_WHOLE
    told = [each.partition(" ")[2] for each in remarks if each.partition(" ")[0] in codes]
    listed = "、".join(codes)
    return f"{_ONLY_WHOLE}；系统检查 {listed}：{'；'.join(told) or '未发现问题'}"


def _told(session: Session, instrument: Instrument, act: str) -> Mapping[str, Any]:
    """Return what the history tells of the last such act on this document."""
    told = session.scalars(
        select(Event)
        .where(
            Event.chain == instrument.chain,
            Event.action == f"{instrument.kind}:{act}",
            Event.subject.in_(_subjects(session, instrument)),
        )
        .order_by(Event.seq.desc())
    ).first()
    return told.details if told else {}


def _subjects(session: Session, instrument: Instrument) -> tuple[str, ...]:
    """Return what the history calls this document: its terms, and its sealed file."""
    sealed = session.scalars(
        select(SealUse.sealed_sha256).where(SealUse.instrument_id == instrument.id)
    )
    return (str(instrument.terms_digest), *sealed)
