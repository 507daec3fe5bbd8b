"""PDF proof: a finished PDF read back by two readers and by the eye, against its Word file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from templates.comparing import field_name, short
from templates.covering import Cover, cover
from templates.errors import DocumentUnreadable, ProofFailed
from templates.evidence import Check, Place, Proof, ProvedField
from templates.folding import fold
from templates.glyphreading import Unfamiliar, glyph_pages
from templates.labels import label_of
from templates.pdfreading import pages_of, pages_of_independent, taken_apart
from templates.visibility import hazards, look_at, unreadable
from templates.wordproof import MARGIN, ProvedWord, WordText, shortened, title_of

_DRAWN = re.compile(rb"<w:(?:drawing|pict|object)\b|<w:u [^>]*wave|<w:em\b")
_COUNTED_ANEW = re.compile(rb"<w:pgNumType[^>]*w:start=|SECTIONPAGES")
_AGREES, _SILENT, _DIFFERS = "一致", "未能读出，由另一读取程序判定", "不一致"


@dataclass(frozen=True, slots=True)
class _Readings:
    """What the readers found: the reading that decides, and the verdict on each reader."""

    decides: Cover
    pages: int
    verdicts: dict[str, str]
    problems: tuple[str, ...]


def prove_pdf(word: ProvedWord, pdf: bytes) -> Proof:
    """Prove that `pdf` shows what `word` says, all of it, once and in order, and nothing else.

    Raises ProofFailed with every difference.
    """
    drawn = any(_DRAWN.search(part) for part in word.text.file.parts.values())
    seen = look_at(pdf, has_drawings=drawn)
    hidden, second = _take_apart(pdf, seen.pages, title_of(word.text.file))
    read = _compare(word, {**second, "PDFium": seen.pages})
    problems = [*read.problems, *(f"PDF {each}" for each in (*hidden, *seen.problems))]
    if problems:
        raise ProofFailed(shortened(problems))
    readers = "、".join(name for name, verdict in read.verdicts.items() if verdict == _AGREES)
    return Proof(
        number=word.number,
        title=title_of(word.text.file) or "",
        fields=tuple(_fields(word, read.decides)),
        paragraphs=sum(1 for paragraph in word.text.body if paragraph.text.strip()),
        pages=read.pages,
        checks=(
            *word.checks,
            Check("pdf", f"PDF 文字与 Word 文件逐段一致，不缺不多，次序一致（{readers} 读回）"),
            Check("seen", "PDF 各页文字均可见，没有遮盖、隐藏、页外文字、批注和图层"),
        ),
        readers=read.verdicts,
        digests={**word.digests, "pdf": hashlib.sha256(pdf).hexdigest()},
    )


def assert_complete(docx: bytes, pdf: bytes) -> None:
    """Raise ProofFailed, naming what is missing, unless all text of `docx` stands in `pdf`.

    Blanks, line ends, page ends and the order of cells do not count; how often a text stands
    does. Headers and footers must stand on every page.
    """
    text = WordText.of(docx)
    missing = cover(text.body, text.margins, pages_of(pdf)).missing
    if missing:
        raise ProofFailed(shortened([f"PDF {each}" for each in missing]))


def _take_apart(
    pdf: bytes, first: Sequence[str], title: str | None
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return what pages do not show, and what the second reader says, by its name, if it speaks.

    Where the quick one is at a loss, pypdf reads.
    """
    said: tuple[str, ...] = ()
    try:
        with taken_apart(pdf) as document:
            hidden = tuple(hazards(document, title))
            said = glyph_pages(document)
    except Unfamiliar:
        pass
    except DocumentUnreadable as error:
        hidden = (unreadable(error),)
    if said and not _is_silent(said, first):
        return hidden, {"qpdf": said}
    try:
        said = pages_of_independent(pdf)
    except DocumentUnreadable:
        return hidden, {}
    return hidden, {} if _is_silent(said, first) else {"pypdf": said}


def _compare(word: ProvedWord, pages: dict[str, tuple[str, ...]]) -> _Readings:
    """Compare what each reader says with `word`.

    The one that is not PDFium comes first and decides. It can fail without a word, so where it
    reads nothing, or a page less, or a page as empty that PDFium does not, PDFium decides.
    """
    text = word.text
    numbered = not any(_COUNTED_ANEW.search(part) for part in text.file.parts.values())
    verdicts: dict[str, str] = {} if len(pages) > 1 else {"pypdf": _SILENT}
    covers, problems = [], dict[str, None]()
    for name, said in pages.items():
        covered = cover(text.body, text.margins, said, is_numbered=numbered)
        found = tuple(_faults(word, covered))
        verdicts[name] = _DIFFERS if found else _AGREES
        covers.append(covered)
        problems |= dict.fromkeys(found)
    return _Readings(covers[0], len(pages["PDFium"]), verdicts, tuple(problems))


def _is_silent(said: Sequence[str], other: Sequence[str]) -> bool:
    return len(said) < len(other) or any(
        not one.strip() and two.strip() for one, two in zip(said, other, strict=False)
    )


def _faults(word: ProvedWord, covered: Cover) -> Iterator[str]:
    yield from (f"PDF {each}" for each in covered.unheaded)
    places = word.text.places if covered.lost else ()
    for position in covered.lost:
        names = "、".join(field_name(path, word.kind) for path, _, _ in word.body[position].fields)
        at = places[position]
        text = short(word.text.body[position].text)
        yield f"PDF 缺“{text}”（Word 文件{at}{'，' if names else ''}{names}）"
    yield from (f"PDF 第 {page} 页多出“{short(text)}”" for page, text in covered.extra)
    if not covered.lost and not covered.extra:
        for position in covered.out_of_order(word.text.body):
            yield f"PDF 页序不对：“{short(word.text.body[position].text)}”印在了前面的页上"


def _fields(word: ProvedWord, covered: Cover) -> Iterator[ProvedField]:
    places: dict[str, dict[Place, None]] = {}
    named = word.text.places
    for position, line in enumerate(word.body):
        for path, start, _ in line.fields:
            before = len(fold(line.text[:start]))
            page = covered.page_of(position, before) or 0
            places.setdefault(path, {})[Place(named[position], page)] = None
    for line in word.margins:
        for path, _, _ in line.fields:
            places.setdefault(path, {})[Place(MARGIN, 0)] = None
    for path, value in word.printed.items():
        label = label_of(path, word.kind)
        yield ProvedField(path, label, value, tuple(places.get(path, ())))
