"""Legible: what a form says of others' names and titles, in characters that can be printed.

A file or a title taken in may hold characters no face has. A form that names it says their
code points, `〔U+FFFD〕`, where a box would tell nothing and nothing at all would be worse.
Documents of the firm's own are never changed so: they are refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from templates.errors import RendererMissing
from templates.rendering.fonts import covers

_Said = TypeVar("_Said")


def legible(fonts: Path, said: _Said) -> _Said:
    """Return `said`, texts and what holds them, with no character that `fonts` cannot print.

    Where the fonts are not prepared it is returned as it is: nothing can be printed anyway.
    """
    try:
        missing = covers(fonts, set("".join(_texts(said))))
    except RendererMissing:
        return said
    if not missing:
        return said
    codes = {ord(char): f"〔U+{ord(char):04X}〕" for char in missing}
    spelled: _Said = _spelled(said, codes)
    return spelled


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, Mapping):
        for name, value in said.items():
            yield from _texts(name)
            yield from _texts(value)
    elif isinstance(said, list | tuple):
        for each in said:
            yield from _texts(each)
    elif dataclasses.is_dataclass(said):
        for each in dataclasses.fields(said):
            yield from _texts(getattr(said, each.name))


def _spelled(said: Any, codes: Mapping[int, str]) -> Any:
    if isinstance(said, str):
        return said.translate(codes)
    if isinstance(said, Mapping):
        return {_spelled(k, codes): _spelled(v, codes) for k, v in said.items()}
    if isinstance(said, list | tuple):
        return type(said)(_spelled(each, codes) for each in said)
    if dataclasses.is_dataclass(said) and not isinstance(said, type):
        names = [each.name for each in dataclasses.fields(said)]
        changed = {name: _spelled(getattr(said, name), codes) for name in names}
        return dataclasses.replace(said, **changed)
    return said
