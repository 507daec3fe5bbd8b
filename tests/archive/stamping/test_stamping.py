"""One pass puts everything on, says where, and gives the same bytes for the same act."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from archive.errors import StampRefused
from archive.stamping import Imprint, SealImage, SealingAct, SeamSeal, stamp

PdfMaker = Callable[..., bytes]
ActMaker = Callable[..., SealingAct]


def test_the_places_say_what_stands_where_and_can_be_kept_as_json(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage
) -> None:
    stamped = stamp(a_pdf(3), an_act())

    assert stamped.pages == 3
    assert [(place["what"], place["page"]) for place in stamped.places] == [
        ("imprint", 1),
        ("seam", 1),
        ("seam", 2),
        ("seam", 3),
        ("qr", 1),
        ("notice", 1),
    ]
    assert [place.get("slice") for place in stamped.places[1:4]] == ["1/3", "2/3", "3/3"]
    assert {place["seal"] for place in stamped.places[:4]} == {seal.name}
    assert json.loads(json.dumps(stamped.places)) == [dict(place) for place in stamped.places]


def test_a_seal_used_many_times_is_embedded_once(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    with pikepdf.open(io.BytesIO(stamp(a_pdf(40), an_act()).pdf)) as document:
        forms = [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form"
        ]

    assert len(forms) == 3


def test_two_seals_at_two_places(a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage) -> None:
    smaller = replace(seal, name="法定代表人章", width_mm=20, height_mm=20)
    pdf = a_pdf(2, places=[("sealA", 0, 150, 400), ("sealB", 1, 420, 300)])
    act = an_act(
        imprints=(Imprint(seal, "sealA"), Imprint(smaller, "sealB")), seam=None, qr_text=None
    )

    imprints = [p for p in stamp(pdf, act).places if p["what"] == "imprint"]
    assert [(p["destination"], p["page"], p["seal"]) for p in imprints] == [
        ("sealA", 1, seal.name),
        ("sealB", 2, "法定代表人章"),
    ]


def test_destinations_are_found_in_a_name_tree_too(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    def move(document: pikepdf.Pdf) -> None:
        target = document.Root.Dests["/sealB"]
        del document.Root["/Dests"]
        document.Root.Names = pikepdf.Dictionary(
            Dests=pikepdf.Dictionary(Names=pikepdf.Array(["sealB", pikepdf.Dictionary(D=target)]))
        )

    moved = stamp(a_pdf(3, change=move), an_act()).places

    assert moved == stamp(a_pdf(3), an_act()).places


def test_what_the_file_says_about_itself_comes_from_the_act_alone(
    a_pdf: PdfMaker, an_act: ActMaker
) -> None:
    act = an_act(title="“A&B” <合同>\x00", subject="订单 XSDD-2026-0318")
    reader = PdfReader(io.BytesIO(stamp(a_pdf(2), act).pdf))
    said, packet = reader.metadata, reader.xmp_metadata

    assert said is not None
    assert packet is not None
    assert said.author == act.creator
    assert said["/Keywords"] == act.number
    assert said["/CreationDate"] == said["/ModDate"] == "D:20260309093015+08'00'"
    assert packet.dc_title == {"x-default": "“A&B” <合同>"}
    assert packet.dc_creator == [act.creator]
    assert packet.dc_description == {"x-default": f"{act.subject}；{act.way.statement}"}
    assert "打印套章" in act.way.statement
    assert "不是电子签名" in act.way.statement
    assert packet.pdf_keywords == act.number
    assert packet.xmp_create_date == datetime.fromisoformat("2026-03-09T01:30:15")


def test_a_naive_moment_is_refused(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    with pytest.raises(StampRefused, match="naive"):
        stamp(a_pdf(), an_act(made_at=datetime(2026, 3, 9)))  # noqa: DTZ001 - that is the test


def test_the_clock_in_the_colour_profile_and_in_the_trailer_leaves_no_trace(
    a_pdf: PdfMaker, an_act: ActMaker
) -> None:
    def made(clock: bytes) -> bytes:
        def change(document: pikepdf.Pdf) -> None:
            profile = document.make_stream(b"p" * 24 + clock + b"rofile" * 40)
            document.Root.OutputIntents = pikepdf.Array(
                [pikepdf.Dictionary(S=pikepdf.Name.GTS_PDFA1, DestOutputProfile=profile)]
            )
            document.trailer["/DocChecksum"] = pikepdf.Name("/" + clock.decode())
            document.docinfo["/ModDate"] = clock.decode()

        return stamp(a_pdf(2, change=change), an_act()).pdf

    assert made(b"morning-0900") == made(b"evening-2130")


_ELSEWHERE = """
import hashlib, pickle, sys
from archive.stamping import stamp
pdf, act = pickle.load(sys.stdin.buffer)
print(hashlib.sha256(stamp(pdf, act).pdf).hexdigest())
"""


def test_another_process_on_another_day_in_another_zone_makes_the_same_bytes(
    a_pdf: PdfMaker, an_act: ActMaker
) -> None:
    pdf, act = a_pdf(5), an_act()
    digests = {hashlib.sha256(stamp(pdf, act).pdf).hexdigest()}
    for zone, seed in (("UTC", "1"), ("America/New_York", "2")):
        done = subprocess.run(
            [sys.executable, "-c", _ELSEWHERE],
            input=pickle.dumps((pdf, act)),
            env={"TZ": zone, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=60,
        )
        digests.add(done.stdout.decode().strip())

    assert len(digests) == 1


def test_a_file_is_never_stamped_twice(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    once = stamp(a_pdf(), an_act()).pdf

    with pytest.raises(StampRefused, match="已盖过章"):
        stamp(once, an_act())


def javascript(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def javascript_in_names(document: pikepdf.Pdf) -> None:
    document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[]))


def launching_link(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x")
            )
        ]
    )


def chained_action(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Subtype=pikepdf.Name.Link,
                A=pikepdf.Dictionary(
                    S=pikepdf.Name.URI,
                    URI="https://example.invalid",
                    Next=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"),
                ),
            )
        ]
    )


def page_action(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript))


def signature(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = pikepdf.Dictionary(
        SigFlags=3, Fields=pikepdf.Array([pikepdf.Dictionary(FT=pikepdf.Name.Sig)])
    )


def embedded_file(document: pikepdf.Pdf) -> None:
    document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=[]))


def no_metadata(document: pikepdf.Pdf) -> None:
    del document.Root["/Metadata"]


def dangling_place(document: pikepdf.Pdf) -> None:
    document.Root.Dests["/sealB"][0] = document.make_indirect(pikepdf.Dictionary())


def place_without_a_point(document: pikepdf.Pdf) -> None:
    document.Root.Dests["/sealB"] = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (javascript, "脚本"),
        (javascript_in_names, "脚本"),
        (launching_link, "动作"),
        (chained_action, "动作"),
        (page_action, "动作"),
        (signature, "签名"),
        (embedded_file, "嵌入文件"),
        (no_metadata, "PDF/A-2"),
        (dangling_place, "sealB"),
        (place_without_a_point, "sealB"),
    ],
)
def test_a_file_that_may_not_be_stamped_is_refused(
    a_pdf: PdfMaker, an_act: ActMaker, change: Callable[[Any], None], why: str
) -> None:
    with pytest.raises(StampRefused, match=why):
        stamp(a_pdf(change=change), an_act())


def test_a_link_to_a_page_of_the_web_is_no_danger(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    def link(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.Annots = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Subtype=pikepdf.Name.Link,
                    A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.invalid"),
                )
            ]
        )

    assert stamp(a_pdf(change=link), an_act()).pages == 3


def test_pdf_a_1_knows_no_transparency_and_is_refused(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    with pytest.raises(StampRefused, match="PDF/A-2"):
        stamp(a_pdf(part=1), an_act())


def test_a_file_without_pages_is_refused(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    with pytest.raises(StampRefused, match="没有页面"):
        stamp(a_pdf(0, places=()), an_act())


@pytest.mark.parametrize("password", ["", "geheim"])
def test_an_encrypted_file_is_refused_even_if_it_opens_without_a_password(
    a_pdf: PdfMaker, an_act: ActMaker, password: str
) -> None:
    locked = a_pdf(encryption=pikepdf.Encryption(owner="owner", user=password))
    with pytest.raises(StampRefused, match="加密"):
        stamp(locked, an_act())


@pytest.mark.parametrize("garbage", [b"", b"%PDF-1.7", b"not a pdf" * 100])
def test_garbage_is_refused(an_act: ActMaker, garbage: bytes) -> None:
    with pytest.raises(StampRefused):
        stamp(garbage, an_act())


def test_a_missing_place_is_named(a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage) -> None:
    with pytest.raises(StampRefused, match="sealC"):
        stamp(a_pdf(), an_act(imprints=(Imprint(seal, "sealC"),)))


@pytest.mark.parametrize("moved", [(-200, 0), (200, 0), (0, -200), (0, 200)])
def test_a_seal_that_would_not_stand_wholly_on_the_page_is_refused(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage, moved: tuple[float, float]
) -> None:
    with pytest.raises(StampRefused, match="超出页面"):
        stamp(a_pdf(), an_act(imprints=(Imprint(seal, "sealB", *moved),)))


@pytest.mark.parametrize("fraction", [0.0, 1.0, -3.0])
def test_a_seam_seal_that_would_be_cut_off_is_refused(
    a_pdf: PdfMaker, an_act: ActMaker, seal: SealImage, fraction: float
) -> None:
    with pytest.raises(StampRefused, match="超出页面"):
        stamp(a_pdf(), an_act(seam=SeamSeal(seal, fraction)))


def test_two_seam_seals_on_a_shared_page_stand_apart(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    stamped = stamp(a_pdf(21), an_act(imprints=(), qr_text=None))
    upper, lower = (float(p["y_mm"]) for p in stamped.places if p["page"] == 11)

    assert lower - upper == pytest.approx(45, abs=0.05)


def test_pages_of_mixed_sizes_keep_the_seam_at_one_height(
    a_pdf: PdfMaker, an_act: ActMaker
) -> None:
    def widen(document: pikepdf.Pdf) -> None:
        document.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 1191, 842])
        document.pages[2].obj.MediaBox = pikepdf.Array([0, 0, 842, 595])

    stamped = stamp(a_pdf(3, change=widen), an_act(imprints=(), qr_text=None))

    seams = [place for place in stamped.places if place["what"] == "seam"]
    assert len({place["y_mm"] for place in seams}) == 1
    assert [round(float(p["x_mm"]) + 40 / 6) for p in seams] == [210, 420, 297]


def test_user_units_do_not_change_the_size_on_paper(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    act = an_act(seam=None, qr_text=None)
    plain = stamp(a_pdf(1), act).places
    large = a_pdf(1, media=(0, 0, 59.5, 84.2), unit=10, places=[("sealB", 0, 30, 40)])
    scaled = stamp(large, act).places

    assert scaled == plain


def seal_pdf(content: bytes, pages: int = 1, **resources: Any) -> bytes:
    with pikepdf.new() as document:
        for _ in range(pages):
            page = document.add_blank_page(page_size=(113, 113)).obj
            page.Contents = document.make_stream(content)
            page.Resources = pikepdf.Dictionary(**resources)
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (b"not a pdf", "无法读取"),
        (seal_pdf(b"", pages=2), "一页"),
        (seal_pdf(b"0 1 1 0 k 0 0 50 50 re f"), "CMYK"),
        (
            seal_pdf(b"BT /F 9 Tf (x) Tj ET", Font=pikepdf.Dictionary(F=pikepdf.Dictionary())),
            "轮廓",
        ),
        (
            seal_pdf(b"", ColorSpace=pikepdf.Dictionary(C=pikepdf.Name.DeviceCMYK)),
            "CMYK",
        ),
    ],
)
def test_a_seal_that_would_break_the_archival_form_is_refused(
    a_pdf: PdfMaker, an_act: ActMaker, image: bytes, why: str
) -> None:
    broken = SealImage("坏章", image, 40, 40)
    with pytest.raises(StampRefused, match=why):
        stamp(a_pdf(), an_act(imprints=(Imprint(broken, "sealB"),), seam=None))


def test_nothing_of_the_stamp_is_text(a_pdf: PdfMaker, an_act: ActMaker) -> None:
    reader = PdfReader(io.BytesIO(stamp(a_pdf(2), an_act()).pdf))

    assert [page.extract_text() for page in reader.pages] == ["", ""]
