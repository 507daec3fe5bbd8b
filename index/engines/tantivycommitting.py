"""Tantivy committing: its files written, made sure of and noted; what stands in them read back."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import tantivy

from index.analysis import ANALYZER
from index.cards import Card, record_of
from index.engines import tantivydocs as docs
from index.engines.frame import once
from index.engines.state import Proof, State, prove, sync, write_state
from index.errors import IndexDamaged
from index.library import IndexedRecord

ENGINE, FORMAT = "tantivy", 5
CHANGING = ("meta.json", ".managed.json")
_HEAP = 64_000_000
_BUILD_HEAP = 256_000_000
_BATCH = 500
_FEW_DEAD = 100


def found(
    folder: Path,
    records: Iterable[IndexedRecord],
    *,
    applied: int,
    note: str,
    server: str | None = None,
) -> None:
    """Build a shelf of `records` and make it the one that `note` names."""
    del server
    shelf = folder / f"shelf-{secrets.token_hex(6)}"
    with ExitStack() as undo:
        shelf.mkdir()
        undo.callback(shutil.rmtree, shelf, ignore_errors=True)
        index = _made(shelf)
        writer = index.writer(heap_size=_BUILD_HEAP, num_threads=1)
        undo.callback(writer.wait_merging_threads)  # ends the writer: it writes no more
        undo.callback(writer.rollback)
        for record in once(records):
            writer.add_document(docs.document(record))
        writer.add_document(docs.note(applied))
        writer.commit()
        writer.wait_merging_threads()
        state = State(ENGINE, FORMAT, ANALYZER, shelf.name, 1, applied, {})
        write_state(folder, replace(state, files=_proofs(shelf, {}, CHANGING)), note)
        undo.pop_all()


@contextmanager
def committing(folder: Path, note: str, state: State, index: Any) -> Iterator[Any]:
    """Give a writer that commits at the end, or leaves all as it was.

    While it commits the state does not vouch for the files that a commit changes: killed in
    between, it is true of the commit before and of the one after.
    """
    shelf = folder / state.shelf
    kept = {name: proof for name, proof in state.files.items() if name not in CHANGING}
    write_state(folder, replace(state, files=kept), note)
    _drop_lists_of_a_lost_commit(shelf)
    writer = index.writer(heap_size=_HEAP, num_threads=1)
    with ExitStack() as undo:
        undo.callback(writer.wait_merging_threads)
        undo.callback(writer.rollback)
        yield writer
        undo.pop_all()
    writer.commit()
    writer.garbage_collect_files()
    writer.wait_merging_threads()
    write_state(folder, replace(state, files=_proofs(shelf, kept, CHANGING)), note)


def _drop_lists_of_a_lost_commit(shelf: Path) -> None:
    """Remove the lists of deleted records that no commit names; needs the writer's lock.

    A list is named by its segment and the commit's number. A writer killed between list and
    commit leaves its list behind; the next commit has the same number, and Tantivy overwrites
    no file.
    """
    meta = json.loads((shelf / "meta.json").read_text("utf-8"))
    named = {
        f"{segment['segment_id'].replace('-', '')}.{segment['deletes']['opstamp']}.del"
        for segment in meta["segments"]
        if segment.get("deletes")
    }
    for path in shelf.glob("*.del"):
        if path.name not in named:
            path.unlink()


def _proofs(
    shelf: Path, known: Mapping[str, Proof], changing: tuple[str, ...]
) -> Mapping[str, Proof]:
    """Return the proofs of all files of a shelf: those not known yet are read and synced."""
    proofs = {}
    for path in shelf.iterdir():
        if path.name.endswith(".lock"):
            continue
        if path.name in known and path.name not in changing:
            proofs[path.name] = known[path.name]
        else:
            proofs[path.name] = prove(path)
    sync(shelf)
    return proofs


def _made(shelf: Path) -> Any:
    index = tantivy.Index(docs.schema(), path=str(shelf))
    index.register_tokenizer(*docs.tokenizer())
    return index


def opened(shelf: Path) -> Any:
    """Return the index of a shelf as of its last commit; it does not follow later ones."""
    index = tantivy.Index.open(str(shelf))
    index.register_tokenizer(*docs.tokenizer())
    index.config_reader(reload_policy="manual")
    index.reload()
    return index


def applied_in(searcher: Any) -> int:
    """Return what was applied; raises IndexDamaged where no note says so."""
    query = tantivy.Query.term_query(docs.schema(), "is", docs.NOTE, "basic")
    hits = searcher.search(query, limit=1).hits
    if not hits:
        raise IndexDamaged("the index does not say what was applied to it")
    return int(searcher.doc(hits[0][1]).get_first("applied"))


def records_in(index: Any) -> Iterator[IndexedRecord]:
    """Yield all records of an index as they were put."""
    searcher = index.searcher()
    query = tantivy.Query.term_query(index.schema, "is", docs.RECORD, "basic")
    total = searcher.num_docs
    for first in range(0, total, _BATCH):
        for _, place in searcher.search(
            query, limit=_BATCH, offset=first, order_by_field="by_reference_code"
        ).hits:
            found = searcher.doc(place)
            card = Card.parse(bytes(found.get_first("card")))
            original, start = docs.original_of(found)
            yield record_of(card, original[start:])


def is_mostly_dead(shelf: Path) -> bool:
    """Say whether more documents were removed than stand, some small number aside."""
    segments = json.loads((shelf / "meta.json").read_bytes())["segments"]
    dead = sum((each.get("deletes") or {}).get("num_deleted_docs", 0) for each in segments)
    live = sum(each["max_doc"] for each in segments) - dead
    return bool(dead > max(live // 2, _FEW_DEAD))
