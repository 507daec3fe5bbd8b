"""Content: what a file says, as a tree of plain values, and where each of them stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from pipeline.intake.refusal import path_of
from templates.errors import Finding, Level

Step = str | int
WHOLE_FILE = "文件"

_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


class Places:
    """Where the fields of one file stand, in the words its sender sees: cell, line, XPath.

    `expected` says where a field that is not there would have to be written.
    """

    def __init__(self, expected: Callable[[str, str], str] | None = None) -> None:
        self._known: dict[str, str] = {}
        self._expected = expected

    def note(self, path: str, place: str) -> None:
        """Remember that the field at `path` stands at `place`; the first place stays."""
        self._known.setdefault(path, place)

    def of(self, path: str) -> str:
        """Return the place of `path`; without one, that of the part it belongs to."""
        if path in self._known:
            return self._known[path]
        parent = next((self._known[above] for above in _above(path) if above in self._known), "")
        if self._expected is not None and path != WHOLE_FILE:
            return self._expected(path, parent)
        return f"{parent}（{path}）" if parent else path

    def placed(self, finding: Finding) -> Finding:
        """Return `finding` with the place its sender sees in place of the path."""
        return replace(finding, place=self.of(finding.place))


def _above(path: str) -> Iterator[str]:
    steps = steps_of(path)
    for length in range(len(steps) - 1, 0, -1):
        yield path_of(steps[:length])


def steps_of(path: str) -> tuple[Step, ...]:
    """Return ("items", 2, "qty") for ``items[2].qty``; the sender's own names stay whole."""
    part, _, name = path.partition(".")
    if part in {"terms", "extensions"} and name:
        return part, name
    return tuple(
        int(match[2]) if match[2] is not None else match[1] for match in _STEP.finditer(path)
    )


@dataclass(slots=True)
class Content:
    """One order as its file says it, before it is measured by the form.

    `problems` are values that could not be read at all, by their path; `notes` is what a
    reader should know though nothing is wrong; `defaults` are the paths that the firm's
    rules filled, each with the rule it came from, `rules` which version of them.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    problems: dict[str, Finding] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)

    def put(self, path: str, value: Any, place: str) -> None:
        """Write `value` at `path`; lists grow to hold it."""
        steps = steps_of(path)
        at: Any = self.tree
        for step, following in pairwise(steps):
            at = _entered(at, step, [] if isinstance(following, int) else {})
        last = steps[-1]
        if isinstance(last, int):
            at.extend(None for _ in range(last + 1 - len(at)))
        at[last] = value
        self.places.note(path, place)

    def get(self, path: str) -> Any:
        """Return what stands at `path`, None where nothing does."""
        at: Any = self.tree
        for step in steps_of(path):
            try:
                at = at[step]
            except (KeyError, IndexError, TypeError):
                return None
        return at

    def refuse(self, path: str, place: str, message: str) -> None:
        """Note that what stands at `place` cannot be read; the first problem of a path stays."""
        self.places.note(path, place)
        self.problems.setdefault(path, Finding("K00", Level.BLOCK, place, message))

    def remark(self, place: str, message: str) -> None:
        """Note what a reader should look at."""
        self.notes.append(Finding("K00", Level.WARN, place, message))


def _entered(at: Any, step: Step, fresh: Any) -> Any:
    if isinstance(step, int):
        while len(at) <= step:
            at.append(type(fresh)())
        return at[step]
    return at.setdefault(step, fresh)


def leaves_in(tree: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every value below `tree` that is no part itself, with its path."""
    if isinstance(tree, Mapping):
        for name, inner in tree.items():
            yield from leaves_in(inner, (*path, name))
    elif isinstance(tree, list | tuple):
        for position, inner in enumerate(tree):
            yield from leaves_in(inner, (*path, position))
    else:
        yield path_of(path), tree
