"""Receiving: which door a claimed file is taken in by, told by its name alone (收件)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.countersignedreception import is_countersigned, receive_countersigned
from pipeline.reception import Reception, receive
from pipeline.revisionreception import is_revision, receive_revision
from pipeline.signingdays import is_signing_catalogue, receive_signing_days
from pipeline.wiring import Workplace


def receive_claimed(
    workplace: Workplace, claimed: Path, *, is_final: bool, after_step: Callable[[str], None]
) -> Reception:
    """Take the claimed file by its door; the caller removes it when this returns."""
    if is_revision(claimed):
        return receive_revision(workplace, claimed)
    if is_signing_catalogue(claimed):
        return receive_signing_days(workplace, claimed)
    if is_countersigned(claimed):
        return receive_countersigned(workplace, claimed)
    return receive(workplace, claimed, is_final=is_final, after_step=after_step)
