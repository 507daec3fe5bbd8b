"""Numbers that papers taken in had before: never given again, in nobody's way, never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from keepers import LEGAL, Keeping, Line
from sqlalchemy import select

from archive.dossiers import Record
from archive.numbergaps import PassedOver, gaps, passed_over
from pipeline.freezing import Freeze, chosen, place
from pipeline.rebuilding import rebuild_all
from templates.rendering.fonts import prepare_fonts

AS = ("--as", "档小安")


@pytest.fixture
def line(keeping: Keeping) -> Line:
    return Line(keeping.workplace.home.root)


def take_in(line: Line, folder: Path, *numbers: str) -> None:
    """Take in a paper for each number."""
    folder.mkdir()
    rows = ["文件名,题名,合同编号,签订日期"]
    for at, number in enumerate(numbers):
        (folder / f"{at}.txt").write_text(f"{folder.name} 正文 {at}", "utf-8")
        rows.append(f"{at}.txt,旧合同{at},{number},2012-05-0{at + 1}")
    catalogue = folder.parent / f"{folder.name}.csv"
    catalogue.write_text("\n".join(rows), "utf-8")
    line("archive", "import", str(folder), "--catalogue", str(catalogue), *AS)


def ledger(keeping: Keeping) -> tuple[list[str], list[PassedOver]]:
    with keeping.workplace.register.read.begin() as session:
        assert gaps(session) == []
        return [each.number for each in passed_over(session)], passed_over(session)


def test_a_series_goes_on_behind_a_number_given_elsewhere(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    codes = [keeping.contract("S-1")]
    kind, _, last = codes[0].rpartition("-")
    following = f"{kind}-{int(last) + 2:0{len(last)}d}"
    taken = (
        "GD-HT-2026-FW-0002",
        "GD-HT-2026-FW-0003",
        "DJ-2026-0001",
        "AC-2026-0002",
        following,
    )
    take_in(line, tmp_path / "旧档", *taken)

    codes += [keeping.contract(f"S-{each}") for each in (2, 3)]
    take_in(line, tmp_path / "又一批", "HT-77")
    wish = Freeze("诉讼", "供应商起诉", "（2026）京01民初1号", date(2041, 1, 1), LEGAL)
    held = place(keeping.workplace, wish, *chosen(keeping.workplace, query=None, names=codes[:1]))

    with keeping.workplace.register.read.begin() as session:
        filed = session.scalars(select(Record.number).where(Record.kind == "contract")).all()
    assert filed == ["GD-HT-2026-FW-0001", "GD-HT-2026-FW-0004", "GD-HT-2026-FW-0005"]
    assert following not in codes
    assert held["number"] == "DJ-2026-0002"
    passed, before = ledger(keeping)
    assert set(passed) >= {"GD-HT-2026-FW-0002", "GD-HT-2026-FW-0003", "AC-2026-0002"}
    assert "DJ-2026-0001" in passed
    rebuild_all(keeping.workplace, replace=True)
    assert ledger(keeping)[1] == before
    again = place(
        keeping.workplace,
        replace(wish, reason="又一案"),
        *chosen(keeping.workplace, query=None, names=codes[:1]),
    )
    assert again["number"] == "DJ-2026-0003"
    report = line("numbers", "gaps")
    assert report["ok"]
    assert "GD-HT-2026-FW-0002 是接收的旧档案原有的编号" in line.text("numbers", "gaps")


def test_a_number_that_is_ours_already_is_told_and_stays_findable(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    ours = keeping.contract("S-1")
    take_in(line, tmp_path / "旧档", "GD-HT-2026-FW-0001")
    with keeping.workplace.register.read.begin() as session:
        taken = session.scalars(select(Record).where(Record.kind == "takenin")).one()
    assert any(
        ours in each and "GD-HT-2026-FW-0001" in each for each in taken.description["remarks"]
    )
    line("index", "rebuild")
    found = {hit["reference_code"] for hit in line("search", "编号:GD-HT-2026-FW-0001")["hits"]}
    assert taken.reference_code in found


def test_what_was_taken_in_goes_before_a_court_too(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    take_in(line, tmp_path / "旧档", "HT-1")
    prepare_fonts(keeping.workplace.home.fonts)
    code = line("search", "旧合同0")["hits"][0]["reference_code"].rsplit("-", 1)[0]
    out = tmp_path / "证据"
    words = ("archive", "export", code, "--evidence", "--purpose", "诉讼", "--out", str(out))
    assert line(*words, "--as", LEGAL)["ok"]
    (page,) = out.glob("*-证据说明.html")
    assert "<h2>三、用印</h2><p>（无记录）</p>" in page.read_text("utf-8")
    assert len([*out.glob("*-证据说明.pdf")]) == 1
