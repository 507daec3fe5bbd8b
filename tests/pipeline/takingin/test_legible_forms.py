"""Names and titles no face can print stand on forms as their code points, never as a box."""

from __future__ import annotations

import os
from pathlib import Path

import pypdfium2
import pytest
from keepers import Keeping, Line

from templates.rendering.fonts import prepare_fonts

AS = ("--as", "档小安")


@pytest.fixture
def line(keeping: Keeping) -> Line:
    prepare_fonts(keeping.workplace.home.fonts)
    return Line(keeping.workplace.home.root)


def text_of(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_range() for page in document).split())


def test_a_receipt_and_a_list_of_contents_are_printed_whatever_was_handed_over(
    line: Line, tmp_path: Path
) -> None:
    folder = tmp_path / "旧档"
    folder.mkdir()
    (folder / "合同\U0001f600.txt").write_text("甲方乙方", "utf-8")
    (folder / "程序\ufffd.exe").write_bytes(b"MZ")
    (folder / os.fsdecode("合同".encode("gb18030") + b".txt")).write_text("x", "utf-8")
    done = line("archive", "import", str(folder), *AS, code=3)
    assert {each["file"] for each in done["rejected"]} == {"合同.txt", "程序\ufffd.exe"}

    receipt, contents = tmp_path / "凭据.pdf", tmp_path / "目录.pdf"
    line("archive", "receipt", done["accession"], "--out", str(receipt))
    hits = line("search", "甲方乙方")["hits"]
    code = hits[0]["reference_code"].rsplit("-", 1)[0]
    line("archive", "print", "contents", code, "--out", str(contents))

    assert "程序〔U+FFFD〕.exe" in text_of(receipt)
    assert "合同〔U+1F600〕" in text_of(contents)
