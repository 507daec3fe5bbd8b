"""What the converter gave back is looked at, whatever it said about it."""

from __future__ import annotations

import io

import pikepdf
import pytest

from templates.errors import RenderingFailed
from templates.rendering.verdict import assert_usable

PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def a_pdf(packet: bytes | None, pages: int = 1) -> bytes:
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        if packet is not None:
            document.Root.Metadata = pikepdf.Stream(
                document, packet, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
            )
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()


def test_a_pdf_that_calls_itself_pdf_a_2b_is_usable() -> None:
    assert_usable(a_pdf(PACKET))


@pytest.mark.parametrize(
    ("pdf", "why"),
    [
        (b"", "no PDF"),
        (b"<html>", "no PDF"),
        (b"%PDF-1.7\nnothing", "damaged"),
        (a_pdf(PACKET, pages=0), "damaged|no pages"),
        (a_pdf(None), "PDF/A-2b"),
        (a_pdf(PACKET.replace(b">2<", b">1<")), "PDF/A-2b"),
        (a_pdf(PACKET.replace(b">B<", b">A<")), "PDF/A-2b"),
    ],
)
def test_anything_else_is_not(pdf: bytes, why: str) -> None:
    with pytest.raises(RenderingFailed, match=why):
        assert_usable(pdf)
