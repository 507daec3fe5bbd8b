"""Agreed: what an accepted form says, as the values the documents are made of."""

from __future__ import annotations

from collections.abc import Iterable

from archive.days import business_day
from archive.routes import UpstreamApproval
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.approval import ApprovalForm
from pipeline.intake.order import CopiesForm, OrderForm, PartyForm
from templates.terms import (
    AcceptanceItem,
    AcceptanceTerms,
    ContractTerms,
    Copies,
    Deliverable,
    Dispute,
    Instalment,
    ItemResult,
    Line,
    Milestone,
    Party,
    Rectification,
    Warranty,
)


def contract_terms(order: OrderForm) -> ContractTerms:
    """Return the terms of the contract that `order` asks for."""
    return ContractTerms(
        order_no=order.order_no,
        quote_no=order.quote.no,
        quote_version=order.quote.version,
        quote_approved_on=business_day(order.quote.approved_by.signed_at),
        quote_accepted_on=order.quote.accepted_by_client.date,
        type_code=order.contract.type,
        type_name=order.contract.type_name,
        template_code=order.contract.template,
        template_version=order.contract.template_version,
        secrecy=order.contract.secrecy,
        sign_place=order.contract.sign_place,
        party_a=_party(order.party_a),
        party_b=_party(order.party_b),
        project_no=order.project.no,
        project_name=order.project.name,
        project_manager=order.project.manager,
        project_manager_phone=order.project.manager_phone,
        service_scope=order.service.scope,
        service_place=order.service.place,
        service_method=order.service.method,
        service_start=order.service.start,
        service_end=order.service.end,
        lines=_lines(order),
        currency=order.amount.currency,
        total=order.amount.total,
        net=order.amount.net,
        tax=order.amount.tax,
        total_upper=order.amount.total_upper,
        invoice_type=order.invoice.type,
        instalments=_instalments(order),
        milestones=tuple(
            Milestone(seq=m.seq, name=m.name, deliverable=m.deliverable, due=m.due)
            for m in order.milestones
        ),
        acceptance_items=tuple(
            AcceptanceItem(
                seq=item.seq,
                name=item.name,
                standard=item.standard,
                method=item.method,
                clause=item.clause,
                quantity=item.quantity,
            )
            for item in order.acceptance_items
        ),
        warranty=Warranty(
            months=order.warranty.months,
            retention_percent=order.warranty.retention_pct,
            retention_amount=order.warranty.retention_amount,
            response_hours=order.warranty.response_hours,
        ),
        copies=_copies(order.contract.copies),
        dispute=Dispute(
            option=order.contract.dispute.option,
            arbitration_body=order.contract.dispute.arbitration_body or "",
            court_place=order.contract.dispute.court_place or "",
        ),
        options=dict(order.terms),
    )


def _party(form: PartyForm) -> Party:
    return Party(
        name=form.name,
        uscc=form.uscc,
        address=form.address,
        legal_rep=form.legal_rep,
        agent=form.agent,
        contact=form.contact,
        phone=form.phone,
        email=form.email,
        bank=form.bank,
        bank_account=form.bank_account,
    )


def _copies(form: CopiesForm) -> Copies:
    return Copies(total=form.total, a=form.a, b=form.b)


def _lines(order: OrderForm) -> tuple[Line, ...]:
    return tuple(
        Line(
            line_no=line.line_no,
            fee_type=line.fee_type,
            name=line.name,
            spec=line.spec,
            unit=line.unit,
            qty=line.qty,
            unit_price=line.unit_price_tax_incl,
            tax_rate=line.tax_rate,
            net=line.amount_net,
            tax=line.tax,
            amount=line.amount_tax_incl,
        )
        for line in order.items
    )


def _instalments(order: OrderForm) -> tuple[Instalment, ...]:
    return tuple(
        Instalment(
            seq=payment.seq,
            name=payment.name,
            condition=payment.condition,
            share=payment.pct,
            amount=payment.amount,
            within_workdays=payment.pay_within_workdays,
        )
        for payment in order.payments
    )


def acceptance_terms(
    report: AcceptanceForm, contract: ContractTerms, contract_number: str, *, history: str
) -> AcceptanceTerms:
    """Return the terms of `report` on `contract`; `history` tells the rounds before it."""
    return AcceptanceTerms(
        contract=contract,
        contract_number=contract_number,
        contract_signed_on=None,
        round=report.round,
        round_kind=report.round_kind,
        template_code=report.template,
        template_version=report.template_version,
        completed_on=report.completed_on,
        notice_no=report.notice.no,
        notice_delivered_on=report.notice.delivered_on,
        accepted_on=report.accepted_on,
        place=report.place,
        method=report.method,
        standards=report.standards,
        self_check_no=report.self_check.no,
        self_checked_on=report.self_check.date,
        self_check_result=report.self_check.result,
        self_check_issues=report.self_check.issues,
        self_check_fixed=report.self_check.fixed,
        deliverables=tuple(
            Deliverable(
                seq=thing.seq,
                name=thing.name,
                medium=thing.medium,
                quantity=thing.quantity,
                delivered_on=thing.delivered_on,
                complete=thing.complete,
            )
            for thing in report.deliverables
        ),
        results=tuple(
            ItemResult(seq=r.seq, finding=r.finding, result=r.result, remark=r.remark)
            for r in report.results
        ),
        rectifications=_rectifications(report),
        history=history,
        leftover=report.leftover,
        conclusion=report.conclusion,
        satisfaction=report.satisfaction,
        attachment_pages=report.attachment_pages,
        copies=_copies(report.copies),
    )


def _rectifications(report: AcceptanceForm) -> tuple[Rectification, ...]:
    return tuple(
        Rectification(
            seq=r.seq,
            item=r.item,
            problem=r.problem,
            demand=r.demand,
            responsible=r.responsible,
            due=r.due,
            done_on=r.done_on,
            rechecked_on=r.rechecked_on,
            recheck_result=r.recheck_result,
            rechecked_by=r.rechecked_by,
        )
        for r in report.rectifications
    )


def upstream_approvals(forms: Iterable[ApprovalForm]) -> tuple[UpstreamApproval, ...]:
    """Return the decisions that arrived inside a file."""
    return tuple(
        UpstreamApproval(
            step=form.step,
            person=form.by.name,
            post=form.by.post,
            at=form.at,
            opinion=form.opinion,
            source=form.source,
            decision=form.decision,
        )
        for form in forms
    )
