"""Charts of the benchmarks, drawn as SVG by hand: bars, and lines over a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

_OURS, _OTHERS = "#0369a1", "#9ca3af"
_COLOURS = ("#0369a1", "#b45309", "#4d7c0f", "#7c3aed")
_LEFT, _TOP, _WIDTH, _HEIGHT, _ROW = 130, 40, 520, 280, 30


def draw_bars(title: str, rows: Sequence[tuple[str, float, str]], path: Path) -> None:
    """Draw a bar for each name, value and remark; the first is ours."""
    most = max(value for _, value, _ in rows)
    parts = _head(title, _LEFT + _WIDTH + 60, _TOP + _ROW * len(rows) + 10)
    for place, (name, value, remark) in enumerate(rows):
        y = _TOP + _ROW * place
        length = (_WIDTH - 170) * value / most
        colour = _OTHERS if place else _OURS
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 15}" text-anchor="end">{name}</text>')
        parts.append(
            f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="20" fill="{colour}"/>'
        )
        parts.append(f'<text x="{_LEFT + length + 6:.1f}" y="{y + 15}">{remark}</text>')
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")


def draw_lines(
    title: str, lines: Mapping[str, Sequence[tuple[float, float]]], path: Path, *, unit: str
) -> None:
    """Draw a line of points (count, value) for each name, both from zero."""
    widest = max(x for points in lines.values() for x, _ in points) or 1.0
    highest = 1.1 * max(y for points in lines.values() for _, y in points)
    parts = _head(title, _LEFT + _WIDTH + 150, _TOP + _HEIGHT + 40)
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = _LEFT + _WIDTH * share, _TOP + _HEIGHT * (1 - share)
        parts.append(f'<path d="M{_LEFT} {y:.1f}h{_WIDTH}" stroke="#e5e7eb"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{highest * share:,.4g} {unit}'
            "</text>"
        )
        parts.append(
            f'<text x="{x:.1f}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">'
            f"{widest * share:,.0f}</text>"
        )
    for place, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        drawn = " ".join(
            f"{_LEFT + _WIDTH * x / widest:.1f},{_TOP + _HEIGHT * (1 - y / highest):.1f}"
            for x, y in points
        )
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = _TOP + 16 + 18 * place
        parts.append(f'<text x="{_LEFT + _WIDTH + 12}" y="{y}" fill="{colour}">{name}</text>')
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")


def _head(title: str, width: int, height: int) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        "<style>text { font: 12px sans-serif }</style>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="20" y="22">{title}</text>',
    ]
