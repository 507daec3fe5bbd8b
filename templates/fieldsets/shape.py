"""Shape: what fields are made of, and the ways to walk them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Fields = Mapping[str, object]
"""Nested: text, mappings of fields, or lists of mappings; nothing else ever stands in it."""

UNUSED = "/"
"""What stands where nothing is to be written, so that nobody can add it later."""


def flatten(fields: Fields) -> dict[str, str]:
    """Return every text by its path: `party_a.name`, `items.0.amount`."""
    found: dict[str, str] = {}
    _gather(fields, "", found)
    return found


def _gather(value: object, path: str, found: dict[str, str]) -> None:
    # dict before Mapping: asking an abstract class costs more than the rest of the walk.
    if isinstance(value, str):
        found[path] = value
    elif isinstance(value, (dict, Mapping)):
        for name, inner in value.items():
            _gather(inner, f"{path}.{name}" if path else str(name), found)
    elif isinstance(value, (list, Sequence)):
        for place, inner in enumerate(value):
            _gather(inner, f"{path}.{place}", found)
    else:
        raise TypeError(f"{path} is no text but {type(value).__name__}")


def paths_of(fields: Fields) -> set[str]:
    """Return the path of every text, all rows of a list as one: `items[].amount`."""
    found: set[str] = set()
    _note(fields, "", found)
    return found


def _note(value: object, path: str, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(path)
    elif isinstance(value, (dict, Mapping)):
        for name, inner in value.items():
            _note(inner, f"{path}.{name}" if path else str(name), found)
    elif isinstance(value, (list, Sequence)):
        for inner in value:
            _note(inner, f"{path}[]", found)


def merged(standard: Mapping[str, str], agreed: Fields) -> Fields:
    """Return `agreed` with the dotted names of `standard` added where it says nothing."""
    whole: dict[str, object] = dict(agreed)
    for path, text in standard.items():
        group, _, name = path.rpartition(".")
        if not group or "." in group:
            raise ValueError(f"a standard value is named group.name, not {path!r}")
        inner = whole.get(group, {})
        if not isinstance(inner, Mapping):
            raise TypeError(f"{group} is a list and takes no standard value {path!r}")
        whole[group] = {name: text} | dict(inner)
    return whole


def replaced(fields: Fields, path: str, text: str) -> Fields:
    """Return `fields` with `text` at `group.name`."""
    group, _, name = path.partition(".")
    inner = fields.get(group, {})
    if not isinstance(inner, Mapping):
        raise TypeError(f"{group} is a list, {path!r} has no place in it")
    return {**fields, group: {**inner, name: text}}
