"""Seal ground: whether an image lets the text show through, and ends where its ink ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

_FAINT: Final = 16
"""Alpha, of 255, below which nothing is seen."""

_SOLID: Final = 128
_WHITE: Final = 232
_LEAST_CLEAR: Final = 0.10
"""Even a dense square seal leaves more than this of its box open."""

_MOST_WHITE: Final = 0.01
_MOST_BORDER_MM: Final = 0.6


def ground_problems(dots: Any, width_mm: float, height_mm: float) -> Iterator[str]:
    """Yield, in Chinese, what is wrong with the RGBA image `dots` of that size."""
    alpha = dots.getchannel("A")
    seen = alpha.point(lambda value: 255 if value >= _FAINT else 0)
    box = seen.getbbox()
    if box is None:
        yield "图像是空白的"
        return
    total = dots.width * dots.height
    white = _white(dots)
    if white > total * _MOST_WHITE:
        yield (
            f"图像有 {white / total:.0%} 是不透明的白色（白底未去除），盖上会遮住文字；"
            "请去除白底，只留印迹"
        )
    clear = sum(alpha.histogram()[:_FAINT])
    if clear < total * _LEAST_CLEAR:
        yield f"图像只有 {clear / total:.0%} 透明，背景没有去除；请去底后再登记"
    edges = {
        "左": box[0] / dots.width * width_mm,
        "上": box[1] / dots.height * height_mm,
        "右": (dots.width - box[2]) / dots.width * width_mm,
        "下": (dots.height - box[3]) / dots.height * height_mm,
    }
    wide = [f"{side}边 {gap:.1f} 毫米" for side, gap in edges.items() if gap > _MOST_BORDER_MM]
    if wide:
        yield f"印迹四周留有空白（{'、'.join(wide)}），盖出的尺寸会偏小；请裁到印迹边缘"


def _white(dots: Any) -> int:
    """Return how many dots are white and hide what lies below."""
    from PIL import ImageChops  # noqa: PLC0415 - in the child alone

    red, green, blue, alpha = dots.split()
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    white = darkest.point(lambda value: 255 if value >= _WHITE else 0)
    solid = alpha.point(lambda value: 255 if value >= _SOLID else 0)
    return int(ImageChops.darker(white, solid).histogram()[255])
