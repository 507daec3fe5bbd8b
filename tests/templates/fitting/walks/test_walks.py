"""A firm's own file becomes a template by doing what the messages say, and nothing else."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from templates.errors import Level
from templates.fitting.fitness import Fitness
from templates.fitting.places import lines_of
from templates.package import unpacked
from templates.wordfile import Wordfile

Check = Callable[[bytes], Fitness]


def _load(name: str) -> ModuleType:
    place = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BROUGHT = _load("brought").BROUGHT
mend = _load("mender").mend
FAULTS = {
    "libreoffice": {"T05", "T10", "T14", "T30"},
    "python-docx": {"T05", "T10", "T11", "T13", "T15", "T30"},
    "word": {"T05", "T06", "T10", "T14", "T20", "T21", "T22", "T23", "T24", "T30"},
    "wps": {"T01", "T02", "T05", "T10", "T15", "T30"},
}


@pytest.mark.requirement_part("P-303")
@pytest.mark.parametrize("name", BROUGHT)
def test_its_faults_are_found_at_once_and_the_messages_lead_to_a_template(
    check: Check, name: str
) -> None:
    brought = BROUGHT[name]()
    first = check(brought)
    found = {each.code for each in first.findings if each.level is Level.BLOCK}
    assert found >= FAULTS[name], FAULTS[name] - found

    mended, rounds = mend(brought, check)
    last = check(mended)
    assert last.is_fit
    assert rounds <= 4
    assert {"party_a.name", "contract.no", "items[].amount"} <= last.printed
    kept = "".join(line.text for line in lines_of(Wordfile(unpacked(mended))))
    assert "违约方赔偿损失" in kept


def test_a_blank_beside_its_name_is_told_which_field_it_was_left_for(check: Check) -> None:
    told = {each.place: each.message for each in check(BROUGHT["libreoffice"]()).findings
            if each.code == "T30"}  # fmt: skip
    proposed = {
        "合同编号：________": "{{ contract.no }}",
        "密级：____”": "{{ contract.secrecy }}",
        "甲方（委托方）：": "{{ party_a.name }}",
        "【项目名称】": "{{ project.name }}",
        "自____年__月__日起": "{{ service.start_cn }}",
        "地点：______": "{{ service.place }}",
    }
    for words, tag in proposed.items():
        assert any(words in place and tag in message for place, message in told.items()), words
    # A day is one blank, not three.
    assert sum("自____年" in place and "开始" in message for place, message in told.items()) == 1


def test_the_legacy_file_under_a_new_name_is_told_to_be_saved_anew(check: Check) -> None:
    (finding,) = check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048)).findings
    assert "另存为 .docx" in finding.message
