"""The independent reader finds what was asked for, and notices everything else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest

from archive.errors import StampBroken
from archive.sampleseal import sample_seal
from archive.stamping import Imprint, SealImage, SealingAct, SeamSeal, stamp
from archive.stampreading import verify_stamp

PdfMaker = Callable[..., bytes]
ActMaker = Callable[..., SealingAct]


@pytest.mark.parametrize("pages", [1, 2, 19, 20, 21, 100])
@pytest.mark.parametrize("turned", [0, 90])
def test_a_stamped_file_is_what_was_asked_for(
    a_pdf: PdfMaker, an_act: ActMaker, pages: int, turned: int
) -> None:
    act = an_act()

    read = verify_stamp(stamp(a_pdf(pages, turned=turned), act).pdf, act)

    assert (len(read.frames), len(read.imprints)) == (pages, 1)


def edited(pdf: bytes, page: int, pattern: bytes, replacement: bytes) -> bytes:
    """Return `pdf` with what was drawn last on `page` changed."""
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
    ("page", "pattern", "replacement", "why"),
    [
        (1, rb"(?m)^q .* /GDSeal0 Do Q$", b"", "骑缝章的段数"),
        (1, rb"(?m)^(q .* /GDSeal0 Do Q)$", rb"\1\n\1", "骑缝章的段数"),
        (0, rb"(?m)^q /GDMultiply gs [0-9]\S* 0 0 \S+ \S+ \S+ cm /GDSeal0 Do Q$", b"", "没有印章"),
        (
            0,
            rb"(?m)^(q /GDMultiply gs [0-9]\S* 0 0 \S+ \S+ \S+ cm /GDSeal0 Do Q)$",
            rb"\1\n\1",
            "多出一枚",
        ),
        (0, rb"(?m)^(q /GDMultiply gs )(\d\S*) 0 0 (\S+)", rb"\g<1>0.9 0 0 0.9", "没有印章"),
        (0, rb"(?m)^.*/GDQr Do Q$", b"", "二维码"),
        (2, rb"(\S+) (\S+) (\S+) (\S+) re W n", rb"\1 \2 1 \4 re W n", "骑缝章"),
        (0, rb"q 1 0 0 1 0 0 cm", b"q 1 0 0 1 5 0 cm", "无法复核"),
    ],
)
def test_a_change_to_what_was_stamped_is_noticed(
    a_pdf: PdfMaker, an_act: ActMaker, *, page: int, pattern: bytes, replacement: bytes, why: str
) -> None:
    act = an_act()
    broken = edited(stamp(a_pdf(3), act).pdf, page, pattern, replacement)

    with pytest.raises(StampBroken, match=why):
        verify_stamp(broken, act)


def test_another_seal_at_the_place_is_noticed(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage
) -> None:
    other = replace(sample_seal("另一家示例有限公司"), name=seal.name)
    stamped = stamp(a_pdf(1), an_act(imprints=(Imprint(other, "sealB"),)))

    with pytest.raises(StampBroken, match="没有印章"):
        verify_stamp(stamped.pdf, an_act())


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "SL-HT-2026-FW-0002"},
        {"title": "另一份合同"},
        {"qr_text": None},
        {"seam": None},
        {"imprints": ()},
    ],
)
def test_a_file_stamped_for_another_act_is_noticed(
    a_pdf: PdfMaker, an_act: ActMaker, changed: dict[str, object]
) -> None:
    with pytest.raises(StampBroken):
        verify_stamp(stamp(a_pdf(3), an_act(**changed)).pdf, an_act())


def test_a_seal_moved_by_a_millimetre_is_noticed(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage
) -> None:
    stamped = stamp(a_pdf(3), an_act(imprints=(Imprint(seal, "sealB", dx_mm=1),)))

    with pytest.raises(StampBroken, match="没有印章"):
        verify_stamp(stamped.pdf, an_act())


def test_a_seam_seal_of_another_size_is_noticed(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage
) -> None:
    stamped = stamp(a_pdf(3), an_act(seam=SeamSeal(replace(seal, width_mm=38, height_mm=38))))

    with pytest.raises(StampBroken, match="不是印章"):
        verify_stamp(stamped.pdf, an_act())


@pytest.mark.parametrize("garbage", [b"", b"%PDF-1.7\n", b"nothing" * 50])
def test_what_cannot_be_read_is_no_stamped_file(an_act: ActMaker, garbage: bytes) -> None:
    with pytest.raises(StampBroken):
        verify_stamp(garbage, an_act())


def test_an_unstamped_file_is_no_stamped_file(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    with pytest.raises(StampBroken):
        verify_stamp(a_pdf(3), an_act())
