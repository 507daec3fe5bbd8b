"""A contract whose clauses were changed in Word: brought in, shown, approved longer, filed."""

from __future__ import annotations

import copy
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

from pipeline import samples
from templates.drafts.watermark import has_watermark
from templates.pdfreading import pages_of
from templates.reading import headers_and_footers_of, text_of

Edit = Callable[[Any], None]

NEW = "并在二十四小时内书面报告甲方"
WHO = ("--as", "沈律", "--reason", "客户要求安全事件限时报告")


def change_clause(document: Any) -> None:
    """Change clause 8.3 as Word leaves it: every letter a run of its own."""
    paragraph = next(p for p in document.paragraphs if p.text.startswith("8.3"))
    text = paragraph.text.removesuffix("。") + f"，{NEW}。"
    for run in list(paragraph.runs)[1:]:
        run._r.getparent().remove(run._r)
    paragraph.runs[0].text = ""
    for char in text:
        paragraph.add_run(char)


def change_amount(document: Any) -> None:
    paragraph = next(p for p in document.paragraphs if p.text.startswith("5.1"))
    run = next(r for r in paragraph.runs if "￥" in r.text)
    run.text = run.text.replace("￥", "￥1", 1)


def edited(payload: bytes, edit: Edit) -> bytes:
    document = docx.Document(io.BytesIO(payload))
    edit(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def the_draft(house: Any, order_no: str, folder: Path) -> bytes:
    made = house.guidang("contracts", "draft", order_no, "--out", str(folder), "--json")
    assert made.code == 0, made.err + made.out
    return Path(made.content["files"][0]).read_bytes()


def bound_approvals(content: dict[str, Any], digest: str) -> dict[str, Any]:
    """Return the order approved upstream on the text of `digest`, by everyone it takes."""
    given = {each["step"]: each for each in content["approvals"]}
    template = content["approvals"][-1]
    legal = next(name for name in given if name.startswith("法务"))
    route = ["起草", "核对", legal, "法务复核", "业务部门负责人", "分管领导", "总经理"]
    people = {"法务复核": "祝复核", "总经理": "钟总"}
    approvals = []
    for day, step in enumerate(route, 10):
        known = given.get(step, template | {"by": {"name": people.get(step, ""), "post": step}})
        approvals.append(
            known | {"step": step, "at": f"2026-11-{day}T10:00:00+08:00", "terms_digest": digest}
        )
    return content | {"approvals": approvals}


def revise(house: Any, order_no: str, file: Path) -> Any:
    return house.guidang("contracts", "revise", order_no, str(file), *WHO, "--json")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, house_at: Callable[[Path], Any]) -> Any:
    """A home in which an order waits for its approvals, made once, and the order's draft."""
    made = house_at(tmp_path_factory.mktemp("prepared") / "home")
    assert made.guidang("init", "--sample", "--json").code == 0
    content = samples.sample_order(1)
    made.drop(content | {"approvals": content["approvals"][:2]}, "订单.json")
    assert made.run_until_idle()["waiting"] == 1
    return made, content, the_draft(made, content["order_no"], made.root.parent)


@pytest.fixture
def house(prepared: Any, house_at: Callable[[Path], Any], tmp_path: Path) -> Any:
    home = prepared[0].root
    return house_at(Path(shutil.copytree(home, tmp_path / "home", symlinks=True)))


@pytest.fixture
def waiting(prepared: Any) -> tuple[dict[str, Any], bytes]:
    """The order that waits, and its draft."""
    return copy.deepcopy(prepared[1]), prepared[2]


@pytest.mark.requirement("P-303", "P-304", "F-104", "G-106")
def test_a_contract_changed_by_hand_goes_the_longer_way_and_is_filed_as_such(
    house: Any, waiting: tuple[dict[str, Any], bytes], tmp_path: Path
) -> None:
    content, draft = waiting
    order_no = content["order_no"]
    standard = house.show(order_no)
    assert standard["deviating"] is False
    file = tmp_path / "改.docx"
    file.write_bytes(edited(draft, change_clause))

    brought = revise(house, order_no, file)

    assert brought.code == 0, brought.err + brought.out
    report = brought.content
    assert report["summary"].startswith("1 条改动：第八条")
    assert report["about"]["reason"] == WHO[3]
    (change,) = report["changes"]
    assert "".join(text for turn, text in change["letters"] if turn > 0).strip("，") == NEW
    digest = report["about"]["terms_digest"]
    assert digest != standard["terms_digest"]

    house.drop(content, "按标准文本审批.json")
    assert house.run_until_idle()["waiting"] == 1
    shown = house.show(order_no)
    assert shown["deviating"] is True
    assert shown["contract_number"] is None
    assert [a for a in shown["approvals"] if a["terms_digest"] == digest] == []
    for step in ("法务审核", "法务复核", "总经理", digest):
        assert step in shown["reason"]

    page = tmp_path / "偏离.html"
    told = house.guidang("contracts", "deviation", order_no, "--html", str(page), "--json")
    assert told.content["summary"] == report["summary"]
    html = page.read_text("utf-8")
    assert "1 条改动：第八条" in html
    assert f"<ins>，{NEW}</ins>" in html
    for outside in ("http://", "https://", "<script", "src="):
        assert outside not in html

    house.drop(bound_approvals(content, digest), "按修订审批.json")
    done = house.run_until_idle()
    assert (done["filed"], done["failed"], done["rejected"]) == (1, 0, 0), house.contracts()

    listed = house.contracts()[0]
    assert (listed["state"], listed["deviating"]) == ("filed", True)
    _assert_filed(house, listed["contract_number"], file.read_bytes(), digest)
    number = listed["contract_number"]
    forms = house.guidang("contracts", "forms", number, "--out", str(tmp_path / "表"), "--json")
    assert forms.code == 0, forms.out + forms.err
    told = {p.name: text_of(p.read_bytes()) for p in (tmp_path / "表").glob("*.docx")}
    assert "总经理" in next(text for name, text in told.items() if "审批单" in name)
    assert report["summary"] in next(text for name, text in told.items() if "法审意见" in name)


def _assert_filed(house: Any, number: str, source: bytes, digest: str) -> None:
    shown = house.show(number)
    files = {each["role"]: (house.root / each["path"]).read_bytes() for each in shown["files"]}
    assert files["revision"] == source
    assert json.loads(files["deviation"])["about"]["terms_digest"] == digest
    assert "非标合同".encode() in files["deviation_page"]
    text = text_of(files["docx"])
    assert NEW in text
    assert f"合同编号：{number}" in text
    assert "（审批完成后编号）" not in text
    assert any(number in line for line in headers_and_footers_of(files["docx"]))
    assert not has_watermark(files["docx"])
    assert NEW in "".join(pages_of(files["sealed"])).replace("\r\n", "")
    checks = {each["code"]: each["verdict"] for each in json.loads(files["proof"])["checks"]}
    assert checks["deviation"] == checks["bound"] == checks["pdf"] == "pass"
    assert {a["step"] for a in shown["approvals"]} >= {"review", "general", "legal"}
    assert [hit["number"] for hit in house.search("非标合同")["hits"]] == [number]

    told = house.guidang("contracts", "deviation", number, "--json")
    assert told.content["about"]["terms_digest"] == digest
    assert house.guidang("archive", "verify", "--json").content["damaged"] == []
    assert not list((house.root / "work" / "deviations").glob("*"))
    before = {key: shown[key] for key in ("deviating", "deviations", "files", "approvals")}
    rebuilt = house.guidang("archive", "rebuild", "--replace", "--json")
    assert rebuilt.code == 0, rebuilt.out
    again = house.show(number)
    assert {key: again[key] for key in before} == before
    assert house.guidang("archive", "verify", "--json").content["damaged"] == []
    assert [hit["number"] for hit in house.search("非标合同")["hits"]] == [number]


def test_what_the_order_says_is_not_changed_in_word(
    house: Any, waiting: tuple[dict[str, Any], bytes], tmp_path: Path
) -> None:
    content, draft = waiting
    file = tmp_path / "改价.docx"
    file.write_bytes(edited(draft, change_amount))
    refused = revise(house, content["order_no"], file)
    assert refused.code == 1
    (finding,) = refused.content["findings"]
    assert finding["place"].startswith("第五条")
    assert "请在订单中修改" in finding["message"]
    shown = house.show(content["order_no"])
    assert (shown["deviations"], shown["deviating"]) == ([], False)


def test_a_dropped_word_file_finds_its_order_and_needs_its_reason(
    house: Any, waiting: tuple[dict[str, Any], bytes]
) -> None:
    content, draft = waiting
    changed = edited(draft, change_clause)
    house.drop(changed, "改好了.docx")
    house.drop(b"PK\x03\x04 no package", "修订-坏文件.docx")
    stranger = io.BytesIO()
    docx.Document().save(stranger)
    house.drop(stranger.getvalue(), "修订-别处来的.docx")
    assert house.run_until_idle()["rejected"] == 3
    reasons = house.rejected()
    assert "修订-理由.docx" in reasons["改好了.docx"]
    assert "没有草稿标记" in reasons["修订-别处来的.docx"]
    assert "文件已损坏" in reasons["修订-坏文件.docx"]

    house.drop(changed, "修订-客户要求限时报告.docx")
    assert house.run_until_idle()["rejected"] == 0
    shown = house.show(content["order_no"])
    (row,) = shown["deviations"]
    assert row["reason"] == "客户要求限时报告"
    assert shown["deviating"] is True
    assert not list((house.root / "inbox").glob("*.docx"))


def test_a_newer_revision_replaces_one_and_a_withdrawal_gives_the_standard_text_back(
    house: Any, waiting: tuple[dict[str, Any], bytes], tmp_path: Path
) -> None:
    content, draft = waiting
    order_no = content["order_no"]
    file = tmp_path / "一.docx"
    file.write_bytes(edited(draft, change_clause))
    first = revise(house, order_no, file).content["about"]["terms_digest"]
    assert revise(house, order_no, file).content["about"]["terms_digest"] == first
    second_draft = the_draft(house, order_no, tmp_path)
    assert NEW in text_of(second_draft)

    def both(document: Any) -> None:
        paragraph = next(p for p in document.paragraphs if p.text.startswith("9.2"))
        paragraph.add_run("会议纪要应当在三日内签署。")

    file.write_bytes(edited(second_draft, both))
    second = revise(house, order_no, file).content
    assert second["about"]["seq"] == 2
    assert second["summary"].startswith("2 条改动")
    stale = tmp_path / "旧稿.docx"
    house.drop(bound_approvals(content, first), "按第一稿审批.json")
    assert house.run_until_idle()["waiting"] == 1

    ended = house.guidang("contracts", "withdraw-revision", order_no, *WHO, "--json")
    assert ended.code == 0, ended.out
    again = house.guidang("contracts", "withdraw-revision", order_no, *WHO, "--json")
    assert "没有生效的修订稿" in again.content["findings"][0]["message"]
    stale.write_bytes(edited(second_draft, both))
    refused = revise(house, order_no, stale)
    assert "重新出草稿" in refused.content["findings"][0]["message"]

    house.drop(content, "按标准文本审批.json")
    assert house.run_until_idle()["filed"] == 1
    shown = house.show(house.contracts()[0]["contract_number"])
    assert shown["deviating"] is False
    assert [row["end_reason"] for row in shown["deviations"]] == ["由第 2 稿取代", WHO[3]]
    roles = {each["role"]: house.root / each["path"] for each in shown["files"]}
    assert {"revision_1", "deviation_1", "revision_2", "deviation_2"} <= set(roles)
    assert NEW not in text_of(roles["docx"].read_bytes())
    actions = [event["action"] for event in shown["events"]]
    assert actions.count("contract:revised") == 2
    assert actions.count("contract:revision-withdrawn") == 1
    late = revise(house, order_no, file)
    assert "变更协议" in late.content["findings"][0]["message"]


def test_a_revision_outlives_a_lost_register_and_never_an_order_that_changed(
    house: Any, waiting: tuple[dict[str, Any], bytes], tmp_path: Path
) -> None:
    content, draft = waiting
    order_no = content["order_no"]
    file = tmp_path / "改.docx"
    file.write_bytes(edited(draft, change_clause))
    digest = revise(house, order_no, file).content["about"]["terms_digest"]
    house.run_until_idle()

    assert house.guidang("archive", "rebuild", "--replace", "--json").code == 0
    house.run_until_idle()
    shown = house.show(order_no)
    assert (shown["deviating"], shown["terms_digest"]) == (True, digest)

    content["project"]["manager"] = "新负责人"
    house.drop(content, "新版.json")
    assert house.run_until_idle()["waiting"] == 1
    shown = house.show(order_no)
    assert "此前的订单内容" in shown["reason"]
    assert shown["contract_number"] is None


def test_both_texts_come_as_one_word_file_with_tracked_changes(
    house: Any, waiting: tuple[dict[str, Any], bytes], tmp_path: Path
) -> None:
    content, draft = waiting
    file, redlines = tmp_path / "改.docx", tmp_path / "修订标记.docx"
    file.write_bytes(edited(draft, change_clause))
    assert revise(house, content["order_no"], file).code == 0
    told = house.guidang(
        "contracts", "deviation", content["order_no"], "--docx", str(redlines), "--json"
    )
    assert told.code == 0, told.out
    document = docx.Document(str(redlines))
    inserted = "".join(
        each.text or "" for mark in document.element.iter(_w("ins")) for each in mark.iter(_w("t"))
    )
    assert NEW in inserted
    refused = revise(house, content["order_no"], redlines)
    assert any("接受所有更改" in f["message"] for f in refused.content["findings"])


def _w(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"
