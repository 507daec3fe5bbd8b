"""An old archive is taken in: described, found, receipted, restored; nothing bad stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from keepers import Keeping
from lxml import etree
from oldpapers import a_docx, a_pdf, a_picture, a_zip, an_old_archive
from openpyxl import load_workbook
from sqlalchemy import select

from archive.dossiers import Dossier, Record, Rendition
from archive.numbergaps import gaps
from archive.numbering import Number
from pipeline.cli import main

AS = ("--as", "档小安")


class Line:
    """The command line on one home."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *words: object, code: int = 0) -> dict[str, Any]:
        asked = ["--home", str(self.root), *map(str, words), "--json"]
        done = CliRunner().invoke(main, asked)
        assert done.exit_code == code, done.output
        content: dict[str, Any] = json.loads(done.stdout)
        return content

    def found(self, words: str) -> list[str]:
        return [hit["reference_code"] for hit in self("search", words)["hits"]]


@pytest.fixture
def line(keeping: Keeping) -> Line:
    return Line(keeping.workplace.home.root)


def records_of(keeping: Keeping) -> list[Record]:
    with keeping.workplace.register.read.begin() as session:
        query = select(Record).where(Record.kind == "takenin").order_by(Record.reference_code)
        return list(session.scalars(query))


def reasons(content: dict[str, Any]) -> dict[str, str]:
    return {one["file"]: one["reason"] for one in content["rejected"]}


def test_an_archive_is_described_filed_found_and_restored(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    folder = tmp_path / "旧档"
    catalogue = an_old_archive(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    done = line("archive", "import", folder, "--catalogue", catalogue, *AS, code=3)

    assert (done["ok"], done["accession"], done["accepted"]) == (False, "AC-2026-0001", 4)
    assert set(reasons(done)) == {"目录（目录）第 6 行", "目录（目录）第 7 行"}
    first, second, scan, ofd = records_of(keeping)
    assert first.reference_code.rsplit("-", 1)[0] == second.reference_code.rsplit("-", 1)[0]
    assert first.description["former_code"] == "A-2009-1"
    assert (first.pages, scan.description["origin"]) == (2, "扫描")
    assert ofd.description["format"] == "OFD"
    assert "签订日期不详" in scan.title
    assert "金额" in ofd.description["unknown"]
    for words in ("A-2009-1", "水泵", "金额:125000"):
        assert first.reference_code in line.found(words)
    assert line.found("泵房图纸") == [second.reference_code]
    assert line.found("价税合计") == [ofd.reference_code]
    assert {path: path.read_bytes() for path in before} == before
    with keeping.workplace.register.read.begin() as session:
        kept = session.scalars(select(Rendition).where(Rendition.role == "original")).all()
    contents = {keeping.workplace.store.read_path(one.path, one.sha256) for one in kept}
    assert contents == set(before.values())

    assert line("archive", "verify")["damaged"] == []
    known = [(one.reference_code, one.title, one.description) for one in records_of(keeping)]
    register = line("archive", "accessions")["accessions"]
    keeping.workplace.register.engine.dispose()
    assert line("archive", "rebuild", "--replace")["damaged"] == []
    keeping.workplace.__dict__.pop("register")
    assert [(o.reference_code, o.title, o.description) for o in records_of(keeping)] == known
    assert line("archive", "accessions")["accessions"] == register
    assert first.reference_code in line.found("A-2009-1")


def test_a_receipt_names_what_came_and_what_did_not(line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "旧档"
    catalogue = an_old_archive(folder)
    words = ("--catalogue", catalogue, "--from", "行政部", "--originals-at", "二楼库房")
    line("archive", "import", folder, *words, *AS, code=3)
    out = tmp_path / "凭据.docx"
    line("archive", "receipt", "AC-2026-0001", "--out", out)
    assert out.read_bytes().startswith(b"PK")
    (entry,) = line("archive", "accessions")["accessions"]
    assert entry["counts"]["files"] == 4
    assert entry["counts"]["unread"] == 1
    assert entry["source"] == "行政部"
    assert len(line.found("行政部 二楼库房 AC-2026-0001")) == 5


def test_a_rehearsal_changes_nothing(keeping: Keeping, line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "旧档"
    catalogue = an_old_archive(folder)
    done = line("archive", "import", folder, "--catalogue", catalogue, "--dry-run", *AS, code=3)
    assert (done["accepted"], done["accession"], len(done["rejected"])) == (4, None, 2)
    with keeping.workplace.register.read.begin() as session:
        assert session.scalars(select(Number)).all() == []
        assert session.scalars(select(Dossier)).all() == []
    assert list(keeping.workplace.home.archive.iterdir()) == []


def test_the_same_bytes_are_taken_in_once(keeping: Keeping, line: Line, tmp_path: Path) -> None:
    keeping.contract("XSDD-1")
    with keeping.workplace.register.read.begin() as session:
        filed = session.scalars(select(Rendition).where(Rendition.role == "sealed")).one()
    folder = tmp_path / "旧档"
    folder.mkdir()
    (folder / "已归档.pdf").write_bytes(keeping.workplace.store.read_path(filed.path, filed.sha256))
    (folder / "一.txt").write_text("甲方乙方", "utf-8")
    (folder / "二.txt").write_text("甲方乙方", "utf-8")
    done = line("archive", "import", folder, *AS)
    assert (done["accepted"], done["duplicates"]) == (1, 2)
    told = {one["file"]: one["reason"] for one in done["duplicate_files"]}
    assert "已在档案中" in told["已归档.pdf"]
    assert "“一.txt”" in told["二.txt"]
    (folder / "三.txt").write_text("另一份", "utf-8")
    again = line("archive", "import", folder, *AS)
    assert (again["accession"], again["accepted"]) == ("AC-2026-0002", 1)
    assert again["duplicates"] == 3


def test_bad_files_are_told_and_stop_nobody(keeping: Keeping, line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "旧档"
    folder.mkdir()
    bomb = a_zip({"word/document.xml": b" " * (20 * 1024 * 1024)})
    entity = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    bad = {
        "空.pdf": (b"", "空的"),
        "坏.pdf": (b"%PDF-1.7\nnothing", "损坏"),
        "密.pdf": (a_pdf("机密内容", password="x"), "加密"),  # noqa: S106 - the lock is the test
        "炸弹.docx": (bomb, "压缩比"),
        "实体.docx": (a_zip({"word/document.xml": entity}), "DOCTYPE"),
        "缺页.ofd": (a_zip({"OFD.xml": "<a><DocRoot>x.xml</DocRoot></a>"}), "损坏"),
        "旧.doc": (b"\xd0\xcf\x11\xe0" + bytes(600), "旧版 Office"),
        "程序.pdf": (b"MZ" + bytes(600), "程序"),
        "压缩.zip": (a_zip({"a.txt": "x"}), "压缩包"),
        "半.png": (a_picture()[:60], "损坏"),
        "乱.bin": (bytes(range(256)), "不识别"),
    }
    for name, (content, _reason) in bad.items():
        (folder / name).write_bytes(content)
    (folder / "好\u202e.txt").write_text("x", "utf-8")
    (folder / "链接.txt").symlink_to("/etc/hostname")
    (folder / "外面").symlink_to("/etc")
    os.mkfifo(folder / "管道.pdf")
    (folder / "名不符实.jpg").write_bytes(a_docx("其实是合同"))

    done = line("archive", "import", folder, *AS, code=3)

    told = reasons(done)
    for name, (_content, reason) in bad.items():
        assert reason in told.pop(name), name
    assert "链接" in told.pop("链接.txt")
    assert "链接" in told.pop("外面")
    assert "不是普通文件" in told.pop("管道.pdf")
    assert ["不可见字符" in reason for reason in told.values()] == [True]
    (record,) = records_of(keeping)
    assert record.description["format"] == "DOCX"


def test_a_state_secret_never_comes_in(keeping: Keeping, line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "旧档"
    folder.mkdir()
    (folder / "a.txt").write_text("内容", "utf-8")
    (tmp_path / "c.csv").write_text("文件名,题名,密级\na.txt,某合同,机密\n", "utf-8")
    words = ("import", folder, "--catalogue", tmp_path / "c.csv", *AS)
    assert "国家秘密" in reasons(line("archive", *words, code=1))["a.txt"]
    assert records_of(keeping) == []


def test_a_dossier_is_kept_as_long_as_its_longest_row_says(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    folder, catalogue = tmp_path / "旧档", tmp_path / "c.csv"
    folder.mkdir()
    rows = ["文件名,题名,合同编号,金额,保管期限"]
    for name, amount, period in (("a", 5, "10年"), ("b", 6, "永久"), ("c", 5, "10年")):
        (folder / f"{name}.txt").write_text(f"内容 {name}", "utf-8")
        rows.append(f"{name}.txt,某合同{name},HT-7,{amount},{period}")
    catalogue.write_text("\n".join(rows), "utf-8")

    line("archive", "import", folder, "--catalogue", catalogue, *AS)

    remarks = records_of(keeping)[0].description["remarks"]
    assert "同卷各行的保管期限不同，按最长的 Y" in remarks
    assert "编号相同的各行金额不同，各件照自己的一行著录；请核对是否同一合同" in remarks
    with keeping.workplace.register.read.begin() as session:
        (dossier,) = session.scalars(select(Dossier).where(Dossier.contract_number == "HT-7"))
        assert dossier.retention == "Y"


@pytest.mark.parametrize(
    ("said", "kept", "is_noted"),
    [("10年", "D30", True), ("短期", "D30", True), ("", "D30", False), ("30年", "D30", False)],
)
def test_no_catalogue_makes_a_period_shorter_than_the_plan(
    keeping: Keeping, line: Line, tmp_path: Path, said: str, kept: str, *, is_noted: bool
) -> None:
    folder, catalogue = tmp_path / "旧档", tmp_path / "c.csv"
    folder.mkdir()
    (folder / "a.txt").write_text("正文", "utf-8")
    catalogue.write_text(f"文件名,题名,保管期限\na.txt,某合同,{said}\n", "utf-8")
    done = line("archive", "import", folder, "--catalogue", catalogue, *AS)
    remarks = [one["remark"] for one in done["remarks"]]
    noted = "目录的保管期限 D10 短于归档方案的 D30（一般业务合同），两者取长"
    assert (noted in remarks) == is_noted
    with keeping.workplace.register.read.begin() as session:
        assert session.scalars(select(Dossier).order_by(Dossier.id)).first().retention == kept
    target = tmp_path / "清单.xlsx"
    line("archive", "receipt", done["accession"], "--out", target)
    cells = [cell.value for row in load_workbook(target).worksheets[0] for cell in row]
    assert any(noted in str(cell) for cell in cells) == is_noted


@pytest.mark.parametrize(
    "said",
    [("保管期限", "10年", "永久", "先延长"), ("密级", "内部", "商业秘密", "从严")],
)
def test_a_paper_joins_no_dossier_that_is_kept_less_well_than_it_asks(
    keeping: Keeping, line: Line, tmp_path: Path, said: tuple[str, str, str, str]
) -> None:
    column, first, then, reason = said
    folder, catalogue = tmp_path / "旧档", tmp_path / "c.csv"
    folder.mkdir()
    words = ("import", folder, "--catalogue", catalogue, *AS)
    (folder / "a.txt").write_text("正文", "utf-8")
    head = f"文件名,题名,合同编号,{column}\n"
    catalogue.write_text(f"{head}a.txt,某合同,HT-7,{first}\n", "utf-8")
    line("archive", *words)
    (folder / "b.txt").write_text("补充", "utf-8")
    catalogue.write_text(f"{head}b.txt,某合同补充,HT-7,{then}\n", "utf-8")

    done = line("archive", *words, code=1)

    assert reason in reasons(done)["b.txt"]
    assert len(records_of(keeping)) == 1


def test_a_receipt_can_be_opened_whatever_was_handed_over(line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "旧档"
    folder.mkdir()
    (folder / "好.txt").write_text("x", "utf-8")
    (folder / "坏\uffff.txt").write_text("y", "utf-8")
    said = line("archive", "import", folder, *AS, "--from", "甲\x0b公司", code=3)
    assert "不可见字符" in next(iter(reasons(said).values()))
    target = tmp_path / "凭据.docx"
    line("archive", "receipt", said["accession"], "--out", target)
    with zipfile.ZipFile(target) as package:
        etree.fromstring(package.read("word/document.xml"))


def test_a_former_number_is_never_given_again(keeping: Keeping, line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "旧档"
    folder.mkdir()
    (folder / "GD-HT-2026-FW-0001 旧合同.txt").write_text("早先的合同", "utf-8")
    line("archive", "import", folder, *AS)
    with keeping.workplace.register.read.begin() as session:
        held = session.scalars(select(Number).where(Number.text == "GD-HT-2026-FW-0001")).one()
        assert held.series == "former"
        assert gaps(session) == []


def test_a_home_without_the_new_rules_is_told_what_to_add(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    plan = keeping.workplace.home.rules / "fileplan.toml"
    text = plan.read_text("utf-8")
    start, end = text.index("[kinds.takenin]"), text.index("[kinds.accession]")
    plan.write_text(text[:start] + text[end:], "utf-8")
    asked = ["--home", str(line.root), "archive", "import", str(tmp_path), *AS, "--json"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 1
    assert "takenin" in json.loads(done.stdout)["error"]["message"]


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.takingin import taking
from pipeline.wiring import Workplace
taking._GROUP = 2
left = int(sys.argv[3])
def step(_name):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
order = taking.Order(Path(sys.argv[2]), None, "档小安", "不详", "")
taking.Taking(Workplace(Path(sys.argv[1])), order, after_step=step).run()
"""


@pytest.mark.parametrize("moment", [1, 2, 3, 4, 6, 8])
def test_a_run_that_was_killed_goes_on_without_doubles(
    keeping: Keeping, line: Line, tmp_path: Path, moment: int
) -> None:
    folder = tmp_path / "旧档"
    folder.mkdir()
    for number in range(5):
        (folder / f"HT-2009-00{number} 合同.txt").write_text(f"合同 {number}", "utf-8")
    command = [sys.executable, "-c", KILLED, str(line.root), str(folder), str(moment)]
    assert subprocess.run(command).returncode == -signal.SIGKILL

    done = line("archive", "import", folder, *AS)

    assert (done["accession"], done["accepted"], done["resumed"]) == ("AC-2026-0001", 5, True)
    assert done["rejected"] == []
    assert len({one.source_sha256 for one in records_of(keeping)}) == 5
    assert len(records_of(keeping)) == 5
    assert line("archive", "verify")["damaged"] == []
    assert len(line("archive", "accessions")["accessions"]) == 1


def test_the_list_of_an_accession_is_as_secret_as_what_it_names(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    folder, catalogue = tmp_path / "旧档", tmp_path / "c.csv"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.txt").write_text(f"内容 {name}", "utf-8")
    catalogue.write_text("文件名,题名,密级\na.txt,甲,商业秘密\nb.txt,乙,内部\n", "utf-8")
    line("archive", "import", folder, "--catalogue", catalogue, *AS)
    with keeping.workplace.register.read.begin() as session:
        query = select(Dossier.secrecy).join(Record).where(Record.kind == "accession")
        assert session.scalars(query).one() == "商业秘密"
