"""Terms: what the parties agreed, as values, before it becomes a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Party:
    """A firm bound by a document (当事人); `uscc` is its 统一社会信用代码."""

    name: str
    uscc: str
    address: str
    legal_rep: str
    agent: str
    contact: str
    phone: str
    email: str
    bank: str
    bank_account: str


@dataclass(frozen=True, slots=True)
class Line:
    """One priced line; amounts in yuan, `tax_rate` as a fraction (0.06)."""

    line_no: int
    fee_type: str
    name: str
    spec: str
    unit: str
    qty: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    net: Decimal
    tax: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of the plan; `share` as a fraction, the last takes the remainder."""

    seq: int
    name: str
    condition: str
    share: Decimal
    amount: Decimal
    within_workdays: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage, what is delivered at it, and by which day."""

    seq: int
    name: str
    deliverable: str
    due: date


@dataclass(frozen=True, slots=True)
class AcceptanceItem:
    """One thing to be accepted and the standard it is measured by (附件二)."""

    seq: int
    name: str
    standard: str
    method: str
    clause: str
    quantity: str = "/"


@dataclass(frozen=True, slots=True)
class Copies:
    """How many originals are signed, and who keeps how many."""

    total: int
    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Dispute:
    """Option 1 arbitration before `arbitration_body`, option 2 the court of `court_place`."""

    option: int
    arbitration_body: str
    court_place: str


@dataclass(frozen=True, slots=True)
class Warranty:
    """Warranty after acceptance; `retention_percent` is 5 for five per cent."""

    months: int
    retention_percent: Decimal
    retention_amount: Decimal
    response_hours: int


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """Everything a service contract says, but its number and its signing day.

    `total_upper` is the amount in words as the order states it, None where it states none.
    `options` overrides the standard figures of the template text (terms.pay_days -> "15").
    """

    order_no: str
    quote_no: str
    quote_version: str
    quote_approved_on: date
    quote_accepted_on: date
    type_code: str
    type_name: str
    template_code: str
    template_version: str
    secrecy: str
    sign_place: str
    party_a: Party
    party_b: Party
    project_no: str
    project_name: str
    project_manager: str
    project_manager_phone: str
    service_scope: str
    service_place: str
    service_method: str
    service_start: date
    service_end: date
    lines: tuple[Line, ...]
    currency: str
    total: Decimal
    net: Decimal
    tax: Decimal
    total_upper: str | None
    invoice_type: str
    instalments: tuple[Instalment, ...]
    milestones: tuple[Milestone, ...]
    acceptance_items: tuple[AcceptanceItem, ...]
    warranty: Warranty
    copies: Copies
    dispute: Dispute
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deliverable:
    """One thing handed over, and whether it is complete (是否齐全)."""

    seq: int
    name: str
    medium: str
    quantity: str
    delivered_on: date
    complete: bool


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The result of one acceptance item of the contract: 合格, 不合格 or 不适用."""

    seq: int
    finding: str
    result: str
    remark: str


@dataclass(frozen=True, slots=True)
class Rectification:
    """One defect to mend, and how the re-inspection came out."""

    seq: int
    item: str
    problem: str
    demand: str
    responsible: str
    due: date
    done_on: date | None
    rechecked_on: date | None
    recheck_result: str
    rechecked_by: str


@dataclass(frozen=True, slots=True)
class AcceptanceTerms:
    """Everything an acceptance report says, on top of the contract it belongs to.

    The items and standards come from `contract` alone (its 附件二, as the `amendments` left it):
    `results` name them by `seq`.
    """

    contract: ContractTerms
    contract_number: str
    contract_signed_on: date | None
    round: int
    round_kind: str
    template_code: str
    template_version: str
    completed_on: date
    notice_no: str
    notice_delivered_on: date
    accepted_on: date
    place: str
    method: str
    standards: str
    self_check_no: str
    self_checked_on: date
    self_check_result: str
    self_check_issues: int
    self_check_fixed: int
    deliverables: tuple[Deliverable, ...]
    results: tuple[ItemResult, ...]
    rectifications: tuple[Rectification, ...]
    history: str
    leftover: str
    conclusion: str
    satisfaction: int | None
    attachment_pages: int
    copies: Copies
    amendments: tuple[str, ...] = ()
