"""Where a clerk and a reader of files could take a text differently, it is told or refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from pipeline import samples
from pipeline.intake.formats import CSV, UBL, YAML
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import Reading, read_all
from pipeline.writing.forms import written

Refused = Callable[[bytes], dict[str, str]]


@pytest.fixture(scope="module")
def order() -> dict[str, Any]:
    return samples.sample_order(1)


def reading_of(payload: bytes) -> Reading:
    (reading,) = read_all(payload)
    return reading


def order_of(payload: bytes) -> OrderForm:
    form = reading_of(payload).form
    assert isinstance(form, OrderForm)
    return form


def notes_of(payload: bytes) -> str:
    return "\n".join(note.message for note in reading_of(payload).content.notes)


@pytest.mark.parametrize("kept", ['="{}"', "'{}", '"=""{}"""'])
def test_the_marks_that_keep_a_number_a_text_are_no_part_of_it(
    order: dict[str, Any], kept: str
) -> None:
    account = order["party_a"]["bank_account"]
    payload = written(order, CSV).decode("utf-8-sig").replace(account, kept.format(account))
    assert order_of(payload.encode()).party_a.bank_account == account


def test_a_formula_in_csv_is_refused_with_its_place(
    order: dict[str, Any], refused: Refused
) -> None:
    account = order["party_a"]["bank_account"]
    payload = written(order, CSV).decode("utf-8-sig").replace(account, "=B2+1")
    (message,) = refused(payload.encode()).values()
    assert "公式" in message


def test_a_file_in_two_encodings_is_refused_with_its_line(
    order: dict[str, Any], refused: Refused
) -> None:
    name = order["party_a"]["contact"] + "王小明李大山"
    text = written(order | {"party_a": order["party_a"] | {"agent": name}}, CSV).decode("utf-8-sig")
    mixed = text.encode("gb18030").replace(name.encode("gb18030"), name.encode())
    ((place, message),) = refused(mixed).items()
    assert re.fullmatch(r"第 \d+ 行", place)
    assert "前后不一" in message
    assert order_of(text.encode("gb18030")).party_a.agent == name


@pytest.mark.parametrize("null", ["~", "null", ""])
def test_what_says_nothing_in_yaml_is_no_text(order: dict[str, Any], null: str) -> None:
    text = written(order, YAML).decode()
    payload = re.sub(r"(?m)^(  bank_account:).*$", rf"\1 {null}", text, count=1).encode()
    with pytest.raises(Exception, match="bank_account"):
        read_all(payload)


def test_what_a_comment_cuts_off_in_yaml_is_told(order: dict[str, Any]) -> None:
    name = order["milestones"][0]["name"]
    payload = written(order, YAML).decode().replace(name, f"{name} #2 机房").encode()
    assert "#2 机房" in notes_of(payload)
    assert "注释" not in notes_of(written(order, YAML))


def test_nought_has_no_sign(order: dict[str, Any], refused: Refused) -> None:
    order = json.loads(json.dumps(order))
    order["warranty"]["retention_amount"] = -0.0
    assert "负号" in refused(json.dumps(order).encode())["warranty.retention_amount"]


def ubl(order: dict[str, Any], pattern: str, new: str) -> bytes:
    text, times = re.subn(pattern, new, written(order, UBL).decode(), count=1, flags=re.DOTALL)
    assert times == 1
    return text.encode()


@pytest.mark.parametrize(("status", "word"), [("Cancelled", "取消"), ("Disputed", "争议")])
def test_a_line_given_up_in_ubl_is_no_line(
    order: dict[str, Any], refused: Refused, status: str, word: str
) -> None:
    line = f"<cac:LineItem><cbc:LineStatusCode>{status}</cbc:LineStatusCode>"
    (message,) = refused(ubl(order, "<cac:LineItem>", line)).values()
    assert word in message


def test_two_places_of_delivery_in_ubl_do_not_run_together(
    order: dict[str, Any], refused: Refused
) -> None:
    place = "<cac:DeliveryLocation><cbc:Description>别处</cbc:Description></cac:DeliveryLocation>"
    payload = ubl(order, "</cac:Delivery>", f"</cac:Delivery><cac:Delivery>{place}</cac:Delivery>")
    assert any("出现 2 次" in message for message in refused(payload).values())


def test_two_rates_of_one_line_in_ubl_are_refused(order: dict[str, Any], refused: Refused) -> None:
    rate = "<cac:TaxCategory><cbc:Percent>9</cbc:Percent></cac:TaxCategory>"
    total = f"<cac:TaxTotal><cac:TaxSubtotal>{rate}</cac:TaxSubtotal></cac:TaxTotal>"
    payload = ubl(order, "<cac:LineItem>", f"<cac:LineItem>{total}")
    assert any("不同" in message for message in refused(payload).values())


def test_a_second_name_in_ubl_is_told(order: dict[str, Any]) -> None:
    other = "<cac:PartyName><cbc:Name>另一家公司</cbc:Name></cac:PartyName><cac:PartyLegalEntity>"
    payload = ubl(order, "<cac:PartyLegalEntity>", other)
    assert "另一家公司" in notes_of(payload)
    assert order_of(payload).party_a.name == order["party_a"]["name"]


def test_a_comment_inside_a_value_of_ubl_hides_nothing(order: dict[str, Any]) -> None:
    payload = ubl(order, r"(<cbc:RegistrationName>.)", r"\1<!-- x -->")
    assert order_of(payload).party_a.name == order["party_a"]["name"]
