"""Description: what a PDF says about itself, written from the act alone and never from a clock.

XMP and the old document information say the same, which PDF/A does not ask for but a reader
expects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

import pikepdf

from archive.days import BUSINESS_ZONE

_TOOL: Final = "guidang"
_CLOCK_IN_PROFILE: Final = slice(24, 36)
_NO_CLOCK: Final = bytes.fromhex("07d000010001000000000000")
"""2000-01-01 00:00, in the header of an ICC profile (ISO 15076-1, 7.2.8)."""

_PACKET: Final = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"\
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"\
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:identifier>{number}</dc:identifier>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>{creator}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<pdf:Keywords>{number}</pdf:Keywords>
<pdf:Producer>{tool}</pdf:Producer>
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate>
<xmp:ModifyDate>{at}</xmp:ModifyDate>
<xmp:MetadataDate>{at}</xmp:MetadataDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""


@dataclass(frozen=True, slots=True)
class Description:
    """What is said: title, number, what it is about, the firm that made it, and when."""

    title: str
    number: str
    subject: str
    creator: str
    made_at: datetime


def describe(document: pikepdf.Pdf, description: Description) -> None:
    """Replace all `document` says about itself, and remove what depends on when it was made."""
    if description.made_at.tzinfo is None:
        raise ValueError(f"naive datetime {description.made_at!r}")
    at = description.made_at.astimezone(BUSINESS_ZONE).replace(microsecond=0)
    _forget_the_clock(document)
    packet = _PACKET.format(
        number=_text(description.number),
        title=_text(description.title),
        subject=_text(description.subject),
        creator=_text(description.creator),
        tool=_TOOL,
        at=at.isoformat(),
    )
    document.Root.Metadata = pikepdf.Stream(
        document, packet.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
    )
    document.trailer["/Info"] = document.make_indirect(
        pikepdf.Dictionary(
            Title=description.title,
            Subject=description.subject,
            Author=description.creator,
            Keywords=description.number,
            Creator=_TOOL,
            Producer=_TOOL,
            CreationDate=pdf_date(at),
            ModDate=pdf_date(at),
        )
    )


def pdf_date(at: datetime) -> str:
    """Return `at`, an aware moment, as PDF writes dates (ISO 32000-1, 7.9.4)."""
    zone = at.strftime("%z")
    return f"D:{at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:]}'"


def _forget_the_clock(document: pikepdf.Pdf) -> None:
    for key in ("/DocChecksum", "/ID"):
        if key in document.trailer:
            del document.trailer[key]
    for intent in _list(document.Root.get("/OutputIntents")):
        profile = intent.get("/DestOutputProfile")
        if profile is not None:
            content = bytearray(profile.read_bytes())
            content[_CLOCK_IN_PROFILE] = _NO_CLOCK
            profile.write(bytes(content))


def _list(value: Any) -> list[Any]:
    return [] if value is None else list(value)


def _text(value: str) -> str:
    return escape("".join(char for char in value if char.isprintable()))
