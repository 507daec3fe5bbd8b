"""A contract with two seals and a seam by the leaf: proved, in the book, and kept with it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import ArrayObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from archive.copying import CopyKind
from archive.sampleseal import sample_seal
from pipeline import samplefirms
from pipeline.copies import make_copies
from pipeline.sampleseals import MANAGER
from pipeline.wiring import Workplace

ALSO = """
[[papers.contract.also]]
kind = "法定代表人章"
dx_mm = 0
dy_mm = 42
"""


def add_representative(house: Any) -> None:
    image = sample_seal(samplefirms.COMPANY, "法定代表人章").pdf
    file = house.root / "FR-01.pdf"
    file.write_bytes(image)
    size = ("--width", "20", "--height", "20", "--from", "2026-01-01")
    hands = ("--keeper", "冯守信", "--as", MANAGER)
    said = ("FR-01", "--kind", "法定代表人章", "--image", str(file))
    added = house.guidang("seals", "add", *said, *size, *hands)
    assert added.code == 0, added.err
    rules = house.root / "rules" / "seals.toml"
    text = rules.read_text("utf-8").replace('pages = "all"', 'pages = "odd"', 1)
    contract, rest = text.split("[papers.acceptance]")
    rules.write_text(f"{contract}{ALSO}\n[papers.acceptance]{rest}", "utf-8")


@pytest.mark.requirement_part("F-202")
def test_two_seals_in_one_act_are_proved_and_both_stand_in_the_book(
    house: Any, order: Callable[..., dict[str, Any]]
) -> None:
    add_representative(house)
    house.drop(order(1), "order.json")
    assert house.run_until_idle()["filed"] == 1

    (contract,) = house.contracts()
    shown = house.show(contract["contract_number"])
    assert [use["seal"] for use in shown["seal_uses"]] == ["HTZ-01", "FR-01"]
    assert shown["seal_way"] == "打印套章"
    told = house.guidang("contracts", "show", contract["contract_number"]).out
    assert told.count("　打印套章　保管人") == 2
    assert len({use["number"] for use in shown["seal_uses"]}) == 2
    (sealed,) = (event for event in shown["events"] if event["action"] == "contract:sealed")
    assert (sealed["details"]["way"], sealed["details"]["also"]) == (
        "打印套章",
        [{"use": shown["seal_uses"][1]["number"], "seal": "FR-01"}],
    )
    files = {file["role"]: file for file in shown["files"]}
    proof = json.loads((house.root / files["seal_proof"]["path"]).read_bytes())
    assert proof["sha256"] == files["sealed"]["sha256"]
    assert [one["seal"] for one in proof["imprints"]] == ["HTZ-01", "FR-01"]
    assert {one["lost"] for one in (*proof["imprints"], *proof["seams"])} == {0}
    assert proof["seams"][0]["pages"] == list(range(1, shown["pages"] + 1, 2))
    assert house.guidang("archive", "verify").code == 0
    assert house.guidang("archive", "rebuild", "--replace").code == 0
    assert house.guidang("archive", "verify").code == 0
    assert house.show(contract["contract_number"])["seal_uses"] == shown["seal_uses"]


def modes_and_digests(house: Any) -> dict[str, tuple[int, str]]:
    return {
        str(path): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted((house.root / "archive").rglob("*"))
        if path.is_file()
    }


def verified(house: Any, *asked: str) -> tuple[int, dict[str, Any]]:
    done = house.guidang("verify", *asked, "--json")
    return done.code, done.content


def painted_over(sealed: bytes) -> bytes:
    """Return the sealed file whole, and behind it bytes that paint over its first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0]
    while page["/Type"] == "/Pages":
        page = page["/Kids"][0]
    before = page["/Contents"]
    white = writer.add_object(StreamObject(stream_data=b"1 1 1 rg 0 0 900 900 re f"))
    stood = before if isinstance(before, ArrayObject) else [page.raw_get("/Contents")]
    page["/Contents"] = ArrayObject([*stood, white])
    writer.update_container(page)
    packed = io.BytesIO()
    writer.write(packed)
    return packed.getvalue()


def proved(house: Any, number: str, copies: list[Path], void: Path, folder: Path) -> None:
    """Ask what the sealed file, its copies, a changed copy and the paper itself are worth."""
    shown = house.show(number)
    (sealed,) = (house.root / f["path"] for f in shown["files"] if f["role"] == "sealed")
    code, content = verified(house, str(sealed), *map(str, copies))
    said = [(one["identity"], one["copy"]) for one in content["files"]]
    assert (code, said[:2]) == (0, [("filed", None), ("copy", "正本 第1份/共4份")])
    assert {one["paper"]["standing"] for one in content["files"]} == {"真实有效"}
    assert {one["pdfa"] for one in content["files"]} == {"PDF/A-2b"}
    code, content = verified(house, str(void))
    assert (code, content["files"][0]["paper"]["standing"]) == (1, "已作废")
    changed = folder / "changed.pdf"
    with pikepdf.open(copies[0]) as document:
        document.pages[0].contents_add(b"0 g 100 100 50 9 re f")
        document.save(changed)
    code, content = verified(house, str(changed))
    assert (code, content["files"][0]["identity"]) == (4, "altered")
    assert content["files"][0]["paper"]["standing"] == "未知"
    longer = folder / "longer.pdf"
    longer.write_bytes(painted_over(sealed.read_bytes()))
    code, content = verified(house, str(longer))
    assert (code, content["files"][0]["identity"]) == (4, "altered")
    assert "页面" in content["files"][0]["added"]
    ticket = f"guidang:1:{number}:{shown['terms_digest']}"
    code, content = verified(house, "--qr", ticket)
    assert (code, content["papers"][0]["standing"]) == (0, "真实有效")
    asked = ("--number", number, "--digest", "0" * 64)
    code, content = verified(house, *asked)
    assert (code, content["papers"][0]["standing"]) == (1, "未知")
    assert "摘要不符" in content["papers"][0]["reason"]
    assert house.guidang("verify", "--qr", "nonsense").code == 2
    assert house.guidang("verify").code == 2


def test_copies_are_new_files_and_the_sealed_one_is_never_opened_for_writing(
    house: Any, order: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    house.drop(order(1), "order.json")
    assert house.run_until_idle()["filed"] == 1
    (contract,) = house.contracts()
    number = contract["contract_number"]
    before = modes_and_digests(house)
    files = {file["role"]: file for file in house.show(number)["files"]}
    assert before[str(house.root / files["sealed"]["path"])][0] & 0o222 == 0

    opened: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and isinstance(arguments[0], str):
            writes = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_APPEND)
            if writes and arguments[0].startswith(str(house.root / "archive")):
                opened.append(arguments[0])

    sys.addaudithook(watch)
    workplace = Workplace(house.root)
    out = tmp_path / "正本.pdf"
    copied = make_copies(
        workplace, number, CopyKind.ORIGINAL, nth=None, of=None, out=out, by="林晓舟"
    )
    workplace.close()

    assert opened == []
    assert [one.path.name for one in copied] == [f"正本-第{n}份.pdf" for n in range(1, 5)]
    assert copied[3].text == "正本 第4份/共4份"
    void = tmp_path / "void.pdf"
    asked = ("contracts", "copy", number, "--as", "作废", "--out", str(void), "--json")
    assert house.guidang(*asked).code == 0
    assert house.guidang(*asked).content["error"]["code"] == "copy-refused"
    inside = str(house.root / "archive" / "x.pdf")
    assert house.guidang(*asked[:-2], inside, "--json").content["error"]["code"] == "copy-refused"
    assert modes_and_digests(house) == before
    proved(house, number, [one.path for one in copied], void, tmp_path)
    noted = [e for e in house.show(number)["events"] if e["action"] == "contract:copied"]
    assert [event["details"]["as"] for event in noted] == [*(one.text for one in copied), "作废"]
    assert noted[-1]["subject"] == hashlib.sha256(void.read_bytes()).hexdigest()
    assert house.guidang("archive", "verify").code == 0
