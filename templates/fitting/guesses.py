"""Guesses: which field a blank was most likely left for, by the words beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from templates.fitting.places import Line
from templates.fitting.vocabulary import Vocabulary

_LABEL = re.compile(r"([\u4e00-\u9fff]{1,12})(?:（[^（）]{0,12}）)?[：:为]?[\s\u3000￥¥“]*$")
_PARTIES = ("甲方", "乙方", "委托人", "受托人")
_USUAL = {
    "名称": "全称", "地址": "住所", "电话": "联系电话", "邮箱": "电子邮箱", "开户行": "开户银行",
    "账号": "银行账号", "税号": "统一社会信用代码", "大写": "含税总价大写", "人民币": "含税总价",
    "地点": "履行地点", "自": "服务开始日期", "起至": "服务结束日期", "签约日期": "签订日期",
}  # fmt: skip
"""How contracts name what the lexicon names otherwise, by the end of the label."""


def guess(line: Line, start: int, lines: Sequence[Line], known: Vocabulary) -> str:
    """Return a sentence that proposes the field for the blank at `start`, "" where none is near.

    The words before the blank say it, or the cell left of it where it begins its own.
    """
    before = line.text[:start]
    label = _LABEL.search(before) or _LABEL.search(_cell_before(line, lines))
    path = _path(label[1], before, known) if label else ""
    return f"；此处是否为 {{{{ {path} }}}}（{known.meaning(path)}）" if path else ""


def guess_by_name(name: str, known: Vocabulary) -> str:
    """Return a sentence that proposes the field called `name` in Chinese, "" where none is."""
    path = _path(name, "", known)
    return f"；是否为 {{{{ {path} }}}}（{known.meaning(path)}）" if path else ""


def _path(label: str, before: str, known: Vocabulary) -> str:
    words = {known.meaning(path).partition("（")[0]: path
             for path in reversed(list(known.examples)) if "[]" not in path}  # fmt: skip
    party = max(_PARTIES, key=before.rfind) if any(map(before.count, _PARTIES)) else ""
    ends = sorted((end for end in _USUAL if label.endswith(end)), key=len, reverse=True)
    for shown in (label, *(_USUAL[end] for end in ends)):
        for word in (f"{party}{shown}", shown, f"{shown}全称"):
            if word in words:
                return words[word]
    return ""


def _cell_before(line: Line, lines: Sequence[Line]) -> str:
    if line.row is None:
        return ""
    same = [each for each in lines if each.row is line.row]
    place = same.index(line)
    return same[place - 1].text if place else ""
