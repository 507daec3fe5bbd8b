"""A paper whose day nobody knows says so wherever it is shown, and no period starts by it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from keepers import Keeping, Line
from openpyxl import load_workbook
from sqlalchemy import select

from archive.days import business_day
from archive.dossiers import Dossier, Record
from archive.retention import Trigger, term_of, triggers_of
from pipeline.cli import main

AS = ("--as", "档小安")


@pytest.fixture
def line(keeping: Keeping, tmp_path: Path) -> Line:
    """A home with three papers taken in: of a day, of a year, and of unknown age."""
    folder, catalogue = tmp_path / "旧档", tmp_path / "c.csv"
    folder.mkdir()
    rows = ["文件名,题名,旧档号,签订日期"]
    for name, day in (("a", "2012-05-06"), ("b", "2015"), ("c", "")):
        (folder / f"{name}.txt").write_text(f"内容 {name}", "utf-8")
        rows.append(f"{name}.txt,旧合同{name},A-{name},{day}")
    catalogue.write_text("\n".join(rows), "utf-8")
    line = Line(keeping.workplace.home.root)
    line("archive", "import", str(folder), "--catalogue", str(catalogue), *AS)
    return line


def this_year() -> int:
    return business_day(datetime.now(UTC)).year


def rows(keeping: Keeping) -> list[tuple[str | None, int, str]]:
    with keeping.workplace.register.read.begin() as session:
        found = session.execute(
            select(Record.formed_on, Dossier.year, Record.title)
            .join(Dossier)
            .where(Record.kind == "takenin")
            .order_by(Record.id)
        )
        return [(day and day.isoformat(), year, title) for day, year, title in found]


def codes(keeping: Keeping) -> list[str]:
    with keeping.workplace.register.read.begin() as session:
        query = select(Dossier.code).join(Record).where(Record.kind == "takenin")
        return list(session.scalars(query.order_by(Record.id)))


def test_the_code_has_the_year_of_reception_and_the_dossier_says_why(
    keeping: Keeping, line: Line
) -> None:
    known = rows(keeping)
    assert known == [
        ("2012-05-06", 2012, "旧合同a"),
        (None, 2015, "旧合同b（2015 年，签订日期不详）"),
        (None, this_year(), "旧合同c（签订日期不详）"),
    ]
    with keeping.workplace.register.read.begin() as session:
        (about,) = session.scalars(select(Record.description).where(Record.title.contains("合同c")))
    said = f"签订日期不详；同卷没有其他日期的，档号的年度是接收的年度（{this_year()}）"
    assert said in about["remarks"]
    assert line("archive", "rebuild", "--replace")["damaged"] == []
    keeping.workplace.__dict__.pop("register")
    assert rows(keeping) == known


def test_search_and_sheets_say_that_nobody_knows(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    hits = line("search", "文种:接收的合同材料", "--sort", "formed_on")["hits"]
    assert [(hit["formed_on"], hit["formed_in"]) for hit in hits] == [
        (None, 2015),
        ("2012-05-06", None),
        (None, None),
    ]
    assert [hit["title"][3] for hit in line("search", "旧合同 签订:2010..2199")["hits"]] == [
        "b",
        "a",
    ]
    assert [hit["title"][3] for hit in line("search", f"旧合同 年度:{this_year()}")["hits"]] == [
        "c"
    ]
    shown = line.text("search", "旧合同")
    assert "2015 年（日期不详）" in shown
    assert "　不详\n" in shown
    out = tmp_path / "目录.xlsx"
    line("archive", "print", "contents", codes(keeping)[2], "--out", str(out))
    cells = [cell.value for row in load_workbook(out).active for cell in row]
    assert "不详" in cells
    assert not [cell for cell in cells if str(cell).startswith(str(this_year()))]
    word = tmp_path / "封面.docx"
    line("archive", "print", "cover", codes(keeping)[2], "--out", str(word))


def test_no_period_starts_by_a_day_nobody_knows(keeping: Keeping, line: Line) -> None:
    code = codes(keeping)[2]
    assert line("retention", "show", code)["starts_on"] is None
    asked = ["--home", str(line.root), "retention", "date", code, "--event", "终止"]
    asked += ["--on", "2001-02-03", "--evidence", "终止函", "--as", "档小安"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output


def test_a_rule_that_starts_with_the_filing_waits_for_the_day() -> None:
    items = [
        {"kind": "takenin", "formed_on": "2012-05-06", "description": {}},
        {"kind": "takenin", "formed_on": None, "description": {}},
    ]
    rule = "归档之次年"
    assert triggers_of(rule, items) == (Trigger.FORMED,)
    assert triggers_of(rule, items[:1]) == ()
    term = term_of("D10", rule, [], items)
    assert (term.starts_on, term.missing) == (None, (Trigger.FORMED,))
    known = term_of("D10", rule, [], items[:1])
    assert str(known.starts_on) == "2013-01-01"


def test_an_examination_asks_no_day_of_a_paper_taken_in(keeping: Keeping, line: Line) -> None:
    asked = ["--home", str(line.root), "archive", "examine", codes(keeping)[2], "--json"]
    done = CliRunner().invoke(main, [*asked, "--at", "keeping"])
    (dossier,) = json.loads(done.stdout)["dossiers"]
    told = {one["code"]: one["result"] for one in dossier["findings"]}
    assert "不通过" not in told.values(), told


def test_a_known_year_bounds_every_day_that_starts_a_period(keeping: Keeping, line: Line) -> None:
    code = codes(keeping)[1]  # of 2015, the day is unknown
    words = ("retention", "date", code, "--event", "终止", "--evidence", "终止函。", *AS, "--on")
    refused = line(*words, "2014-12-31", code=1)["error"]["message"]
    assert "早于合同形成日 2015-01-01" in refused
    assert line(*words, "2015-01-01")["dates"]["终止"]["on"] == "2015-01-01"
