"""Retention: a notice of days that start a dossier's period, schema guidang.retention/1."""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from pipeline.intake import jsontext
from pipeline.intake.fields import Day, Form, LongText, Text
from pipeline.intake.refusal import refusal_of

RETENTION_SCHEMA: Final = "guidang.retention/1"
_MARK: Final = b"guidang.retention/"


class DatingForm(Form):
    """One trigger: the day it happened, or that there is none, or that it is open again."""

    event: Literal["终止", "结清", "质保期满", "争议终结", "保密期满"]
    on: Day | None = None
    state: Literal["day", "none", "open"] = "day"
    evidence: LongText
    reason: Text | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.state == "day") != (self.on is not None):
            raise ValueError("请写明 on（日期），或把 state 写成 none（无此项）、open（尚未发生）")
        return self


class RetentionForm(Form):
    """A notice by a system of the firm; the whole file is kept as evidence."""

    schema_: Literal["guidang.retention/1"] = Field(alias="schema")
    dossier: Text
    """档号, contract number or order number."""
    source: Text
    recorded_by: Text
    dates: tuple[DatingForm, ...] = Field(min_length=1, max_length=5)


def is_notice(payload: bytes) -> bool:
    """Return whether the file says of itself that it is such a notice."""
    return _MARK in payload[:65536] and payload.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{"


def notice_of(payload: bytes) -> RetentionForm:
    """Return what the file says; raises OrderRefused, and Unfinished where it is cut."""
    content = jsontext.content_of(payload)
    try:
        return RetentionForm.model_validate(content.tree)
    except ValidationError as error:
        raise refusal_of(error) from error
