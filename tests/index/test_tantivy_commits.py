from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.library import IndexedRecord
from index.opening import open_library, rebuild

pytest.importorskip("tantivy")


def test_a_list_of_deletions_whose_commit_was_lost_stops_no_later_commit(
    tmp_path: Path, contracts: Callable[[int], list[IndexedRecord]]
) -> None:
    folder, records = tmp_path / "index", contracts(6)
    rebuild(folder, records[:4], 4, engine="tantivy")
    library = open_library(folder, create=False)
    shelf = next(folder.glob("shelf-*"))
    named_by_a_commit = [folder / "state.json", shelf / "meta.json", shelf / ".managed.json"]
    before = {path: path.read_bytes() for path in named_by_a_commit}
    library.apply(records[2:5], (), applied=5)
    lists = {path.name for path in shelf.glob("*.del")}
    assert lists, "no deletion was written: the test proves nothing"

    # as a kill between the list and the commit leaves them
    for path, content in before.items():
        path.write_bytes(content)
    library = open_library(folder, create=False)
    assert library.codes() == {record.reference_code for record in records[:4]}
    library.apply(records[2:5], (), applied=5)

    assert library.codes() == {record.reference_code for record in records[:5]}
    assert library.status().records == 5
    library.verify()
