"""What people write in many ways, and what files make of it: found on every engine, and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import needle, normalise
from index.cards import searched
from index.errors import QuestionRefused
from index.library import IndexedRecord, Library, Question
from index.spellings import spellings, ways

HARD: dict[str, tuple[str, ...]] = {
    "法人⻢⽟⻓，住⻘川⼀路": ("马玉长", "青川一路", "⻢玉", "長，住", "马", "⻘"),
    "开户银行帐号与賬號": ("账号", "帐号", "賬號", "帳號", "行账"),
    "瞭解並答覆鍾先生": ("了解并答复钟", "瞭解", "锺先生", "答复"),
    "乾燥設備餘款徵收著作後續": ("干燥设备余款", "馀款", "征收", "着作后续", "徵收著"),
    "依据《民法典》及「技术规范」": ("民法典", "《民法典》", "据民法典及技术", "「技术规范」"),
    "二0二六年三月五日、二O二五年": ("2026-03-05", "二〇二六年三月五日", "2025年", "二零二六年"),
    "于2026年元月5日、二零二六年冬": ("2026-01-05", "2026年1月", "一月五日", "二〇二六年"),
    "期间2025-11至2026/02，见2024.03": ("2025年11月", "2026年2月", "二〇二四年三月", "2024-03"),
    "总额123.4567万元，另1亿2000万元": ("1,234,567.00", "1234567", "12000万元", "1.2亿元"),
    "借款12万5千元及3千元、5百万元": ("125,000", "十二万五千元", "3,000.00", "500万"),
    "每年100,000-200,000元或30万-40万元": ("10万元", "20万元", "300,000.00", "肆拾万元整"),
    "伍拾万圆整（¥ 500 000.00）": ("50万元", "500000元", "500 000.00", "500，000"),
    "电话+86-10-12345678、0086 138 0013 8000": ("010-12345678", "13800138000", "01012345678"),
    "传真（0571）8888-6666转801": ("0571-88886666", "88886666", "057188886666"),
    "邮箱 Zhang.San＠yfsj-tech.com.cn": ("zhang.san@yfsj-tech.com.cn", "san@yfsj", "com.cn"),
    "规格600×800㎜，比例1∶2⁄3": ("600x800", "600×800mm", "1:2/3", "600X800MM"),
    "甲——乙─丙⸺丁﹘戊": ("甲--乙-丙", "丙——丁", "丁-戊", "乙—丙"),
    "QS–2026‑XS−0001与QS2026XS0002": ("QS-2026-XS-0002", "qs2026xs0001", "2026-XS-0001"),
    "何𠮷、𠮷野家、郑𬱖、𪚥公司": ("𠮷", "何𠮷", "𠮷野家", "𬱖", "𪚥公司"),
    "米拉·阿依古丽•买买提，古力娜扎.拜": ("阿依古丽·买买提", "米拉阿依古丽", "娜扎·拜", "提"),
    "自动化立\u2028体仓库Type\u2028A型1,234,\u2028567.00元": ("立体仓库", "Type A型", "1234567"),
    "①②③Ⅳ㈱ﬁ℃№": ("123", "iv", "(株)", "fi", "°C", "No"),
    "가각、カガ、ひらがな": ("각", "カ", "ひらがな"),
    "。！？～……％‰": ("。", "！？", '"～"', "……", "%"),
    "第七条 付款、验收": ("七", "款、", "第七条付款"),
}
NOT_THERE = ("壹仟元", "=0.00", "零元", "2026年13月", "120000万元", "⻛", "阿依，古丽", "0.00元")


def record_of(text: str, place: int, plain: IndexedRecord) -> IndexedRecord:
    code = f"Z-{place:03d}"
    own = dict.fromkeys(("title", "party_a", "party_b", "project", "order_no", "number"), "")
    return replace(plain, **own, reference_code=code, text=text, persons=(), amount=None)


@pytest.fixture(scope="module")
def records(a_record: Callable[..., IndexedRecord]) -> list[IndexedRecord]:
    plain = a_record(contract_number="")
    return [record_of(text, place, plain) for place, text in enumerate(HARD)]


@pytest.fixture(scope="module")
def hard(records: list[IndexedRecord], build: Callable[..., Library]) -> Library:
    return build(records)


def codes(library: Library, query: str) -> set[str]:
    answer = library.search(Question(query, {}, page_size=100))
    assert answer.total == len(answer.hits)
    assert all("【" in hit.excerpt for hit in answer.hits)
    return {hit.reference_code for hit in answer.hits}


@pytest.mark.parametrize("text", HARD)
def test_what_is_written_is_found_as_people_ask_for_it(text: str, hard: Library) -> None:
    code = f"Z-{list(HARD).index(text):03d}"
    for query in HARD[text]:
        assert code in codes(hard, query), query


@pytest.mark.parametrize("query", NOT_THERE)
def test_what_is_not_written_is_not_found(query: str, hard: Library) -> None:
    assert not codes(hard, query)


@settings(max_examples=150, deadline=None)
@given(chosen=st.data())
def test_any_part_is_found_wherever_it_stands_and_nowhere_else(
    chosen: st.DataObject, records: list[IndexedRecord], hard: Library
) -> None:
    text = chosen.draw(st.sampled_from(list(HARD)))
    start = chosen.draw(st.integers(0, len(text) - 1))
    part = text[start : start + chosen.draw(st.integers(1, 12))]
    kept = "".join(letter for letter in part if letter not in '"“”「」『』')
    asked = needle(kept)
    if not asked:
        with pytest.raises(QuestionRefused, match="没有可以查找的文字"):
            hard.search(Question(f'"{kept}"', {}))
        return
    forms = {one.reference_code: normalise(searched(one)) for one in records}
    as_written = {code for code, form in forms.items() if asked in form}
    assert as_written
    assert codes(hard, f'"{kept}"') == as_written
    if not any(letter.isspace() or letter in ":：-－()（）*＊|｜" for letter in kept):
        spelled = {
            code
            for code, form in forms.items()
            if any(way in spellings(form) for way in ways(asked))
        }
        assert codes(hard, kept) == as_written | spelled


@pytest.mark.parametrize(
    "query",
    [
        "，",
        "·",
        "-",
        "--",
        "*",
        "“”",
        "《》",
        "「」",
        '""',
        "\u200b\ufe0f",
        "甲" * 1001,
        "（）",
    ],
)
def test_what_holds_nothing_to_look_for_is_told_not_answered(query: str, hard: Library) -> None:
    with pytest.raises(QuestionRefused):
        hard.search(Question(query, {}))


def test_a_very_long_part_is_found(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    text = "".join(f"第{number}条水泵验收合格后付款" for number in range(90))
    record = a_record(text=text)
    assert found(text[7:990], record) == [record.reference_code]
    assert not found(text[7:500] + "阀" + text[500:900], record)
