"""What may become a firm's seal, and what is refused, in words a clerk can act on."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageDraw

from archive.errors import SealRefused
from archive.sampleseal import sample_seal
from archive.sealimages import examined_image
from archive.sealink import ink_span
from archive.sealpreview import preview_of
from archive.stamping import Imprint, SealImage, SeamSeal, stamp
from archive.stampproof import prove_stamp

FIRM = "示例网络技术（北京）有限公司"
SEAL = sample_seal(FIRM).pdf
RED = (200, 0, 0, 255)


def a_png(
    side: int = 960, *, ground: tuple[int, int, int, int] = (0, 0, 0, 0), inset: int = 4
) -> Image.Image:
    image = Image.new("RGBA", (side, side), ground)
    edge = side - inset
    ImageDraw.Draw(image).ellipse((inset, inset, edge, edge), outline=RED, width=side // 30)
    return image


def as_bytes(image: Image.Image, **said: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", **said)
    return target.getvalue()


def svg(inside: str, box: str = "0 0 40 40") -> bytes:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">'
    return f"{head}{inside}</svg>".encode()


RING = '<circle cx="20" cy="20" r="19.4" fill="none" stroke="#d00" stroke-width="1.2"/>'


def examined(name: str, content: bytes, *, width: float = 40, height: float = 40) -> bytes:
    return examined_image(name, content, width_mm=width, height_mm=height)


def test_a_drawing_is_kept_as_it_is_and_the_others_become_one_page() -> None:
    assert examined("seal.pdf", SEAL) == SEAL
    for name, content in (("a.PNG", as_bytes(a_png())), ("a.svg", svg(RING))):
        with pikepdf.open(io.BytesIO(examined(name, content))) as made:
            (page,) = made.pages
            size = [round(float(side) / 72 * 25.4, 2) for side in page.mediabox[2:]]
            assert size == [40, 40]


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (a_png(900), r"只有 572 dpi，不足 600 dpi；请以不少于 945×945 点"),
        (a_png(ground=(255, 255, 255, 255)), "白底未去除"),
        (a_png(ground=(250, 248, 240, 255)), "白底未去除"),
        (a_png(ground=(200, 180, 180, 255)), "背景没有去除"),
        (a_png().convert("RGB"), "没有透明通道"),
        (a_png(inset=40), r"留有空白（左边 1\.\d 毫米、上边 1\.\d 毫米"),
        (a_png().crop((0, 0, 960, 900)), "宽高比 1.067 与实测尺寸的 1.000 不符"),
        (Image.new("RGBA", (960, 960)), "空白"),
        (Image.new("L", (9000, 10)), "过大"),
    ],
)
def test_a_scan_that_is_not_fit_is_refused(image: Image.Image, said: str) -> None:
    with pytest.raises(SealRefused, match=said):
        examined("seal.png", as_bytes(image))


def a_bomb() -> bytes:
    """Return a PNG of a few hundred bytes that says it is 30,000 dots wide and high."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return len(content).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    head = (30000).to_bytes(4, "big") * 2 + bytes([8, 6, 0, 0, 0])
    body = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("seal.png", a_bomb(), "过大"),
        ("seal.png", as_bytes(a_png())[:900], "不是完好的 PNG"),
        ("seal.png", b"", "不是完好的 PNG"),
        ("seal.png", SEAL, "不是完好的 PNG"),
        (
            "seal.png",
            as_bytes(a_png(), save_all=True, append_images=[a_png(inset=5)]),
            "多帧动画",
        ),
        ("seal.pdf", b"%PDF-1.7 nothing", "无法读取"),
        ("seal.bmp", b"BM", "不受理 .bmp"),
        ("seal", SEAL, "无后缀"),
        ("seal.pdf", SEAL + b" " * (4 * 1024 * 1024), "超过 4 MB"),
    ],
)
def test_what_is_no_image_is_refused(name: str, content: bytes, said: str) -> None:
    with pytest.raises(SealRefused, match=said):
        examined(name, content)


def changed(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(SEAL)) as document:
        change(document)
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()


def _second_page(document: pikepdf.Pdf) -> None:
    document.pages.append(document.pages[0])


def _font(document: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    document.pages[0].obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))


def _font_above(document: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
    document.Root.Pages.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))


def _script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _attachment(document: pikepdf.Pdf) -> None:
    document.attachments["x.txt"] = b"hidden"


def _link(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.com")
    note = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].obj.Annots = pikepdf.Array([note])


def _white_box(document: pikepdf.Pdf) -> None:
    document.pages[0].contents_add(b"1 1 1 rg 0 0 200 200 re f ", prepend=True)


def _wider(document: pikepdf.Pdf) -> None:
    document.pages[0].mediabox = [0, 0, 130, 114]


def _coarse_picture(document: pikepdf.Pdf) -> None:
    picture = document.make_stream(
        bytes(50 * 50 * 3),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=50,
        Height=50,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
    )
    drawn = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
    document.pages[0].obj.Resources = drawn
    document.pages[0].contents_add(b"q 30 0 0 30 42 42 cm /P Do Q")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_second_page, "一页"),
        (_font, "文字"),
        (_font_above, "文字"),
        (_script, "自动动作"),
        (_attachment, "附件"),
        (_link, "批注或链接"),
        (_white_box, "白底未去除"),
        (_wider, "宽高比"),
        (_coarse_picture, "dpi，不足 600 dpi"),
    ],
)
def test_a_pdf_that_is_more_than_a_drawing_is_refused(
    change: Callable[[pikepdf.Pdf], None], said: str
) -> None:
    with pytest.raises(SealRefused, match=said):
        examined("seal.pdf", changed(change))


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<text>公章</text>", "文字"),
        ('<image href="https://example.com/x.png"/>', "图片"),
        ('<use href="#a"/>', "引用"),
        ("<script>alert(1)</script>", "脚本"),
        ('<style>@import "x.css";</style>', "样式表"),
        ("<foreignObject/>", "外部对象"),
        ('<g onload="x()"/>', "脚本"),
        ('<path d="M0 0h9v9z" fill="url(#a)"/>', "引用了其他对象"),
        ('<path d="M0 0h9v9z" fill-opacity="0.5"/>', "半透明"),
        ('<path d="M0 0h9v9z" filter="blur"/>', "filter"),
        ('<path d="M0 0h9 9 9 q"/>', "参数不够"),
        ('<path d="9 9"/>', "缺少命令"),
        ('<path d="M0 0 L1e9 0"/>', "坐标过大"),
        ('<g transform="skewX(9)"/>', "变换"),
        ('<rect width="9" height="9" rx="2"/>', "圆角"),
        ('<rect width="9mm" height="9"/>', "长度"),
        ("<g>" * 60 + "</g>" * 60, "嵌套超过"),
        ("<g/>" * 5001, "超过 5000 个元素"),
        ('<rect width="40" height="40" fill="white"/>', "白底未去除"),
    ],
)
def test_an_svg_that_is_more_than_outlines_is_refused(inside: str, said: str) -> None:
    with pytest.raises(SealRefused, match=said):
        examined("seal.svg", svg(f"{inside}{RING}"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg", "不是有效的 SVG"),
        (b"<html/>", "不是 SVG"),
        (svg(RING, box=""), "viewBox"),
        (svg(RING, box="0 0 40 20"), "宽高比"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("&a;"), "DOCTYPE"),
    ],
)
def test_what_is_no_svg_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(SealRefused, match=said):
        examined("seal.svg", content)


def drawn(pdf: bytes) -> Image.Image:
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(pdf)
    picture = document[0].render(scale=400 / document[0].get_width()).to_pil().convert("L")
    document.close()
    assert isinstance(picture, Image.Image)
    return picture


def differing(one: Image.Image, other: Image.Image) -> float:
    """Return which part of the dots is dark in one and light in the other."""
    pairs = zip(one.tobytes(), other.tobytes(), strict=True)
    return sum(abs(a - b) > 128 for a, b in pairs) / (one.width * one.height)


@pytest.mark.parametrize(
    "path",
    [
        "M.6 20a19.4 19.4 0 1 0 38.8 0a19.4 19.4 0 1 0-38.8 0z",
        "M.6,20A19.4,19.4,0,0,1,39.4,20A19.4,19.4,0,0,1,.6,20Z",
        "M20 .6A19.4 19.4 0 0139.4 20 19.4 19.4 0 1120 .6",
        "M20 .6c10.714 0 19.4 8.686 19.4 19.4S30.714 39.4 20 39.4 .6 30.714.6 20 9.286.6 20 .6z",
    ],
)
def test_a_circle_is_a_circle_however_it_is_written(path: str) -> None:
    ring = drawn(examined("seal.svg", svg(RING)))
    line = 'fill="none" stroke="#d00" stroke-width="1.2"'
    turned = 'translate(40,0) scale(-1,1)" style="fill:none;stroke:#d00'
    for inside in (
        f'<path d="{path}" {line}/>',
        f'<g transform="rotate(90 20 20)"><path d="{path}" {line}/></g>',
        f'<g transform="{turned}"><path d="{path}" stroke-width="1.2"/></g>',
    ):
        assert differing(ring, drawn(examined("seal.svg", svg(inside)))) < 0.002


def test_curves_and_corners_are_where_svg_says() -> None:
    lines = '<path d="M0 0H40V40H0zM2 2v36h36V2z" fill-rule="evenodd" fill="red"/>'
    bowl = '<path d="M10 20Q20 0 30 20T50 20" fill="none" stroke="red"/>'
    picture = drawn(examined("seal.svg", svg(lines + bowl)))
    dark = {
        (x, y): picture.getpixel((x * 10, y * 10)) < 200 for x, y in ((1, 1), (20, 20), (20, 10))
    }
    assert dark == {(1, 1): True, (20, 20): False, (20, 10): True}


def test_a_preview_is_small_marked_and_no_seal() -> None:
    picture = preview_of(SEAL)
    with Image.open(io.BytesIO(picture)) as image:
        assert (image.format, image.mode, max(image.size)) == ("PNG", "RGB", 180)
        dots = image.tobytes()
        blue = sum(b > r + 40 for r, b in zip(dots[::3], dots[2::3], strict=True))
    assert blue > 400
    with pytest.raises(SealRefused, match="不足 600 dpi"):
        examined("preview.png", picture)


@pytest.mark.parametrize(
    ("name", "content"), [("a.png", as_bytes(a_png())), ("a.svg", svg(RING)), ("a.pdf", SEAL)]
)
def test_what_is_registered_can_be_stamped_and_proved(
    a_pdf: Any, an_act: Any, name: str, content: bytes
) -> None:
    pdf = examined(name, content)
    seal = SealImage("HT01", pdf, 40.0, 40.0, ink_span(pdf))
    act = an_act(imprints=(Imprint(seal, "sealB"),), seam=SeamSeal(seal))
    proof = prove_stamp(stamp(a_pdf(3), act).pdf, act)
    assert [one["lost"] for one in (*proof["imprints"], *proof["seams"])] == [0, 0]
