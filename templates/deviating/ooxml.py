"""OOXML: names in a Word file, and where in its text something stands, for people to find it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFF: Final = {"0", "false", "off", "none"}
_SHOWN: Final = 24


def w(name: str) -> str:
    """Return the full name of `name` in WordprocessingML."""
    return f"{{{W}}}{name}"


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return etree.QName(element).localname


def value(element: etree._Element, name: str = "val") -> str:
    """Return an attribute, "" where it is not there."""
    return str(element.get(w(name), ""))


def is_on(element: etree._Element) -> bool:
    """Return whether an on/off property is on: it is unless it says otherwise."""
    return value(element).lower() not in _OFF


def text_within(element: etree._Element) -> str:
    """Return the letters that stand anywhere below `element`."""
    return "".join(each.text or "" for each in element.iter(w("t"), w("delText")))


def where(element: etree._Element) -> str:
    """Return the words by which a person finds the paragraph `element` stands in."""
    paragraph = next(element.iterancestors(w("p")), None)
    holder = element if paragraph is None else paragraph
    text = text_within(holder).strip()
    if not text:
        return "（空白段落）"
    return f"“{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}”"


def runs_of(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Yield the runs of a paragraph, those inside other elements of it included."""
    yield from paragraph.iter(w("r"))
