"""Several processes at one index: readers beside a writer, writers killed at any moment."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.analysis import normalise
from index.cards import searched
from index.engines.whoosh import open_library, rebuild
from index.library import IndexedRecord, Question

_READER = """
import sys
from pathlib import Path
from index.engines.whoosh import open_library
from index.library import Question
folder, until = Path(sys.argv[1]), int(sys.argv[2])
kept, last, asked = open_library(folder, create=False), 0, 0
print("ready", flush=True)
while last < until:
    for library in (kept, open_library(folder, create=False)):
        total = library.search(Question("合同总价", {}, page_size=3)).total
        assert total >= last, (total, last)
        last, asked = total, asked + 1
print(asked)
"""

_WRITER = """
import pickle, sys
from pathlib import Path
from index.engines.whoosh import open_library
library = open_library(Path(sys.argv[1]))
batches = pickle.loads(Path(sys.argv[2]).read_bytes())
print("ready", flush=True)
for seq, batch in batches:
    library.apply(batch, (), applied=seq)
"""


def test_readers_in_other_processes_never_fail_while_commits_run(
    tmp_path: Path, contracts: Callable[[int], list[IndexedRecord]]
) -> None:
    folder = tmp_path / "index"
    records = contracts(24)
    library = open_library(folder)
    command = [sys.executable, "-c", _READER, str(folder), str(len(records))]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        for start in range(0, 24, 2):
            library.apply(records[start : start + 2], (), applied=start + 2)
            if start == 12:
                rebuild(folder, records[:14], 14)
        for reader in readers:
            output, _ = reader.communicate(timeout=120)
            assert reader.returncode == 0
            assert int(output) > 2
    finally:
        for reader in readers:
            reader.kill()
            reader.communicate()


@pytest.mark.parametrize("seed", range(4))
def test_a_writer_killed_at_any_moment_loses_and_doubles_nothing(
    seed: int, tmp_path: Path, contracts: Callable[[int], list[IndexedRecord]]
) -> None:
    folder = tmp_path / "index"
    records = contracts(48)
    batches = [(seq, records[seq * 4 - 4 : seq * 4]) for seq in range(1, 13)]
    (tmp_path / "batches").write_bytes(pickle.dumps(batches))
    chance = random.Random(seed)  # noqa: S311 moments, not secrets
    for _ in range(2):
        _kill_writer(folder, tmp_path / "batches", after=chance.uniform(0.01, 0.5))
        library = open_library(folder)
        applied = library.status().applied
        codes = library.codes()
        assert codes >= {each.reference_code for each in records[: applied * 4]}
        assert library.status().records == len(codes)
        _assert_exact(folder, [each for each in records if each.reference_code in codes])

    library = open_library(folder)
    for seq, batch in batches:
        if seq > library.status().applied:
            library.apply(batch, (), applied=seq)
    assert library.codes() == {each.reference_code for each in records}
    assert library.status().records == len(records)
    _assert_exact(folder, records)
    assert len([each for each in folder.iterdir() if each.is_dir()]) == 1


def _kill_writer(folder: Path, batches: Path, *, after: float) -> None:
    command = [sys.executable, "-c", _WRITER, str(folder), str(batches)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        try:
            writer.wait(timeout=after)
        except subprocess.TimeoutExpired:
            writer.kill()


def _assert_exact(folder: Path, records: list[IndexedRecord]) -> None:
    library = open_library(folder)
    for word in ("合同总价", "水泵", "不可抗力", "QS-2024", "9"):
        hits = library.search(Question(f'"{word}"', {}, page_size=99)).hits
        assert sorted(hit.reference_code for hit in hits) == sorted(
            each.reference_code for each in records if normalise(word) in normalise(searched(each))
        )
