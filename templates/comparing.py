"""Comparing: what a document says against what it should, each difference named for a clerk."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from templates.expectation import Wanted
from templates.labels import label_of

_LENGTH_SHOWN = 80
_FIELDS_TOLD = 8
_TEXT_TOLD = 2_000
_ALIGNED = 600
"""Paragraphs that are still set side by side; above, the time grows with their square."""


def differences(
    what: str, wanted: Sequence[Wanted], said: Sequence[str], places: Sequence[str], kind: str
) -> Iterator[str]:
    """Yield every paragraph of `said` that is not as `wanted`, its place first.

    Where only a field differs, the field is named with what it should say and what it says.
    """
    start, end = _common(wanted, said)
    ours, theirs = wanted[start : len(wanted) - end], said[start : len(said) - end]
    at = start
    for one, other in _paired(ours, theirs):
        place = places[min(at, len(places) - 1)] if places else ""
        if one is None:
            yield f"{place}{what}：多出“{short(other or '')}”"
        elif other is None:
            yield f"{place}{what}：缺“{short(one.text)}”"
        elif one.text != other:
            yield from (f"{place}{what}：{each}" for each in _named(one, other, kind))
        at += other is not None


def _common(wanted: Sequence[Wanted], said: Sequence[str]) -> tuple[int, int]:
    """Return how many paragraphs agree at the start, and at the end of what is left."""
    most = min(len(wanted), len(said))
    start = 0
    while start < most and wanted[start].text == said[start]:
        start += 1
    end = 0
    while end < most - start and wanted[-1 - end].text == said[-1 - end]:
        end += 1
    return start, end


def _paired(
    wanted: Sequence[Wanted], said: Sequence[str]
) -> Iterator[tuple[Wanted | None, str | None]]:
    """Yield what belongs together; None where the one or the other side has nothing."""
    if len(wanted) == len(said) or max(len(wanted), len(said)) > _ALIGNED:
        most = max(len(wanted), len(said))
        blocks = [(0, len(wanted), 0, len(said))] if most else []
    else:
        texts = [each.text for each in wanted]
        matcher = difflib.SequenceMatcher(None, texts, list(said), autojunk=False)
        blocks = [opcode[1:] for opcode in matcher.get_opcodes()]
    for a, b, c, d in blocks:
        for position in range(max(b - a, d - c)):
            yield (
                wanted[a + position] if a + position < b else None,
                said[c + position] if c + position < d else None,
            )


def _named(wanted: Wanted, said: str, kind: str) -> Iterator[str]:
    """Yield the fields that differ; where the fixed words do, the words."""
    pieces, done = [], 0
    for _, start, end in wanted.fields:
        pieces.append(re.escape(wanted.text[done:start]))
        done = end
    pieces.append(re.escape(wanted.text[done:]))
    few = 1 < len(pieces) <= _FIELDS_TOLD and len(said) <= _TEXT_TOLD
    found = re.fullmatch("(.*)".join(pieces), said, re.DOTALL) if few else None
    if found is None:
        yield _from_first_difference(wanted.text, said)
        return
    for (path, start, end), value in zip(wanted.fields, found.groups(), strict=True):
        should = wanted.text[start:end]
        if should != value:
            yield f"{field_name(path, kind)}应为“{short(should)}”，实为“{short(value)}”"


def field_name(path: str, kind: str) -> str:
    """Return how a message names a field: its label and its path."""
    label = label_of(path, kind)
    return f"字段“{path}”" if label == path else f"字段“{label}”（{path}）"


def _from_first_difference(wanted: str, said: str) -> str:
    start = next(
        (at for at, (one, other) in enumerate(zip(wanted, said, strict=False)) if one != other),
        min(len(wanted), len(said)),
    )
    start = max(0, start - 10)
    return f"应为“{short(wanted[start:])}”，实为“{short(said[start:])}”"


def short(text: str) -> str:
    """Return `text` as long as a message shows it."""
    plain = text.strip()
    return plain if len(plain) <= _LENGTH_SHOWN else f"{plain[:_LENGTH_SHOWN]}…"


def values_printed(wanted: Sequence[Wanted], said: Sequence[str]) -> dict[str, str]:
    """Return every field of `wanted` as it stands in `said`, read there; the texts are equal."""
    read: dict[str, str] = {}
    for line, text in zip(wanted, said, strict=True):
        for path, start, end in line.fields:
            read.setdefault(path, text[start:end])
    return read
