"""Labels: what a clerk calls a field, and the place where it stands (称谓)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from templates.fitting.lexicon import MEANINGS, ROWS
from templates.reading import Paragraph

_ROW = re.compile(r"\.(\d+)(?=\.|$)")


def label_of(path: str, kind: str) -> str:
    """Return the field at `path` (``items.2.amount``) in the words of its `kind` of document."""
    row = _ROW.search(path)
    bare = _ROW.sub("[]", path)
    meaning = MEANINGS.get(f"{kind}:{bare}") or MEANINGS.get(bare) or ""
    name = meaning.partition("（")[0] or path
    if row is None:
        return name
    rows = ROWS.get(path[: row.start()], "").partition("（")[0]
    return f"{rows}第 {int(row[1]) + 1} 行{name}"


def places_of(paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    """Yield where each paragraph stands, as a clerk counts: blank paragraphs do not count."""
    count = 0
    for paragraph in paragraphs:
        if paragraph.cell is not None:
            table, row, cell = paragraph.cell
            yield f"表格 {table} 第 {row} 行第 {cell} 格"
            continue
        count += bool(paragraph.text.strip())
        yield f"正文第 {count} 段"
