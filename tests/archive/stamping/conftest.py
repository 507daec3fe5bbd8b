"""Builders for the stamping tests: small PDF/A-2 files of any shape, a seal, an act."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from archive.sampleseal import sample_seal
from archive.stamping import Imprint, SealImage, SealingAct, SeamSeal

MADE_AT = datetime(2026, 3, 9, 1, 30, 15, 999, tzinfo=UTC)
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    "<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)

PdfMaker = Callable[..., bytes]
ActMaker = Callable[..., SealingAct]


@pytest.fixture(scope="session")
def seal() -> SealImage:
    return sample_seal("示例网络技术（北京）有限公司")


@pytest.fixture(scope="session")
def a_pdf() -> PdfMaker:
    """Return a maker of PDF/A-2 files; `places` are name, page (0-based), x and y in user space.

    `change` may do anything to the document before it is written.
    """

    def make(
        pages: int = 3,
        *,
        media: Sequence[float] = (0, 0, 595, 842),
        crop: Sequence[float] | None = None,
        turned: int = 0,
        unit: float = 1,
        part: int = 2,
        places: Sequence[tuple[str, int, float, float]] = (("sealB", 0, 300.0, 400.0),),
        change: Callable[[pikepdf.Pdf], object] = lambda _: None,
        **saving: Any,
    ) -> bytes:
        with pikepdf.new() as document:
            for _ in range(pages):
                page = document.add_blank_page().obj
                page.MediaBox = pikepdf.Array(media)
                page.Contents = document.make_stream(b"0.9 0.9 1 rg 90 90 20 20 re f")
                page.Rotate = turned
                if crop is not None:
                    page.CropBox = pikepdf.Array(crop)
                if unit != 1:
                    page.UserUnit = unit
            document.Root.Metadata = pikepdf.Stream(
                document,
                PACKET.format(part=part).encode(),
                Type=pikepdf.Name.Metadata,
                Subtype=pikepdf.Name.XML,
            )
            document.Root.Dests = pikepdf.Dictionary(
                {
                    f"/{name}": pikepdf.Array([document.pages[page].obj, pikepdf.Name.XYZ, x, y, 0])
                    for name, page, x, y in places
                }
            )
            change(document)
            written = io.BytesIO()
            document.save(written, deterministic_id="encryption" not in saving, **saving)
            return written.getvalue()

    return make


@pytest.fixture(scope="session")
def an_act(seal: SealImage) -> ActMaker:
    """Return a maker of acts: one imprint at sealB, a seam seal and a QR code."""

    def make(**changed: Any) -> SealingAct:
        return SealingAct(
            **(
                {
                    "imprints": (Imprint(seal, "sealB"),),
                    "seam": SeamSeal(seal),
                    "number": "SL-HT-2026-FW-0001",
                    "title": "园区网络运维服务合同",
                    "creator": "示例网络技术（北京）有限公司",
                    "made_at": MADE_AT,
                    "qr_text": "guidang:1:SL-HT-2026-FW-0001:" + "0f" * 32,
                }
                | changed
            )
        )

    return make


@pytest.fixture(scope="session")
def pictures() -> Callable[..., list[Image.Image]]:
    """Return a maker of page images by pdfium, which honours turned and cropped pages."""

    def draw(pdf: bytes, dpi: int = 100) -> list[Image.Image]:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]
        finally:
            document.close()

    return draw
