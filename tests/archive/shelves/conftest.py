"""Builders for the shelves' tests: papers as the flow hands them over, filed for real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from office import Office

from archive.db import Register
from archive.fileplan import FilePlan
from archive.numbering import NumberingRules
from archive.rulesets import packaged
from archive.store import Store


@pytest.fixture
def an_office(
    fresh_register: Callable[[], Register], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Office]:
    """Return a maker of offices, each with its own home."""

    def make() -> Office:
        home: Path = tmp_path_factory.mktemp("home")
        return Office(
            register=fresh_register(),
            store=Store(home / "archive", home / "work" / "staging"),
            plan=FilePlan.load(packaged("fileplan")),
            rules=NumberingRules.load(packaged("numbering")),
        )

    return make


@pytest.fixture
def office(an_office: Callable[[], Office]) -> Office:
    return an_office()
