"""One index on disk: commits, damage, other people's files, building anew."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.analysis import ANALYZER
from index.engines.lock import writing
from index.engines.state import read_state
from index.engines.whoosh import WhooshLibrary
from index.errors import IndexDamaged, IndexLocked
from index.library import IndexedRecord, Question
from index.opening import open_library, rebuild

Builder = Callable[..., IndexedRecord]


def codes_for(folder: Path, query: str) -> list[str]:
    return sorted(
        hit.reference_code for hit in open_library(folder).search(Question(query, {})).hits
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def three(a_record: Builder) -> list[IndexedRecord]:
    return [a_record(reference_code=f"R{n}", text=f"正文{n}号") for n in (1, 2, 3)]


def test_a_new_library_is_empty_and_says_so(folder: Path) -> None:
    library = open_library(folder)
    status = library.status()
    assert (status.engine, status.records, status.applied, status.analyzer) == (
        "whoosh",
        0,
        0,
        ANALYZER,
    )
    assert library.codes() == frozenset()
    assert library.search(Question("甲方", {})).total == 0


def test_a_lost_index_is_not_taken_for_an_empty_one(folder: Path) -> None:
    for each in (folder, folder.parent):
        library = open_library(each, create=False)
        with pytest.raises(IndexDamaged, match="no index"):
            library.search(Question("甲方", {}))
        with pytest.raises(IndexDamaged, match="no index"):
            library.status()
    assert not folder.exists()


@pytest.mark.parametrize("step", ["write_state", "sync", "prove", "clean_files"])
def test_a_crash_at_any_step_of_a_commit_changes_all_or_nothing(
    folder: Path, a_record: Builder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    library = open_library(folder)
    library.apply(three(a_record)[:1], (), applied=1)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt(step)

    with monkeypatch.context() as broken:
        broken.setattr(f"index.engines.committing.{step}", crash)
        with pytest.raises(KeyboardInterrupt):
            library.apply(three(a_record)[1:], ["R1"], applied=2)

    for each in (library, open_library(folder)):
        assert (each.status().applied, each.codes()) == (1, {"R1"})
    for _ in range(2):
        library.apply(three(a_record)[1:], ["R1"], applied=2)
        assert (library.status().applied, library.codes()) == (2, {"R2", "R3"})
        assert codes_for(folder, "正文") == ["R2", "R3"]


def test_threads_take_turns(folder: Path, contracts: Callable[[int], list[IndexedRecord]]) -> None:
    library = rebuild(folder, contracts(30), 1)
    expected = library.search(Question("乙方", {}, page_size=50))
    answers = []

    def ask() -> None:
        answers.extend(library.search(Question("乙方", {}, page_size=50)) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 20


def test_any_byte_changed_in_any_file_is_found(folder: Path, a_record: Builder) -> None:
    sound = rebuild(folder, three(a_record), 3)
    assert sound.status().records == 3
    shelf = folder / read_state(folder).shelf
    for path in sorted(each for each in shelf.iterdir() if each.stat().st_size):
        content = path.read_bytes()
        for place in {0, len(content) // 2, len(content) - 1}:
            damaged = bytearray(content)
            damaged[place] ^= 0x20
            path.write_bytes(damaged)
            with pytest.raises(IndexDamaged, match=path.name):
                open_library(folder).search(Question("正文", {}))
            with pytest.raises(IndexDamaged, match=path.name):
                open_library(folder).apply(three(a_record), (), applied=4)
        path.write_bytes(content[:-1])
        with pytest.raises(IndexDamaged, match=path.name):
            open_library(folder).status()
        path.write_bytes(content)
    assert codes_for(folder, "正文") == ["R1", "R2", "R3"]


def test_verifying_finds_what_decays_after_it_was_opened(folder: Path, a_record: Builder) -> None:
    library = WhooshLibrary(folder)
    rebuild(folder, three(a_record), 3)
    library.verify()
    path = next((folder / read_state(folder).shelf).glob("*.pst"))
    path.write_bytes(b"\x00" * path.stat().st_size)
    with pytest.raises(IndexDamaged, match=path.name):
        library.verify()


def test_a_missing_file_is_damage(
    folder: Path, a_record: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engines.whoosh._PAUSE", 0)
    rebuild(folder, three(a_record), 3)
    next((folder / read_state(folder).shelf).glob("*.trm")).unlink()
    with pytest.raises(IndexDamaged, match="lacks a file"):
        open_library(folder).search(Question("正文", {}))
    assert rebuild(folder, three(a_record), 3).codes() == {"R1", "R2", "R3"}


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        b'{"engine": "whoosh"}',
        json.dumps(
            {
                "engine": "whoosh",
                "format": 1,
                "analyzer": ANALYZER,
                "shelf": "../elsewhere",
                "generation": 0,
                "applied": 0,
                "files": {},
            }
        ).encode(),
    ],
)
def test_a_state_nobody_wrote_is_damage(folder: Path, a_record: Builder, state: bytes) -> None:
    rebuild(folder, three(a_record), 3)
    (folder / "state.json").write_bytes(state)
    library = open_library(folder)
    with pytest.raises(IndexDamaged):
        library.search(Question("正文", {}))
    with pytest.raises(IndexDamaged):
        library.apply(three(a_record), (), applied=4)
    assert rebuild(folder, three(a_record), 3).status().records == 3


def test_files_that_are_no_index_are_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    library = open_library(folder)
    with pytest.raises(IndexDamaged, match="no index"):
        library.status()
    assert [each.name for each in folder.iterdir()] == ["letter.txt"]


def test_the_old_index_answers_while_the_new_one_is_built(folder: Path, a_record: Builder) -> None:
    library = rebuild(folder, three(a_record), 3)

    def asked_meanwhile() -> Iterator[IndexedRecord]:
        assert codes_for(folder, "正文") == ["R1", "R2", "R3"]
        with pytest.raises(IndexLocked), writing(folder):
            pass
        yield a_record(reference_code="N1")

    rebuild(folder, asked_meanwhile(), 4)
    assert library.codes() == {"N1"}


def test_building_again_gives_the_same_answers(
    tmp_path: Path, contracts: Callable[[int], list[IndexedRecord]]
) -> None:
    records = contracts(20)
    one = rebuild(tmp_path / "one", records, 1)
    other = rebuild(tmp_path / "other", reversed(records), 1)
    for word in ("", "甲方", "水泵 -验收", "年度:2023"):
        assert one.search(Question(word, {})) == other.search(Question(word, {}))


def test_no_warning_reaches_a_person_even_when_whoosh_is_compiled_anew(tmp_path: Path) -> None:
    script = "import index.engines.whoosh"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", f"pycache_prefix={tmp_path}", "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_index_can_be_moved(folder: Path, a_record: Builder) -> None:
    rebuild(folder, three(a_record), 3)
    moved = folder.with_name("moved")
    shutil.move(folder, moved)
    assert codes_for(moved, "正文") == ["R1", "R2", "R3"]
