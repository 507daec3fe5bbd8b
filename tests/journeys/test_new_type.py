"""A contract type nobody thought of is a folder with a text and a manifest, and no code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from templates.reading import text_of

LEASE = Path(__file__).parent / "lease"
Sample = Callable[..., dict[str, Any]]


@pytest.mark.requirement_part("G-103", "P-302")
def test_a_lease_is_drawn_up_numbered_and_filed_from_two_files(
    house: Any, order: Sample, tmp_path: Path
) -> None:
    folder = house.root / "templates" / "HT-MB-ZL-01-2026.1"
    shutil.copytree(LEASE, folder)
    setting = [sys.executable, "-m", "templates.typesetting", str(folder)]
    assert subprocess.run(setting, capture_output=True, timeout=60).returncode == 0
    content = order(1)
    content["contract"] |= {
        "type": "ZL",
        "type_name": "租赁合同",
        "template": "HT-MB-ZL-01",
        "template_version": "2026.1",
    }
    house.drop(content, "租赁.json")
    path = house.root / "inbox" / "租赁.json"

    checked = house.guidang("orders", "check", str(path), "--json")
    assert checked.code == 0, checked.out + checked.err
    drawn = house.guidang("orders", "draft", str(path), "--out", str(tmp_path), "--json")
    assert drawn.code == 0, drawn.out + drawn.err
    (draft,) = tmp_path.glob("*.docx")
    assert "乙方将附件一所列租赁物出租给甲方使用" in text_of(draft.read_bytes())

    assert house.run_until_idle()["filed"] == 1
    (filed,) = house.contracts()
    assert "-ZL-" in filed["contract_number"]
    files = {one["role"]: one for one in house.show(filed["contract_number"])["files"]}
    text = text_of((house.root / files["docx"]["path"]).read_bytes())
    assert f"（本页为编号{filed['contract_number']}《租赁合同》签署页）" in text
    assert content["amount"]["total_upper"] in text
    assert house.guidang("templates", "check", str(folder / "template.docx"), "--json").code == 0
