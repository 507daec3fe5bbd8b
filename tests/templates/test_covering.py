from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.covering import cover
from templates.folding import fold
from templates.reading import PAGE_NUMBER, Paragraph

HEADER = Paragraph("服务合同　合同编号：GD-FW-2026-0001")
FOOTER = Paragraph(f"第 {PAGE_NUMBER} 页　共 {PAGE_NUMBER} 页")
MARGINS = (HEADER, FOOTER)


def laid_out(lines: list[str], per_page: int, *, repeated: str = "") -> list[str]:
    """Set `lines` on pages as a converter would, a running head and foot on each."""
    sheets = [lines[at : at + per_page] for at in range(0, len(lines), per_page)] or [[]]
    pages = []
    for number, sheet in enumerate(sheets, 1):
        head = [HEADER.text] + ([repeated] if repeated and number > 1 else [])
        foot = [f"第 {number} 页　共 {len(sheets)} 页"]
        pages.append("\r\n".join([*head, *sheet, *foot]))
    return pages


def lines_of(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


# A paragraph of blanks alone has no text to find.
paragraphs = st.text(
    alphabet=st.sampled_from("甲乙丙丁合同总价一二三1234567890，。（）A-/¥\u3000 𠅤㛃"),
    min_size=1,
    max_size=40,
).filter(lambda text: bool(text.strip()))


@given(st.lists(paragraphs, min_size=1, max_size=25), st.integers(1, 12), st.integers(1, 9))
def test_any_breaking_into_lines_and_pages_is_complete(
    texts: list[str], width: int, per_page: int
) -> None:
    lines = [line for text in texts for line in lines_of(text, width)]
    covered = cover([Paragraph(text) for text in texts], MARGINS, laid_out(lines, per_page))
    assert (covered.missing, covered.surplus) == ((), ())


@given(
    st.lists(paragraphs, min_size=2, max_size=25),
    st.integers(1, 12),
    st.integers(1, 9),
    st.data(),
)
def test_any_lost_paragraph_is_noticed(
    texts: list[str], width: int, per_page: int, data: st.DataObject
) -> None:
    lost = data.draw(st.integers(0, len(texts) - 1))
    kept = [text for position, text in enumerate(texts) if position != lost]
    lines = [line for text in kept for line in lines_of(text, width)]
    covered = cover([Paragraph(text) for text in texts], MARGINS, laid_out(lines, per_page))
    assert covered.missing


@given(st.lists(paragraphs, min_size=1, max_size=25), paragraphs, st.integers(1, 12), st.data())
def test_any_paragraph_too_much_is_noticed(
    texts: list[str], extra: str, width: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(texts)))
    said = [*texts[:at], extra, *texts[at:]]
    lines = [line for text in said for line in lines_of(text, width)]
    covered = cover([Paragraph(text) for text in texts], MARGINS, laid_out(lines, 9))
    assert covered.missing or covered.surplus


@given(st.lists(paragraphs, min_size=2, max_size=20, unique_by=fold), st.randoms())
def test_the_order_on_the_page_does_not_matter(texts: list[str], random: object) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    # Whole lines: texts set apart by nothing cannot be told from one another once shuffled.
    apart = [f"〔{text}〕" for text in shuffled]
    body = [Paragraph(f"〔{text}〕") for text in texts]
    assert cover(body, MARGINS, laid_out(apart, 7)).missing == ()


def test_a_cell_that_goes_on_on_the_next_page_is_whole() -> None:
    body = [
        Paragraph("序号", 1, repeats=True),
        Paragraph("名称", 1, repeats=True),
        Paragraph("数量", 1, repeats=True),
        Paragraph("1", 2),
        Paragraph("机房及弱电系统驻场运维服务", 2),
        Paragraph("12", 2),
        Paragraph("2", 3),
        Paragraph("监控平台升级", 3),
        Paragraph("1", 3),
    ]
    first = "序号 名称 数量\r\n1 机房及\r\n弱电系统\r\n12"
    second = "序号 名称 数量\r\n驻场运维服务\r\n2 监控平台升级\r\n1"
    pages = [
        "\r\n".join([HEADER.text, text, f"第 {number} 页　共 2 页"])
        for number, text in enumerate([first, second], 1)
    ]
    covered = cover(body, MARGINS, pages)
    assert (covered.missing, covered.surplus) == ((), ())
    lost = cover(body, MARGINS, [pages[0], pages[1].replace("驻场运维服务\r\n", "")])
    assert lost.missing == ("缺“机房及弱电系统驻场运维服务”",)


def test_two_cells_of_one_row_may_go_on_over_three_pages() -> None:
    left = "乙方应当自收到之日起十个工作日内完成整改并书面申请复验，复验按前款程序进行"
    right = "甲方在前款期限内书面列明不合格项目、依据和整改要求，逾期视为通过验收"
    head = [Paragraph("内容", 1, repeats=True), Paragraph("标准", 1, repeats=True)]
    body = [*head, Paragraph(left, 2), Paragraph(right, 2), Paragraph("合计")]
    thirds = [
        "\r\n".join([HEADER.text, "内容 标准", *cells, f"第 {number} 页　共 3 页"])
        for number, cells in enumerate(
            [
                [*lines_of(left[:12], 6), *lines_of(right[:12], 6)],
                [*lines_of(left[12:24], 6), *lines_of(right[12:24], 6)],
                [*lines_of(left[24:], 6), *lines_of(right[24:], 6), "合计"],
            ],
            1,
        )
    ]
    covered = cover(body, MARGINS, thirds)
    assert (covered.missing, covered.surplus) == ((), ())
    cut_off = [*thirds[:2], thirds[2].replace("收", "")]
    assert cover(body, MARGINS, cut_off).missing


def test_a_lost_table_names_its_rows_and_nothing_else() -> None:
    rows = [[str(number), f"第{number}项服务", f"{number},000.00"] for number in range(1, 11)]
    before = [Paragraph("5.1 合同价款如下："), Paragraph("5.2 总价已包含全部费用。")]
    cells = [Paragraph(cell, number) for number, row in enumerate(rows) for cell in row]
    body = [before[0], *cells, before[1]]
    covered = cover(body, MARGINS, laid_out([each.text for each in before], 9))
    assert covered.missing == tuple(f"缺“{cell.text}”" for cell in cells)


def test_how_often_a_text_stands_counts() -> None:
    body = [Paragraph("100.00")] * 3
    assert cover(body, (), ["100.00\r\n100.00\r\n100.00"]).missing == ()
    assert cover(body, (), ["100.00\r\n100.00"]).missing == ("缺“100.00”",)
    assert cover(body[:2], (), ["100.00\r\n100.00\r\n100.00"]).surplus == ("100.00",)


def test_a_page_without_its_header_is_named() -> None:
    pages = laid_out(["文一", "文二"], 1)
    pages[1] = pages[1].replace("0001", "0002")
    covered = cover([Paragraph("文一"), Paragraph("文二")], MARGINS, pages)
    assert covered.missing[0].startswith("第 2 页缺页眉或页脚“服务合同")


def test_the_number_in_the_text_is_not_taken_for_the_header() -> None:
    body = [Paragraph(HEADER.text), Paragraph("文")]
    assert cover(body, MARGINS, laid_out([HEADER.text, "文"], 9)).missing == ()
    assert cover(body, MARGINS, laid_out(["文"], 9)).missing == (f"缺“{HEADER.text}”",)


@pytest.mark.parametrize(
    ("in_word", "in_pdf"),
    [
        ("GD-FW-2026", "GD\ufffeFW-2026"),
        ("GD-FW-2026", "GD-\r\nFW-2026"),
        ("一般条款", "\u2f00般条款"),
        ("长度见附页", "⻓度⻅附⻚"),
        ("福\U000e0100建", "福建"),
        ("first office", "\ufb01rst of\ufb01ce"),
        ("甲　方", "甲 方"),
    ],
)
def test_what_extraction_does_to_a_text_is_no_difference(in_word: str, in_pdf: str) -> None:
    covered = cover([Paragraph(in_word)], (), [in_pdf])
    assert (covered.missing, covered.surplus) == ((), ())


@pytest.mark.parametrize(
    ("in_word", "in_pdf"),
    [("596,500.01", "596，500.01"), ("（）", "()"), ("１", "1"), ("㎡", "m2"), ("未", "末")],
)
def test_any_other_change_of_a_character_is_a_difference(in_word: str, in_pdf: str) -> None:
    assert cover([Paragraph(in_word)], (), [in_pdf]).missing
