from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.referencecode import ReferenceCode
from archive.shelfnames import check_object_path

letters = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
codes = st.builds(
    ReferenceCode,
    fonds=st.builds("{0}{1:03}".format, st.sampled_from("ABJQZ"), st.integers(0, 999)),
    category=letters,
    series=letters,
    year=st.integers(1949, 9999),
    retention=st.sampled_from(["Y", "D30", "D10"]),
    volume=st.integers(1, 999_999_999),
    item=st.none() | st.integers(1, 999_999_999),
)


@pytest.mark.requirement_part("F-204")
def test_a_code_is_written_as_the_firms_pattern_says() -> None:
    code = ReferenceCode("Q001", "JY", "HT", 2026, "D30", 12, 3)
    assert str(code) == "Q001-JY·HT·2026·D30-0012-003"
    assert code.alias == "Q001-JY.HT.2026.D30-0012-003"
    assert str(code.dossier) == "Q001-JY·HT·2026·D30-0012"
    assert code.object_path == "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0012"


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
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no reference code"):
        ReferenceCode.parse(text)
