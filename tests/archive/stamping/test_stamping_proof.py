"""The proof puts every seal together again from the finished pages, and not a dot is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from archive.confined import Confined
from archive.errors import StampBroken, StampRefused
from archive.sealink import ink_span, measure
from archive.seam import SeamPages
from archive.stamping import Imprint, SealImage, SealingAct, SeamSeal, stamp
from archive.stampproof import prove_stamp

PdfMaker = Callable[..., bytes]
ActMaker = Callable[..., SealingAct]
Pictures = Callable[..., list[Image.Image]]


@pytest.mark.parametrize(
    ("pages", "seals"), [(2, 1), (19, 1), (20, 1), (21, 2), (100, 6), (300, 16)]
)
def test_no_dot_of_a_seam_seal_is_lost(
    a_pdf: PdfMaker, an_act: ActMaker, *, pages: int, seals: int
) -> None:
    act = an_act()
    proof = prove_stamp(stamp(a_pdf(pages, media=(0, 0, 595.3, 841.9)), act).pdf, act)

    assert len(proof["seams"]) == seals
    assert {seam["lost"] for seam in proof["seams"]} == {0}
    assert {seam["gaps"] for seam in proof["seams"]} == {0}
    assert {seam["width_mm"] for seam in proof["seams"]} == {40.0}
    assert min(seam["dots"] for seam in proof["seams"]) > 15_000
    covered = sorted({page for seam in proof["seams"] for page in seam["pages"]})
    assert covered == list(range(1, pages + 1))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "shape",
    [
        {"media": (0, 0, 595.3, 841.9)},
        {"crop": (40.5, 60, 560, 800.25)},
        {"media": (0, 0, 297.65, 420.95), "unit": 2, "places": [("sealB", 0, 150.0, 200.0)]},
    ],
)
def test_turned_cropped_and_scaled_pages_lose_nothing(
    a_pdf: PdfMaker, an_act: ActMaker, *, turned: int, shape: dict[str, Any]
) -> None:
    act = an_act()
    proof = prove_stamp(stamp(a_pdf(5, turned=turned, **shape), act).pdf, act)

    assert [one["lost"] for one in (*proof["imprints"], *proof["seams"])] == [0, 0]


def test_pages_of_many_shapes_make_one_seal(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    def mix(document: pikepdf.Pdf) -> None:
        document.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 1190.6, 841.9])
        document.pages[2].obj.Rotate = 270
        document.pages[3].obj.CropBox = pikepdf.Array([30, 30, 500, 700])
        document.pages[4].obj.UserUnit = 1.5

    act = an_act()
    (seam,) = prove_stamp(stamp(a_pdf(6, change=mix), act).pdf, act)["seams"]

    assert (seam["pieces"], seam["lost"], seam["gaps"]) == (6, 0, 0)


@pytest.mark.parametrize(
    ("text", "cover", "pages"),
    [
        ("odd", True, [1, 3, 5, 7]),
        ("odd", False, [3, 5, 7]),
        ("all", False, [2, 3, 4, 5, 6, 7, 8]),
        ("2-4,8", True, [2, 3, 4, 8]),
    ],
)
def test_the_pages_a_rule_leaves_out_carry_no_piece(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage, *, text: str, cover: bool, pages: list[int]
) -> None:
    act = an_act(seam=SeamSeal(seal, pages=SeamPages.parse(text, cover=cover)))
    stamped = stamp(a_pdf(8), act)
    (seam,) = prove_stamp(stamped.pdf, act)["seams"]

    assert (seam["pages"], seam["lost"]) == (pages, 0)
    assert [place["page"] for place in stamped.places if place["what"] == "seam"] == pages


def with_borders(seal: SealImage) -> SealImage:
    """Return the seal with a quarter of its image blank on the left and on the right."""
    with pikepdf.open(io.BytesIO(seal.pdf)) as document:
        left, bottom, right, top = (float(v) for v in document.pages[0].obj.MediaBox)
        document.pages[0].obj.MediaBox = pikepdf.Array(
            [left - right / 2, bottom, right + right / 2, top]
        )
        written = io.BytesIO()
        document.save(written, deterministic_id=True)
    return replace(seal, pdf=written.getvalue(), width_mm=seal.width_mm * 2)


def test_an_image_with_blank_borders_is_trimmed_before_it_is_cut(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage, pictures: Pictures
) -> None:
    wide = with_borders(seal)
    span = ink_span(wide.pdf)
    assert span == measure(wide.pdf)
    assert span == pytest.approx((0.25, 0.75), abs=0.002)
    act = an_act(imprints=(), seam=SeamSeal(replace(wide, ink=span)))
    stamped = stamp(a_pdf(10), act)
    (seam,) = prove_stamp(stamped.pdf, act)["seams"]

    assert (seam["pieces"], seam["lost"]) == (10, 0)
    assert seam["width_mm"] == pytest.approx(40, abs=0.2)
    for page in pictures(stamped.pdf, 100):
        edge = page.crop((page.width - 16, 350, page.width, 820))
        assert any(red > 180 and green < 90 for red, green, _ in edge.get_flattened_data())


def of_dots(seal: SealImage, size_mm: float, dots: int) -> SealImage:
    """Return the seal as a scanned picture with a transparent ground, `dots` wide and high."""
    (drawn,) = pypdfium2.PdfDocument(seal.pdf)
    grey = drawn.render(scale=dots / drawn.get_width()).to_pil().convert("L").resize((dots, dots))
    with pikepdf.new() as document:
        shape = {
            "Width": dots,
            "Height": dots,
            "BitsPerComponent": 8,
            "Subtype": pikepdf.Name.Image,
        }
        ground = document.make_stream(
            grey.point(lambda dot: 255 - dot).tobytes(), ColorSpace=pikepdf.Name.DeviceGray, **shape
        )
        red = Image.new("RGB", (dots, dots), (200, 0, 0)).tobytes()
        picture = document.make_stream(
            red, ColorSpace=pikepdf.Name.DeviceRGB, SMask=ground, **shape
        )
        page = document.add_blank_page(page_size=(100, 100))
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Seal=picture))
        page.obj.Contents = document.make_stream(b"q 100 0 0 100 0 0 cm /Seal Do Q")
        written = io.BytesIO()
        document.save(written, deterministic_id=True)
    pdf = written.getvalue()
    return SealImage(seal.name, pdf, size_mm, size_mm, ink_span(pdf))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("size_mm", "dots", "x"), [(40, 945, 300.0), (42, 1000, 211.37), (38, 300, 299.999)]
)
def test_a_scanned_seal_loses_nothing_either(
    a_pdf: PdfMaker,
    an_act: ActMaker,
    seal: SealImage,
    *,
    turned: int,
    size_mm: float,
    dots: int,
    x: float,
) -> None:
    scanned = of_dots(seal, size_mm, dots)
    act = an_act(imprints=(Imprint(scanned, "sealB"),), seam=SeamSeal(scanned))
    media = (0, 0, 595.3, 841.9)
    pdf = stamp(a_pdf(5, media=media, turned=turned, places=[("sealB", 0, x, 400.0)]), act).pdf
    proof = prove_stamp(pdf, act)

    assert [one["lost"] for one in (*proof["imprints"], *proof["seams"])] == [0, 0]


def test_a_scanned_seal_painted_over_is_found(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage
) -> None:
    scanned = of_dots(seal, 40, 945)
    act = an_act(imprints=(Imprint(scanned, "sealB"),), seam=None)
    hidden = edited(stamp(a_pdf(3), act).pdf, 0, rb"Q\nEMC\s*$", b"1 g 280 380 9 9 re f\nQ\nEMC")
    with pytest.raises(StampBroken, match=r"第 1 页的印章.*缺"):
        prove_stamp(hidden, act)


def test_a_blank_image_is_no_seal() -> None:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 100))
        written = io.BytesIO()
        document.save(written)
    with pytest.raises(StampRefused, match="空白"):
        ink_span(written.getvalue())


def edited(pdf: bytes, page: int, pattern: bytes, replacement: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        drawn = document.pages[page].obj.Contents[-1]
        before = drawn.read_bytes()
        after = re.sub(pattern, replacement, before, count=1)
        assert after != before
        drawn.write(after)
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()


@pytest.mark.parametrize(
    ("page", "paint", "why"),
    [
        (0, b"1 g 280 380 9 9 re f", "第 1 页的印章.*缺"),
        (1, b"1 g 560 400 30 40 re f", "第 1、2、3 页的骑缝章.*缺"),
    ],
)
def test_a_seal_painted_over_is_found_by_eye_alone(
    a_pdf: PdfMaker, an_act: ActMaker, *, page: int, paint: bytes, why: str
) -> None:
    act = an_act()
    hidden = edited(stamp(a_pdf(3), act).pdf, page, rb"Q\nEMC\s*$", paint + b"\nQ\nEMC")

    with pytest.raises(StampBroken, match=why):
        prove_stamp(hidden, act)


def test_the_proof_comes_from_a_child_as_from_here(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    act = an_act()
    pdf = stamp(a_pdf(3), act).pdf
    with Confined() as child:
        allowed = timedelta(seconds=60)
        assert child.ask("prove", (pdf, act), allowed=allowed).told == prove_stamp(pdf, act)
        with pytest.raises(StampBroken, match="复核"):
            child.ask("prove", (b"%PDF-1.7", act), allowed=allowed)


def test_a_legal_representatives_seal_stands_beside_the_main_one(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage
) -> None:
    small = replace(seal, name="FR-01", width_mm=20, height_mm=20)
    both = (Imprint(seal, "sealB"), Imprint(small, "sealB", dx_mm=31, dy_mm=-3))
    act = an_act(imprints=both)
    proof = prove_stamp(stamp(a_pdf(2), act).pdf, act)

    assert [(one["seal"], one["lost"]) for one in proof["imprints"]] == [
        (seal.name, 0),
        ("FR-01", 0),
    ]
    crossed = an_act(imprints=(both[0], replace(both[1], dx_mm=28)))
    with pytest.raises(StampRefused, match="相叠"):
        stamp(a_pdf(2), crossed)
