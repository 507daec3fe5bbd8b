"""Agreements: what the parties agree after, beside and for a contract, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from templates.terms import ContractTerms, Copies, Dispute, Party


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause as it was agreed and as it shall read (原约定、变更后约定)."""

    seq: int
    clause: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """Everything a change agreement says, but its number (合同变更协议).

    `contract` is the contract as the earlier changes left it; `seq` counts the changes of one
    contract, `earlier` are the numbers of those already in
    force. `before_total` is the price up to now, `delta` what is added, negative what is taken
    off; `after_net` and `after_tax` are the parts of `after_total`.
    """

    contract: ContractTerms
    contract_number: str
    contract_signed_on: date | None
    seq: int
    template_code: str
    template_version: str
    reason: str
    changes: tuple[ClauseChange, ...]
    before_total: Decimal
    delta: Decimal
    after_total: Decimal
    after_net: Decimal
    after_tax: Decimal
    copies: Copies
    earlier: tuple[str, ...] = ()
    payment_change: str = "不变"
    period_change: str = "不变"
    acceptance_change: str = "不变"
    performed: str = "原合同的约定"
    claims: str = "无争议"


class Ending(StrEnum):
    """Why a contract ends (民法典第五百五十七条、第五百六十二条、第五百六十三条)."""

    PERFORMED = "履行完毕"
    AGREED = "双方协商解除"
    RESCINDED = "一方行使法定或者约定解除权"
    OTHER = "其他原因"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The account of a contract; amounts in yuan, numbered as in the agreement.

    final (4) = contract_total (1) + change_total (2) - deduct (3), and
    payable (7) = final (4) - paid (5) - retention (6); negative: party B pays back.
    `invoice_diff` is still to be invoiced, negative what is to be credited. `pay_by` is None
    where nothing is to be paid.
    """

    contract_total: Decimal
    change_total: Decimal
    deduct: Decimal
    deduct_basis: str
    final: Decimal
    paid: Decimal
    retention: Decimal
    payable: Decimal
    pay_by: date | None
    invoiced: Decimal
    invoice_diff: Decimal


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment that came in, and the voucher that proves it (付款凭证)."""

    paid_on: date
    amount: Decimal
    voucher: str


@dataclass(frozen=True, slots=True)
class Handover:
    """One thing, paper or account that changes hands (资料交接清单)."""

    seq: int
    name: str
    medium: str
    quantity: str
    extent: str
    giver: str
    taker: str
    due: date
    remark: str


@dataclass(frozen=True, slots=True)
class TerminationTerms:
    """Everything an agreement on end and settlement says, but its number (合同终止与结算协议).

    `contract` is the contract as its changes left it, `original_total` its price as signed,
    `deltas` what each of the `amendments` added. `acceptance_no` and `acceptance_conclusion`
    are "/" where nothing was accepted, and `unaccepted` says what becomes of it.
    """

    contract: ContractTerms
    contract_number: str
    contract_signed_on: date | None
    amendments: tuple[str, ...]
    template_code: str
    template_version: str
    ending: Ending
    reason: str
    ended_on: date
    performance: str
    acceptance_no: str
    acceptance_conclusion: str
    settlement: Settlement
    handover_by: date
    handovers: tuple[Handover, ...]
    copies: Copies
    original_total: Decimal
    deltas: tuple[Decimal, ...]
    payments: tuple[Paid, ...]
    unaccepted: str = "无"
    release: str = "不存在其他未结清的债权债务"


@dataclass(frozen=True, slots=True)
class NdaTerms:
    """Everything a confidentiality agreement says, but its number (保密协议).

    Both parties disclose and receive; `relates_to` is the contract or project behind it.
    """

    party_a: Party
    party_b: Party
    template_code: str
    template_version: str
    purpose: str
    relates_to: str
    start: date
    end: date
    dispute: Dispute
    copies: Copies
    extra_information: str = "无其他约定"
    confirm_days: int = 10
    return_days: int = 10


class Power(StrEnum):
    """What an agent may do for the principal."""

    NEGOTIATE = "商谈合同条款"
    SIGN = "签署合同及其附件"
    CHANGE = "签署变更协议"
    ACCEPT = "签署验收报告"
    SETTLE = "办理结算"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class AuthorityTerms:
    """Everything a power of attorney says, but its number (授权委托书).

    `contract_ref` names the contract the powers are for; `agent_id` is masked: a full identity
    number has no place in a paper that is handed to others. `limit` is in yuan.
    """

    principal: Party
    template_code: str
    template_version: str
    agent_name: str
    agent_title: str
    agent_id_kind: str
    agent_id: str
    matter: str
    powers: frozenset[Power]
    other_power: str
    contract_ref: str
    limit: Decimal
    start: date
    end: date
    may_delegate: bool = False
