"""Every kind has a specimen that fills the shipped template of its kind, and nothing is left."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.specimens import KINDS as SPECIMENS
from pipeline.specimens import specimen_fields
from templates.catalogue import KINDS, Catalogue, shipped
from templates.fields import with_number
from templates.filling import fill
from templates.fitting.vocabulary import Vocabulary
from templates.reading import text_of

LONG = {"contract": "items", "change": "changes", "termination": "handovers",
        "legal_opinion": "deviations"}  # fmt: skip


def test_there_is_a_specimen_of_every_kind_a_template_can_be_of() -> None:
    assert set(SPECIMENS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_specimen_fills_the_shipped_template_and_every_field_has_a_meaning(kind: str) -> None:
    template = Catalogue.load(shipped()).pick(kind, "FW", on=date(2026, 6, 1))
    fields = with_number(specimen_fields(kind, template.defaults, lines=7), "BH-0001")
    text = text_of(fill(template, fields, title=kind))

    assert "BH-0001" in text
    assert "{{" not in text
    if kind in LONG:
        assert len(fields[LONG[kind]]) == 7  # type: ignore[arg-type]
    known = Vocabulary.of(kind, fields, template.defaults)
    assert all(known.meaning(path) for path in (*known.examples, *known.rows))
    assert {known.shape(path) for path in known.examples} <= {
        "金额",
        "日期",
        "数字",
        "勾选",
        "文字",
    }


def test_a_field_says_what_kind_of_value_it_prints() -> None:
    template = Catalogue.load(shipped()).pick("contract", "FW", on=date(2026, 6, 1))
    known = Vocabulary.of(
        "contract", specimen_fields("contract", template.defaults, lines=2), template.defaults
    )
    assert [known.shape(path) for path in ("amount.total", "service.start_cn", "terms.accept_days",
                                           "items[].qty", "party_a.name", "items[].amount")] == [
        "金额", "日期", "数字", "数字", "文字", "金额"
    ]  # fmt: skip
