"""Which seals go onto a paper in one act, and over which pages, is written in the rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive import seals
from archive.errors import RulesUnfit, SealRefused
from archive.rulesets import packaged
from archive.seals import Seal, SealKind, SealRules, SealState
from archive.seam import EVERY_PAGE, SeamPages

DAY = date(2026, 3, 9)
FIRM = "示例网络技术（北京）有限公司"
PAPER = """version = "1"
[papers.contract]
name = "合同"
accepts = ["合同专用章"]
"""
ALSO = """
[[papers.contract.also]]
kind = "法定代表人章"
dx_mm = 36
dy_mm = -2.5
"""


def a_seal(**changed: Any) -> Seal:
    said: dict[str, Any] = {
        "code": "HT01",
        "name": "合同专用章",
        "kind": SealKind.CONTRACT,
        "owner": FIRM,
        "width_mm": 40.0,
        "height_mm": 40.0,
        "image_sha256": "0" * 64,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "keepers": ("保管员甲",),
        "state": SealState.IN_USE,
        "sample": True,
        "pdf": b"",
    }
    return Seal(**(said | changed))


REPRESENTATIVE = a_seal(code="FR01", name="法定代表人章", kind=SealKind.LEGAL_REPRESENTATIVE)


def rules(tmp_path: Path, text: str) -> SealRules:
    path = tmp_path / "seals.toml"
    path.write_text(text, "utf-8")
    return SealRules.load(path)


def also(given: SealRules, *own: Seal) -> list[tuple[str, float, float]]:
    chosen = seals.choose_also(own, given, owner=FIRM, kind_of_paper="contract", on=DAY)
    return [(seal.code, place.dx_mm, place.dy_mm) for seal, place in chosen]


def test_a_paper_gets_one_seal_and_a_piece_on_every_page_unless_told_otherwise() -> None:
    for paper in SealRules.load(packaged("seals")).papers.values():
        assert paper.also == ()
        assert paper.seam is not None
        assert (paper.seam.pages, paper.seam.y_fraction) == (EVERY_PAGE, 0.5)


def test_the_legal_representatives_seal_is_put_on_beside_the_main_one(tmp_path: Path) -> None:
    given = rules(tmp_path, PAPER + ALSO)

    assert also(given, a_seal(), REPRESENTATIVE) == [("FR01", 36.0, -2.5)]
    other = a_seal(code="FR02", kind=SealKind.LEGAL_REPRESENTATIVE, owner="另一家示例有限公司")
    assert also(given, other, REPRESENTATIVE) == [("FR01", 36.0, -2.5)]


def test_a_seal_that_is_required_and_missing_stops_the_sealing(tmp_path: Path) -> None:
    given = rules(tmp_path, PAPER + ALSO)
    with pytest.raises(SealRefused, match=r"法定代表人章.*没有登记"):
        also(given, a_seal())
    suspended = a_seal(code="FR01", kind=SealKind.LEGAL_REPRESENTATIVE, state=SealState.SUSPENDED)
    with pytest.raises(SealRefused, match="FR01：印章已停用"):
        also(given, a_seal(), suspended)
    assert also(rules(tmp_path, PAPER + ALSO + "required = false\n"), suspended) == []


@pytest.mark.parametrize(
    ("seam", "pages"),
    [
        ('seam = { pages = "odd", at = 0.4 }', SeamPages(fronts=True)),
        ("seam = { cover = false }", SeamPages(cover=False)),
        ('seam = { pages = "2-" }', SeamPages(spans=((2, None),))),
    ],
)
def test_the_seam_is_written_in_the_rules(tmp_path: Path, seam: str, pages: SeamPages) -> None:
    found = rules(tmp_path, PAPER + seam).paper("contract").seam
    assert found is not None
    assert found.pages == pages


def test_a_paper_may_go_without_a_seam_seal(tmp_path: Path) -> None:
    assert rules(tmp_path, PAPER + 'seam = { pages = "none" }').paper("contract").seam is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('seam = { pages = "even" }', r"pages.*“even”应为"),
        ("seam = { at = 1.5 }", r"at.*0 与 1 之间"),
        ('seam = { page = "all" }', "page：不认识的键"),
        ('also = [{ kind = "合同专用章", dx_mm = 1 }]', "合同专用章已是主章"),
        ('also = [{ kind = "龙纹章", dx_mm = 1 }]', "没有印章种类“龙纹章”"),
        ('also = [{ kind = "公章", dx_mm = "右" }]', "dx_mm"),
        ('also = [{ kind = "公章", dx_mm = nan }]', "应为数字"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RulesUnfit, match=said):
        rules(tmp_path, PAPER + text)
