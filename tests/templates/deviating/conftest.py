"""A standard contract, its draft as people get it, and edits as Word makes them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import docx
import pytest

from archive.rulesets import packaged
from pipeline.checkrules import load_check_rules
from templates.catalogue import Template
from templates.deviating.revision import Revision, Standard, revise
from templates.drafts.mark import DraftMark, marked
from templates.drafts.watermark import watermarked
from templates.errors import Finding, TermsRefused
from templates.fields import contract_fields, flatten, with_number
from templates.filling import fill
from templates.proof import NUMBER_TO_COME
from templates.terms import ContractTerms

Edit = Callable[[Any], object]


@dataclass(frozen=True)
class Desk:
    """Where a clerk edits the draft of the standard text and hands it in."""

    standard: Standard
    draft: bytes

    def edited(self, edit: Edit) -> bytes:
        document = docx.Document(io.BytesIO(self.draft))
        edit(document)
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()

    def revised(self, edit: Edit) -> Revision:
        return revise(self.standard, self.edited(edit))

    def refused(self, edit: Edit) -> tuple[Finding, ...]:
        return self.refused_file(self.edited(edit))

    def refused_file(self, payload: bytes) -> tuple[Finding, ...]:
        with pytest.raises(TermsRefused) as caught:
            revise(self.standard, payload)
        return caught.value.findings


def paragraph(document: Any, start: str) -> Any:
    """Return the first paragraph that begins with `start`."""
    return next(each for each in document.paragraphs if each.text.startswith(start))


def rewrite(document: Any, start: str, old: str, new: str) -> None:
    """Change words of a paragraph, its runs joined as Word joins them when one retypes."""
    found = paragraph(document, start)
    text = found.text
    assert old in text
    for run in list(found.runs)[1:]:
        run._r.getparent().remove(run._r)
    found.runs[0].text = text.replace(old, new, 1)


@pytest.fixture
def words() -> Any:
    return rewrite


@pytest.fixture
def at() -> Any:
    return paragraph


@pytest.fixture(scope="session")
def desk(contract_template: Template, contract_terms: ContractTerms) -> Desk:
    fields = with_number(
        contract_fields(contract_terms, contract_template.defaults), NUMBER_TO_COME
    )
    text = fill(contract_template, fields, title="服务合同")
    rules = load_check_rules(packaged("checks"))
    standard = Standard(contract_template, text, flatten(fields), set(), "服务合同", rules, "FW")
    mark = DraftMark(contract_terms.order_no, 1, "a1" * 32)
    return Desk(standard, marked(watermarked(text), mark))
