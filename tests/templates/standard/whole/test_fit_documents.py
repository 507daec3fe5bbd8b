"""Every standard document passes the check that a firm's own file must pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from templates.fields import Fields, with_number
from templates.fitting.fitness import Measure, fitness_of
from templates.fitting.seals import seals_of
from templates.fitting.vocabulary import Vocabulary
from templates.package import packed, unpacked
from templates.rendering.fontconfig import families

FOLDERS = (
    "sales", "goods_acceptance", "change", "termination", "nda", "authority", "legal_opinion",
    "approval_sheet", "seal_request",
)  # fmt: skip
every_document = pytest.mark.parametrize("folder", FOLDERS)


def _measure(sample: Any) -> Measure:
    def fields(figures: Mapping[str, str]) -> Fields:
        return with_number({**sample.fields, **_unflat(figures, sample.fields)}, sample.number)

    standard = sample.template.defaults
    vocabulary = Vocabulary.of(
        sample.template.kind, fields(standard), standard, [frozenset(standard)]
    )
    return Measure(
        vocabulary, sample.template, fields, (), frozenset(map(str.casefold, families()))
    )


def _unflat(figures: Mapping[str, str], fields: Fields) -> dict[str, object]:
    groups = {path.partition(".")[0] for path in figures}
    return {group: fields[group] for group in groups}


@every_document
def test_it_is_fit_and_needs_no_warning(samples: Mapping[str, Any], folder: str) -> None:
    sample = samples[folder]
    found = fitness_of(sample.template.path.read_bytes(), _measure(sample))

    assert found.findings == ()
    assert dict(found.standard) == dict(sample.template.defaults)


@every_document
def test_each_of_its_fields_has_a_meaning_of_its_own(
    samples: Mapping[str, Any], folder: str
) -> None:
    known = _measure(samples[folder]).vocabulary
    meanings = [known.meaning(path) for path in (*known.examples, *known.rows)]

    assert all(meanings)
    assert len(set(meanings)) == len(meanings)


@every_document
def test_it_lacks_no_seal_place_and_a_lost_one_is_missed(
    samples: Mapping[str, Any], folder: str
) -> None:
    sample = samples[folder]
    places = {place.name for place in sample.template.seal_places}
    assert places == set(seals_of(sample.template.kind))

    parts = unpacked(sample.template.path.read_bytes())
    for name in places:
        main = parts["word/document.xml"].replace(f'w:name="{name}"'.encode(), b'w:name="sealX"')
        found = fitness_of(packed({**parts, "word/document.xml": main}), _measure(sample))
        assert [(f.code, name in f.message) for f in found.findings] == [("T10", True)]
