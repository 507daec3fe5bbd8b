"""Headings: what clerks call the fields of an order, and which field each name means (表头)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from index.analysis import normalise
from pipeline.intake.leaves import leaves_of, lists_of
from pipeline.intake.order import OrderForm

ORDER = "order"
IGNORED = "ignored"
OPTION = "条款选项："
EXTENSION = "扩展："

_OPEN = ((OPTION, "terms"), (EXTENSION, "extensions"))
_NOISE = re.compile(r"[\s*＊:：()\[\]【】{}<>]|必填|选填")
_PERCENT = re.compile(r"%\s*[)）]?\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a name means: the path of a field, or why it is refused; `per_cent` from its %."""

    path: str = ""
    refused: str = ""
    per_cent: bool = False


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of one part of the order, folded for comparing."""

    labels: Mapping[str, str]
    paths: Mapping[str, str]


def heading_of(text: str, section: str) -> Heading | None:
    """Return what `text` means as a name in `section`; None where nobody knows it.

    In a table of rows the order's own names are known too: exports repeat them on every line.
    """
    folded = _fold(text)
    for start, part in _OPEN:
        if section == ORDER and folded.startswith(_fold(start)):
            rest = re.split("[:：]", text, maxsplit=1)
            return Heading(f"{part}.{rest[1].strip()}") if len(rest) > 1 else None
    path = _names(section).paths.get(folded)
    if path is not None:
        return Heading(path, per_cent=bool(_PERCENT.search(text)))
    refused = _refused().get(folded)
    return Heading(refused=refused) if refused else None


def label_of(path: str) -> str:
    """Return the first name of the field at `path` (positions left out), the path without one."""
    plain = re.sub(r"\[\d+\]", "", path)
    section, _, rest = plain.partition(".")
    if section in lists_of(OrderForm):
        return _names(section).labels.get(rest, plain) if rest else sheet_of(section)
    for start, part in _OPEN:
        if section == part and rest:
            return f"{start}{rest}"
    return _names(ORDER).labels.get(plain, plain)


def sheet_of(section: str) -> str:
    """Return the first name of the sheet that holds `section`."""
    name: str = _data()["sheets"][section][0]
    return name


def section_of(sheet: str) -> str | None:
    """Return which part of an order a sheet of this name holds; None where it says nothing."""
    return _sections().get(_fold(sheet))


def _leaves(section: str) -> tuple[str, ...]:
    if section == ORDER:
        lists = lists_of(OrderForm)
        return tuple(path for path in leaves_of(OrderForm) if path.partition(".")[0] not in lists)
    return tuple(path for path in leaves_of(OrderForm) if path.startswith(f"{section}."))


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    return _NOISE.sub("", normalise(text)).replace("帐", "账")


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("headings.toml").read_text("utf-8"))


@cache
def _names(section: str) -> _Names:
    start = "" if section == ORDER else f"{section}."
    own: Mapping[str, list[str]] = _data()[section]
    paths = {_fold(leaf): leaf for leaf in _leaves(section)}
    paths |= {_fold(name): f"{start}{key}" for key, names in own.items() for name in names}
    if section == ORDER:
        paths |= {
            _fold(name): f"extensions.{key}"
            for key, names in _data()["kept"].items()
            for name in names
        }
    return _Names(labels={key: names[0] for key, names in own.items()}, paths=paths)


@cache
def _refused() -> Mapping[str, str]:
    return {_fold(name): why for name, why in _data()["refused"].items()}


@cache
def _sections() -> Mapping[str, str]:
    named = {_fold(name): key for key, names in _data()["sheets"].items() for name in names}
    return named | {_fold(section): section for section in lists_of(OrderForm)}
