from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from keepers import Keeping

from pipeline.checking import check_file
from pipeline.reception import Taken, receive
from pipeline.retaining import show_term


def notice(code: str, **changed: Any) -> dict[str, Any]:
    return {
        "schema": "guidang.retention/1",
        "dossier": code,
        "source": "示例OA",
        "recorded_by": "档小安",
        "dates": [
            {"event": "终止", "on": "2027-03-31", "evidence": "终止协议第 3 条"},
            {"event": "争议终结", "state": "none", "evidence": "法务确认无争议"},
        ],
    } | changed


def dropped(keeping: Keeping, content: Any) -> tuple[Taken, str]:
    path: Path = keeping.workplace.home.inbox / "起算通知.json"
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(payload)
    reception = receive(keeping.workplace, path, is_final=True)
    return reception.taken, "".join(finding.message for finding in reception.findings)


def test_a_notice_enters_its_days_and_is_kept_as_their_evidence(keeping: Keeping) -> None:
    code = keeping.contract("XSDD-1")
    keeping.at("2029-01-01")
    path = keeping.workplace.home.root / "n.json"
    path.write_text(json.dumps(notice(code)), "utf-8")
    assert check_file(keeping.workplace, path).accepted
    assert show_term(keeping.workplace, code)["history"] == []
    assert dropped(keeping, notice(code)) == (Taken.NOTED, "")
    assert dropped(keeping, notice(code)) == (Taken.NOTED, "")

    shown = show_term(keeping.workplace, code)

    assert shown["missing"] == ["结清", "质保期满"]
    assert len(shown["history"]) == 2
    kept = shown["history"][0]["details"]["evidence"]
    content = keeping.workplace.store.read(keeping.row(code).object_path, kept["path"])
    assert json.loads(content) == notice(code)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"source": "别的系统"}, "不是受信任的系统"),
        ({"recorded_by": "路人甲"}, "不是档案员或法务"),
        ({"dossier": "XSDD-9"}, "没有案卷"),
        ({"dates": []}, "至少要有"),
        ({"dates": [{"event": "终止", "evidence": "无日期"}]}, "请写明 on"),
        ({"note": "x"}, "未知的字段名"),
    ],
)
def test_a_notice_that_cannot_be_taken_goes_back_with_its_reason(
    keeping: Keeping, changed: dict[str, Any], why: str
) -> None:
    code = keeping.contract("XSDD-1")
    keeping.at("2029-01-01")
    path = keeping.workplace.home.root / "n.json"
    path.write_text(json.dumps(notice(code, **changed)), "utf-8")
    foretold = check_file(keeping.workplace, path)
    taken, reason = dropped(keeping, notice(code, **changed))
    assert (taken, why in reason) == (Taken.REJECTED, True)
    assert (foretold.accepted, foretold.findings[0].message in reason) == (False, True)
    assert show_term(keeping.workplace, code)["history"] == []
    assert (keeping.workplace.home.rejected / "起算通知.json").exists()


def test_of_a_notice_with_one_bad_day_nothing_is_entered(keeping: Keeping) -> None:
    code = keeping.contract("XSDD-1")
    keeping.at("2028-01-01")
    days = [
        {"event": "终止", "on": "2027-03-31", "evidence": "x"},
        {"event": "结清", "on": "2029-03-31", "evidence": "x"},
    ]
    assert dropped(keeping, notice(code, dates=days))[0] is Taken.REJECTED
    assert show_term(keeping.workplace, code)["history"] == []


def test_a_notice_cut_in_the_middle_waits_to_be_whole(keeping: Keeping) -> None:
    path = keeping.workplace.home.inbox / "a.json"
    path.write_bytes(json.dumps(notice("Q001")).encode()[:90])
    assert receive(keeping.workplace, path, is_final=False).taken is Taken.UNFINISHED
