"""Naming: what a file's name says of its paper, as far as it can be read (由文件名著录)."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from pipeline.takingin.catalogue import Entry, day_in

_DAY: Final = re.compile(
    r"(?<![0-9])([12][0-9]{3})([-._年/]?)([01]?[0-9])([-._月/]?)([0-3]?[0-9])日?(?![0-9])"
)
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8}){1,5}(?![A-Za-z0-9])"
    r"|[一-鿿]{1,6}[〔\[(（][12][0-9]{3}[〕\])）]第?[0-9]{1,5}号"
)
_EDGES: Final = " \t-_—.，,、（）()+&"


def entry_of(path: str) -> Entry:
    """Return what the name of the file at relative `path` says; the rest is left unknown."""
    stem = PurePosixPath(path).stem
    number, rest = _taken(_NUMBER, stem)
    if not any(char.isdigit() for char in number):
        number, rest = "", stem
    found = _DAY.search(rest)
    signed_on = None
    if found is not None:
        signed_on = day_in(f"{found[1]}-{found[3]}-{found[5]}") if _is_day(found) else None
        if signed_on is not None:
            rest = rest[: found.start()] + " " + rest[found.end() :]
    title = " ".join(rest.split()).strip(_EDGES)
    return Entry(
        place="",
        files=path,
        title=title if any(char.isalpha() for char in title) else "",
        number=number,
        signed_on=signed_on,
        signed_year=signed_on.year if signed_on else None,
    )


def _is_day(found: re.Match[str]) -> bool:
    """Return whether the figures are written as a day: both marks, or eight figures in a row."""
    if found[2]:
        return bool(found[4])
    return not found[4] and len(found[3]) == len(found[5]) == 2  # noqa: PLR2004 - MM and DD


def _taken(grammar: re.Pattern[str], text: str) -> tuple[str, str]:
    found = grammar.search(text)
    if found is None:
        return "", text
    return found[0], f"{text[: found.start()]} {text[found.end() :]}"
