"""Every error has an outcome, and what nobody foresaw stops the worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.errors import (
    ApprovalNeeded,
    ApprovalRefused,
    ArchiveError,
    ChildLost,
    DigestMismatch,
    SealRefused,
    SigningFailed,
    StampBroken,
)
from index.errors import IndexFailure
from pipeline import failures
from pipeline.failures import OUTCOMES, Outcome, outcome_of
from templates.errors import ProofFailed, RenderingFailed, TemplateError, TermsRefused


def descendants(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


@pytest.mark.parametrize(
    "kind", sorted({*descendants(ArchiveError), *descendants(TemplateError)}, key=str), ids=str
)
def test_every_named_error_has_an_outcome(kind: type[Exception]) -> None:
    assert any(parent in OUTCOMES for parent in kind.__mro__)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RenderingFailed("hung"), Outcome.RETRY),
        (ApprovalNeeded(["法务"]), Outcome.WAIT),
        (ApprovalRefused(["不同意"]), Outcome.REFUSE),
        (TermsRefused([]), Outcome.REFUSE),
        (ProofFailed(["缺一段"]), Outcome.PARK),
        (SealRefused("过期"), Outcome.PARK),
        (DigestMismatch("x", "a", "b"), Outcome.STOP),
        (IndexFailure("?"), Outcome.STOP),
        (KeyError("nobody foresaw this"), Outcome.STOP),
        (OSError(28, "No space left on device"), Outcome.STOP),
    ],
)
def test_each_consequence_has_its_outcome(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) is outcome


def test_an_integrity_error_never_counts_as_something_to_retry_or_park() -> None:
    integrity = [
        kind
        for kind in descendants(ArchiveError)
        if (failures.OUTCOMES.get(kind) in {Outcome.RETRY, Outcome.PARK})
        and "Refused" not in kind.__name__
    ]
    outside = {SigningFailed, ChildLost}
    assert set(integrity) - outside == {StampBroken}, (
        "a paper not filed yet may be parked, nothing stored may"
    )
