"""Approval: a decision given in another system, as it arrives inside a file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.intake.fields import Digest, Form, LongText, Moment, Text


class PersonForm(Form):
    """A person and the post they decided in."""

    name: Text
    post: Text


class ApprovalForm(Form):
    """One decision of the approval chain."""

    step: Text
    by: PersonForm
    at: Moment
    opinion: LongText
    source: Text
    decision: Literal["同意", "不同意"] = Field(default="同意")
    terms_digest: Digest | None = None
