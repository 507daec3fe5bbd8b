"""Font order: the fonts of a PDF put into the order of their names.

LibreOffice writes fonts in the order of their addresses in memory, which differs from one
start to the next. Only the order differs; so the same document would be two files.
"""

from __future__ import annotations

from typing import Any, Final

import pikepdf

_Copies = dict[tuple[int, int], pikepdf.Object]

_DEPTH: Final = 32


def order_fonts(document: pikepdf.Pdf) -> None:
    """Write the fonts of all pages anew, ordered by the names the pages call them by."""
    copies: _Copies = {}
    ordered: set[tuple[int, int]] = set()
    for page in document.pages:
        fonts = page.resources.get("/Font")
        if fonts is None:
            continue
        for name in sorted(fonts.keys()):
            if fonts[name].objgen not in ordered:
                fonts[name] = _copy(document, fonts[name], copies, _DEPTH)
                ordered.add(fonts[name].objgen)


def _copy(document: pikepdf.Pdf, thing: Any, copies: _Copies, depth: int) -> Any:
    """Return `thing` and all it refers to as new objects, numbered in the order met."""
    if depth == 0:
        raise ValueError("a font refers to itself")
    fresh: pikepdf.Object
    if isinstance(thing, pikepdf.Array):
        fresh = pikepdf.Array([_copy(document, part, copies, depth - 1) for part in thing])
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        if thing.objgen in copies:
            return copies[thing.objgen]
        parts = {
            key: _copy(document, thing[key], copies, depth - 1)
            for key in sorted(thing.keys())
            if key != "/Length"
        }
        if isinstance(thing, pikepdf.Stream):
            fresh = document.make_stream(thing.read_raw_bytes(), parts)
        else:
            fresh = pikepdf.Dictionary(parts)
    else:
        return thing
    if not thing.is_indirect:
        return fresh
    copies[thing.objgen] = fresh if fresh.is_indirect else document.make_indirect(fresh)
    return copies[thing.objgen]
