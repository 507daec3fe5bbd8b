"""Agreements: the files of later papers as terms, and the contract as a change leaves it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.intake.agreed import (
    agreed_copies,
    agreed_dispute,
    agreed_instalments,
    agreed_items,
    agreed_milestones,
    agreed_party,
    agreed_warranty,
)
from pipeline.intake.authority import AuthorityForm
from pipeline.intake.change import ChangeForm
from pipeline.intake.nda import NdaForm
from pipeline.papers.changewords import acceptance_in_words, payments_in_words, period_in_words
from templates.agreements import AuthorityTerms, ChangeTerms, ClauseChange, NdaTerms, Power
from templates.terms import ContractTerms


def contract_as_changed(contract: ContractTerms, form: ChangeForm) -> ContractTerms:
    """Return `contract` with what `form` changes; the prices of its lines stay as signed."""
    return replace(
        contract,
        total=form.price.after_total,
        net=form.price.after_net,
        tax=form.price.after_tax,
        total_upper=None,
        service_start=form.service.start if form.service else contract.service_start,
        service_end=form.service.end if form.service else contract.service_end,
        instalments=(agreed_instalments(form.payments) if form.payments else contract.instalments),
        milestones=agreed_milestones(form.milestones) if form.milestones else contract.milestones,
        acceptance_items=(
            agreed_items(form.acceptance_items)
            if form.acceptance_items
            else contract.acceptance_items
        ),
        warranty=agreed_warranty(form.warranty) if form.warranty else contract.warranty,
        party_a=agreed_party(form.party_a) if form.party_a else contract.party_a,
        party_b=agreed_party(form.party_b) if form.party_b else contract.party_b,
    )


def change_terms(
    form: ChangeForm, contract: ContractTerms, number: str, *, earlier: tuple[str, ...]
) -> ChangeTerms:
    """Return the terms of a change of `contract`, which is as the `earlier` changes left it.

    What it says of payments, periods and acceptance is worded from the figures themselves, so
    that the text and what later papers are measured by cannot differ.
    """
    after = contract_as_changed(contract, form)
    return ChangeTerms(
        contract=contract,
        contract_number=number,
        contract_signed_on=None,
        seq=form.seq,
        template_code=form.template,
        template_version=form.template_version,
        reason=form.reason,
        changes=tuple(
            ClauseChange(seq=each.seq, clause=each.clause, before=each.before, after=each.after)
            for each in form.changes
        ),
        before_total=form.price.before_total,
        delta=form.price.delta,
        after_total=form.price.after_total,
        after_net=form.price.after_net,
        after_tax=form.price.after_tax,
        copies=agreed_copies(form.copies),
        earlier=earlier,
        payment_change=payments_in_words(contract, after),
        period_change=period_in_words(contract, after),
        acceptance_change=acceptance_in_words(contract, after),
        performed=form.performed,
        claims=form.claims,
    )


def nda_terms(form: NdaForm) -> NdaTerms:
    """Return the terms of a confidentiality agreement."""
    return NdaTerms(
        party_a=agreed_party(form.party_a),
        party_b=agreed_party(form.party_b),
        template_code=form.template,
        template_version=form.template_version,
        purpose=form.purpose,
        relates_to=form.relates_to,
        start=form.start,
        end=form.end,
        dispute=agreed_dispute(form.dispute),
        copies=agreed_copies(form.copies),
        extra_information=form.extra_information,
        confirm_days=form.confirm_days,
        return_days=form.return_days,
    )


def authority_terms(form: AuthorityForm, contract: ContractTerms, number: str) -> AuthorityTerms:
    """Return the terms of a power of attorney for `contract`; the firm is the principal."""
    return AuthorityTerms(
        principal=contract.party_b,
        template_code=form.template,
        template_version=form.template_version,
        agent_name=form.agent_name,
        agent_title=form.agent_title,
        agent_id_kind=form.agent_id_kind,
        agent_id=form.agent_id,
        matter=form.matter,
        powers=frozenset(map(Power, form.powers)),
        other_power=form.other_power,
        contract_ref=f"{number}《{contract.type_name}》",
        limit=form.limit,
        start=form.start,
        end=form.end,
        may_delegate=form.may_delegate,
    )
