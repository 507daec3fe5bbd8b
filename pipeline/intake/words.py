"""Words: what the fields of every form are called in talk with people (字段名称)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipeline.intake.headings import label_of

ORDER_KIND = "contract"
"""The kind whose form is the order; its names stand in headings.toml."""

_POSITION = re.compile(r"\[(\d+)\]")


def word_of(kind: str, path: str) -> str:
    """Return what the field at `path` (positions left out) of the form of `kind` is called.

    A path nobody named is returned as it is.
    """
    own = _words().get(kind, {}) if kind != ORDER_KIND else {}
    shared = _words()["every"]
    if path in own:
        return own[path]
    label = label_of(path)
    if kind == ORDER_KIND and label != path:
        return label
    return shared.get(path, label)


def place_in_words(kind: str, place: str) -> str:
    """Return ``交付节点第 2 项（完成期限）`` for ``milestones[1].due``; other places unchanged."""
    found = _POSITION.search(place)
    plain = _POSITION.sub("", place)
    word = _short(word_of(kind, plain))
    if found is None:
        return word
    rows = place[: found.start()]
    row = f"{_short(word_of(kind, rows))}第 {int(found[1]) + 1} 项"
    return row if plain == rows else f"{row}（{word}）"


def _short(word: str) -> str:
    """Return a word without the remark on how to write it that follows a comma."""
    return word.partition("，")[0]


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
