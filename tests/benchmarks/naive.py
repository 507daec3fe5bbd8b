"""The naive way: what a Python user would put together in an afternoon, one order at a time.

docxtpl, one `soffice --convert-to pdf` a document, a seal merged onto the last page with
pypdf, jieba and whoosh with a commit a document. No checks, no approvals, no proof, no
number series, no PDF/A, no archive: it only stands beside the measure of the whole way.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MM = 72 / 25.4


@dataclass(frozen=True)
class NaiveOrder:
    """What the naive way is given: the fields ready made, the number, the parties."""

    number: str
    fields: Mapping[str, Any]
    party_a: str
    party_b: str


@dataclass(frozen=True)
class NaiveRun:
    """Wall seconds in all and by step, for so many documents."""

    documents: int
    wall: float
    steps: Mapping[str, float]


def run_naive(
    orders: Sequence[NaiveOrder], template: Path, folder: Path, *, at_once: bool = False
) -> NaiveRun:
    """Take `orders` the naive way and return what it took; `at_once` prints all in one call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _run(orders, template, folder, at_once=at_once)


def _run(orders: Sequence[NaiveOrder], template: Path, folder: Path, *, at_once: bool) -> NaiveRun:
    import jieba
    from jieba.analyse import ChineseAnalyzer
    from whoosh import fields, index

    jieba.setLogLevel(60)
    jieba.initialize()
    for name in ("docx", "pdf", "filed", "index"):
        (folder / name).mkdir(parents=True)
    schema = fields.Schema(
        number=fields.ID(stored=True, unique=True),
        party_a=fields.TEXT(stored=True, analyzer=ChineseAnalyzer()),
        party_b=fields.TEXT(stored=True, analyzer=ChineseAnalyzer()),
        body=fields.TEXT(stored=True, analyzer=ChineseAnalyzer()),
    )
    shelf = index.create_in(str(folder / "index"), schema)
    seal = _seal()
    steps: dict[str, float] = defaultdict(float)
    begun = time.perf_counter()
    for batch in [orders] if at_once else [[order] for order in orders]:
        with _timed(steps, "fill"):
            filled = [_fill(order, template, folder / "docx") for order in batch]
        with _timed(steps, "convert"):
            _convert(filled, folder / "pdf")
        for order in batch:
            filed = folder / "filed" / f"{order.number}.pdf"
            with _timed(steps, "stamp"):
                _stamp(folder / "pdf" / filed.name, filed, order.number, seal)
            with _timed(steps, "index"):
                _index(shelf, filed, order)
    return NaiveRun(len(orders), time.perf_counter() - begun, dict(steps))


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    steps[name] += time.perf_counter() - begun


def _fill(order: NaiveOrder, template: Path, folder: Path) -> Path:
    from docxtpl import DocxTemplate

    document = DocxTemplate(template)
    document.render(dict(order.fields), autoescape=True)
    target = folder / f"{order.number}.docx"
    document.save(target)
    return target


def _convert(filled: Sequence[Path], folder: Path) -> None:
    profile = Path(tempfile.gettempdir()) / "guidang-naive-profile"
    subprocess.run(
        [
            "soffice",
            "--headless",
            "--norestore",
            "--nologo",
            f"-env:UserInstallation=file://{profile}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, filled),
        ],
        check=True,
        capture_output=True,
        timeout=60 + 10 * len(filled),
    )


def _seal() -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((12, 12, 588, 588), outline=(200, 20, 20, 215), width=14)
    pen.regular_polygon((300, 300, 110), 5, fill=(200, 20, 20, 215))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _stamp(pdf: Path, target: Path, number: str, seal: bytes) -> None:
    from pypdf import PdfReader, PdfWriter
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    writer = PdfWriter(clone_from=str(pdf))
    page = writer.pages[-1]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(width, height))
    sheet.drawImage(
        ImageReader(io.BytesIO(seal)), width - 75 * MM, 32 * MM, 42 * MM, 42 * MM, "auto"
    )
    sheet.setFont("Helvetica", 8)
    sheet.drawString(20 * MM, height - 10 * MM, number)
    sheet.save()
    out.seek(0)
    page.merge_page(PdfReader(out).pages[0])
    writer.add_metadata({"/Title": number})
    writer.write(str(target))


def _index(shelf: Any, pdf: Path, order: NaiveOrder) -> None:
    from pypdf import PdfReader

    text = "\n".join(page.extract_text() for page in PdfReader(str(pdf)).pages)
    writer = shelf.writer()
    writer.add_document(
        number=order.number, party_a=order.party_a, party_b=order.party_b, body=text
    )
    writer.commit()
