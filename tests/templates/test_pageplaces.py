"""Where pages begin in a text, told from lines that say it again with more around them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from templates.pageplaces import page_starts

CLAUSES = [
    f"第{number}条 甲方应于收到第{number}批货物后付款，逾期的按日计息。" for number in range(40)
]
TEXT = "\n".join(CLAUSES)


def printed(clauses: list[str], number: int, of: int) -> str:
    lines = [line for clause in clauses for line in (clause[:18], clause[18:])]
    return "\n".join(["合同编号 QS-1", *lines, f"第 {number} 页 共 {of} 页"])


@given(st.lists(st.integers(1, 39), unique=True, max_size=6).map(sorted))
def test_each_page_begins_at_its_first_words(breaks: list[int]) -> None:
    places = [0, *breaks, len(CLAUSES)]
    of = len(places) - 1
    pages = [
        printed(CLAUSES[first:last], number, of)
        for number, (first, last) in enumerate(pairwise(places), 1)
    ]
    expected = [TEXT.index(CLAUSES[first]) for first in places[:-1]]
    assert list(page_starts(TEXT, pages)) == expected


def test_a_clause_cut_by_a_page_begins_where_it_goes_on() -> None:
    cut = TEXT.index("付款", 300)
    pages = [f"QS-1\n{TEXT[:cut]}\n1/2", f"QS-1\n{TEXT[cut:]}\n2/2"]
    assert page_starts(TEXT, pages) == (0, cut)


def test_a_page_of_which_nothing_is_found_begins_with_the_next() -> None:
    half = TEXT.index(CLAUSES[20])
    assert page_starts(TEXT, [TEXT[:half], "（图）", TEXT[half:]]) == (0, half, half)
    assert page_starts(TEXT, [TEXT, "（图）"]) == (0, len(TEXT))
    assert page_starts("", ["", ""]) == (0, 0)
    assert page_starts("", []) == ()


@given(st.text(max_size=80), st.lists(st.text(max_size=60), max_size=5))
def test_places_never_go_back_or_outside_whatever_is_on_the_pages(
    text: str, pages: list[str]
) -> None:
    found = page_starts(text, pages)
    assert len(found) == len(pages)
    assert list(found) == sorted(found)
    assert all(0 <= place <= len(text) for place in found)
