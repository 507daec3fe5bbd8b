"""Finishing: the text with its number, as PDF/A, proved to say what the order says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from archive.instruments import Instrument
from pipeline.steps.drafting import Draft
from pipeline.wiring import Workplace
from templates.fields import flatten, with_number
from templates.filling import fill
from templates.proof import prove_pdf, prove_word
from templates.reading import text_of


@dataclass(frozen=True, slots=True)
class Final:
    """The finished text in both forms, with the proof that they say the same."""

    docx: bytes
    pdf: bytes
    text: str
    proof: dict[str, Any]


def finish(workplace: Workplace, instrument: Instrument, draft: Draft) -> Final:
    """Return the finished document; the same draft and number give the same one again.

    The Word file is proved before it is printed. Raises ProofFailed where anything is missing
    or differs, RenderingFailed where no usable PDF came out.
    """
    if instrument.number is None:
        raise ValueError(f"instrument {instrument.id} has no number yet")
    fields = with_number(draft.fields, instrument.number)
    docx = fill(draft.template, fields, title=draft.paper.title)
    word = prove_word(
        reference=draft.template.path.read_bytes(),
        draft=draft.docx,
        final=docx,
        fields=flatten(fields),
        number=instrument.number,
        kind=instrument.kind,
    )
    pdf = workplace.renderer.render(docx)
    proof = prove_pdf(word, pdf)
    return Final(docx=docx, pdf=pdf, text=text_of(docx), proof=proof.as_json())


def as_json_bytes(content: Any) -> bytes:
    """Return `content` as UTF-8 JSON, keys sorted, one way only."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
