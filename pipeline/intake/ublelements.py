"""UBL elements: what one says, where it stands, and what it belongs to."""

from __future__ import annotations

from lxml import etree

from pipeline.intake.ublfields import SPACES


def text_of(element: etree._Element) -> str:
    """Return what an element says itself; one with others inside says nothing."""
    if next(element.iterchildren(etree.Element), None) is not None:
        return ""
    # A comment inside a value is none of it.
    return "".join([element.text or "", *(each.tail or "" for each in element)]).strip()


def place_of(element: etree._Element) -> str:
    """Return the XPath of `element`, with the prefixes UBL's own examples use."""
    steps = []
    at: etree._Element | None = element
    while at is not None:
        name = etree.QName(at)
        prefix = next((short for short, uri in SPACES.items() if uri == name.namespace), "")
        above = at.getparent()
        same = [each for each in above if each.tag == at.tag] if above is not None else []
        number = f"[{same.index(at) + 1}]" if len(same) > 1 else ""
        steps.append(f"{prefix}:{name.localname}{number}" if prefix else name.localname + number)
        at = above
    return "/" + "/".join(reversed(steps))


def holder_of(line: etree._Element) -> etree._Element | None:
    """Return what the lines of one address or description belong to together."""
    parent = line.getparent()
    is_line = parent is not None and etree.QName(parent).localname == "AddressLine"
    return parent.getparent() if parent is not None and is_line else parent
