"""Papers that follow a contract: their order, and that each is measured by what holds now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.failures import ContractNeeded
from pipeline.intake.refusal import OrderRefused
from pipeline.papers.change import ChangePaper
from pipeline.papers.standing import UnderWay
from pipeline.samplepapers import (
    SAMPLES,
    sample_acceptance,
    sample_authority,
    sample_change,
    sample_nda,
    sample_termination,
)
from pipeline.samples import payment_plan
from templates.fields import flatten

Blocks = Callable[..., set[tuple[str, str]]]
FOLLOWING = [name for name in SAMPLES if name != "guidang.order/1"]


@pytest.mark.parametrize("schema", FOLLOWING)
@pytest.mark.parametrize("number", [1, 2, 5])
def test_every_sample_passes_every_check(
    shelf: Any, found: Blocks, schema: str, number: int
) -> None:
    shelf.order = SAMPLES["guidang.order/1"](number)
    if schema == "guidang.termination/1":
        shelf.file(sample_acceptance(number), "Y01")

    assert found(shelf.paper(SAMPLES[schema](number))) == set()


@pytest.mark.requirement_part("F-303", "F-305", "P-502")
def test_what_a_change_altered_is_what_later_papers_say(shelf: Any, found: Blocks) -> None:
    shelf.file(sample_change(1), "B01")
    report = shelf.paper(sample_acceptance(1))
    end = shelf.paper(sample_termination(1, changes=1))
    total = Decimal(shelf.order["amount"]["total"]) + Decimal("10600.00")

    said = flatten(report.fields({}))
    assert "含第 1 次增加的设备" in str(said)
    assert said["contract.amendments"] == "GD-HT-2026-FW-0001-B01"
    assert report.amount == end.amount == total
    assert report.description()["amount"]["total"] == str(total)
    shelf.file(sample_acceptance(1), "Y01")
    said = flatten(shelf.paper(sample_termination(1, changes=1)).fields({}))
    assert said["contract.amendments"] == "GD-HT-2026-FW-0001-B01"
    assert said["settle.change_total"] == "10,600.00"
    assert said["acceptance.no"] == "GD-HT-2026-FW-0001-Y01"
    assert found(shelf.paper(sample_termination(1))) >= {("K05", "settlement.change_total")}


@pytest.mark.requirement_part("F-303")
def test_a_change_waits_for_the_one_before_and_begins_where_that_ended(
    shelf: Any, found: Blocks
) -> None:
    with pytest.raises(ContractNeeded, match="第 1 号变更协议"):
        shelf.paper(sample_change(1, seq=2))
    shelf.file(sample_change(1), "B01")
    assert found(shelf.paper(sample_change(1, seq=2))) == set()

    stale = sample_change(1, seq=2)
    price = stale["price"]
    price["before_total"] = shelf.order["amount"]["total"]
    price["after_total"] = str(Decimal(price["before_total"]) + Decimal(price["delta"]))
    assert ("K05", "before_total") in found(shelf.paper(stale))
    with pytest.raises(OrderRefused, match="已归档"):
        shelf.paper(sample_change(1))


@pytest.mark.requirement_part("F-305")
@pytest.mark.parametrize(
    ("left_out", "code", "place"),
    [
        ("acceptance_items", "F-304", "changes[0].clause"),
        ("payments", "K07", "payments[0].amount"),
        ("warranty", "K07", "warranty.retention_amount"),
    ],
)
def test_a_change_in_words_alone_is_refused(
    shelf: Any, found: Blocks, left_out: str, code: str, place: str
) -> None:
    content = sample_change(1)
    del content[left_out]
    assert (code, place) in found(shelf.paper(content))


def test_a_new_account_stands_in_the_text_and_money_goes_there(shelf: Any, found: Blocks) -> None:
    content = sample_change(1)
    account = "11010000000000000099"
    content["party_b"] = shelf.order["party_b"] | {"bank_account": account}
    assert ("F-304", "party_b.bank_account") in found(shelf.paper(content))
    content["changes"].append(
        {"seq": 2, "clause": "乙方收款账号", "before": "原账号", "after": f"账号 {account}"}
    )
    shelf.file(content, "B01")
    shelf.file(sample_acceptance(1), "Y01")
    end = sample_termination(1, changes=1)
    account_of = end["settlement"]
    account_of["paid"] = str(Decimal(account_of["paid"]) - 1)
    end["payments"][1]["amount"] = str(Decimal(end["payments"][1]["amount"]) - 1)
    account_of |= {"payable": "1.00", "pay_by": "2026-12-01"}
    paper = shelf.paper(end)
    assert found(paper) == set()
    assert flatten(paper.fields({}))["settle.payee_account"] == account


def test_a_change_never_changes_who_the_parties_are(shelf: Any, found: Blocks) -> None:
    content = sample_change(1)
    content["party_a"] = SAMPLES["guidang.order/1"](2)["party_a"]
    assert ("K14", "party_a.uscc") in found(shelf.paper(content))


@pytest.mark.requirement_part("F-401", "F-402")
@pytest.mark.parametrize(
    "content", [sample_change(1, seq=2), sample_acceptance(1) | {"round": 2}, sample_termination(1)]
)
def test_after_the_end_nothing_more_is_changed_accepted_or_ended(
    shelf: Any, content: dict[str, Any]
) -> None:
    shelf.file(sample_change(1), "B01")
    shelf.file(sample_acceptance(1), "Y01")
    shelf.file(sample_termination(1, changes=1), "Z01")
    with pytest.raises(OrderRefused, match="Z01 终止"):
        shelf.paper(content)


@pytest.mark.requirement_part("F-402")
def test_an_end_waits_for_changes_and_reports_under_way(shelf: Any) -> None:
    for kind, word in (("change", "第 1 号变更协议"), ("acceptance", "第 1 次验收报告")):
        shelf.under_way = [UnderWay(kind, 1, is_moving=False)]
        with pytest.raises(ContractNeeded, match=word):
            shelf.paper(sample_termination(1))
    shelf.under_way = [UnderWay("nda", 1, is_moving=True)]
    assert shelf.paper(sample_termination(1)).kind == "termination"


def test_a_report_waits_for_a_change_on_its_way_but_not_for_one_that_stands_still(
    shelf: Any,
) -> None:
    shelf.under_way = [UnderWay("change", 1, is_moving=True)]
    with pytest.raises(ContractNeeded, match="正在办理"):
        shelf.paper(sample_acceptance(1))
    shelf.under_way = [UnderWay("change", 1, is_moving=False)]
    assert shelf.paper(sample_acceptance(1)).kind == "acceptance"


@pytest.mark.requirement_part("F-402")
def test_a_contract_is_not_performed_before_its_work_is_accepted(shelf: Any, found: Blocks) -> None:
    assert ("F-402", "acceptance_conclusion") in found(shelf.paper(sample_termination(1)))


@pytest.mark.requirement_part("F-201")
def test_who_signs_needs_a_power_that_is_in_force_and_reaches(shelf: Any, found: Blocks) -> None:
    content = sample_change(1) | {"signatory": "周立群"}
    with pytest.raises(ContractNeeded, match="周立群的授权委托书"):
        shelf.paper(content)

    shelf.file(sample_authority(1), "W01")
    assert found(shelf.paper(content)) == set()
    assert found(shelf.paper(content), on=date(2028, 1, 1)) == {("K16", "signatory")}
    shelf.file(sample_acceptance(1), "Y01")
    settled = sample_termination(1) | {"signatory": "周立群"}
    assert found(shelf.paper(settled)) == {("K16", "signatory")}, "settling was not granted"


@pytest.mark.requirement_part("F-201")
def test_a_wider_power_helps_where_the_first_does_not_reach(shelf: Any, found: Blocks) -> None:
    narrow = sample_authority(1) | {"limit": "1000.00", "powers": ["签署变更协议"]}
    shelf.file(narrow, "W01")
    content = sample_change(1) | {"signatory": "周立群"}
    assert found(shelf.paper(content)) == {("K16", "signatory")}
    shelf.file(sample_authority(1) | {"seq": 2}, "W02")
    assert found(shelf.paper(content)) == set()


@pytest.mark.parametrize(
    ("altered", "code", "place"),
    [
        ({"limit": "1.00"}, "K16", "limit"),
        ({"end": "2026-11-01"}, "K16", "end"),
        ({"agent_name": "方其远"}, "F-201", "approvals"),
        ({"agent_id": "110105199001010012"}, "F-201", "agent_id"),
    ],
)
def test_a_power_that_cannot_serve_its_contract_is_refused(
    shelf: Any, found: Blocks, altered: dict[str, Any], code: str, place: str
) -> None:
    assert (code, place) in found(shelf.paper(sample_authority(1) | altered))


@pytest.mark.requirement_part("S-202")
def test_an_agreement_beside_a_contract_binds_the_contracts_parties(
    shelf: Any, found: Blocks
) -> None:
    content = sample_nda(1)
    del content["request_no"]
    content["order_no"] = shelf.order["order_no"]
    assert found(shelf.paper(content)) == set()
    content["party_a"] = SAMPLES["guidang.order/1"](2)["party_a"]
    assert ("K14", "party_a.name") in found(shelf.paper(content))


steps = st.lists(st.integers(-(10**6), 10**7).map(lambda fen: Decimal(fen) / 100), max_size=5)


@pytest.mark.requirement_part("F-303", "F-404")
@given(deltas=steps, slip=st.booleans())
def test_changes_add_up_from_the_contract_to_the_settlement(
    *, shelf_of: Any, found: Blocks, deltas: list[Decimal], slip: bool
) -> None:
    shelf = shelf_of()
    total = Decimal(shelf.order["amount"]["total"])
    for seq, delta in enumerate(deltas, 1):
        content = plain_change(shelf, seq, total, delta)
        paper = shelf.paper(content)
        assert isinstance(paper, ChangePaper)
        assert found(paper) == set()
        total += delta
        assert paper.after.total == total
        shelf.file(content, f"B{seq:02}")
    shelf.file(sample_acceptance(1), "Y01")
    end = sample_termination(1)
    account = end["settlement"]
    change = total - Decimal(account["contract_total"]) + (Decimal("0.01") if slip else 0)
    account |= {"change_total": str(change), "final": str(total), "invoiced": str(total)}
    account["payable"] = str(total - Decimal(account["paid"]) - Decimal(account["retention"]))
    if Decimal(account["payable"]):
        account["pay_by"] = "2026-12-01"
    blocked = found(shelf.paper(end))
    assert (("K05", "settlement.change_total") in blocked) is slip
    assert slip or blocked == set()


def plain_change(shelf: Any, seq: int, before: Decimal, delta: Decimal) -> dict[str, Any]:
    """Return a change of the price alone, its instalments in their old shares."""
    content = sample_change(1)
    after = before + delta
    payments = payment_plan(after)
    return content | {
        "seq": seq,
        "changes": [{"seq": 1, "clause": "合同价款", "before": f"{before}", "after": f"{after}元"}],
        "price": {
            "before_total": str(before),
            "delta": str(delta),
            "after_total": str(after),
            "after_net": str(after),
            "after_tax": "0.00",
        },
        "payments": payments,
        "acceptance_items": shelf.order["acceptance_items"],
        "warranty": content["warranty"] | {"retention_amount": payments[-1]["amount"]},
    }
