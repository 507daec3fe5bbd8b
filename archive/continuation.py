"""Continuation: whether what was put behind a sealed file adds signatures to it and nothing else.

A file may begin with every byte of the sealed one and still show another contract: later bytes
replace earlier ones. Loaded in a child alone (`confined`): the additions come from anywhere.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

import pikepdf
import pypdfium2

from archive.examination import LIES

_OF_SIGNING: Final = ("/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Perms", "/Version")
"""What a signature adds to the root of a document; nothing of it is drawn."""

_FIGURES: Final = re.compile(r"[0-9零壹贰叁肆伍陆柒捌玖拾佰仟]")
_MOST_ANNOTATIONS: Final = 1_000
_CORNERS: Final = 4


def continued(sealed: bytes, pdf: bytes) -> dict[str, Any]:
    """Return whether `pdf`, which begins with `sealed`, only adds signatures; and what else.

    ``changed_pages`` (from 1) are drawn otherwise, ``change`` says in Chinese what was done,
    empty where nothing but signing was.
    """
    try:
        with pikepdf.open(io.BytesIO(sealed)) as old, pikepdf.open(io.BytesIO(pdf)) as new:
            pages = _changed_pages(old, new)
            if pages:
                return _refused("归档件之后的增补改动了页面", pages)
            if _graph(old.Root, _OF_SIGNING) != _graph(new.Root, _OF_SIGNING):
                return _refused("归档件之后的增补改动了文件结构（页序、图层、附件等）", [])
            return _annotated(sealed, old, new)
    except (*LIES, pypdfium2.PdfiumError) as error:
        return _refused(f"归档件之后的增补无法核对（{type(error).__name__}）", [])


def _refused(change: str, pages: list[int]) -> dict[str, Any]:
    return {"permitted": False, "change": change, "changed_pages": pages}


def _changed_pages(old: pikepdf.Pdf, new: pikepdf.Pdf) -> list[int]:
    first, last = sorted((len(old.pages), len(new.pages)))
    changed = [
        number + 1
        for number in range(first)
        if _graph(old.pages[number].obj) != _graph(new.pages[number].obj)
    ]
    return changed + list(range(first + 1, last + 1))


def _annotated(sealed: bytes, old: pikepdf.Pdf, new: pikepdf.Pdf) -> dict[str, Any]:
    """Return what the annotations of `new` do that those of `old` did not."""
    covered: list[int] = []
    for number, (before, after) in enumerate(zip(old.pages, new.pages, strict=True)):
        stood = [_graph(each) for each in before.obj.get("/Annots", [])]
        for annotation in _annotations(after):
            drawn = _graph(annotation)
            if drawn in stood:
                stood.remove(drawn)
                continue
            if not _is_signature(annotation):
                return _refused("归档件之后添加了批注或表单", [number + 1])
            if _covers_figures(sealed, number, annotation):
                covered.append(number + 1)
        if len(stood) > sum(map(_is_field, before.obj.get("/Annots", []))):
            return _refused("归档件之后删去了批注", [number + 1])
    if covered:
        return _refused("归档件之后添加的签名外观盖住了正文中的数字", covered)
    return {"permitted": True, "change": "", "changed_pages": []}


def _annotations(page: pikepdf.Page) -> list[Any]:
    found = list(page.obj.get("/Annots", []))
    if len(found) > _MOST_ANNOTATIONS:
        raise ValueError("more annotations than anybody makes")
    return found


def _is_field(annotation: Any) -> bool:
    """Return whether it is a place for a signature: one that is signed is another than before."""
    return bool(_inherited(annotation, "/FT") == "/Sig")


def _is_signature(annotation: Any) -> bool:
    is_widget = annotation.get("/Subtype") == "/Widget" and _is_field(annotation)
    return is_widget and isinstance(_inherited(annotation, "/V"), pikepdf.Dictionary)


def _inherited(field: Any, key: str) -> Any:
    for _ in range(8):
        if field is None or field.get(key) is not None:
            break
        field = field.get("/Parent")
    return None if field is None else field.get(key)


def _covers_figures(sealed: bytes, page: int, annotation: Any) -> bool:
    """Return whether what a signature shows may lie over a figure of the sealed page."""
    corners = [float(each) for each in annotation.get("/Rect", [])]
    if len(corners) != _CORNERS:
        return True
    (left, right), (bottom, top) = sorted(corners[::2]), sorted(corners[1::2])
    if right - left < 1 or top - bottom < 1:
        return False
    document = pypdfium2.PdfDocument(sealed)
    try:
        text = document[page].get_textpage().get_text_bounded(left, bottom, right, top)
    finally:
        document.close()
    return bool(_FIGURES.search(text))


def _graph(start: Any, left_out: Collection[str] = ()) -> str:
    """Return a digest of everything an object leads to, whatever numbers the objects have.

    Annotations and the way back to the parent are looked at for themselves; `left_out` are
    keys of `start` alone.
    """
    digest = hashlib.sha256()
    for told in _told(start, left_out):
        digest.update(len(told).to_bytes(8, "big") + told)
    return digest.hexdigest()


def _told(start: Any, left_out: Collection[str]) -> Iterator[bytes]:
    """Yield every object from `start` on, one met before by its place among those met."""
    met: dict[tuple[int, int], int] = {}
    pending: list[tuple[Any, Collection[str]]] = [(start, left_out)]
    while pending:
        one, unread = pending.pop()
        if isinstance(one, pikepdf.Object) and one.is_indirect:
            if one.objgen in met:
                yield b"again %d" % met[one.objgen]
                continue
            met[one.objgen] = len(met)
        if isinstance(one, pikepdf.Stream):
            yield b"stream " + one.read_raw_bytes()
            yield from _keys(one.stream_dict, {"/Length"}, pending)
        elif isinstance(one, pikepdf.Dictionary):
            yield from _keys(one, unread, pending)
        elif isinstance(one, pikepdf.Array):
            yield b"array %d" % len(one)
            pending += [(each, ()) for each in one]
        else:
            yield repr(one).encode("utf-8", "backslashreplace")


def _keys(
    one: Any, unread: Collection[str], pending: list[tuple[Any, Collection[str]]]
) -> Iterator[bytes]:
    for key in sorted(map(str, one.keys())):
        if key not in unread and key not in {"/Parent", "/Annots", "/P"}:
            yield b"key " + key.encode("utf-8", "backslashreplace")
            pending.append((one[key], ()))
    yield b"end"
