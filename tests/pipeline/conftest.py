"""Homes to work in; what papers are judged by: the shipped rules, for the sample company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from keepers import Keeping, a_keeping

from archive.db import open_register
from archive.rulesets import packaged
from archive.upgrading import upgrade
from pipeline import samplefirms
from pipeline.checkrules import load_check_rules
from templates.checks.grounds import Grounds


@pytest.fixture(scope="session")
def judged_on() -> Callable[[date], Grounds]:
    rules = load_check_rules(packaged("checks"))
    return lambda day: Grounds(day, rules, samplefirms.COMPANY, samplefirms.COMPANY_USCC)


@pytest.fixture(scope="session")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of an empty register."""
    path = tmp_path_factory.mktemp("empty") / "guidang.db"
    register = open_register(path)
    upgrade(register)
    with register.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    register.engine.dispose()
    register.read.kw["bind"].dispose()
    return path.read_bytes()


@pytest.fixture
def a_home(
    empty_register: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Keeping]]:
    """Return a maker of homes, all closed at the end."""
    made: list[Keeping] = []

    def make() -> Keeping:
        root: Path = tmp_path_factory.mktemp("home") / "home"
        made.append(a_keeping(root, empty_register))
        return made[-1]

    yield make
    for keeping in made:
        keeping.workplace.close()
        keeping.workplace.register.read.kw["bind"].dispose()


@pytest.fixture
def keeping(a_home: Callable[[], Keeping]) -> Keeping:
    return a_home()
