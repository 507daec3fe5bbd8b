"""Styles: what a paragraph or run inherits when it does not say it itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from templates.fitting.markup import attribute, child, every, is_on, name_of
from templates.wordfile import Wordfile


@dataclass(slots=True)
class Styles:
    """The styles of a Word file by their ids, and its defaults."""

    by_id: dict[str, etree._Element] = field(default_factory=dict)
    default_paragraph: str = ""
    defaults: etree._Element | None = None

    @classmethod
    def of(cls, wordfile: Wordfile) -> Styles:
        """Read the styles part; a file may have none."""
        part = next((r.target for r in wordfile.relations(wordfile.main) if r.kind == "styles"), "")
        if part not in wordfile.parts:
            return cls()
        root = wordfile.tree(part)
        found = cls(defaults=child(root, "docDefaults"))
        for style in every(root, "style"):
            identity = attribute(style, "styleId") or ""
            found.by_id[identity] = style
            if attribute(style, "type") == "paragraph" and _is_default(style):
                found.default_paragraph = identity
        return found

    def chain(self, identity: str | None) -> Iterator[etree._Element]:
        """Yield the style and those it is based on, each once."""
        seen: set[str] = set()
        while identity and identity in self.by_id and identity not in seen:
            seen.add(identity)
            style = self.by_id[identity]
            yield style
            identity = attribute(child(style, "basedOn"), "val")

    def of_paragraph(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        """Yield the styles of `paragraph`, the nearest first."""
        chosen = attribute(child(paragraph, "pPr", "pStyle"), "val")
        yield from self.chain(chosen or self.default_paragraph)

    def run_property(self, run: etree._Element, name: str) -> Iterator[etree._Element]:
        """Yield every `name` that bears on `run`, the strongest first."""
        paragraph = next((a for a in run.iterancestors() if name_of(a) == "p"), None)
        holders = [child(run, "rPr")]
        character = attribute(child(run, "rPr", "rStyle"), "val")
        holders += [child(style, "rPr") for style in self.chain(character)]
        if paragraph is not None:
            holders += [child(style, "rPr") for style in self.of_paragraph(paragraph)]
        holders.append(child(self.defaults, "rPrDefault", "rPr"))
        yield from (found for each in holders if (found := child(each, name)) is not None)

    def row_property(self, row: etree._Element, table: etree._Element, name: str) -> bool:
        """Return whether the on/off property `name` holds for `row`."""
        own = child(row, "trPr", name)
        if own is not None:
            return is_on(own)
        styled = self.chain(attribute(child(table, "tblPr", "tblStyle"), "val"))
        return any(is_on(child(style, "trPr", name)) for style in styled)


def _is_default(style: etree._Element) -> bool:
    return (attribute(style, "default") or "0") in {"1", "true", "on"}
