"""kill -9 after every step, then `run --until-idle`: nothing lost, doubled or skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dying import die_after

STEPS = [
    "claimed",
    "kept",
    "entered",
    "draw_up",
    "approve_and_number",
    "finish",
    "seal-kept",
    "seal",
    "reserve",
    "put",
    "registered",
    "shelve",
    "indexed",
]


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_after_any_step_loses_doubles_and_skips_nothing(
    house: Any, order: Callable[..., Any], acceptance: Callable[..., Any], step: str
) -> None:
    house.drop(order(1), "a.json")
    house.drop(order(2), "b.json")
    house.drop(acceptance(1), "c.json")

    die_after(house.root, step)
    house.run_until_idle()

    assert final_state(house) == [
        ("acceptance", "filed", "FW-{first}-Y01", "002"),
        ("contract", "filed", "FW-{first}", "001"),
        ("contract", "filed", "FW-{second}", "001"),
    ]
    assert house.guidang("archive", "verify", "--json").content["damaged"] == []
    assert house.guidang("index", "status", "--json").content["problem"] is None
    assert house.search("服务合同")["total"] == 3
    left = [path for path in (house.root / "inbox").rglob("*") if path.is_file()]
    left += list((house.root / "work" / "received").iterdir())
    left += [path for path in (house.root / "work" / "sealed").rglob("*") if path.is_file()]
    assert left == []
    assert house.guidang("doctor", "--json").content["ok"]


def final_state(house: Any) -> list[tuple[str, str, str, str]]:
    """Return the papers with numbers by order: which order got which number may differ."""
    papers = house.contracts()
    numbers = {
        one["order_no"]: one["contract_number"].split("FW-")[1]
        for one in papers
        if one["kind"] == "contract"
    }
    assert sorted(numbers.values()) == ["0001", "0002"]
    first, second = numbers["XSDD-2026-0001"], numbers["XSDD-2026-0002"]
    rows = []
    for one in papers:
        tail = "FW-" + one["contract_number"].split("FW-")[1]
        tail = tail.replace(first, "{first}").replace(second, "{second}")
        rows.append((one["kind"], one["state"], tail, one["reference_code"].rsplit("-", 1)[1]))
    return sorted(rows)
