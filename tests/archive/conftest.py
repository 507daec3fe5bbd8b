"""Builders for the archive's tests: real registers, and rows that name only what matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.db import Register, open_register
from archive.instruments import Instrument, InstrumentState
from archive.upgrading import upgrade

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
TERMS = "a" * 64


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of an empty register at the newest version."""
    path = tmp_path_factory.mktemp("migrated") / "guidang.db"
    register = open_register(path)
    upgrade(register)
    with register.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    dispose(register)
    return path.read_bytes()


@pytest.fixture(scope="session")
def empty_register(
    migrated: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[Register]]:
    """Return a way to an empty register that is closed where its `with` ends."""

    @contextmanager
    def make() -> Iterator[Register]:
        path = tmp_path_factory.mktemp("register") / "guidang.db"
        path.write_bytes(migrated)
        register = open_register(path)
        try:
            yield register
        finally:
            dispose(register)

    return make


@pytest.fixture
def fresh_register(
    empty_register: Callable[[], AbstractContextManager[Register]],
) -> Iterator[Callable[[], Register]]:
    """Return a maker of empty registers, all closed after the test."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(empty_register())


@pytest.fixture
def register(fresh_register: Callable[[], Register]) -> Register:
    """Return an empty register."""
    return fresh_register()


@pytest.fixture
def an_instrument() -> Callable[..., Instrument]:
    """Return a maker of drafted instruments."""

    def make(**changed: Any) -> Instrument:
        return Instrument(
            **(
                {
                    "kind": "contract",
                    "order_no": "XSDD-2026-0318",
                    "round": 0,
                    "revision": 1,
                    "source_sha256": "b" * 64,
                    "source_name": "order.json",
                    "state": InstrumentState.DRAFTED,
                    "type_code": "FW",
                    "title": "服务合同",
                    "party_a": "示例园区运营管理有限公司",
                    "party_b": "示例网络技术（北京）有限公司",
                    "terms_digest": TERMS,
                    "received_at": AT,
                }
                | changed
            )
        )

    return make


def dispose(register: Register) -> None:
    """Close both engines of `register`."""
    register.engine.dispose()
    register.read.kw["bind"].dispose()
