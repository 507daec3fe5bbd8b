"""Papers of one dossier: each says what its own row says, and nothing its neighbour's says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from keepers import Keeping, Line
from openpyxl import load_workbook

AS = ("--as", "档小安")
US = "示例网络技术（北京）有限公司"
HEAD = "文件名,题名,合同编号,甲方,乙方,金额,签订日期,部门"


@pytest.fixture
def line(keeping: Keeping) -> Line:
    return Line(keeping.workplace.home.root)


def take_in(line: Line, folder: Path, rows: list[str], *, source: str = "某某档案室") -> None:
    folder.mkdir()
    for row in rows:
        name = row.split(",")[0]
        (folder / name).write_text(f"{folder.name} 正文 {name}", "utf-8")
    catalogue = folder.parent / f"{folder.name}.csv"
    catalogue.write_text("\n".join([HEAD, *rows]), "utf-8")
    line("archive", "import", str(folder), "--catalogue", str(catalogue), "--from", source, *AS)


def code_of(line: Line, words: str) -> str:
    (hit,) = line("search", words)["hits"]
    return str(hit["reference_code"])


def dossier_of(line: Line, words: str) -> str:
    return code_of(line, words).rsplit("-", 1)[0]


def known_of(line: Line, code: str) -> tuple[Any, ...]:
    shown = line("contracts", "show", code)
    return shown["party_a"], shown["party_b"], shown["amount"]


def facts_of(path: Path) -> dict[str, Any]:
    """Return the named facts above the table of a hand-over list."""
    return {row[0].value: row[1].value for row in load_workbook(path).active.iter_rows(max_row=12)}


def test_no_paper_has_parties_or_an_amount_of_another_row(line: Line, tmp_path: Path) -> None:
    rows = [
        f"a.txt,设备合同,HT-1,云帆数据,{US},1000,2011-03-04,",
        "b.txt,设备附件,HT-1,,,,2011-03-05,",
        "c.txt,维保合同,HT-2,,,,2013-01-01,",
        f"d.txt,维保补充,HT-2,丁字公司,{US},500,2013-05-05,",
    ]
    take_in(line, tmp_path / "旧档", rows)

    told = {each: known_of(line, code_of(line, each)) for each in ("设备附件", "维保补充")}
    begun = [known_of(line, number) for number in ("HT-1", "HT-2")]

    assert told == {"设备附件": ("", "", None), "维保补充": ("丁字公司", US, "500.00")}
    assert begun == [("云帆数据", US, "1000.00"), ("", "", None)]
    assert line("archive", "rebuild", "--replace")["damaged"] == []
    assert known_of(line, code_of(line, "设备附件")) == ("", "", None)
    assert known_of(line, code_of(line, "维保补充")) == ("丁字公司", US, "500.00")


def test_a_later_paper_of_the_contract_has_its_own(line: Line, tmp_path: Path) -> None:
    take_in(line, tmp_path / "一", [f"a.txt,设备合同,HT-1,云帆数据,{US},1000,2011-03-04,"])
    take_in(line, tmp_path / "二", ["b.txt,设备附件,HT-1,,,,2011-03-05,"])

    assert dossier_of(line, "设备附件") == dossier_of(line, "设备合同")
    assert known_of(line, code_of(line, "设备附件")) == ("", "", None)


def test_the_handover_list_of_papers_taken_in_is_asked_for_by_who_gave_them(
    line: Line, tmp_path: Path
) -> None:
    rows = [
        "a.txt,设备合同,HT-1,,,,2011-03-04,",
        "b.txt,租赁合同,HT-2,,,,,",
        "c.txt,维保合同,HT-3,,,,2013-01-01,行政部",
    ]
    take_in(line, tmp_path / "旧档", rows)

    def printed(name: str, *asked: str, code: int = 0) -> dict[str, Any]:
        return line(
            "archive", "print", "transfer", *asked, "--out", str(tmp_path / name), code=code
        )

    mixed = printed("全部.xlsx", code=1)["error"]["message"]
    assert "属于 某某档案室、行政部" in mixed
    given = printed("档案室.xlsx", "--department", "某某档案室")
    # two contracts, and the register of the accession they came in by
    assert given["dossiers"] == 3
    assert facts_of(tmp_path / "档案室.xlsx")["移交部门"] == "某某档案室"
    assert printed("行政部.docx", "--department", "行政部")["dossiers"] == 1
    (kept,) = line("archive", "accessions")["accessions"]
    assert printed("登记.pdf", kept["dossier"])["dossiers"] == 1


def test_papers_nobody_knows_the_giver_of_are_handed_over_as_such(
    line: Line, tmp_path: Path
) -> None:
    take_in(line, tmp_path / "旧档", ["a.txt,设备合同,HT-1,,,,,"], source="")
    out = tmp_path / "移交.xlsx"
    line("archive", "print", "transfer", "--department", "未登记", "--out", str(out))
    assert facts_of(out)["移交部门"] == "未登记"
