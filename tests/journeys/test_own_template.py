"""A firm brings its own Word file and is led to a sealed contract from it by messages alone."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pypdf import PdfReader

from templates.catalogue import shipped
from templates.reading import text_of

Sample = Callable[..., dict[str, Any]]
ADD = ("--code", "QY-FW-01", "--type", "FW", "--approved-by", "法审〔2026〕1号")


@pytest.fixture(scope="module")
def firm() -> ModuleType:
    place = Path(__file__).parents[1] / "templates" / "fitting" / "firmfile.py"
    spec = importlib.util.spec_from_file_location("firmfile", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def word_file(firm: ModuleType, tmp_path: Path) -> Path:
    path = tmp_path / "公司合同.docx"
    path.write_bytes(firm.firm_file())
    return path


def _add(house: Any, path: Path, version: str, *more: str, start: str = "2026-01-01") -> Any:
    words = ("--version", version, "--in-force-from", start, *more, "--json")
    return house.guidang("templates", "add", str(path), *ADD, *words)


@pytest.mark.requirement_part("P-303", "G-103")
def test_a_firms_own_word_file_becomes_a_sealed_contract(
    house: Any, order: Sample, word_file: Path, tmp_path: Path
) -> None:
    assert house.guidang("templates", "check", str(word_file), "--json").code == 0
    added = _add(house, word_file, "1")
    assert added.code == 0, added.out + added.err
    assert added.content["template"]["in_force_from"] == "2026-01-01"

    preview = tmp_path / "样稿.pdf"
    shown = house.guidang("templates", "preview", "QY-FW-01", "-o", str(preview), "--json")
    assert shown.code == 0, shown.out + shown.err
    document = PdfReader(preview)
    assert "预览" in str(document.metadata.title if document.metadata else "")
    assert all("预览（不作凭证）" in page.extract_text() for page in document.pages)

    content = order(1)
    content["contract"] |= {"template": "QY-FW-01", "template_version": "1"}
    house.drop(content, "订单.json")
    assert house.run_until_idle()["filed"] == 1
    (filed,) = house.contracts()
    files = {one["role"]: one for one in house.show(filed["contract_number"])["files"]}
    text = text_of((house.root / files["docx"]["path"]).read_bytes())
    assert "第七条　违约责任：违约方应赔偿损失。" in text
    assert content["amount"]["total_upper"] in text


def test_a_seal_that_would_leave_the_page_is_found_before_any_contract(
    house: Any, word_file: Path
) -> None:
    refused = _add(house, word_file, "1", "--seal-offset", "150,0")
    assert refused.code == 1
    assert any("超出页面" in one["message"] for one in refused.content["findings"])
    assert _add(house, word_file, "1", "--seal-offset", "25,-10.5").code == 0


def test_a_broken_file_is_not_registered_and_said_where(
    house: Any, firm: ModuleType, word_file: Path
) -> None:
    before = word_file.read_bytes()
    word_file.write_bytes(firm.edited(before, ("party_b.bank }}", "party_b.bnk }}")))

    refused = _add(house, word_file, "1")

    assert refused.code == 1
    assert refused.content["error"]["code"] == "template-refused"
    places = {one["place"]: one["message"] for one in refused.content["findings"]}
    told = places["第 1 个表格第 9 行第 3 列“{{ party_b.bnk }}”"]
    assert "party_b.bank" in told
    assert not (house.root / "templates").exists()
    assert list((house.root / "work").glob("template-*")) == []
    word_file.write_bytes(before)
    assert _add(house, word_file, "1").code == 0


@pytest.mark.requirement_part("P-303")
def test_a_registered_version_is_never_overwritten_or_altered(
    house: Any, order: Sample, word_file: Path
) -> None:
    assert _add(house, word_file, "1").code == 0
    registered = house.root / "templates" / "QY-FW-01-1" / "template.docx"
    before = registered.read_bytes()

    again = _add(house, word_file, "1")
    assert again.code == 1
    assert "不能覆盖" in again.content["error"]["message"]
    assert registered.read_bytes() == before

    registered.write_bytes(before + b"\0")
    listed = house.guidang("templates", "list", "--json")
    assert listed.code == 3
    assert [one["name"] for one in listed.content["unfit"]] == ["QY-FW-01@1"]
    assert "HT-MB-FW-01" in {one["code"] for one in listed.content["templates"]}
    checks = {c["name"]: c for c in house.guidang("doctor", "--json").content["checks"]}
    assert "QY-FW-01@1" in checks["模板"]["detail"]
    checked = house.guidang("templates", "check", str(word_file), "--json")
    assert [one["name"] for one in checked.content["unfit_registered"]] == ["QY-FW-01@1"]
    assert _add(house, word_file, "1").code == 1
    house.drop(order(1), "其他模板.json")
    assert house.run_until_idle()["filed"] == 1


@pytest.mark.requirement_part("G-103")
def test_a_retired_template_serves_to_its_last_day_and_keeps_its_text(
    house: Any, order: Sample, word_file: Path
) -> None:
    assert _add(house, word_file, "1").code == 0
    registered = house.root / "templates" / "QY-FW-01-1" / "template.docx"
    before = registered.read_bytes()

    def retire(day: str, *name: str) -> Any:
        return house.guidang(
            "templates", "retire", *(name or ("QY-FW-01", "1")), "--on", day, "--json"
        )

    assert retire("2026-01-31").code == 1
    assert retire("2026-12-31", "HT-MB-FW-01", "2026.1").code == 1
    assert retire("2099-12-31").content["template"]["in_force_to"] == "2099-12-31"
    assert retire("2099-11-30").content["template"]["in_force_to"] == "2099-11-30"
    assert registered.read_bytes() == before
    manifest = house.root / "templates" / "QY-FW-01-1" / "manifest.toml"
    ended = manifest.read_text("utf-8").replace("2099-11-30", "2026-01-02")
    manifest.write_text(ended, "utf-8")
    assert retire("2099-12-31").code == 1
    content = order(1)
    content["contract"] |= {"template": "QY-FW-01", "template_version": "1"}
    house.drop(content, "订单.json")
    assert house.run_until_idle()["rejected"] == 1
    assert "2026-01-02 停止使用" in house.rejected()["订单.json"]


@pytest.mark.requirement_part("G-103")
@pytest.mark.parametrize("kind", ["change", "seal_request"])
def test_a_template_of_another_kind_is_told_of_checked_registered_shown_and_retired(
    house: Any, kind: str, tmp_path: Path
) -> None:
    listed = house.guidang("templates", "fields", "--kind", kind, "--json").content
    assert all(one["meaning"] and one["example"] for one in listed["fields"])
    for rows in listed["lists"]:
        assert rows["meaning"]
        assert all(one["meaning"] and one["example"] for one in rows["columns"])
    assert set(listed["seal_places"]) <= {"sealA", "sealB"}

    path = tmp_path / "自有.docx"
    path.write_bytes((shipped() / kind / "template.docx").read_bytes())
    types = ("--type", "FW") if kind == "contract" else ()
    checked = house.guidang("templates", "check", str(path), "--kind", kind, *types, "--json")
    assert (checked.code, checked.content["findings"]) == (0, [])
    words = ("--code", "QY-01", "--version", "1", "--kind", kind, *types, "--json")
    when = ("--in-force-from", "2026-01-01", "--approved-by", "法审〔2026〕2号")
    added = house.guidang("templates", "add", str(path), *words, *when)
    assert added.code == 0, added.out + added.err
    assert added.content["template"]["contract_types"] == (["FW"] if types else ["*"])

    preview = tmp_path / "样稿.pdf"
    shown = house.guidang("templates", "preview", "QY-01", "1", "-o", str(preview), "--json")
    assert shown.code == 0, shown.out + shown.err
    assert all("预览（不作凭证）" in page.extract_text() for page in PdfReader(preview).pages)
    retired = house.guidang("templates", "retire", "QY-01", "1", "--on", "2099-12-31", "--json")
    assert retired.content["template"]["in_force_to"] == "2099-12-31"


def test_two_versions_never_begin_on_one_day_and_an_overlap_is_told(
    house: Any, word_file: Path
) -> None:
    assert _add(house, word_file, "1").code == 0
    refused = _add(house, word_file, "2")
    assert refused.code == 1
    assert "QY-FW-01@1 也自 2026-01-01 起" in refused.content["error"]["message"]

    later = _add(house, word_file, "2", start="2026-07-01")
    told = [one["message"] for one in later.content["findings"] if one["code"] == "T51"]
    assert later.code == 0
    assert ["retire QY-FW-01 1 --on 2026-06-30" in message for message in told] == [True]
    between = _add(house, word_file, "3", start="2026-03-01")
    told = [one["message"] for one in between.content["findings"] if one["code"] == "T51"]
    assert len(told) == 2
    assert any("QY-FW-01@2 自 2026-07-01 起优先" in message for message in told)
