"""Originals: whether what is kept of a paper is the original, and what belongs to it (原件)."""

from __future__ import annotations

from typing import Final

from archive.countersigning import countersigned_of
from archive.dossiers import Record
from archive.sealway import SealWay
from archive.takingin import KIND as TAKEN_IN
from pipeline.countersigning import SIGNED

UNKNOWN: Final = "未登记"
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


def annex_word(record: Record) -> str:
    """Return the annexes the text of a paper lists; they stand in it, behind its clauses."""
    annexes = record.description.get("annexes")
    if annexes is None:
        return UNKNOWN
    return f"{len(annexes)} 个，随正文" if annexes else "正文未列"
