"""Proof printing: a template filled with a specimen, printed and read back (试印)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pikepdf

from archive.errors import StampRefused
from archive.sheets import Sheets
from pipeline.specimens import specimen_paper
from pipeline.wiring import Workplace
from templates.catalogue import Template
from templates.errors import Finding, Level, ProofFailed, RenderingFailed
from templates.fields import flatten, with_number
from templates.filling import fill
from templates.proof import NUMBER_TO_COME, prove

SHOWN_NUMBER = "预览（不作凭证）"
"""What a preview prints in place of the number."""


@dataclass(frozen=True, slots=True)
class Print:
    """A specimen on paper, and what its proof found."""

    docx: bytes
    pdf: bytes
    findings: tuple[Finding, ...]


def proof_print(workplace: Workplace, template: Template) -> Print:
    """Print `template` filled with a specimen, marked as a preview, and prove it as any paper.

    Raises TemplateUnfit or TermsRefused where it cannot be filled, RenderingFailed where no
    PDF came out, RendererMissing where there is nothing to print with.
    """
    fields = specimen_paper(template.kind).fields(template.defaults)
    shown = with_number(fields, SHOWN_NUMBER)
    title = f"【预览】{template.code}@{template.version}"
    draft = fill(template, with_number(fields, NUMBER_TO_COME), title=title)
    docx = fill(template, shown, title=title)
    pdf = workplace.renderer.render(docx)
    found = (*_unproved(template, draft, docx, pdf, flatten(shown)), *_unsealable(template, pdf))
    return Print(docx, pdf, found)


def print_findings(workplace: Workplace, template: Template) -> tuple[Finding, ...]:
    """Return what a proof print finds, a failing printer among it; raises RendererMissing."""
    try:
        return proof_print(workplace, template).findings
    except RenderingFailed as error:
        return (_blocks("打印", f"试印不成，LibreOffice 不能转换此文件：{error}"),)


def _unproved(
    template: Template, draft: bytes, docx: bytes, pdf: bytes, fields: Mapping[str, str]
) -> Iterator[Finding]:
    try:
        prove(
            template_docx=template.path.read_bytes(),
            draft=draft,
            final=docx,
            pdf=pdf,
            fields=fields,
            number=SHOWN_NUMBER,
        )
    except ProofFailed as error:
        for difference in error.differences:
            yield _blocks("试印", f"试印后核验不符：{difference}")


def _unsealable(template: Template, pdf: bytes) -> Iterator[Finding]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        sheets = Sheets(document)
        for place in template.seal_places:
            try:
                sheets.destination(place.name)
            except StampRefused as error:
                yield _blocks("试印", f"试印后找不到盖章位置：{error}")


def _blocks(place: str, message: str) -> Finding:
    return Finding("T41", Level.BLOCK, place, message)
