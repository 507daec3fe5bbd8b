from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive.errors import RulesUnfit, SealRefused
from archive.plainseals import plain_seals
from archive.rulesets import packaged
from archive.sampleseal import sample_seal
from archive.seals import Seal, SealKind, SealRules, SealState

DAY = date(2026, 3, 9)
FIRM = "示例网络技术（北京）有限公司"
IMAGE = sample_seal(FIRM).pdf
KEEPER = "保管员甲"
DESCRIPTION = f"""code = "HT01"
name = "合同专用章"
kind = "合同专用章"
owner = "{FIRM}"
width_mm = 40
height_mm = 40.5
image = "HT01.pdf"
sha256 = "{hashlib.sha256(IMAGE).hexdigest()}"
valid_from = 2026-01-01
valid_to = 2028-12-31
keeper = "{KEEPER}"
state = "启用"
sample = true
"""


def a_seal(**changed: Any) -> Seal:
    return Seal(
        **(
            {
                "code": "HT01",
                "name": "合同专用章",
                "kind": SealKind.CONTRACT,
                "owner": FIRM,
                "width_mm": 40.0,
                "height_mm": 40.0,
                "image_sha256": hashlib.sha256(IMAGE).hexdigest(),
                "valid_from": date(2026, 1, 1),
                "valid_to": date(2028, 12, 31),
                "keepers": (KEEPER,),
                "state": SealState.IN_USE,
                "sample": True,
                "pdf": IMAGE,
            }
            | changed
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "HT01.toml").write_text(DESCRIPTION, "utf-8")
    (tmp_path / "HT01.pdf").write_bytes(IMAGE)
    return tmp_path


def test_a_seal_is_read_with_its_image(folder: Path) -> None:
    assert plain_seals(folder) == (a_seal(height_mm=40.5),)


def test_a_seal_is_stamped_in_the_size_it_has(folder: Path) -> None:
    (seal,) = plain_seals(folder)
    image = seal.image
    assert (image.name, image.pdf, image.width_mm, image.height_mm) == ("HT01", IMAGE, 40.0, 40.5)
    assert image.ink == (0.0, 1.0)


def test_a_folder_without_seals_has_none(tmp_path: Path) -> None:
    assert plain_seals(tmp_path) == ()


def test_an_image_that_was_exchanged_is_refused(folder: Path) -> None:
    (folder / "HT01.pdf").write_bytes(IMAGE + b" ")
    with pytest.raises(SealRefused, match="与登记的摘要不符"):
        plain_seals(folder)


def test_an_image_that_is_missing_is_refused_unless_the_seal_is_destroyed(folder: Path) -> None:
    (folder / "HT01.pdf").unlink()
    with pytest.raises(SealRefused, match="不存在"):
        plain_seals(folder)
    (folder / "HT01.toml").write_text(DESCRIPTION.replace("启用", "销毁"), "utf-8")
    (destroyed,) = plain_seals(folder)
    assert destroyed.unusable_on(DAY) == "印章已销毁"


def test_an_image_behind_a_link_is_refused(folder: Path) -> None:
    (folder / "HT01.pdf").rename(folder / "other.pdf")
    (folder / "HT01.pdf").symlink_to(folder / "other.pdf")
    with pytest.raises(RulesUnfit, match="image"):
        plain_seals(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "合同专用章"', 'kind = "橡皮章"', "kind：不能是“橡皮章”；可用：公章"),
        ('state = "启用"', 'state = "在用"', "state：不能是“在用”；可用：启用、停用、收缴、销毁"),
        ('code = "HT01"', 'code = "HT02"', "code：应与文件名 HT01 一致"),
        ('image = "HT01.pdf"', 'image = "../HT01.pdf"', "image：应为同一文件夹内的文件名"),
        ("valid_from = 2026-01-01", 'valid_from = "2026-01-01"', "valid_from：应为日期"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01T00:00:00", "不写时刻"),
        ("valid_to = 2028-12-31", "valid_to = 2025-12-31", "valid_to：早于启用日"),
        ("width_mm = 40", "width_mm = 0", "width_mm：应为大于零"),
        ("width_mm = 40", "width_mm = true", "width_mm：应为大于零"),
        ("width_mm = 40", "width_mm = inf", "width_mm：应为大于零"),
        ("width_mm = 40", "width_mm = 400", "不得超过 100 毫米"),
        ("sample = true", "sample = 1", "sample：应为真假值"),
        ("sample = true", "sampel = true", "sampel：不认识的键"),
        ('keeper = "', 'keeper = " ', "keeper：不能为空，首尾也不能有空格"),
        ('sha256 = "', 'sha256 = "0', "sha256：应为 64 位"),
    ],
)
def test_a_description_that_cannot_be_meant_is_refused(
    folder: Path, old: str, new: str, said: str
) -> None:
    (folder / "HT01.toml").write_text(DESCRIPTION.replace(old, new, 1), "utf-8")
    with pytest.raises(RulesUnfit, match=said):
        plain_seals(folder)


def test_a_company_seal_wider_than_the_state_allows_is_refused(folder: Path) -> None:
    wide = DESCRIPTION.replace('kind = "合同专用章"', 'kind = "公章"').replace("= 40\n", "= 46\n")
    (folder / "HT01.toml").write_text(wide, "utf-8")
    with pytest.raises(RulesUnfit, match="公章不得超过 45 毫米"):
        plain_seals(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["合同专用章", "公章"]', '["合同章"]', "没有印章种类“合同章”"),
        ('["合同专用章", "公章"]', "[]", "至少列出一种"),
        ('["合同专用章", "公章"]', '["公章", "公章"]', "重复"),
        ('name = "合同"', 'nme = "合同"', "name：缺少"),
        ("version", "versoin", "version：缺少"),
    ],
)
def test_seal_rules_that_cannot_be_meant_are_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "seals.toml"
    path.write_text(packaged("seals").read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(RulesUnfit, match=said):
        SealRules.load(path)
