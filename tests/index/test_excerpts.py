"""Excerpts show the original with every hit marked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import normalise
from index.excerpts import excerpt, places
from index.language import wanted
from index.library import IndexedRecord, Library, Question
from index.parsing import read_query


def shown(query: str, text: str, header: str = "") -> str:
    words = list(wanted(read_query(query)))
    found = places(normalise(text), words)
    above = places(normalise(header), words)
    if above and not found:
        return excerpt(header, normalise(header), above)
    return excerpt(text, normalise(text), found)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("乙方", "甲方付款，乙方交货。", "甲方付款，【乙方】交货。"),
        ("1234567.00", "总价１,２３４,567.00元", "总价【１,２３４,567.00】元"),
        ("买卖", "買賣合同", "【買賣】合同"),
        ("甲方支付", "甲 方\u2028支付", "【甲 方 支付】"),
        ("qs2026xs01", "编号QS-2026-XS-01。", "编号【QS-2026-XS-01】。"),
        ("甲方 付款", "甲方付款", "【甲方付款】"),
        ("方", "甲方、乙方", "甲【方】、乙【方】"),
        ("标记", "【旧】标记", "［旧］【标记】"),
        ("买方", "“买方”青川", "“【买方】”青川"),
        ("办公", "ﬁ办公", "ﬁ【办公】"),
    ],
)
def test_a_hit_is_marked_as_it_was_written(query: str, text: str, marked: str) -> None:
    assert shown(query, text) == marked


def test_an_excerpt_begins_and_ends_with_sentences_and_says_what_was_left_out() -> None:
    text = "前言。" * 60 + "这里乙方交货。" + "后话。" * 60
    found = shown("乙方交货", text)
    assert "这里【乙方交货】。" in found
    assert found.startswith("…前言。")
    assert found.endswith("后话。…")
    assert len(found) < 140


def test_the_words_asked_for_stand_together_if_they_do_in_the_text() -> None:
    text = "验收。\n" + "无关的话。\n" * 50 + "验收后付款。\n" + "无关的话。\n" * 50 + "付款。"
    assert "【验收】后【付款】" in shown("验收 付款", text)


def test_a_hit_outside_the_text_is_shown_from_the_header() -> None:
    assert shown("远帆", "合同正文", header="J001-1\n青川远帆机械\n") == "…青川【远帆】机械"


def test_without_a_word_the_beginning_is_shown() -> None:
    assert shown("", "第一句。第二句。") == "第一句。第二句。"


@given(
    st.text("甲乙方，。\n 12,ab", min_size=1, max_size=400), st.integers(0, 399), st.integers(1, 8)
)
def test_what_is_marked_is_what_was_asked_for(text: str, start: int, length: int) -> None:
    part = normalise(text.replace("\n", "。"))[start : start + length].strip(" ,.")
    if not normalise(part):
        return
    words = list(wanted(read_query(f'"{part}"')))
    plain = normalise(text)
    found = excerpt(text, plain, places(plain, words))
    assert found.count("【") == found.count("】")
    if words[0].asked in normalise(text):
        marked = found.split("【", 1)[1].split("】", 1)[0]
        assert words[0].asked in normalise(marked)


def test_every_hit_of_the_corpus_has_its_word_marked(
    filled: Library, corpus: list[IndexedRecord]
) -> None:
    for query in ("不可抗力", "争议", "临溪", "QS2024", "元"):
        for hit in filled.search(Question(query, {}, page_size=300)).hits:
            assert "【" in hit.excerpt, (query, hit)
    assert corpus


def test_a_long_record_is_shown_as_shortly(a_record: Callable[..., IndexedRecord]) -> None:
    text = "甲乙丙丁戊" * 20000 + "目标" + "甲乙丙丁戊" * 20000
    found = shown("目标", a_record(text=text).text)
    assert "【目标】" in found
    assert len(found) < 140
