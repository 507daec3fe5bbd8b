"""The firm's own forms, filled from the register: what it knows stands there, the rest in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from templates.reading import text_of

Sample = Callable[..., dict[str, Any]]
CONTRACT = "GD-HT-2026-FW-0001"


@pytest.mark.requirement_part("F-104", "F-106", "F-202", "P-304")
def test_the_forms_of_a_contract_say_what_the_register_knows_and_what_it_does_not(
    house: Any, order: Sample, tmp_path: Path
) -> None:
    content = order(1)
    content["terms"] = {"terms.accept_days": "15"}
    house.drop(content, "订单.json")
    house.drop(order(2) | {"approvals": order(2)["approvals"][:2]}, "待审批.json")
    assert house.run_until_idle()["filed"] == 1

    made = house.guidang("contracts", "forms", CONTRACT, "--out", str(tmp_path), "--json")

    assert made.code == 0, made.out
    texts = {path.name: text_of(path.read_bytes()) for path in tmp_path.glob("*.docx")}
    assert set(texts) == {
        f"{CONTRACT}-SP-审批单.docx",
        f"{CONTRACT}-FS-法审意见.docx",
        "YY-2026-000001-用印申请.docx",
    }
    assert list(tmp_path.glob("*.pdf")) == []
    shown = house.show(CONTRACT)
    sheet, opinion, seal = (
        next(text for name, text in texts.items() if word in name)
        for word in ("审批单", "法审意见", "用印申请")
    )
    for each in shown["approvals"]:
        assert each["person"] in sheet
        assert each["opinion"] in sheet
    assert shown["terms_digest"] in sheet
    assert shown["terms_digest"] in opinion
    assert "审批规则未设限额" in sheet
    assert "许衡" in opinion
    assert opinion.count("未登记") == 13
    assert "terms.accept_days" in opinion
    assert "登记中没有对方存续状态" in opinion
    (use,) = shown["seal_uses"]
    for said in (use["number"], use["keeper"], "监印人", "未登记", "打印套章"):
        assert said in seal

    waiting = house.guidang("contracts", "forms", order(2)["order_no"], "--json")
    assert waiting.code == 1
    assert {one["reason"] for one in waiting.content["refused"]} == {
        "文书尚未编号，审批没有完成；内部单据在审批完成后出具"
    }
    assert house.guidang("contracts", "forms", CONTRACT, "--form", "假条").code == 2

    again = tmp_path / "again"
    assert house.guidang("archive", "rebuild", "--replace", "--json").code == 0
    words = ("--form", "审批单", "--pdf", "--out", str(again))
    assert house.guidang("contracts", "forms", CONTRACT, *words, "--json").code == 0
    name = f"{CONTRACT}-SP-审批单"
    assert (again / f"{name}.docx").read_bytes() == (tmp_path / f"{name}.docx").read_bytes()
    assert (again / f"{name}.pdf").read_bytes().startswith(b"%PDF")
