"""Whatever a Word file tries, it is refused in Chinese, or it is no template at all."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from templates.errors import Level
from templates.fitting.fitness import Fitness
from templates.parsing import Unparsable, parse

Check = Callable[[bytes], Fitness]
# What the filling itself would refuse, were such a file put into a home by hand.
REFUSED_WHEN_FILLED = (
    "entity", "outside", "zip", "unpacks", "too many", "path", "part", "encrypted", "macro",
    "tag", "letters", "many openers",
)  # fmt: skip
LEFT_TO_THE_CHECK = ("{# ", "{{r ", "in a formula", "macro type", "party_a.__", "self", "lipsum")
"""What parses, and is no field when it is filled: the filling refuses it for want of a value."""


def _cases() -> Iterator[Any]:
    place = Path(__file__).with_name("hostile.py")
    spec = importlib.util.spec_from_file_location("hostile", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield from module.cases()


CASES = tuple(_cases())


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", CASES, ids=[name for name, _, _ in CASES])
def test_it_is_refused_in_words_that_say_what_and_where(
    check: Check, firm_file: bytes, case: tuple[str, Callable[[bytes], bytes], str]
) -> None:
    name, make, said = case
    content = make(firm_file)
    found = check(content)
    blocking = [each for each in found.findings if each.level is Level.BLOCK]

    assert not found.is_fit
    assert any(said in f"{each.place}{each.message}" for each in blocking), blocking
    assert all(re.search("[\u4e00-\u9fff]", each.message) for each in blocking)
    assert all(each.place for each in blocking)
    if name.startswith(REFUSED_WHEN_FILLED) and not any(one in name for one in LEFT_TO_THE_CHECK):
        with pytest.raises(Unparsable) as refused:
            parse(content)
        assert all(re.search("[\u4e00-\u9fff]", each) for each in refused.value.problems)


def test_the_file_they_are_all_made_of_is_fit(check: Check, firm_file: bytes) -> None:
    assert check(firm_file).is_fit
