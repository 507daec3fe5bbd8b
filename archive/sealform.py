"""Seal form: a seal's one-page PDF, examined and made into something a page can draw."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from archive.errors import StampRefused
from archive.pageframe import PageFrame, frame_of

_DEPTH: Final = 8
_DEVICE_COLOURS: Final = frozenset({"/DeviceCMYK"})
_CMYK_OPERATORS: Final = frozenset({"k", "K"})


def seal_form(document: pikepdf.Pdf, name: str, pdf: bytes) -> tuple[pikepdf.Object, PageFrame]:
    """Return the seal as a form inside `document`, and the frame it is drawn in.

    The form is a transparency group of its own, so that it is multiplied as one picture.
    Raises StampRefused for what would break PDF/A-2b or be no still picture: several pages,
    fonts, CMYK, a turned page (after ISO 19005-2, 6.2.4 and 6.2.11).
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as source:
            if source.is_encrypted or len(source.pages) != 1:
                raise StampRefused(f"印章图像“{name}”应为一页、未加密的 PDF")
            page = source.pages[0]
            frame = frame_of(page.obj)
            if frame.turned or frame.unit != 1:
                raise StampRefused(f"印章图像“{name}”的页面不得旋转或缩放")
            _examine(name, page)
            form = document.copy_foreign(source.make_indirect(page.as_form_xobject()))
    except (pikepdf.PdfError, ValueError) as error:
        raise StampRefused(f"印章图像“{name}”无法读取：{error}") from error
    form["/BBox"] = pikepdf.Array([frame.left, frame.bottom, frame.right, frame.top])
    form["/Group"] = pikepdf.Dictionary(
        S=pikepdf.Name.Transparency, CS=pikepdf.Name.DeviceRGB, I=True, K=False
    )
    return form, frame


def _examine(name: str, page: pikepdf.Page) -> None:
    if page.obj.get("/Annots"):
        raise StampRefused(f"印章图像“{name}”不得带批注或链接")
    for resources in _all_resources(page.obj.get("/Resources"), _DEPTH):
        if resources.get("/Font"):
            raise StampRefused(f"印章图像“{name}”含有文字，请先转为轮廓")
        for space in resources.get("/ColorSpace", pikepdf.Dictionary()).values():
            if str(space) in _DEVICE_COLOURS:
                raise StampRefused(f"印章图像“{name}”使用 CMYK 颜色，请改为 RGB")
        for drawn in resources.get("/XObject", pikepdf.Dictionary()).values():
            if str(drawn.get("/ColorSpace")) in _DEVICE_COLOURS:
                raise StampRefused(f"印章图像“{name}”使用 CMYK 颜色，请改为 RGB")
    for instruction in pikepdf.parse_content_stream(page):
        if str(instruction.operator) in _CMYK_OPERATORS:
            raise StampRefused(f"印章图像“{name}”使用 CMYK 颜色，请改为 RGB")


def _all_resources(resources: Any, depth: int) -> Iterator[Any]:
    if resources is None:
        return
    if depth == 0:
        raise ValueError("forms within forms without end")
    yield resources
    for drawn in resources.get("/XObject", pikepdf.Dictionary()).values():
        yield from _all_resources(drawn.get("/Resources"), depth - 1)
