"""Admission: what is looked at before a Word document gets near the converter.

LibreOffice makes five pages of anything and fetches what a document points to, so only a
Word document that is whole and points nowhere is let in.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from html import unescape
from typing import Final

from lxml import etree

from templates.errors import RenderingFailed

_MAIN: Final = "word/document.xml"
_SIZE_LIMIT: Final = 256 * 1024 * 1024
_PARTS_LIMIT: Final = 5000
_RATIO_LIMIT: Final = 300
_SMALL: Final = 1024 * 1024
_MACRO_TYPES: Final = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_FOREIGN_PARTS: Final = re.compile(r"vbaProject|activeX|oleObject|afchunk", re.IGNORECASE)
_REACHING_FIELDS: Final = re.compile(
    r"\b(INCLUDETEXT|INCLUDEPICTURE|DDEAUTO|DDE|LINK|IMPORT|DATABASE)\b"
)
_PRINTED: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_REFERENCE: Final = re.compile(r"&#[0-9xXa-fA-F]+;")
_INSTRUCTION: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instrText"
_SIMPLE_FIELD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}fldSimple"
_SIMPLE_TEXT: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instr"


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is known of a document that may be printed: its weight, the characters in it."""

    weight_bytes: int
    characters: frozenset[str]


def admit(docx: bytes) -> Admitted:
    """Return what `docx` carries, unpacked; raises RenderingFailed.

    Refused: what is no Word document, is packed beyond reason, carries macros or embedded
    objects, or points outside by anything but a hyperlink.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as package:
            return _admit(package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise RenderingFailed(f"not a Word document: {error}") from error


def _admit(package: zipfile.ZipFile) -> Admitted:
    members = package.infolist()
    names = {member.filename for member in members}
    if _MAIN not in names or "[Content_Types].xml" not in names:
        raise RenderingFailed("not a Word document: its main part is missing")
    if len(members) > _PARTS_LIMIT or sum(member.file_size for member in members) > _SIZE_LIMIT:
        raise RenderingFailed("the document is too large")
    for member in members:
        _refuse_bomb(member)
        if _FOREIGN_PARTS.search(member.filename):
            raise RenderingFailed(f"macros or embedded objects are refused: {member.filename}")
    if _MACRO_TYPES.search(package.read("[Content_Types].xml")):
        raise RenderingFailed("macros or embedded objects are refused")
    characters: set[str] = set()
    for name in sorted(names):
        if name.endswith(".rels"):
            _refuse_targets(name, _parse(name, package.read(name)))
        elif name.startswith("word/") and name.endswith(".xml"):
            content = package.read(name)
            _refuse_fields(name, content)
            if _PRINTED.fullmatch(name):
                characters |= _characters(content)
    return Admitted(package.getinfo(_MAIN).file_size, frozenset(characters))


def _characters(content: bytes) -> set[str]:
    """Return every character that stands in a part, the few of its tags included."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = "".join(map(str, _parse("a part", content).itertext()))
    return set(_REFERENCE.sub(lambda found: unescape(found.group()), text))


def _refuse_bomb(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise RenderingFailed("the document is encrypted")
    packed = max(member.compress_size, 1)
    if member.file_size > _SMALL and member.file_size / packed > _RATIO_LIMIT:
        raise RenderingFailed(f"packed beyond reason: {member.filename}")


def _refuse_targets(name: str, tree: etree._Element) -> None:
    for link in tree.iter("{*}Relationship"):
        kind = str(link.get("Type", "")).rsplit("/", 1)[-1].lower()
        if str(link.get("TargetMode", "")).lower() == "external" and kind != "hyperlink":
            raise RenderingFailed(f"points outside: {name} {kind}")


def _refuse_fields(name: str, content: bytes) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise RenderingFailed(f"a document type is refused: {name}")
    if not any(word in content for word in (b"instrText", b"fldSimple")):
        return
    tree = _parse(name, content)
    # Word splits a field's instruction over runs, so it is read as one.
    text = "".join(element.text or "" for element in tree.iter(_INSTRUCTION))
    text += " ".join(str(element.get(_SIMPLE_TEXT, "")) for element in tree.iter(_SIMPLE_FIELD))
    if found := _REACHING_FIELDS.search(text.upper()):
        raise RenderingFailed(f"a field reaches outside: {name} {found.group()}")


def _parse(name: str, content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        tree = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise RenderingFailed(f"not a Word document: {name}: {error}") from error
    if b"<!DOCTYPE" in content:
        raise RenderingFailed(f"a document type is refused: {name}")
    return tree
