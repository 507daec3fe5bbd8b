"""Layout: settings of tables and boxes that lose or cut text without a word (T11 to T13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from templates.errors import Finding
from templates.fitting.findings import blocks, warns
from templates.fitting.markup import attribute, child, every
from templates.fitting.places import Line
from templates.fitting.styles import Styles
from templates.fitting.tags import Tagged, tags_of

_TICK = "在 Word 中选中该行，“表格属性”→“行”，勾选“允许跨页断行”"


def risky_layout(lines: Sequence[Line], styles: Styles) -> Iterator[Finding]:
    """Yield the rows and boxes of `lines` that would lose what is filled into them."""
    yield from _rows(lines, styles)
    for line in lines:
        if line.in_box and line.text.strip() and not tags_of(line.text):
            message = "文字在文本框中，打印时可能被截去或丢失；请移到正文或表格中"
            yield warns("T13", line.at(), message)
        elif line.in_box and tags_of(line.text):
            message = "字段在文本框中，内容较长时会被截去；请移到正文或表格中，或确认文本框足够大"
            yield warns("T13", line.at(), message)
        if line.kind in ("header", "footer"):
            yield from _bare_page_number(line)


def instructions_of(line: Line) -> str:
    """Return what the fields of `line` compute, such as PAGE."""
    return " ".join(
        [attribute(each, "instr") or "" for each in every(line.element, "fldSimple")]
        + ["".join(each.text or "" for each in every(line.element, "instrText"))]
    )


def _bare_page_number(line: Line) -> Iterator[Finding]:
    instructions = instructions_of(line)
    said = line.text.strip()
    if "PAGE" in instructions and (said[:1].isdigit() or said[-1:].isdigit()):
        message = (
            "页码前后没有文字，核验时会与正文开头或末尾的数字混淆；"
            "请在页码两边加上文字，如“第 1 页”"
        )
        yield blocks("T13", line.at(), message)


def _rows(lines: Sequence[Line], styles: Styles) -> Iterator[Finding]:
    is_repeated = False
    for number, line in enumerate(lines):
        tags = tags_of(line.text)
        if any(tag.does is Tagged.LOOP for tag in tags):
            is_repeated = True
            yield from _floating(line)
        if any(tag.does is Tagged.END for tag in tags):
            is_repeated = False
        is_first = number == 0 or lines[number - 1].row is not line.row
        if line.row is not None and line.table is not None and is_first:
            same = [each for each in lines[number:] if each.row is line.row]
            yield from _row(line, same, styles, is_repeated=is_repeated)


def _row(
    line: Line, same: Sequence[Line], styles: Styles, *, is_repeated: bool
) -> Iterator[Finding]:
    row, table = line.row, line.table
    if row is None or table is None:
        return
    stays_whole = styles.row_property(row, table, "cantSplit")
    if stays_whole and styles.row_property(row, table, "tblHeader"):
        yield blocks(
            "T11",
            line.at(),
            f"重复标题行设为不可跨页断行，遇页尾时整个表格会丢失；{_TICK}",
        )
    elif stays_whole and is_repeated:
        yield blocks(
            "T11",
            line.at(),
            f"循环中的行设为不可跨页断行，内容高于一页时会丢失；{_TICK}",
        )
    height = child(row, "trPr", "trHeight")
    if attribute(height, "hRule") == "exact" and any(tags_of(each.text) for each in same):
        yield blocks(
            "T12",
            line.at(),
            "行高为固定值，字段内容较长时会被截去；"
            "在 Word 中选中该行，“表格属性”→“行”，行高值改为“最小值”",
        )


def _floating(line: Line) -> Iterator[Finding]:
    if child(line.table, "tblPr", "tblpPr") is not None:
        yield blocks(
            "T12",
            line.at(),
            "有循环的表格设了文字环绕，行数多时不能跨页，超出部分会丢失；"
            "在 Word 中“表格属性”→“表格”，文字环绕改为“无”",
        )
