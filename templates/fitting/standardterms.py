"""Standard terms: what one party wrote against the other, to be set in bold (格式条款, T32)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from templates.errors import Finding
from templates.fitting.findings import warns
from templates.fitting.markup import is_on, name_of
from templates.fitting.places import Line, Piece
from templates.fitting.styles import Styles

_WEIGHTY = re.compile(
    r"(?<!不)视为[^。；]{0,12}(?:通过|合格|认可|同意|放弃)|(?:赔偿|责任)(?:总额)?[^。；]{0,10}"
    r"(?:不超过|为限)|(?:甲方|乙方|我方)[^。；]{0,8}(?:不承担|免除)[^。；]{0,10}责任|"
    r"概不(?:负责|退还)|最终解释权"
)


def plain_standard_terms(lines: Sequence[Line], styles: Styles, kind: str) -> Iterator[Finding]:
    """Yield the terms that lessen one party's duties and are not in bold (Civil Code, 496)."""
    if kind != "contract":
        return
    for line in lines:
        for found in _WEIGHTY.finditer(line.text):
            pieces = [p for p in line.pieces if p.start < found.end() and p.end > found.start()]
            if not all(_is_bold(piece, styles) for piece in pieces):
                yield warns(
                    "T32",
                    line.at(found.start(), found.end()),
                    "这一约定减轻一方责任或者限制对方权利，却没有加粗；"
                    "如是本公司预先拟定的格式条款，请选中整句设为加粗"
                    "（《民法典》第四百九十六条：应当提示对方注意）",
                )


def _is_bold(piece: Piece, styles: Styles) -> bool:
    run = piece.element.getparent()
    if run is None or name_of(run) != "r":
        return False
    return is_on(next(styles.run_property(run, "b"), None))
