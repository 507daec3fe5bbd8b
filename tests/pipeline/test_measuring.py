"""A file of any size is examined in pieces; an engine is given no more than it may hold."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path
from typing import IO

import pytest

from archive.filetypes import MOST_BYTES
from pipeline.fourfold.exhibit import Exhibit
from pipeline.fourfold.measuring import Measured, TooLarge, measured, whole

LARGE = MOST_BYTES + 4096


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate(LARGE)
    return path


def test_a_large_file_is_never_held_whole(large: Path) -> None:
    def opened(path: str) -> IO[bytes]:
        return large.with_name(path).open("rb")

    def read(path: str) -> bytes:
        with opened(path) as file:
            return whole(file)

    exhibit = Exhibit("x", {}, (), {}, (), {}, read, opened=opened)
    tracemalloc.start()
    found = exhibit.measured("large.pdf")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    assert (found.size, found.head[:8]) == (LARGE, b"%PDF-1.7")
    with pytest.raises(TooLarge, match="128 MB"):
        exhibit.content("large.pdf")


def test_only_the_last_of_large_files_is_kept() -> None:
    files = {name: name.encode() * (1 << 21) for name in "ab"} | {"c": b"small"}
    exhibit = Exhibit("x", {}, (), {}, (), {}, files.__getitem__)
    for name in "cab":
        assert exhibit.content(name) == files[name]
    assert set(exhibit._contents) == {"c", "b"}
    assert exhibit.measured("a").sha256 == hashlib.sha256(files["a"]).hexdigest()


def test_what_is_measured_is_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    with path.open("rb") as file:
        found = measured(file)
    sm3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert found == Measured(3, hashlib.sha256(b"abc").hexdigest(), sm3, b"abc")
