"""Which changes by hand are taken in, which are refused, and how they are told."""

from __future__ import annotations

import copy
import io
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from templates.deviating.changes import What
from templates.deviating.comparing import apply, compare
from templates.deviating.fielded import Fielded, Span, letters_around_fields, lost_fields
from templates.deviating.lines import lines_of
from templates.deviating.numberplace import put
from templates.deviating.report import Circumstances, Report
from templates.deviating.revision import revision_digest
from templates.drafts.watermark import has_watermark
from templates.errors import Level
from templates.proof import NUMBER_TO_COME
from templates.reading import text_of


def test_a_changed_clause_is_told_with_its_number_and_heading(desk: Any, words: Any) -> None:
    revision = desk.revised(lambda d: words(d, "8.3", "安全生产规定", "安全生产规定和保密规定"))
    (change,) = revision.changes
    assert (change.what, change.clause) == (What.CHANGED, "第八条　乙方的权利和义务")
    assert change.place.endswith("8.3")
    assert change.put_in == "和保密规定"
    assert revision.summary == "1 条改动：第八条　乙方的权利和义务（修改 8.3）"
    assert not has_watermark(revision.docx)
    assert NUMBER_TO_COME in text_of(revision.docx)


def test_every_kind_of_change_is_told_apart(desk: Any, words: Any, at: Any) -> None:
    def edit(document: Any) -> None:
        words(document, "8.3", "规定。", "规定并接受检查。")
        words(document, "7.2", "提供资料、", "提供资料、 ")
        at(document, "7.3").runs[0].bold = True
        at(document, "8.1").insert_paragraph_before("7.4 甲方指定专人联系。", style="Body")
        gone = at(document, "15.5")._p
        gone.getparent().remove(gone)
        at(document, "17.1")._p.addprevious(at(document, "9.2")._p)

    revision = desk.revised(edit)

    kinds = [change.what for change in revision.changes]
    assert sorted(kinds) == sorted(What)
    told = Report.of(revision, _CIRCUMSTANCES)
    assert told.quiet == "仅空格不同 1 处，仅格式不同 1 处"
    assert told.summary.startswith("4 条改动：")
    assert Report.parse(told.to_bytes()) == told
    page = told.to_html().decode()
    for words_ in ("【新增】", "【删除】", "【移动】", "7.4 甲方指定专人联系。"):
        assert words_ in page


_CIRCUMSTANCES = Circumstances(
    "<题名>&", "XS-1", 1, "HT@1", "沈律", "2026-11-25T10:00:00+08:00", "理由<script>",
    "改.docx", "0" * 64, "1" * 64, "2" * 64,
)  # fmt: skip


def test_nothing_people_wrote_is_markup_on_the_page(desk: Any, words: Any) -> None:
    revision = desk.revised(lambda d: words(d, "8.3", "规定。", "规定<b>&\"'。"))
    page = Report.of(revision, _CIRCUMSTANCES).to_html().decode()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;" in page


@pytest.mark.parametrize(
    ("start", "old", "new"),
    [
        ("5.1", "596,500.01", "696,500.01"),
        ("5.1", "￥596,500.01", "￥1,596,500.01"),
        ("5.1", "596,500.01）", "596,500.015）"),
        ("5.1", "伍拾玖万", "陆拾玖万"),
        ("4.1", "2027年3月31日", "2028年3月31日"),
        ("甲方（委托方）", "有限公司", "有限公司杭州分公司"),
        ("11.1", "12 个月", "24 个月"),
        ("合同编号", NUMBER_TO_COME, "自编-001"),
    ],
)
def test_what_the_order_says_is_refused_wherever_it_was_changed(
    desk: Any, words: Any, start: str, old: str, new: str
) -> None:
    findings = desk.refused(lambda d: words(d, start, old, new))
    assert any("请在订单中修改" in finding.message for finding in findings)


def test_a_table_of_the_order_is_as_the_order_made_it(desk: Any) -> None:
    def cell(document: Any) -> None:
        document.tables[0].cell(1, 1).paragraphs[0].runs[0].text = "别的公司"

    def swapped(document: Any) -> None:
        one, other = document.tables[2].cell(1, 3), document.tables[2].cell(2, 3)
        first, second = one.paragraphs[0]._p, other.paragraphs[0]._p
        first.addnext(copy.deepcopy(second))
        second.addnext(first)
        second.getparent().remove(second)

    def row(document: Any) -> None:
        document.tables[2].add_row().cells[1].text = "追加款"

    for edit in (cell, swapped, row):
        assert any("由订单生成" in each.message for each in desk.refused(edit)), edit.__name__


def test_a_table_of_ones_own_may_be_added(desk: Any, at: Any) -> None:
    def edit(document: Any) -> None:
        table = document.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "响应级别", "两小时"
        at(document, "8.1")._p.addprevious(table._tbl)

    revision = desk.revised(edit)
    assert [change.what for change in revision.changes] == [What.ADDED, What.ADDED]
    assert "表 4 第 1 行第 1 列" in revision.changes[0].place


def test_a_standard_figure_may_be_changed_and_is_told(desk: Any, words: Any) -> None:
    revision = desk.revised(lambda d: words(d, "15.1", "万分之五", "万分之三"))
    assert [(each.path, each.value) for each in revision.figures] == [
        ("terms.late_delivery_rate", "五")
    ]


def test_a_figure_the_order_names_may_not(desk: Any, words: Any) -> None:
    from dataclasses import replace  # noqa: PLC0415

    named = replace(desk.standard, named={"terms.late_delivery_rate"})
    strict = replace(desk, standard=named)
    findings = strict.refused(lambda d: words(d, "15.1", "万分之五", "万分之三"))
    assert "terms.late_delivery_rate" in findings[0].message


def test_a_required_clause_may_not_go(desk: Any) -> None:
    def edit(document: Any) -> None:
        for each in list(document.paragraphs):
            if "违约责任" in each.text[:10] or each.text.startswith("15."):
                each._p.getparent().remove(each._p)

    findings = desk.refused(edit)
    assert [(f.code, f.place) for f in findings if f.code == "P-302"] == [("P-302", "违约责任")]


def test_new_words_are_read_as_a_legal_officer_would(desk: Any, words: Any) -> None:
    both = "。争议也可以提交北京仲裁委员会仲裁或者向人民法院起诉。"
    findings = desk.refused(lambda d: words(d, "18.2", "）。", f"）{both}"))
    assert [f.code for f in findings if f.level is Level.BLOCK] == ["K09"]
    revision = desk.revised(lambda d: words(d, "8.3", "规定。", "规定，尽快支付 3 万元。"))
    assert {f.code for f in revision.findings} == {"K13", "P-304"}
    blank = desk.refused(lambda d: words(d, "8.3", "规定。", "规定，金额待定____。"))
    assert {f.code for f in blank} == {"K11"}


def test_the_frame_of_a_contract_stays(desk: Any, at: Any) -> None:
    def no_footer(document: Any) -> None:
        document.sections[0].footer.paragraphs[0].text = "公司简介"

    def first_page(document: Any) -> None:
        document.sections[1].different_first_page_header_footer = True

    def no_bookmark(document: Any) -> None:
        for mark in list(document.element.iter(qn("w:bookmarkStart"))):
            mark.getparent().remove(mark)

    def moved_bookmark(document: Any) -> None:
        mark = next(document.element.iter(qn("w:bookmarkStart")))
        at(document, "1.1")._p.append(mark)

    def margin(document: Any) -> None:
        document.sections[0].right_margin = Pt(300)

    def style(document: Any) -> None:
        document.styles["Body"].font.hidden = True

    for edit, words_ in (
        (margin, "页边距"),
        (style, "隐藏文字"),
        (no_footer, "页脚缺少合同编号或页码"),
        (first_page, "首页页脚缺少"),
        (no_bookmark, "盖章位置（书签 sealA）不在了"),
        (moved_bookmark, "被移到别处"),
    ):
        messages = [finding.message for finding in desk.refused(edit)]
        assert any(words_ in message for message in messages), (edit.__name__, messages)


def test_a_file_without_another_word_is_no_deviation(desk: Any, at: Any) -> None:
    assert "完全相同" in desk.refused_file(desk.draft)[0].message

    def bold(document: Any) -> None:
        at(document, "7.1").runs[0].bold = True

    assert "只有空格或格式不同" in desk.refused(bold)[0].message


def _hidden(run: Any) -> None:
    run.font.hidden = True


def _white(run: Any) -> None:
    run.font.color.rgb = RGBColor(255, 255, 254)


def _tiny(run: Any) -> None:
    run.font.size = Pt(1)


def _struck(run: Any) -> None:
    run.font.strike = True


def _field(run: Any) -> None:
    field = OxmlElement("w:instrText")
    field.text = ' INCLUDETEXT "C:/秘密.docx" '
    run._r.append(field)


def _tracked(run: Any) -> None:
    mark = OxmlElement("w:ins")
    run._r.addprevious(mark)
    mark.append(run._r)


def _commented(run: Any) -> None:
    run._r.addnext(OxmlElement("w:commentRangeStart"))


def _unknown(run: Any) -> None:
    run._r.addnext(OxmlElement("w:altChunk"))


def _numbered(run: Any) -> None:
    numbering = OxmlElement("w:numPr")
    run._r.getparent().get_or_add_pPr().append(numbering)


def _linked(run: Any) -> None:
    link = OxmlElement("w:hyperlink")
    run._r.addprevious(link)
    link.append(run._r)


def _exact(run: Any, name: str, **attributes: str) -> None:
    made = OxmlElement(name)
    for key, each in attributes.items():
        made.set(qn(f"w:{key}"), each)
    holder = run._r.getparent().get_or_add_pPr() if name == "w:ind" else run._r.get_or_add_rPr()
    holder.append(made)


def _dark_ground(run: Any) -> None:
    _exact(run, "w:shd", val="clear", fill="101010")


def _off_the_page(run: Any) -> None:
    _exact(run, "w:ind", left="20000")


def _reversed(run: Any) -> None:
    _exact(run, "w:rtl")


def _wingdings(run: Any) -> None:
    _exact(run, "w:rFonts", ascii="Wingdings 2")


@pytest.mark.parametrize(
    ("spoil", "advice"),
    [
        (_dark_ground, "深底文字"),
        (_off_the_page, "缩进过大"),
        (_reversed, "反向排列"),
        (_wingdings, "符号字体"),
        (_hidden, "隐藏文字"),
        (_white, "浅色"),
        (_tiny, "小得无法辨认"),
        (_struck, "删除线"),
        (_field, "Ctrl+Shift+F9"),
        (_tracked, "接受所有更改"),
        (_commented, "批注"),
        (_unknown, "altChunk"),
        (_numbered, "自动编号"),
        (_linked, "取消超链接"),
    ],
)
def test_what_the_page_would_not_show_is_refused_with_its_place(
    desk: Any, at: Any, spoil: Any, advice: str
) -> None:
    findings = desk.refused(lambda d: spoil(at(d, "7.1").add_run("另有约定")))
    assert advice in findings[0].message
    assert "7.1" in findings[0].place


def test_letters_split_into_runs_of_one_are_no_change(desk: Any, words: Any, at: Any) -> None:
    def edit(document: Any) -> None:
        for start in ("合同编号", "5.1", "1.1"):
            found = at(document, start)
            text = found.text
            for run in list(found.runs)[1:]:
                run._r.getparent().remove(run._r)
            found.runs[0].text = ""
            for char in text:
                found.add_run(char)
        words(document, "8.3", "规定。", "规定并接受检查。")

    revision = desk.revised(edit)
    assert [change.place[-3:] for change in revision.changes] == ["8.3"]
    numbered = put(revision.docx, "GD-HT-2026-FW-0001", instead_of=NUMBER_TO_COME)
    assert text_of(numbered) == text_of(revision.docx).replace(NUMBER_TO_COME, "GD-HT-2026-FW-0001")
    assert put(numbered, NUMBER_TO_COME, instead_of="GD-HT-2026-FW-0001") == put(
        revision.docx, NUMBER_TO_COME, instead_of=NUMBER_TO_COME
    )


_EDITS = st.lists(
    st.tuples(
        st.sampled_from(["7.1", "8.2", "8.3", "9.2", "15.3"]), st.text("新增约定事项，", min_size=1)
    ),
    min_size=1,
    max_size=3,
)


@given(edits=_EDITS)
@settings(max_examples=10, deadline=None)
def test_the_difference_shown_turns_the_standard_contract_into_the_revised(
    desk: Any, edits: list[tuple[str, str]]
) -> None:
    def edit(document: Any) -> None:
        for start, text in edits:
            next(p for p in document.paragraphs if p.text.startswith(start)).add_run(text)

    revised = [line.text for line in lines_of(desk.edited(edit))]
    standard = [line.text for line in lines_of(desk.standard.docx)]
    found = compare(standard, revised)
    assert apply(standard, found, revised) == tuple(revised)
    assert desk.revised(edit).changes


@given(st.text("年内5元12，。", max_size=8), st.sampled_from(["5", "12", "甲公司"]), st.data())
def test_a_field_is_found_again_only_whole_and_alone(
    text: str, value: str, data: st.DataObject
) -> None:
    line = Fielded(f"应付{value}元整", (Span("a.b", 2, 2 + len(value)),))
    place = data.draw(st.integers(0, len(text)))
    letters = letters_around_fields(line, text[:place] + value + text[place:])
    if letters:
        assert lost_fields(line, letters) == ()
        assert "".join(part for turn, part in letters if turn <= 0) == line.text
    assert letters_around_fields(line, "应付15元整") == () or value == "15"


def test_a_digest_binds_text_form_and_revision(desk: Any, words: Any) -> None:
    one = desk.revised(lambda d: words(d, "8.3", "规定。", "规定并接受检查。"))
    again = desk.revised(lambda d: words(d, "8.3", "规定。", "规定并接受检查。"))
    other = desk.revised(lambda d: words(d, "8.3", "规定。", "规定并接受检验。"))
    assert one.docx == again.docx
    digests = {
        revision_digest("a" * 64, one.docx, 1),
        revision_digest("a" * 64, one.docx, 2),
        revision_digest("b" * 64, one.docx, 1),
        revision_digest("a" * 64, other.docx, 1),
    }
    assert len(digests) == 4


def test_a_clean_file_opens_in_another_reader(desk: Any, words: Any) -> None:
    revision = desk.revised(lambda d: words(d, "8.3", "规定。", "规定并接受检查。"))
    document = docx.Document(io.BytesIO(revision.docx))
    assert any("接受检查" in each.text for each in document.paragraphs)
