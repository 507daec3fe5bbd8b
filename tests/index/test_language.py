"""What a person may type, and what is said of what cannot be understood."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuestionRefused
from index.language import Bounds, Field, Word, read_query


def test_words_are_read_side_by_side() -> None:
    assert read_query(" 验收　合格 ").words == (
        Word("验收", None, is_wanted=True),
        Word("合格", None, is_wanted=True),
    )


@pytest.mark.parametrize("query", ['"甲 方 ab c"', "“甲 方 ab c”", "＂甲方ab c＂", "”甲方 ab c”"])
def test_quotation_marks_of_any_kind_hold_words_together(query: str) -> None:
    assert read_query(query).words == (Word("甲方ab c", None, is_wanted=True),)


@pytest.mark.parametrize("query", ["-作废", "－作废", '-"作废"'])
def test_a_minus_says_what_must_not_be_there(query: str) -> None:
    assert read_query(query).words == (Word("作废", None, is_wanted=False),)


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
    ],
)
def test_a_field_is_named_in_chinese_or_english(query: str, field: Field, asked: str) -> None:
    (word,) = read_query(query).words
    assert (word.field, word.asked) == (field, asked)


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("金额:1,234.50", "1234.50", "1234.50"),
        ("金额：￥１２.５万元", "125000", "125000"),
        ("amount:100..200", "100", "200"),
        ("金额:100~1万", "100", "10000"),
        ("金额:>=1亿", "100000000", None),
        ("金额:..5", None, "5"),
        ("年度:2024至2026", "2024", "2026"),
        ("年度:2026年", "2026", "2026"),
    ],
)
def test_amounts_and_years_are_numbers(query: str, low: str | None, high: str | None) -> None:
    (bounds,) = read_query(query).bounds
    assert bounds.span.low == (None if low is None else Decimal(low))
    assert bounds.span.high == (None if high is None else Decimal(high))


def test_more_than_excludes_the_bound_itself() -> None:
    (bounds,) = read_query("金额:>100").bounds
    assert isinstance(bounds, Bounds)
    assert not bounds.span.holds(Decimal(100))
    assert bounds.span.holds(Decimal("100.01"))


def test_a_colon_between_figures_is_no_field() -> None:
    assert read_query("10:30").words == (Word("10:30", None, is_wanted=True),)


@pytest.mark.parametrize(
    ("query", "place", "says"),
    [
        ('甲方 "青川', 3, "引号没有成对"),
        ("青川 - 临溪", 3, "减号"),
        ("青川 -", 3, "减号"),
        ("供应商:青川", 0, "没有“供应商”这个字段"),
        ("青川 甲方:", 3, "冒号后面没有"),
        ("金额:很多", 3, "金额应写成"),
        ("金额:200..100", 3, "前一个数大于后一个数"),
        ("年度:26", 3, "年度应写成"),
        ("年度:2024.5", 3, "年度应写成"),
        ("青川*", 0, "通配符"),
        ("青川 OR 临溪", 3, "不支持 OR"),
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


@given(st.text(st.one_of(st.sampled_from('"“”:：-－ 金额年度甲方1.~>=*,'), st.characters())))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    place = 0
    try:
        query = read_query(text)
    except QuestionRefused as refused:
        place = refused.place
    else:
        assert all(word.asked for word in query.words)
        assert query.words or query.bounds or not text.strip()
    assert 0 <= place <= len(text)
