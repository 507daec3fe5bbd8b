"""PostgreSQL: the engine for many machines; each index is a schema in one database.

A folder holds `state.json`, which names the schema; what was applied stands in the schema and
changes in the transaction that applies it.
"""

from __future__ import annotations

import os
import secrets
import socket
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from index.access import Access
from index.analysis import ANALYZER
from index.engines.frame import Frame, View, once, told_apart
from index.engines.lock import writing
from index.engines.postgresanswer import answer_of, codes_of, names_in
from index.engines.postgrestable import (
    FORMAT,
    comment,
    found_tables,
    index_tables,
    put_rows,
    reclaim,
)
from index.engines.state import NEXT, STATE, State, lock_of, read_state, write_state
from index.errors import EngineMissing, IndexDamaged, IndexLocked, IndexUnreachable
from index.lexicon import Lexicon, Lexicons
from index.library import Answer, IndexedRecord, IndexStatus, Library, Question

ENGINE = "postgres"
_PATIENCE = 10


def library(folder: Path, note: str, server: str | None) -> Library:
    """Return the library whose schema `note` names, on `server`."""
    return PostgresLibrary(folder, note, _given(server))


def found(
    folder: Path,
    records: Iterable[IndexedRecord],
    *,
    applied: int,
    note: str,
    server: str | None = None,
) -> None:
    """Build a schema of `records` in one transaction and make it the one that `note` names."""
    shelf = f"guidang_{secrets.token_hex(6)}"
    with _connected(_given(server)) as connection:
        with connection.transaction(), connection.cursor() as cursor:
            found_tables(cursor, shelf, str(folder.resolve()))
            put_rows(cursor, shelf, once(records))
            cursor.execute(f'UPDATE "{shelf}".note SET applied = %s', (applied,))  # noqa: S608 ours
            index_tables(cursor, shelf)
        write_state(folder, State(ENGINE, FORMAT, ANALYZER, shelf, 1, applied, {}), note)
        _clear_schemas(connection, folder)


class PostgresLibrary(Frame):
    """All records in one schema; threads take turns at one connection."""

    wanted = (ENGINE, FORMAT, ANALYZER)

    def __init__(self, folder: Path, note: str, server: str) -> None:
        super().__init__(folder, note)
        self._server = server
        self._connection: Any = None
        self._lexicons: tuple[object, Lexicons] | None = None

    def apply(self, put: Iterable[IndexedRecord], remove: Iterable[str], *, applied: int) -> None:
        """Put and remove in one transaction and note `applied`; applying twice changes nothing.

        Raises IndexLocked while another writes, ValueError on a code both put and removed.
        """
        records, gone = told_apart(put, remove)
        with writing(self._folder, lock_of(self._note)), self._at_work() as view:
            connection, shelf = view.connection, view.shelf
            with connection.transaction(), connection.cursor() as cursor:
                _lock(cursor, shelf)
                cursor.execute(
                    f'DELETE FROM "{shelf}".records WHERE code = ANY(%s)',  # noqa: S608 ours
                    ([*gone, *records],),
                )
                dead = cursor.rowcount
                put_rows(cursor, shelf, records.values())
                cursor.execute(
                    f'UPDATE "{shelf}".note SET dead = dead + %s,'  # noqa: S608 ours
                    " applied = greatest(applied, %s)",
                    (dead, applied),
                )
            reclaim(connection, shelf)

    def verify(self) -> None:
        """Read every row of the index again; raises IndexDamaged where one cannot be read."""
        with self._at_work() as view:
            columns = "card, text, spellings, original, terms"
            view.connection.execute(
                f'SELECT count(hashtext(({columns})::text)) FROM "{view.shelf}".records'  # noqa: S608
            ).fetchone()

    def _names(self, connection: Any, shelf: str) -> Lexicons:
        """Return the names of records, those in hand if nothing was applied since."""
        stamp = connection.execute(
            f'SELECT applied, xmin::text FROM "{shelf}".note'  # noqa: S608 our own name
        ).fetchone()
        if self._lexicons is None or self._lexicons[0] != (shelf, stamp):
            counts = partial(names_in, connection, shelf)
            self._lexicons = ((shelf, stamp), Lexicons(counts, self._sounds))
        return self._lexicons[1]

    @contextmanager
    def _at_work(self) -> Iterator[_View]:
        with self._turn:
            shelf = self._sound_state().shelf
            if self._connection is None or self._connection.closed:
                self._connection = _connect(self._server)
                weakref.finalize(self, self._connection.close)
            try:
                names = partial(self._names, self._connection, shelf)
                yield _View(self._connection, shelf, names)
            except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
                raise IndexDamaged(f"{shelf} is not on the server: {error}") from error
            except psycopg.OperationalError as error:
                with suppress(psycopg.Error):
                    self._connection.close()
                raise IndexUnreachable(str(error)) from error
            except psycopg.Error as error:
                raise IndexDamaged(f"{shelf} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class _View(View):
    """The schema in force, as each statement finds it."""

    connection: Any
    shelf: str
    names: Callable[[], Lexicons]

    def answer(self, question: Question, lexicon: Callable[[], Lexicon]) -> Answer:
        """Answer `question`; raises QuestionRefused."""
        return answer_of(question, self.connection, self.shelf, lexicon)

    def finds(self, question: Question, lexicon: Callable[[], Lexicon]) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises QuestionRefused."""
        return codes_of(question, self.connection, self.shelf, lexicon)

    def lexicon(self, access: Access) -> Lexicon:
        """Return the names of the records that `access` allows."""
        return self.names().of(access)

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records."""
        rows = self.connection.execute(f'SELECT code FROM "{self.shelf}".records')  # noqa: S608 ours
        return frozenset(code for (code,) in rows)

    def status(self, state: State) -> IndexStatus:
        """Return what stands in the index; what was applied stands on the server."""
        row = self.connection.execute(
            f'SELECT (SELECT count(*) FROM "{self.shelf}".records), applied, analyzer,'  # noqa: S608
            f' pg_total_relation_size(\'"{self.shelf}".records\') FROM "{self.shelf}".note'
        ).fetchone()
        return IndexStatus(state.engine, *row)


def _given(server: str | None) -> str:
    if not server:
        raise EngineMissing(ENGINE, "index.server")
    return server


def _connect(server: str) -> Any:
    """Return a connection whose plans know that reading a record's terms is dear.

    The planner takes it for free and would read every record where an index says which.
    """
    name = f"guidang process {os.getpid()} on {socket.gethostname()}"
    try:
        connection = psycopg.connect(
            server, autocommit=True, application_name=name[:63], connect_timeout=_PATIENCE
        )
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET jit = off")  # takes longer than any search
    except psycopg.OperationalError as error:
        raise IndexUnreachable(str(error)) from error
    return connection


@contextmanager
def _connected(server: str) -> Iterator[Any]:
    connection = _connect(server)
    try:
        yield connection
    finally:
        connection.close()


def _lock(cursor: Any, shelf: str) -> None:
    """Hold a shelf for writing until the transaction ends; raises IndexLocked naming who does."""
    key = zlib.crc32(shelf.encode())
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (key,))
    if not cursor.fetchone()[0]:
        cursor.execute(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objid = %s::bigint::oid",
            (key,),
        )
        holder = cursor.fetchone()
        raise IndexLocked(f"{shelf} is being written by {holder[0] if holder else 'another'}")


def _clear_schemas(connection: Any, folder: Path) -> None:
    """Drop the schemas of this index that no state names."""
    named = set()
    for note in (STATE, NEXT):
        with suppress(IndexDamaged):
            named.add(read_state(folder, note).shelf)
    rows = connection.execute(
        "SELECT nspname FROM pg_namespace WHERE obj_description(oid) = %s",
        (comment(str(folder.resolve())),),
    ).fetchall()
    for (name,) in rows:
        if name not in named:
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')
