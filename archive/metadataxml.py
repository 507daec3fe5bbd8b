"""Metadata as XML: the same content as the JSON beside it, after our own schema (metadata.xsd).

The names are those of the JSON; where a name is free (`description`, `places`) it stands in
``field name``. A value that is no text says its type, so that nothing is lost on the way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

NAMESPACE: Final = "urn:guidang:metadata:1"

_ENTRY: Final = {
    "items": "item",
    "files": "file",
    "acts": "act",
    "seal_uses": "seal_use",
    "missing": "trigger",
}
"""What one entry of a list is called, where lists have names of their own."""
_FREE: Final = frozenset({"description", "places", "destroyed"})
_UNSAYABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_KEPT: Final = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def to_xml(metadata: Mapping[str, Any]) -> bytes:
    """Return `metadata` (JSON values only) as one XML document; same content, same bytes."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<metadata xmlns="{NAMESPACE}">']
    for key in sorted(metadata):
        _write(lines, key, "", metadata[key], free=False, depth=1)
    lines.append("</metadata>\n")
    return "\n".join(lines).encode()


def text_of(value: str) -> tuple[str, str]:
    """Return the type attribute (`escaped`: as JSON, where XML cannot write it) and the text."""
    if _UNSAYABLE.search(value):
        return ' type="escaped"', escape(json.dumps(value))
    return "", escape(value, _KEPT)


def _write(
    lines: list[str], tag: str, attributes: str, value: Any, *, free: bool, depth: int
) -> None:
    indent = " " * depth
    free = free or tag in _FREE
    if isinstance(value, Mapping):
        lines.append(f'{indent}<{tag}{attributes} type="object">')
        for key in sorted(value):
            if free:
                _write(lines, "field", _named(key), value[key], free=True, depth=depth + 1)
            else:
                _write(lines, key, "", value[key], free=False, depth=depth + 1)
        lines.append(f"{indent}</{tag}>")
    elif isinstance(value, list | tuple):
        lines.append(f'{indent}<{tag}{attributes} type="list">')
        for entry in value:
            inner = "entry" if free else _ENTRY.get(tag, "entry")
            _write(lines, inner, "", entry, free=free, depth=depth + 1)
        lines.append(f"{indent}</{tag}>")
    else:
        kind, text = _said(value)
        lines.append(f"{indent}<{tag}{attributes}{kind}>{text}</{tag}>")


def _named(key: str) -> str:
    if _UNSAYABLE.search(key):
        return f" escaped-name={quoteattr(json.dumps(key))}"
    return f" name={quoteattr(key, _KEPT)}"


def _said(value: Any) -> tuple[str, str]:
    """Return the type attribute and the text of a value that holds no others."""
    if isinstance(value, str):
        return text_of(value)
    if value is None:
        return ' type="null"', ""
    kind = "boolean" if isinstance(value, bool) else "number"
    return f' type="{kind}"', json.dumps(value)
