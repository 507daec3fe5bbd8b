"""Tantivy counts exactly, however many segments there are and however little each gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from index.access import EVERYTHING, Access, Grant
from index.cards import card_of, counted
from index.library import IndexedRecord
from index.opening import open_library, rebuild

tantivy = pytest.importorskip("tantivy")

from index.engines import tantivycounting  # noqa: E402 only where Tantivy is
from index.engines.tantivycommitting import opened  # noqa: E402
from index.engines.tantivycounting import Kept, Tally  # noqa: E402
from index.engines.tantivydocs import month_of  # noqa: E402
from index.engines.tantivyquery import known_to  # noqa: E402


@pytest.fixture(scope="module")
def records(a_record: Callable[..., IndexedRecord]) -> list[IndexedRecord]:
    """Records of 110 parties that have many, beside those of whom nothing else is filed."""
    chance = random.Random(5)  # noqa: S311 the same every time

    def party() -> str:
        known = chance.random() < 0.85
        return f"{chance.randrange(110) if known else chance.randrange(1000, 9999)}号有限公司"

    return [
        a_record(
            reference_code=f"R{number:04}",
            party_a=party(),
            party_b=party(),
            type_code=chance.choice(("XS", "CG")),
            formed_on=date(2020 + chance.randrange(5), chance.randrange(1, 13), 1),
            secrecy=chance.choice(("内部", "内部", "公开")),
        )
        for number in range(1200)
    ]


@pytest.fixture(scope="module")
def index(records: list[IndexedRecord], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("counts") / "index"
    rebuild(folder, records[:600], 1, engine="tantivy")
    library = open_library(folder, create=False)
    for start in (600, 800, 1000):
        library.apply(records[start : start + 200], ["R0007", "R0107"], applied=start)
    found = opened(next(folder.glob("shelf-*")))
    assert found.searcher().num_segments > 2
    return found


@pytest.mark.parametrize("of_each", [1, 101, 120, 150, 8192])
@pytest.mark.parametrize("type_code", [None, "XS"])
def test_facets_of_several_segments_are_those_of_all_records(
    of_each: int, type_code: str | None, index: Any, records: list[IndexedRecord]
) -> None:
    query = tantivy.Query.term_query(index.schema, "is", "record", "basic")
    if type_code:
        query = tantivy.Query.term_query(index.schema, "facet_type", type_code, "basic")
    cards = [
        card_of(each)
        for each in records
        if each.reference_code not in {"R0007", "R0107"} and type_code in {None, each.type_code}
    ]
    expected = counted(cards)
    parties = {name for card in cards for name in (card.party_a, card.party_b)}
    assert len(parties) > 200, "no value is left out: the test proves nothing"

    counts = Tally(index.searcher(), index.schema, Kept(), of_each).of(query)

    assert counts.facets == expected
    assert counts.total == len(cards)
    assert set(counts.months) == {month_of(each.formed_on) for each in cards}


@pytest.fixture(params=[1, 101, 130, 2048])
def _rest_is_counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take whatever answers for nearly all, with so many parties known of all."""
    monkeypatch.setattr(tantivycounting, "_FEW", 0)
    monkeypatch.setattr(tantivycounting, "_NEARLY", 1)
    monkeypatch.setattr(tantivycounting, "_LISTED", request.param)


@pytest.mark.usefixtures("_rest_is_counted")
@pytest.mark.parametrize("query", ["XS", "CG", None])
@pytest.mark.parametrize("access", [EVERYTHING, Access((Grant(secrecy=frozenset(("内部",))),))])
def test_what_is_left_of_all_without_the_rest_is_what_answers(
    query: str | None,
    access: Access,
    index: Any,
    records: list[IndexedRecord],
) -> None:
    asked = known_to(index.schema, access)
    if query:
        wanted = tantivy.Query.term_query(index.schema, "facet_type", query, "basic")
        must = tantivy.Occur.Must
        asked = tantivy.Query.boolean_query([(must, asked), (must, wanted)])
    cards = [
        card_of(each)
        for each in records
        if each.reference_code not in {"R0007", "R0107"}
        and access.allows(each)
        and query in {None, each.type_code}
    ]
    kept = Kept()
    for _ in range(2):
        counts = Tally(index.searcher(), index.schema, kept).among(access, asked)
        assert counts.facets == counted(cards)
        assert counts.total == len(cards)
        assert set(counts.months) == {month_of(each.formed_on) for each in cards}
    assert list(kept.totals) == [access]
