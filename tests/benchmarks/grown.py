"""A register that has grown: one filed contract's rows, written again under other terms.

    from grown import grow

Every row of every table that the contract left is cloned, with its own ids, numbers, digests,
parties and amounts, so that each table and each index is as large as after so many contracts.
Their ids lie below those of what was filed, so that the newest papers are real ones: nothing of
the clones stands on the shelves, where the start of the worker looks for the newest alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

YEAR = 2019
"""The year of the clones' numbers: what is filed after them counts in its own."""

_PARTIES = ("云帆数据", "青禾园区", "远山医药", "海岳重工", "北辰软件", "松江水务", "同济材料")
_DIGEST = re.compile(r"[0-9a-f]{32,64}")
_OWNED = {"instrument_id": "instruments", "dossier_id": "dossiers", "record_id": "records"}
_KEYS = ("id", "seq")
_LEFT = {"alembic_version", "counters", "seal_changes"}
_TOGETHER = 2000
_BELOW = 1000
"""How far below the real ids those of clones end: a trigger of SQLite takes a new row's for -1."""

Rows = dict[str, list[dict[str, Any]]]


def grow(database: Path, count: int) -> None:
    """Clone the one contract of the register `count` times."""
    with sqlite3.connect(database) as connection:
        connection.row_factory = sqlite3.Row
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
        pattern = _pattern(connection)
        makes = _Maker(pattern)
        for first in range(1, count + 1, _TOGETHER):
            made: Rows = {table: [] for table in pattern}
            for number in range(first, min(first + _TOGETHER, count + 1)):
                for table, rows in makes.clone(number).items():
                    made[table] += rows
            for table, rows in made.items():
                _insert(connection, table, rows)
        connection.execute("PRAGMA optimize")
    connection.close()


def _pattern(connection: sqlite3.Connection) -> Rows:
    tables = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    found = {
        table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
        for table in tables
        if table not in _LEFT and not table.startswith("sqlite_")
    }
    order_no = found["dossiers"][0]["order_no"]
    found["events"] = [row for row in found["events"] if row["chain"] == order_no]
    return {table: rows for table, rows in found.items() if rows}


def _insert(connection: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    words = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    connection.executemany(words, [tuple(row.values()) for row in rows])


class _Maker:
    """Makes clones: the pattern as one text, cut where a clone says something else."""

    def __init__(self, pattern: Rows) -> None:
        self._strides = {table: 1 + max(map(_key, rows)) for table, rows in pattern.items()}
        dossier, paper = pattern["dossiers"][0], pattern["instruments"][0]
        use = pattern["seal_uses"][0]["number"]
        self._order = dossier["order_no"]
        self._words = {
            dossier["code"]: re.sub(r"2026·(\w+)-\d+$", rf"{YEAR}·\1-%04d", dossier["code"]),
            dossier["code"].replace("·", "."): re.sub(
                r"2026·(\w+)-\d+$", rf"{YEAR}·\1-%04d", dossier["code"]
            ).replace("·", "."),
            dossier["order_no"]: f"XSDD-{YEAR}-S%06d",
            paper["number"]: paper["number"].replace("2026", str(YEAR)).rsplit("-", 1)[0] + "-%06d",
            use: use.replace("2026", str(YEAR)).rsplit("-", 1)[0] + "-%06d",
        }
        self._party = paper["party_a"]
        text = json.dumps(pattern, ensure_ascii=False)
        known = "|".join(map(re.escape, sorted((*self._words, self._party), key=len, reverse=True)))
        self._parts = re.split(f"({known}|{_DIGEST.pattern})", text)

    def clone(self, number: int) -> Rows:
        """Return clone `number`."""
        rows: Rows = json.loads("".join(self._said(number)))
        for table, each in rows.items():
            for row in each:
                self._renumber(table, row, number)
        return rows

    def _said(self, number: int) -> Iterator[str]:
        for place, part in enumerate(self._parts):
            if place % 2 == 0:
                yield part
            elif part == self._party:
                yield f"{_PARTIES[number % 7]}（{number % 997}）有限公司"
            elif part in self._words:
                yield self._words[part] % number
            else:
                yield hashlib.sha256(f"{number}{part}".encode()).hexdigest()[: len(part)]

    def _renumber(self, table: str, row: dict[str, Any], number: int) -> None:
        for key in _KEYS:
            if key in row and (key == "id" or table == "outbox"):
                row[key] -= _BELOW + number * self._strides[table]
        for name, owner in _OWNED.items():
            if row.get(name) is not None:
                row[name] -= _BELOW + number * self._strides[owner]
        if table == "numbers":
            row |= {
                "year": YEAR,
                "value": row["value"] if row["series"].startswith("item:") else number,
            }
        if table == "dossiers":
            row |= {"year": YEAR, "volume_no": number}
        if table == "instruments":
            row["amount"] = 1_000_000 + number * 3701 % 90_000_000


def _key(row: dict[str, Any]) -> int:
    return int(row.get("id", row.get("seq", 0)))
