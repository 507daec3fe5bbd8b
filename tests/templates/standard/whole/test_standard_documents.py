from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from templates.fields import flatten, terms_digest, with_number
from templates.filling import fill
from templates.proof import NUMBER_TO_COME, assert_complete, prove
from templates.reading import text_of
from templates.rendering.fonts import prepare_fonts
from templates.rendering.pool import OfficePool

GOLDEN = Path(__file__).parents[3] / "golden"
FOLDERS = (
    "sales",
    "goods_acceptance",
    "change",
    "termination",
    "nda",
    "authority",
    "legal_opinion",
    "approval_sheet",
    "seal_request",
)
everyone = pytest.mark.parametrize("folder", FOLDERS)
Render = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Render]:
    home = tmp_path_factory.mktemp("office")
    prepare_fonts(home / "fonts")
    with OfficePool(fonts=home / "fonts", work=home / "work", children=1) as pool:
        yield pool.render


@pytest.mark.requirement_part("P-302")
@everyone
def test_it_reads_as_the_approved_golden_text(samples: Mapping[str, Any], folder: str) -> None:
    sample = samples[folder]
    filled = fill(sample.template, with_number(sample.fields, sample.number), title=sample.title)

    assert text_of(filled) + "\n" == (GOLDEN / f"{folder}.txt").read_text("utf-8")


@pytest.mark.requirement_part("G-104")
@everyone
def test_every_word_of_it_is_proved_in_the_finished_file_and_its_pdf(
    samples: Mapping[str, Any], folder: str, render: Render
) -> None:
    sample = samples[folder]
    numbered = with_number(sample.fields, sample.number)
    final = fill(sample.template, numbered, title=sample.title)
    pdf = render(final)

    assert_complete(final, pdf)
    proof = prove(
        reference=sample.template.path.read_bytes(),
        draft=fill(sample.template, with_number(sample.fields, NUMBER_TO_COME), title=folder),
        final=final,
        pdf=pdf,
        fields=flatten(numbered),
        number=sample.number,
    )
    assert len(proof.fields) == len(flatten(numbered))


@everyone
def test_its_digest_leaves_out_its_own_number_and_nothing_else(
    samples: Mapping[str, Any], folder: str
) -> None:
    sample = samples[folder]
    approved = terms_digest(sample.template.digest, sample.fields)
    numbered = with_number(sample.fields, sample.number)
    outside = set(flatten(numbered)) - set(flatten(sample.fields))

    assert len(outside) == 1
    assert terms_digest(sample.template.digest, numbered) == approved
    for group, inner in sample.fields.items():
        if isinstance(inner, dict) and f"{group}.no" not in outside and "no" in inner:
            other = {**sample.fields, group: {**inner, "no": "another"}}
            assert terms_digest(sample.template.digest, other) != approved


def test_long_texts_and_long_lists_break_over_pages_and_lose_nothing(
    samples: Mapping[str, Any], render: Render
) -> None:
    long = "甲方新增机房，" * 215
    change, end, opinion = (samples[name] for name in ("change", "termination", "legal_opinion"))
    rows = [dict(end.fields["handovers"][0], seq=str(seq)) for seq in range(1, 81)]
    for sample, fields in (
        (change, {**change.fields, "changes": [dict(change.fields["changes"][0], after=long)]}),
        (end, {**end.fields, "handovers": rows,
               "settle": {**end.fields["settle"], "deduct_basis": long}}),
        (opinion, {**opinion.fields, "review": {**opinion.fields["review"], "remarks": long,
                                                "counterparty": long}}),
    ):  # fmt: skip
        final = fill(sample.template, with_number(fields, sample.number), title=sample.title)
        assert_complete(final, render(final))
