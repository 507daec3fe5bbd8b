"""Revision: a contract's standard text as people changed it in Word, held against it (修订)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from templates.catalogue import Template
from templates.checks.rules import CheckRules
from templates.completeness import clauses_missing_in
from templates.deviating.changes import Change, What, changes_of, changes_of_margins, summary_of
from templates.deviating.cleaning import clean
from templates.deviating.comparing import Letters, compare
from templates.deviating.fielded import Fielded, fielded, letters_around_fields
from templates.deviating.frame import frame_problems
from templates.deviating.guarding import Figure, Guarded, figures_taken, violations
from templates.deviating.lines import Line, lines_of, margin_lines_of
from templates.deviating.newwords import new_word_findings
from templates.deviating.numberplace import put
from templates.deviating.vetting import refused
from templates.drafts.mark import DraftMark
from templates.errors import DocumentUnreadable, Finding, Level, ProofFailed, TermsRefused
from templates.proof import NUMBER_TO_COME

_MOST_LINES: Final = 12_000
_WORDING: Final = (What.ADDED, What.REMOVED, What.CHANGED, What.MOVED)


@dataclass(frozen=True, slots=True)
class Standard:
    """The text that was changed: what it was filled from, with what, and as which file.

    `named` are the fields the order itself says although the template has a standard figure;
    `rules` weigh what is found in the new words, as for contracts of `type_code`.
    """

    template: Template
    docx: bytes
    fields: Mapping[str, str]
    named: Collection[str]
    title: str
    rules: CheckRules
    type_code: str
    number: str | None = None

    @property
    def bound(self) -> set[str]:
        """Return the fields whose content only the order may change."""
        return set(self.fields) - (set(self.template.defaults) - set(self.named))


@dataclass(frozen=True, slots=True)
class Revision:
    """A changed text that may be put to approval; `docx` is clean, with NUMBER_TO_COME in it."""

    docx: bytes
    mark: DraftMark | None
    changes: tuple[Change, ...]
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]

    @property
    def summary(self) -> str:
        """Return the changes of wording in one sentence, clause by clause."""
        return summary_of(self.changes)


def revise(standard: Standard, changed: bytes) -> Revision:
    """Return the revision that the Word file `changed` makes of `standard`.

    Raises TermsRefused with everything that keeps it out: what cannot be read without doubt,
    what the order says and was changed by hand, a frame or a required clause that was lost,
    words that void a clause, and a file in which no wording differs.
    """
    received, problems = clean(changed, title=standard.title, dated=standard.template.in_force_from)
    if received is None:
        raise TermsRefused(problems)
    docx = received.docx
    if standard.number is not None:
        docx = put(docx, NUMBER_TO_COME, instead_of=standard.number)
    docx = put(docx, NUMBER_TO_COME, instead_of=NUMBER_TO_COME)
    try:
        changes, figures, findings = _compared(standard, docx)
    except DocumentUnreadable as error:
        raise TermsRefused([refused("文件", each) for each in error.differences]) from error
    blocking = [each for each in findings if each.level is Level.BLOCK]
    if blocking:
        raise TermsRefused(findings)
    if not any(change.what in _WORDING for change in changes):
        raise TermsRefused([refused("文件", _nothing(changes))])
    return Revision(docx, received.mark, changes, figures, findings)


def revision_digest(standard_digest: str, docx: bytes, seq: int) -> str:
    """Return the SHA-256 that binds approvals to the revision `seq` of a text.

    It covers the terms and template the text was made of and every byte of the clean Word
    file, formatting too: what was approved is what is printed. A text withdrawn and brought
    in again is another revision: decisions on the first say nothing of it.
    """
    content = {
        "standard": standard_digest,
        "revision": hashlib.sha256(docx).hexdigest(),
        "seq": seq,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _compared(
    standard: Standard, docx: bytes
) -> tuple[tuple[Change, ...], tuple[Figure, ...], tuple[Finding, ...]]:
    before, after = lines_of(standard.docx), lines_of(docx)
    if len(after) > _MOST_LINES:
        raise DocumentUnreadable([f"段落过多（{len(after)}），上限 {_MOST_LINES}"])
    fields, margins = fielded(standard.template.path.read_bytes(), standard.docx, standard.fields)
    guarded = Guarded(before, fields[: len(before)], after, standard.bound)
    edits = compare(
        [line.text for line in before],
        [line.text for line in after],
        like=lambda at, to: bool(before[at].table) == bool(after[to].table),
        letters=lambda at, to: _letters(fields[at], after[to]),
    )
    changes = (
        *changes_of(before, after, edits),
        *changes_of_margins(margin_lines_of(standard.docx), margin_lines_of(docx)),
    )
    findings = (
        *violations(guarded, edits),
        *_margin_violations(margins, docx, standard.bound),
        *frame_problems(
            standard.docx,
            docx,
            seals=[place.name for place in standard.template.seal_places],
            number=NUMBER_TO_COME,
        ),
        *_missing(standard, before, after),
        *standard.rules.govern(
            _words(changes, standard.rules.figures.vague_words),
            kind=standard.template.kind,
            type_code=standard.type_code,
        ),
    )
    return changes, figures_taken(guarded, edits), tuple(dict.fromkeys(findings))


def _letters(line: Fielded, after: Line) -> Letters:
    return letters_around_fields(line, after.text) if line.spans else ()


def _margin_violations(
    margins: Sequence[Fielded], docx: bytes, bound: set[str]
) -> Iterator[Finding]:
    """Yield the fields of the order that no header or footer prints any more."""
    said = "\n".join(line.text for line in margin_lines_of(docx))
    for line in margins:
        for span in line.spans:
            value = line.text[span.start : span.end]
            if span.path in bound and value not in said:
                yield refused("页眉页脚", f"“{value}”（{span.path}）不在了；请恢复页眉页脚")


def _missing(
    standard: Standard, before: Sequence[Line], after: Sequence[Line]
) -> Iterator[Finding]:
    template = standard.template
    lacked, lacking = (
        clauses_missing_in([line.text for line in lines], template.kind, template.required_clauses)
        for lines in (before, after)
    )
    for clause in lacking:
        if clause not in lacked:
            yield Finding(
                "P-302",
                Level.BLOCK,
                clause,
                f"“{clause}”是合同必备条款，修订后不见了；请保留其标题和内容",
            )


def _words(changes: Sequence[Change], vague: tuple[str, ...]) -> Iterator[Finding]:
    for change in changes:
        if change.what in (What.ADDED, What.CHANGED):
            yield from new_word_findings(change, vague)


def _nothing(changes: Sequence[Change]) -> str:
    if not changes:
        return "与标准文本完全相同，不需要作为非标合同提交"
    return "与标准文本只有空格或格式不同，文字没有改动，不需要作为非标合同提交"


def assert_said(docx: bytes, bound: Mapping[str, str]) -> None:
    """Raise ProofFailed unless the document says every one of the `bound` fields."""
    whole = "\n".join(line.text for line in (*lines_of(docx), *margin_lines_of(docx)))
    lost = [
        f"字段“{path}”没有印在文书中：“{text}”" for path, text in bound.items() if text not in whole
    ]
    if lost:
        raise ProofFailed(lost)
