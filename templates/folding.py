"""Folding: the form in which text of a Word file and text of a PDF are compared."""

from __future__ import annotations

import re
import unicodedata

# Equal glyphs come back from a PDF under another code: radicals for the characters that look
# like them, compatibility ideographs, ligatures; and a hyphen at a line end as U+FFFE. No other
# character may change on the way, full-width forms least of all.
_RADICALS = dict(
    zip(
        "⺁⺠⺡⺢⺾⻁⻄⻅⻆⻉⻋⻌⻐⻑⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        "厂民氵氺艹虎西见角贝车辶钅长长门阝雨青韦页风飞食饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)
_HYPHENS = dict.fromkeys("\ufffe\x02\u2010\u2011", "-")
_NOTHING = dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
_FORMS = {**_RADICALS, **_HYPHENS, **_NOTHING}
_ODD = re.compile(
    f"[{''.join(_HYPHENS)}{''.join(_NOTHING)}\u2e80-\u2fdf\uf900-\ufb06\ufe00-\ufe0f"
    "\U0002f800-\U0002fa1f\U000e0100-\U000e01ef]"
)


def fold(text: str) -> str:
    """Return `text` as it is compared: no blanks, no variation selectors, twins as one."""
    return "".join(words_of(text))


def words_of(text: str) -> list[str]:
    """Return the words of `text` between blanks, each as it is compared."""
    return _ODD.sub(_plain, text).split()


def _plain(found: re.Match[str]) -> str:
    char = found[0]
    if char in _FORMS:
        return _FORMS[char]
    return "" if unicodedata.category(char) == "Mn" else unicodedata.normalize("NFKC", char)
