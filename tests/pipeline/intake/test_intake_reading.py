"""What comes in as bytes becomes an order or a refusal that names the place."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import samplereports, samples
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import Unfinished, read_form, schema_of
from pipeline.intake.refusal import OrderRefused, reason_text


def as_bytes(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def refused(content: Any) -> dict[str, str]:
    with pytest.raises(OrderRefused) as caught:
        read_form(content if isinstance(content, bytes) else as_bytes(content))
    return {finding.place: finding.message for finding in caught.value.findings}


@pytest.mark.parametrize("number", [1, 2, 3, 12])
def test_a_sample_order_is_read_as_written(number: int) -> None:
    content = samples.sample_order(number)
    order = read_form(as_bytes(content))
    assert isinstance(order, OrderForm)
    assert order.party_a.name == content["party_a"]["name"]
    assert order.amount.total == Decimal(content["amount"]["total"])


def test_an_acceptance_is_told_from_an_order_by_its_schema() -> None:
    assert isinstance(read_form(as_bytes(samplereports.sample_acceptance(1))), AcceptanceForm)


def test_amounts_written_as_numbers_keep_every_digit() -> None:
    content = samples.sample_order(1)
    text = json.dumps(content).replace(
        f'"{content["amount"]["total"]}"', content["amount"]["total"]
    )
    order = read_form(text.encode())
    assert isinstance(order, OrderForm)
    assert order.amount.total == Decimal(content["amount"]["total"])


@pytest.mark.requirement_part("P-102", "P-103")
@pytest.mark.parametrize(
    ("section", "field"),
    [
        ("party_a", "name"),
        ("party_a", "contact"),
        ("party_a", "phone"),
        ("intake", "demand"),
        ("intake", "special_requirements"),
        ("service", "start"),
        ("amount", "total"),
    ],
)
def test_a_missing_or_blank_field_is_named_by_its_path(section: str, field: str) -> None:
    content = samples.sample_order(1)
    del content[section][field]
    assert "缺少" in refused(content)[f"{section}.{field}"]
    content[section][field] = "  "
    assert f"{section}.{field}" in refused(content)


def test_every_problem_is_reported_at_once() -> None:
    content = samples.sample_order(1)
    content["items"][1]["qty"] = "4O"
    content["amount"]["total"] = "1.005"
    content["partyA"] = {}
    assert set(refused(content)) >= {"items[1].qty", "amount.total", "partyA"}


@pytest.mark.requirement("P-203")
def test_a_quote_without_a_passed_evaluation_is_refused() -> None:
    content = samples.sample_order(1)
    del content["evaluation"]
    assert "evaluation" in refused(content)
    content = samples.sample_order(1)
    content["evaluation"]["conclusion"] = "不承接"
    assert "evaluation.conclusion" in refused(content)


@pytest.mark.requirement_part("P-206", "D-102")
@pytest.mark.parametrize("drafter", ["quote", "intake"])
def test_a_quote_approved_by_its_drafter_or_the_clerk_is_refused(drafter: str) -> None:
    content = samples.sample_order(1)
    name = content["quote"]["approved_by"]["name"]
    if drafter == "quote":
        content["quote"]["drafted_by"] = name
    else:
        content["intake"]["handler"] = name
    assert any("同一人" in message for message in refused(content).values())


@pytest.mark.requirement_part("P-301")
@pytest.mark.parametrize("part", ["approved_by", "accepted_by_client"])
def test_an_order_without_approved_quote_or_client_acceptance_is_refused(part: str) -> None:
    content = samples.sample_order(1)
    del content["quote"][part]
    assert f"quote.{part}" in refused(content)


@pytest.mark.parametrize(
    "bad",
    [
        b'{"schema": NaN}',
        b'{"a": 1, "a": 2}',
        b"[1, 2]",
        b"\xff\xfe{\x00}\x00",
        b'"text"',
        b'{"schema": "guidang.order/9"}',
        ("[" * 100 + "]" * 100).encode(),
        b'{"x": ' + b"9" * 5000 + b"}",
        b'{"schema": {"a": []}}',
    ],
)
def test_what_is_no_order_is_refused_in_words(bad: bytes) -> None:
    assert all(message for message in refused(bad).values())


@given(st.integers(min_value=0, max_value=4000))
def test_a_file_cut_anywhere_is_unfinished_never_an_order(cut: int) -> None:
    payload = as_bytes(samples.sample_order(1))
    with pytest.raises(Unfinished):
        read_form(payload[: min(cut, len(payload) - 1)])


@pytest.mark.parametrize("char", ["\n", "\x00", "\x1b", "\ue000", "\u200b", "\u202e", "\ud800"])
def test_characters_that_cannot_be_printed_are_refused_where_they_stand(char: str) -> None:
    content = samples.sample_order(1)
    content["party_a"]["name"] = f"示例{char}公司"
    assert "party_a.name" in refused(json.dumps(content).encode())


@pytest.mark.parametrize("key", ["../../etc/x", "a b", "ＸＳ１", "a/b", ".hidden", "x" * 65])
def test_an_order_number_that_could_not_name_a_file_is_refused(key: str) -> None:
    content = samples.sample_order(1)
    content["order_no"] = key
    assert "order_no" in refused(content)


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_or_unfinished_never_a_crash(payload: bytes) -> None:
    with pytest.raises((OrderRefused, Unfinished)):
        read_form(payload)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=8,
    ),
    st.sampled_from(["party_a", "items", "amount", "payments", "contract", "order_no", "terms"]),
)
def test_any_json_in_any_section_is_read_or_refused(content: object, section: str) -> None:
    order = samples.sample_order(1)
    order[section] = content
    try:
        read_form(json.dumps(order).encode())
    except (OrderRefused, Unfinished):
        return


def test_the_reason_names_place_problem_and_what_to_do() -> None:
    content = samples.sample_order(1)
    del content["party_a"]["uscc"]
    with pytest.raises(OrderRefused) as caught:
        read_form(as_bytes(content))
    text = reason_text("订单.json", caught.value.findings)
    assert "party_a.uscc" in text
    assert "请补充" in text
    assert "重新放入 inbox" in text


@pytest.mark.parametrize("name", ["guidang.order/1", "guidang.acceptance/1"])
def test_the_published_schema_names_every_required_part(name: str) -> None:
    schema = schema_of(name)
    sample = samples.sample_order(1) if "order" in name else samplereports.sample_acceptance(1)
    assert set(schema["required"]) <= set(sample)
    assert set(sample) <= set(schema["properties"])
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("bad", ["１０", "1_0", "1e3", "-1", "6%", "￥5", "", True, "NaN", "+1"])
def test_a_number_another_program_could_read_differently_is_refused(bad: object) -> None:
    content = samples.sample_order(1)
    content["items"][0]["qty"] = bad
    assert "items[0].qty" in refused(content)


@pytest.mark.parametrize(
    "bad", [1777593600, "1777593600", "2026-3-5", "２０２６-03-05", "昨天", 1.5]
)
def test_a_day_is_written_one_way_only(bad: object) -> None:
    content = samples.sample_order(1)
    content["service"]["start"] = bad
    assert "service.start" in refused(content)


def test_a_number_beyond_all_bounds_is_refused_not_a_crash() -> None:
    assert "超出范围" in refused(b'{"schema":"guidang.order/1","x":1e99999999999999999999}')["文件"]


def test_the_quote_approver_is_the_drafter_however_the_name_is_spaced() -> None:
    content = samples.sample_order(1)
    name = content["quote"]["approved_by"]["name"]
    content["quote"]["drafted_by"] = f"{name[0]} {name[1:]}"
    assert any("同一人" in message for message in refused(content).values())
