"""What every engine promises: the same answers, whole commits, one writer, damage that is told."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.cards import Card, card_of, record_of
from index.engines.postgresanswer import answer_of
from index.errors import IndexDamaged, IndexLocked
from index.library import IndexedRecord, Library, Question
from index.opening import engine_of, open_library, rebuild

Builder = Callable[..., IndexedRecord]

_WRITER = """
import pickle, sys
from pathlib import Path
from index.opening import open_library
folder, batches, server = Path(sys.argv[1]), sys.argv[2], sys.argv[3] or None
library = open_library(folder, create=False, server=server)
print("ready", flush=True)
for seq, batch in pickle.loads(Path(batches).read_bytes()):
    library.apply(batch, (), applied=seq)
"""

_READER = """
import sys
from pathlib import Path
from index.library import Question
from index.opening import open_library
folder, until, server = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] or None
kept, last, asked = open_library(folder, create=False, server=server), 0, 0
print("ready", flush=True)
while last < until:
    for library in (kept, open_library(folder, create=False, server=server)):
        total = library.search(Question("合同总价", {}, page_size=3)).total
        assert total >= last, (total, last)
        last, asked = total, asked + 1
    del library
print(asked)
"""


@pytest.fixture
def folder(tmp_path: Path, engine: str, server: str | None) -> Path:
    """An empty index on the engine under test."""
    rebuild(tmp_path / "index", (), 0, engine=engine, server=server)
    return tmp_path / "index"


@pytest.fixture
def library(folder: Path, server: str | None) -> Library:
    return open_library(folder, create=False, server=server)


def three(a_record: Builder) -> list[IndexedRecord]:
    return [a_record(reference_code=f"R{n}", text=f"正文{n}号") for n in (1, 2, 3)]


def test_a_new_index_is_empty_and_says_so(library: Library, engine: str) -> None:
    status = library.status()
    assert (status.engine, status.records, status.applied) == (engine, 0, 0)
    assert library.codes() == frozenset()
    assert library.search(Question("甲方 OR -乙方", {})).total == 0
    assert library.suggest("甲") == ()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "水泵",
        "水泵 OR 管路",
        "-水泵",
        "青川",
        "甲方:青川 -乙方:临溪",
        "金额:10万..500万",
        "签订:2023Q1..2024Q2",
        "类型:销售 状态:已归档",
        "2023年",
        "编号:QS-2024*",
        "type*",
        "验收合格",
        "ycjx",
        "3月5日",
        "有限公司 -(建材 OR 仓储)",
    ],
)
@pytest.mark.parametrize("sort", ["relevance", "amount:asc", "formed_on:asc", "title", "filed_on"])
def test_every_engine_gives_the_same_answer_as_reading_all(
    query: str, sort: str, filled: Library, read_all: Callable[[Question], object]
) -> None:
    for page in (1, 2, 9):
        question = Question(query, {}, sort=sort, page=page, page_size=7)
        assert filled.search(question) == read_all(question)
    narrowed = Question(query, {"type": "XS", "secrecy": "内部"}, sort=sort)
    assert filled.search(narrowed) == read_all(narrowed)


def test_what_was_put_again_replaces_and_what_was_removed_is_gone(
    library: Library, a_record: Builder
) -> None:
    records = three(a_record)
    library.apply(records, (), applied=3)
    for _ in range(2):
        library.apply([replace(records[0], text="改后的文字")], ["R2", "R8"], applied=5)
        assert library.codes() == {"R1", "R3"}
        assert library.status().applied == 5
    library.apply((), (), applied=4)
    assert library.status().applied == 5
    assert library.search(Question("正文1号", {})).total == 0
    assert library.search(Question("改后的", {})).total == 1
    assert library.search(Question("", {})).facets["type"] == {"XS": 2}
    with pytest.raises(ValueError, match="R1"):
        library.apply(records, ["R1"], applied=6)


def test_names_that_no_record_has_any_more_are_not_suggested(
    library: Library, a_record: Builder
) -> None:
    library.apply([a_record(reference_code="R1", party_a="白沙机械")], (), applied=1)
    assert library.suggest("白沙")[0].text == "白沙机械"
    library.apply([a_record(reference_code="R1", party_a="青川机械")], (), applied=2)
    assert library.suggest("白沙") == ()
    assert library.search(Question("bsjx", {})).total == 0


def test_records_that_fail_to_come_leave_all_as_it_was(
    library: Library, folder: Path, server: str | None, a_record: Builder
) -> None:
    def failing() -> Iterator[IndexedRecord]:
        yield a_record(reference_code="R9")
        raise RuntimeError("the shelves cannot be read")

    library.apply(three(a_record), (), applied=1)
    with pytest.raises(RuntimeError):
        library.apply(failing(), (), applied=2)
    with pytest.raises(RuntimeError):
        rebuild(folder, failing(), 2, server=server)
    with pytest.raises(ValueError, match="given twice: R1"):
        rebuild(folder, [*three(a_record), *three(a_record)], 2, server=server)
    assert library.codes() == {"R1", "R2", "R3"}
    assert library.status().applied == 1
    assert len([each for each in folder.iterdir() if each.is_dir()]) <= 1


def test_rebuilding_replaces_all_and_old_readers_see_it(
    library: Library, folder: Path, server: str | None, engine: str, a_record: Builder
) -> None:
    library.apply(three(a_record), (), applied=3)

    def asked_meanwhile() -> Iterator[IndexedRecord]:
        assert library.search(Question("正文", {})).total == 3
        yield a_record(reference_code="N1")

    new = rebuild(folder, asked_meanwhile(), 7, server=server)
    for each in (library, new):
        assert each.codes() == {"N1"}
        assert each.status().applied == 7
    assert engine_of(folder) == engine


def test_a_library_open_before_sees_later_commits(
    library: Library, folder: Path, server: str | None, a_record: Builder
) -> None:
    for count, record in enumerate(three(a_record), start=1):
        open_library(folder, server=server).apply([record], (), applied=count)
        assert library.search(Question("正文", {})).total == count
        assert library.status().applied == count


def test_facets_of_many_commits_are_those_of_one(
    library: Library, corpus: list[IndexedRecord], read_all: Callable[[Question], object]
) -> None:
    for start in range(0, len(corpus), 60):
        library.apply(corpus[start : start + 60], (), applied=start + 1)
    for query in ("", "水泵", "青川 OR 白沙"):
        question = Question(query, {}, page_size=2)
        assert library.search(question) == read_all(question)


def test_many_small_commits_are_as_exact_as_one(
    library: Library,
    build: Callable[..., Library],
    contracts: Callable[[int], list[IndexedRecord]],
) -> None:
    records = contracts(30)
    for start in range(0, 30, 3):
        library.apply(records[start : start + 3], (), applied=start)
    library.apply((), [record.reference_code for record in records[::5]], applied=40)
    left = [record for number, record in enumerate(records) if number % 5]
    fresh = build(left)
    assert library.codes() == fresh.codes()
    for word in ("水泵", "验收合格", "QS-2023", "0", "的", "qcyf"):
        asked = Question(word, {}, page_size=99)
        assert library.search(asked) == fresh.search(asked)


def test_a_second_writer_is_told_who_writes(
    library: Library, folder: Path, a_record: Builder
) -> None:
    script = (
        "import sys; from pathlib import Path; from index.engines.lock import writing\n"
        "with writing(Path(sys.argv[1])):\n print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexLocked, match=f"process {other.pid} on "):
            library.apply(three(a_record), (), applied=1)
        assert library.search(Question("正文", {})).total == 0
        other.stdin.close()
        other.wait(timeout=30)
    library.apply(three(a_record), (), applied=1)
    assert library.status().records == 3
    library.verify()


def test_readers_in_other_processes_never_fail_while_commits_run(
    folder: Path, server: str | None, contracts: Callable[[int], list[IndexedRecord]]
) -> None:
    records = contracts(16)
    library = open_library(folder, server=server)
    command = [sys.executable, "-c", _READER, str(folder), str(len(records)), server or ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        try:
            assert reader.stdout.readline() == "ready\n"
            for start in range(0, 16, 2):
                library.apply(records[start : start + 2], (), applied=start + 2)
                if start == 8:
                    rebuild(folder, records[:10], 10, server=server)
            output, _ = reader.communicate(timeout=120)
            assert reader.returncode == 0
            assert int(output) >= 2
        finally:
            reader.kill()


def test_what_was_superseded_while_it_was_asked_is_asked_again(
    tmp_path: Path, postgres: str, a_record: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server takes away the tables of an index that another took the place of."""
    folder = tmp_path / "index"
    library = rebuild(folder, three(a_record), 3, engine="postgres", server=postgres)
    calls = []

    def answer_late(*asked: Any) -> object:
        calls.append(asked)
        if len(calls) == 1:
            rebuild(folder, three(a_record)[:2], 4, server=postgres)
        return answer_of(*asked)

    monkeypatch.setattr("index.engines.postgres.answer_of", answer_late)
    assert library.search(Question("正文", {})).total == 2
    assert len(calls) == 2


@pytest.mark.parametrize("seed", range(2))
def test_a_writer_killed_at_any_moment_loses_and_doubles_nothing(
    seed: int,
    folder: Path,
    server: str | None,
    tmp_path: Path,
    contracts: Callable[[int], list[IndexedRecord]],
) -> None:
    records = contracts(36)
    batches = [(seq, records[seq * 3 - 3 : seq * 3]) for seq in range(1, 13)]
    (tmp_path / "batches").write_bytes(pickle.dumps(batches))
    chance = random.Random(seed)  # noqa: S311 moments, not secrets
    command = [sys.executable, "-c", _WRITER, str(folder), str(tmp_path / "batches"), server or ""]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            try:
                writer.wait(timeout=chance.uniform(0.005, 0.4))
            except subprocess.TimeoutExpired:
                writer.kill()
        library = open_library(folder, create=False, server=server)
        applied, codes = library.status().applied, library.codes()
        assert codes >= {each.reference_code for each in records[: applied * 3]}
        assert library.status().records == len(codes)
        library.verify()
    for seq, batch in batches:
        library.apply(batch, (), applied=seq)
    assert library.codes() == {each.reference_code for each in records}
    assert library.search(Question("合同总价", {})).total == len(records)


def test_ten_thousand_updates_do_not_let_the_index_grow(
    library: Library, folder: Path, a_record: Builder
) -> None:
    records = [a_record(reference_code=f"R{n}", text=f"正文{n}号" * 5) for n in range(500)]
    library.apply(records, (), applied=1)
    live = library.status().bytes
    for turn in range(2, 42):
        part = records[:250] if turn % 2 else records[250:]
        library.apply([replace(each, status=f"第{turn}次") for each in part], (), applied=turn)
        assert library.status().bytes <= 2 * live
        assert sum(each.stat().st_size for each in folder.rglob("*")) <= 2.1 * live
    assert library.search(Question("", {})).facets["status"] == {"第40次": 250, "第41次": 250}


@pytest.mark.parametrize("engine_without_server", ["whoosh", "tantivy"])
def test_any_file_changed_is_noticed_at_the_next_start(
    engine_without_server: str, tmp_path: Path, a_record: Builder
) -> None:
    folder = tmp_path / "index"
    rebuild(folder, three(a_record), 3, engine=engine_without_server)
    shelf = folder / json.loads((folder / "state.json").read_bytes())["shelf"]
    for path in sorted(each for each in shelf.iterdir() if each.stat().st_size):
        content = path.read_bytes()
        for place in (0, len(content) // 2, len(content) - 1):
            damaged = bytearray(content)
            damaged[place] ^= 0x20
            path.write_bytes(damaged)
            with pytest.raises(IndexDamaged):
                open_library(folder).search(Question("正文", {}))
            with pytest.raises(IndexDamaged):
                open_library(folder).apply(three(a_record), (), applied=4)
        path.write_bytes(content)
    assert open_library(folder).search(Question("正文", {})).total == 3
    for path in sorted(each for each in shelf.iterdir() if each.stat().st_size):
        path.unlink()
    with pytest.raises(IndexDamaged):
        open_library(folder).search(Question("正文", {}))


@pytest.mark.parametrize("field", ["analyzer", "format"])
def test_an_index_made_otherwise_is_not_read(
    folder: Path, server: str | None, a_record: Builder, field: str
) -> None:
    path = folder / "state.json"
    row = json.loads(path.read_bytes())
    row[field] = 0 if field == "format" else "another"
    path.write_text(json.dumps(row))
    for act in (
        lambda library: library.search(Question("正文", {})),
        lambda library: library.apply(three(a_record), (), applied=1),
    ):
        with pytest.raises(IndexDamaged, match="was made by"):
            act(open_library(folder, create=False, server=server))


def test_an_index_that_names_a_shelf_that_is_gone_is_damaged(
    folder: Path, server: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engines.whoosh._PAUSE", 0)
    path = folder / "state.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"shelf": "shelf-gone"}))
    with pytest.raises(IndexDamaged):
        open_library(folder, create=False, server=server).status()


def test_a_card_and_a_text_are_the_record_again(corpus: list[IndexedRecord]) -> None:
    for record in corpus[:20]:
        card = Card.parse(card_of(record).to_bytes())
        assert record_of(card, record.text) == record


def test_a_day_nobody_knows_is_in_no_span_and_after_all_that_is_known(
    library: Library, a_record: Builder
) -> None:
    day = a_record(reference_code="DAY", formed_on=date(2015, 6, 1), filed_on=date(2026, 3, 9))
    year = replace(day, reference_code="YEAR", formed_on=None, formed_in=2015)
    unknown = replace(day, reference_code="UNKNOWN", formed_on=None)
    library.apply([day, year, unknown], (), applied=1)

    def found(query: str, sort: str = "formed_on") -> list[str]:
        return [hit.reference_code for hit in library.search(Question(query, {}, sort)).hits]

    assert found("") == ["DAY", "YEAR", "UNKNOWN"]
    assert found("", "formed_on:asc") == ["UNKNOWN", "YEAR", "DAY"]
    assert found("合同", "relevance") == ["DAY", "YEAR", "UNKNOWN"]
    assert found("签订:2015") == found("签订:2014..2016") == ["DAY", "YEAR"]
    assert found("签订:<2016") == ["DAY", "YEAR"]
    assert found("签订:2015Q2") == found("签订:2015-02..2016") == ["DAY"]
    assert found("签订:2026") == found("签订:<2015") == []
    assert found("-签订:2015") == ["UNKNOWN"]
    assert found("年度:2015") == ["DAY", "YEAR"]
    assert found("年度:2026") == ["UNKNOWN"]
    answer = library.search(Question("", {}))
    assert answer.facets["year"] == {"2015": 2, "2026": 1}
    assert [(hit.formed_on, hit.formed_in) for hit in answer.hits] == [
        (date(2015, 6, 1), None),
        (None, 2015),
        (None, None),
    ]
    library.apply([year], (), applied=2)
    assert found("签订:2015") == ["DAY", "YEAR"]
