"""Another engine takes over at once, only when it says the same, and can be gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.engines.lock import writing
from index.errors import EngineMissing, IndexDamaged
from index.library import IndexedRecord, Library, Question
from index.opening import engine_of, open_library, rebuild
from index.switching import SwitchRefused, compare, next_library, samples, swap

Contracts = Callable[[int], list[IndexedRecord]]


@pytest.fixture
def folder(tmp_path: Path, contracts: Contracts) -> Path:
    rebuild(tmp_path / "index", contracts(12), 12)
    return tmp_path / "index"


def codes_of(records: list[IndexedRecord]) -> frozenset[str]:
    return frozenset(record.reference_code for record in records)


def assert_answers(library: Library, records: list[IndexedRecord], engine: str) -> None:
    assert library.codes() == codes_of(records)
    assert library.status().engine == engine
    assert library.search(Question("合同总价", {})).total == len(records)


def test_a_library_in_use_goes_on_with_the_new_engine_and_back(
    folder: Path, contracts: Contracts, engine: str, server: str | None
) -> None:
    in_use = open_library(folder, create=False, server=server)
    assert_answers(in_use, contracts(12), "whoosh")
    new = next_library(folder, engine, applied=12, server=server)
    new.apply(contracts(12), (), applied=0)
    assert_answers(in_use, contracts(12), "whoosh")
    compare(new, codes_of(contracts(12)), samples(contracts(12)), in_use)
    with writing(folder):
        swap(folder)
    assert engine_of(folder) == engine
    assert_answers(in_use, contracts(12), engine)
    assert in_use.status().applied == 12
    in_use.apply(contracts(14)[12:], (), applied=14)
    assert_answers(in_use, contracts(14), engine)
    assert len([each for each in folder.iterdir() if each.is_dir()]) == (engine != "postgres")


def test_commits_meanwhile_leave_the_index_under_way_alone(
    folder: Path, contracts: Contracts
) -> None:
    running = open_library(folder)
    new = next_library(folder, "tantivy", applied=12, server=None)
    running.apply(contracts(13)[12:], (), applied=13)
    with writing(folder):
        new.apply(contracts(5), (), applied=0)
    rebuild(folder, contracts(13), 13)
    again = next_library(folder, "tantivy", applied=99, server=None)
    assert again.codes() == codes_of(contracts(5))
    assert again.status().applied == 12


def test_killed_between_batches_it_goes_on_and_a_damaged_one_is_begun_anew(
    folder: Path, contracts: Contracts
) -> None:
    next_library(folder, "tantivy", applied=12, server=None).apply(contracts(5), (), applied=0)
    gone_on = next_library(folder, "tantivy", applied=12, server=None)
    assert gone_on.codes() == codes_of(contracts(5))
    for path in folder.glob("shelf-*/*.store"):
        path.write_bytes(b"\x00" * path.stat().st_size)
    assert next_library(folder, "tantivy", applied=12, server=None).codes() == frozenset()
    other = next_library(folder, "whoosh", applied=12, server=None)
    assert other.status().engine == "whoosh"
    assert other.codes() == frozenset()


@pytest.mark.parametrize("moment", ["replace", "sync", "clear_shelves"])
def test_killed_while_swapping_one_or_the_other_answers_whole(
    folder: Path, contracts: Contracts, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = next_library(folder, "tantivy", applied=12, server=None)
    new.apply(contracts(12), (), applied=0)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt(moment)

    target = "index.switching.os.replace" if moment == "replace" else f"index.switching.{moment}"
    with monkeypatch.context() as broken, writing(folder):
        broken.setattr(target, crash)
        with pytest.raises(KeyboardInterrupt):
            swap(folder)
    expected = "whoosh" if moment == "replace" else "tantivy"
    assert_answers(open_library(folder, create=False), contracts(12), expected)


def test_what_says_otherwise_does_not_take_over(folder: Path, contracts: Contracts) -> None:
    old = open_library(folder)
    records = contracts(12)
    new = next_library(folder, "tantivy", applied=12, server=None)
    new.apply(records[:11], (), applied=0)
    with pytest.raises(SwitchRefused, match="缺 1 件"):
        compare(new, codes_of(records), samples(records), old)
    blank = contracts(12)[11]
    new.apply(
        [IndexedRecord(**{**_fields(blank), "text": "别的", "party_a": "别的"})], (), applied=0
    )
    with pytest.raises(SwitchRefused, match="找不到"):
        compare(new, codes_of(records), samples(records), None)
    new.apply([blank], (), applied=0)
    old.apply([IndexedRecord(**{**_fields(blank), "text": "别的"})], (), applied=0)
    with pytest.raises(SwitchRefused, match="原索引"):
        compare(new, codes_of(records), samples(records), old)


def _fields(record: IndexedRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in IndexedRecord.__slots__}


def test_an_engine_without_its_server_is_told(folder: Path) -> None:
    with pytest.raises(EngineMissing, match=r"index\.server"):
        next_library(folder, "postgres", applied=1, server=None)
    with pytest.raises(IndexDamaged):
        open_library(folder.parent / "none", create=False).status()
