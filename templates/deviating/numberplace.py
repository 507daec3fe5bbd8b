"""Number place: one text put for another in a Word file, over however many runs it is split."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from templates.deviating.ooxml import w
from templates.drafts.watermark import written
from templates.package import packed
from templates.wordfile import Wordfile


def put(docx: bytes, new: str, *, instead_of: str) -> bytes:
    """Return `docx` with `new` wherever `instead_of` stands, in one run each time.

    Text, headers and footers; a text that goes over two paragraphs is not one.
    """
    file = Wordfile.open(docx)
    parts = dict(file.parts)
    margins = (r.target for r in file.relations(file.main) if r.kind in {"header", "footer"})
    for name in dict.fromkeys([file.main, *margins]):
        root = file.tree(name)
        changed = [_put(list(each.iter(w("t"))), new, instead_of) for each in root.iter(w("p"))]
        if any(changed):
            parts[name] = written(root)
    return packed(parts)


def _put(letters: Sequence[etree._Element], new: str, old: str) -> bool:
    """Put `new` for `old` in the letters of one paragraph; say whether it stood there."""
    texts = [each.text or "" for each in letters]
    whole = "".join(texts)
    at = whole.rfind(old)
    if at < 0:
        return False
    while at >= 0:
        texts = _cut(texts, at, at + len(old), new)
        at = whole.rfind(old, 0, at)
    for each, text in zip(letters, texts, strict=True):
        each.text = text
        each.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return True


def _cut(texts: Sequence[str], start: int, end: int, new: str) -> list[str]:
    cut: list[str] = []
    at = 0
    is_put = False
    for text in texts:
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            cut.append(text[:first] + ("" if is_put else new) + text[last:])
            is_put = True
        else:
            cut.append(text)
        at += len(text)
    return cut
