"""Watermark: 草稿 across every page of a Word file, in the headers, where Word itself puts one.

The mark is a shape of letters behind the text: no reader takes it for text, and it moves no
line. It stands in the header of every section and of every kind of page, so that a first page
or an even one added later in Word shows it too.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from lxml import etree

from templates.package import packed
from templates.wordfile import Wordfile, parse_xml

WORD: Final = "草稿"

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_HEADER_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_NAME: Final = "PowerPlusWaterMarkObject"
"""What Word calls the watermarks it makes: so its own menu shows and removes this one."""
_KINDS: Final = ("default", "first", "even")
_SHAPE: Final = """\
<w:r xmlns:w="{w}" xmlns:v="urn:schemas-microsoft-com:vml"\
 xmlns:o="urn:schemas-microsoft-com:office:office"\
 xmlns:w10="urn:schemas-microsoft-com:office:word"><w:rPr><w:noProof/></w:rPr><w:pict>\
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"\
 path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>\
<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>\
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>\
<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>\
<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/>\
</v:formulas><v:path textpathok="t" o:connecttype="custom"\
 o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>\
<v:textpath on="t" fitshape="t"/><v:handles><v:h position="#0,bottomRight"\
 xrange="6629,14971"/></v:handles><o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>\
<v:shape id="{name}{number}" o:spid="_x0000_s{spid}" type="#_x0000_t136" alt="{word}"\
 style="position:absolute;margin-left:0;margin-top:0;width:330pt;height:165pt;rotation:315;\
z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;\
mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f"\
 fillcolor="#d0d0d0" stroked="f"><v:fill opacity=".5"/>\
<v:textpath style="font-family:&quot;宋体&quot;;font-size:1pt" string="{word}"/>\
<w10:wrap anchorx="margin" anchory="margin"/></v:shape></w:pict></w:r>"""
# A header that was not there must take no room: its line is one point high.
_EMPTY: Final = (
    '<w:hdr xmlns:w="{w}"><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20"'
    ' w:lineRule="exact"/></w:pPr></w:p></w:hdr>'
)


def watermarked(docx: bytes) -> bytes:
    """Return `docx` with 草稿 behind the text of every page; its text stays as it is."""
    file = Wordfile.open(docx)
    parts = dict(file.parts)
    _give_headers(file, parts)
    marked = Wordfile(parts)
    for number, name in enumerate(header_parts(marked), 1):
        root = parse_xml(parts[name], name)
        _host(root).append(_shape(number))
        parts[name] = written(root)
    return packed(parts)


def without_watermark(header: etree._Element) -> None:
    """Take every mark of this kind off a header, whichever program wrote it last."""
    for run in list(header.iter(f"{{{_W}}}r")):
        if _is_mark(run):
            parent = run.getparent()
            if parent is not None:
                parent.remove(run)


def has_watermark(docx: bytes) -> bool:
    """Return whether any header carries a mark."""
    file = Wordfile.open(docx)
    return any(
        _is_mark(run) for name in header_parts(file) for run in file.tree(name).iter(f"{{{_W}}}r")
    )


def header_parts(file: Wordfile) -> list[str]:
    """Return the header parts of a Word file, each once."""
    kinds = (relation for relation in file.relations(file.main) if relation.kind == "header")
    return list(dict.fromkeys(relation.target for relation in kinds))


def written(root: etree._Element) -> bytes:
    """Return a part as its bytes."""
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def _is_mark(run: etree._Element) -> bool:
    return any(
        str(value).startswith(_NAME)
        for element in run.iter(etree.Element)
        for key, value in element.attrib.items()
        if key in {"id", "name"}
    )


def _shape(number: int) -> etree._Element:
    return etree.fromstring(
        _SHAPE.format(w=_W, name=_NAME, number=number, spid=2048 + number, word=WORD)
    )


def _host(header: etree._Element) -> etree._Element:
    """Return the paragraph the mark is anchored to."""
    found = header.find(f"{{{_W}}}p")
    if found is not None:
        return found
    made = etree.fromstring(_EMPTY.format(w=_W))[0]
    header.append(made)
    return made


def _give_headers(file: Wordfile, parts: dict[str, bytes]) -> None:
    """Give the first section the headers it lacks; the sections after it inherit them."""
    main = file.main
    document = parse_xml(parts[main], main)
    first = next(document.iter(f"{{{_W}}}sectPr"), None)
    if first is None:
        body = document[0]
        first = etree.SubElement(body, f"{{{_W}}}sectPr")
    standing = {each.get(f"{{{_W}}}type", "default") for each in _references(first)}
    for kind in _KINDS:
        if kind not in standing:
            reference = etree.Element(f"{{{_W}}}headerReference")
            reference.set(f"{{{_W}}}type", kind)
            reference.set(f"{{{_R}}}id", _add_header(main, kind, parts))
            first.insert(0, reference)
    parts[main] = written(document)


def _references(section: etree._Element) -> Iterator[etree._Element]:
    return section.iterchildren(f"{{{_W}}}headerReference")


def _add_header(main: str, kind: str, parts: dict[str, bytes]) -> str:
    """Add an empty header part and return the id the text refers to it by."""
    folder, name = posixpath.split(main)
    part, identity = posixpath.join(folder, f"headerDraft{kind}.xml"), f"rIdDraft{kind}"
    parts[part] = written(etree.fromstring(_EMPTY.format(w=_W)))
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    root = parse_xml(parts[relations], relations)
    relation = etree.SubElement(root, f"{{{_RELS}}}Relationship")
    relation.set("Id", identity)
    relation.set("Type", f"{_R}/header")
    relation.set("Target", posixpath.basename(part))
    parts[relations] = written(root)
    add_content_type(parts, part, _HEADER_TYPE)
    return identity


def add_content_type(parts: dict[str, bytes], part: str, kind: str) -> None:
    """Say of a part what it is."""
    name = "[Content_Types].xml"
    root = parse_xml(parts[name], name)
    entry = etree.SubElement(root, f"{{{_TYPES}}}Override")
    entry.set("PartName", f"/{part}")
    entry.set("ContentType", kind)
    parts[name] = written(root)
