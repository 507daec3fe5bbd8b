"""UBL orders and quotations: what is read, what is refused with its XPath, what is hostile."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import samples
from pipeline.intake.formats import UBL
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_all, read_form
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished
from pipeline.writing.forms import written

Refused = Callable[[bytes], dict[str, str]]
LINE = "/ubl:Order/cac:OrderLine[1]/cac:LineItem"


def document() -> str:
    return written(samples.sample_order(1), UBL).decode()


def order_of(payload: bytes | str) -> OrderForm:
    form = read_form(payload.encode() if isinstance(payload, str) else payload)
    assert isinstance(form, OrderForm)
    return form


def without(text: str, element: str) -> str:
    """Return the document without the first such element."""
    changed = re.sub(rf"\s*<{element}[ >].*?</{element}>", "", text, count=1, flags=re.DOTALL)
    assert changed != text
    return changed


def test_a_quotation_is_an_order_under_its_own_number() -> None:
    text = document().replace("ubl:Order", "ubl:Quotation").replace(":Order-2", ":Quotation-2")
    text = text.replace("cac:OrderLine", "cac:QuotationLine")
    text = text.replace("cac:AnticipatedMonetaryTotal", "cac:QuotedMonetaryTotal")
    number = samples.sample_order(1)["quote"]["no"]
    text = text.replace(f"<cbc:ID>{samples.sample_order(1)['order_no']}", f"<cbc:ID>{number}", 1)
    text = without(text, "cac:QuotationDocumentReference")
    text = text.replace("<cbc:IssueDate>", "<cbc:VersionID>V2</cbc:VersionID><cbc:IssueDate>", 1)
    read = order_of(text)
    assert (read.order_no, read.quote.no, read.quote.version) == (number, number, "V2")
    assert read.items == order_of(document()).items


def test_the_older_version_names_its_currency_only_at_the_amounts() -> None:
    text = without(document(), "cbc:DocumentCurrencyCode").replace("2.1<", "2.0<")
    assert order_of(text) == order_of(document())


def test_prices_before_tax_lead_to_the_price_with_tax_where_it_is_exact() -> None:
    text = without(document(), "cac:PricingReference")
    first = order_of(document()).items[0]
    read = order_of(text).items[0]
    assert read.unit_price_tax_incl == first.unit_price_tax_incl
    assert read.amount_tax_incl == first.amount_net + first.tax


@pytest.mark.parametrize(
    ("element", "place", "word"),
    [
        ("cac:PostalAddress", "cac:BuyerCustomerParty/cac:Party/cac:PostalAddress", "缺少"),
        ("cbc:CompanyID", "cac:PartyLegalEntity/cbc:CompanyID", "缺少"),
        ("cbc:TotalTaxAmount", f"{LINE}/cbc:TotalTaxAmount", "缺少"),
        ("cac:RequestedDeliveryPeriod", "cac:RequestedDeliveryPeriod/cbc:StartDate", "缺少"),
        ("ext:UBLExtensions", "quote.approved_by.name：UBL 无此项", "缺少"),
    ],
)
def test_what_is_missing_is_named_by_its_xpath(
    refused: Refused, element: str, place: str, word: str
) -> None:
    found = refused(without(document(), element).encode())
    place = place.replace("ubl:", "")
    assert any(place in where and word in text for where, text in found.items()), found


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('unitCode="BX"', 'unitCode="箱\u200b"', "看不见"),
        ("<cac:Item>", "<cbc:TotalTaxAmount>1</cbc:TotalTaxAmount><cac:Item>", "出现 2 次"),
        ('currencyID="CNY">', 'currencyID="USD">', "币种"),
        ("</cac:LineItem>", "<cac:AllowanceCharge/></cac:LineItem>", "折让"),
        ('path="warranty.response_hours"', 'path="amount.nothing"', "不认识的字段"),
        ('path="warranty.response_hours"', 'path="items[99999].qty"', "不认识的字段"),
        ('path="warranty.response_hours"', 'path="order_no"', "不同"),
        ("<cbc:TotalTaxAmount", "<cbc:TotalTaxAmount>1e3</cbc:TotalTaxAmount><x", "XML"),
        ("<cbc:StartDate>", "<cbc:StartDate>0", "不是日期"),
        ('TaxExclusiveAmount currencyID="CNY">', 'TaxExclusiveAmount currencyID="CNY">9', "不同"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_its_xpath(
    refused: Refused, old: str, new: str, word: str
) -> None:
    text = document()
    if old not in text:
        old, new = 'unitCode="', 'unitCode="\u200b'
    found = refused(text.replace(old, new, 1).encode())
    assert any(word in message for message in found.values()), found
    if word != "XML":
        assert any(place.startswith("/Order") for place in found), found


def test_a_net_price_that_contradicts_its_line_is_refused(refused: Refused) -> None:
    price = '<cac:Price><cbc:PriceAmount currencyID="CNY">1.00</cbc:PriceAmount></cac:Price>'
    text = document().replace("<cac:Item>", f"{price}<cac:Item>", 1)
    assert any("不等于本行" in message for message in refused(text.encode()).values())


def test_what_is_not_read_is_told() -> None:
    text = document().replace(
        "<cbc:DocumentCurrencyCode>", "<cbc:Note>月结 30 天</cbc:Note><cbc:DocumentCurrencyCode>"
    )
    (reading,) = read_all(text.encode())
    (note,) = reading.content.notes
    assert (note.place, "月结 30 天" in note.message) == ("/Order/cbc:Note", True)


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">',
        "<!DOCTYPE x>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_any_doctype_is_refused(refused: Refused, start: str, encoding: str) -> None:
    text = document().replace("<?xml version='1.0' encoding='UTF-8'?>", start)
    assert "DOCTYPE" in refused(text.encode(encoding))["文件"]


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        (b"<a>" * 100 + b"</a>" * 100, "过深"),
        (b"<a/>", "根元素"),
        (b'<?xml version="1.0" encoding="x-none"?><a/>', "XML"),
        (b"<a><b></a></b>", "XML"),
        (b"<a>&unknown;</a>", "XML"),
    ],
)
def test_other_xml_is_refused_in_words(refused: Refused, payload: bytes, word: str) -> None:
    assert word in refused(payload)["文件"]


def test_more_lines_than_a_contract_has_are_refused(refused: Refused) -> None:
    text = document()
    line = re.search(r"<cac:OrderLine>.*?</cac:OrderLine>", text, re.DOTALL)
    assert line is not None
    text = text.replace(line[0], line[0] * 301, 1)
    assert "最多 300 行" in refused(text.encode())["文件"]


@given(
    st.sampled_from(["cbc:Quantity", "cbc:TotalTaxAmount", "cbc:Percent", "cbc:Line"]), st.text()
)
def test_any_text_in_an_element_is_read_or_refused(element: str, text: str) -> None:
    from xml.sax.saxutils import escape  # noqa: PLC0415 - beside its one use

    changed = re.sub(
        rf"(<{element}[^>]*>)[^<]*", lambda match: match[1] + escape(text), document(), count=1
    )
    try:
        read = order_of(changed.encode("utf-8", "surrogatepass"))
    except (OrderRefused, Unfinished):
        return
    assert all(isinstance(line.qty, Decimal) for line in read.items)
