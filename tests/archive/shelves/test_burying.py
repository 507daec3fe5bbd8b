from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import ocfl.storage_root
import pytest

from archive.errors import ObjectMissing, ShelfOccupied
from archive.fixity import examine
from archive.store import Store

WORKER = Path(__file__).parent / "shelf_worker.py"
PLACE = "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0001"
BY = {"message": "归档", "person": "何静", "at": datetime(2026, 3, 16, 2, 0, tzinfo=UTC)}
FIRST = {"metadata.json": b"{1}", "items/001/sealed.pdf": b"%PDF" * 5000}
STONE = {"metadata.json": b"{stone}"}


def a_store(home: Path) -> Store:
    return Store(home / "archive", home / "staging")


def bury(store: Store, head: int = 1) -> None:
    store.bury(PLACE, "urn:stone", STONE, **BY, expect_head=head)


def is_valid(root: Path) -> bool:
    return bool(ocfl.storage_root.StorageRoot(root=str(root)).validate(log_errors=False))


def left_of(home: Path) -> list[Path]:
    """Return every file that still holds a byte of what was destroyed."""
    files = (path for path in home.rglob("*") if path.is_file())
    return [path for path in files if b"%PDF" in path.read_bytes()]


def test_the_stone_stands_in_the_place_and_no_byte_is_left(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    store.create(f"{PLACE[:-1]}2", "urn:x:2", {"a.txt": b"other"}, **BY)

    bury(store)
    bury(store)

    assert store.read(PLACE, "metadata.json") == b"{stone}"
    with pytest.raises(ObjectMissing):
        store.read(PLACE, "items/001/sealed.pdf")
    assert left_of(tmp_path) == []
    assert examine(store, PLACE).problems == ()
    assert len(list(store.objects())) == 2
    assert is_valid(store.root)


def test_the_place_of_a_stone_is_never_given_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    bury(store)
    with pytest.raises(ShelfOccupied):
        store.create(PLACE, "urn:x:1", FIRST, **BY)


def test_a_dossier_that_went_on_meanwhile_is_not_removed(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    store.add_version(PLACE, {"b.txt": b"late"}, **BY, expect_head=1)
    with pytest.raises(ShelfOccupied):
        bury(store)
    assert store.head(PLACE) == 2
    with pytest.raises(ObjectMissing):
        bury(a_store(tmp_path / "empty"))


def test_a_kill_at_any_step_leaves_the_whole_dossier_or_the_whole_stone(tmp_path: Path) -> None:
    kill_at, seen = 0, []
    while True:
        kill_at += 1
        home = tmp_path / str(kill_at)
        a_store(home).create(PLACE, "urn:x:1", FIRST, **BY)
        command = [sys.executable, str(WORKER), str(home), "bury", "0", str(kill_at)]
        died = subprocess.run(command, timeout=60).returncode
        again = a_store(home)
        again.mend()
        state = again.read(PLACE, "metadata.json")
        seen.append(state)
        assert examine(again, PLACE).problems == ()
        assert is_valid(again.root)
        if state == b"{1}":
            assert again.read(PLACE, "items/001/sealed.pdf") == FIRST["items/001/sealed.pdf"]
        else:
            assert left_of(home) == []
        if died == 0:
            break
        assert died == -signal.SIGKILL
        bury(again)
        assert again.read(PLACE, "metadata.json") == b"{stone}"
        assert left_of(home) == []
    assert seen == sorted(seen)
    assert seen.count(b"{1}") > 4
    assert seen.count(b"{stone}") > 2


@pytest.mark.parametrize("limit", [1, 10, 400])
def test_a_full_disk_leaves_the_dossier(tmp_path: Path, limit: int) -> None:
    store = a_store(tmp_path)
    store.create(PLACE, "urn:x:1", FIRST, **BY)
    command = [sys.executable, str(WORKER), str(tmp_path), "bury", str(limit), "0"]
    failed = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "OSError" in failed.stderr
    assert store.read(PLACE, "metadata.json") == b"{1}"
    assert is_valid(store.root)
