"""Word proof: a finished Word file read back without the engine that filled it."""

from __future__ import annotations

import bisect
import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from templates.comparing import differences, field_name, short, values_printed
from templates.core_properties import CORE_PART
from templates.errors import ProofFailed
from templates.evidence import Check
from templates.expectation import NUMBER_TO_COME, Expectation, Outline, Wanted
from templates.fieldsets.contract import DATE_TO_SIGN
from templates.formwork import Formwork
from templates.labels import places_of
from templates.reading import Paragraph, body_of, margins_of
from templates.sums import Sums
from templates.wordfile import Wordfile
from templates.wording import amount_of_words, parse_amount

MARGIN = "页眉页脚"
"""The place of what stands on every page."""

_SHOWN = 12
_LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|×{2,}|_{2,}|\ufffd|" + NUMBER_TO_COME)
_CAPITALS = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正"
_BOTH = re.compile(
    f"(?P<words>负?[{_CAPITALS}]{{2,}})[\\s（(）)，,：:小写即合计]{{0,12}}"
    r"[￥¥]\s*(?P<figures>-?[0-9][0-9,，.]*[0-9]|[0-9])"
)
_BETWEEN = "\0"
"""Stands between paragraphs where they are searched at once; no text can hold it."""

_OWN_NUMBER, _OWN_DATE = "contract.no", "contract.sign_date_cn"


@dataclass(frozen=True, slots=True)
class WordText:
    """A Word file as read back."""

    file: Wordfile
    body: tuple[Paragraph, ...]
    margins: tuple[Paragraph, ...]

    @classmethod
    def of(cls, docx: bytes) -> WordText:
        """Read `docx`; raises DocumentUnreadable."""
        file = Wordfile.open(docx)
        return cls(file, body_of(file), margins_of(file))

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the text of every paragraph, headers and footers last."""
        return tuple(paragraph.text for paragraph in (*self.body, *self.margins))

    @property
    def places(self) -> tuple[str, ...]:
        """Return where each of `lines` stands, in words."""
        return (*places_of(self.body), *(MARGIN for _ in self.margins))


@dataclass(frozen=True, slots=True)
class ProvedWord:
    """A Word file that says what it should, ready to be compared with its PDF."""

    text: WordText
    body: tuple[Wanted, ...]
    margins: tuple[Wanted, ...]
    printed: Mapping[str, str]
    checks: tuple[Check, ...]
    number: str
    kind: str
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Reference:
    """The registered template, or the draft changed by hand that takes its place."""

    outlines: tuple[Outline, Outline]
    formwork: Formwork


# A template is read once per process: it serves thousands of documents and never changes.
@lru_cache(maxsize=16)
def _reference(docx: bytes) -> _Reference:
    text = WordText.of(docx)
    outlines = Outline.of(text.body), Outline.of(text.margins)
    return _Reference(outlines, Formwork.of(text.file))


def prove_word(
    *,
    reference: bytes,
    draft: bytes,
    final: bytes,
    fields: Mapping[str, str],
    number: str,
    kind: str = "contract",
) -> ProvedWord:
    """Prove that `final` says `reference` with `fields` in it, and nothing else; before printing.

    `reference` is the registered template, or another Word file that takes its place: one with
    no tags is taken as it reads, NUMBER_TO_COME in it being the number. `fields` are flat
    (``items.0.name``) and hold the number; `draft` is the text that was approved, with
    NUMBER_TO_COME in its place. Raises ProofFailed with every difference.
    """
    text, form = WordText.of(final), _reference(reference)
    given = {**fields, NUMBER_TO_COME: number}
    own = next((path for path, value in fields.items() if value == number), NUMBER_TO_COME)
    expected = [_owned(outline.filled(given), own) for outline in form.outlines]
    said = text.lines
    wanted = [*expected[0].lines, *expected[1].lines]
    found: dict[str, tuple[str, ...]] = {
        "template": (
            *_problems(expected),
            *(_wording(expected, text, kind) or form.formwork.differences(text.file, given)),
        ),
        "fields": tuple(_unprinted(expected, fields, number, kind)),
        "draft": tuple(_from_draft(form, draft, text, given)),
        "leftovers": tuple(_leftovers(text, said)),
        "words": tuple(_words_and_figures(text, said)),
    }
    printed = {} if found["template"] else values_printed(wanted, said)
    sums = Sums(printed)
    found["sums"] = tuple(sums.faults())
    if problems := tuple(dict.fromkeys(each for faults in found.values() for each in faults)):
        raise ProofFailed(shortened(problems))
    return ProvedWord(
        text,
        tuple(expected[0].lines),
        tuple(expected[1].lines),
        printed,
        tuple(_checks(printed, said, tuple(sums.done))),
        number,
        kind,
        {"template": _sha256(reference), "draft": _sha256(draft), "docx": _sha256(final)},
    )


def _owned(expected: Expectation, own: str) -> Expectation:
    """Return `expected` with the place that a draft keeps for the number under its own path."""
    for at, line in enumerate(expected.lines):
        if any(path == NUMBER_TO_COME for path, _, _ in line.fields):
            fields = ((own if p == NUMBER_TO_COME else p, a, b) for p, a, b in line.fields)
            expected.lines[at] = Wanted(line.text, tuple(fields))
    return expected


def shortened(problems: Sequence[str]) -> tuple[str, ...]:
    """Return as many `problems` as a clerk can use, and how many more there are."""
    shown = tuple(problems[:_SHOWN])
    more = len(problems) - len(shown)
    return (*shown, f"另有 {more} 处") if more else shown


def _checks(
    printed: Mapping[str, str], said: Sequence[str], sums: Sequence[str]
) -> Iterator[Check]:
    pairs = sum(1 for _ in _found(_BOTH, said))
    added = "、".join(sums)
    yield Check("template", "除字段外与登记的模板逐字一致，格式、样式和附属内容一致")
    yield Check("fields", f"{len(printed)} 个字段全部印出，逐字一致")
    yield Check("draft", "除编号和签订日期外与审批稿一致")
    yield Check("leftovers", "没有未填的标签、占位符和空白横线")
    yield Check("words", f"{pairs} 处大写金额与小写金额一致")
    yield Check("sums", f"按印出的数字重算无误：{added}" if added else "文书中没有需要相加的金额")


def _problems(expected: Sequence[Expectation]) -> Iterator[str]:
    yield from dict.fromkeys(problem for each in expected for problem in each.problems)


def _wording(expected: Sequence[Expectation], text: WordText, kind: str) -> tuple[str, ...]:
    body, margins = (tuple(p.text for p in part) for part in (text.body, text.margins))
    if expected[0].texts == body and expected[1].texts == margins:
        return ()
    what, places, size = "与模板不符", text.places, len(text.body)
    return (
        *differences(what, expected[0].lines, body, places[:size], kind),
        *differences(what, expected[1].lines, margins, places[size:], kind),
    )


def _unprinted(
    expected: Sequence[Expectation], fields: Mapping[str, str], number: str, kind: str
) -> Iterator[str]:
    printed = {path for each in expected for line in each.lines for path, _, _ in line.fields}
    for path in sorted(set(fields) - printed):
        yield f"{field_name(path, kind)}没有印在文书中：“{fields[path]}”"
    if not any(fields.get(path) == number for path in printed):
        yield f"文书中没有印出编号“{number}”"


def _from_draft(
    form: _Reference, draft: bytes, final: WordText, given: Mapping[str, str]
) -> Iterator[str]:
    """Yield what was changed after the approvals: first the wording, else the formatting."""
    number = given[NUMBER_TO_COME]
    file = Wordfile.open(draft)
    if not any(NUMBER_TO_COME.encode() in part for part in file.parts.values()):
        yield f"审批稿中没有编号的位置“{NUMBER_TO_COME}”"
    if file.parts.get(CORE_PART) != final.file.parts.get(CORE_PART):
        yield "与审批稿不符：文件属性（标题、日期）不同"
    if not _is_changed(file, final.file, number):
        return
    pending = {path: NUMBER_TO_COME for path, value in given.items() if value == number}
    unsigned = {_OWN_DATE: DATE_TO_SIGN} if _OWN_NUMBER in pending and _OWN_DATE in given else {}
    as_drafted = ({**given, **pending}, {**given, **pending, **unsigned})
    faults = [tuple(form.formwork.differences(file, each)) for each in as_drafted]
    if not all(faults):
        return
    said = [paragraph.text for paragraph in (*body_of(file), *margins_of(file))]
    approved = [Wanted(line.replace(NUMBER_TO_COME, number)) for line in said]
    wording = tuple(differences("与审批稿不符", approved, final.lines, (), ""))
    yield from wording or (f"审批稿与模板不符：{each}" for each in faults[0])


def _is_changed(draft: Wordfile, final: Wordfile, number: str) -> bool:
    """Return whether any part of `final` is another than that of `draft` with its number."""
    coming, come = NUMBER_TO_COME.encode(), number.encode()
    return draft.parts.keys() != final.parts.keys() or any(
        part != final.parts[name] and part.replace(coming, come) != final.parts[name]
        for name, part in draft.parts.items()
    )


def _found(pattern: re.Pattern[str], lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield every match with the number of its line; the whole text is searched at once."""
    ends = list(itertools.accumulate(len(line) + 1 for line in lines))
    for found in pattern.finditer(_BETWEEN.join(lines)):
        yield bisect.bisect_right(ends, found.start()), found


def _leftovers(text: WordText, lines: Sequence[str]) -> Iterator[str]:
    for at, found in _found(_LEFTOVERS, lines):
        yield f"{text.places[at]}留有未填的“{found[0]}”：{short(lines[at])}"


def _words_and_figures(text: WordText, lines: Sequence[str]) -> Iterator[str]:
    """Yield every amount that is one in words and another in the figures beside them."""
    for at, found in _found(_BOTH, lines):
        words, figures = found["words"], found["figures"]
        try:
            same = amount_of_words(words) == parse_amount(figures)
        except ValueError:
            place = text.places[at]
            yield f"{place}大写或小写金额“{found[0]}”无法辨认：{short(lines[at])}"
            continue
        if not same:
            place = text.places[at]
            yield f"{place}大写“{words}”与小写“{figures}”不一致：{short(lines[at])}"


def title_of(file: Wordfile) -> str | None:
    """Return the title the file gives itself; None where it gives none."""
    if CORE_PART not in file.parts:
        return None
    for each in file.tree(CORE_PART):
        if etree.QName(each).localname == "title":
            return each.text or None
    return None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
