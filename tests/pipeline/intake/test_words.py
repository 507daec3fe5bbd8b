"""Every field of every form has a word for people, and no word is left without its field."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from pipeline.intake import words
from pipeline.intake.formats import YAML
from pipeline.intake.forms import FORMS
from pipeline.intake.leaves import leaves_of
from pipeline.intake.order import OrderForm
from pipeline.intake.words import place_in_words, word_of
from pipeline.samplepapers import SAMPLES
from pipeline.writing.forms import written

FOLLOWING = {name: form for name, form in FORMS.items() if form is not OrderForm}
DERIVED = {"contract_signed_on", "amendments", "acceptance_conclusion"}
"""Places of checks that no form holds: they are the contract's."""


@pytest.mark.parametrize("name", FOLLOWING)
def test_every_field_of_a_following_paper_has_a_word(name: str) -> None:
    form = FORMS[name]
    nameless = [
        path for path in leaves_of(form) if path != "schema" and word_of(form.kind, path) == path
    ]
    assert nameless == []


def test_no_word_stands_for_a_field_that_is_no_more() -> None:
    table = tomllib.loads(Path(words.__file__).with_name("words.toml").read_text("utf-8"))
    known = {
        form.kind: {
            ".".join(path.split(".")[:depth])
            for path in leaves_of(form)
            for depth in range(1, path.count(".") + 2)
        }
        for form in FOLLOWING.values()
    }
    shared = set().union(*known.values()) | DERIVED
    assert set(table["every"]) <= shared
    assert [path for kind in known for path in table[kind] if path not in known[kind]] == []


@pytest.mark.parametrize(
    ("kind", "place", "said"),
    [
        ("contract", "milestones[1].due", "交付节点第 2 项（完成期限）"),
        ("contract", "items[0]", "费用明细第 1 项"),
        ("contract", "service.start", "服务开始日期"),
        ("contract", "extensions.x", "扩展：x"),
        ("contract", "文件", "文件"),
        ("change", "contract_signed_on", "原合同签订日期"),
        ("change", "payments[0].pct", "变更后的付款计划第 1 项（付款比例）"),
        ("termination", "payments[0].amount", "已收款项第 1 项（金额）"),
    ],
)
def test_a_place_is_said_as_people_say_it(kind: str, place: str, said: str) -> None:
    assert place_in_words(kind, place) == said


@pytest.mark.parametrize("name", SAMPLES)
def test_an_example_in_yaml_explains_every_part_and_says_the_same(name: str) -> None:
    sample = SAMPLES[name](1)
    lines = written(sample, YAML).decode().splitlines()
    assert yaml.safe_load("\n".join(lines)) == sample
    parts = [at for at, line in enumerate(lines) if line[:1].isalpha()]
    assert {lines[at].partition(":")[0] for at in parts} == set(sample)
    assert [lines[at] for at in parts if not lines[at - 1].startswith("# ")] == []
