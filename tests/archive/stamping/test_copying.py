"""A copy says what it is on its pages and of itself, and can be made again from the sealed file."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from archive.copying import CopyKind, CopyMark, claimed_mark, derive
from archive.digests import sha256
from archive.errors import CopyRefused
from archive.stamping import SealingAct, stamp

PdfMaker = Callable[..., bytes]
ActMaker = Callable[..., SealingAct]
Pictures = Callable[..., list[Image.Image]]
FIRST = CopyMark(CopyKind.ORIGINAL, 1, 4)
VOID = CopyMark(CopyKind.VOID)


@pytest.fixture
def sealed(a_pdf: PdfMaker, an_act: ActMaker) -> bytes:
    def write(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            page.obj.Contents = document.make_stream(b"0 g 90 200 400 500 re f")

    return stamp(a_pdf(3, change=write), an_act()).pdf


@pytest.mark.parametrize("mark", [FIRST, CopyMark(CopyKind.DUPLICATE, 2, 2), VOID])
def test_a_copy_is_the_same_whenever_it_is_made_and_names_its_source(
    sealed: bytes, mark: CopyMark
) -> None:
    copy = derive(sealed, mark)

    assert copy == derive(sealed, mark)
    with pikepdf.open(io.BytesIO(copy)) as document:
        assert claimed_mark(document) == (sha256(sealed), mark)
        packet = document.Root.Metadata.read_bytes().decode()
    said = PdfReader(io.BytesIO(copy)).metadata
    assert said is not None
    assert mark.text in str(said.subject)
    assert sha256(sealed) in str(said.subject)
    assert "不是电子签名" in str(said.subject)
    assert str(said.title).startswith(f"【{mark.kind.value}】")
    assert "<pdfaid:part>2</pdfaid:part>" in packet


def changed(before: Image.Image, after: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(before, after).getbbox()


def test_an_original_is_marked_in_the_upper_left_corner_of_page_one_alone(
    sealed: bytes, pictures: Pictures
) -> None:
    before, after = (pictures(each, 100) for each in (sealed, derive(sealed, FIRST)))
    box = changed(before[0], after[0])

    assert box is not None
    left, top, right, bottom = (edge * 0.254 for edge in box)
    assert 9 < left < 13
    assert right < 60
    assert 4 < top < bottom < 11
    assert [changed(*pair) for pair in zip(before[1:], after[1:], strict=True)] == [None, None]


@pytest.mark.parametrize("turned", [0, 90, 270])
def test_void_lies_in_red_across_every_page_and_hides_nothing(
    a_pdf: PdfMaker, an_act: ActMaker, pictures: Pictures, turned: int
) -> None:
    def write(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            page.obj.Contents = document.make_stream(b"0 g 290 90 10 660 re f")
        document.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 842, 595])

    pdf = stamp(a_pdf(3, turned=turned, change=write), an_act()).pdf
    before, after = (pictures(each, 60) for each in (pdf, derive(pdf, VOID)))

    for one, other in zip(before, after, strict=True):
        box = changed(one, other)
        assert box is not None
        assert box[2] - box[0] > one.width * 0.35
        assert box[3] - box[1] > one.height * 0.25
        assert ImageChops.subtract(other, one).getbbox() is None
        reds = sum(1 for (r, g, _) in other.get_flattened_data() if r > 200 and 40 < g < 120)
        assert reds > 0.02 * one.width * one.height


@pytest.mark.parametrize(
    "mark",
    [
        CopyMark(CopyKind.ORIGINAL),
        CopyMark(CopyKind.ORIGINAL, 5, 4),
        CopyMark(CopyKind.DUPLICATE, 1, 100),
        CopyMark(CopyKind.VOID, 1, 1),
    ],
)
def test_a_count_that_makes_no_sense_is_refused(sealed: bytes, mark: CopyMark) -> None:
    with pytest.raises(CopyRefused):
        derive(sealed, mark)


def test_a_copy_is_made_of_the_sealed_file_alone(a_pdf: PdfMaker, sealed: bytes) -> None:
    with pytest.raises(CopyRefused, match="不是本系统用印的文件"):
        derive(a_pdf(), FIRST)
    with pytest.raises(CopyRefused, match="本身就是派生副本"):
        derive(derive(sealed, FIRST), VOID)
    with pytest.raises(CopyRefused, match="无法制作副本"):
        derive(b"%PDF-1.7", FIRST)


def test_a_mark_nobody_could_have_made_is_no_claim(sealed: bytes) -> None:
    for key, value in (("/Nth", 9), ("/As", pikepdf.String("样本"))):
        with pikepdf.open(io.BytesIO(derive(sealed, FIRST))) as document:
            document.Root.PieceInfo["/Guidang"].Private[key] = value
            assert claimed_mark(document) is None
