from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import cn2an
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from templates.wording import (
    amount_in_words,
    amount_of_words,
    chinese_date,
    count_in_words,
    formal_date,
    money,
    parse_amount,
    percent,
    quantity,
)

TABLE = json.loads((Path(__file__).parent / "data" / "rmb_upper.json").read_text("utf-8"))
CASES = [(Decimal(case["amount"]), case["upper"]) for case in TABLE["cases"]]
ACCEPTED = [(Decimal(c["amount"]), words) for c in TABLE["cases"] for words in c["accept"]]
fen = st.integers(0, 10**18 - 1)


def yuan(cents: int) -> Decimal:
    return (Decimal(cents) / 100).quantize(Decimal("0.01"))


@pytest.mark.parametrize(("amount", "words"), CASES)
def test_an_amount_is_written_in_the_words_of_the_table(amount: Decimal, words: str) -> None:
    assert amount_in_words(amount) == words


@pytest.mark.parametrize(("amount", "words"), CASES + ACCEPTED)
def test_every_accepted_spelling_means_its_amount(amount: Decimal, words: str) -> None:
    assert amount_of_words(words) == amount
    assert amount_of_words(f"人民币{words}") == amount


@given(fen)
@example(10**18 - 1)
@example(0)
@example(1)
def test_words_say_the_amount_and_nothing_else(cents: int) -> None:
    assert amount_of_words(amount_in_words(yuan(cents))) == yuan(cents)


@given(st.integers(1, 10**18 - 1))
def test_a_negative_amount_begins_with_its_sign(cents: int) -> None:
    words = amount_in_words(-yuan(cents))
    assert words == "负" + amount_in_words(yuan(cents))
    assert amount_of_words(words) == -yuan(cents)


@given(fen)
def test_an_independent_library_reads_the_same_whole_yuan(cents: int) -> None:
    words = amount_in_words(yuan(cents - cents % 100)).removesuffix("元整")
    assert cn2an.cn2an(words, "smart") == cents // 100


@given(fen)
def test_words_never_hold_two_zeros_in_a_row_nor_a_bare_ten(cents: int) -> None:
    words = amount_in_words(yuan(cents))
    assert "零零" not in words
    assert not re.search(r"(?<![壹贰叁肆伍陆柒捌玖])[拾佰仟]", words)
    assert words.endswith(("整", "分"))


@given(fen, fen)
def test_two_amounts_never_have_the_same_words(one: int, other: int) -> None:
    same = amount_in_words(yuan(one)) == amount_in_words(yuan(other))
    assert same == (one == other)


@pytest.mark.parametrize("amount", ["1.005", "NaN", "Infinity", "-Infinity", "1e16", "0.001"])
def test_an_amount_that_cannot_be_said_exactly_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"decimals|range|not an amount"):
        amount_in_words(Decimal(amount))
    with pytest.raises(ValueError, match=r"decimals|range|not an amount"):
        money(Decimal(amount))


@pytest.mark.parametrize(
    "words",
    [
        "",
        "人民币",
        "整",
        "元整",
        "负",
        "一百元整",
        "壹贰元整",
        "拾元整",
        "零零元整",
        "零伍元整",
        "壹佰零元整",
        "壹元零整",
        "壹元零零伍分",
        "壹拾元零伍角零叁分",
        "伍拾万万元整",
        "壹亿亿元整",
        "壹分整",
        "壹元整零",
        "100元整",
        "伍拾玖万陆仟伍佰元零壹分（含税）",
        "伍万伍拾万元整",
        "负零元整",
    ],
)
def test_words_that_are_no_amount_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"capital numerals|out of range"):
        amount_of_words(words)


@given(st.text(alphabet="零壹贰玖拾佰仟万亿元角分整负", max_size=14))
def test_any_words_are_read_as_what_they_say_or_refused(words: str) -> None:
    try:
        amount = amount_of_words(words)
    except ValueError:
        return
    spoken = [char for char in amount_in_words(amount) if char not in "零整"]
    assert spoken == [char for char in words if char not in "零整"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("￥1，234.50", "1234.50"),
        ("¥1,234.50", "1234.50"),
        ("1234.5元", "1234.5"),
        ("人民币 1,234.50 元", "1234.50"),
        ("１２３４．５０", "1234.50"),
        ("-0.01", "-0.01"),
        ("0", "0"),
    ],
)
def test_an_amount_as_people_write_it_is_read(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [case["input"] for case in TABLE["reject"]]
    + ["", "元", "￥", "1,2345", ",123", "1,234,56", "1.", ".5", "1e3", "0x10", "1_000", "١٢٣"]
    + ["10000000000000000", "￥￥1", "1元元", "12 万元"],
)
def test_a_doubtful_amount_is_refused_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount|decimals|range"):
        parse_amount(text)


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_money_reads_back_as_itself(cents: int) -> None:
    amount = (Decimal(cents) / 100).quantize(Decimal("0.01"))
    assert parse_amount(money(amount)) == amount
    assert parse_amount(f"￥{money(amount)}元" if cents >= 0 else money(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [("596500.01", "596,500.01"), ("0", "0.00"), ("-0.5", "-0.50"), ("1E+3", "1,000.00")],
)
def test_money_has_groups_and_two_decimals(amount: str, text: str) -> None:
    assert money(Decimal(amount)) == text


def test_a_date_has_no_leading_zeros() -> None:
    assert chinese_date(date(2026, 3, 5)) == "2026年3月5日"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 3, 15), "二〇二六年三月十五日"),
        (date(2030, 10, 10), "二〇三〇年十月十日"),
        (date(2026, 12, 31), "二〇二六年十二月三十一日"),
        (date(2026, 11, 20), "二〇二六年十一月二十日"),
    ],
)
def test_a_formal_date_is_written_in_chinese_numerals(day: date, words: str) -> None:
    assert formal_date(day) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "零"), (4, "肆"), (10, "壹拾"), (12, "壹拾贰"), (99, "玖拾玖")]
)
def test_a_count_is_written_in_capital_numerals(count: int, words: str) -> None:
    assert count_in_words(count) == words


@pytest.mark.parametrize("count", [-1, 10000])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        count_in_words(count)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [("0.30", "30%"), ("0.0625", "6.25%"), ("1", "100%"), ("0", "0%"), ("0.000001", "0.0001%")],
)
def test_a_share_is_written_as_a_percentage(fraction: str, text: str) -> None:
    assert percent(Decimal(fraction)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [("12", "12"), ("12.000", "12"), ("0.50", "0.5"), ("1E+2", "100"), ("100", "100"), ("-0", "0")],
)
def test_a_quantity_has_neither_exponent_nor_idle_zeros(number: str, text: str) -> None:
    assert quantity(Decimal(number)) == text


def test_no_quantity_is_written_for_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        quantity(Decimal("NaN"))
