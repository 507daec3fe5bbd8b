"""Expectation: what a document must say, worked out from reference and fields without Jinja.

The engine that fills a template and the proof that reads the result back share no code, so that
an error of the one is seen by the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from templates.reading import Paragraph

NUMBER_TO_COME = "（审批完成后编号）"
"""What a draft prints in place of its number; in a reference it is the place of the number."""

_FIELD = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}|(" + NUMBER_TO_COME + ")")
_LOOP = re.compile(
    r"\{%\s*(?P<unit>tr|p)\s+for\s+(?P<name>\w+)\s+in\s+(?P<rows>\w+(?:\.\w+)*)\s*%\}"
)
_END = re.compile(r"\{%\s*(?:tr|p)\s+endfor\s*%\}")
_TAG = re.compile(r"\{[{%#]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paragraph as it must read; `fields` are path, start and end of each field in it."""

    text: str
    fields: tuple[tuple[str, int, int], ...] = ()


@dataclass(slots=True)
class Expectation:
    """The paragraphs a document must have, and what keeps them from being known."""

    lines: list[Wanted] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the text of every paragraph."""
        return tuple(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph of the reference: fixed texts, and the names of the fields between them."""

    texts: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Loop:
    """What is repeated for each row; `columns` are the fields of the row that are printed."""

    name: str
    rows: str
    body: tuple[_Line | _Loop, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The paragraphs of a reference, read once and ready to be filled many times.

    A reference without any tag, as a draft changed by hand, is taken as it reads;
    NUMBER_TO_COME in it is the field of that name.
    """

    parts: tuple[_Line | _Loop, ...]
    problems: tuple[str, ...]

    @classmethod
    def of(cls, reference: Sequence[Paragraph]) -> Outline:
        """Return the outline; `problems` name tags that the proof cannot follow."""
        problems: list[str] = []
        return cls(tuple(_parts(reference, problems)), tuple(problems))

    def filled(self, fields: Mapping[str, str]) -> Expectation:
        """Return what stands there with `fields` (flat, ``items.0.name``) in it."""
        found = Expectation(problems=list(self.problems))
        _fill(self.parts, fields, {}, found)
        return found


def _parts(reference: Sequence[Paragraph], problems: list[str]) -> Iterator[_Line | _Loop]:
    at = 0
    while at < len(reference):
        loop = _LOOP.search(reference[at].text)
        if loop is None:
            yield _line(reference[at].text, problems)
            at += 1
            continue
        start = _after(reference, at)
        end = _end_of(reference, start)
        if end is None:
            problems.append(f"模板中的重复行“{loop[0]}”没有结束标记")
            return
        body = tuple(_parts(_body(reference, start, end), problems))
        yield _Loop(loop["name"], loop["rows"], body, tuple(_columns(body, f"{loop['name']}.")))
        at = _after(reference, end)


def _line(text: str, problems: list[str]) -> _Line:
    texts, names, done = [], [], 0
    for tag in _FIELD.finditer(text):
        texts.append(text[done : tag.start()])
        names.append(tag[1] or tag[2])
        done = tag.end()
    texts.append(text[done:])
    if any(_TAG.search(each) for each in texts):
        problems.append(f"模板中有无法核对的标签：“{text.strip()[:60]}”")
    return _Line(tuple(texts), tuple(names))


def _columns(body: Sequence[_Line | _Loop], start: str) -> Iterator[str]:
    for part in body:
        if isinstance(part, _Loop):
            yield from _columns(part.body, start)
        else:
            yield from (name[len(start) :] for name in part.names if name.startswith(start))


def _fill(
    parts: Sequence[_Line | _Loop],
    fields: Mapping[str, str],
    scope: Mapping[str, str],
    found: Expectation,
) -> None:
    for part in parts:
        if isinstance(part, _Loop):
            rows = _path(part.rows, scope)
            number = 0
            while any(f"{rows}.{number}.{column}" in fields for column in part.columns):
                _fill(part.body, fields, {**scope, part.name: f"{rows}.{number}"}, found)
                number += 1
        elif part.names:
            found.lines.append(_filled(part, fields, scope, found))
        else:
            found.lines.append(Wanted(part.texts[0]))


def _filled(
    line: _Line, fields: Mapping[str, str], scope: Mapping[str, str], found: Expectation
) -> Wanted:
    text = line.texts[0]
    places = []
    for name, fixed in zip(line.names, line.texts[1:], strict=True):
        path = _path(name, scope)
        value = fields.get(path)
        if value is None:
            found.problems.append(f"模板要填的“{path}”没有内容")
            value = ""
        else:
            places.append((path, len(text), len(text) + len(value)))
        text += value + fixed
    return Wanted(text, tuple(places))


def _path(name: str, scope: Mapping[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return f"{scope.get(first, first)}{dot}{rest}"


def _after(reference: Sequence[Paragraph], at: int) -> int:
    """Return the first position after the row, or the paragraph, of the tag at `at`."""
    row = reference[at].row
    at += 1
    while row is not None and at < len(reference) and reference[at].row == row:
        at += 1
    return at


def _end_of(reference: Sequence[Paragraph], start: int) -> int | None:
    depth = 0
    for position in range(start, len(reference)):
        if _LOOP.search(reference[position].text):
            depth += 1
        elif _END.search(reference[position].text):
            if depth == 0:
                return position
            depth -= 1
    return None


def _body(reference: Sequence[Paragraph], start: int, end: int) -> Sequence[Paragraph]:
    """Return what is repeated; cells before the end tag in its own row go with the tag."""
    row = reference[end].row
    while row is not None and end > start and reference[end - 1].row == row:
        end -= 1
    return reference[start:end]
