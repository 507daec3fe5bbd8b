"""Failures: one table that says which error means retry, wait, park, refuse or stop.

RETRY   something outside failed for the moment: try again, a few times, ever later
WAIT    people must act first; nothing is wrong
PARK    this one paper cannot go on; the others do; the reason stands in its row
REFUSE  the order itself cannot be accepted: back to the sender with the reason
STOP    the archive or the installation is not to be trusted: stop working
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy.exc import OperationalError

from archive.errors import (
    ApprovalNeeded,
    ApprovalRefused,
    ArchiveError,
    ChildLost,
    CopyRefused,
    DirectoryRefused,
    FilingRefused,
    NumberRefused,
    RetentionRefused,
    RulesUnfit,
    SealImageDamaged,
    SealKeyUnfit,
    SealRefused,
    SigningFailed,
    StampBroken,
    StampRefused,
)
from index.errors import (
    EngineMissing,
    IndexDamaged,
    IndexFailure,
    IndexLocked,
    IndexUnreachable,
    QuestionRefused,
)
from pipeline.intake.refusal import OrderRefused
from templates.errors import (
    ProofFailed,
    RendererMissing,
    RenderingFailed,
    TemplateError,
    TemplateUnfit,
    TermsRefused,
)


class Outcome(Enum):
    """What the worker does about a failure."""

    RETRY = "retry"
    WAIT = "wait"
    PARK = "park"
    REFUSE = "refuse"
    LEAVE = "leave"
    STOP = "stop"


class Overtaken(Exception):
    """The paper ended, or moved on, under another hand: a newer revision came."""


class SourceLost(Exception):
    """The received bytes of a paper under way are gone; it must be dropped again."""


class ContractNeeded(Exception):
    """The paper follows another that is not filed yet: its contract, or the round before."""


class RevisionStale(Exception):
    """A text changed by hand does not fit what the order asks for now (Chinese)."""


OUTCOMES: dict[type[Exception], Outcome] = {
    RenderingFailed: Outcome.RETRY,
    OperationalError: Outcome.RETRY,
    SigningFailed: Outcome.RETRY,
    ChildLost: Outcome.RETRY,
    IndexLocked: Outcome.RETRY,
    IndexDamaged: Outcome.RETRY,
    IndexUnreachable: Outcome.RETRY,
    ContractNeeded: Outcome.WAIT,
    RevisionStale: Outcome.WAIT,
    ApprovalNeeded: Outcome.WAIT,
    OrderRefused: Outcome.REFUSE,
    TermsRefused: Outcome.REFUSE,
    ApprovalRefused: Outcome.REFUSE,
    DirectoryRefused: Outcome.PARK,
    NumberRefused: Outcome.PARK,
    SealRefused: Outcome.PARK,
    StampRefused: Outcome.PARK,
    CopyRefused: Outcome.PARK,
    StampBroken: Outcome.PARK,
    FilingRefused: Outcome.PARK,
    RetentionRefused: Outcome.PARK,
    RulesUnfit: Outcome.STOP,
    SealKeyUnfit: Outcome.STOP,
    SealImageDamaged: Outcome.STOP,
    Overtaken: Outcome.LEAVE,
    SourceLost: Outcome.PARK,
    TemplateUnfit: Outcome.PARK,
    ProofFailed: Outcome.PARK,
    RendererMissing: Outcome.STOP,
    QuestionRefused: Outcome.PARK,
    TemplateError: Outcome.STOP,
    EngineMissing: Outcome.STOP,
    IndexFailure: Outcome.STOP,
    ArchiveError: Outcome.STOP,
}


def is_integrity(error: BaseException | None) -> bool:
    """Return whether `error` puts what is stored in doubt; an unfit rule or key does not."""
    if isinstance(error, RulesUnfit | SealKeyUnfit):
        return False
    return isinstance(error, ArchiveError) and outcome_of(error) is Outcome.STOP


def outcome_of(error: Exception) -> Outcome:
    """Return what `error` means, by its nearest named ancestor; the unforeseen stops the worker."""
    for kind in type(error).__mro__:
        if kind in OUTCOMES:
            return OUTCOMES[kind]
    return Outcome.STOP
