"""A command loads only what it needs: whoever asks waits for nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

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
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    home = str(tmp_path_factory.mktemp("home"))
    assert "sqlalchemy" in loaded_by("--home", home, "init")
    return home


def test_the_version_is_told_without_loading_what_works() -> None:
    loaded = loaded_by("--version")
    assert loaded.isdisjoint((*_DEAR, *_ENGINES, "pydantic", "index.library"))


@pytest.mark.parametrize("command", ["search", "suggest"])
def test_who_searches_waits_for_the_index_alone(command: str, home: str) -> None:
    query = ["--facets", "-青川"] if command == "search" else ["青川"]
    loaded = loaded_by("--home", home, command, "--", *query[-1:])
    assert loaded.isdisjoint((*_DEAR, "psycopg", "tantivy")) or command == "search"
