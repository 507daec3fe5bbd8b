"""Noticing: days that start a period, dropped into the inbox by a system of the firm (起算通知)."""

from __future__ import annotations

from archive.custody import Evidence
from archive.errors import RetentionRefused
from archive.retention import Known, Trigger
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.retention import RetentionForm, notice_of
from pipeline.retaining import Dating, check_dates, record_dates
from pipeline.wiring import Workplace
from templates.errors import Finding, Level


def take_notice(workplace: Workplace, payload: bytes, name: str) -> str:
    """Enter the days of the notice and return the dossier's code; the same file again is harmless.

    The file is the evidence. Raises OrderRefused where its sender is not trusted, where the
    dossier is not filed yet, or where a day cannot be; Unfinished where it is cut.
    """
    form = _trusted(workplace, payload)
    try:
        shown = record_dates(workplace, form.dossier, _datings(form, payload, name))
    except RetentionRefused as error:
        raise _refused("dates", str(error)) from error
    return str(shown["code"])


def check_notice(workplace: Workplace, payload: bytes, name: str) -> str:
    """Return the code of the dossier `take_notice` would write into; raises as it does."""
    form = _trusted(workplace, payload)
    try:
        return check_dates(workplace, form.dossier, _datings(form, payload, name))
    except RetentionRefused as error:
        raise _refused("dates", str(error)) from error


def _trusted(workplace: Workplace, payload: bytes) -> RetentionForm:
    form = notice_of(payload)
    if form.source not in workplace.retention.trusted:
        raise _refused(
            "source",
            f"“{form.source}”不是受信任的系统；请用 guidang retention date 登记，"
            "或由管理员在 rules/retention.toml 的 trusted 中列明",
        )
    return form


def _datings(form: RetentionForm, payload: bytes, name: str) -> list[Dating]:
    return [
        Dating(
            trigger=Trigger(each.event),
            known=Known(each.state),
            on=each.on,
            evidence=Evidence(name, payload),
            person=form.recorded_by,
            reason=each.reason or "",
        )
        for each in form.dates
    ]


def _refused(place: str, message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])
