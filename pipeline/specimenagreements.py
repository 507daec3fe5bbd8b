"""Specimen agreements: what two invented firms agree after, beside and for a contract (样稿)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pipeline import samplefirms
from templates.agreements import (
    AuthorityTerms,
    ChangeTerms,
    ClauseChange,
    Ending,
    Handover,
    NdaTerms,
    Paid,
    Power,
    Settlement,
    TerminationTerms,
)
from templates.terms import ContractTerms, Copies

NUMBER = f"{samplefirms.PREFIX}-HT-2026-FW-0001"
"""The number of the invented contract."""


def change_specimen(contract: ContractTerms, rows: int) -> ChangeTerms:
    """Return a change of `rows` clauses that leaves the price as it is."""
    return ChangeTerms(
        contract=contract,
        contract_number=NUMBER,
        contract_signed_on=contract.quote_accepted_on,
        seq=1,
        template_code="",
        template_version="",
        reason="甲方调整使用计划，需要改变部分节点的完成期限",
        changes=tuple(
            ClauseChange(
                seq,
                f"节点 {seq} 的完成期限",
                "按原合同所列期限完成",
                "较原合同所列期限顺延三十日完成",
            )
            for seq in range(1, rows + 1)
        ),
        before_total=contract.total,
        delta=Decimal(0),
        after_total=contract.total,
        after_net=contract.net,
        after_tax=contract.tax,
        copies=contract.copies,
    )


def termination_specimen(contract: ContractTerms, rows: int) -> TerminationTerms:
    """Return the end of the performed contract, half of it paid, with `rows` things handed over."""
    paid = (contract.total / 2).quantize(Decimal("0.01"))
    retention = contract.warranty.retention_amount
    ended_on = contract.service_end + timedelta(days=14)
    return TerminationTerms(
        contract=contract,
        contract_number=NUMBER,
        contract_signed_on=contract.quote_accepted_on,
        amendments=(),
        template_code="",
        template_version="",
        ending=Ending.PERFORMED,
        reason="约定的工作已全部完成",
        ended_on=ended_on,
        performance="双方已按约定履行各自的义务",
        acceptance_no=f"{NUMBER}-Y01",
        acceptance_conclusion="合格",
        settlement=Settlement(
            contract_total=contract.total,
            change_total=Decimal(0),
            deduct=Decimal(0),
            deduct_basis="无",
            final=contract.total,
            paid=paid,
            retention=retention,
            payable=contract.total - paid - retention,
            pay_by=ended_on + timedelta(days=30),
            invoiced=paid,
            invoice_diff=contract.total - paid,
        ),
        handover_by=ended_on + timedelta(days=15),
        handovers=tuple(
            Handover(
                seq, f"项目资料 {seq}", "纸质、电子", "1 份", "20 页",
                contract.party_b.contact, contract.party_a.contact,
                ended_on + timedelta(days=7), "无",
            )
            for seq in range(1, rows + 1)
        ),
        copies=contract.copies,
        original_total=contract.total,
        deltas=(),
        payments=(Paid(ended_on, paid, "银行回单"),),
    )  # fmt: skip


def nda_specimen(contract: ContractTerms) -> NdaTerms:
    """Return a mutual promise of secrecy over the project."""
    return NdaTerms(
        party_a=contract.party_a,
        party_b=contract.party_b,
        template_code="",
        template_version="",
        purpose=f"评估、订立和履行{contract.project_name}的合同",
        relates_to=contract.project_name,
        start=contract.service_start,
        end=contract.service_end + timedelta(days=730),
        dispute=contract.dispute,
        copies=Copies(2, 1, 1),
    )


def authority_specimen(contract: ContractTerms) -> AuthorityTerms:
    """Return the firm's power of attorney for the contract."""
    return AuthorityTerms(
        principal=contract.party_b,
        template_code="",
        template_version="",
        agent_name=contract.party_b.agent,
        agent_title="销售部经理",
        agent_id_kind="居民身份证",
        agent_id="110105********0012",
        matter=f"商谈、签署{contract.project_name}的合同",
        powers=frozenset({Power.NEGOTIATE, Power.SIGN}),
        other_power="/",
        contract_ref=f"订单 {contract.order_no} 项下合同",
        limit=contract.total,
        start=contract.service_start,
        end=contract.service_end,
    )
