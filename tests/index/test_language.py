"""What a person may type, and what is said of what cannot be understood."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuestionRefused
from index.language import Either, Every, Field, Within, Without, Word, words
from index.parsing import read_pieces, read_query


def test_words_are_read_side_by_side() -> None:
    assert read_query(" 验收　合格 ") == Every((Word("验收"), Word("合格")))
    assert read_query("验收 AND 合格") == read_query("验收 合格")


@pytest.mark.parametrize(
    "query", ['"甲 方 ab c"', "「甲 方 ab c」", "“甲 方 ab c”", "＂甲方ab c＂", "”甲方 ab c”"]
)
def test_quotation_marks_of_any_kind_hold_words_together(query: str) -> None:
    assert read_query(query) == Word("甲方ab c")


@pytest.mark.parametrize("query", ["-作废", "－作废", '-"作废"', "NOT 作废", "-(作废)"])
def test_a_minus_says_what_must_not_be_there(query: str) -> None:
    assert read_query(query) == Without(Word("作废"))


def test_alternatives_bind_less_than_words_side_by_side() -> None:
    read = Either((Every((Word("水泵"), Word("阀门"))), Word("管路")))
    assert read_query("水泵 阀门 OR 管路") == read
    assert read_query("水泵 阀门 | 管路") == read
    assert read_query("水泵 (阀门 OR 管路)") == Every(
        (Word("水泵"), Either((Word("阀门"), Word("管路"))))
    )
    assert read_query("-(阀门 OR 管路)") == Without(Either((Word("阀门"), Word("管路"))))


def test_parentheses_within_a_word_belong_to_it() -> None:
    assert read_query("青川（临溪）公司") == Word("青川(临溪)公司")
    assert read_query("（青川（临溪）公司 OR 白沙）") == Either(
        (Word("青川(临溪)公司"), Word("白沙"))
    )


def test_a_field_may_have_alternatives() -> None:
    assert read_query("甲方:(青川 OR 白沙)") == Either(
        (Word("青川", field=Field.PARTY_A), Word("白沙", field=Field.PARTY_A))
    )


@pytest.mark.parametrize(
    ("query", "field", "asked"),
    [
        ("甲方:青川", Field.PARTY_A, "青川"),
        ("甲方： 青川", Field.PARTY_A, "青川"),
        ("party_a:青川", Field.PARTY_A, "青川"),
        ("Party_B:青川", Field.PARTY_B, "青川"),
        ("合同编号：ＱＳ－１", Field.NUMBER, "qs-1"),
        ('项目:"泵房 改造"', Field.PROJECT, "泵房改造"),
        ("档号:J001", Field.REFERENCE, "j001"),
        ("類型:XS", Field.TYPE, "xs"),
        ("经办人:林晓舟", Field.HANDLER, "林晓舟"),
        ("期限:30年", Field.RETENTION, "30年"),
    ],
)
def test_a_field_is_named_in_chinese_or_english(query: str, field: Field, asked: str) -> None:
    word = read_query(query)
    assert isinstance(word, Word)
    assert (word.field, word.asked) == (field, asked)


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("金额:1,234.50", "1234.50", "1234.50"),
        ("金额：￥１２.５万元", "125000", "125000"),
        ("amount:100..200", "100", "200"),
        ("金额:10万..50万", "100000", "500000"),
        ("金额:100~1万", "100", "10000"),
        ("金额:100-200", "100", "200"),
        ("金额:三十万..壹佰万元整", "300000", "1000000"),
        ("金额:12万5千", "125000", "125000"),
        ("金额:>=1亿", "100000000", None),
        ("金额:..5", None, "5"),
        ("年度:2024至2026", "2024", "2026"),
        ("年度:2026年", "2026", "2026"),
    ],
)
def test_amounts_and_years_are_numbers(query: str, low: str | None, high: str | None) -> None:
    within = read_query(query)
    assert isinstance(within, Within)
    assert within.span.low == (None if low is None else Decimal(low))
    assert within.span.high == (None if high is None else Decimal(high))


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("2026年第三季度", "2026-07-01", "2026-09-30"),
        ("2026年下半年", "2026-07-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026年3月", "2026-03-01", "2026-03-31"),
        ("2026-03-05", "2026-03-05", "2026-03-05"),
        ("20260305", "2026-03-05", "2026-03-05"),
        ("二〇二六年三月五日", "2026-03-05", "2026-03-05"),
        ("2026-01..2026-06", "2026-01-01", "2026-06-30"),
        ("2026Q1至2026Q2", "2026-01-01", "2026-06-30"),
        (">=2026-03", "2026-03-01", None),
        ("<2026", None, "2026-01-01"),
        (">2026Q1", "2026-03-31", None),
    ],
)
@pytest.mark.parametrize(("name", "field"), [("签订", Field.FORMED), ("归档", Field.FILED)])
def test_days_are_spans(
    name: str, field: Field, typed: str, low: str | None, high: str | None
) -> None:
    within = read_query(f"{name}:{typed}")
    assert isinstance(within, Within)
    assert within.field is field
    assert within.span.low == (None if low is None else date.fromisoformat(low))
    assert within.span.high == (None if high is None else date.fromisoformat(high))


@pytest.mark.parametrize(
    ("typed", "joined"),
    [
        ("2026 年 3 月 5 日", "2026年3月5日"),
        ("二〇二六年 三月 五日", "二〇二六年三月五日"),
        ("10 万元", "10万元"),
        ("￥ 1,234.00", "￥1,234.00"),
        ("金额:10 万 .. 50 万", "金额:10万..50万"),
        ("金额: >= 100 万元", "金额:>=100万元"),
        ("签订:2026 年 3 月", "签订:2026年3月"),
        ("年度:2024 .. 2026", "年度:2024..2026"),
    ],
)
def test_a_day_or_amount_typed_with_spaces_is_one(typed: str, joined: str) -> None:
    assert read_query(typed) == read_query(joined)
    assert read_query(f"水泵 {typed} 阀门") == read_query(f"水泵 {joined} 阀门")


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("2026 年度 报告", 3),
        ("2026年 5万元", 2),
        ("5 日 内", 3),
        ("2026 年度:2024", 2),
        ("金额:100 -200", 2),
        ("签订:2026年 5台", 2),
        ('2026 "年"', 2),
        ("100 200", 2),
    ],
)
def test_words_that_make_no_day_or_amount_stay_words(typed: str, parts: int) -> None:
    read = read_query(typed)
    assert isinstance(read, Every)
    assert len(read.parts) == parts


def test_more_than_excludes_the_bound_itself() -> None:
    within = read_query("金额:>100")
    assert isinstance(within, Within)
    assert not within.span.holds(Decimal(100))
    assert within.span.holds(Decimal("100.01"))


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("水泵  甲方:(青川 OR 白沙) -作废", ("水泵", "甲方:(青川 OR 白沙)", "-作废")),
        ('"验收 水泵" AND 2026 年 3 月 QS*', ('"验收 水泵"', "2026 年 3 月", "QS*")),
        ("(水泵 阀门)", ()),
        ("水泵 OR 阀门 管路", ()),
        ("水泵", ()),
        ("", ()),
    ],
)
def test_a_query_is_known_by_the_parts_that_must_all_hold(
    typed: str, pieces: tuple[str, ...]
) -> None:
    assert read_pieces(typed) == pieces
    read = read_query(typed)
    if pieces:
        assert isinstance(read, Every)
        assert tuple(map(read_query, pieces)) == read.parts


def test_a_colon_between_figures_is_no_field() -> None:
    assert read_query("10:30") == Word("10:30")


def test_a_star_at_the_end_asks_for_a_beginning() -> None:
    assert read_query("QS-2026*") == Word("qs-2026", begins=True)
    assert read_query("甲方:青川＊") == Word("青川", field=Field.PARTY_A, begins=True)


@pytest.mark.parametrize(
    ("query", "place", "says"),
    [
        ('甲方 "青川', 3, "引号没有成对"),
        ("青川 - 临溪", 3, "减号"),
        ("青川 -", 3, "减号"),
        ("供应商:青川", 0, "没有“供应商”这个字段"),
        ("编码:青川", 0, "是否要用“编号:”"),
        ("青川 甲方:", 3, "冒号后面没有"),
        ("(甲方:)", 1, "冒号后面没有"),
        ("金额:很多", 3, "金额应写成"),
        ("金额:200..100", 3, "前一个大于后一个"),
        ("金额:1.2.3", 3, "金额应写成"),
        ("金额:万元", 3, "金额应写成"),
        ("签订:2026-13", 3, "日期应写成"),
        ("签订:昨天", 3, "日期应写成"),
        ("年度:26", 3, "年度应写成"),
        ("年度:2024.5", 3, "年度应写成"),
        ("*青川", 0, "只能放在词尾"),
        ("类型:X*", 3, "完整的值"),
        ("OR 临溪", 0, "OR”前面没有"),
        ("青川 OR", 3, "OR”后面没有"),
        ("青川 OR OR 白沙", 3, "OR”后面没有"),
        ("青川 AND", 3, "AND”的两边"),
        ("(青川 白沙", 0, "缺少右括号"),
        ("青川 ) 白沙", 3, "多了一个右括号"),
        ("青川 ()", 3, "括号里没有内容"),
        ("(" * 30, 20, "套得太深"),
        ('青川 ""', 3, "没有可以查找的文字"),
        (",", 0, "没有可以查找的文字"),
        ("甲" * 1001, 1000, "超过"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_place_and_reason(
    query: str, place: int, says: str
) -> None:
    with pytest.raises(QuestionRefused, match=says) as refused:
        read_query(query)
    assert refused.value.place == place


def test_carets_stand_under_what_is_wrong_on_a_terminal() -> None:
    with pytest.raises(QuestionRefused) as refused:
        read_query("青川 金额:很多 ab")
    assert refused.value.pointed("青川 金额:很多 ab") == "青川 金额:很多 ab\n" + " " * 10 + "^^^^"


_SIGNS = '"“”:：-－ 金额年度签订甲方1.~>=*,()（）OR|'
_TYPED = st.text(st.one_of(st.sampled_from(_SIGNS), st.characters()))


@given(_TYPED)
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    place, carets = 0, "^"
    try:
        query = read_query(text)
    except QuestionRefused as refused:
        place, carets = refused.place, refused.pointed(text)
    else:
        assert all(word.asked for word in words(query))
        assert query != Every(()) or not text.strip()
    assert 0 <= place <= len(text)
    assert "^" in carets
