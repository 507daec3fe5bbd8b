"""Registers on a PostgreSQL server of the tests' own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import ServerMissing, empty_database, running_server

from archive.db import Register, open_register
from archive.upgrading import upgrade

_NAMES = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """Return the folder of the running server's socket."""
    try:
        with running_server(durable=False) as folder:
            yield folder
    except ServerMissing:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")


@pytest.fixture
def address(server: Path) -> Iterator[str]:
    """Return the address of an empty database."""
    with empty_database(server, f"register{next(_NAMES)}") as address:
        yield address


@pytest.fixture
def register(address: str) -> Iterator[Register]:
    """Return an empty register on the server."""
    register = open_register(address)
    upgrade(register)
    yield register
    register.engine.dispose()
    register.read.kw["bind"].dispose()
