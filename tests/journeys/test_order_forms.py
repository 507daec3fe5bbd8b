"""Orders of other forms than JSON on the whole way, and what stands when the rules change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pipeline import samplecustomers
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.formats import CSV, UBL, XLSX, YAML
from pipeline.intake.reading import read_form
from pipeline.papers.acceptance import AcceptancePaper
from pipeline.recalling import paper_of
from pipeline.wiring import Workplace
from pipeline.writing.forms import written

Sample = Callable[..., dict[str, Any]]


def test_orders_of_four_forms_are_taken_and_filed_with_their_own_files(
    house: Any, order: Sample, acceptance: Sample
) -> None:
    """Two of them go all the way; the others lack the last approval and wait for it."""
    sparse = samplecustomers.sparse_order(24)
    waiting = [order(number) | {"approvals": order(number)["approvals"][:-1]} for number in (2, 3)]
    files = {
        "甲.xlsx": written(order(1), XLSX),
        "乙.csv": written(waiting[0], CSV),
        "丙.yaml": written(waiting[1], YAML),
        "丁.xml": written(sparse, UBL),
    }
    for name, payload in files.items():
        house.drop(payload, name)

    done = house.run_until_idle()

    assert (done["filed"], done["waiting"], done["rejected"], done["failed"]) == (2, 2, 0, 0)
    filed = [one for one in house.contracts() if one["state"] == "filed"]
    names = set()
    for listed in filed:
        shown = house.show(listed["contract_number"])
        kept = {file["role"]: house.root / file["path"] for file in shown["files"]}
        media = {file["role"]: file["media_type"] for file in shown["files"]}
        name = next(
            name for name, payload in files.items() if kept["order"].read_bytes() == payload
        )
        names.add(name)
        assert kept["order"].suffix == f".{name.partition('.')[2]}"
        assert media["order"] == (XLSX if name == "甲.xlsx" else UBL).media_type
        reading = json.loads(kept["reading"].read_bytes())
        assert reading["form"]["order_no"] == listed["order_no"]
        assert shown["order_file"]["format"] == reading["format"]
        assert bool(shown["order_file"]["defaults"]) == (name == "丁.xml")
    assert names == {"甲.xlsx", "丁.xml"}

    # The rules may change and the register be lost: what was read stays what it was.
    rules = house.root / "rules" / "customers.toml"
    rules.write_text('version = "9"\n', "utf-8")
    rebuilt = house.guidang("archive", "rebuild", "--replace", "--json")
    assert (rebuilt.code, rebuilt.content["requeued"]) == (0, 2), rebuilt.out
    assert house.guidang("archive", "verify", "--json").content["damaged"] == []
    workplace = Workplace(house.root)
    report = read_form(json.dumps(acceptance(1) | {"order_no": sparse["order_no"]}).encode())
    assert isinstance(report, AcceptanceForm)
    paper = paper_of(workplace, report)
    workplace.close()
    assert isinstance(paper, AcceptancePaper)
    assert paper.party_b == order(1)["party_b"]["name"]
    for name in names:
        house.drop(files[name], f"又{name}")
    done = house.run_until_idle()
    assert (done["filed"], done["waiting"]) == (0, 2)
    assert len(house.contracts()) == 4
