"""A seal is guarded: what is at rest opens nothing, who may is written, every use is asked for."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from archive.sampleseal import sample_seal
from pipeline import samplefirms
from pipeline.commands.progress import SilentProgress
from pipeline.sampleseals import AUDITOR, KEEPER, MANAGER
from pipeline.sealrenewal import renew_request
from pipeline.wiring import Workplace, system_clock
from pipeline.worker import Worker

PLAIN = """code = "HTZ-09"
name = "合同专用章"
kind = "合同专用章"
owner = "{owner}"
width_mm = {width}
height_mm = 40
image = "HTZ-09.pdf"
sha256 = "{digest}"
valid_from = 2026-01-01
keeper = "钱守印"
state = "启用"
sample = true
"""


def suspend(house: Any, code: str, to: str = "停用", *more: str) -> Any:
    said = ("--reason", "换发新章", "--as", MANAGER, "--json")
    return house.guidang("seals", "state", code, to, *said, *more)


def error_of(done: Any) -> tuple[int, str, str]:
    error = done.content["error"]
    return done.code, error["code"], error["message"]


def test_nothing_at_rest_in_a_home_is_a_seal(house: Any, tmp_path: Path) -> None:
    image = sample_seal(samplefirms.COMPANY, "合同专用章").pdf
    for path in house.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert image not in content
            assert not (path.parent.name == "seals" and content.startswith(b"%PDF"))
    shown = house.guidang("seals", "show", "HTZ-01", "--json").content
    assert shown["image_sha256"] == hashlib.sha256(image).hexdigest()
    assert [change["act"] for change in shown["changes"]] == ["seal:registered"]
    out = tmp_path / "preview.png"
    seen = ("seals", "preview", "HTZ-01", "--out", str(out), "--json", "--as")
    assert error_of(house.guidang(*seen, AUDITOR))[:2] == (1, "seal-refused")
    assert not out.exists()
    assert house.guidang(*seen, KEEPER).code == 0
    assert out.stat().st_size < 40_000
    changes = house.guidang("seals", "show", "HTZ-01", "--json").content["changes"]
    assert (changes[-1]["act"], changes[-1]["by"]) == ("seal:previewed", KEEPER)


def test_a_seal_is_managed_used_and_audited_by_different_people(house: Any, tmp_path: Path) -> None:
    assert error_of(house.guidang("seals", "check", "--as", MANAGER, "--json"))[2].startswith(
        f"{MANAGER}不得稽核用印"
    )
    handed = ("seals", "keeper", "GZ-01", "--reason", "轮岗", "--json")
    to_manager = house.guidang(*handed, "--to", MANAGER, "--as", MANAGER)
    assert "不得兼任保管人" in error_of(to_manager)[2]
    by_keeper = house.guidang(*handed, "--to", "冯守信", "--as", KEEPER)
    assert f"{KEEPER}不得管理印章" in error_of(by_keeper)[2]
    assert house.guidang(*handed, "--to", "冯守信", "--as", MANAGER).code == 0
    assert suspend(house, "GZ-01").code == 0
    assert "须有第二人" in error_of(suspend(house, "GZ-01", "销毁"))[2]
    assert suspend(house, "GZ-01", "销毁", "--second", AUDITOR).code == 0
    assert not (house.root / "seals" / "GZ-01.seal").exists()
    assert house.guidang("seals", "check", "--as", AUDITOR).code == 0
    listed = house.guidang("seals", "list", "--json").content["seals"]
    assert [(seal["code"], seal["state"]) for seal in listed] == [
        ("GZ-01", "销毁"),
        ("HTZ-01", "启用"),
    ]
    gone = ("users", "disable", "qian", "--reason", "离职", "--as", "feng")
    assert house.guidang(*gone).code == 0
    seen = ("seals", "preview", "HTZ-01", "--out", str(tmp_path / "p.png"), "--json", "--as")
    assert {error_of(house.guidang(*seen, said))[2] for said in ("qian", KEEPER)} == {
        f"{KEEPER}已在人员名录中停用，不能办理"
    }
    inside = house.guidang("seals", "key", "new", str(house.root / "k"), "--json")
    assert error_of(inside)[1] == "seal-key-unfit"
    made = house.guidang("seals", "key", "new", str(tmp_path / "k"), "--json")
    assert (made.code, (tmp_path / "k").stat().st_mode & 0o777) == (0, 0o600)


@pytest.mark.requirement_part("F-202")
def test_without_its_key_or_with_a_damaged_image_nothing_is_sealed(
    house: Any, order: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    key, image = house.root / "samples" / "seal.key", house.root / "seals" / "HTZ-01.seal"
    shutil.copy2(key, tmp_path / "seal.key")
    house.drop(order(1), "order.json")
    whole = image.read_bytes()
    image.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    stopped = house.guidang("run", "--until-idle", "--json")
    assert (stopped.code, "加密图像已损坏" in stopped.out) == (4, True)
    image.write_bytes(whole)

    other = tmp_path / "other.key"
    assert house.guidang("seals", "key", "new", str(other)).code == 0
    stopped = house.guidang(
        "run", "--until-idle", "--json", env={"GUIDANG_SEALS__KEY_FILE": str(other)}
    )
    assert (stopped.code, "另一把密钥" in stopped.out) == (1, True)
    key.chmod(0o644)
    assert "chmod 600" in house.guidang("run", "--until-idle", "--json").out
    key.unlink()
    assert "读不到印章密钥" in house.guidang("run", "--until-idle", "--json").out
    assert house.contracts()[0]["state"] == "numbered"

    moved = {"GUIDANG_SEALS__KEY_FILE": str(tmp_path / "seal.key")}
    assert house.guidang("run", "--until-idle", "--json", env=moved).content["filed"] == 1


@pytest.mark.requirement("F-202")
def test_a_paper_is_sealed_on_its_request_and_the_book_says_so(
    house: Any, order: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    rules = house.root / "rules" / "seals.toml"
    rules.write_text(rules.read_text("utf-8").replace("valid_days = 30", "valid_days = 2"), "utf-8")
    assert suspend(house, "HTZ-01").code == 0
    assert suspend(house, "GZ-01").code == 0
    house.drop(order(1), "order.json")
    assert house.run_until_idle()["filed"] == 0
    (contract,) = house.contracts()
    assert "印章已停用" in house.show(contract["contract_number"])["reason"]
    assert suspend(house, "HTZ-01", "启用").code == 0

    number = contract["contract_number"]
    later = Workplace(house.root, clock=lambda: system_clock() + timedelta(days=3))
    house.drop(order(1), "again.json")
    Worker(later, SilentProgress()).run(until_idle=True)
    waiting = house.show(number)
    assert "用印申请已于" in waiting["reason"]
    people = {row["step"]: row["person"] for row in waiting["approvals"]}
    renew_request(
        later, number, by=people["draft"], approved_by=people["lead"], reason="客户延期签约"
    )
    Worker(later, SilentProgress()).run(until_idle=True)
    later.close()
    shown = house.show(number)
    assert shown["state"] == "filed"
    asked = [e for e in shown["events"] if e["action"] == "contract:seal-requested"]
    assert [event["details"]["round"] for event in asked] == [1, 2]
    assert [use["keeper"] for use in shown["seal_uses"]] == [KEEPER]

    book = tmp_path / "book.xlsx"
    printed = ("seals", "book", "--as", AUDITOR, "--out", str(book), "--seal", "HTZ-01", "--json")
    assert house.guidang(*printed).content["uses"] == 1
    assert error_of(house.guidang(*printed))[1] == "seal-refused"
    rows = python_calamine.load_workbook(book).get_sheet_by_index(0).to_python()
    (said,) = (dict(zip(rows[2], row, strict=True)) for row in rows[3:])
    files = {file["role"]: file["sha256"] for file in shown["files"]}
    assert said["盖后文件摘要（SHA-256）"] == files["sealed"]
    assert (said["合同编号"], said["用印人"], said["用印申请"]) == (number, KEEPER, "第 2 次申请")
    assert said["加盖位置（每份）"] == "落款 1 处、骑缝"

    assert house.guidang("archive", "verify").code == 0
    before = house.guidang("seals", "uses", "--as", AUDITOR, "--json").content
    seals = house.guidang("seals", "show", "HTZ-01", "--json").content
    assert house.guidang("archive", "rebuild", "--replace").code == 0
    assert house.guidang("archive", "verify").code == 0
    assert house.guidang("seals", "uses", "--as", AUDITOR, "--json").content == before
    assert house.guidang("seals", "show", "HTZ-01", "--json").content == seals
    journal = house.root / "seals" / "HTZ-01.jsonl"
    journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[0])
    damaged = house.guidang("archive", "verify", "--json")
    assert (damaged.code, damaged.content["damaged"][0]["place"]) == (4, "seals")
    journal.write_bytes(b"{}")
    rebuilt = house.guidang("archive", "rebuild", "--replace", "--json")
    assert (rebuilt.code, rebuilt.content["records"]) == (4, 1)
    assert "HTZ-01" in rebuilt.content["damaged"][0]["problem"]


def test_plain_seals_are_taken_over_and_never_used_before(
    house: Any, order: Callable[..., dict[str, Any]]
) -> None:
    folder = house.root / "seals"
    image = sample_seal(samplefirms.COMPANY, "合同专用章").pdf
    (folder / "HTZ-09.pdf").write_bytes(image)
    said = {"owner": samplefirms.COMPANY, "digest": hashlib.sha256(image).hexdigest()}
    (folder / "HTZ-09.toml").write_text(PLAIN.format(**said, width=30), "utf-8")
    house.drop(order(1), "order.json")
    stopped = house.guidang("run", "--until-idle", "--json")
    assert (stopped.code, "guidang seals migrate" in stopped.out) == (1, True)

    asked = ("seals", "migrate", "--as", MANAGER, "--json")
    refused = house.guidang(*asked)
    assert (refused.code, "宽高比" in refused.content["refused"][0]["reason"]) == (1, True)
    (folder / "HTZ-09.toml").write_text(PLAIN.format(**said, width=40), "utf-8")
    assert house.guidang(*asked).content["taken"] == ["HTZ-09"]
    assert house.guidang(*asked).content == {"ok": True, "taken": [], "refused": []}
    assert sorted(path.name for path in folder.iterdir() if "09" in path.name) == [
        "HTZ-09.jsonl",
        "HTZ-09.seal",
    ]
    assert house.run_until_idle()["filed"] == 1
    assert json.loads((folder / "HTZ-09.jsonl").read_bytes())["actor"] == MANAGER
