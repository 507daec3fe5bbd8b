from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from templates.catalogue import Catalogue, Template, shipped
from templates.errors import TemplateUnfit

TODAY = date(2026, 3, 15)
# A power of attorney is sealed by the firm alone, its own papers by nobody.
SEALED: dict[str, tuple[tuple[str, str], ...]] = {
    "authority": (("sealB", "B"),),
    "legal_opinion": (),
    "approval_sheet": (),
    "seal_request": (),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one template of the firm's own, a copy of the shipped contract."""
    shutil.copytree(shipped() / "contract", tmp_path / "own")
    _rewrite(tmp_path, r'code = "HT-MB-FW-01"', 'code = "HT-MB-FW-02"')
    return tmp_path


def _assert_unfit(catalogue: Catalogue, problem: str, code: str = "HT-MB-FW-02") -> None:
    """Assert that `code` is unfit for `problem`, and that no document can be made from it."""
    assert {(unfit.code, unfit.version) for unfit in catalogue.unfit} == {(code, "2026.1")}
    with pytest.raises(TemplateUnfit, match=re.escape(problem)):
        catalogue.pick("contract", "FW", code, "2026.1", on=TODAY)


def _rewrite(folder: Path, pattern: str, replacement: str) -> None:
    manifest = folder / "own" / "manifest.toml"
    changed, places = re.subn(pattern, replacement, manifest.read_text("utf-8"), count=1)
    assert places == 1
    manifest.write_text(changed, "utf-8")


def test_the_shipped_templates_are_registered(catalogue: Catalogue) -> None:
    assert {(t.code, t.version, t.kind) for t in catalogue.templates} == {
        ("HT-MB-FW-01", "2026.1", "contract"),
        ("HT-MB-XS-01", "2026.1", "contract"),
        ("YS-MB-01", "2026.1", "acceptance"),
        ("YS-MB-02", "2026.1", "acceptance"),
        ("HT-MB-BG-01", "2026.1", "change"),
        ("HT-MB-ZZ-01", "2026.1", "termination"),
        ("HT-MB-BM-01", "2026.1", "nda"),
        ("HT-MB-SQ-01", "2026.1", "authority"),
        ("NB-MB-FS-01", "2026.1", "legal_opinion"),
        ("NB-MB-SP-01", "2026.1", "approval_sheet"),
        ("NB-MB-YY-01", "2026.1", "seal_request"),
    }
    for template in catalogue.templates:
        assert template.approved_by
        places = tuple((place.name, place.party) for place in template.seal_places)
        assert places == SEALED.get(template.kind, (("sealA", "A"), ("sealB", "B")))


@pytest.mark.requirement_part("P-303")
@pytest.mark.parametrize("edit", [lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b + b"\0"])
def test_an_altered_word_file_is_refused(folder: Path, edit: object) -> None:
    word = folder / "own" / "template.docx"
    word.write_bytes(edit(word.read_bytes()))  # type: ignore[operator]

    _assert_unfit(Catalogue.load(folder), "登记的不一致")


@pytest.mark.requirement_part("P-303")
def test_a_missing_word_file_is_refused(folder: Path) -> None:
    (folder / "own" / "template.docx").unlink()

    _assert_unfit(Catalogue.load(folder), "template.docx")


@pytest.mark.requirement_part("P-303")
@pytest.mark.parametrize(
    ("pattern", "replacement", "problem"),
    [
        (r"code = .*", "", "缺少 code"),
        (r"approved_by = .*", 'approved_by = " "', "缺少 approved_by"),
        (r"sha256 = .*", "", "缺少 sha256"),
        (r"kind = .*", 'kind = "letter"', "kind 只能是"),
        (r"contract_types = .*", "contract_types = []", "contract_types"),
        (r"in_force_from = .*", 'in_force_from = "2026"', "in_force_from"),
        (r"in_force_from = .*", "in_force_from = 2026-01-01T00:00:00", "in_force_from"),
        (r"in_force_from = (.*)", r"in_force_from = \1\nin_force_to = 2025-12-31", "in_force_to"),
        (r'"terms.max_rounds" = "3"', '"terms.max_rounds" = 3', "defaults"),
        (r'"terms.max_rounds"', '"max_rounds"', "defaults"),
        (r'name = "sealA"', 'name = "seal_A"', "seal_places"),
        (r'party = "A"', 'party = "C"', "seal_places"),
        (r"dx_mm = 22", "", "seal_places"),
        (r"version = ", "aproved = 1\nversion = ", "aproved"),
        (r"version = .*", "version = ", "无法读取"),
    ],
)
def test_a_faulty_manifest_is_refused_and_named(
    folder: Path, pattern: str, replacement: str, problem: str
) -> None:
    _rewrite(folder, pattern, replacement)

    catalogue = Catalogue.load(folder)
    assert catalogue.templates == ()
    assert any(problem in each for unfit in catalogue.unfit for each in unfit.problems)


def test_a_new_contract_type_is_a_folder_and_no_code(folder: Path) -> None:
    _rewrite(folder, r'contract_types = \["FW"\]', 'contract_types = ["CG", "ZL"]')
    catalogue = Catalogue.load(shipped(), folder)

    assert catalogue.pick("contract", "CG", on=TODAY).code == "HT-MB-FW-02"
    assert catalogue.pick("contract", "FW", on=TODAY).code == "HT-MB-FW-01"


@pytest.mark.requirement_part("G-103")
def test_a_template_serves_from_its_first_day_to_its_last(folder: Path) -> None:
    _rewrite(folder, "in_force_from = .*", "in_force_from = 2026-02-01\nin_force_to = 2026-02-28")
    catalogue = Catalogue.load(folder)

    for day in (date(2026, 2, 1), date(2026, 2, 28)):
        assert catalogue.pick("contract", "FW", on=day).code == "HT-MB-FW-02"
    for day, reason in ((date(2026, 1, 31), "起方可使用"), (date(2026, 3, 1), "停止使用")):
        with pytest.raises(TemplateUnfit, match=reason):
            catalogue.pick("contract", "FW", code="HT-MB-FW-02", on=day)


def test_the_latest_in_force_is_picked_where_none_is_named(folder: Path) -> None:
    _rewrite(folder, "in_force_from = .*", "in_force_from = 2026-03-15")
    catalogue = Catalogue.load(shipped(), folder)

    assert catalogue.pick("contract", "FW", on=TODAY).code == "HT-MB-FW-02"
    assert catalogue.pick("contract", "FW", on=TODAY - timedelta(days=1)).code == "HT-MB-FW-01"
    assert catalogue.pick("contract", "FW", "HT-MB-FW-01", "2026.1", on=TODAY).version == "2026.1"


@pytest.mark.requirement_part("P-303")
@pytest.mark.parametrize(
    ("kind", "type_code", "code", "version"),
    [
        ("contract", "XX", None, None),
        ("letter", "FW", None, None),
        ("contract", "FW", "HT-MB-FW-99", None),
        ("contract", "FW", "HT-MB-FW-01", "2025.9"),
        ("acceptance", "FW", "HT-MB-FW-01", None),
    ],
)
def test_an_unregistered_template_is_refused(
    catalogue: Catalogue, kind: str, type_code: str, code: str | None, version: str | None
) -> None:
    with pytest.raises(TemplateUnfit) as unfit:
        catalogue.pick(kind, type_code, code, version, on=TODAY)
    assert unfit.value.problems


def test_one_code_and_version_is_registered_once(tmp_path: Path) -> None:
    shutil.copytree(shipped() / "contract", tmp_path / "copy")

    catalogue = Catalogue.load(shipped(), tmp_path)

    _assert_unfit(catalogue, "登记了两次", code="HT-MB-FW-01")
    assert catalogue.pick("acceptance", "FW", on=TODAY).code == "YS-MB-01"


def test_a_template_knows_its_last_day(contract_template: Template) -> None:
    assert contract_template.is_in_force(contract_template.in_force_from)
    assert not contract_template.is_in_force(date(2025, 12, 31))
