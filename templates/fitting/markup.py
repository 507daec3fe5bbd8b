"""Markup: the elements of WordprocessingML by their local names, in either of its namespaces."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_PREFIXES = tuple(f"{{{space}}}" for space in _SPACES)
_OFF = {"0", "false", "off"}
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""What old programs show in place of a text box: the same text once more."""


def name_of(element: etree._Element) -> str:
    """Return the local name of a Word element, "" for any other."""
    for prefix in _PREFIXES:
        if element.tag.startswith(prefix):
            return str(element.tag[len(prefix) :])
    return ""


def attribute(element: etree._Element | None, name: str) -> str | None:
    """Return the Word attribute `name`, in the namespace of its element."""
    if element is None:
        return None
    space, _, _ = element.tag.rpartition("}")
    return element.get(f"{space}}}{name}")


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first element at `path` of local names below `element`."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if name_of(each) == name), None)
    return element


def every(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield every element with one of `names` below `root`, in document order."""
    yield from root.iter(*(f"{prefix}{name}" for prefix in _PREFIXES for name in names))


def is_on(element: etree._Element | None) -> bool:
    """Return whether an on/off property is given and not switched off."""
    return element is not None and (attribute(element, "val") or "1").lower() not in _OFF
