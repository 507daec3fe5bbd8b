from __future__ import annotations

import pytest
from lxml import etree

from templates.holding import Sizes, hold_rows

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{SPACE}}}"
STYLES = f"""<w:styles xmlns:w="{SPACE}"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="24"/>
</w:rPr></w:rPrDefault></w:docDefaults><w:style w:styleId="A"><w:rPr><w:sz w:val="18"/></w:rPr>
</w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style><w:style w:styleId="C">
<w:basedOn w:val="C"/></w:style></w:styles>""".encode()


def _row(text: str, *, traits: str = "", width: int = 2000, more: str = "") -> str:
    return (
        f'<w:tr>{traits}<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="B"/></w:pPr><w:r><w:t>{text}</w:t></w:r>{more}</w:p>'
        "</w:tc></w:tr>"
    )


def _held(*rows: str) -> list[bool]:
    document = etree.fromstring(
        f'<w:document xmlns:w="{SPACE}"><w:tbl>{"".join(rows)}</w:tbl></w:document>'
    )
    hold_rows(document, Sizes.of(STYLES))
    found = [row.find(f"{W}trPr/{W}cantSplit") for row in document.iter(f"{W}tr")]
    return [each is not None and each.get(f"{W}val") is None for each in found]


def test_a_low_row_is_held_and_one_that_may_be_high_is_not() -> None:
    assert _held(_row("短"), _row("长" * 1500), _row("长" * 60)) == [True, False, True]


@pytest.mark.parametrize(
    "row",
    [
        _row("头", traits="<w:trPr><w:tblHeader/></w:trPr>"),
        _row("可断", traits='<w:trPr><w:cantSplit w:val="0"/></w:trPr>'),
        _row("窄" * 40, width=300),
        _row("图", more="<w:r><w:drawing/></w:r>"),
        _row("宽").replace('w:type="dxa"', 'w:type="pct"'),
        _row("并").replace("</w:tcPr>", "<w:vMerge/></w:tcPr>"),
    ],
    ids=["head", "told", "narrow", "picture", "no-width", "merged"],
)
def test_what_repeats_is_told_otherwise_or_cannot_be_measured_is_let_be(row: str) -> None:
    assert _held(row) == [False]


def test_row_traits_go_before_the_cells() -> None:
    document = etree.fromstring(
        f'<w:document xmlns:w="{SPACE}"><w:tbl>{_row("短")}</w:tbl></w:document>'
    )
    hold_rows(document, Sizes.of(STYLES))

    assert [each.tag for each in next(document.iter(f"{W}tr"))] == [f"{W}trPr", f"{W}tc"]


def test_sizes_are_inherited_and_a_style_that_is_its_own_base_ends() -> None:
    sizes = Sizes.of(STYLES)

    assert (sizes.by_style["A"], sizes.by_style["B"], sizes.by_style["C"]) == (18, 18, 24)
    assert Sizes.of(None).usual == 21
