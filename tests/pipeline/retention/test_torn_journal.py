"""A journal cut at any byte of its last line: what lets filing go on and both proofs agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from keepers import Keeping
from provers import by_the_script

from pipeline.auditing import audit_home, journal_problem


@pytest.fixture
def crossing(keeping: Keeping) -> tuple[Keeping, Path]:
    """Return a home that filed in two years, and the journal of the second: one line."""
    keeping.contract("S-1")
    keeping.at("2027-01-04")
    keeping.office.at = keeping.now
    keeping.contract("S-2")
    *_, journal = keeping.workplace.store.journal.files()
    assert (journal.name, journal.read_bytes().count(b"\n")) == ("journal-2027.jsonl", 1)
    return keeping, journal


def is_asked_of_the_script(size: int, whole: int) -> bool:
    """Say whether to start the script: a start is dear, so at the ends and here and there."""
    return size in {0, 1, whole - 2, whole - 1, whole} or size % 97 == 0


def test_what_a_crash_cut_is_healed_by_the_next_without_people(
    crossing: tuple[Keeping, Path],
) -> None:
    keeping, journal = crossing
    store, whole = keeping.workplace.store, journal.read_bytes()
    *_, path = store.objects()
    for size in range(len(whole) + 1):
        journal.write_bytes(whole[:size])
        store.desk.begin(path)  # what a crash leaves until the link is durable

        assert journal_problem(keeping.workplace) is None, size
        assert audit_home(keeping.workplace, head=None).breaks == (), size
        assert journal.read_bytes() == whole
        if is_asked_of_the_script(size, len(whole)):
            assert by_the_script(store.root) == 0, size


def test_what_somebody_cut_is_found_by_all(crossing: tuple[Keeping, Path]) -> None:
    keeping, journal = crossing
    store, whole = keeping.workplace.store, journal.read_bytes()
    for size in range(len(whole) + 1):
        journal.write_bytes(whole[:size])
        is_whole = size == len(whole)

        assert (journal_problem(keeping.workplace) is None) is is_whole, size
        assert (audit_home(keeping.workplace, head=None).breaks == ()) is is_whole, size
        if is_asked_of_the_script(size, len(whole)):
            assert by_the_script(store.root) == (0 if is_whole else 4), size
