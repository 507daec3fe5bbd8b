"""Guarding: what an order says stands in a changed text as it stood in the standard one.

A figure, a name or a day of the order may only be changed in the order: there it is checked,
reckoned through and seen by all who look at the register. Standard figures of the template that
the order does not name are wording: they may be changed, and every such change is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from templates.deviating.comparing import Edit, Kind
from templates.deviating.fielded import Fielded, Span, lost_fields
from templates.deviating.lines import Line
from templates.deviating.vetting import refused
from templates.errors import Finding

_SHOWN: Final = 40
_IN_THE_ORDER: Final = "由订单生成，不能在 Word 中改动；请在订单中修改后重新投放，再出草稿修改条款"


@dataclass(frozen=True, slots=True)
class Figure:
    """A standard figure of the template that a change of wording took along."""

    place: str
    path: str
    value: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """A standard text, its fields, and the text made of it; `bound` are the order's own fields."""

    standard: Sequence[Line]
    fielded: Sequence[Fielded]
    revised: Sequence[Line]
    bound: set[str]

    @property
    def frozen(self) -> set[int]:
        """Return the tables of the standard text that hold what the order says."""
        return {
            line.table
            for line, fields in zip(self.standard, self.fielded, strict=True)
            if line.table and fields.holds(self.bound)
        }


def violations(guarded: Guarded, edits: Sequence[Edit]) -> tuple[Finding, ...]:
    """Return every change of what the order says, with its place and what to do."""
    found = [*_touched(guarded, edits)]
    if not found:
        found += _shapes(guarded)
    return tuple(dict.fromkeys(found))


def figures_taken(guarded: Guarded, edits: Sequence[Edit]) -> tuple[Figure, ...]:
    """Return the standard figures that no longer stand where they did."""
    return tuple(
        Figure(guarded.standard[edit.at].place, span.path, _value(guarded.fielded[edit.at], span))
        for edit in edits
        for span in _lost(guarded, edit)
        if span.path not in guarded.bound
    )


def bound_texts(fields: Mapping[str, str], bound: set[str]) -> dict[str, str]:
    """Return what the order's fields say, those that say nothing left out."""
    return {path: fields[path] for path in sorted(bound) if fields[path].strip()}


def _touched(guarded: Guarded, edits: Sequence[Edit]) -> Iterator[Finding]:
    frozen = guarded.frozen
    for edit in edits:
        line = guarded.standard[edit.at] if edit.at >= 0 else None
        if line is not None and line.table in frozen and edit.kind is not Kind.KEPT:
            yield refused(line.place, _of_table(guarded, edit))
            continue
        for span in _lost(guarded, edit):
            if span.path in guarded.bound and line is not None:
                yield refused(line.place, _of_field(guarded, edit, span))


def _lost(guarded: Guarded, edit: Edit) -> tuple[Span, ...]:
    if edit.kind is Kind.CHANGED:
        return lost_fields(guarded.fielded[edit.at], edit.letters)
    if edit.kind is Kind.REMOVED and edit.moved < 0:
        return guarded.fielded[edit.at].spans
    return ()


def _of_table(guarded: Guarded, edit: Edit) -> str:
    before = _short(guarded.standard[edit.at].text)
    after = _short(guarded.revised[edit.to].text) if edit.kind is Kind.CHANGED else ""
    became = f"被改为“{after}”" if after else "被删去或移动"
    return f"“{before}”{became}；此表{_IN_THE_ORDER}"


def _of_field(guarded: Guarded, edit: Edit, span: Span) -> str:
    text = _value(guarded.fielded[edit.at], span)
    if edit.kind is Kind.REMOVED:
        return f"此段被删去，其中“{_short(text)}”（{span.path}）{_IN_THE_ORDER}"
    after = _short(guarded.revised[edit.to].text)
    return (
        f"“{_short(text)}”（{span.path}）或紧邻它的文字被改动，现为“{after}”；该内容{_IN_THE_ORDER}"
    )


def _shapes(guarded: Guarded) -> Iterator[Finding]:
    """Yield the tables of the order whose rows and cells are not those of the standard text."""
    after = list(_tables(guarded.revised).values())
    at = 0
    for table, cells in _tables(guarded.standard).items():
        if table not in guarded.frozen:
            continue
        while at < len(after) and after[at] != cells:
            at += 1
        if at == len(after):
            clause = next(line.clause for line in guarded.standard if line.table == table)
            yield refused(clause, f"第 {table} 张表的行列有增减或移动；此表{_IN_THE_ORDER}")
            return
        at += 1


def _tables(lines: Sequence[Line]) -> dict[int, list[tuple[int, int, str]]]:
    found: dict[int, list[tuple[int, int, str]]] = {}
    for line in lines:
        if line.table:
            found.setdefault(line.table, []).append((line.row, line.column, line.text))
    return found


def _value(line: Fielded, span: Span) -> str:
    return line.text[span.start : span.end]


def _short(text: str) -> str:
    plain = text.strip()
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
