from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.referencecode import ReferenceCode
from archive.shelfnames import check_object_path

letters = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
volumes = st.integers(1, 999_999_999)
items = st.none() | st.integers(1, 999_999_999)
years = st.integers(1949, 9999)
fonds = st.builds("{0}{1:03}".format, st.sampled_from("ABJQZ"), st.integers(0, 999))
periods = st.sampled_from(["Y", "D30", "D10"])
classed = st.builds(
    ReferenceCode,
    fonds=fonds,
    category=letters,
    series=letters,
    year=years,
    retention=periods,
    volume=volumes,
    item=items,
)
by_office = st.builds(
    ReferenceCode,
    fonds=fonds,
    category=letters,
    series=st.just(""),
    year=years,
    retention=periods,
    volume=volumes,
    item=items,
    office=st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True),
)
simple = st.builds(
    ReferenceCode,
    fonds=st.just(""),
    category=st.just(""),
    series=st.just(""),
    year=years,
    retention=st.just(""),
    volume=volumes,
    item=items,
    class_=st.from_regex(r"[1-9][0-9]?(\.[1-9][0-9]?){0,3}", fullmatch=True),
)
codes = classed | by_office | simple


@pytest.mark.requirement_part("F-204")
def test_a_code_is_written_as_the_firms_pattern_says() -> None:
    code = ReferenceCode("Q001", "JY", "HT", 2026, "D30", 12, 3)
    assert str(code) == "Q001-JY·HT·2026·D30-0012-003"
    assert code.alias == "Q001-JY.HT.2026.D30-0012-003"
    assert str(code.dossier) == "Q001-JY·HT·2026·D30-0012"
    assert code.object_path == "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0012"


def test_a_firm_may_name_the_office_or_use_a_class_of_its_own() -> None:
    by_office = ReferenceCode("Q001", "JY", "", 2026, "D30", 45, 3, office="YWB")
    assert str(by_office) == "Q001-JY·2026-D30-YWB-0045-003"
    assert by_office.object_path == "Q001/2026/JY/D30/YWB/Q001-JY.2026-D30-YWB-0045"
    simple = ReferenceCode("", "", "", 2026, "", 12, 3, class_="2.4")
    assert str(simple) == "2.4-2026-012-003"
    assert simple.object_path == "2.4/2026/2.4-2026-012"


@given(codes)
def test_a_code_and_its_alias_are_read_back_as_the_same_code(code: ReferenceCode) -> None:
    assert ReferenceCode.parse(str(code)) == code
    assert ReferenceCode.parse(code.alias) == code
    assert code.alias.isascii()
    assert unicodedata.normalize("NFKC", str(code)) == str(code)
    assert check_object_path(code.object_path)


@given(codes, codes)
def test_two_codes_never_share_a_place(one: ReferenceCode, other: ReferenceCode) -> None:
    assert (one.dossier == other.dossier) == (one.object_path == other.object_path)


def test_a_number_wider_than_its_places_does_not_wrap() -> None:
    code = ReferenceCode("Q001", "JY", "HT", 2026, "Y", 10_000, 1000)
    assert str(code).endswith("·Y-10000-1000")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Q001-JY·HT·2026·D30-0012-000",
        "Q001-JY·HT·2026·D30-0000",
        "Q001-JY·HT·2026·D30-00012",
        "Q001-JY·HT·2026·D30-0012-0003",
        "Q001-JY・HT・2026・D30-0012",
        "Q001-JY·HT·2026·D5-0012",
        "Q001-JY·HT·２０２６·D30-0012",
        "q001-JY·HT·2026·D30-0012",
        "Q001-JY·HT·2026·D30-0012\n",
        " Q001-JY·HT·2026·D30-0012",
        "Q001-JY·2026-D30-ywb-0045",
        "Q001-JY·2026-D30--0045",
        "2.4-2026-0012",
        "2·4-2026-012",
        "0.4-2026-012",
        "2.4-26-012",
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no reference code"):
        ReferenceCode.parse(text)
