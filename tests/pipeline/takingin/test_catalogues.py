"""What a catalogue and a file's name say: read where it can be, else plainly unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oldpapers import HEADINGS, a_catalogue

from pipeline.takingin.catalogue import CatalogueRefused, Entry, read_catalogue
from pipeline.takingin.matching import matched
from pipeline.takingin.naming import entry_of

ROW = (
    "1",
    "A-1",
    "HT-9",
    "采购合同",
    "甲公司",
    "乙公司",
    "12.5",
    "2009-3-5",
    "30年",
    "内部",
    "a.pdf",
)


def test_headings_are_known_by_many_names_wherever_they_begin(tmp_path: Path) -> None:
    (entry,) = read_catalogue(a_catalogue(tmp_path / "目录.xlsx", [ROW]))
    assert (entry.former_code, entry.number, entry.title) == ("A-1", "HT-9", "采购合同")
    assert (entry.party_a, entry.party_b, entry.files) == ("甲公司", "乙公司", "a.pdf")
    assert entry.amount == Decimal("125000.00")  # the heading says 万元
    assert (entry.signed_on, entry.period) == (date(2009, 3, 5), "D30")
    assert entry.place == "（目录）第 3 行"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_says_the_same_as_a_workbook(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "目录.csv"
    path.write_bytes((",".join(HEADINGS) + "\n" + ",".join(ROW) + "\n").encode(encoding))
    (entry,) = read_catalogue(path)
    assert (entry.title, entry.amount, entry.signed_year) == ("采购合同", Decimal(125000), 2009)


def test_what_cannot_be_read_is_unknown_and_said(tmp_path: Path) -> None:
    row = [*ROW[:6], "面议", "2011-13-40", "看情况", "内部", "a.pdf"]
    (entry,) = read_catalogue(a_catalogue(tmp_path / "目录.xlsx", [row]))
    assert (entry.amount, entry.signed_on, entry.period) == (None, None, None)
    assert [remark[:2] for remark in entry.remarks] == ["日期", "金额", "保管"]


def test_a_year_alone_is_no_day(tmp_path: Path) -> None:
    row = [*ROW[:7], "2010年", *ROW[8:]]
    (entry,) = read_catalogue(a_catalogue(tmp_path / "目录.xlsx", [row]))
    assert (entry.signed_on, entry.signed_year) == (None, 2010)


@pytest.mark.parametrize(
    ("written", "day", "year"),
    [
        ("2019.12", None, 2019),
        ("2019-11", None, 2019),
        ("2019年12月", None, 2019),
        ("202311", None, 2023),
        ("2023112", None, None),
        ("2019年 1月 2日", date(2019, 1, 2), 2019),
        ("20190102", date(2019, 1, 2), 2019),
    ],
)
def test_a_month_is_never_read_as_a_day(
    tmp_path: Path, written: str, day: date | None, year: int | None
) -> None:
    row = [*ROW[:7], written, *ROW[8:]]
    (entry,) = read_catalogue(a_catalogue(tmp_path / "目录.xlsx", [row]))
    assert (entry.signed_on, entry.signed_year) == (day, year)
    assert bool(entry.remarks) == (day is None)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1,234.50", "12345000"),
        ("12,3456", "1234560000"),
        ("￥１２．５万元", "125000"),
        ("1,5", None),
        ("12,34", None),
        ("1_000", None),
        ("1e3", None),
        ("1e999999", None),
        ("NaN", None),
        ("125000元", None),
    ],
)
def test_an_amount_is_read_as_it_is_written_or_not_at_all(
    tmp_path: Path, written: str, amount: str | None
) -> None:
    row = [*ROW[:6], written, *ROW[7:]]
    (entry,) = read_catalogue(a_catalogue(tmp_path / "目录.xlsx", [row]))
    assert entry.amount == (None if amount is None else Decimal(amount))
    assert bool(entry.remarks) == (amount is None)


def test_signs_that_hide_or_turn_words_about_are_left_out(tmp_path: Path) -> None:
    row = [*ROW[:3], "采购\u202e合同\x0b书\ufeff", *ROW[4:]]
    (entry,) = read_catalogue(a_catalogue(tmp_path / "目录.xlsx", [row]))
    assert entry.title == "采购 合同 书"


@pytest.mark.parametrize(
    "payload", [b"", b"PK\x03\x04broken", b"\xff\xfe\x00", "没有,表头\n".encode()]
)
def test_a_file_that_is_no_catalogue_is_refused_in_words(tmp_path: Path, payload: bytes) -> None:
    path = tmp_path / "目录.xlsx"
    path.write_bytes(payload)
    with pytest.raises(CatalogueRefused, match=r"目录|工作簿"):
        read_catalogue(path)


@pytest.mark.parametrize(
    ("name", "number", "day", "title"),
    [
        (
            "合同/HT-2009-001 技术服务合同 20090305.pdf",
            "HT-2009-001",
            date(2009, 3, 5),
            "技术服务合同",
        ),
        ("2011.5.6_设备采购.docx", "", date(2011, 5, 6), "设备采购"),
        (
            "示例合〔2012〕18号 租赁合同2012年7月1日.pdf",
            "示例合〔2012〕18号",
            date(2012, 7, 1),
            "租赁合同",
        ),
        ("保密协议.pdf", "", None, "保密协议"),
        ("20091345.pdf", "", None, ""),
        ("扫描0001.jpg", "", None, "扫描0001"),
    ],
)
def test_a_name_is_read_as_far_as_it_can_be(
    name: str, number: str, day: date | None, title: str
) -> None:
    entry = entry_of(name)
    assert (entry.number, entry.signed_on, entry.title) == (number, day, title)


@given(st.text(max_size=60))
def test_no_name_brings_the_reader_down_and_no_day_is_invented(name: str) -> None:
    entry = entry_of(name)
    assert entry.signed_on is None or str(entry.signed_on.year) in name


def asked(files: str, **said: str) -> Entry:
    return Entry(place="第 2 行", files=files, **said)


PATHS = ["合同/a.pdf", "合同/b.pdf", "旧/a.pdf", "c，d.txt", "A-7 租赁.pdf"]


@pytest.mark.parametrize(
    ("entry", "files"),
    [
        (asked("合同/A.PDF"), ("合同/a.pdf",)),
        (asked("合同\\a.pdf"), ("合同/a.pdf",)),
        (asked("b"), ("合同/b.pdf",)),
        (asked("合同/a.pdf; b.pdf"), ("合同/a.pdf", "合同/b.pdf")),
        (asked("c，d.txt"), ("c，d.txt",)),
        (asked("合同/"), ("合同/a.pdf", "合同/b.pdf")),
        (asked("", former_code="A-7"), ("A-7 租赁.pdf",)),
    ],
)
def test_a_row_means_files_by_path_name_folder_or_code(
    entry: Entry, files: tuple[str, ...]
) -> None:
    found = matched([entry], PATHS)
    assert found.rows == [(entry, files)]
    assert found.problems == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ("a.pdf", "有 2 个"),
        ("没有.pdf", "找不到"),
        ("../../etc/passwd", "之外"),
        ("/etc/passwd", "之外"),
        ("C:\\secret.pdf", "之外"),
        ("", "没有写文件名"),
    ],
)
def test_a_row_that_meets_no_file_says_why(files: str, reason: str) -> None:
    found = matched([asked(files)], PATHS)
    assert found.rows == []
    ((place, problem),) = found.problems
    assert place == "目录第 2 行"
    assert reason in problem


def test_a_file_belongs_to_one_row() -> None:
    first, second = asked("b.pdf"), Entry(place="第 3 行", files="b.pdf")
    found = matched([first, second], PATHS)
    assert found.rows == [(first, ("合同/b.pdf",))]
    assert "已由目录第 2 行著录" in found.problems[0][1]


def test_names_that_differ_in_case_alone_are_not_mistaken() -> None:
    paths = ["A.pdf", "a.pdf", "B.pdf"]
    exact, folded = asked("A.pdf"), asked("b.PDF")
    assert matched([exact, folded], paths).rows == [(exact, ("A.pdf",)), (folded, ("B.pdf",))]
    found = matched([asked("A.PDF")], paths)
    assert found.rows == []
    assert "有 2 个" in found.problems[0][1]


def test_a_number_takes_no_file_of_a_longer_number_or_of_a_row_that_names_it() -> None:
    short, longer = asked("", number="HT-1"), Entry(place="第 3 行", number="HT-1-2")
    naming = Entry(place="第 4 行", files="HT-1 附件.pdf", number="HT-9")
    paths = ["HT-1.pdf", "HT-1-2.pdf", "HT-1-2 补充.pdf", "HT-1 附件.pdf"]
    found = matched([short, longer, naming], paths)
    assert [files for _row, files in found.rows] == [
        ("HT-1.pdf",),
        ("HT-1-2.pdf", "HT-1-2 补充.pdf"),
        ("HT-1 附件.pdf",),
    ]
    assert found.problems == []
