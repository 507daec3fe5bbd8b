"""Committing: Whoosh's files written, made sure of and noted, in an order a crash cannot hurt."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.analysis import ANALYZER
from index.engines.frame import once
from index.engines.quiet import (
    MERGE_SMALL,
    TOC,
    FileStorage,
    SegmentReader,
    SegmentWriter,
    clean_files,
    whoosh3,
)
from index.engines.shelf import row_of, schema
from index.engines.state import STATE, State, clear_shelves, prove, sync, write_state
from index.library import IndexedRecord

ENGINE = "whoosh"
FORMAT = 5
NAME = "MAIN"
_MEMORY_MB = 128
_WORN = 3
_BLOCK = 1024  # postings; lists are always read whole


class _Writer(SegmentWriter):  # type: ignore[misc]  # Whoosh has no types
    """A writer that leaves the last generation's files until the next is noted."""

    def _commit_toc(self, segments: list[Any]) -> None:
        TOC(self.schema, segments, self.generation).write(self.storage, self.indexname)


class _Generation:
    """One generation of a shelf, as much of it as a writer asks for."""

    indexname = NAME

    def __init__(self, shelf: Path, generation: int) -> None:
        self.storage = FileStorage(str(shelf))
        self._generation = generation

    def lock(self, name: str) -> Any:
        return self.storage.lock(f"{NAME}_{name}")

    def _read_toc(self) -> Any:
        """Return its contents: what a killed writer left beyond them is as if never written."""
        return contents(self.storage, self._generation)


def found(
    folder: Path, records: Iterable[IndexedRecord], *, applied: int, note: str, server: str | None
) -> None:
    """Build a shelf of `records` and make it the one that `note` names."""
    del server
    shelf = folder / f"shelf-{secrets.token_hex(6)}"
    with ExitStack() as undo:
        shelf.mkdir()
        undo.callback(shutil.rmtree, shelf, ignore_errors=True)
        TOC.create(FileStorage(str(shelf)), schema(), NAME)
        with _committing(shelf, generation=0) as writer:
            for record in once(records):
                writer.add_document(**row_of(record))
        keep(folder, State(ENGINE, FORMAT, ANALYZER, shelf.name, 1, applied, {}), note)
        undo.pop_all()


def commit(shelf: Path, rows: Sequence[Mapping[str, Any]], gone: Iterable[str], base: int) -> int:
    """Put `rows`, and remove the records of `gone`, in a generation after `base`; return it.

    It counts from the moment it is noted.
    """
    storage = FileStorage(str(shelf))
    clean_files(storage, NAME, base, contents(storage, base).segments)  # of a killed writer
    with _committing(shelf, generation=base) as writer:
        reader = writer.reader()
        try:
            for code in (*gone, *(row["code"] for row in rows)):
                if ("code", code) in reader:
                    for place in list(reader.postings("code", code).all_ids()):
                        writer.delete_document(place)
        finally:
            reader.close()
        for row in rows:
            writer.add_document(**row)
    return base + 1


def _codec() -> Any:
    """Return Whoosh's codec without what only scoring needs, or saves little space at much time.

    Field lengths are looked up per posting by a file's existence: half of all building time.
    """
    codec = whoosh3.W3Codec(blocklimit=_BLOCK, compression=0)
    codec.length_stats = False
    return codec


@contextmanager
def _committing(shelf: Path, *, generation: int) -> Iterator[Any]:
    """Give a writer that commits at the end, or leaves all as it was."""
    writer = _Writer(
        _Generation(shelf, generation), limitmb=_MEMORY_MB, compound=False, codec=_codec()
    )
    with ExitStack() as undo:
        undo.callback(writer.cancel)
        yield writer
        undo.pop_all()
    writer.commit(mergetype=_renewed)


def _renewed(writer: Any, segments: Sequence[Any]) -> Any:
    """Copy what lives of segments a third of which is dead into the new one; return the others.

    So an index is never twice as large as what lives in it.
    """
    sound = []
    for segment in segments:
        if segment.deleted_count() * _WORN <= segment.doc_count_all():
            sound.append(segment)
        elif segment.doc_count():
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return MERGE_SMALL(writer, sound)


def contents(storage: Any, generation: int) -> Any:
    """Return the table of contents of one generation; raises FileNotFoundError."""
    return TOC.read(storage, NAME, gen=generation)


def keep(folder: Path, state: State, note: str = STATE) -> None:
    """Make sure of the files of a generation, note it, and clear away what came before.

    The note is the commit: until it is written the last generation stands, whole.
    """
    shelf = folder / state.shelf
    storage = FileStorage(str(shelf))
    segments = contents(storage, state.generation).segments
    files = {}
    for name in _names(storage, segments, state.generation):
        if name in state.files:
            files[name] = state.files[name]
        else:
            sync(shelf / name)
            files[name] = prove(shelf / name)
    sync(shelf)
    write_state(folder, replace(state, files=files), note)
    clean_files(storage, NAME, state.generation, segments)
    clear_shelves(folder)


def _names(storage: Any, segments: Iterable[Any], generation: int) -> list[str]:
    """Return the names of the files of a generation."""
    known = {segment.segment_id() for segment in segments}
    pattern = TOC._segment_pattern(NAME)  # noqa: SLF001 no public name
    own = TOC._filename(NAME, generation)  # noqa: SLF001 no public name
    matches = {name: pattern.match(name) for name in storage.list()}
    return sorted([own, *(name for name, found in matches.items() if found and found[1] in known)])
