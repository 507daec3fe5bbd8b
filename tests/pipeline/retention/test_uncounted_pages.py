"""Texts taken in have no pages before somebody counts them: no total says that they have none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from keepers import Keeping, Line
from openpyxl import load_workbook

AS = ("--as", "档小安")


@pytest.fixture
def line(keeping: Keeping, tmp_path: Path) -> Line:
    """A home with a contract of six pages, and two texts taken in."""
    keeping.contract("S-1", description={"department": "业务一部"})
    folder = tmp_path / "旧档"
    folder.mkdir()
    for name in ("旧合同一", "旧合同二"):
        (folder / f"{name}.txt").write_text(f"{name} 正文", "utf-8")
    line = Line(keeping.workplace.home.root)
    line("archive", "import", str(folder), "--from", "某某档案室", *AS)
    return line


def codes(line: Line) -> list[str]:
    hits = line("search", "旧合同 文种:接收的合同材料")["hits"]
    return sorted(str(hit["reference_code"]).rsplit("-", 1)[0] for hit in hits)


def cells(line: Line, tmp_path: Path, form: str, *asked: str) -> list[list[Any]]:
    out = tmp_path / f"{form}.xlsx"
    out.unlink(missing_ok=True)
    line("archive", "print", form, *asked, "--out", str(out))
    sheet = load_workbook(out).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_totals_of_lists_say_what_they_do_not_count(line: Line, tmp_path: Path) -> None:
    one, two = codes(line)
    (total,) = (
        row[1] for row in cells(line, tmp_path, "transfer", one, two) if row[0] == "总　　数"
    )
    assert total == "2 件　0 页（另 2 件未计页）"
    assert cells(line, tmp_path, "catalogue", one)[1][0] == "共 1 件　0 页（另 1 件未计页）"

    everything = cells(line, tmp_path, "volumes")
    # the contract has six pages, the register of the accession one
    assert everything[1][0] == "共 4 卷　7 页（另 2 件未计页）"
    assert [row[3] for row in everything if row[1] in (one, two)] == ["未计", "未计"]


def test_what_was_counted_when_it_was_bound_is_counted(line: Line, tmp_path: Path) -> None:
    one, two = codes(line)
    line("archive", "bind", one, "--method", "三孔一线", "--pages", "12", *AS)

    volumes = cells(line, tmp_path, "volumes", one, two)

    assert volumes[1][0] == "共 2 卷　12 页（另 1 件未计页）"
    assert {row[1]: row[3] for row in volumes if row[1] in (one, two)} == {one: 12, two: "未计"}


def test_the_front_of_a_box_counts_no_page_that_nobody_counted(line: Line, tmp_path: Path) -> None:
    one, _two = codes(line)
    line("archive", "place", one, "--box", "0001", "--shelf", "A-01", "--spine", "20", *AS)

    front = cells(line, tmp_path, "box", one)

    assert "1 卷　0 页（另 1 件未计页）" in [row[1] for row in front]
    assert [row[4] for row in front if row[1] == one] == ["未计"]
