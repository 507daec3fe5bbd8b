from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from templates.errors import Level
from templates.fitting.fitness import Fitness, Measure, fitness_of
from templates.package import packed, unpacked

Check = Callable[[bytes], Fitness]
BODY = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>'
CLAUSE = "第七条　违约责任：违约方应赔偿损失。"
PLACE = "{{ service.place }}"
BOX = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="wps"><w:txbxContent>{0}</w:txbxContent></mc:Choice>'
    "<mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent>"
)


def _blocking(found: Fitness) -> list[tuple[str, str, str]]:
    return [(f.code, f.place, f.message) for f in found.findings if f.level is Level.BLOCK]


def _split(text: str, between: str = '<w:proofErr w:type="spellStart"/>') -> str:
    return f'</w:t></w:r>{between}<w:r w:rsidR="00A1"><w:t>'.join(text)


def test_a_file_of_another_program_that_prints_every_field_is_fit(
    check: Check, firm_file: bytes
) -> None:
    found = check(firm_file)

    assert _blocking(found) == []
    assert found.is_fit
    assert set(found.standard) == {"service.extra_standard", "terms.accept_days"}


@pytest.mark.parametrize("template", ["contract_template", "acceptance_template"])
def test_the_shipped_templates_are_fit_and_need_no_warning(
    template: str, measure: Measure, report_measure: Measure, request: pytest.FixtureRequest
) -> None:
    chosen = request.getfixturevalue(template)
    found = fitness_of(
        chosen.path.read_bytes(), measure if chosen.kind == "contract" else report_measure
    )

    assert found.findings == ()
    assert dict(found.standard) == dict(chosen.defaults)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PLACE, _split(PLACE)),
        (PLACE, _split(PLACE, '<w:proofErr w:type="gramEnd"/>')),
        ("{%tr for row in payments %}", _split("{%tr for row in payments %}")),
        (PLACE, "{{service.place}}"),
        (PLACE, f"</w:t></w:r><w:smartTag><w:r><w:t>{PLACE}</w:t></w:r></w:smartTag><w:r><w:t>"),
        (
            PLACE,
            (
                f"</w:t></w:r><w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>{_split(PLACE)}</w:t></w:r>"
                "</w:sdtContent></w:sdt><w:r><w:t>"
            ),
        ),
    ],
    ids=["letters", "grammar", "loop", "no-blanks", "smart-tag", "content-control"],
)
def test_what_word_does_to_a_tag_does_no_harm(
    check: Check, firm: ModuleType, firm_file: bytes, old: str, new: str
) -> None:
    assert _blocking(check(firm.edited(firm_file, (old, new)))) == []


BROKEN: dict[str, tuple[str, str, str, str, str]] = {
    "half closed": (PLACE, "{{ service.place }", "T01", "第 3 段", "只写了一个 }"),
    "not closed": (PLACE, "{{ service.place", "T01", "第 3 段", "没有以 }} 结束"),
    "not opened": (PLACE, "service.place }}", "T01", "第 3 段", "成对的开头"),
    "full width": (PLACE, "｛｛service.place｝｝", "T01", "第 3 段", "半角"),
    "blank between braces": (PLACE, "{ { service.place } }", "T01", "第 3 段", "不留空格"),
    "one brace": (PLACE, "{service.place}", "T01", "第 3 段", "字段名"),
    "filter": (PLACE, "{{ service.place|upper }}", "T01", "第 3 段", "过滤器"),
    "call": (PLACE, "{{ service.place() }}", "T01", "第 3 段", "函数调用"),
    "subscript": (PLACE, "{{ service[0] }}", "T01", "第 3 段", "方括号"),
    "sum": (PLACE, "{{ 7*7 }}", "T01", "第 3 段", "不是字段名"),
    "full stop": (PLACE, "{{ service。place }}", "T01", "第 3 段", "全角"),
    "condition": (PLACE, "{% if service.place %}是", "T01", "第 3 段", "条件"),
    "comment": (PLACE, "{# 地点 #}", "T01", "第 3 段", "注释"),
    "bare loop": (PLACE, "{% for row in items %}", "T01", "第 3 段", "{%tr for"),
    "unknown": (PLACE, "{{ service.plcae }}", "T02", "第 3 段", r"service\.place.*履行地点"),
    "Chinese name": (PLACE, "{{ 履行地点 }}", "T02", "第 3 段", r"service\.place"),
    "group": (PLACE, "{{ service }}", "T02", "第 3 段", "一组字段"),
    "list as field": (PLACE, "{{ items }}", "T02", "第 3 段", "列表"),
    "row outside loop": (PLACE, "{{ row.unit_price }}", "T02", "第 3 段", "items"),
    "unknown column": ("row.unit_price", "row.unit_prize", "T02", "第 2 个表格第 3 行第 7 列",
                       r"row\.unit_price"),
    "loop not ended": ("{%tr endfor %}", "　", "T03", "第 2 个表格第 2 行第 1 列", "没有结束"),
    "end without loop": ("{%tr for row in items %}", "　", "T03", "第 2 个表格第 4 行第 1 列",
                         "成对的 for"),
    "unknown list": ("row in payments", "row in payment", "T04", "第 3 个表格第 2 行第 1 列",
                     "是否为 payments"),
    "loop beside text": ("{%tr endfor %}", "{%tr endfor %}合计", "T04", "第 2 个表格第 4 行第 1 列",
                         "“合计”会丢失"),
    "loop outside a table": (CLAUSE, "{%tr for row in items %}", "T04", "第 9 段", "表格行"),
    "field left out": (PLACE, "现场", "T05", "全文", r"service\.place（履行地点）"),
    "torn by a control": (
        PLACE,
        ("{{ service</w:t></w:r><w:sdt><w:sdtContent><w:r><w:t>.place }}</w:t></w:r></w:sdtContent>"
        "</w:sdt><w:r><w:t>"),
        "T06", "第 3 段", "一部分在",
    ),
    "a bookmark inside": (
        PLACE,
        ('{{ service</w:t></w:r><w:bookmarkStart w:id="9" w:name="mark"/><w:bookmarkEnd w:id="9"/>'
        "<w:r><w:t>.place }}"),
        "T06", "第 3 段", "书签 mark",
    ),
    "no seal": ('w:name="sealA"', 'w:name="here"', "T10", "全文", "插入.*书签.*sealA"),
    "seal in other letters": ('w:name="sealB"', 'w:name="Seal_B"', "T10", "全文", "改名为 sealB"),
    "crosses": (CLAUSE, "第七条　违约责任：违约金××元。", "T30", "第 9 段", "占位符"),
    "rule": (CLAUSE, "第七条　违约责任：违约金____元。", "T30", "第 9 段", "横线"),
    "rule by the signature": ("日期：　　年", "日期：____年", "T30", "第 6 个表格第 2 行第 1 列",
                              "空格"),
    "empty brackets": (CLAUSE, "第七条　违约责任：【　】。", "T30", "第 9 段", "空白"),
    "underlined blank": (
        CLAUSE,
        ('违约责任：</w:t></w:r><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t>　　　</w:t>'
        "</w:r><w:r><w:t>元"),
        "T30", "第 9 段", "下划线",
    ),
    "no liability": (CLAUSE, "第七条　其他。", "T31", "全文", "违约责任"),
    "insertion": (
        CLAUSE,
        '</w:t></w:r><w:ins w:id="7" w:author="a"><w:r><w:t>违约责任</w:t></w:r></w:ins><w:r><w:t>',
        "T22", "第 9 段", "修订",
    ),
    "deletion": (
        CLAUSE,
        ('违约责任</w:t></w:r><w:del w:id="7" w:author="a"><w:r><w:delText>x</w:delText>'
        "</w:r></w:del><w:r><w:t>"),
        "T22", "第 9 段", "修订",
    ),
    "comment mark": (
        CLAUSE,
        '违约责任</w:t></w:r><w:r><w:commentReference w:id="1"/></w:r><w:r><w:t>',
        "T22", "第 9 段", "批注",
    ),
    "hidden text": (
        CLAUSE,
        "违约责任</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r><w:r><w:t>",
        "T22", "第 9 段", "隐藏文字",
    ),
    "prompt": (
        CLAUSE,
        ("违约责任</w:t></w:r><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r>"
        "<w:t>单击此处输入文字。</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>"),
        "T23", "第 9 段", "提示文字",
    ),
    "bound control": (
        CLAUSE,
        ("违约责任</w:t></w:r><w:sdt><w:sdtPr><w:dataBinding/></w:sdtPr><w:sdtContent><w:r>"
        "<w:t>某公司</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>"),
        "T23", "第 9 段", "绑定",
    ),
    "mail merge": (
        CLAUSE,
        ('违约责任</w:t></w:r><w:fldSimple w:instr=" MERGEFIELD 甲方 "><w:r><w:t>甲方</w:t></w:r>'
        "</w:fldSimple><w:r><w:t>"),
        "T24", "第 9 段", "邮件合并",
    ),
    "date of today": (
        CLAUSE,
        ('违约责任</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DA'
        '</w:instrText></w:r><w:r><w:instrText>TE </w:instrText></w:r><w:r><w:fldChar '
        'w:fldCharType="separate"/></w:r><w:r><w:t>今日</w:t></w:r><w:r><w:fldChar '
        'w:fldCharType="end"/></w:r><w:r><w:t>'),
        "T24", "第 9 段", "DATE",
    ),
    "foreign language": (
        f"<w:t>{CLAUSE}",
        f'<w:rPr><w:lang w:eastAsia="ja-JP"/></w:rPr><w:t>{CLAUSE}',
        "T15", "第 9 段", "ja-JP",
    ),
    "exact height": (
        "<w:tr><w:tc>",
        '<w:tr><w:trPr><w:trHeight w:val="300" w:hRule="exact"/></w:trPr><w:tc>',
        "T12", "第 1 个表格第 1 行第 1 列", "最小值",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_what_where_and_how_to_mend_it(
    check: Check, firm: ModuleType, firm_file: bytes, name: str
) -> None:
    old, new, code, place, message = BROKEN[name]

    found = check(firm.edited(firm_file, (old, new)))

    assert not found.is_fit
    matching = [
        finding
        for finding in _blocking(found)
        if finding[0] == code and finding[1].startswith(place) and re.search(message, finding[2])
    ]
    assert matching, _blocking(found)
    for _, _, said in _blocking(found):
        assert re.search(r"请|是否为|guidang|在 Word 中", said), said


def test_one_slip_is_reported_once_and_nothing_else_with_it(
    check: Check, firm: ModuleType, firm_file: bytes
) -> None:
    found = _blocking(
        check(firm.edited(firm_file, (CLAUSE, "第七条　违约责任：{{ party_a.nmae }}。")))
    )

    ((code, place, message),) = found
    assert (code, place) == ("T02", "第 9 段“第七条　违约责任：{{ party_a.nmae }}。”")
    assert "party_a.name" in message


def test_a_field_in_a_header_footnote_or_text_box_is_found_there(
    check: Check, firm: ModuleType, firm_file: bytes
) -> None:
    wrong = "{{ contract.nummer }}"
    header = next(n for n in unpacked(firm_file) if n.startswith("word/header"))
    in_header = firm.edited(firm_file, ("{{ contract.no }}", wrong), part=header)
    box = BOX.format(BODY.format(wrong))
    in_box = firm.edited(firm_file, (CLAUSE, f"{CLAUSE}</w:t></w:r><w:r>{box}</w:r><w:r><w:t>"))

    for content, place in ((in_header, "页眉“"), (in_box, "第 9 段的文本框“")):
        found = [finding for finding in check(content).findings if finding.code == "T02"]
        assert [finding.place.startswith(place) for finding in found] == [True]


def test_a_text_box_with_a_field_is_printed_and_warned_of(
    check: Check, firm: ModuleType, firm_file: bytes
) -> None:
    box = BOX.format(BODY.format("{{ contract.no }}"))
    content = firm.edited(firm_file, (CLAUSE, f"{CLAUSE}</w:t></w:r><w:r>{box}</w:r><w:r><w:t>"))

    found = check(content)

    assert found.is_fit, _blocking(found)
    assert [f.place for f in found.findings if f.code == "T13"] == [
        "第 9 段的文本框“{{ contract.no }}”"
    ]


@pytest.mark.parametrize(
    ("traits", "row"),
    [("<w:cantSplit/><w:tblHeader/>", 0), ("<w:cantSplit/>", 2), ('<w:cantSplit w:val="1"/>', 2)],
)
def test_rows_that_would_lose_a_table_are_refused(
    check: Check, firm_file: bytes, traits: str, row: int
) -> None:
    found = _blocking(check(_with_row_traits(firm_file, traits, row)))

    assert [(code, place[: place.index("“")]) for code, place, _ in found] == [
        ("T11", f"第 2 个表格第 {row + 1} 行第 1 列")
    ]


@pytest.mark.parametrize(
    ("traits", "row"),
    [("<w:tblHeader/>", 0), ("<w:cantSplit/>", 0), ('<w:cantSplit w:val="0"/>', 2)],
)
def test_rows_that_lose_nothing_are_let_be(
    check: Check, firm_file: bytes, traits: str, row: int
) -> None:
    assert check(_with_row_traits(firm_file, traits, row)).is_fit


def _with_row_traits(content: bytes, traits: str, row: int) -> bytes:
    """Give a row of the second table, the price list, its traits."""
    parts = unpacked(content)
    page = parts["word/document.xml"].decode()
    at = page.index("<w:tbl>", page.index("<w:tbl>") + 1)
    for _ in range(row + 1):
        at = page.index("<w:tr>", at) + len("<w:tr>")
    page = f"{page[:at]}<w:trPr>{traits}</w:trPr>{page[at:]}"
    return packed({**parts, "word/document.xml": page.encode()})


def test_a_floating_table_may_not_repeat_rows(check: Check, firm_file: bytes) -> None:
    page = unpacked(firm_file)["word/document.xml"].decode()
    second = page.index("<w:tblPr>", page.index("<w:tblPr>") + 1)
    old = page[second : page.index("</w:tblPr>", second)]
    floating = old.replace("<w:tblPr>", '<w:tblPr><w:tblpPr w:leftFromText="180"/>')
    content = packed(
        {
            **unpacked(firm_file),
            "word/document.xml": (page[:second] + floating + page[second + len(old) :]).encode(),
        }
    )

    assert [f[0] for f in _blocking(check(content))] == ["T12"]


def test_seal_places_are_one_each_and_in_the_text(
    check: Check, firm: ModuleType, firm_file: bytes
) -> None:
    mark = '<w:bookmarkStart w:id="8" w:name="sealA"/><w:bookmarkEnd w:id="8"/>'
    twice = firm.edited(firm_file, (f"<w:t>{CLAUSE}", f"<w:t>{CLAUSE}</w:t></w:r>{mark}<w:r><w:t>"))
    header = next(n for n in unpacked(firm_file) if n.startswith("word/header"))
    away = firm.edited(firm_file, ('w:name="sealA"', 'w:name="other"'))
    moved = firm.edited(away, ("</w:p>", f"{mark}</w:p>"), part=header)

    assert ["2 处" in f[2] for f in _blocking(check(twice))] == [True]
    assert ["页眉" in f[2] for f in _blocking(check(moved))] == [True]


def test_the_seal_before_a_paragraph_of_the_cell_counts(check: Check, firm_file: bytes) -> None:
    page = unpacked(firm_file)["word/document.xml"].decode()
    mark = re.search(r'<w:bookmarkStart [^>]*w:name="sealB"/><w:bookmarkEnd [^>]*/>', page)
    assert mark is not None
    paragraph = page.rindex("<w:p>", 0, mark.start())
    moved = page[:paragraph] + mark[0] + page[paragraph : mark.start()] + page[mark.end() :]

    content = packed({**unpacked(firm_file), "word/document.xml": moved.encode()})
    assert check(content).is_fit


def test_a_face_nobody_has_is_named_with_its_place(
    check: Check, firm: ModuleType, firm_file: bytes
) -> None:
    face = '<w:rPr><w:rFonts w:eastAsia="方正仿宋_GBK" w:ascii="宋体" w:hAnsi="宋体"/></w:rPr>'
    found = check(firm.edited(firm_file, (f"<w:t>{CLAUSE}", f"{face}<w:t>{CLAUSE}")))

    assert found.is_fit
    (warning,) = [finding for finding in found.findings if finding.code == "T16"]
    assert warning.place == "第 9 段"
    assert "方正仿宋_GBK" in warning.message


def test_a_file_that_names_no_language_is_refused(
    check: Check, firm: ModuleType, firm_file: bytes
) -> None:
    styles = "word/styles.xml"
    english = firm.edited(firm_file, ('w:eastAsia="zh-CN"', 'w:eastAsia="en-US"'), part=styles)

    (found,) = _blocking(check(english))
    assert found[0] == "T15"
    assert "设置校对语言" in found[2]


@pytest.mark.parametrize("is_legal", [False, True])
def test_numbers_that_word_counts_are_refused(
    check: Check, firm: ModuleType, firm_file: bytes, is_legal: Any
) -> None:
    numbered = firm.edited(
        firm_file, ("<w:p><w:r><w:t>第七条", ('<w:p><w:pPr><w:pStyle w:val="ListNumber"/></w:pPr>'
                    "<w:r><w:t>第七条"))
    )  # fmt: skip
    if is_legal:
        numbered = firm.edited(
            numbered, ("<w:lvlText", "<w:isLgl/><w:lvlText"), part="word/numbering.xml"
        )
        parts = unpacked(numbered)
        legal = parts["word/numbering.xml"].replace(b"<w:lvlText", b"<w:isLgl/><w:lvlText")
        numbered = packed({**parts, "word/numbering.xml": legal})

    found = _blocking(check(numbered))

    assert {code for code, _, _ in found} == {"T14"}
    assert any("自动编号" in message for _, _, message in found)
    assert any("正规形式" in message for _, _, message in found) is is_legal


def test_a_required_clause_of_its_own_is_asked_for(measure: Measure, firm_file: bytes) -> None:
    asked = replace(measure, required=("第七条 违约责任", "不可抗力"))
    ((code, place, message),) = _blocking(fitness_of(firm_file, asked))
    assert (code, place) == ("T31", "全文")
    assert "不可抗力" in message
