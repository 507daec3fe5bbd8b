"""The same order is the same order in every form a sales department may send it in."""

from __future__ import annotations

import json
import string
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline import samplereports, samples
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.formats import CSV, FORMATS, JSON, UBL, XLSX, YAML, Format, format_of
from pipeline.intake.leaves import Kind, leaves_of
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_all, read_form
from pipeline.intake.unfinished import Unfinished
from pipeline.writing.forms import written
from templates.checks.rounding import net_of, to_fen

_WORDS = st.text(
    st.sampled_from(
        "示例公司㛃𠅤·&<>{}%\"'=+-@,;:#|!*?()（）【】　 ０１Ａ元"
        + string.ascii_letters
        + string.digits
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() and "  " not in text)
_AMOUNTS = st.decimals("0.01", "99999999.99", places=2)
_RATES = st.sampled_from(["0", "0.01", "0.03", "0.06", "0.09", "0.13", "0.135"])


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an order: random words and figures, lines that add up."""
    order = samples.sample_order(draw(st.integers(1, 6)), lines=draw(st.integers(1, 4)))
    for part, name in (
        ("party_a", "name"), ("party_a", "address"), ("service", "scope"), ("service", "place"),
        ("intake", "demand"), ("project", "name"), ("contract", "sign_place"),
    ):  # fmt: skip
        order[part][name] = draw(_WORDS).strip()
    order["evaluation"]["risks"] = draw(st.lists(_WORDS.map(str.strip), unique=True, max_size=3))
    order["terms"] = draw(
        st.dictionaries(st.sampled_from(["ip.owner", "sla", "甲"]), _WORDS.map(str.strip))
    )
    order["extensions"] = draw(
        st.dictionaries(st.sampled_from(["a.b", "来源", "x y"]), _WORDS.map(str.strip))
    )
    for line in order["items"]:
        line["name"], line["spec"] = draw(_WORDS).strip(), draw(_WORDS).strip()
        qty, price = draw(st.decimals("0.001", "9999", places=3)), draw(_AMOUNTS)
        rate = Decimal(draw(_RATES))
        amount = to_fen(Fraction(qty) * Fraction(price))
        net = net_of(amount, rate)
        line |= {
            "qty": str(qty), "unit_price_tax_incl": str(price), "tax_rate": str(rate),
            "amount_tax_incl": str(amount), "amount_net": str(net), "tax": str(amount - net),
        }  # fmt: skip
    for name, field in (("total", "amount_tax_incl"), ("net", "amount_net"), ("tax", "tax")):
        order["amount"][name] = str(sum(Decimal(line[field]) for line in order["items"]))
    if draw(st.booleans()):
        del order["retention"]
    if draw(st.booleans()):
        order["approvals"] = []
    for decision in order["approvals"]:
        if draw(st.booleans()):
            decision["terms_digest"] = draw(st.text("0123456789abcdef", min_size=64, max_size=64))
    return order


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(orders())
def test_an_order_written_in_any_form_is_read_as_the_same_order(order: dict[str, Any]) -> None:
    meant = read_form(json.dumps(order).encode())
    for form in FORMATS:
        (reading,) = read_all(written(order, form))
        assert reading.format is form
        read = reading.form.model_dump(exclude_defaults=True)
        assert read == meant.model_dump(exclude_defaults=True), form.name
        assert reading.content.defaults == {}


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_file_is_known_by_its_content(form: Format) -> None:
    assert format_of(written(samples.sample_order(1), form)) is form


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_writing_the_same_order_twice_gives_the_same_bytes(form: Format) -> None:
    order = samples.sample_order(2)
    assert written(order, form) == written(order, form)


@pytest.mark.parametrize("form", [JSON, YAML, XLSX, CSV, UBL], ids=lambda form: form.name)
@settings(max_examples=25, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
@example(share=0.0022731562744591205)  # of UBL, just the XML declaration
def test_a_file_cut_in_the_middle_is_no_order(form: Format, share: float) -> None:
    payload = written(samples.sample_order(1, lines=3), form)
    cut = payload[: int(len(payload.rstrip()) * share)]
    if form in {YAML, CSV}:
        cut = cut.rstrip(b"\r\n")
    with pytest.raises(Unfinished):
        read_all(cut)


def test_an_acceptance_report_may_be_yaml() -> None:
    report = samplereports.sample_acceptance(1)
    read = read_form(written(report, YAML))
    assert isinstance(read, AcceptanceForm)
    assert read == read_form(json.dumps(report).encode())


def test_every_value_of_an_order_is_of_a_kind_the_forms_can_carry() -> None:
    open_ = {path for path, leaf in leaves_of(OrderForm).items() if leaf.kind is Kind.OPEN}
    assert open_ == {"terms", "extensions"}
