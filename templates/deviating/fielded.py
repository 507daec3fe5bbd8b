"""Fielded: which letters of a standard text come from fields, and from which (字段所在)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from templates.deviating.comparing import Letters, letters_of
from templates.errors import ProofFailed
from templates.expectation import Expectation, Outline, Wanted
from templates.reading import Paragraph, body_of, margins_of
from templates.wordfile import Wordfile

_FREE_NEIGHBOURS: Final = set("（）；：。、“”《》 \u3000\t\n")


@dataclass(frozen=True, slots=True)
class Span:
    """The letters of one field in a paragraph: from `start` up to `end`."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fielded:
    """One paragraph of the standard text and where its fields stand."""

    text: str
    spans: tuple[Span, ...]

    def holds(self, paths: set[str]) -> bool:
        """Return whether any field of `paths` stands here."""
        return any(span.path in paths for span in self.spans)


def fielded(
    template_docx: bytes, standard_docx: bytes, fields: Mapping[str, str]
) -> tuple[tuple[Fielded, ...], tuple[Fielded, ...]]:
    """Return the paragraphs of text and margins of the standard document, with their fields.

    `fields` are flat and say what `standard_docx` was filled with. Raises ProofFailed where
    that document is not the template filled so.
    """
    template, standard = Wordfile.open(template_docx), Wordfile.open(standard_docx)
    told = []
    for of in (body_of, margins_of):
        expected = Outline.of(of(template)).filled(fields)
        _prove(expected, of(standard))
        told.append(tuple(_line(each) for each in expected.lines))
    return told[0], told[1]


def lost_fields(line: Fielded, letters: Letters) -> tuple[Span, ...]:
    """Return the fields of `line` that `letters` do not leave whole and alone.

    A field is left alone where its letters are kept in one piece and nothing is put in right
    beside them but a bracket or a stop: “5” must not become “15”, nor a firm its branch.
    """
    return tuple(span for span in line.spans if not _is_kept(span, letters))


def letters_around_fields(line: Fielded, after: str) -> Letters:
    """Return how `line` became `after` with every field kept; () where one is not to be found."""
    letters: list[tuple[int, str]] = []
    done = reached = 0
    for span in line.spans:
        value = line.text[span.start : span.end]
        found = _find(value, after, reached)
        if found < 0:
            return ()
        letters += letters_of(line.text[done : span.start], after[reached:found])
        letters.append((0, value))
        done, reached = span.end, found + len(value)
    letters += letters_of(line.text[done:], after[reached:])
    joined = _joined(letters)
    return () if lost_fields(line, joined) else joined


def _line(wanted: Wanted) -> Fielded:
    return Fielded(wanted.text, tuple(Span(path, start, end) for path, start, end in wanted.fields))


def _prove(expected: Expectation, said: Sequence[Paragraph]) -> None:
    if expected.problems or list(expected.texts) != [each.text for each in said]:
        raise ProofFailed([*expected.problems, "标准文本与登记的模板不符"])


def _find(value: str, text: str, start: int) -> int:
    """Return where `value` stands on its own at or after `start`, -1 where nowhere."""
    at = text.find(value, start)
    while at >= 0:
        end = at + len(value)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (_joins(before, value[:1]) or _joins(value[-1:], after)):
            return at
        at = text.find(value, at + 1)
    return -1


def _joins(one: str, other: str) -> bool:
    """Return whether two letters side by side make one figure or one word."""
    figures = "0123456789.,，%"
    return bool(one and other) and (
        (one in figures and other in figures) or (_is_latin(one) and _is_latin(other))
    )


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_kept(span: Span, letters: Letters) -> bool:
    at = 0
    for number, (turn, text) in enumerate(letters):
        if turn > 0:
            continue
        end = at + len(text)
        if at <= span.start and span.end <= end and turn == 0:
            left = letters[number - 1] if span.start == at and number else (0, "")
            right = (
                letters[number + 1] if span.end == end and number + 1 < len(letters) else (0, "")
            )
            return _is_free(_beside(letters, number, -1, left)[-1:]) and _is_free(
                _beside(letters, number, 1, right)[:1]
            )
        at = end
    return False


def _beside(letters: Letters, number: int, way: int, beside: tuple[int, str]) -> str:
    """Return what was put in right beside a stretch; it may stand behind what was taken out."""
    turn, text = beside
    if turn > 0:
        return text
    following = number + 2 * way
    if turn < 0 and 0 <= following < len(letters) and letters[following][0] > 0:
        return letters[following][1]
    return ""


def _is_free(char: str) -> bool:
    return not char or char in _FREE_NEIGHBOURS


def _joined(letters: Sequence[tuple[int, str]]) -> Letters:
    joined: list[tuple[int, str]] = []
    for turn, text in letters:
        if joined and joined[-1][0] == turn:
            joined[-1] = (turn, joined[-1][1] + text)
        elif text:
            joined.append((turn, text))
    return tuple(joined)
