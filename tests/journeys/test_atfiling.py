"""At filing: what does not pass is not filed and takes no code; what passes keeps its result."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dying import die_after

from pipeline.commands.progress import SilentProgress
from pipeline.wiring import Workplace
from pipeline.worker import Worker

CONTRACT = "GD-HT-2026-FW-0001"
SET_BACK = "UPDATE instruments SET sealed_at = '2020-01-01 00:00:00.000000'"
"""What a register tells after a clock was put right between numbering and sealing."""


def asked(house: Any, question: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(house.root / "guidang.db") as connection:
        rows = connection.execute(question).fetchall()
    connection.close()
    return rows


def codes_taken(house: Any) -> list[str]:
    question = "SELECT text FROM numbers WHERE holder LIKE 'dossier:%' OR holder LIKE 'item:%'"
    return sorted(text for (text,) in asked(house, question))


def worked(house: Any, after_step: Callable[[str, Any], None]) -> None:
    """Work until idle in this process, something happening after a step."""
    workplace = Workplace(house.root)
    try:
        Worker(workplace, SilentProgress(), after_step=after_step).run(until_idle=True)
    finally:
        workplace.close()


@pytest.mark.requirement_part("F-203", "F-205")
def test_a_paper_that_is_not_passed_takes_no_code_and_goes_on_when_mended(
    house: Any, order: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUIDANG_INBOX__SETTLE_SECONDS", "0.05")
    house.drop(order(1), "order.json")

    def set_back(step: str, _paper: Any) -> None:
        if step == "seal":
            asked(house, SET_BACK)

    worked(house, set_back)

    (paper,) = house.contracts()
    assert (paper["state"], paper["contract_number"]) == ("sealed", CONTRACT)
    assert paper["reason"].startswith("搁置：归档前四性检测不通过，退回，未占用新的档号。ZS05")
    assert "重新投放同一文件" in paper["reason"]
    assert codes_taken(house) == []
    assert list((house.root / "archive").glob("Q*")) == []
    assert house.guidang("numbers", "gaps", "--json").code == 0

    asked(house, "UPDATE instruments SET sealed_at = numbered_at")
    house.drop(order(1), "order.json")
    assert house.run_until_idle()["filed"] == 1

    shown = house.show(CONTRACT)
    assert codes_taken(house) == [shown["dossier"], shown["reference_code"]]
    assert shown["reference_code"].endswith("-0001-001")
    kept = next(file for file in shown["files"] if file["role"] == "fourfold")
    said = json.loads((house.root / kept["path"]).read_bytes())
    assert (said["checkpoint"], said["conclusion"]) == ("归档", "通过")
    assert said["code"] == shown["reference_code"]
    found = house.guidang("archive", "examine", "--json")
    assert found.code == 0
    (again,) = [
        finding for finding in found.content["dossiers"][0]["findings"] if finding["code"] == "WZ09"
    ]
    assert again["evidence"] == [f"{CONTRACT}：通过（规则 2026.1）"]


def test_what_stands_since_before_a_crash_is_a_record_whatever_is_found_of_it_then(
    house: Any, order: Callable[..., Any]
) -> None:
    house.drop(order(1), "order.json")
    die_after(house.root, "put")
    (result,) = (house.root / "archive").rglob("fourfold.json")
    before = result.read_bytes()
    asked(house, SET_BACK)

    done = house.run_until_idle()

    assert (done["filed"], done["failed"]) == (1, 0)
    assert list((house.root / "archive").rglob("fourfold.json")) == [result]
    assert result.read_bytes() == before


def test_a_file_taken_in_that_is_not_passed_is_left_out_with_its_reason(
    house: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("good", "bad"):
        (folder / f"{name}.txt").write_text(f"服务合同 {name}", "utf-8")
    catalogue = tmp_path / "目录.csv"
    rows = ["文件名,题名,合同编号", "good.txt,好合同,老-1", "bad.txt,含\ue000字的合同,老-2"]
    catalogue.write_text("\n".join(rows), "utf-8")

    done = house.guidang(
        "archive", "import", str(folder), "--catalogue", str(catalogue), "--as", "档小安", "--json"
    )

    assert done.code == 3, done.err + done.out
    (refused,) = done.content["rejected"]
    assert refused["file"] == "bad.txt"
    assert "ZS04" in refused["reason"]
    assert "再次运行" in refused["reason"]
    kept = asked(
        house,
        "SELECT reference_code, role FROM records JOIN renditions ON records.id = record_id"
        " WHERE kind = 'takenin' ORDER BY role",
    )
    assert [role for _code, role in kept] == ["fourfold", "original", "text"]
    (code,) = {code for code, _role in kept}
    assert [taken for taken in codes_taken(house) if "·JS·" in taken] == [code[:-4], code]
