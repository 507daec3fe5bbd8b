from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from templates.catalogue import MANIFEST, WORD_FILE, Catalogue, shipped
from templates.errors import TemplateUnfit

TODAY = date(2026, 3, 15)


def _own(folder: Path, name: str, **changes: str) -> Path:
    """Add a copy of the shipped contract under another code, with lines of its manifest changed."""
    shutil.copytree(shipped() / "contract", folder / name)
    manifest = folder / name / MANIFEST
    text = manifest.read_text("utf-8")
    for key, value in changes.items():
        text, places = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert places == 1
    manifest.write_text(text, "utf-8")
    return folder / name


def _alter(folder: Path) -> None:
    with (folder / WORD_FILE).open("ab") as file:
        file.write(b"\0")


@pytest.mark.requirement_part("P-303")
def test_one_altered_template_harms_no_other(tmp_path: Path) -> None:
    _alter(_own(tmp_path, "a", code='"OWN-1"'))
    _own(tmp_path, "b", code='"OWN-2"')
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / MANIFEST).write_bytes(b"\xff = [")

    catalogue = Catalogue.load(shipped(), tmp_path)

    assert [unfit.name for unfit in catalogue.unfit] == ["OWN-1@2026.1", "c"]
    assert catalogue.pick("contract", "FW", "OWN-2", "2026.1", on=TODAY).code == "OWN-2"
    assert catalogue.pick("contract", "FW", "HT-MB-FW-01", "2026.1", on=TODAY)
    with pytest.raises(TemplateUnfit, match=r"OWN-1@2026\.1 不能使用.*登记的不一致"):
        catalogue.pick("contract", "FW", "OWN-1", "2026.1", on=TODAY)


def test_an_older_text_never_takes_the_place_of_an_unfit_newer_one(tmp_path: Path) -> None:
    _own(tmp_path, "a", code='"OWN-1"', in_force_from="2026-02-01")
    newer = _own(tmp_path, "b", code='"OWN-1"', version='"2027.1"', in_force_from="2026-03-01")
    assert Catalogue.load(shipped(), tmp_path).pick("contract", "FW", on=TODAY).version == "2027.1"

    _alter(newer)
    catalogue = Catalogue.load(shipped(), tmp_path)

    for code in (None, "OWN-1"):
        with pytest.raises(TemplateUnfit, match=r"OWN-1@2027\.1"):
            catalogue.pick("contract", "FW", code, on=TODAY)
    assert catalogue.pick("contract", "FW", "OWN-1", "2026.1", on=TODAY).version == "2026.1"
    assert catalogue.pick("contract", "FW", on=date(2026, 2, 15)).version == "2026.1"
    assert catalogue.pick("acceptance", "FW", on=TODAY).code == "YS-MB-01"


def test_an_unfit_template_of_an_older_text_stops_nobody(tmp_path: Path) -> None:
    _alter(_own(tmp_path, "a", code='"OWN-1"', in_force_from="2025-01-01"))
    catalogue = Catalogue.load(shipped(), tmp_path)

    assert catalogue.pick("contract", "FW", on=TODAY).code == "HT-MB-FW-01"


def test_a_template_whose_manifest_cannot_be_read_is_known_by_its_folder(tmp_path: Path) -> None:
    folder = _own(tmp_path, "OWN-1-2026.1")
    (folder / MANIFEST).write_text("code = ", "utf-8")

    with pytest.raises(TemplateUnfit, match="无法读取"):
        Catalogue.load(tmp_path).pick("contract", "FW", "OWN-1", "2026.1", on=TODAY)


def test_of_two_folders_with_one_name_neither_is_used(tmp_path: Path) -> None:
    _own(tmp_path, "a", code='"OWN-1"')
    _own(tmp_path, "b", code='"OWN-1"')
    catalogue = Catalogue.load(tmp_path)

    assert catalogue.templates == ()
    assert [unfit.problems for unfit in catalogue.unfit] == [("登记了两次：a 与 b",)] * 2
