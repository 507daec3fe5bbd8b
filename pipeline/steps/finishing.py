"""Finishing: the text with its number, as PDF/A, proved to say what the order says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.instruments import Instrument
from pipeline.deviated import bound_of
from pipeline.steps.drafting import Draft
from pipeline.wiring import Workplace
from templates.deviating.numberplace import put
from templates.deviating.revision import assert_said
from templates.fields import flatten, with_number
from templates.filling import fill
from templates.proof import NUMBER_TO_COME, prove_pdf, prove_word
from templates.reading import text_of

_NUMBER = "contract.no"


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
    if draft.deviation is not None:
        return _finish_revised(workplace, draft, instrument.number)
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


def _finish_revised(workplace: Workplace, draft: Draft, number: str) -> Final:
    """Return the text changed by hand with its number: nothing else of it differs.

    The approved text takes the template's place in the proof, and must say all that the
    order says.
    """
    docx = put(draft.docx, number, instead_of=NUMBER_TO_COME)
    bound = bound_of(workplace, draft, number)
    word = prove_word(
        reference=draft.docx,
        draft=draft.docx,
        final=docx,
        fields={_NUMBER: number},
        number=number,
        kind=draft.paper.kind,
    )
    assert_said(docx, bound)
    pdf = workplace.renderer.render(docx)
    told = prove_pdf(word, pdf).as_json()
    checks = [
        {"code": "deviation", "verdict": "pass", "detail": "除编号外与审批通过的修订文本一致"},
        {"code": "bound", "verdict": "pass", "detail": f"订单的 {len(bound)} 个字段全部印出"},
    ]
    listed: Any = told["checks"]
    told["checks"] = [each for each in listed if each["code"] != "template"] + checks
    return Final(docx=docx, pdf=pdf, text=text_of(docx), proof=told)


def as_json_bytes(content: Mapping[str, Any]) -> bytes:
    """Return `content` as UTF-8 JSON, keys sorted, one way only: a line a key or row of a list.

    Laid out so and not by the encoder, which takes eighteen times as long where it indents.
    """
    lines = ",\n".join(f"{_plain(key)}: {_rows(content[key])}" for key in sorted(content))
    return f"{{\n{lines}\n}}\n".encode()


def _rows(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_plain, value)) + "\n]"
    return _plain(value)


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
