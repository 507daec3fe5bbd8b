"""Proof: a finished document read back and compared with what it should say.

The Word file is read without the engine that filled it, the PDF by two readers without the
engine that set it, and by the eye.
"""

from __future__ import annotations

from collections.abc import Mapping

from templates.evidence import Proof
from templates.expectation import NUMBER_TO_COME
from templates.pdfproof import assert_complete, prove_pdf
from templates.wordproof import prove_word

__all__ = ["NUMBER_TO_COME", "Proof", "assert_complete", "prove", "prove_pdf", "prove_word"]


def prove(
    *,
    reference: bytes,
    draft: bytes,
    final: bytes,
    pdf: bytes,
    fields: Mapping[str, str],
    number: str,
    kind: str = "contract",
) -> Proof:
    """Prove that `final` and `pdf` say `reference` with `fields` in it, and nothing else.

    As `prove_word` and then `prove_pdf`; raises ProofFailed with every difference.
    """
    word = prove_word(
        reference=reference, draft=draft, final=final, fields=fields, number=number, kind=kind
    )
    return prove_pdf(word, pdf)
