"""UBL fields: which element of a UBL Order or Quotation says what of an order.

The table of this mapping for people stands in README.md beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd"
OURS = "urn:guidang:order:1"
SPACES = {
    "cac": f"{NAMESPACE}:CommonAggregateComponents-2",
    "cbc": f"{NAMESPACE}:CommonBasicComponents-2",
    "ext": f"{NAMESPACE}:CommonExtensionComponents-2",
    "g": OURS,
}
EXTENSION = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/g:fields/g:field"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of UBL document: where its lines, its total and its delivery stand."""

    name: str
    line: str
    total: str


ORDER = Kind("Order", "cac:OrderLine/cac:LineItem", "cac:AnticipatedMonetaryTotal")
QUOTATION = Kind("Quotation", "cac:QuotationLine/cac:LineItem", "cac:QuotedMonetaryTotal")
KINDS = {f"{{{NAMESPACE}:{kind.name}-2}}{kind.name}": kind for kind in (ORDER, QUOTATION)}

_PARTY = (
    ("name", "cac:PartyLegalEntity/cbc:RegistrationName"),
    ("name", "cac:PartyName/cbc:Name"),
    ("uscc", "cac:PartyLegalEntity/cbc:CompanyID"),
    ("uscc", "cac:PartyTaxScheme/cbc:CompanyID"),
    ("address", "cac:PostalAddress/cac:AddressLine/cbc:Line"),
    ("contact", "cac:Contact/cbc:Name"),
    ("phone", "cac:Contact/cbc:Telephone"),
    ("email", "cac:Contact/cbc:ElectronicMail"),
    ("bank", "cac:FinancialAccount/cac:FinancialInstitutionBranch/cbc:Name"),
    ("bank_account", "cac:FinancialAccount/cbc:ID"),
)
_SIDES = (
    ("party_a", "cac:BuyerCustomerParty/cac:Party"),
    ("party_b", "cac:SellerSupplierParty/cac:Party"),
)
_HEADS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Order": (
        ("order_no", "cbc:SalesOrderID"),
        ("order_no", "cbc:ID"),
        ("quote.no", "cac:QuotationDocumentReference/cbc:ID"),
        ("quote.version", "cac:QuotationDocumentReference/cbc:VersionID"),
    ),
    "Quotation": (
        ("order_no", "cbc:ID"),
        ("quote.no", "cbc:ID"),
        ("quote.version", "cbc:VersionID"),
    ),
}
_REST = (
    ("extensions.客户编码", "cac:BuyerCustomerParty/cbc:SupplierAssignedAccountID"),
    ("service.start", "cac:Delivery/cac:RequestedDeliveryPeriod/cbc:StartDate"),
    ("service.end", "cac:Delivery/cac:RequestedDeliveryPeriod/cbc:EndDate"),
    ("service.place", "cac:Delivery/cac:DeliveryLocation/cbc:Description"),
    ("service.place", "cac:Delivery/cac:DeliveryAddress/cac:AddressLine/cbc:Line"),
    ("project.no", "cac:ProjectReference/cbc:ID"),
    ("amount.currency", "cbc:DocumentCurrencyCode"),
    ("amount.currency", "{total}/cbc:PayableAmount/@currencyID"),
    ("amount.total", "{total}/cbc:TaxInclusiveAmount"),
    ("amount.total", "{total}/cbc:PayableAmount"),
    ("amount.net", "{total}/cbc:TaxExclusiveAmount"),
    ("amount.net", "{total}/cbc:LineExtensionAmount"),
    ("amount.tax", "cac:TaxTotal/cbc:TaxAmount"),
)
LINE_FIELDS = (
    ("name", "cac:Item/cbc:Name"),
    ("spec", "cac:Item/cbc:Description"),
    ("fee_type", "cac:Item/cac:AdditionalItemProperty[cbc:Name='费用类别']/cbc:Value"),
    ("qty", "cbc:Quantity"),
    ("unit", "cbc:Quantity/@unitCode"),
    ("amount_net", "cbc:LineExtensionAmount"),
    ("tax", "cbc:TotalTaxAmount"),
    ("tax", "cac:TaxTotal/cbc:TaxAmount"),
    ("tax_rate", "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
    ("tax_rate", "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent"),
    (
        "unit_price_tax_incl",
        "cac:PricingReference/cac:AlternativeConditionPrice[cbc:PriceTypeCode='01']/cbc:PriceAmount",
    ),
)
LINE_ID = "cbc:ID"
PRICE = "cac:Price/cbc:PriceAmount"
BASE = "cac:Price/cbc:BaseQuantity"
UNREADABLE = (
    ("cac:AllowanceCharge", "订单级的折让或附加费用不能受理；请计入各行价格"),
    ("{line}/cac:AllowanceCharge", "行上的折让或附加费用不能受理；请计入本行价格"),
    ("{line}[cbc:LineStatusCode='Cancelled']", "本行标为已取消；请从订单中删去，并核对合计"),
    ("{line}[cbc:LineStatusCode='Disputed']", "本行标为有争议；请双方核定后重新导出"),
)
UNITS = {
    "MON": "月",
    "DAY": "天",
    "HUR": "小时",
    "ANN": "年",
    "C62": "个",
    "EA": "个",
    "H87": "个",
    "SET": "套",
    "MTR": "米",
    "KGM": "千克",
    "TNE": "吨",
    "LTR": "升",
    "PR": "双",
    "BX": "箱",
    "XBX": "箱",
}
"""UN/ECE Recommendation 20 codes, as contracts here write the units."""


def fields_of(kind: Kind) -> tuple[tuple[str, str], ...]:
    """Return the order's own fields with the XPath of each below the root, the best first."""
    parties = tuple(
        (f"{side}.{name}", f"{start}/{path}") for side, start in _SIDES for name, path in _PARTY
    )
    rest = tuple((path, xpath.format(total=kind.total)) for path, xpath in _REST)
    return (*_HEADS[kind.name], *parties, *rest)
