"""Seal images: what is handed in as a seal's image, examined and made a one-page PDF.

A firm's image is stamped onto everything it signs, so it is examined once, strictly, in a
child: the shape it claims, a ground that lets the text through, nothing that could run,
fetch or hide, and enough dots to be printed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import PurePath
from typing import Any, Final

from archive.confined import Confined
from archive.errors import ChildLost, SealRefused, StampRefused
from archive.outlines import one_page
from archive.pageframe import POINTS_PER_MM
from archive.sealground import ground_problems

LIMIT_BYTES: Final = 4 * 1024 * 1024
_ALLOWED: Final = timedelta(seconds=40)
_LEAST_DPI: Final = 600
_MM_PER_INCH: Final = 25.4
_MOST_SIDE: Final = 8000
_MOST_DOTS: Final = 25_000_000
_MOST_OBJECTS: Final = 2000
_SAME_SHAPE: Final = 0.01
_SUFFIXES: Final = (".pdf", ".png", ".svg")
_BANNED: Final = {
    "/JS": "脚本",
    "/JavaScript": "脚本",
    "/OpenAction": "自动动作",
    "/AA": "自动动作",
    "/AcroForm": "表单",
    "/EmbeddedFiles": "附件",
    "/EF": "附件",
    "/RichMedia": "多媒体",
    "/URI": "链接",
    "/Launch": "外部程序",
}


def examined_image(name: str, content: bytes, *, width_mm: float, height_mm: float) -> bytes:
    """Return the image in the file `name` as the PDF that is stamped, of the measured size.

    Raises SealRefused with everything that is wrong with it and what to do.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise SealRefused(
            f"印章图像须为 PDF、SVG 或带透明底的 PNG，不受理 {suffix or '无后缀'} 文件"
        )
    if len(content) > LIMIT_BYTES:
        raise SealRefused(f"印章图像超过 {LIMIT_BYTES // 1024 // 1024} MB，请简化后再登记")
    with Confined() as child:
        try:
            question = (suffix, content, width_mm, height_mm)
            return child.ask("seal-image", question, allowed=_ALLOWED).made
        except StampRefused as error:
            raise SealRefused(f"{error}") from error
        except ChildLost as error:
            raise SealRefused(
                "印章图像在限定的时间和内存内读不出来，可能已损坏或过于复杂；请简化后重新导出"
            ) from error


def read_image(suffix: str, content: bytes, width_mm: float, height_mm: float) -> bytes:
    """Return what `examined_image` does, in this process; raises SealRefused, StampRefused."""
    width, height = width_mm * POINTS_PER_MM, height_mm * POINTS_PER_MM
    if suffix == ".png":
        pdf = _from_png(content, width_mm, height_mm)
    elif suffix == ".svg":
        from archive.sealsvg import svg_drawing  # noqa: PLC0415 - only where one is read

        pdf = one_page(svg_drawing(content, width, height), width, height)
    else:
        _assert_plain_pdf(content, width_mm / height_mm)
        pdf = content
    problems = list(_drawn_problems(pdf, width_mm, height_mm))
    if problems:
        raise SealRefused("；".join(problems))
    return pdf


def _from_png(content: bytes, width_mm: float, height_mm: float) -> bytes:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - in the child alone

    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            wide, high = image.size
            if max(wide, high) > _MOST_SIDE or wide * high > _MOST_DOTS:
                raise StampRefused(f"PNG 有 {wide}×{high} 点，过大；每边不超过 {_MOST_SIDE} 点")
            if getattr(image, "n_frames", 1) != 1:
                raise StampRefused("PNG 含有多帧动画，印章图像只能有一帧")
            problems = list(_png_problems(image, width_mm, height_mm))
            if problems:
                raise SealRefused("；".join(problems))
            dots = image.convert("RGBA")
    except Image.DecompressionBombError as error:
        raise SealRefused(f"PNG 过大；每边不超过 {_MOST_SIDE} 点") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise StampRefused("不是完好的 PNG；请重新导出") from error
    return _page_of_dots(dots, width_mm * POINTS_PER_MM, height_mm * POINTS_PER_MM)


def _png_problems(image: Any, width_mm: float, height_mm: float) -> Iterator[str]:
    wide, high = image.size
    dpi = min(wide / width_mm, high / height_mm) * _MM_PER_INCH
    if dpi < _LEAST_DPI:
        needed = f"{_needed(width_mm)}×{_needed(height_mm)}"
        yield (
            f"图像 {wide}×{high} 点，按实测 {width_mm:g}×{height_mm:g} 毫米只有 {dpi:.0f} dpi，"
            f"不足 {_LEAST_DPI} dpi；请以不少于 {needed} 点重新扫描或导出"
        )
    if _differ(wide / high, width_mm / height_mm):
        yield _shape_problem(wide / high, width_mm / height_mm)
    if "A" not in image.getbands() and "transparency" not in image.info:
        yield "PNG 没有透明通道，盖上会遮住文字；请去底后存为带透明度的 PNG"


def _needed(length_mm: float) -> int:
    return -int(-length_mm / _MM_PER_INCH * _LEAST_DPI // 1)


def _differ(found: float, wanted: float) -> bool:
    return abs(found / wanted - 1) > _SAME_SHAPE


def _shape_problem(found: float, wanted: float) -> str:
    return (
        f"图像宽高比 {found:.3f} 与实测尺寸的 {wanted:.3f} 不符；请裁到印迹边缘，或更正登记的尺寸"
    )


def _page_of_dots(dots: Any, width: float, height: float) -> bytes:
    import pikepdf  # noqa: PLC0415 - in the child alone

    with pikepdf.new() as document:
        mask = pikepdf.Stream(
            document,
            dots.getchannel("A").tobytes(),
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=dots.width,
                Height=dots.height,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            ),
        )
        picture = pikepdf.Stream(
            document,
            dots.convert("RGB").tobytes(),
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=dots.width,
                Height=dots.height,
                ColorSpace=pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                SMask=document.make_indirect(mask),
            ),
        )
        page = document.add_blank_page(page_size=(width, height))
        page.obj.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Dots=document.make_indirect(picture))
        )
        drawing = f"{width:.4f} 0 0 {height:.4f} 0 0 cm /Dots Do".encode()
        page.obj.Contents = document.make_stream(drawing)
        target = io.BytesIO()
        document.save(target, deterministic_id=True, compress_streams=True)
        return target.getvalue()


def _assert_plain_pdf(content: bytes, shape: float) -> None:
    import pikepdf  # noqa: PLC0415 - in the child alone

    from archive.sealform import seal_form  # noqa: PLC0415 - the same

    with pikepdf.new() as scratch:
        _, frame = seal_form(scratch, "图像", content)
    problems = (
        [_shape_problem(frame.width / frame.height, shape)]
        if _differ(frame.width / frame.height, shape)
        else []
    )
    with pikepdf.open(io.BytesIO(content)) as source:
        if len(source.objects) > _MOST_OBJECTS:
            problems.append(f"PDF 超过 {_MOST_OBJECTS} 个对象，过于复杂；请重新导出")
        else:
            found = dict.fromkeys(word for each in source.objects for word in _banned(each, 0))
            problems += [
                f"PDF 含有{word}，印章图像不得带有；请另存为纯图形的 PDF" for word in found
            ]
    if problems:
        raise SealRefused("；".join(problems))


def _banned(thing: Any, depth: int) -> Iterator[str]:
    """Yield what a PDF object holds that an image of a seal never needs."""
    import pikepdf  # noqa: PLC0415 - in the child alone

    if depth > 32:  # noqa: PLR2004 - no honest drawing nests deeper
        raise StampRefused("PDF 对象嵌套过深；请重新导出")
    if isinstance(thing, pikepdf.Array):
        children: Iterable[Any] = list(thing)
    elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        children = [value for _, value in thing.items()]
        yield from (word for key, word in _BANNED.items() if key in thing)
        if thing.get("/Type") == "/Font" or thing.get("/Font"):
            yield "文字或字体（请先转为轮廓）"
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _banned(child, depth + 1)


def _drawn_problems(pdf: bytes, width_mm: float, height_mm: float) -> Iterator[str]:
    """Yield what is wrong with the image as it is drawn in its measured size."""
    import pypdfium2  # noqa: PLC0415 - in the child alone
    from pypdfium2 import raw  # noqa: PLC0415 - the same

    try:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            stretch = page.get_width() / (width_mm * POINTS_PER_MM)
            for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=16):
                said = each.get_metadata()
                dpi = min(said.horizontal_dpi, said.vertical_dpi) * stretch
                if dpi < _LEAST_DPI - 1:
                    yield (
                        f"PDF 中的图片按实测尺寸只有 {dpi:.0f} dpi，不足 {_LEAST_DPI} dpi；"
                        "请用矢量图，或以更高分辨率重新扫描"
                    )
            scale = width_mm / _MM_PER_INCH * _LEAST_DPI / page.get_width()
            bitmap = page.render(scale=scale, fill_color=(0, 0, 0, 0), may_draw_forms=False)
            dots = bitmap.to_pil().convert("RGBA")
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise StampRefused(f"印章图像无法读取：{error}") from error
    yield from ground_problems(dots, width_mm, height_mm)
