"""UBL: an order as a UBL 2.1 Order, what UBL has no place for in an extension of our own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from pipeline.intake.content import leaves_in
from pipeline.intake.ublfields import NAMESPACE, ORDER, OURS, SPACES, UNITS

_CODES = {name: code for code, name in reversed(UNITS.items())}
_LINE_FIELDS = {
    "line_no", "name", "spec", "fee_type", "unit", "qty", "unit_price_tax_incl", "tax_rate",
    "amount_net", "tax", "amount_tax_incl",
}  # fmt: skip
_SIDES = (
    ("party_a", "BuyerCustomerParty"),
    ("party_b", "SellerSupplierParty"),
)
_WRITTEN = {
    "schema", "order_no", "quote.no", "quote.version", "service.start", "service.end",
    "service.place", "amount.currency", "amount.total", "amount.net", "amount.tax",
    *(
        f"{side}.{name}"
        for side, _ in _SIDES
        for name in (
            "name", "uscc", "address", "contact", "phone", "email", "bank", "bank_account",
        )
    ),
}  # fmt: skip


def ubl_of(order: Mapping[str, Any]) -> bytes:
    """Return `order` as a UBL Order; parts that are left out are left to the reader's rules."""
    root = etree.Element(
        f"{{{NAMESPACE}:{ORDER.name}-2}}{ORDER.name}",
        nsmap={"ubl": f"{NAMESPACE}:{ORDER.name}-2"} | SPACES,
    )
    _extension(root, order)
    _add(root, "cbc:UBLVersionID", "2.1")
    _add(root, "cbc:ID", order["order_no"])
    _add(root, "cbc:IssueDate", order["quote"]["accepted_by_client"]["date"])
    _add(root, "cbc:DocumentCurrencyCode", order["amount"]["currency"])
    quotation = _add(root, "cac:QuotationDocumentReference")
    _add(quotation, "cbc:ID", order["quote"]["no"])
    _add(quotation, "cbc:VersionID", order["quote"]["version"])
    for side, name in _SIDES:
        if side in order:
            _party(_add(root, f"cac:{name}"), order[side])
    delivery = _add(root, "cac:Delivery")
    _add(_add(delivery, "cac:DeliveryLocation"), "cbc:Description", order["service"]["place"])
    period = _add(delivery, "cac:RequestedDeliveryPeriod")
    _add(period, "cbc:StartDate", order["service"]["start"])
    _add(period, "cbc:EndDate", order["service"]["end"])
    amount = order["amount"]
    _money(_add(root, "cac:TaxTotal"), "cbc:TaxAmount", amount["tax"], order)
    total = _add(root, ORDER.total)
    _money(total, "cbc:LineExtensionAmount", amount["net"], order)
    _money(total, "cbc:TaxExclusiveAmount", amount["net"], order)
    _money(total, "cbc:TaxInclusiveAmount", amount["total"], order)
    _money(total, "cbc:PayableAmount", amount["total"], order)
    for line in order["items"]:
        _line(_add(_add(root, "cac:OrderLine"), "cac:LineItem"), line, order)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _extension(root: etree._Element, order: Mapping[str, Any]) -> None:
    """Write every field UBL has no place for, by its path."""
    holder = _add(_add(root, "ext:UBLExtensions"), "ext:UBLExtension")
    fields = _add(_add(holder, "ext:ExtensionContent"), "g:fields")
    for path, value in leaves_in(order):
        section, _, name = path.rpartition(".")
        is_line = section.startswith("items[") and name in _LINE_FIELDS
        if path in _WRITTEN or is_line or value is None:
            continue
        plain = path.partition("[")[0] if path.startswith("evaluation.risks[") else path
        etree.SubElement(fields, f"{{{OURS}}}field", path=plain).text = str(value)


def _party(holder: etree._Element, party: Mapping[str, Any]) -> None:
    element = _add(holder, "cac:Party")
    _add(_add(_add(element, "cac:PostalAddress"), "cac:AddressLine"), "cbc:Line", party["address"])
    legal = _add(element, "cac:PartyLegalEntity")
    _add(legal, "cbc:RegistrationName", party["name"])
    _add(legal, "cbc:CompanyID", party["uscc"])
    contact = _add(element, "cac:Contact")
    _add(contact, "cbc:Name", party["contact"])
    _add(contact, "cbc:Telephone", party["phone"])
    _add(contact, "cbc:ElectronicMail", party["email"])
    account = _add(element, "cac:FinancialAccount")
    _add(account, "cbc:ID", party["bank_account"])
    _add(_add(account, "cac:FinancialInstitutionBranch"), "cbc:Name", party["bank"])


def _line(item: etree._Element, line: Mapping[str, Any], order: Mapping[str, Any]) -> None:
    _add(item, "cbc:ID", str(line["line_no"]))
    unit = _CODES.get(line["unit"], line["unit"])
    _add(item, "cbc:Quantity", line["qty"]).set("unitCode", unit)
    _money(item, "cbc:LineExtensionAmount", line["amount_net"], order)
    _money(item, "cbc:TotalTaxAmount", line["tax"], order)
    condition = _add(_add(item, "cac:PricingReference"), "cac:AlternativeConditionPrice")
    _money(condition, "cbc:PriceAmount", line["unit_price_tax_incl"], order)
    _add(condition, "cbc:PriceTypeCode", "01")
    goods = _add(item, "cac:Item")
    _add(goods, "cbc:Description", line["spec"])
    _add(goods, "cbc:Name", line["name"])
    percent = Decimal(line["tax_rate"]).scaleb(2).normalize()
    _add(_add(goods, "cac:ClassifiedTaxCategory"), "cbc:Percent", format(percent, "f"))
    kind = _add(goods, "cac:AdditionalItemProperty")
    _add(kind, "cbc:Name", "费用类别")
    _add(kind, "cbc:Value", line["fee_type"])


def _money(parent: etree._Element, name: str, amount: str, order: Mapping[str, Any]) -> None:
    _add(parent, name, amount).set("currencyID", order["amount"]["currency"])


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    prefix, _, local = name.partition(":")
    element = etree.SubElement(parent, f"{{{SPACES[prefix]}}}{local}")
    element.text = text
    return element
