"""Tagging: the tags of a Word file against the vocabulary, paragraph by paragraph (T01 to T06)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from templates.errors import Finding
from templates.fitting.findings import WHOLE, blocks, warns
from templates.fitting.markup import attribute, every, name_of
from templates.fitting.places import Line
from templates.fitting.tags import Tag, Tagged, tags_of
from templates.fitting.vocabulary import Vocabulary

_RETYPE = "请把整个标签删去，连续重新输入一遍（或剪切后以“只保留文本”粘贴）"
_LOST_WITH_TAG = {
    "bookmarkStart": "书签",
    "bookmarkEnd": "书签的一端",
    "fldChar": "域",
    "drawing": "图形",
    "pict": "图形",
    "object": "对象",
    "footnoteReference": "脚注号",
    "endnoteReference": "尾注号",
    "br": "换行",
    "tab": "制表符",
}


@dataclass(slots=True)
class _Loop:
    tag: Tag
    line: Line
    fields: int = 0


@dataclass(slots=True)
class Tagging:
    """Goes through the paragraphs in order; afterwards `printed` and `looped` say what was used."""

    vocabulary: Vocabulary
    printed: set[str] = field(default_factory=set)
    _open: list[_Loop] = field(default_factory=list)

    def findings(self, lines: Sequence[Line]) -> Iterator[Finding]:
        """Yield what is wrong with the tags of `lines`."""
        for line in lines:
            if self._open and self._open[-1].line.kind != line.kind:
                yield from self._unended()
            for tag in tags_of(line.text):
                yield from _torn(line, tag)
                yield from self._tag(line, tag, lines)
        yield from self._unended()
        yield from self._unprinted()

    def _tag(self, line: Line, tag: Tag, lines: Sequence[Line]) -> Iterator[Finding]:
        place = line.at(tag.start, tag.end)
        if tag.does is Tagged.BROKEN:
            yield blocks("T01", place, tag.fault)
        elif tag.does is Tagged.FIELD:
            yield from self._field(tag, place)
        elif tag.does is Tagged.LOOP:
            yield from _misplaced(line, tag, lines)
            yield from self._loop(line, tag, place)
        else:
            yield from _misplaced(line, tag, lines)
            yield from self._end(line, tag, place)

    def _field(self, tag: Tag, place: str) -> Iterator[Finding]:
        first, _, rest = tag.name.partition(".")
        for loop in self._open:
            loop.fields += 1
        scope = {loop.tag.name: f"{loop.tag.rows}[]" for loop in self._open}
        path = f"{scope[first]}.{rest}" if first in scope and rest else tag.name
        if path in self.vocabulary.examples:
            self.printed.add(path)
        elif tag.name in self.vocabulary.rows:
            yield blocks("T02", place, f"“{tag.name}”是列表，不能直接填写；{self._how(tag.name)}")
        elif any(known.startswith(f"{path}.") for known in self.vocabulary.examples):
            inner = [k for k in self.vocabulary.examples if k.startswith(f"{path}.")]
            yield blocks(
                "T02", place, f"“{path}”是一组字段，请写明其中一项，如 {{{{ {inner[0]} }}}}"
            )
        else:
            yield blocks("T02", place, self._unknown(tag.name, path))

    def _unknown(self, name: str, path: str) -> str:
        near = self.vocabulary.nearest(path)
        said = f"没有字段“{name}”"
        if not near:
            return f"{said}；全部字段见 guidang templates fields --kind {self.vocabulary.kind}"
        rows, marked, column = near.partition("[].")
        if not marked:
            return f"{said}；是否为 {{{{ {near} }}}}（{self.vocabulary.meaning(near)}）"
        inside = next((loop.tag.name for loop in self._open if loop.tag.rows == rows), None)
        if inside:
            own = f"{{{{ {inside}.{column} }}}}"
            return f"{said}；是否为 {own}（{self.vocabulary.meaning(near)}）"
        return f"{said}；{self.vocabulary.meaning(near)}在列表 {rows} 中，{self._how(rows)}"

    def _how(self, rows: str) -> str:
        column = next(iter(self.vocabulary.columns(rows)), "name")
        return (
            f"请在表格中单独一行写 {{%tr for row in {rows} %}}，"
            f"下一行写 {{{{ row.{column} }}}} 等，再下一行写 {{%tr endfor %}}"
        )

    def _loop(self, line: Line, tag: Tag, place: str) -> Iterator[Finding]:
        if tag.rows not in self.vocabulary.rows:
            near = self.vocabulary.nearest(tag.rows).partition("[]")[0]
            hint = f"；是否为 {near}" if near in self.vocabulary.rows else ""
            known = "、".join(self.vocabulary.rows)
            yield blocks("T04", place, f"没有列表“{tag.rows}”{hint}；可用的列表有 {known}")
        if self._open:
            yield blocks("T04", place, "循环不能套在另一个循环之内；请先写上一个循环的 endfor")
        self._open.append(_Loop(tag, line))

    def _end(self, line: Line, tag: Tag, place: str) -> Iterator[Finding]:
        if not self._open:
            yield blocks("T03", place, "有 endfor 却没有与它成对的 for；请补全或删去")
            return
        loop = self._open.pop()
        if loop.tag.unit != tag.unit:
            yield blocks(
                "T03", place, f"循环以 {loop.tag.unit} for 开始，却以 {tag.unit} endfor 结束"
            )
        elif loop.line.table is not line.table:
            yield blocks("T03", place, "循环的 for 与 endfor 不在同一个表格中；请放进同一个表格")
        elif not loop.fields:
            yield blocks(
                "T04", place, "循环的 for 与 endfor 之间没有任何字段；请把要重复的行放在两者之间"
            )

    def _unended(self) -> Iterator[Finding]:
        for loop in self._open:
            place = loop.line.at(loop.tag.start, loop.tag.end)
            ending = f"{{%{loop.tag.unit} endfor %}}"
            unit = "表格行" if loop.tag.unit == "tr" else "段落"
            yield blocks(
                "T03", place, f"循环没有结束；请在要重复的{unit}之后单独一{unit[-1]}写 {ending}"
            )
        self._open.clear()

    def _unprinted(self) -> Iterator[Finding]:
        unprinted = [path for path in self.vocabulary.examples if path not in self.printed]
        groups: dict[str, list[str]] = {}
        for path in unprinted:
            if path not in self.vocabulary.standard:
                groups.setdefault(path.partition(".")[0], []).append(path)
        for group, paths in groups.items():
            named = "、".join(f"{path}（{self.vocabulary.meaning(path)}）" for path in paths)
            hint = self._how(group[:-2]) if group.endswith("[]") else f"如 {{{{ {paths[0]} }}}}"
            message = f"没有印出 {named}；经审批的内容不得漏印，请在适当处补上，{hint}"
            yield blocks("T05", WHOLE, message)
        if spare := self.vocabulary.unused(self.printed):
            named = "、".join(f"{path}（{self.vocabulary.meaning(path)}）" for path in spare)
            yield warns(
                "T05",
                WHOLE,
                f"未使用标准约定 {named}；无需登记，但订单如另行约定这些事项，将因无处印出而被退回",
            )


def _misplaced(line: Line, tag: Tag, lines: Sequence[Line]) -> Iterator[Finding]:
    """Yield where a loop tag would take other text away with its row or paragraph."""
    place = line.at(tag.start, tag.end)
    if tag.unit == "tr" and line.row is None:
        yield blocks("T04", place, "{%tr … %} 用于表格行，须放在表格中；段落请用 {%p … %}")
        return
    if tag.unit == "p" and line.row is not None:
        yield blocks("T04", place, "表格中请用 {%tr … %} 重复整行，不能用 {%p … %}")
        return
    whole = [line] if tag.unit == "p" else [each for each in lines if each.row is line.row]
    others = "".join(
        each.text[: tag.start] + each.text[tag.end :] if each is line else each.text
        for each in whole
    ).strip()
    if others:
        unit = "段" if tag.unit == "p" else "行"
        yield blocks(
            "T04",
            place,
            f"循环标签所在的一{unit}在填写时整{unit}删去，其中的“{others[:30]}”会丢失；"
            f"请让循环标签单独占一{unit}",
        )


def _torn(line: Line, tag: Tag) -> Iterator[Finding]:
    """Yield what stands inside a tag that Word has split, and would be lost or torn with it."""
    pieces = [p for p in line.pieces if p.start < tag.end and p.end > tag.start]
    if len(pieces) < 2:  # noqa: PLR2004 - one piece is whole
        return
    place = line.at(tag.start, tag.end)
    runs = [_run(piece.element) for piece in pieces]
    if len({None if run is None else run.getparent() for run in runs}) > 1:
        what = "内容控件、超链接、智能标记或修订"
        yield blocks("T06", place, f"标签的一部分在{what}之内，一部分在外；{_RETYPE}")
        return
    for lost in _between(line.element, pieces[0].element, pieces[-1].element):
        name = attribute(lost, "name") or ""
        named = f" {name}" if name_of(lost) == "bookmarkStart" and name else ""
        what = _LOST_WITH_TAG[name_of(lost)]
        yield blocks("T06", place, f"标签中间夹有{what}{named}，填写时会丢失；{_RETYPE}")


def _run(text: etree._Element) -> etree._Element | None:
    parent = text.getparent()
    return parent if parent is not None and name_of(parent) == "r" else None


def _between(
    paragraph: etree._Element, first: etree._Element, last: etree._Element
) -> Iterator[etree._Element]:
    is_inside = False
    for element in every(paragraph, "t", *_LOST_WITH_TAG):
        if element is last:
            return
        if element is first:
            is_inside = True
        elif is_inside and name_of(element) in _LOST_WITH_TAG:
            yield element
