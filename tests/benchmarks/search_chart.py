"""The chart of search: p50 and p95 against the number of records, drawn as SVG by hand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

_COLOURS = {"whoosh": "#b45309", "tantivy": "#0369a1", "postgres": "#4d7c0f"}
_OTHER = {"jieba+whoosh": "#9ca3af", "fts5-trigram": "#6b7280", "fts5-pairs": "#7c3aed"}
_LEFT, _TOP, _WIDTH, _HEIGHT = 70, 40, 560, 320
_SIZES, _TIMES = (1_000, 200_000), (0.1, 100_000)


def draw(figures: list[dict[str, Any]], path: Path) -> None:
    """Draw milliseconds against records, both by powers of ten; p95 solid, p50 dashed."""
    width, height = _LEFT + _WIDTH + 150, _TOP + _HEIGHT + 60
    title = "Milliseconds a search, by records (solid p95, dashed p50)"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        "<style>text { font: 12px sans-serif }</style>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{_LEFT}" y="22">{title}</text>',
    ]
    for size in (1_000, 10_000, 100_000, 200_000):
        x = _x(size)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_TOP + _HEIGHT}" stroke="#e5e7eb"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{size:,}</text>'
        )
    for time in (0.1, 1, 10, 100, 1_000, 10_000, 100_000):
        y = _y(time)
        parts.append(f'<path d="M{_LEFT} {y:.1f}h{_WIDTH}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{time:,g}</text>')
    for place, (engine, colour) in enumerate((_COLOURS | _OTHER).items()):
        rows = sorted(
            (each for each in figures if each["engine"] == engine), key=lambda each: each["records"]
        )
        own = [each for each in rows if "p95_ms" in each]
        parts += [_given_up(each, colour) for each in rows if "given_up_after_s" in each]
        if own:
            parts += _line(own, "p95_ms", colour, dashes="")
            parts += _line(own, "p50_ms", colour, dashes=' stroke-dasharray="5 4"')
            y = _TOP + 16 + 18 * place
            parts.append(f'<text x="{_LEFT + _WIDTH + 12}" y="{y}" fill="{colour}">{engine}</text>')
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")


def _given_up(row: dict[str, Any], colour: str) -> str:
    """Return a cross above the size at which an engine's time ran out, with what it stands for."""
    x, y = _x(row["records"]), _TOP + 8
    said = f"{row['engine']}: no figure in {row['given_up_after_s']:,} s"
    return (
        f'<path d="M{x - 4:.1f} {y - 4}l8 8m0 -8l-8 8" stroke="{colour}"/>'
        f'<text x="{x + 8:.1f}" y="{y + 4}" fill="{colour}">{said}</text>'
    )


def _line(own: list[dict[str, Any]], name: str, colour: str, *, dashes: str) -> list[str]:
    points = [(_x(each["records"]), _y(each[name])) for each in own]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>',
        *dots,
    ]


def _x(size: float) -> float:
    return _LEFT + _WIDTH * _share(size, _SIZES)


def _y(time: float) -> float:
    return _TOP + _HEIGHT * (1 - _share(max(time, _TIMES[0]), _TIMES))


def _share(value: float, bounds: tuple[float, float]) -> float:
    return math.log(value / bounds[0]) / math.log(bounds[1] / bounds[0])
