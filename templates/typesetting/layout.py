"""Layout: blocks become WordprocessingML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from templates.typesetting.blocks import (
    Cell,
    Inline,
    PageFigure,
    Paragraph,
    SealMark,
    Sheet,
    StandardText,
    Style,
    Table,
)
from templates.typesetting.stylesheet import NAMESPACES

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs no XML file can hold: one of them, and Word opens nothing."""
_ALIGNED = {
    False: {"l": Style.CELL, "c": Style.CELL_CENTRED, "r": Style.CELL_RIGHT},
    True: {"l": Style.SMALL, "c": Style.SMALL_CENTRED, "r": Style.SMALL_RIGHT},
}
_RUNNING = (Style.BODY, Style.FLUSH, Style.CLAUSE, Style.CENTRED)
_PAPER_MM = (210.0, 297.0)
# Bound at the left; landscape pages at their top, which lies at the left once turned.
_MARGINS_MM = {
    False: {"top": 30.0, "right": 25.0, "bottom": 25.0, "left": 30.0},
    True: {"top": 30.0, "right": 25.0, "bottom": 25.0, "left": 25.0},
}
# All four: LibreOffice takes its own default for a side that is not named.
_CELL_PADDING = (
    '<w:tcMar><w:top w:w="40" w:type="dxa"/><w:left w:w="57" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tcMar>'
)
_LABEL_SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>'


class Layout:
    """Sets one text; numbers its bookmarks and notes the styles it used."""

    def __init__(self) -> None:
        self.used: set[Style] = set()
        self.seal_marks: list[str] = []

    def document(self, text: StandardText) -> bytes:
        """Return the main part."""
        sheets = "".join(
            self._sheet(sheet, is_last=sheet is text.sheets[-1]) for sheet in text.sheets
        )
        body = f"<w:document {NAMESPACES}><w:body>{sheets}</w:body></w:document>"
        return (_DECLARATION + body).encode()

    def margin(self, tag: str, style: Style, content: Sequence[Inline]) -> bytes:
        """Return a header or footer part (`tag` hdr or ftr)."""
        paragraph = self._paragraph(Paragraph(style, tuple(content)))
        return (_DECLARATION + f"<w:{tag} {NAMESPACES}>{paragraph}</w:{tag}>").encode()

    def _sheet(self, sheet: Sheet, *, is_last: bool) -> str:
        blocks = "".join(self._blocks(sheet.blocks))
        section = _section(is_landscape=sheet.is_landscape)
        if is_last:
            return blocks + section
        # A section ends in a paragraph; as low as can be, lest it make a page of its own.
        end = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        return f"{blocks}<w:p><w:pPr>{end}{section}</w:pPr></w:p>"

    def _blocks(self, blocks: Sequence[Paragraph | Table]) -> Iterator[str]:
        for place, block in enumerate(blocks):
            if isinstance(block, Table):
                below = blocks[place + 1] if place + 1 < len(blocks) else None
                has_note = isinstance(below, Paragraph) and below.style is Style.NOTE
                yield self._table(block, keeps_note=has_note and block.together)
                continue
            is_below = place > 0 and isinstance(blocks[place - 1], Table)
            is_above = place + 1 < len(blocks) and isinstance(blocks[place + 1], Table)
            air = _air(block.style, is_below=is_below, is_above=is_above)
            yield self._paragraph(block, air)

    def _paragraph(self, paragraph: Paragraph, air: str = "") -> str:
        self.used.add(paragraph.style)
        keep = "<w:keepNext/>" if paragraph.keeps_next else ""
        content = "".join(self._inline(each) for each in paragraph.content)
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{paragraph.style}"/>{keep}{air}</w:pPr>{content}</w:p>'
        )

    def _inline(self, inline: Inline) -> str:
        if isinstance(inline, SealMark):
            number = len(self.seal_marks)
            self.seal_marks.append(inline.name)
            return (
                f'<w:bookmarkStart w:id="{number}" w:name="{inline.name}"/>'
                f'<w:bookmarkEnd w:id="{number}"/>'
            )
        if isinstance(inline, PageFigure):
            return f'<w:fldSimple w:instr=" {inline.field} ">{_run("1")}</w:fldSimple>'
        return _run(inline.text, is_bold=inline.is_bold)

    def _table(self, table: Table, *, keeps_note: bool) -> str:
        rows = "".join(self._rows(table, keeps_note=keeps_note))
        grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in table.columns)
        return (
            f"<w:tbl><w:tblPr>"
            f'<w:tblW w:w="{sum(_twips(width) for width in table.columns)}" w:type="dxa"/>'
            f'<w:jc w:val="center"/>{_borders() if table.is_ruled else ""}'
            f'<w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )

    def _rows(self, table: Table, *, keeps_note: bool) -> Iterator[str]:
        for place, row in enumerate(table.rows):
            repeats = table.each and place == table.head
            if repeats:
                yield self._tag_row(table, f"{{%tr for {table.each} %}}")
            is_kept = table.together and (keeps_note or place < len(table.rows) - 1)
            yield self._row(table, place, row, keeps_next=is_kept)
            if repeats:
                yield self._tag_row(table, "{%tr endfor %}")

    def _tag_row(self, table: Table, tag: str) -> str:
        style = _ALIGNED[table.is_small]["l"]
        width = sum(_twips(each) for each in table.columns)
        return (
            f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
            f'<w:gridSpan w:val="{len(table.columns)}"/></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_run(tag)}</w:p></w:tc></w:tr>'
        )

    def _row(self, table: Table, place: int, row: Sequence[Cell], *, keeps_next: bool) -> str:
        is_head = place < table.head
        # A repeated header that may not split makes LibreOffice lose the table at the foot
        # of a page, and a body row that may not split loses what is higher than a page, both
        # in silence: only rows of fixed text, a few lines high, are held together.
        is_repeated = bool(table.each) and place == table.head
        traits = "<w:tblHeader/>" if is_head else "" if is_repeated else "<w:cantSplit/>"
        if table.row_height_mm:
            traits += f'<w:trHeight w:val="{_twips(table.row_height_mm)}" w:hRule="atLeast"/>'
        cells, column = [], 0
        for cell in row:
            cells.append(self._cell(table, cell, column, is_head=is_head, keeps_next=keeps_next))
            column += cell.span
        return f"<w:tr><w:trPr>{traits}</w:trPr>{''.join(cells)}</w:tr>"

    def _cell(
        self, table: Table, cell: Cell, column: int, *, is_head: bool, keeps_next: bool
    ) -> str:
        width = sum(_twips(each) for each in table.columns[column : column + cell.span])
        span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
        is_label = is_head or column + 1 in table.labels
        style = self._cell_style(table, cell, column, is_label=is_label)
        shade = _LABEL_SHADE if is_label else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{shade}'
            f'{_CELL_PADDING}<w:vAlign w:val="{"center" if table.is_ruled else "top"}"/></w:tcPr>'
            f"{self._paragraph(Paragraph(style, cell.content, keeps_next))}</w:tc>"
        )

    def _cell_style(self, table: Table, cell: Cell, column: int, *, is_label: bool) -> Style:
        if is_label:
            return Style.SMALL_HEAD if table.is_small else Style.CELL_HEAD
        if not table.is_ruled:
            return Style.SIGNATURE
        return _ALIGNED[table.is_small]["l" if cell.span > 1 else table.align[column]]


def _air(style: Style, *, is_below: bool, is_above: bool) -> str:
    """Return the spacing that keeps a paragraph off the tables it touches."""
    if style not in _RUNNING or not (is_below or is_above):
        return ""
    before = ' w:before="120"' if is_below or style is Style.CLAUSE else ""
    after = ' w:after="120"' if is_above else ""
    return f"<w:spacing{before}{after}/>"


def _run(text: str, *, is_bold: bool = False) -> str:
    bold = "<w:b/><w:bCs/>" if is_bold else ""
    # The hint makes Word set “ ” · … in the Chinese face.
    traits = f'<w:rPr><w:rFonts w:hint="eastAsia"/>{bold}</w:rPr>'
    content = escape(_UNSAYABLE.sub("�", text), quote=False)
    return f'<w:r>{traits}<w:t xml:space="preserve">{content}</w:t></w:r>'


def _borders() -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(f'<w:{s} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for s in sides)
    return f"<w:tblBorders>{lines}</w:tblBorders>"


def _section(*, is_landscape: bool) -> str:
    width, height = _PAPER_MM[::-1] if is_landscape else _PAPER_MM
    orientation = ' w:orient="landscape"' if is_landscape else ""
    margins = "".join(f' w:{side}="{_twips(mm)}"' for side, mm in _MARGINS_MM[is_landscape].items())
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader"/>'
        '<w:footerReference w:type="default" r:id="rIdFooter"/><w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{_twips(width)}" w:h="{_twips(height)}"{orientation}/>'
        f'<w:pgMar{margins} w:header="{_twips(15)}" w:footer="{_twips(15)}" w:gutter="0"/>'
        "</w:sectPr>"
    )


def _twips(mm: float) -> int:
    return round(mm / 25.4 * 1440)
