"""Internal forms: the firm's own papers about a document, from the register (内部单据)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archive.days import business_day
from archive.instruments import Instrument, InstrumentState
from pipeline.examining import blocking
from pipeline.recalling import recall, recall_filed
from pipeline.registersheets import (
    Known,
    NotRegistered,
    approval_sheet_of,
    known_of,
    legal_opinion_of,
    seal_request_of,
)
from pipeline.wiring import Workplace
from templates.checking import check_approval_sheet, check_legal_opinion, check_seal_request
from templates.errors import Finding
from templates.fields import (
    Fields,
    approval_sheet_fields,
    flatten,
    legal_opinion_fields,
    seal_request_fields,
    with_number,
)
from templates.filling import fill
from templates.proof import NUMBER_TO_COME, prove

_READY = (InstrumentState.NUMBERED, InstrumentState.SEALED, InstrumentState.FILED)
_Standard = Mapping[str, str]
_Made = tuple[tuple[Finding, ...], Callable[[_Standard], Fields], str]


@dataclass(frozen=True, slots=True)
class InternalForm:
    """A filled and proved form under its number, as Word and as PDF."""

    word: str
    number: str
    docx: bytes
    pdf: bytes


def form_of(workplace: Workplace, instrument: Instrument, word: str) -> InternalForm:
    """Return the form `word`, one of FORM_WORDS, about `instrument`; nothing is changed by it.

    It is filled strictly, set, and read back like any other document. Raises NotRegistered
    (Chinese) where the register does not know what the form must say, ProofFailed,
    RenderingFailed, TemplateUnfit.
    """
    if instrument.state not in _READY:
        raise NotRegistered("文书尚未编号，审批没有完成；内部单据在审批完成后出具")
    is_filed = instrument.state is InstrumentState.FILED
    paper = recall_filed(workplace, instrument) if is_filed else recall(workplace, instrument)
    kind, make = _FORMS[word]
    findings, fields_of, number = make(known_of(workplace, instrument, paper))
    if stops := blocking(findings):
        raise NotRegistered("；".join(f"{each.place}：{each.message}" for each in stops))
    on = business_day(workplace.clock())
    template = workplace.catalogue.pick(kind, paper.type_code, on=on)
    fields = fields_of(template.defaults)
    title = f"{word}：{paper.title}"
    numbered = with_number(fields, number)
    docx = fill(template, numbered, title=title)
    pdf = workplace.renderer.render(docx)
    prove(
        reference=template.path.read_bytes(),
        draft=fill(template, with_number(fields, NUMBER_TO_COME), title=title),
        final=docx,
        pdf=pdf,
        fields=flatten(numbered),
        number=number,
        kind=kind,
    )
    return InternalForm(word=word, number=number, docx=docx, pdf=pdf)


def _approval_sheet(known: Known) -> _Made:
    terms = approval_sheet_of(known)
    return (
        check_approval_sheet(terms),
        lambda standard: approval_sheet_fields(terms, standard),
        f"{known.number}-SP",
    )


def _legal_opinion(known: Known) -> _Made:
    terms = legal_opinion_of(known)
    return (
        check_legal_opinion(terms),
        lambda standard: legal_opinion_fields(terms, standard),
        f"{known.number}-FS",
    )


def _seal_request(known: Known) -> _Made:
    terms, number = seal_request_of(known)
    return (
        check_seal_request(terms),
        lambda standard: seal_request_fields(terms, standard),
        number,
    )


_FORMS: Mapping[str, tuple[str, Callable[[Known], _Made]]] = {
    "审批单": ("approval_sheet", _approval_sheet),
    "法审意见": ("legal_opinion", _legal_opinion),
    "用印申请": ("seal_request", _seal_request),
}
FORM_WORDS = tuple(_FORMS)
"""The forms there are, by the word they are asked for."""
