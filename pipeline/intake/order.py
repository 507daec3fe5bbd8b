"""Order: approved sales data as received, schema guidang.order/1 (订单)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from archive.people import person_key
from pipeline.intake.approval import ApprovalForm
from pipeline.intake.fields import (
    Count,
    Day,
    Form,
    Key,
    LongText,
    Moment,
    Money,
    Percent,
    Quantity,
    Sequence1,
    Share,
    Text,
)

ORDER_SCHEMA = "guidang.order/1"


class SignatureForm(Form):
    """Who approved the quote, in which post, when."""

    name: Text
    post: Text
    signed_at: Moment


class ClientAcceptanceForm(Form):
    """By what and when the client accepted the quote."""

    evidence: Text
    date: Day


class QuoteForm(Form):
    """The quote the order goes back to, approved by the firm and accepted by the client."""

    no: Key
    version: Text
    drafted_by: Text | None = None
    approved_by: SignatureForm
    accepted_by_client: ClientAcceptanceForm


class IntakeForm(Form):
    """How the enquiry came in (客户咨询登记)."""

    channel: Literal["电话", "邮件", "在线客服", "来访", "其他"]
    received_at: Moment
    handler: Text
    demand: LongText
    budget_range: Text
    special_requirements: LongText


class EvaluationForm(Form):
    """The evaluation that said the firm can take the work; internal, never printed."""

    no: Key
    conclusion: Literal["承接", "有条件承接"]
    risks: tuple[Text, ...] = ()
    cost_budget: Money | None = None
    visibility: Text | None = None


class PartyForm(Form):
    """One party as the business licence names it."""

    role: Text | None = None
    name: Text
    uscc: Text
    address: Text
    legal_rep: Text
    agent: Text
    contact: Text
    phone: Text
    mobile: Text | None = None
    email: Text
    bank: Text
    bank_account: Text
    type: Text | None = None


class CopiesForm(Form):
    """Originals in all, and how many each party keeps."""

    total: Sequence1
    a: Count
    b: Count


class DisputeForm(Form):
    """1 arbitration before a named body, 2 the court of a named place."""

    option: Literal[1, 2]
    arbitration_body: Text | None = None
    court_place: Text | None = None


class ContractForm(Form):
    """Which contract is to be drawn up."""

    type: Key
    type_name: Text
    template: Key
    template_version: Text
    sign_place: Text
    secrecy: Literal["公开", "内部", "商业秘密", "商业秘密（核心）"] = "内部"
    copies: CopiesForm
    dispute: DisputeForm


class ProjectForm(Form):
    """The project and who leads it."""

    no: Key
    name: Text
    manager: Text
    manager_phone: Text
    dept: Text
    dept_code: Key


class ServiceForm(Form):
    """What is done, where, how, from when to when."""

    scope: LongText
    place: Text
    method: Text
    start: Day
    end: Day


class LineForm(Form):
    """One priced line of the quote."""

    line_no: Sequence1
    fee_type: Literal["服务费", "材料费", "运输费", "其他"]
    name: Text
    spec: Text
    unit: Text
    qty: Quantity
    unit_price_tax_incl: Money
    tax_rate: Share
    amount_net: Money
    tax: Money
    amount_tax_incl: Money


class AmountForm(Form):
    """The totals; `total_upper` is checked where it is given."""

    currency: Text
    total: Money
    net: Money
    tax: Money
    total_upper: Text | None = None


class InvoiceForm(Form):
    """Which kind of invoice is issued."""

    type: Literal["增值税专用发票", "增值税普通发票", "数电发票"]


class PaymentForm(Form):
    """One instalment of the payment plan."""

    seq: Sequence1
    name: Text
    condition: Text
    pct: Share
    amount: Money
    pay_within_workdays: Sequence1
    rule: Text | None = None


class MilestoneForm(Form):
    """One stage and its deliverable."""

    seq: Sequence1
    name: Text
    deliverable: Text
    due: Day


class AcceptanceItemForm(Form):
    """One thing to be accepted, by which standard and method."""

    seq: Sequence1
    name: Text
    standard: LongText
    method: Text
    clause: Text
    quantity: Text = "/"


class WarrantyForm(Form):
    """The warranty after acceptance."""

    months: Count
    retention_pct: Percent
    retention_amount: Money
    response_hours: Count


class RetentionForm(Form):
    """What the sender believes about keeping; the file plan decides."""

    class_: Text = Field(alias="class")
    period: Literal["Y", "D30", "D10"]
    trigger: Text


class OrderForm(Form):
    """An approved order; the whole file."""

    kind: ClassVar[str] = "contract"
    turn: ClassVar[int] = 0

    schema_: Literal["guidang.order/1"] = Field(alias="schema")
    order_no: Key
    quote: QuoteForm
    status: Literal["已批准"]
    intake: IntakeForm
    evaluation: EvaluationForm
    party_a: PartyForm
    party_b: PartyForm
    contract: ContractForm
    project: ProjectForm
    service: ServiceForm
    items: tuple[LineForm, ...] = Field(min_length=1, max_length=300)
    amount: AmountForm
    invoice: InvoiceForm
    payments: tuple[PaymentForm, ...] = Field(min_length=1, max_length=60)
    milestones: tuple[MilestoneForm, ...] = Field(min_length=1, max_length=120)
    acceptance_items: tuple[AcceptanceItemForm, ...] = Field(min_length=1, max_length=300)
    warranty: WarrantyForm
    retention: RetentionForm | None = None
    approvals: tuple[ApprovalForm, ...] = Field(default=(), max_length=20)
    terms: dict[Key, Text] = Field(default_factory=dict)
    extensions: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _quote_was_approved_by_another(self) -> Self:
        """Refuse a quote its own drafter or the intake clerk approved (regulation P-206, D-102)."""
        signer = person_key(self.quote.approved_by.name)
        if self.quote.drafted_by and signer == person_key(self.quote.drafted_by):
            raise ValueError("报价审批人与报价起草人为同一人；报价须由部门负责人另行审核签字")
        if signer == person_key(self.intake.handler):
            raise ValueError("报价审批人与接单人员为同一人；接单人员无报价审批权")
        return self
