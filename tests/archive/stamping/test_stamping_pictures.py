"""What a person sees of a stamp: in its place, of its size, whole, and nothing hidden."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageChops
from pypdf import PdfReader

from archive.paperticket import PaperTicket
from archive.sealway import SealWay
from archive.stamping import Imprint, SealImage, SealingAct, SeamSeal, stamp

PdfMaker = Callable[..., bytes]
ActMaker = Callable[..., SealingAct]
Pictures = Callable[..., list[Image.Image]]
DPI = 100
MM = 25.4 / DPI
A4 = (0, 0, 595, 842)


def red_box_mm(picture: Image.Image) -> tuple[float, float, float, float] | None:
    """Return left, top, right, bottom of all that is clearly red."""
    red, green, _ = picture.split()
    mask = ImageChops.subtract(red, green).point(lambda value: 255 if value > 120 else 0)
    box = mask.getbbox()
    return None if box is None else tuple(edge * MM for edge in box)  # type: ignore[return-value]


@pytest.mark.parametrize("crop", [None, (40, 60, 560, 800), (-20, -20, 700, 900)])
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_seal_stands_upright_where_its_place_says(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures, *, turned: int, crop: Any
) -> None:
    seal = an_act().imprints[0].seal
    pdf = a_pdf(1, media=A4, crop=crop, turned=turned, places=[("sealB", 0, 300, 400)])
    act = an_act(imprints=(Imprint(seal, "sealB", dx_mm=10, dy_mm=15),), seam=None, qr_text=None)
    stamped = stamp(pdf, act)
    place, _ = stamped.places
    (picture,) = pictures(stamped.pdf, DPI)

    box = red_box_mm(picture)
    assert box is not None
    left, top, right, bottom = box
    assert (left + right) / 2 == pytest.approx(float(place["x_mm"]), abs=0.5)
    assert (top + bottom) / 2 == pytest.approx(float(place["y_mm"]), abs=0.5)
    assert right - left == pytest.approx(40, abs=0.6)
    assert bottom - top == pytest.approx(40, abs=0.6)
    (alone,) = pictures(seal.pdf, DPI)
    found = picture.crop(tuple(round(edge / MM) for edge in box)).resize(alone.size)
    upright, *others = (mean_difference(found.rotate(by), alone) for by in (0, 90, 180, 270))
    assert upright < 0.6 * min(others)


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    histogram = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / sum(histogram)


def test_right_and_up_are_right_and_up(a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage) -> None:
    pdf = a_pdf(1, places=[("sealB", 0, 300, 400)])

    def at(dx: float, dy: float) -> tuple[Any, Any]:
        act = an_act(imprints=(Imprint(seal, "sealB", dx, dy),), seam=None, qr_text=None)
        place, _ = stamp(pdf, act).places
        return place["x_mm"], place["y_mm"]

    x, y = at(0, 0)
    assert at(10, 0) == (x + 10, y)
    assert at(0, 10) == (x, y - 10)
    assert (x, y) == pytest.approx((300 / 72 * 25.4, (842 - 400) / 72 * 25.4), abs=0.01)


@pytest.mark.parametrize("pages", [2, 19, 20, 21])
def test_the_pieces_of_a_seam_seal_laid_side_by_side_are_the_seal(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures, seal: SealImage, pages: int
) -> None:
    dpi = 254
    act = an_act(imprints=(), qr_text=None, seam=SeamSeal(seal, y_fraction=0.4))
    stamped = stamp(a_pdf(pages), act)
    drawn = pictures(stamped.pdf, dpi)
    (alone,) = pictures(seal.pdf, dpi)
    seals = [Image.new("RGB", alone.size, "white")]
    end = 0.0
    for place in stamped.places[:-1]:
        number, of = map(int, str(place["slice"]).split("/"))
        if number == 1 and end:
            seals.append(Image.new("RGB", alone.size, "white"))
            end = 0.0
        page = drawn[int(place["page"]) - 1]
        top = round(float(place["y_mm"]) * dpi / 25.4 - alone.height / 2)
        wide = alone.width / of
        piece = page.crop((round(page.width - wide), top, page.width, top + alone.height))
        seals[-1].paste(piece, (round(end), 0))
        end += wide

    assert len(seals) == (2 if pages == 21 else 1)
    for joined in seals:
        assert mean_difference(joined, alone) < 12


def test_text_under_a_seal_stays_legible(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures
) -> None:
    def write(document: Any) -> None:
        document.pages[0].obj.Contents = document.make_stream(b"0 g 240 330 120 140 re f")

    pdf = a_pdf(1, change=write)
    (before,) = pictures(pdf)
    (after,) = pictures(stamp(pdf, an_act(seam=None, qr_text=None)).pdf)
    black = before.convert("L").point(lambda value: 255 if value < 40 else 0)

    assert black.getbbox() is not None
    assert ImageChops.multiply(after.convert("L"), black).getextrema() == (0, 0)


def test_text_under_a_seal_stays_text_and_black(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures
) -> None:
    line = b"BT /F 14 Tf 245 396 Td (SEALED 596500.01 HERE) Tj ET"

    def write(document: Any) -> None:
        page = document.pages[0].obj
        page.Contents = document.make_stream(line)
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))

    pdf = a_pdf(2, change=write)
    stamped = stamp(pdf, an_act()).pdf
    before, after = (pictures(each, 200)[0].convert("L") for each in (pdf, stamped))
    black = before.point(lambda value: 255 if value < 60 else 0)

    assert sum(1 for value in black.get_flattened_data() if value) > 500
    assert ImageChops.subtract(ImageChops.multiply(after, black), before).getextrema()[1] <= 8
    texts = [
        [page.extract_text().splitlines() for page in PdfReader(io.BytesIO(each)).pages]
        for each in (pdf, stamped)
    ]
    assert texts[0] == texts[1] == [["SEALED 596500.01 HERE"], []]


def scanned(picture: Image.Image, seed: int) -> Image.Image:
    """Return the page as a cheap office scanner gives it: grey, askew, grainy, as JPEG."""
    grey = picture.convert("L")
    askew = grey.rotate(
        random.Random(seed).uniform(-2.5, 2.5),  # noqa: S311 - no secret
        resample=Image.Resampling.BILINEAR,
        fillcolor=255,
    )
    faded = askew.point(lambda value: 40 + value * 190 // 255)
    noise = Image.effect_noise(grey.size, 20)
    grainy = ImageChops.add(faded, noise, offset=-128)
    packed = io.BytesIO()
    grainy.save(packed, "JPEG", quality=50)
    return Image.open(packed)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "address", [None, "https://guidang.example.com.cn/archive/check/by-paper/v1"]
)
def test_the_qr_code_is_read_from_a_poor_scan_at_200_dpi(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures, *, seed: int, address: str | None
) -> None:
    ticket = PaperTicket("GD-HT-2026-FW-0001-Y01", "0f" * 32, address)
    stamped = stamp(a_pdf(1), an_act(qr_text=str(ticket)))
    (code,) = zxingcpp.read_barcodes(scanned(pictures(stamped.pdf, 200)[0], seed))

    assert PaperTicket.parse(code.text) == ticket


def test_page_one_says_in_words_that_a_printed_seal_is_no_signature(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures
) -> None:
    def notice(way: SealWay) -> bytes:
        stamped = stamp(a_pdf(1), an_act(imprints=(), seam=None, way=way))
        place = stamped.places[-1]
        assert place["what"] == "notice"
        x, y = (float(place[key]) * 10 for key in ("x_mm", "y_mm"))
        (picture,) = pictures(stamped.pdf, 254)
        box = picture.crop((int(x - 100), int(y - 11), int(x + 100), int(y + 11))).convert("L")
        assert min(box.get_flattened_data()) < 60
        return box.tobytes()

    assert notice(SealWay.PRINTED) != notice(SealWay.SIGNED)
    assert SealWay.PRINTED.notice == "打印套章 非电子签名"


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_the_qr_code_is_read_from_a_scan_and_stands_in_the_upper_right_corner(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures, turned: int
) -> None:
    act = an_act()
    stamped = stamp(a_pdf(2, turned=turned), act)
    first, second = pictures(stamped.pdf, 200)
    (code,) = zxingcpp.read_barcodes(first)

    assert code.text == act.qr_text
    assert code.position.bottom_left.y < first.height * 0.15
    assert code.position.bottom_left.x > first.width * 0.7
    assert zxingcpp.read_barcodes(second) == []


def test_the_qr_code_keeps_clear_of_a_text_area_of_26_mm_margins(
    a_pdf: PdfMaker, an_act: ActMaker
) -> None:
    stamped = stamp(a_pdf(1, media=(0, 0, 595.3, 841.9)), an_act(seam=None))
    (place,) = (place for place in stamped.places if place["what"] == "qr")

    assert float(place["x_mm"]) - 10 >= 210 - 26
    assert float(place["y_mm"]) + 10 <= 25


def test_the_qr_code_has_its_quiet_border_within_its_place(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures
) -> None:
    stamped = stamp(a_pdf(1), an_act(imprints=(), seam=None))
    place, _ = stamped.places
    (picture,) = pictures(stamped.pdf, 254)
    left, top = float(place["x_mm"]) * 10 - 100, float(place["y_mm"]) * 10 - 100
    corner = picture.crop((round(left), round(top), round(left) + 200, round(top) + 200))
    dark = corner.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()

    assert dark is not None
    # Four modules of at most 57 and at least 45 in 20 mm.
    assert all(14 <= gap <= 18 for gap in (dark[0], dark[1], 200 - dark[2], 200 - dark[3]))
