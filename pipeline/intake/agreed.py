"""Agreed: what an accepted form says, as the values the documents are made of."""

from __future__ import annotations

from collections.abc import Iterable

from archive.days import business_day
from archive.routes import UpstreamApproval
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.approval import ApprovalForm
from pipeline.intake.order import (
    AcceptanceItemForm,
    CopiesForm,
    DisputeForm,
    MilestoneForm,
    OrderForm,
    PartyForm,
    PaymentForm,
    WarrantyForm,
)
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
        party_a=agreed_party(order.party_a),
        party_b=agreed_party(order.party_b),
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
        instalments=agreed_instalments(order.payments),
        milestones=agreed_milestones(order.milestones),
        acceptance_items=agreed_items(order.acceptance_items),
        warranty=agreed_warranty(order.warranty),
        copies=agreed_copies(order.contract.copies),
        dispute=agreed_dispute(order.contract.dispute),
        options=dict(order.terms),
    )


def agreed_party(form: PartyForm) -> Party:
    """Return a party."""
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


def agreed_copies(form: CopiesForm) -> Copies:
    """Return the originals and who keeps them."""
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


def agreed_instalments(payments: Iterable[PaymentForm]) -> tuple[Instalment, ...]:
    """Return the payment plan."""
    return tuple(
        Instalment(
            seq=payment.seq,
            name=payment.name,
            condition=payment.condition,
            share=payment.pct,
            amount=payment.amount,
            within_workdays=payment.pay_within_workdays,
        )
        for payment in payments
    )


def agreed_milestones(milestones: Iterable[MilestoneForm]) -> tuple[Milestone, ...]:
    """Return the stages."""
    return tuple(
        Milestone(seq=each.seq, name=each.name, deliverable=each.deliverable, due=each.due)
        for each in milestones
    )


def agreed_items(items: Iterable[AcceptanceItemForm]) -> tuple[AcceptanceItem, ...]:
    """Return what is to be accepted (附件二)."""
    return tuple(
        AcceptanceItem(
            seq=item.seq,
            name=item.name,
            standard=item.standard,
            method=item.method,
            clause=item.clause,
            quantity=item.quantity,
        )
        for item in items
    )


def agreed_warranty(form: WarrantyForm) -> Warranty:
    """Return the warranty and its retention."""
    return Warranty(
        months=form.months,
        retention_percent=form.retention_pct,
        retention_amount=form.retention_amount,
        response_hours=form.response_hours,
    )


def agreed_dispute(form: DisputeForm) -> Dispute:
    """Return the way disputes are settled."""
    return Dispute(
        option=form.option,
        arbitration_body=form.arbitration_body or "",
        court_place=form.court_place or "",
    )


def acceptance_terms(
    report: AcceptanceForm,
    contract: ContractTerms,
    contract_number: str,
    *,
    history: str,
    amendments: tuple[str, ...] = (),
) -> AcceptanceTerms:
    """Return the terms of `report` on `contract` as the `amendments` left it.

    `history` tells the rounds before it.
    """
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
        amendments=amendments,
        copies=agreed_copies(report.copies),
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
            terms_digest=form.terms_digest,
        )
        for form in forms
    )
