"""The one form in which texts and queries are compared, and the terms it is found by."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.analysis
from index.analysis import (
    BORDERS,
    grams,
    lookup,
    needle,
    normalise,
    normalise_with_places,
)
from index.spellings import spellings, squeezed

_LETTERS = st.one_of(
    st.sampled_from(
        list('甲乙方合同萬與𠅤〇a1Z0９,，.·・-—－ 　\t\n\u2028“”"()〔〕（）é\u0301ﬁ①㎡가が')
    ),
    st.characters(),
)
_TEXTS = st.text(_LETTERS, max_size=40)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("１，２３４，５６７．００", "1234567.00"),
        ("1,234,567.00", "1234567.00"),
        ("1, 234", "1234"),
        ("買賣合同與臺灣", "买卖合同与台湾"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("阿依古丽・买买提", "阿依古丽‧买买提"),
        ("阿依古丽•买买提", "阿依古丽.买买提"),
        ("ＱＳ—２０２６–ＸＳ－０００１", "qs-2026-xs-0001"),
        ("〔2026〕12号", "（2026）12號"),
        ("甲 方：　青川", "甲方:青川"),
        ("甲方（以下简称“买方”）", "甲方(以下简称买方)"),
        ("O’Brien", "O'Brien"),
        ("Café", "cafe"),
        ("二○二六年", "二〇二六年"),
        ("支付\u2028价款", "支付价款"),
        ("㈱", "(株)"),
        ("⻢⻓⻘⼀⾧", "马长青一长"),
        ("帐户、賬戶、鍾、徵、覆", "账户、帐户、锺、征、复"),
        ("「甲」《乙》", "甲乙"),
        ("二零二六", "二〇二六"),
        ("600×800", "600x800"),
        ("甲─乙⸺丙", "甲-乙--丙"),
        ("1∶2⁄3", "1:2/3"),
        ("葛\U000e0100飾", "葛饰"),
        ("soft\u00adware\u200b", "software"),
    ],
)
def test_different_ways_of_writing_are_one(written: str, same: str) -> None:
    assert normalise(written) == normalise(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("甲方\n乙方", "甲方乙方"),
        ("青川\t临溪", "青川临溪"),
        ("1234.5", "12345"),
        ("3-5日", "35日"),
        ("a b", "ab"),
        ("甲方，乙方", "甲方乙方"),
        ("가", "각"),
    ],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_beside_the_listed_variants_simplification_equals_opencc_for_every_character() -> None:
    converter = opencc.OpenCC("t2s")
    table = Path(index.analysis.__file__).with_name("alike.txt").read_text("utf-8")
    alike = {pair[0]: pair[1] for pair in table.split()}
    wrong = []
    for point in (*range(0x2E80, 0xD800), *range(0xF900, 0xFB00), *range(0x20000, 0x323B0)):
        letter = chr(point)
        if unicodedata.category(letter) not in {"Lo", "Nl"} or "\uac00" <= letter <= "\ud7af":
            continue
        plain = unicodedata.normalize("NFKD", letter)
        simple = converter.convert(plain)
        while converter.convert(simple) != simple or simple in alike:
            simple = alike.get(simple, converter.convert(simple))  # 薴: 苧, which itself is 苎
        if len(plain) == 1 and normalise(letter) != simple:
            wrong.append((letter, simple, normalise(letter)))
    assert not wrong


@given(_TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(_TEXTS)
def test_places_lead_back_to_the_original(text: str) -> None:
    normalised, places = normalise_with_places(text)
    assert normalised == normalise(text)
    assert len(places) == len(normalised)
    assert places == sorted(places)
    for letter, place in zip(normalised, places, strict=True):
        if letter not in " \n":
            assert letter in normalise(text[place]) or text[place] in BORDERS or letter == " "


@given(_TEXTS, st.integers(0, 40), st.integers(1, 8))
def test_every_part_of_a_paragraph_is_found_in_it(text: str, start: int, length: int) -> None:
    for paragraph in normalise_borders(text):
        part = paragraph[start : start + length]
        asked = needle(part)
        whole = normalise(text)
        assert asked in whole
        terms = grams(whole)
        sought = lookup(asked)
        assert sought.terms <= terms
        for beginning in sought.beginnings:
            assert any(term.startswith(beginning) for term in terms)


def normalise_borders(text: str) -> list[str]:
    for border in BORDERS:
        text = text.replace(border, "\n")
    return text.split("\n")


@pytest.mark.parametrize("edge", ["1,", ",234", "提·", ".提"])
def test_what_may_not_count_falls_away_at_the_edge_of_a_query(edge: str) -> None:
    assert needle(edge) == edge.strip(",.·")


@pytest.mark.parametrize(
    ("code", "without"),
    [
        ("qs-2026-xs-0001", "qs2026xs0001"),
        ("qs2026xs0001", "qs2026xs0001"),
        ("j001-jy·2026-d30", "j001jy2026d30"),
        ("ht-2026-销售-01", "ht2026销售01"),
        ("010-12345678", "01012345678"),
        ("6222 0213 0500", "622202130500"),
        ("(010)12345678", "01012345678"),
        ("3-5", None),
        ("ht2026销售01", "ht2026销售01"),
        ("software", None),
        ("a1", None),
        ("青川2026", None),
    ],
)
def test_a_code_is_known_by_its_letters_and_digits(code: str, without: str | None) -> None:
    assert squeezed(code) == without


def test_codes_of_a_text_stand_without_separators_once_each() -> None:
    text = normalise("编号：QS-2026-XS-0001，见 QS－2026－XS－0001 及 DD20260001")
    assert spellings(text).split("\n") == ["qs2026xs0001", "dd20260001"]


def test_characters_beyond_the_basic_plane_make_pairs() -> None:
    assert grams("何𠅤字") == {"何𠅤", "𠅤字", "字"}
