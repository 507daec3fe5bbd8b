"""Names are found by their sound, suggested while typing, and guessed when misspelt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.access import Access, Grant
from index.lexicon import Lexicon, Sounds
from index.library import IndexedRecord, Library, Question, Suggestion
from index.pinyin import letters_pattern, sounded

Builder = Callable[..., IndexedRecord]


@pytest.fixture
def firms(a_record: Builder, library_of: Callable[..., Library]) -> Library:
    return library_of(
        a_record(
            reference_code="R1",
            party_a="杭州云帆数据有限公司",
            party_b="青川机械有限公司",
            persons=("单雄信",),
        ),
        a_record(
            reference_code="R2",
            party_a="重庆长行乐器有限公司",
            party_b="青川机械有限公司",
            project="绿源改造",
            persons=("曾国强", "仇英"),
        ),
        a_record(
            reference_code="R3",
            text="云帆数据与 yfsj 接口",
            party_a="白沙建材有限公司",
            party_b="临溪软件有限公司",
        ),
    )


def codes_of(library: Library, query: str) -> list[str]:
    return sorted(hit.reference_code for hit in library.search(Question(query, {})).hits)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("yfsj", ["R1", "R3"]),
        ("YFSJ", ["R1", "R3"]),
        ("yunfan", ["R1"]),
        ("yunfansj", ["R1"]),
        ("yfshuju", ["R1"]),
        ("hzyf", ["R1"]),
        ("sxx", ["R1"]),
        ("shanxx", ["R1"]),
        ("danxiongxin", ["R1"]),
        ("cqcx", ["R2"]),
        ("zhongqing", ["R2"]),
        ("zhanghang", ["R2"]),
        ("changxing", ["R2"]),
        ("yueqi", ["R2"]),
        ("leqi", ["R2"]),
        ("zengguoqiang", ["R2"]),
        ("cgq", ["R2"]),
        ("qiuying", ["R2"]),
        ("chouying", ["R2"]),
        ("lvyuan", ["R2"]),
        ("luyuan", ["R2"]),
        ("qcjx", ["R1", "R2"]),
        ("甲方:qcjx", []),
        ("乙方:qcjx", ["R1", "R2"]),
        ("-yfsj", ["R2"]),
        ("yfsj OR cqcx", ["R1", "R2", "R3"]),
        ("yxgs", []),
        ('"yfsj"', ["R3"]),
        ("unfan", []),
    ],
)
def test_letters_find_names_in_every_reading(
    letters: str, expected: list[str], firms: Library
) -> None:
    assert codes_of(firms, letters) == expected


def test_a_name_found_by_its_sound_is_marked(firms: Library) -> None:
    hits = firms.search(Question("甲方:yunfan", {})).hits
    assert "【杭州云帆数据有限公司】" in hits[0].excerpt


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("青川", Suggestion("青川机械有限公司", "party", 2)),
        ("云帆", Suggestion("杭州云帆数据有限公司", "party", 1)),
        ("yfs", Suggestion("杭州云帆数据有限公司", "party", 1)),
        ("单雄", Suggestion("单雄信", "person", 1)),
        ("绿源", Suggestion("绿源改造", "project", 1)),
        ("QS-2026", Suggestion("QS-2026-XS-0001", "number", 1)),
    ],
)
def test_what_is_typed_so_far_is_completed(typed: str, first: Suggestion, firms: Library) -> None:
    assert firms.suggest(typed)[0] == first


@pytest.mark.parametrize(
    "typed", ['1"', "2026“", "「QS-2026」", "1" * 2000, "甲1" * 900, "(2026", "-1:"]
)
def test_whatever_is_typed_so_far_is_no_fault(typed: str, firms: Library) -> None:
    assert len(firms.suggest(typed)) <= 8


def test_nothing_is_suggested_for_nothing(firms: Library) -> None:
    assert firms.suggest(" ") == ()
    assert len(firms.suggest("有限", limit=2)) == 2


@pytest.mark.parametrize(
    "typed", ["云凡数据", "云帆数剧", "云帆据数", "云数据公司 甲方:云帆树居", "甲方:云帆大数据"]
)
def test_without_a_hit_the_name_that_was_meant_is_named(typed: str, firms: Library) -> None:
    answer = firms.search(Question(typed, {}))
    assert answer.total == 0
    assert "杭州云帆数据有限公司" in [each.text for each in answer.meant]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("部门:销", ["销售部"]),
        ("部门:财务部", ["销售部", "工程部"]),
        ("水泵 密级:机密", ["内部"]),
        ("文种:采购合同", ["合同"]),
        ("状态:归挡", ["已归档"]),
        ("部门:销售部 不存在的词", []),
    ],
)
def test_a_value_that_no_record_has_is_answered_with_those_there_are(
    typed: str,
    meant: list[str],
    a_record: Callable[..., IndexedRecord],
    library_of: Callable[..., Library],
) -> None:
    records = [a_record(reference_code=f"R{n}") for n in (1, 2)]
    library = library_of(*records, a_record(reference_code="R3", department="工程部"))
    answer = library.search(Question(typed, {}))
    assert answer.total == 0
    assert [each.text for each in answer.meant if each.kind not in {"party", "person"}] == meant


def test_values_have_the_names_people_call_them_by(
    a_record: Callable[..., IndexedRecord], found: Callable[..., list[str]]
) -> None:
    record = a_record(status="已作废", secrecy="商业秘密（核心）")
    for typed in (
        "状态:作废",
        "密级:核心",
        "期限:30",
        "期限:定期30年",
        "部门:销售",
        "類型:銷售合同",
    ):
        assert found(typed, record), typed


def test_with_hits_nothing_else_is_guessed(firms: Library) -> None:
    answer = firms.search(Question("云帆数据", {}))
    assert (answer.meant, answer.alone) == ((), {})


def test_without_a_hit_each_part_says_how_many_it_has(
    a_record: Callable[..., IndexedRecord], library_of: Callable[..., Library]
) -> None:
    secret = a_record(reference_code="R3", text="阀门", secrecy="商业秘密")
    library = library_of(a_record(text="管路"), secret)
    asked = Question("甲方:青川 阀门 -作废 管路", {})
    assert library.search(asked).alone == {"甲方:青川": 2, "阀门": 1, "-作废": 2, "管路": 1}
    plain = Access((Grant(secrecy=frozenset(("内部",))),))
    alone = library.search(replace(asked, access=plain)).alone
    assert alone == {"甲方:青川": 1, "阀门": 0, "-作废": 1, "管路": 1}
    assert library.search(Question("阀门", {}, access=plain)).alone == {}


def test_many_readings_take_no_time_to_speak_of() -> None:
    name = "长行乐重曾单" * 6
    pattern = letters_pattern("zhangxingyuechongcengshan"[:24])
    assert pattern.search(sounded(name))
    assert not letters_pattern("x" * 24).search(sounded(name) * 40)
    assert Lexicon({("party", name): 1}).sounding("cxlzzd") == {name}


@given(
    name=st.text("云帆数据青川", min_size=4, max_size=8),
    place=st.integers(0, 7),
    other=st.sampled_from("龘鑫"),
    change=st.sampled_from(["wrong", "missing", "added", "exchanged"]),
)
def test_any_one_character_may_be_wrong_missing_added_or_exchanged(
    name: str, place: int, other: str, change: str
) -> None:
    at = place % len(name)
    if change == "wrong":
        typed = name[:at] + other + name[at + 1 :]
    elif change == "missing":
        at = max(1, min(at, len(name) - 2))  # at its edge it is a part of the name
        typed = name[:at] + name[at + 1 :]
    elif change == "added":
        typed = name[:at] + other + name[at:]
    else:
        at = min(at, len(name) - 2)
        typed = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    lexicon = Lexicon({("party", name): 1, ("person", "林晓舟"): 3})
    assert [each.text for each in lexicon.meant(typed, 5)] == [name]


def test_sounds_of_names_that_came_and_went_are_theirs() -> None:
    sounds = Sounds()
    for names in (["云帆", "青川"], ["云帆", "柏港", "青川"], ["柏港"], ["兰渡", "青川"]):
        counts = {("party", name): 1 for name in names}
        lexicon = Lexicon(counts, sounds)
        for letters in ("yf", "qc", "bg", "ld"):
            assert lexicon.sounding(letters) == Lexicon(counts).sounding(letters)
