"""Proof printing: a template filled with a specimen, printed and read back (试印)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pikepdf

from archive.errors import StampRefused
from archive.sampleseal import sample_seal
from archive.sheets import Sheets
from archive.stamping import Imprint, SealingAct, SeamSeal, stamp
from pipeline.specimens import specimen_fields
from pipeline.wiring import Workplace
from templates.catalogue import Template
from templates.errors import Finding, Level, ProofFailed, RenderingFailed
from templates.fields import flatten, with_number
from templates.filling import fill
from templates.proof import NUMBER_TO_COME, prove

SHOWN_NUMBER = "预览（不作凭证）"
"""What a preview prints in place of the number."""

_SEAL_OWNER = "预览样章"
_MOVE = (
    "印章盖在书签右下方，请把书签放在“（盖章）”之后、单位名称之前，四周各留 25 mm，"
    "或登记时用 --seal-offset 右移,上移（毫米）改变位置"
)
_NARROW = (
    "试印用 40 行的费用明细。缺字多因表格列太窄，一格的字断成多行并跨页，无法核对；"
    "请把该表放在横向页面，加宽各列或减小字号，使每格不超过一两行；"
    "缺的若是文本框中的字，请移到正文"
)


@dataclass(frozen=True, slots=True)
class Print:
    """A specimen on paper, and what its proof found."""

    docx: bytes
    pdf: bytes
    findings: tuple[Finding, ...]


def proof_print(workplace: Workplace, template: Template) -> Print:
    """Print `template` filled with a specimen, marked as a preview; prove and seal it as any paper.

    Raises TemplateUnfit or TermsRefused where it cannot be filled, RenderingFailed where no
    PDF came out, RendererMissing where there is nothing to print with.
    """
    fields = specimen_fields(template.kind, template.defaults)
    shown = with_number(fields, SHOWN_NUMBER)
    title = _title(template)
    draft = fill(template, with_number(fields, NUMBER_TO_COME), title=title)
    docx = fill(template, shown, title=title)
    pdf = workplace.renderer.render(docx)
    sealed, unsealed = _sealed(workplace, template, pdf)
    found = (*_unproved(template, draft, docx, pdf, flatten(shown)), *unsealed)
    return Print(docx, sealed, found)


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
            reference=template.path.read_bytes(),
            draft=draft,
            final=docx,
            pdf=pdf,
            fields=fields,
            number=SHOWN_NUMBER,
            kind=template.kind,
        )
    except ProofFailed as error:
        for difference in error.differences:
            yield _blocks("试印", f"试印后核验不符：{difference}")
        yield Finding("T41", Level.WARN, "试印", _NARROW)


def _sealed(workplace: Workplace, template: Template, pdf: bytes) -> tuple[bytes, list[Finding]]:
    """Return `pdf` with a sample seal where the firm's own will stand, or why it cannot."""
    if not template.seal_places:
        return pdf, []
    image = sample_seal(_SEAL_OWNER)
    imprints = tuple(
        Imprint(image, place.name, place.dx_mm, place.dy_mm)
        for place in template.seal_places
        if place.party == "B"
    )
    act = SealingAct(
        imprints=imprints,
        seam=SeamSeal(image),
        number=SHOWN_NUMBER,
        title=_title(template),
        creator=_SEAL_OWNER,
        made_at=workplace.clock(),
        qr_text=None,
    )
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            for place in template.seal_places:
                Sheets(document).destination(place.name)
        return stamp(pdf, act).pdf, []
    except StampRefused as error:
        return pdf, [_blocks("试印", f"试盖印章不成：{error}；{_MOVE}")]


def _title(template: Template) -> str:
    return f"【预览】{template.code}@{template.version}"


def _blocks(place: str, message: str) -> Finding:
    return Finding("T41", Level.BLOCK, place, message)
