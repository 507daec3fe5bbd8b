"""What a user would take instead: jieba in Whoosh, SQLite FTS5 with its trigrams."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from index.library import IndexedRecord

Ask = Callable[[str], int]


def jieba_whoosh(records: Iterable[IndexedRecord], folder: Path) -> Ask:
    """Build with jieba's analyzer; its own query parser, facets and highlights."""
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

    def ask(query: str) -> int:
        found = searcher.search(parser.parse(query.partition(" 年度")[0]), groupedby="year")
        for hit in found:
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

    def ask(query: str) -> int:
        words = query.partition(" 年度")[0].replace('"', "").split()
        match = " AND ".join(f'"{word}"' for word in words)
        rows = base.execute("SELECT year, count(*) FROM t WHERE t MATCH ? GROUP BY year", (match,))
        total = sum(count for _, count in rows)
        base.execute(
            "SELECT code, snippet(t, 2, '【', '】', '…', 40) FROM t WHERE t MATCH ?"
            " ORDER BY rank LIMIT 20",
            (match,),
        ).fetchall()
        return total

    return ask
