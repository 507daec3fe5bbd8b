"""Originals: whether what is kept of a paper is the original, and what belongs to it (原件)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from archive.countersigning import countersigned_of
from archive.days import business_day
from archive.dossiers import Record
from archive.events import Event
from archive.gaps import SUPPLIED
from archive.sealway import SealWay
from archive.takingin import KIND as TAKEN_IN
from pipeline.countersigning import SIGNED

UNKNOWN: Final = "未登记"
_ORIGINALS: Final = frozenset({"original", "later_original"})
"""The requirements of rules/completeness.toml that ask for a countersigned original."""
_OF_DOSSIER: Final = frozenset({"contract", "nda"})
_ONE_SIDED: Final = frozenset({"authority"})
"""Kinds nobody signs but this firm."""


def form_word(record: Record) -> str:
    """Return what the register knows of the file kept: an original, a scan, or not yet signed."""
    countersigned = countersigned_of(record)
    if countersigned is not None:
        return "电子签署原件" if countersigned["way"] == SIGNED else "签署件的扫描件"
    about = record.description
    if record.kind == TAKEN_IN:
        return str(about.get("origin") or UNKNOWN)
    way = about.get("seal_way")
    if way == SealWay.SIGNED:
        ours = "本方电子签名件"
    elif way == SealWay.PRINTED:
        ours = "本方套章件"
    else:
        return UNKNOWN
    return ours if record.kind in _ONE_SIDED else f"{ours}，双方签署件{UNKNOWN}"


def supplied_word(record: Record, events: Iterable[Event]) -> str | None:
    """Return what was entered instead of a countersigned original: that it came in, or why none.

    None where nothing was; `events` are those of the dossier.
    """
    said = None
    for event in events:
        if event.action != SUPPLIED or event.details["document"] not in _ORIGINALS:
            continue
        about = event.details
        if about.get("paper", record.number if record.kind in _OF_DOSSIER else "") != record.number:
            continue
        day = business_day(event.at)
        if about["waived"]:
            who = "、".join(each for each in (event.actor, about.get("second")) if each)
            said = f"免予补交：{about['waived']}（{who}，{day}）"
        else:
            proof = about["evidence"]["name"]
            said = f"已登记收到，未作为签署件归卷（{event.actor}，{day}，依据 {proof}）"
    return said


def annex_word(record: Record) -> str:
    """Return the annexes the text of a paper lists; they stand in it, behind its clauses."""
    annexes = record.description.get("annexes")
    if annexes is None:
        return UNKNOWN
    return f"{len(annexes)} 个，随正文" if annexes else "正文未列"
