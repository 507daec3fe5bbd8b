"""Proof: a finished document read back and compared with what it should say.

The Word file is read without the engine that filled it, the PDF without the engine that set it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from templates.covering import Cover, cover
from templates.errors import ProofFailed
from templates.expectation import Expectation
from templates.reading import Paragraph, body_of, margins_of, pages_of
from templates.wordfile import Wordfile
from templates.wording import amount_of_words, parse_amount

NUMBER_TO_COME = "（审批完成后编号）"
"""What a draft prints in place of its number."""

_SHOWN = 12
_LENGTH_SHOWN = 80
_LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|×{2,}|_{2,}|\ufffd|" + NUMBER_TO_COME)
_CAPITALS = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正"
_BOTH = re.compile(
    f"(?P<words>负?[{_CAPITALS}]{{2,}})[\\s（(）)，,：:小写即合计]{{0,12}}"
    r"[￥¥]\s*(?P<figures>-?[0-9][0-9,，.]*[0-9]|[0-9])"
)
_NO_TERMS = ("docProps/",)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved of a finished document; kept beside it as a record."""

    fields: int
    paragraphs: int
    pages: int
    checks: tuple[tuple[str, str, str], ...]

    def as_json(self) -> dict[str, object]:
        """Return the proof as JSON values; the same document gives the same proof."""
        return {
            "fields": self.fields,
            "paragraphs": self.paragraphs,
            "pages": self.pages,
            "checks": [
                {"code": code, "verdict": verdict, "detail": detail}
                for code, verdict, detail in self.checks
            ],
        }


@dataclass(frozen=True, slots=True)
class _Text:
    """A Word file as read back."""

    file: Wordfile
    body: tuple[Paragraph, ...]
    margins: tuple[Paragraph, ...]

    @classmethod
    def of(cls, docx: bytes) -> _Text:
        file = Wordfile.open(docx)
        return cls(file, body_of(file), margins_of(file))

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(paragraph.text for paragraph in (*self.body, *self.margins))


def assert_complete(docx: bytes, pdf: bytes) -> None:
    """Raise ProofFailed, naming what is missing, unless all text of `docx` stands in `pdf`.

    Blanks, line ends, page ends and the order of cells do not count; how often a text stands
    does. Headers and footers must stand on every page.
    """
    text = _Text.of(docx)
    missing = cover(text.body, text.margins, pages_of(pdf)).missing
    if missing:
        raise ProofFailed(_shortened([f"PDF {each}" for each in missing]))


def prove(
    *,
    template_docx: bytes,
    draft: bytes,
    final: bytes,
    pdf: bytes,
    fields: Mapping[str, str],
    number: str,
) -> Proof:
    """Prove that `final` and `pdf` say the template with `fields` in it, and nothing else.

    `fields` are flat (``items.0.name``) and hold the number; `draft` is the text that was
    approved, with NUMBER_TO_COME in its place. Raises ProofFailed with every difference.
    """
    text, pages = _Text.of(final), pages_of(pdf)
    expectation = Expectation(fields)
    covered = cover(text.body, text.margins, pages)
    found = {
        "template": tuple(_from_template(_template_text(template_docx), text, expectation)),
        "fields": tuple(_unprinted(expectation, fields, number)),
        "draft": tuple(_from_draft(Wordfile.open(draft), text, number)),
        "leftovers": tuple(_leftovers(text.lines)),
        "words": tuple(_words_and_figures(text.lines)),
        "pdf": tuple(_from_pdf(covered)),
    }
    differences = [each for problems in found.values() for each in problems]
    if differences:
        raise ProofFailed(_shortened(differences))
    pairs = sum(len(_BOTH.findall(line)) for line in text.lines)
    details = {
        "template": "除字段外与登记的模板逐段一致",
        "fields": f"{len(expectation.printed)} 个字段全部印出，逐字一致",
        "draft": "除编号外与审批稿一致，格式一致",
        "leftovers": "没有未填的标签、占位符和空白横线",
        "words": f"{pairs} 处大写金额与小写金额一致",
        "pdf": "PDF 文字与正文逐段一致，不缺不多",
    }
    return Proof(
        fields=len(expectation.printed),
        paragraphs=sum(1 for paragraph in text.body if paragraph.text.strip()),
        pages=len(pages),
        checks=tuple((code, "pass", details[code]) for code in found),
    )


# A template is read once per process: it serves thousands of documents and never changes.
@lru_cache(maxsize=16)
def _template_text(template_docx: bytes) -> _Text:
    return _Text.of(template_docx)


def _from_template(template: _Text, final: _Text, expectation: Expectation) -> Iterator[str]:
    expected = (expectation.of(template.body), expectation.of(template.margins))
    yield from dict.fromkeys(expectation.problems)
    for place, wanted, paragraphs in (
        ("正文", expected[0], final.body),
        ("页眉页脚", expected[1], final.margins),
    ):
        said = tuple(paragraph.text for paragraph in paragraphs)
        yield from _differences(f"{place}与模板不符", wanted, said)


def _unprinted(expectation: Expectation, fields: Mapping[str, str], number: str) -> Iterator[str]:
    for path in sorted(set(fields) - expectation.printed):
        yield f"字段“{path}”没有印在文书中：“{fields[path]}”"
    if not any(fields[path] == number for path in expectation.printed):
        yield f"文书中没有印出编号“{number}”"


def _from_draft(draft: Wordfile, final: _Text, number: str) -> Iterator[str]:
    """Yield what was changed after the approvals: first the wording, else the formatting."""
    changed = tuple(_changed_parts(draft, final.file, number))
    if not any(NUMBER_TO_COME.encode() in part for part in draft.parts.values()):
        yield f"审批稿中没有编号的位置“{NUMBER_TO_COME}”"
    if not changed:
        return
    lines = [paragraph.text for paragraph in (*body_of(draft), *margins_of(draft))]
    wanted = tuple(line.replace(NUMBER_TO_COME, number) for line in lines)
    wording = tuple(_differences("与审批稿不符", wanted, final.lines))
    yield from wording or (f"与审批稿不符：{name} 的格式或附属内容不同" for name in changed)


def _changed_parts(draft: Wordfile, final: Wordfile, number: str) -> Iterator[str]:
    for name in sorted({*draft.parts, *final.parts}):
        before, after = draft.parts.get(name), final.parts.get(name)
        if before is not None:
            before = before.replace(NUMBER_TO_COME.encode(), number.encode())
        if before != after and not name.startswith(_NO_TERMS):
            yield name


def _leftovers(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if found := _LEFTOVERS.search(line):
            yield f"留有未填的“{found[0]}”：{_short(line)}"


def _words_and_figures(lines: Sequence[str]) -> Iterator[str]:
    """Yield every amount that is one in words and another in the figures beside them."""
    for line in lines:
        for found in _BOTH.finditer(line):
            try:
                same = amount_of_words(found["words"]) == parse_amount(found["figures"])
            except ValueError:
                yield f"大写或小写金额“{found[0]}”无法辨认：{_short(line)}"
                continue
            if not same:
                yield f"大写“{found['words']}”与小写“{found['figures']}”不一致：{_short(line)}"


def _from_pdf(covered: Cover) -> Iterator[str]:
    yield from (f"PDF {each}" for each in covered.missing)
    yield from (f"PDF 多出“{_short(each)}”" for each in covered.surplus)


def _differences(what: str, wanted: Sequence[str], said: Sequence[str]) -> Iterator[str]:
    if tuple(wanted) == tuple(said):
        return
    matcher = difflib.SequenceMatcher(None, wanted, said, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for position in range(max(b - a, d - c)):
            yield _difference(
                what,
                wanted[a + position] if a + position < b else None,
                said[c + position] if c + position < d else None,
            )


def _difference(what: str, wanted: str | None, said: str | None) -> str:
    if wanted is None:
        return f"{what}：多出“{_short(said or '')}”"
    if said is None:
        return f"{what}：缺“{_short(wanted)}”"
    start = next(
        (at for at, (one, other) in enumerate(zip(wanted, said, strict=False)) if one != other),
        min(len(wanted), len(said)),
    )
    start = max(0, start - 10)
    return f"{what}：应为“{_short(wanted[start:])}”，实为“{_short(said[start:])}”"


def _short(text: str) -> str:
    plain = text.strip()
    return plain if len(plain) <= _LENGTH_SHOWN else f"{plain[:_LENGTH_SHOWN]}…"


def _shortened(differences: Sequence[str]) -> tuple[str, ...]:
    shown = tuple(differences[:_SHOWN])
    more = len(differences) - len(shown)
    return (*shown, f"另有 {more} 处") if more else shown
