from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from archive.db import Register
from archive.dossiers import Dossier, Record
from archive.errors import FilingRefused, NumberRefused, RulesUnfit
from archive.fileplan import FilePlan
from archive.numbering import NumberingRules
from archive.rebuilding import rebuild
from archive.rulesets import packaged
from archive.verifying import verify

if TYPE_CHECKING:
    from conftest import Office

_DOSSIER = re.compile(r"(\[series\.dossier\]\n)pattern = .*\nscope = .*\n")
_KIND = re.compile(r"(\[kinds\.\w+\]\n)")


@pytest.fixture
def an_office_of(
    an_office: Callable[[], Office], tmp_path: Path
) -> Callable[[str, str, str | None], Office]:
    """Return a maker of offices whose dossiers are coded by a pattern of their own."""

    def make(pattern: str, scope: str, class_: str | None = None) -> Office:
        office = an_office()
        said, count = _DOSSIER.subn(
            rf'\1pattern = "{pattern}"\nscope = {scope}\n', packaged("numbering").read_text("utf-8")
        )
        assert count == 1
        (tmp_path / "numbering.toml").write_text(said, "utf-8")
        office.rules = NumberingRules.load(tmp_path / "numbering.toml")
        if class_ is not None:
            plan = packaged("fileplan").read_text("utf-8")
            plan = _KIND.sub(rf'\1class = "{class_}"\n', plan)
            (tmp_path / "fileplan.toml").write_text(plan, "utf-8")
            office.plan = FilePlan.load(tmp_path / "fileplan.toml")
        return office

    return make


BY_OFFICE = ("{fonds}-{category}·{year}-{retention}-{office}-{value:04}",
             '["fonds", "category", "retention", "office"]', None)  # fmt: skip
SIMPLE = ("{class}-{year}-{value:03}", '["class"]', "2.4")


@pytest.mark.requirement_part("F-204")
@pytest.mark.parametrize(
    ("pattern", "codes", "folder"),
    [
        (
            BY_OFFICE,
            ["Q001-JY·2026-D30-YW1-0001-001", "Q001-JY·2026-D30-YW1-0001-002",
             "Q001-JY·2026-D30-YW1-0002-001"],
            "Q001/2026/JY/D30/YW1/Q001-JY.2026-D30-YW1-0001",
        ),
        (
            SIMPLE,
            ["2.4-2026-001-001", "2.4-2026-001-002", "2.4-2026-002-001"],
            "2.4/2026/2.4-2026-001",
        ),
    ],
    ids=["with the office", "a class of its own"],
)  # fmt: skip
def test_dossiers_are_coded_filed_proved_and_restored_by_the_firms_pattern(
    an_office_of: Callable[..., Office],
    fresh_register: Callable[[], Register],
    pattern: tuple[str, str, str | None],
    codes: list[str],
    folder: str,
) -> None:
    office = an_office_of(*pattern)
    for order, round_ in (("XSDD-1", 0), ("XSDD-1", 1), ("XSDD-2", 0)):
        office.file(office.prepare(order, round_=round_))

    restored = fresh_register()
    with restored.write.begin() as session:
        rebuild(session, office.store)
    for register in (office.register, restored):
        with register.read.begin() as session:
            assert sorted(session.scalars(select(Record.reference_code))) == codes
            dossier = session.scalars(select(Dossier).order_by(Dossier.id)).first()
            assert dossier is not None
            assert (dossier.object_path, dossier.retention, dossier.series, dossier.fonds) == (
                folder, "D30", "JY·HT", "Q001",
            )  # fmt: skip
            assert not verify(session, office.store).damaged


def test_a_change_of_the_pattern_leaves_the_codes_that_are_there(
    an_office_of: Callable[..., Office],
) -> None:
    office = an_office_of(*BY_OFFICE)
    office.file(office.prepare("XSDD-1"))
    office.rules = NumberingRules.load(packaged("numbering"))
    second = office.file(office.prepare("XSDD-1", round_=1))
    third = office.file(office.prepare("XSDD-2"))
    assert second.reference_code == "Q001-JY·2026-D30-YW1-0001-002"
    assert third.reference_code == "Q001-JY·HT·2026·D30-0001-001"


@pytest.mark.parametrize(
    ("pattern", "refusal"),
    [
        (("{fonds}.{value:04}", '["fonds"]', None), "不是档号"),
        (("{class}-{year}-{value:03}", '["class"]', None), "缺少要素 class"),
    ],
)
def test_a_pattern_that_gives_no_code_files_nothing(
    an_office_of: Callable[..., Office], pattern: tuple[str, str, str | None], refusal: str
) -> None:
    office = an_office_of(*pattern)
    instrument = office.prepare("XSDD-1")
    with pytest.raises((FilingRefused, NumberRefused), match=refusal):
        office.file(instrument)
    with office.register.read.begin() as session:
        assert session.scalars(select(Dossier)).all() == []


@pytest.mark.parametrize("class_", ["", "A.1", "2..4", "2.4.", "02", "2.4.1.1.1"])
def test_a_class_that_is_no_class_number_is_refused(
    an_office_of: Callable[..., Office], class_: str
) -> None:
    with pytest.raises(RulesUnfit, match="class"):
        an_office_of(*SIMPLE[:2], class_)
