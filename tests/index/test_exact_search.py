"""Every query is answered with exactly the records that answer it, against reading them all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import needle, normalise
from index.cards import MOST_COUNTED, searched
from index.errors import QuestionRefused
from index.library import Answer, IndexedRecord, Library, Question

_EXACTLY = settings(max_examples=80, deadline=None)


def everything(library: Library, query: str, **filters: str) -> Answer:
    return library.search(Question(query, filters, page_size=1000))


def codes_of(answer: Answer) -> set[str]:
    found = {hit.reference_code for hit in answer.hits}
    assert len(found) == len(answer.hits) == answer.total
    return found


def assert_exact(library: Library, query: str, expected: set[str]) -> None:
    """Many hits are compared by their number, few one by one: excerpts take the time."""
    assert library.search(Question(query, {}, page_size=1)).total == len(expected)
    if len(expected) < 40:
        assert codes_of(everything(library, query)) == expected


@pytest.fixture(scope="module")
def forms(corpus: list[IndexedRecord]) -> dict[str, str]:
    return {record.reference_code: normalise(searched(record)) for record in corpus}


def quoted(part: str) -> str:
    return '"' + part.replace('"', "").replace("“", "").replace("”", "") + '"'


@pytest.mark.requirement_part("F-205")
@_EXACTLY
@given(chosen=st.data())
def test_any_part_of_any_record_finds_all_and_only_those_that_have_it(
    chosen: st.DataObject, corpus: list[IndexedRecord], forms: dict[str, str], filled: Library
) -> None:
    record = chosen.draw(st.sampled_from(corpus))
    paragraph = chosen.draw(st.sampled_from(searched(record).replace("\t", "\n").split("\n")))
    start = chosen.draw(st.integers(0, max(0, len(paragraph) - 1)))
    part = paragraph[start : start + chosen.draw(st.integers(1, 8))]
    asked = needle(part)
    if not asked:
        return
    expected = {code for code, form in forms.items() if asked in form}
    assert record.reference_code in expected
    assert_exact(filled, quoted(part), expected)


@_EXACTLY
@given(
    words=st.lists(
        st.tuples(
            st.booleans(),
            st.text("甲方乙验收合格水泵机械有限公司支付3210万", min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_words_and_excluded_words_together_are_exact(
    words: list[tuple[bool, str]], forms: dict[str, str], filled: Library
) -> None:
    query = " ".join(("" if wanted else "-") + quoted(word) for wanted, word in words)
    expected = {
        code
        for code, form in forms.items()
        if all((needle(word) in form) is wanted for wanted, word in words)
    }
    assert_exact(filled, query, expected)


_SIGNS = (
    "- | OR |(|)|*|:|甲方:|金额:|签订:|状态:|编号:| -|2026|万|元|年|“|，|·|零|壹|qc|x|.|/|+86|..|>="
)


@_EXACTLY
@given(chosen=st.data())
def test_whatever_is_typed_is_answered_as_reading_all_would_or_refused(
    chosen: st.DataObject,
    corpus: list[IndexedRecord],
    filled: Library,
    read_all: Callable[[Question], Answer],
) -> None:
    typed = ""
    for _ in range(chosen.draw(st.integers(1, 5))):
        if chosen.draw(st.booleans()):
            typed += chosen.draw(st.sampled_from(_SIGNS.split("|")))
        else:
            text = searched(chosen.draw(st.sampled_from(corpus)))
            start = chosen.draw(st.integers(0, len(text) - 1))
            typed += text[start : start + chosen.draw(st.integers(1, 8))]
    question = Question(typed, {}, sort=chosen.draw(st.sampled_from(("relevance", "title"))))
    try:
        expected = read_all(question)
    except QuestionRefused as refused:
        with pytest.raises(QuestionRefused, match=re.escape(str(refused))):
            filled.search(question)
    else:
        assert filled.search(question) == expected


@_EXACTLY
@given(chosen=st.data())
def test_counts_by_facet_equal_counting_by_hand(
    chosen: st.DataObject, corpus: list[IndexedRecord], forms: dict[str, str], filled: Library
) -> None:
    word = chosen.draw(st.sampled_from(["水泵", "不可抗力", "的", "QS-2024", "青川", "0", ""]))
    filters = {}
    if chosen.draw(st.booleans()):
        filters["year"] = chosen.draw(st.sampled_from(["2021", "2024", "1999"]))
    if chosen.draw(st.booleans()):
        filters["party"] = chosen.draw(st.sampled_from(corpus)).party_a
    matching = [
        record
        for record in corpus
        if needle(word) in forms[record.reference_code]
        and filters.get("year", str(record.formed_on.year)) == str(record.formed_on.year)
        and filters.get("party", record.party_a) in (record.party_a, record.party_b)
    ]
    query = quoted(word) if word else ""
    answer = filled.search(Question(query, filters, page_size=1))
    assert answer.total == len(matching)
    assert answer.facets["year"] == Counter(str(each.formed_on.year) for each in matching)
    assert answer.facets["type"] == Counter(each.type_code for each in matching)
    assert answer.facets["kind"] == Counter(each.kind for each in matching)
    assert answer.facets["status"] == Counter(each.status for each in matching)
    assert answer.facets["retention"] == Counter(each.retention for each in matching)
    assert answer.facets["secrecy"] == Counter(each.secrecy for each in matching)
    assert answer.facets["department"] == Counter(
        each.department for each in matching if each.department
    )
    parties = Counter(party for each in matching for party in {each.party_a, each.party_b})
    counts = sorted(parties.values(), reverse=True)
    least = counts[MOST_COUNTED] + 1 if len(counts) > MOST_COUNTED else 1
    most = sorted((-count, party) for party, count in parties.items() if count >= least)
    assert list(answer.facets["party"].items()) == [(party, -count) for count, party in most]


def test_one_firm_on_both_sides_counts_once(
    a_record: Callable[..., IndexedRecord], library_of: Callable[..., Library]
) -> None:
    library = library_of(a_record(party_a="青川远帆", party_b="青川远帆"))
    assert everything(library, "").facets["party"] == {"青川远帆": 1}
    assert everything(library, "", party="青川远帆").total == 1
    assert everything(library, "", party="").total == 0


@pytest.mark.parametrize(
    "query", ["龘龘龘", "zzzz-9999", "青川远帆青川", '"不存在的一句话"', "00000000"]
)
def test_what_stands_nowhere_gives_nothing(query: str, filled: Library) -> None:
    answer = everything(filled, query)
    assert (answer.total, answer.hits) == (0, ())
    assert not any(answer.facets.values())


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        (
            "总价1,234,567.00元",
            ["1234567.00", "1,234,567.00", "１２３４５６７", "34,567", "4567.0"],
        ),
        ("总价1234567.00元", ["1,234,567.00", "1234567", "，567", "1,2"]),
        ("负责人阿依古丽·买买提", ["阿依古丽・买买提", "阿依古丽.买买提", "古丽买买", '"丽 买"']),
        ("何𠮷与郑𬱖签字", ["𠮷", "何𠮷", "郑𬱖", "𬱖签"]),
        ("買賣合同，爭議解決", ["买卖合同", "争议", "買賣", "爭议解決"]),
        ("ＺＫ－８０９９－ＢＢ－７７８８", ["ZK-8099-BB-7788", "zk8099bb7788", "99-bb", "K8099B"]),
        ("型号ZK8099BB7788", ["ZK-8099-BB-7788", "zk/8099/bb/7788"]),
        ("甲\u2028方 支付", ["甲方支付"]),
        ("第3条Type-A型", ["第3条", "3条", "条t", "e-a型", "第", "型"]),
    ],
)
def test_ways_of_writing_find_each_other(
    text: str,
    queries: list[str],
    a_record: Callable[..., IndexedRecord],
    found: Callable[..., list[str]],
) -> None:
    bare = a_record(text=text, amount=None)
    other = a_record(reference_code="J001-X", text="别的内容", amount=None)
    for query in queries:
        assert found(query, bare, other) == [bare.reference_code], query


def test_a_code_in_quotation_marks_is_found_only_as_written(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    record = a_record(text="编号AB-77-CD")
    assert found("AB77CD", record)
    assert not found('"AB77CD"', record)
    assert not found("-AB77CD", record)


@pytest.mark.parametrize("border", ["\n", "\t", "\f", "\u2029", "\r\n"])
def test_paragraphs_cells_and_pages_do_not_join(
    border: str, a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    record = a_record(text=f"甲方青川{border}乙方临溪")
    assert found("乙方临溪", record)
    assert not found("青川乙方", record)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("甲方:远帆", True),
        ("乙方:远帆", False),
        ("当事人:远帆 当事人:博岳", True),
        ("-甲方:远帆", False),
        ("-乙方:远帆", True),
        ("项目:泵房", True),
        ("项目:水泵", False),
        ("题名:水泵", True),
        ("人员:晓舟", True),
        ("编号:QS2026XS0001", True),
        ("编号:0002", False),
        ("档号:D30-XSB", True),
        ("订单:DD2026", True),
        ("类型:xs", True),
        ("类型:x", False),
        ("文种:contract", True),
        ("密级:内部", True),
        ("金额:1234567", True),
        ("金额:1,234,567.00", True),
        ("金额:123.4567万", True),
        ("金额:>1234567", False),
        ("金额:100万..200万", True),
        ("-金额:>=1", False),
        ("年度:2026", True),
        ("年度:2024..2025", False),
        ("甲方:远帆 合同正文 年度:2026 -作废", True),
    ],
)
def test_fields_are_asked_alone(
    query: str,
    is_found: bool,  # noqa: FBT001 a table's column
    a_record: Callable[..., IndexedRecord],
    found: Callable[..., list[str]],
) -> None:
    assert bool(found(query, a_record())) is is_found


def test_a_record_without_amount_is_in_no_range(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    record = a_record(amount=None)
    assert not found("金额:>=0", record)
    assert found("-金额:>=0", record)


def test_an_amount_is_found_though_the_text_writes_it_otherwise(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    assert found("88,000.50", a_record(text="八万八千元五角", amount=Decimal("88000.5")))


def test_every_page_together_is_the_whole_answer(filled: Library) -> None:
    whole = everything(filled, "乙方")
    pages = [
        filled.search(Question("乙方", {}, page=page, page_size=37)).hits
        for page in range(1, whole.total // 37 + 3)
    ]
    assert tuple(hit for page in pages for hit in page) == whole.hits
    assert pages[-1] == ()


@pytest.mark.parametrize("order", ["relevance", "title"])
def test_no_page_is_too_far_or_too_large(order: str, filled: Library) -> None:
    total = everything(filled, "乙方").total
    for page, size in ((10**9, 1000), (10**12, 1000), (2**63, 20), (10**30, 20)):
        answer = filled.search(Question("乙方", {}, sort=order, page=page, page_size=size))
        assert (answer.total, answer.hits) == (total, ())
    answer = filled.search(Question("乙方", {}, sort=order, page_size=10**30))
    assert len(answer.hits) == total


@pytest.mark.parametrize("order", ["formed_on", "filed_on", "amount"])
def test_an_order_holds_over_all_hits(order: str, filled: Library) -> None:
    def place(value: date | Decimal | None) -> tuple[bool, object]:
        return (value is not None, value if value is not None else 0)

    down = filled.search(Question("", {}, sort=order, page_size=1000)).hits
    up = filled.search(Question("", {}, sort=f"{order}:asc", page_size=1000)).hits
    values = [place(getattr(hit, order)) for hit in down]
    assert values == sorted(values, reverse=True)  # type: ignore[type-var]
    assert [place(getattr(hit, order)) for hit in up] == values[::-1]


def test_a_hit_in_number_title_or_names_comes_before_one_in_the_text(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    in_text = a_record(reference_code="T", text="星桥", formed_on=date(2026, 9, 9))
    in_name = a_record(reference_code="N", party_b="星桥公司")
    in_title = a_record(reference_code="H", title="星桥合同")
    in_number = a_record(reference_code="C", number="星桥-1")
    assert found("星桥", in_text, in_name, in_title, in_number) == ["C", "H", "N", "T"]


def test_hits_of_one_weight_come_newest_first(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    records = [
        a_record(reference_code=f"R{day}", formed_on=date(2026, 1, day)) for day in (3, 9, 5)
    ]
    assert found("正文", *records) == ["R9", "R5", "R3"]


@pytest.mark.parametrize(
    "question",
    [
        Question("甲", {"colour": "red"}),
        Question("甲", {}, sort="size"),
        Question("甲", {}, sort="amount:up"),
        Question("甲", {}, page=0),
        Question("甲", {}, page_size=0),
    ],
)
def test_an_impossible_wish_is_refused_not_ignored(question: Question, filled: Library) -> None:
    with pytest.raises(QuestionRefused):
        filled.search(question)


@pytest.mark.parametrize(
    "text",
    ["", "\x00\x01\ud800", "e\u0301" * 5000, "9" * 20000, "，" * 3000, "甲" * 50000, "【】" * 50],
)
def test_strange_texts_are_kept_and_found_by_the_rest(
    text: str, a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    record = a_record(text=text + "\n末尾标记")
    assert found("末尾标记", record) == [record.reference_code]


@pytest.mark.parametrize(
    "query",
    [
        "2026-11-26",
        "2026年11月26日",
        "二〇二六年十一月二十六日",
        "20261126",
        "2026/11/26",
        "11月26日",
    ],
)
def test_the_day_a_hit_is_shown_with_finds_it(
    query: str, a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    shown = a_record(reference_code="S", formed_on=date(2026, 11, 26))
    other = a_record(reference_code="O", formed_on=date(2026, 11, 27))
    unknown = a_record(reference_code="U", formed_on=None)
    assert found(query, shown, other, unknown) == ["S"]


def test_a_year_a_hit_is_shown_with_finds_it(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    shown = a_record(reference_code="S", formed_on=None, formed_in=2011)
    assert found("2011年", shown, a_record(reference_code="O")) == ["S"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("GD-HT-2026-FW-0001", "Q001-JY·HT·2026·D30-0012-001"),
        ("gdht2026fw0001", "Q001-JY·HT·2026·D30-0012-001"),
        ("ＧＤ－ＨＴ－２０２６－ＦＷ－０００１", "Q001-JY·HT·2026·D30-0012-001"),
        ('"GD-HT-2026-FW-0001"', "Q001-JY·HT·2026·D30-0012-001"),
        ("GD-HT-2026-FW-0001-Z01", "Q001-JY·HT·2026·D30-0012-002"),
        ("Q001-JY·HT·2026·D30-0012-001", "Q001-JY·HT·2026·D30-0012-001"),
        ("q001jyht2026d300012001", "Q001-JY·HT·2026·D30-0012-001"),
        ("水泵 GD-HT-2026-FW-0001", "Q001-JY·HT·2026·D30-0012-001"),
    ],
)
def test_the_paper_that_has_a_number_comes_before_newer_ones_that_have_it_in_theirs(
    query: str,
    first: str,
    a_record: Callable[..., IndexedRecord],
    library_of: Callable[..., Library],
) -> None:
    own = "GD-HT-2026-FW-0001"
    records = [
        a_record(
            reference_code=f"Q001-JY·HT·2026·D30-0012-00{place + 1}",
            contract_number=own,
            number=number,
            formed_on=date(2026, 1, 1 + place),
            text=f"水泵，依据 Q001-JY·HT·2026·D30-0012-001 及 {own}-Z01",
        )
        for place, number in enumerate((own, f"{own}-Z01", f"{own}1"))
    ]
    assert library_of(*records).search(Question(query, {})).hits[0].reference_code == first
