"""The paper of dossiers: bound, arranged, checked, boxed, and the forms printed of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from keepers import Keeping, Line, a_keeping
from openpyxl import load_workbook
from sqlalchemy import update

from archive.dossiers import Record
from archive.registering import register_dossier
from pipeline.bookfile import Column, Made, Page, PrintRefused, as_document, as_workbook
from pipeline.dossierforms import catalogue_of, runs_of, volumes_of
from pipeline.paperdossiers import dossiers_of, trails_of
from pipeline.paperkeeping import boxes_of

FIRST, SECOND = "档小安", "档小宁"
NAMES = {
    "party_a": {"name": "云帆数据（示例）有限公司"},
    "party_b": {"name": "示例网络技术（北京）有限公司"},
    "project": {"name": "机房运维"},
    "department": "业务一部",
}
MADE = "云帆数据（示例）有限公司与示例网络技术（北京）有限公司关于机房运维的"


@pytest.fixture
def line(keeping: Keeping) -> Line:
    return Line(keeping.workplace.home.root)


def a_contract(keeping: Keeping, order_no: str, **changed: Any) -> str:
    said = {
        "title": f"{MADE}服务合同",
        "responsible": "云帆数据（示例）有限公司、示例网络技术（北京）有限公司",
        "description": NAMES,
    }
    return keeping.contract(order_no, **(said | changed))


def rows_of(path: Path, first: str) -> list[list[Any]]:
    """Return the grid of the first worksheet from the row that begins with `first`."""
    sheet = load_workbook(path).worksheets[0]
    rows = [[cell.value or None for cell in row] for row in sheet.iter_rows()]
    return rows[next(at for at, row in enumerate(rows) if row[0] == first) :]


@pytest.mark.requirement("F-204")
def test_the_way_of_a_dossiers_paper(keeping: Keeping, line: Line, tmp_path: Path) -> None:
    code = a_contract(keeping, "XSDD-1")

    def archive(*words: str, by: str = FIRST, exits: int = 0) -> dict[str, Any]:
        return line("archive", *words, "--as", by, code=exits)

    out = str(tmp_path / "备考表.xlsx")
    lacking = line("archive", "print", "checklist", code, "--out", out, code=1)["error"]
    assert "缺：整理人、检查人、装订" in lacking["message"]
    short = archive("bind", code, "--method", "三孔一线", "--pages", "5", exits=1)
    assert "点得 5 页" in short["error"]["message"]
    clip = archive("bind", code, "--method", "长尾夹", "--pages", "6", exits=1)
    assert "不得用“长尾夹”" in clip["error"]["message"]
    archive("bind", code, "--method", "三孔一线", "--pages", "6")
    assert "还没有整理" in archive("check", code, by=SECOND, exits=1)["error"]["message"]
    archive("arrange", code, "--remarks", "第 3 页右上角折损", "--see-also", "KU·2026·D30-0007")
    assert "不能由本人检查" in archive("check", code, exits=1)["error"]["message"]
    archive("check", code, by=SECOND)
    line("archive", "print", "checklist", code, "--out", out)
    said = {row[0]: row[1] for row in rows_of(Path(out), "本卷情况")}
    dates = [said.pop(word) for word in ("装订日期", "整理日期", "检查日期")]
    assert all(re.fullmatch(r"20[0-9]{6}", each) for each in dates)
    assert said == {
        "本卷情况": "本卷共 1 件、6 页",
        "情况说明": "第 3 页右上角折损",
        "互 见 号": "KU·2026·D30-0007",
        "装　　订": f"三孔一线　6 页　装订人 {FIRST}",
        "整 理 人": FIRST,
        "检 查 人": SECOND,
    }
    for form in ("cover", "contents", "catalogue", "volumes", "transfer"):
        line("archive", "print", form, code, "--out", str(tmp_path / f"{form}.docx"))
    report = keeping.office.prepare("XSDD-1", round_=1)
    keeping.office.file(report)
    late = line(
        *("archive", "print", "checklist", code, "--out", str(tmp_path / "后.docx")), code=1
    )
    assert "现有 2 件 12 页，整理时为 1 件 6 页" in late["error"]["message"]


def test_lists_have_the_columns_of_the_standard(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    code = a_contract(keeping, "XSDD-1", formed_on=date(2026, 3, 5))
    number = keeping.row(code).contract_number
    both = "云帆数据（示例）有限公司、示例网络技术（北京）有限公司"

    def printed(form: str, first: str = "序号") -> list[list[Any]]:
        out = tmp_path / f"{form}.xlsx"
        line("archive", "print", form, code, "--out", str(out))
        return rows_of(out, first)

    assert printed("catalogue") == [
        ["序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注"],
        [1, f"{code}-001", number, both, f"[{MADE}]服务合同", "20260305", "内部", 6, None],
    ]
    assert printed("contents") == [
        ["序号", "文件编号", "责任者", "文件题名", "日期", "页数", "备注"],
        [1, number, both, f"[{MADE}]服务合同", "20260305", 6, None],
    ]
    assert printed("volumes") == [
        ["序号", "档号", "案卷题名", "总页数", "保管期限", "备注"],
        [1, code, f"{MADE}服务合同", 6, "30 年", None],
    ]
    assert printed("cover", "档　　号") == [
        ["档　　号", code],
        ["案卷题名", f"{MADE}服务合同"],
        ["立卷单位", "示例网络技术（北京）有限公司　业务一部"],
        ["起止日期", "20260305—20260305"],
        ["保管期限", "30 年"],
        ["密　　级", "内部"],
        ["卷内文件", "1 件　6 页"],
    ]
    handed = printed("transfer")
    assert [word for word in handed[0] if word] == [
        *("序号", "档号、合同编号", "题名", "日期", "份数", "页数", "载体", "原件、复制件"),
        *("附件", "备注"),
    ]
    assert handed[1][4:9] == [4, 6, "电子", "未登记", "未登记"]


@pytest.mark.requirement_part("F-203")
@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, ["未登记", "未登记"]),
        (
            {"seal_way": "打印套章", "annexes": ["一", "二"]},
            ["本方套章件，双方签署件未登记", "2 个，随正文"],
        ),
        (
            {"seal_way": "电子签名", "annexes": []},
            ["本方电子签名件，双方签署件未登记", "正文未列"],
        ),
        ({"countersigned": {"way": "签署件扫描"}}, ["签署件的扫描件", "未登记"]),
        ({"countersigned": {"way": "电子签署"}}, ["电子签署原件", "未登记"]),
    ],
)
def test_the_handover_list_says_what_is_registered_and_nothing_else(
    keeping: Keeping, line: Line, tmp_path: Path, about: dict[str, Any], said: list[str]
) -> None:
    code = a_contract(keeping, "XSDD-1", description=NAMES | about)
    line("archive", "print", "transfer", code, "--out", str(tmp_path / "移交.xlsx"))

    head = {row[0]: row[1] for row in rows_of(tmp_path / "移交.xlsx", "单　　位")[:8]}
    assert head["移交时间"].endswith("（移交时填写）")
    row = rows_of(tmp_path / "移交.xlsx", "序号")[1]
    assert row[4:9] == [4, 6, "电子", *said]
    with keeping.workplace.register.write.begin() as session:
        session.execute(update(Record).values(source_sha256="0" * 64))
    line("archive", "print", "transfer", code, "--out", str(tmp_path / "无用印.xlsx"))
    assert rows_of(tmp_path / "无用印.xlsx", "序号")[1][4] == "未登记"


def test_each_item_says_its_own_secrecy_and_the_cover_that_of_the_closest(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    code = a_contract(keeping, "XSDD-1")
    report = keeping.office.prepare("XSDD-1", round_=1)
    closer = keeping.office.submission(report, description=NAMES | {"secrecy": "商业秘密"})
    keeping.office.file(report, closer)

    for form in ("catalogue", "cover"):
        line("archive", "print", form, code, "--out", str(tmp_path / f"{form}.xlsx"))

    rows = rows_of(tmp_path / "catalogue.xlsx", "序号")[1:]
    assert [row[6] for row in rows] == ["内部", "商业秘密"]
    said = dict(row[:2] for row in rows_of(tmp_path / "cover.xlsx", "档　　号"))
    assert said["密　　级"] == "商业秘密"


def test_a_blank_cell_that_must_be_filled_is_named(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    a_contract(keeping, "XSDD-1")
    code = a_contract(keeping, "XSDD-2", description=NAMES | {"department": ""})
    words = ("archive", "print", "transfer", code, "--out", str(tmp_path / "移交.docx"))
    assert "“移交部门”为空" in line(*words, code=1)["error"]["message"]
    page = Page("卷内目录", "某卷", (Column("题名", 20),), rows=(("有",), (" ",)))
    with pytest.raises(PrintRefused, match="第 2 行的“题名”为空"):
        page.check()


@pytest.mark.requirement_part("F-204")
def test_boxes_hold_what_belongs_together_and_fits(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    one, two, thick = (
        a_contract(keeping, f"XSDD-{n}", pages=pages) for n, pages in ((1, 80), (2, 60), (3, 90))
    )
    short = a_contract(keeping, "XSDD-4", retention_class="小额事务性合同")

    def place(*words: str, code: int = 0) -> dict[str, Any]:
        return line("archive", "place", *words, "--as", FIRST, code=code)

    assert "还没有盒 0001" in place(one, "--box", "0001", code=1)["error"]["message"]
    new = ("--box", "0001", "--shelf", "A-01-03")
    assert "没有此规格" in place(one, *new, "--spine", "25", code=1)["error"]["message"]
    assert place(one, two, *new, "--spine", "20")["moved"] == [one, two]
    assert "装不下" in place(thick, "--box", "0001", code=1)["error"]["message"]
    assert "不能同盒" in place(short, "--box", "0001", code=1)["error"]["message"]
    head = keeping.row(one).head
    assert place(one, "--box", "0001")["moved"] == []
    assert keeping.row(one).head == head
    assert place("--box", "0001", "--shelf", "B-02-01", "--reason", "换架")["moved"] == [one, two]
    out = tmp_path / "脊背.xlsx"
    assert line("archive", "print", "spine", one, "--out", str(out))["dossiers"] == 1
    labels = [row[0] for row in rows_of(out, "20 mm")]
    assert labels[1::2] == ["全宗号", "类别", "年度", "保管期限", "起止卷号", "盒号"]
    assert labels[2::2] == ["Q001", "JY·HT", "2026", "30 年", "0001—0002", "0001"]
    unboxed = line("archive", "print", "box", thick, "--out", str(tmp_path / "盒.docx"), code=1)
    assert "还没有装盒" in unboxed["error"]["message"]


def test_the_trail_of_paper_is_rebuilt_from_the_shelves(
    keeping: Keeping, a_home: Callable[[], Keeping], line: Line
) -> None:
    code = a_contract(keeping, "XSDD-1")
    for shelf in ("A-1", "B-2"):
        words = ("--box", "0001", "--shelf", shelf, "--spine", "30", "--as", FIRST)
        line("archive", "place", code, *words)
    line("archive", "bind", code, "--method", "原装订", "--pages", "6", "--as", FIRST)
    line("archive", "arrange", code, "--as", FIRST)
    line("archive", "check", code, "--as", SECOND)
    other = a_home().workplace
    with other.register.write.begin() as session:
        register_dossier(session, keeping.workplace.store, keeping.row(code).object_path)
    with other.register.read.begin() as session, keeping.workplace.register.read.begin() as first:
        trails = trails_of(session)
        assert trails == trails_of(first)
        (box,) = boxes_of(dossiers_of(session))
    trail = trails["XSDD-1"]
    assert [place.shelf for place in trail.places] == ["A-1", "B-2"]
    assert (box.number, box.shelf, box.spine_mm) == ("0001", "B-2", 30)
    assert trail.checked is not None
    assert trail.checked.person == SECOND


def test_hundreds_of_rows_repeat_their_head_and_do_not_hold_it_together() -> None:
    columns = (Column("序号", 20, "c"), Column("题名", 135))
    rows = tuple((number, f"第 {number} 份合同") for number in range(1, 401))
    page = Page("案卷目录", "案卷目录", columns, rows, is_landscape=False)
    made = Made("示例公司", datetime(2026, 3, 16, tzinfo=UTC))
    table = Document(io.BytesIO(as_document([page], made))).tables[0]
    assert len(table.rows) == 401
    head, *body = (row._tr.trPr for row in table.rows)
    assert head.find(qn("w:tblHeader")) is not None
    assert head.find(qn("w:cantSplit")) is None
    assert all(traits.find(qn("w:tblHeader")) is None for traits in body)
    book = load_workbook(io.BytesIO(as_workbook([page], made))).worksheets[0]
    assert book.print_title_rows == "$2:$2"


@pytest.fixture(scope="module")
def many(
    empty_register: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], list[Any]]:
    home = a_keeping(tmp_path_factory.mktemp("many") / "home", empty_register)
    for number in range(4, 0, -1):
        a_contract(home, f"XSDD-{number}", pages=number * 7)
        if number % 2:
            home.office.file(home.office.prepare(f"XSDD-{number}", round_=1))
    with home.workplace.register.read.begin() as session:
        found = dossiers_of(session)
    home.workplace.register.engine.dispose()
    home.workplace.register.read.kw["bind"].dispose()
    return lambda: found


@given(st.data())
def test_sums_and_orders_hold_for_any_choice(
    many: Callable[[], list[Any]], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(many()), min_size=1, unique_by=lambda d: d.row.id))
    items, volumes = catalogue_of(chosen), volumes_of(chosen)
    assert sum(int(str(row[7])) for row in items.rows) == sum(
        int(str(row[3])) for row in volumes.rows
    )
    assert [row[0] for row in items.rows] == list(range(1, len(items.rows) + 1))
    assert items.said[0].startswith(f"共 {len(items.rows)} 件")
    for each in chosen:
        codes = [row[1] for row in items.rows if str(row[1]).startswith(f"{each.row.code}-")]
        assert codes == [record.reference_code for record in each.records]


def a_text_taken_in(line: Line, tmp_path: Path) -> str:
    folder = tmp_path / "旧档"
    folder.mkdir()
    (folder / "旧合同.txt").write_text("甲方乙方", "utf-8")
    line("archive", "import", str(folder), "--as", FIRST, "--from", "某某档案室")
    return str(line("search", "甲方乙方")["hits"][0]["reference_code"]).rsplit("-", 1)[0]


def test_a_text_without_pages_is_bound_as_it_was_counted(line: Line, tmp_path: Path) -> None:
    code = a_text_taken_in(line, tmp_path)
    contents = tmp_path / "目录.xlsx"
    line("archive", "print", "contents", code, "--out", str(contents))
    cells = [str(cell.value) for row in load_workbook(contents).active for cell in row]
    assert "未计" in cells
    assert any("0 页（另 1 件未计页）" in cell for cell in cells)

    bind = ("archive", "bind", code, "--method", "三孔一线", "--as", FIRST, "--pages")
    assert "另 1 件未计页" in line(*bind, "0", code=1)["error"]["message"]
    line(*bind, "12")
    line("archive", "arrange", code, "--as", FIRST, "--remarks", "缺封底")
    line("archive", "check", code, "--as", SECOND)
    checklist = tmp_path / "备考表.xlsx"
    line("archive", "print", "checklist", code, "--out", str(checklist))
    said = "".join(str(cell.value) for row in load_workbook(checklist).active for cell in row)
    assert "1 件、12 页" in said

    transfer = tmp_path / "移交.xlsx"
    line("archive", "print", "transfer", code, "--out", str(transfer))
    said = "".join(str(cell.value) for row in load_workbook(transfer).active for cell in row)
    assert "某某档案室" in said
    assert "纸质、电子" in said


def test_arranging_again_keeps_what_was_odd(keeping: Keeping, line: Line) -> None:
    code = a_contract(keeping, "XSDD-1")
    words = ("archive", "arrange", code, "--as", FIRST)
    line(*words, "--remarks", "第 3 页破损", "--see-also", "Q001-JY·HT·2019·Y-0001")
    again = line(*words)
    assert (again["remarks"], again["see_also"]) == ("第 3 页破损", "Q001-JY·HT·2019·Y-0001")
    assert line(*words, "--remarks", "无")["remarks"] == "无"


def test_a_box_keeps_its_spine_unless_somebody_says_why(keeping: Keeping, line: Line) -> None:
    one, two = a_contract(keeping, "XSDD-1"), a_contract(keeping, "XSDD-2")
    words = ("archive", "place", "--box", "0001", "--as", FIRST)
    line(*words, one, "--shelf", "A-01", "--spine", "20")
    refused = line(*words, two, "--spine", "40", code=1)["error"]["message"]
    assert "登记的盒脊是 20 毫米" in refused
    assert line(*words, two, "--spine", "40", "--reason", "换盒")["spine_mm"] == 40


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([3], "0003"), ([1, 2, 3], "0001—0003"), ([7, 1, 2, 4], "0001—0002、0004、0007")],
)
def test_a_span_claims_no_volume_that_is_not_there(numbers: list[int], said: str) -> None:
    assert runs_of(numbers) == said
