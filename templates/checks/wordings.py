"""Wordings: vague words in what somebody must do (K13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from templates.checks.places import Said
from templates.checks.remarks import block, warn
from templates.errors import Finding

_DUTIES = re.compile(
    r"service\.scope|acceptance_items\[\d+\]\.standard|payments\[\d+\]\.condition"
    r"|rectifications\[\d+\]\.demand"
)
# 等 is vague only where it ends a list: 高等级 and 同等 are not meant.
_AND_SO_ON = (
    "(?<![平相高中上下同优对])等"
    r"(?=[，。；、）)\s]|$|相关|有关|工作|服务|内容|事项|方面|材料)"
)
_EARNEST = re.compile(r"[订定]金")


def check_wording(said: Iterable[Said], vague: tuple[str, ...]) -> Iterator[Finding]:
    """Yield where a duty is said in one of the words `vague`, of which there is at least one."""
    for each in said:
        if _DUTIES.fullmatch(each.place) and (words := _pattern(vague).findall(each.text)):
            listed = "、".join(dict.fromkeys(words))
            message = f"含有含糊用语“{listed}”，容易产生歧义；请改为可核对的数量、时限或清单"
            yield block("K13", each.place, message)


def check_earnest(said: Said) -> Iterator[Finding]:
    """Yield where 订金 may be meant for 定金, or the other way round."""
    if found := _EARNEST.search(said.text):
        message = (
            f"出现“{found[0]}”：定金适用定金罚则（民法典第五百八十六至五百八十八条），"
            "订金不适用；请确认用字与本意一致"
        )
        yield warn("K13", said.place, message)


@lru_cache(maxsize=8)
def _pattern(vague: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_AND_SO_ON if w == "等" else re.escape(w) for w in vague))
