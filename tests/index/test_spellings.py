"""Codes, days and amounts are found however either side writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import needle, normalise
from index.library import IndexedRecord
from index.spellings import spellings, ways

_DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
_FEN = st.integers(100_000, 99_999_999_999_99)


def is_found(typed: str, text: str) -> bool:
    """Say whether a text has a needle as written or in another way of writing."""
    whole, asked = normalise(text), needle(typed)
    return asked in whole or any(way in spellings(whole) for way in ways(asked))


def day_forms(day: date) -> list[str]:
    digits = "".join("〇一二三四五六七八九"[int(each)] for each in str(day.year))
    return [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month:02d}月{day.day:02d}日",
        f"{day.year} 年 {day.month} 月 {day.day} 号",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02d}.{day.day:02d}",
        f"{digits}年{cn2an.an2cn(day.month)}月{cn2an.an2cn(day.day)}日".replace("一十", "十"),
    ]


@given(_DAYS, st.integers(0, 6), st.integers(0, 6))
def test_a_day_is_found_in_every_way_of_writing(day: date, one: int, other: int) -> None:
    text = f"于{day_forms(day)[one]}签订。"
    assert is_found(day_forms(day)[other], text)
    assert is_found(f"{day.year}年{day.month}月", text)
    assert is_found(f"{day.month}月{day.day}日", text)
    assert is_found(f"{day:%Y%m%d}", text)
    assert not is_found(day_forms(day + timedelta(days=1))[other], text)
    assert not is_found(f"{day.year + 1}年", text)


def amount_forms(fen: int) -> list[str]:
    yuan = Decimal(fen) / 100
    words = cn2an.an2cn(f"{yuan:.2f}", "rmb")
    return [
        f"{yuan:,.2f}",
        f"{yuan:.2f}",
        f"{yuan:.2f}元",
        f"￥{yuan:,.2f}",
        words,
        words.replace("元", "圓").replace("万", "萬").replace("贰", "貳").replace("陆", "陸"),
        f"{yuan / 10000:f}万元" if fen % 10000 == 0 else f"{yuan:.2f}",
    ]


@given(_FEN, st.integers(0, 6), st.integers(0, 6))
def test_an_amount_is_found_in_figures_and_in_words(fen: int, one: int, other: int) -> None:
    text = f"合同总价为人民币{amount_forms(fen)[one]}，含税。"
    assert is_found(amount_forms(fen)[other], text)
    assert not is_found(amount_forms(fen + 1)[other % 6], text)


@given(st.integers(1000, 9_999_999_999), st.integers(0, 6))
def test_whole_yuan_are_found_with_and_without_fen(yuan: int, form: int) -> None:
    text = f"总价{amount_forms(yuan * 100)[form]}。"
    for typed in (str(yuan), f"{yuan:,}", f"{yuan}.00", f"{yuan}元"):
        assert is_found(typed, text), typed


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("01012345678", "电话010-12345678"),
        ("010-12345678", "电话01012345678"),
        ("010-12345678", "电话（010）1234 5678"),
        ("13800138000", "手机138-0013-8000"),
        ("13800138000", "手机138 0013 8000"),
        ("138-0013-8000", "手机：13800138000。"),
        ("6222021305001234567", "账号 6222 0213 0500 1234 567"),
        ("J001WS2026D30XSB0007", "档号J001-WS·2026-D30-XSB-0007"),
        ("J001-WS·2026-D30-XSB-0007", "J001WS2026D30XSB0007"),
        ("Ｊ００１－ｗｓ・２０２６－Ｄ３０", "档号J001-WS·2026-D30-XSB-0007"),
        ("HT2026销售01", "编号HT-2026-销售-01"),
        ("壹佰贰拾叁万", "1,230,000元"),
        ("一百二十三万元", "壹佰贰拾叁万元整"),
        ("123万", "1,230,000.00"),
        ("拾万元", "壹拾万元整"),
        ("壹拾万零伍佰元", "100,500.00"),
        ("1234567", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        ("12.00", "单价12元"),
        ("12元", "单价12.00"),
        ("三月五日", "2026-03-05"),
        ("3月5日", "每年三月五日"),
        ("2026年3月5日", "二O二六年三月五日"),
        ("2026-01", "2026年元月8日"),
        ("2026年3月", "2026-03起"),
        ("2026/03", "2026.03"),
        ("123.4567万元", "1,234,567.00"),
        ("1亿2000万元", "壹亿贰仟万元整"),
        ("12万5千元", "125,000.00"),
        ("3千元", "叁仟元"),
        ("20万元", "100,000-200,000元"),
        ("10万元", "10万-20万元"),
        ("+86-10-12345678", "电话010-12345678"),
        ("010-12345678", "+86 (10) 1234 5678"),
        ("008613800138000", "手机13800138000"),
    ],
)
def test_either_way_of_writing_finds_the_other(typed: str, text: str) -> None:
    assert is_found(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("1234.00", "编号HT-1234"),
        ("1234.00", "12345"),
        ("3.00", "版本3.0"),
        ("0.50", "税率0.5%"),
        ("2026年3月5日", "编号XS-2026-03-05-01"),
        ("3月5日", "2026-13-05"),
        ("3月5日", "13月05日"),
        ("1月5日", "十一月五日"),
        ("12345679", "1234-56789"),
        ("00000000", "0.50元"),
        ("2026年13月", "2026-03-05"),
        ("0元", "单位：万元、千元"),
        ("3000.00", "重3千克"),
        ("2000万元", "1亿2千万元"),
        ("2026年12月", "单价2026.12元"),
        ("2026年3月", "编号XS-2026-03"),
        ("1.23元", "单价1.2345元"),
    ],
)
def test_what_only_looks_alike_is_not_found(typed: str, text: str) -> None:
    assert not is_found(typed, text)


def test_in_quotation_marks_only_one_way_of_writing_counts(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    record = a_record(text="于2026年3月5日付款1,234,567.00元", amount=None)
    assert found("2026-03-05", record)
    assert not found('"2026-03-05"', record)
    assert found("壹佰贰拾叁万肆仟伍佰陆拾柒元", record)
    assert not found('"壹佰贰拾叁万肆仟伍佰陆拾柒元"', record)
