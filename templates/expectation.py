"""Expectation: what a document must say, worked out from template and fields without Word or Jinja.

The engine that fills a template and the proof that reads the result back share no code, so that
an error of the one is seen by the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from templates.reading import Paragraph

_FIELD = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}")
_LOOP = re.compile(
    r"\{%\s*(?P<unit>tr|p)\s+for\s+(?P<name>\w+)\s+in\s+(?P<rows>\w+(?:\.\w+)*)\s*%\}"
)
_END = re.compile(r"\{%\s*(?:tr|p)\s+endfor\s*%\}")
_TAG = re.compile(r"\{[{%#]")


@dataclass(slots=True)
class Expectation:
    """The paragraphs a filled template must have, and which fields they print."""

    fields: Mapping[str, str]
    printed: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def of(self, template: Sequence[Paragraph]) -> tuple[str, ...]:
        """Return the text of every paragraph that `template` becomes."""
        return tuple(self._filled(template, {}))

    def _filled(self, template: Sequence[Paragraph], scope: Mapping[str, str]) -> Iterator[str]:
        at = 0
        while at < len(template):
            loop = _LOOP.search(template[at].text)
            if loop is None:
                yield self._line(template[at].text, scope)
                at += 1
                continue
            start = _after(template, at)
            end = _end_of(template, start)
            if end is None:
                self.problems.append(f"模板中的重复行“{loop[0]}”没有结束标记")
                return
            body = _body(template, start, end)
            rows = self._path(loop["rows"], scope)
            for number in range(self._count(rows)):
                yield from self._filled(body, {**scope, loop["name"]: f"{rows}.{number}"})
            at = _after(template, end)

    def _line(self, text: str, scope: Mapping[str, str]) -> str:
        pieces, done = [], 0
        for tag in _FIELD.finditer(text):
            pieces.append(self._plain(text[done : tag.start()]))
            pieces.append(self._value(self._path(tag[1], scope)))
            done = tag.end()
        return "".join([*pieces, self._plain(text[done:])])

    def _plain(self, text: str) -> str:
        if _TAG.search(text):
            self.problems.append(f"模板中有无法核对的标签：“{text.strip()[:60]}”")
        return text

    def _value(self, path: str) -> str:
        if path not in self.fields:
            self.problems.append(f"模板要填的“{path}”没有内容")
            return ""
        self.printed.add(path)
        return self.fields[path]

    def _path(self, name: str, scope: Mapping[str, str]) -> str:
        first, dot, rest = name.partition(".")
        return f"{scope.get(first, first)}{dot}{rest}"

    def _count(self, rows: str) -> int:
        """Return how many rows the fields hold at `rows` (items.0.name, items.1.name …)."""
        prefix = f"{rows}."
        numbers = {
            path[len(prefix) :].partition(".")[0] for path in self.fields if path.startswith(prefix)
        }
        return sum(1 for number in numbers if number.isdecimal())


def _after(template: Sequence[Paragraph], at: int) -> int:
    """Return the first position after the row, or the paragraph, of the tag at `at`."""
    row = template[at].row
    at += 1
    while row is not None and at < len(template) and template[at].row == row:
        at += 1
    return at


def _end_of(template: Sequence[Paragraph], start: int) -> int | None:
    depth = 0
    for position in range(start, len(template)):
        if _LOOP.search(template[position].text):
            depth += 1
        elif _END.search(template[position].text):
            if depth == 0:
                return position
            depth -= 1
    return None


def _body(template: Sequence[Paragraph], start: int, end: int) -> Sequence[Paragraph]:
    """Return what is repeated; cells before the end tag in its own row go with the tag."""
    row = template[end].row
    while row is not None and end > start and template[end - 1].row == row:
        end -= 1
    return template[start:end]
