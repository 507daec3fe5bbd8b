"""Annexes a paper taken in speaks of are in the dossier, or a question to people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from keepers import ARCHIVIST, Keeping
from oldpapers import a_pdf
from sqlalchemy import select

from archive.dossiers import Dossier, Record
from pipeline.cli import main

BODY = "设备采购合同\n本合同附件：附件一《设备清单》，附件 2：付款计划\n其余从略"


def examined(keeping: Keeping, tmp_path: Path, files: dict[str, bytes]) -> tuple[str, str]:
    folder = tmp_path / "旧档"
    folder.mkdir()
    rows = ["文件名,题名,合同编号"]
    for name, content in files.items():
        (folder / name).write_bytes(content)
        rows.append(f"{name},采购合同,JH-1")
    catalogue = tmp_path / "c.csv"
    catalogue.write_text("\n".join(rows), "utf-8")
    root = ["--home", str(keeping.workplace.home.root)]
    words = ["archive", "import", str(folder), "--catalogue", str(catalogue), "--as", ARCHIVIST]
    assert CliRunner().invoke(main, [*root, *words]).exit_code == 0
    with keeping.workplace.register.read.begin() as session:
        query = select(Dossier.code).join(Record).where(Record.kind == "takenin")
        code = session.scalars(query).first()
    done = CliRunner().invoke(main, [*root, "archive", "examine", str(code), "--json"])
    (dossier,) = json.loads(done.stdout)["dossiers"]
    found: dict[str, Any] = {one["code"]: one for one in dossier["findings"]}["WZ05"]
    return found["result"], "；".join(found["evidence"])


@pytest.mark.parametrize(
    ("files", "result", "said"),
    [
        ({"合同.txt": "没有别的".encode()}, "不适用", ""),
        ({"合同.pdf": a_pdf(BODY)}, "人工", "附件 1，卷内没有认出；"),
        (
            {"合同.pdf": a_pdf(BODY), "附件1设备清单.txt": "水泵十二台".encode()},
            "人工",
            "附件 2，卷内没有认出",
        ),
        (
            {"合同.pdf": a_pdf(BODY, "附件一\n设备清单", "附件二 付款计划\n分两期")},
            "通过",
            "附件 2",
        ),
        (
            {"合同.pdf": a_pdf(BODY, "附件一\n设备清单"), "附件2.txt": "分两期".encode()},
            "通过",
            "附件 1",
        ),
    ],
)
def test_an_annex_is_seen_by_its_name_or_at_the_head_of_a_page(
    keeping: Keeping, tmp_path: Path, files: dict[str, bytes], result: str, said: str
) -> None:
    found, evidence = examined(keeping, tmp_path, files)
    assert found == result, evidence
    assert said in evidence
