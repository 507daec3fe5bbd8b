"""Customers' rules: what a file leaves out is filled from them, visibly, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.errors import RulesUnfit
from pipeline import samplecustomers, samples
from pipeline.intake.customers import RULES, CustomerRules
from pipeline.intake.formats import CSV, JSON, UBL, XLSX, YAML, Format
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import Reading, read_all
from pipeline.intake.refusal import OrderRefused
from pipeline.writing.forms import written

ORDERS = 24


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], CustomerRules]:
    def from_text(text: str) -> CustomerRules:
        path = tmp_path / "customers.toml"
        path.write_text(text, "utf-8")
        return CustomerRules.load(path)

    return from_text


@pytest.fixture
def rules(load: Callable[[str], CustomerRules]) -> CustomerRules:
    return load(samplecustomers.sample_customers(ORDERS))


def read(payload: bytes, rules: CustomerRules) -> Reading:
    (reading,) = read_all(payload, lambda: rules)
    return reading


@pytest.mark.parametrize("form", [UBL, XLSX, CSV], ids=lambda form: form.name)
@pytest.mark.parametrize("number", [1, 24])
def test_what_a_file_leaves_out_is_filled_and_told(
    rules: CustomerRules, form: Format, number: int
) -> None:
    sparse, whole = samplecustomers.sparse_order(number), samples.sample_order(number)
    with pytest.raises(OrderRefused):
        read_all(written(sparse, form))

    reading = read(written(sparse, form), rules)

    assert isinstance(reading.form, OrderForm)
    (meant,) = read_all(written(whole, JSON))
    assert isinstance(meant.form, OrderForm)
    for part in ("party_b", "payments", "milestones", "acceptance_items", "invoice"):
        assert getattr(reading.form, part) == getattr(meant.form, part), part
    filled = reading.content.defaults
    assert filled["payments[3].amount"].startswith(RULES)
    assert "全部客户" in filled["party_b.name"]
    assert whole["party_a"]["name"] in filled["party_a.legal_rep"]
    assert "order_no" not in filled
    told = "".join(note.message for note in reading.content.notes)
    assert whole["party_a"]["legal_rep"] in told
    assert reading.content.rules["sha256"] == rules.digest


def test_what_the_file_says_itself_stands(rules: CustomerRules) -> None:
    order = samples.sample_order(1)
    order["warranty"]["months"] = 36
    reading = read(written(order, XLSX), rules)
    assert isinstance(reading.form, OrderForm)
    assert reading.form.warranty.months == 36
    assert reading.content.defaults == {}
    assert reading.content.notes == []


@pytest.mark.parametrize("form", [JSON, YAML], ids=lambda form: form.name)
def test_a_form_that_can_say_everything_must(rules: CustomerRules, form: Format) -> None:
    with pytest.raises(OrderRefused):
        read_all(written(samplecustomers.sparse_order(1), form), lambda: rules)


def test_a_customer_is_known_by_the_code_of_the_firms_own_system(rules: CustomerRules) -> None:
    order = samplecustomers.sparse_order(1)
    order["party_a"]["uscc"] = "91330106MA00000017"
    with pytest.raises(OrderRefused) as caught:
        read(written(order, UBL), rules)
    assert any("甲方法定代表人" in finding.place for finding in caught.value.findings)
    order["extensions"] = {"客户编码": samplecustomers.customer_code(1)}
    assert read(written(order, UBL), rules).content.defaults["party_a.legal_rep"]


def test_a_code_of_one_client_with_the_number_of_another_is_refused(rules: CustomerRules) -> None:
    order = samplecustomers.sparse_order(1)
    order["extensions"] = {"客户编码": samplecustomers.customer_code(2)}
    with pytest.raises(OrderRefused) as caught:
        read(written(order, UBL), rules)
    assert any("不同客户" in finding.message for finding in caught.value.findings)


def test_a_default_that_cannot_be_is_refused_at_the_rules(
    load: Callable[[str], CustomerRules],
) -> None:
    rules = load('[all.invoice]\ntype = "专票"\n')
    order = samples.sample_order(1)
    del order["invoice"]
    with pytest.raises(OrderRefused) as caught:
        read(written(order, XLSX), rules)
    (finding,) = caught.value.findings
    assert finding.place.startswith(RULES)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x = 1", "不认识"),
        ("[all]\norder_no = 'A'", "不能有默认值"),
        ("[all.amount]\ntotal = '1.00'", "不能有默认值"),
        ("[[all.approvals]]\nstep = '法务'", "没有此字段"),
        ("[all.party_a]\nuscc = 'A'", "不能有默认值"),
        ("[all.partyA]\nname = 'A'", "没有此字段"),
        ("[all.line]\nqty = 1", "只能是"),
        ("[[all.payments]]\nname = 'A'", "pct"),
        ("[[all.payments]]\npct = '0.3'\namount = '1'", "系统算出"),
        ("[[all.milestones]]\ndays_after_start = -1", "天数"),
        ("[all.service]\nstart = '昨天'", "不是日期"),
        ("[[customer]]\nname = 'A'", "列表"),
        ("[[customer]]\nkeys = ['A']\n[[customer]]\nkeys = ['A']", "两处"),
        ("[customer]\nkeys = ['A']", "[[customer]]"),
        ("a = = b", "TOML"),
    ],
)
def test_rules_that_are_wrong_are_refused_as_a_whole(
    load: Callable[[str], CustomerRules], text: str, word: str
) -> None:
    with pytest.raises(RulesUnfit) as caught:
        load(text)
    assert word in str(caught.value)


def test_the_blank_rules_fill_nothing_and_their_sample_can_be_used(
    load: Callable[[str], CustomerRules],
) -> None:
    source = Path(samplecustomers.__file__).parent / "intake" / "customers.toml"
    blank = source.read_text("utf-8")
    content: Any = load(blank)
    assert (content.customers, dict(content.everyone.values)) == ((), {})
    lines = blank.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("# version ="))
    shown = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[start:-1])
    assert load(shown).customers[0].keys == {"91330106MA0000001X", "KH-0001"}


def test_no_rules_file_is_no_rules(tmp_path: Path) -> None:
    assert CustomerRules.load(tmp_path / "customers.toml").customers == ()
