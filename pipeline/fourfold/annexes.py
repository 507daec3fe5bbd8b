"""Annexes: whether what a text says is annexed to it is there, in it or beside it (附件).

Our own papers name their annexes one way and carry them behind their text, a change or a report
those of its contract. A paper taken in says it in its own words, or in letters read off a
picture: what is not seen there is a question to people, never a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from archive.takingin import KIND, RECOGNISED
from pipeline.fourfold.exhibit import Exhibit, Row
from pipeline.fourfold.means import Means
from pipeline.fourfold.verdicts import Verdict, by_people, judged, not_applicable
from templates.annexes import headed_annexes, named_annexes

_FIGURE: Final = "[一二三四五六七八九十]{1,3}|[0-9]{1,2}"
_ANY: Final = re.compile(rf"附件\s*({_FIGURE})(?![0-9])")
_AT_HEAD: Final = re.compile(rf"\s*附件\s*({_FIGURE})(?![0-9])")
_HEAD_LINES: Final = 3
_DIGITS: Final = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
_TEN: Final = 10


def annexed(exhibit: Exhibit, _means: Means) -> Verdict:
    """WZ05: every annex a text names is in it, or in the dossier."""
    problems: list[str] = []
    questions: list[str] = []
    compared: list[str] = []
    texts = {item["number"]: _text(exhibit, item) for item in exhibit.items}
    ours = {
        each
        for item in exhibit.items
        if item["kind"] != KIND
        for each in headed_annexes(texts[item["number"]])
    }
    brought = set(_brought(exhibit.items, texts))
    for item in exhibit.items:
        number, text = item["number"], texts[item["number"]]
        if item["kind"] == KIND:
            asked = {_value(each) for each in _ANY.findall(text)}
            questions += [
                f"{number}：文中提到附件 {each}，卷内没有认出" for each in asked - brought
            ]
            compared += [f"{number} 附件 {each}" for each in sorted(asked & brought)]
        else:
            listed = set(named_annexes(text))
            held = headed_annexes(text) if item["kind"] == "contract" else ours
            problems += [
                f"{number}：列有附件{each}，正文之后没有" for each in sorted(listed - held)
            ]
            compared += [f"{number} 附件{each}" for each in sorted(listed & held)]
    if problems:
        return judged(problems)
    if questions:
        return by_people("；".join(sorted(questions)))
    return judged((), *compared) if compared else not_applicable("正文没有列附件")


def _brought(items: Iterable[Row], texts: dict[str, str]) -> Iterator[int]:
    """Yield the annexes that papers taken in are or carry: by title, file name, head of a page."""
    for item in items:
        if item["kind"] != KIND:
            continue
        name = item["description"]["accession"]["file"]
        for said in (item["title"], name):
            yield from map(_value, _ANY.findall(said))
        for page in texts[item["number"]].split("\f"):
            for line in page.strip().splitlines()[:_HEAD_LINES]:
                if found := _AT_HEAD.match(line):
                    yield _value(found[1])


def _text(exhibit: Exhibit, item: Row) -> str:
    files = (exhibit.file(item, role) for role in ("text", RECOGNISED))
    return "\f".join(
        exhibit.content(file["path"]).decode(errors="replace")
        for file in files
        if file is not None and file["path"] in exhibit.files
    )


def _value(figure: str) -> int:
    """Return the number of an annex: 3, 三, 十二."""
    if figure.isdigit():
        return int(figure)
    tens, ten, ones = figure.rpartition("十")
    return (_DIGITS.get(tens, 1) * _TEN if ten else 0) + _DIGITS.get(ones, 0)
