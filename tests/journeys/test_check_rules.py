"""The check rules on the way of an order: edited, expired, recorded with the contract."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

Sample = Callable[..., dict[str, Any]]
OWN_RULE = """
[[company]]
code = "C01"
title = "质保不少于两年"
level = "block"
basis = "公司规定〔2026〕3号"
valid_from = 2026-01-01
require = [{ place = "warranty.months", at_least = "24" }]
"""


def test_a_rule_laid_down_meanwhile_stops_a_waiting_paper_with_its_basis(
    house: Any, order: Sample
) -> None:
    waiting = order(1)
    waiting["approvals"] = []
    house.drop(waiting, "a.json")
    assert house.run_until_idle()["waiting"] == 1
    rules = house.root / "rules" / "checks.toml"
    edited = house.root / "checks.new.toml"
    edited.write_text(rules.read_text("utf-8") + OWN_RULE, "utf-8")
    assert house.guidang("rules", "check", str(edited), "--json").content["ok"]
    edited.rename(rules)

    assert house.run_until_idle()["rejected"] == 1

    reason = house.rejected()["a.json"]
    assert "检查项 C01 质保不少于两年" in reason
    assert "依据：公司规定〔2026〕3号" in reason
    (finding,) = [
        each
        for file in house.guidang(
            "orders", "check", str(house.root / "rejected" / "a.json"), "--json"
        ).content["files"]
        for each in file["findings"]
        if each["code"] == "C01"
    ]
    assert (finding["title"], finding["level"]) == ("质保不少于两年", "block")
    shown = house.guidang("rules", "show", "C01", "K05", "--json").content["checks"]
    assert [each["code"] for each in shown] == ["K05", "C01"]


@pytest.mark.requirement_part("G-103", "F-102")
def test_expired_rules_stop_the_work_and_lose_nothing_and_a_record_names_its_rules(
    house: Any, order: Sample
) -> None:
    rules = house.root / "rules" / "checks.toml"
    sound = rules.read_text("utf-8")
    expired = sound.replace(
        "valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2026-01-02", 1
    )
    rules.write_text(expired, "utf-8")
    house.drop(order(1), "a.json")

    stopped = house.guidang("run", "--until-idle", "--json")

    assert stopped.code == 1
    assert "期满" in stopped.content["error"]["message"]
    assert house.rejected() == {}
    assert not house.guidang("rules", "check", "--json").content["ok"]
    assert not house.guidang("doctor", "--json").content["ok"]
    rules.write_text(sound, "utf-8")
    assert house.run_until_idle()["filed"] == 1
    said = [
        json.loads(path.read_text("utf-8"))
        for path in (house.root / "archive").rglob("*.json")
        if '"checks_version"' in path.read_text("utf-8")
    ]
    digest = hashlib.sha256(sound.encode()).hexdigest()
    assert said
    assert digest in json.dumps(said)
