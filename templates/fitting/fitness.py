"""Fitness: everything that keeps a Word file from being a template, found at once (模板检查).

T01-T06 tags, T10 seals, T11-T14 layout and numbering, T15-T16 language and faces, T20-T24
residue, T30 blanks, T31 clauses, T40 the trial, T99 what is no Word file at all. What a legal
officer asks of the wording is governed by rules: `legality`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from templates.catalogue import Template
from templates.errors import DocumentUnreadable, Finding, Level
from templates.fieldsets.shape import Fields
from templates.fitting.blanks import left_blank
from templates.fitting.clauses import missing_clauses
from templates.fitting.findings import WHOLE, blocks
from templates.fitting.layout import risky_layout
from templates.fitting.lettering import foreign_language, missing_faces
from templates.fitting.numbering import counted_numbers
from templates.fitting.places import Line, lines_of
from templates.fitting.residue import dangers, traces
from templates.fitting.seals import missing_seals
from templates.fitting.styles import Styles
from templates.fitting.tagging import Tagging
from templates.fitting.trial import trial_findings
from templates.fitting.vocabulary import Vocabulary
from templates.package import unpacked
from templates.parsing import Unparsable, parse
from templates.wordfile import Wordfile

_MOST_LINES = 5_000
_LONGEST_LINE = 5_000
"""Beyond these a file is no template, and looking at it would take long."""

_NO_WORD_FILE = {
    b"\xd0\xcf\x11\xe0": "这是旧式 .doc 文件或加了密码的文件；请在 Word 中去掉密码，另存为 .docx",
    b"%PDF": "这是 PDF；请用制作它的 Word 文件",
    b"{\\rt": "这是 RTF 文件；请在 Word 中另存为 .docx",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What a file is measured by: fields and an example of each, a registered template as model.

    `sample` gives the fields of the trial for the standard figures of the file; `required` are
    clauses to be found beside the usual ones; `faces` the families that can be printed,
    case-folded.
    """

    vocabulary: Vocabulary
    model: Template
    sample: Callable[[Mapping[str, str]], Fields]
    required: Sequence[str]
    faces: AbstractSet[str]


@dataclass(frozen=True, slots=True)
class Fitness:
    """Everything found in a file, which fields it prints, and its standard figures of those."""

    findings: tuple[Finding, ...]
    printed: frozenset[str] = frozenset()
    standard: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_fit(self) -> bool:
        """Return whether it may be registered; warnings do not stop it."""
        return not any(finding.level is Level.BLOCK for finding in self.findings)


def fitness_of(content: bytes, measure: Measure) -> Fitness:
    """Return everything found in the Word file `content`; it is never changed or run."""
    try:
        return _fitness(content, measure)
    except DocumentUnreadable as error:
        return Fitness(tuple(blocks("T99", WHOLE, each) for each in error.differences))


def _fitness(content: bytes, measure: Measure) -> Fitness:
    for start, message in _NO_WORD_FILE.items():
        if content.startswith(start):
            return Fitness((blocks("T99", WHOLE, message),))
    wordfile = Wordfile(unpacked(content))
    if wordfile.main != "word/document.xml" or "w" not in wordfile.tree(wordfile.main).nsmap:
        message = "Word 文件的内部结构不常见；请在 Word 中打开后另存为 .docx"
        return Fitness((blocks("T99", WHOLE, message),))
    tagging = Tagging(measure.vocabulary)
    found = tuple(_look(wordfile, tagging, measure))
    usual = measure.vocabulary.standard
    standard = {path: text for path, text in usual.items() if path in tagging.printed}
    if not any(finding.level is Level.BLOCK for finding in found):
        # What stands above says where; this says only that, so it is asked last.
        found = (*found, *_last_doubts(content, measure, standard))
    return Fitness(found, frozenset(tagging.printed), standard)


def _look(wordfile: Wordfile, tagging: Tagging, measure: Measure) -> Iterator[Finding]:
    lines, styles = lines_of(wordfile), Styles.of(wordfile)
    if unbounded := tuple(_unbounded(lines)):
        yield from unbounded
        return
    yield from dangers(wordfile.parts)
    yield from traces(lines)
    yield from tagging.findings(lines)
    yield from left_blank(lines, measure.vocabulary)
    yield from missing_seals(lines, measure.vocabulary.kind)
    yield from missing_clauses(lines, measure.vocabulary.kind, measure.required)
    yield from risky_layout(lines, styles)
    yield from counted_numbers(wordfile, lines, styles)
    yield from foreign_language(lines, styles)
    yield from missing_faces(wordfile, lines, styles, measure.faces)


def _unbounded(lines: Sequence[Line]) -> Iterator[Finding]:
    if len(lines) > _MOST_LINES:
        message = f"段落过多（{len(lines)} 段，上限 {_MOST_LINES} 段）；请删去空段和多余的内容"
        yield blocks("T99", WHOLE, message)
    for line in lines:
        if len(line.text) > _LONGEST_LINE:
            message = f"一段有 {len(line.text)} 字，上限 {_LONGEST_LINE} 字；请删去或分段"
            yield blocks("T99", line.where, message)


def _last_doubts(
    content: bytes, measure: Measure, standard: Mapping[str, str]
) -> Iterator[Finding]:
    try:
        Wordfile.open(content)
        parse(content)
    except DocumentUnreadable as error:
        yield from (blocks("T99", WHOLE, each) for each in error.differences)
    except Unparsable as error:
        yield from (blocks("T40", WHOLE, each) for each in error.problems)
    else:
        yield from trial_findings(content, measure.model, measure.sample(standard))
