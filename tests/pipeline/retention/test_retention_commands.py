"""The way of a list on the command line; its dossiers are old enough for today's clock."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from keepers import Keeping, Line

from pipeline.workerlock import WorkerLock

DATES = (("终止", "2011-03-31"), ("结清", "2011-05-10"), ("质保期满", "2012-03-31"))


@pytest.fixture
def line(keeping: Keeping) -> Line:
    return Line(keeping.workplace.home.root)


def an_old_contract(keeping: Keeping, line: Line, order_no: str) -> str:
    code = keeping.contract(order_no, formed_on=date(2010, 3, 1), retention_class="小额事务性合同")
    for event, on in DATES:
        words = ("--event", event, "--on", on, "--evidence", f"{event}凭证", "--as", "档小安")
        line("retention", "date", code, *words)
    words = ("--event", "争议终结", "--none", "--evidence", "法务确认", "--as", "冻小法")
    assert line("retention", "date", code, *words)["expires_on"] == "2022-12-31"
    return code


def test_the_way_of_a_list_on_the_command_line(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    gone, kept = (an_old_contract(keeping, line, f"XSDD-{n}") for n in (1, 2))
    assert [one["code"] for one in line("retention", "due")["due"]] == [gone, kept]
    as_archivist = ("--as", "档小安")
    plan = line("retention", "propose", *as_archivist, "--dry-run")
    assert [one["code"] for one in plan["entries"]] == [gone, kept]
    assert line("retention", "lists")["lists"] == []

    number = line("retention", "propose", *as_archivist)["list"]["number"]
    for person in ("鉴一鸣", "鉴二南"):
        said = ("--reason", "无价值", "--as", person)
        line("retention", "appraise", number, gone, "--decision", "销毁", *said)
        said = ("--reason", "可查考", "--as", person)
        line("retention", "appraise", number, kept, "--decision", "续存", "--period", "D30", *said)
    line("retention", "approve", number, "--as", "法定代")
    page = tmp_path / "清册.docx"
    line("retention", "print", number, "--out", str(page))
    with zipfile.ZipFile(page) as package:
        assert ">销毁清册<" in package.read("word/document.xml").decode()

    watched = ("--witness", "监小天", "--witness", "监小地", "--place", "档案室", *as_archivist)
    plan = line("retention", "destroy", number, *watched, "--dry-run")
    assert plan["dossiers"] == [{"code": gone, "obstacles": []}]
    with WorkerLock(keeping.workplace.home.worker_lock):
        error = line("retention", "destroy", number, *watched, code=5)["error"]
    assert error["code"] == "locked"
    done = line("retention", "destroy", number, *watched)["list"]
    assert (done["stage"], [one["code"] for one in done["outcomes"]]) == ("已办结", [gone])

    assert line("archive", "verify")["damaged"] == []
    assert line("audit", "verify")["damaged"] == []
    assert "已销毁" in line.text("contracts", "list")
    assert "已销毁" in line.text("retention", "show", gone)
    assert line("contracts", "show", f"{gone}-001")["destroyed_by"] == number
    hits = {one["reference_code"]: one["title"] for one in line("search", "XSDD-1")["hits"]}
    assert hits[f"{gone}-001"].startswith("（已销毁）")
    assert line("retention", "show", kept)["expires_on"] == "2042-12-31"
    assert line("archive", "rebuild", "--replace")["damaged"] == []
    assert line("retention", "show", gone)["destroyed_by"] == number


def test_a_hold_between_approval_and_destruction_leaves_the_dossier_and_says_so(
    keeping: Keeping, line: Line
) -> None:
    code = an_old_contract(keeping, line, "XSDD-1")
    number = line("retention", "propose", "--as", "档小安")["list"]["number"]
    for person in ("鉴一鸣", "鉴二南"):
        said = ("--decision", "销毁", "--reason", "无价值", "--as", person)
        line("retention", "appraise", number, code, *said)
    line("retention", "approve", number, "--as", "法定代")
    why = ("--matter", "诉讼", "--reason", "被诉", "--as", "冻小法")
    assert line("holds", "place", code, *why, "--dry-run")["dossiers"] == [code]
    assert line("holds", "list")["holds"] == []
    hold = line("holds", "place", code, *why)["hold"]["number"]
    assert hold in line.text("contracts", "list")

    watched = ("--witness", "监小天", "--witness", "监小地", "--place", "档案室")
    done = line("retention", "destroy", number, *watched, "--as", "档小安", code=3)["list"]

    assert hold in done["outcomes"][0]["reasons"][0]
    assert line("holds", "release", hold, "--basis", "结案", "--as", "冻小法")["ok"]
    assert line("retention", "due")["due"][0]["list"] is None


def test_holds_are_shown_in_words_standing_and_lifted(keeping: Keeping, line: Line) -> None:
    code = keeping.contract("XSDD-1")
    why = ("--matter", "诉讼", "--reason", "被诉", "--as", "冻小法")
    placed = line.text("holds", "place", code, *why)
    number = placed.split("　")[0]
    assert ("冻结中" in placed, code in placed, "解除" in placed) == (True, True, False)
    assert number in line.text("holds", "list")
    assert "由冻小法解除" in line.text(
        "holds", "release", number, "--basis", "撤诉", "--as", "冻小法"
    )
    assert "共 0 项" in line.text("holds", "list")
    assert "已解除" in line.text("holds", "list", "--all")


def test_a_refusal_says_what_to_do(keeping: Keeping, line: Line) -> None:
    code = keeping.contract("XSDD-1")
    words = ("--event", "终止", "--on", "2026-03-20", "--evidence", "x", "--as", "路人甲")
    error = line("retention", "date", code, *words, code=1)["error"]
    assert error["code"] == "retention-refused"
    assert "rules/retention.toml" in error["message"]
    assert line("retention", "show", "没有此卷", code=1)["error"]["hint"]


def test_a_query_freezes_what_it_finds_once_the_index_knows_everything(
    keeping: Keeping, line: Line
) -> None:
    code = keeping.contract("XSDD-1")
    why = ("--matter", "审计", "--reason", "年度审计", "--as", "冻小法")
    error = line("holds", "place", "--query", "服务合同", *why, code=1)["error"]
    assert "可能漏掉" in error["message"]
    line("index", "rebuild")
    found = line("holds", "place", "--query", "服务合同", *why)["hold"]
    assert [one["code"] for one in found["dossiers"]] == [code]
