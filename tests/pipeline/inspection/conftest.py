from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from inspecting import a_contract, with_printer
from keepers import Keeping


@pytest.fixture
def inspected(a_home: Callable[[], Keeping]) -> Iterator[Keeping]:
    """Return a home with three filed contracts, all sound."""
    keeping = with_printer(a_home())
    for number in range(1, 4):
        a_contract(keeping, f"XSDD-2026-{number:04}")
    keeping.at("2026-03-20")
    yield keeping
    keeping.workplace.close()
