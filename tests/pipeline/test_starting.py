"""A command loads only what it needs: whoever asks waits for nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.library import IndexedRecord
from index.opening import rebuild

_DEAR = ("docx", "docxtpl", "fontTools", "lxml", "pikepdf", "pyhanko", "pypdf", "sqlalchemy")
_ENGINES = ("psycopg", "tantivy", "whoosh")
_ASKED = """
import json, sys
from pipeline.cli import main
try:
    main(json.loads(sys.argv[1]))
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted(sys.modules)))
"""


def loaded_by(*arguments: str) -> set[str]:
    asked = [sys.executable, "-c", _ASKED, json.dumps(arguments)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one filed record in its index."""
    home = tmp_path_factory.mktemp("home")
    loaded_by("--home", str(home), "init")
    day = date(2026, 3, 9)
    row: dict[str, Any] = {
        field.name: "青川" for field in fields(IndexedRecord) if field.default is MISSING
    }
    dated = {"formed_on": day, "filed_on": day, "persons": (), "amount": None}
    rebuild(home / "index", [IndexedRecord(**{**row, **dated})], 1)
    return home


def test_the_version_is_told_without_loading_what_works() -> None:
    loaded = loaded_by("--version")
    assert loaded.isdisjoint((*_DEAR, *_ENGINES, "pydantic", "index.library"))


@pytest.mark.parametrize("command", ["search", "suggest"])
def test_who_searches_waits_for_the_index_alone(command: str, home: Path) -> None:
    loaded = loaded_by("--home", str(home), command, "青川")
    assert "index.engines.whoosh" in loaded
    assert loaded.isdisjoint((*_DEAR, "psycopg", "tantivy"))


def test_what_is_not_needed_to_search_is_loaded_where_it_is(home: Path) -> None:
    assert "sqlalchemy" in loaded_by("--home", str(home), "numbers", "list")
