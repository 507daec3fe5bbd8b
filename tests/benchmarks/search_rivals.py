"""What a user would take instead: jieba in Whoosh, SQLite FTS5 with its trigrams or with pairs."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from index.library import IndexedRecord

Ask = Callable[..., int]
"""Answer a query with counts and a page of hits and return how many there are; of that alone
with `page=False`."""


def jieba_whoosh(records: Iterable[IndexedRecord], folder: Path) -> Ask:
    """Build with jieba's analyzer; its own query parser, facets and highlights.

    Highlighting segments each of ten texts again: some 28 ms of CPU a text of 4 KB.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        from jieba.analyse import ChineseAnalyzer
        from whoosh import fields, index, qparser

    jieba.setLogLevel(60)
    jieba.initialize()
    text = fields.TEXT(stored=True, analyzer=ChineseAnalyzer())
    shape = fields.Schema(code=fields.ID(stored=True), year=fields.ID(sortable=True), text=text)
    store = index.create_in(str(folder), shape)
    writer = store.writer(limitmb=128)
    for record in records:
        year = str(record.formed_on.year)
        writer.add_document(code=record.reference_code, year=year, text=record.text)
    writer.commit()
    parser = qparser.QueryParser("text", shape)
    searcher: Any = store.searcher()

    def ask(query: str, *, page: bool = True) -> int:
        found = searcher.search(parser.parse(query.partition(" 年度")[0]), groupedby="year")
        for hit in found if page else ():
            hit.highlights("text")
        return len(found)

    return ask


def fts5_trigram(records: Iterable[IndexedRecord], folder: Path) -> Ask:
    """Build SQLite's own full text with the tokenizer its manual names for Chinese."""
    base = sqlite3.connect(folder / "fts.db")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(code, year, text, tokenize='trigram')")
    base.executemany(
        "INSERT INTO t VALUES (?, ?, ?)",
        ((each.reference_code, str(each.formed_on.year), each.text) for each in records),
    )
    base.commit()

    def ask(query: str, *, page: bool = True) -> int:
        words = _words(query)
        match = " AND ".join(f'"{word}"' for word in words)
        rows = base.execute("SELECT year, count(*) FROM t WHERE t MATCH ? GROUP BY year", (match,))
        total = sum(count for _, count in rows)
        if not page:
            return total
        base.execute(
            "SELECT code, snippet(t, 2, '【', '】', '…', 40) FROM t WHERE t MATCH ?"
            " ORDER BY rank LIMIT 20",
            (match,),
        ).fetchall()
        return total

    return ask


def fts5_pairs(records: Iterable[IndexedRecord], folder: Path) -> Ask:
    """Build SQLite's full text over each letter with the next, as a careful user would."""
    base = sqlite3.connect(folder / "fts.db")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(pairs, tokenize='unicode61', content='')")
    base.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, code, year, text)")
    for number, each in enumerate(records, start=1):
        row = (number, each.reference_code, str(each.formed_on.year), each.text)
        base.execute("INSERT INTO kept VALUES (?, ?, ?, ?)", row)
        base.execute(
            "INSERT INTO t(rowid, pairs) VALUES (?, ?)", (number, " ".join(_pairs(each.text)))
        )
    base.commit()

    def ask(query: str, *, page: bool = True) -> int:
        words = _words(query)
        match = " AND ".join(_phrase(word) for word in words)
        rows = base.execute(
            "SELECT year, count(*) FROM t JOIN kept ON id = t.rowid WHERE t MATCH ? GROUP BY year",
            (match,),
        )
        total = sum(count for _, count in rows)
        if page:
            best = base.execute(
                "SELECT text FROM t JOIN kept ON id = t.rowid WHERE t MATCH ?"
                " ORDER BY rank LIMIT 20",
                (match,),
            )
            for (text,) in best:
                at = max(0, text.find(words[0]) - 20)
                text[at : at + 120].replace(words[0], f"【{words[0]}】")
        return total

    return ask


def _words(query: str) -> list[str]:
    return query.partition(" 年度")[0].replace('"', "").split()


def _pairs(text: str) -> list[str]:
    letters = "".join(filter(str.isalnum, text))
    return [letters[place : place + 2] for place in range(len(letters))]


def _phrase(word: str) -> str:
    pairs = _pairs(word)
    return f'"{pairs[0]}"*' if len(pairs) == 1 else f'"{" ".join(pairs[:-1])}"'
