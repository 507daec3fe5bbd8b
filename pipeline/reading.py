"""Reading: the whole text a record is found by, and where each page begins in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.countersigning import COUNTERSIGNED_TEXT
from archive.dossiers import Record, Rendition
from archive.takingin import KIND, RECOGNISED

RECOGNISED_MARK: Final = "〔文字识别，可能有误〕"
"""Stands before every page that was read off a picture."""
_LINE_ENDS: Final = re.compile(r"\r?\n(\s*\n)?")


def recognised_among(session: Session, records: Sequence[int]) -> Mapping[int, Sequence[Rendition]]:
    """Return the texts read off pictures that stand beside the records' own, by record id."""
    query = select(Rendition).where(
        Rendition.record_id.in_(records), Rendition.role.in_((RECOGNISED, COUNTERSIGNED_TEXT))
    )
    found: dict[int, list[Rendition]] = defaultdict(list)
    for rendition in session.scalars(query.order_by(Rendition.role)):
        found[rendition.record_id].append(rendition)
    return found


def whole_text(record: Record, texts: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """Return the record's text and where its pages begin; the first of `texts` is its own.

    Of a paper taken in, what was read off a page stands behind the page's own text; of one
    made here, what the countersigned scan says stands behind the whole.
    """
    own, read = texts[0], texts[1:]
    if record.kind != KIND:
        starts = tuple(record.description.get("page_starts", ()))
        pages = [page for text in read for page in text.split("\f")]
        return "\n".join([own, *(_marked(page) for page in pages if page.strip())]), starts
    sheets = zip_longest(own.split("\f"), *(text.split("\f") for text in read), fillvalue="")
    begins, length, whole = [], 0, []
    for first, *others in sheets:
        said = [_joined(first), *(_marked(other) for other in others if other.strip())]
        begins.append(length)
        whole.append("\n".join(said))
        length += len(whole[-1]) + 1
    return "\n".join(whole), tuple(begins) if record.pages else ()


def _marked(page: str) -> str:
    return f"{RECOGNISED_MARK}{_joined(page)}"


def _joined(page: str) -> str:
    """Return lines as they are read on: what was broken at a line's end is whole.

    A page does not say where a paragraph ends, unless by a blank line. Any other line end is told
    as one within a paragraph (U+2028): between Latin letters or digits it is a space, else nothing.
    """
    return _LINE_ENDS.sub(lambda ends: "\n" if ends[1] else "\u2028", page)
