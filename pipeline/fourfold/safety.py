"""Safety: whether nothing came in, and nothing was written over (安全性)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile
from typing import Final

from archive.countersigning import COUNTERSIGNED, COUNTERSIGNED_TEXT
from archive.events import verify_chain
from archive.takingin import RECOGNISED
from pipeline.fourfold.exhibit import Exhibit
from pipeline.fourfold.means import Means
from pipeline.fourfold.verdicts import Verdict, by_people, judged, not_applicable

JOINING: Final = frozenset({COUNTERSIGNED, COUNTERSIGNED_TEXT, RECOGNISED})
"""Roles of files that come to a paper after it was filed; from then on they stay as they are."""


def clean(exhibit: Exhibit, means: Means) -> Verdict:
    """AQ01: what the virus scanner says; where none spoke, a person answers."""
    if means.scan is None:
        return by_people(
            "没有配置杀毒程序（guidang.toml 的 [antivirus] command）；请另行查杀并登记"
        )
    scanned = means.scan(exhibit.place)
    if scanned.infected:
        return judged(scanned.infected)
    if scanned.problem is not None:
        return by_people(f"杀毒程序没有给出结果：{scanned.problem}")
    return judged((), f"{scanned.engine}：未发现病毒")


def nothing_else(exhibit: Exhibit, _means: Means) -> Verdict:
    """AQ02: no file stands there that the list does not name."""
    return judged(exhibit.strays, f"清单所列 {len(exhibit.files)} 个文件之外没有别的文件")


def unbroken(exhibit: Exhibit, _means: Means) -> Verdict:
    """AQ03: the history chained by hash from its first event to its last."""
    problems = list(verify_chain(exhibit.events))
    last = exhibit.events[-1].hash if exhibit.events else ""
    if not exhibit.events:
        problems.append("没有过程登记")
    return judged(problems, f"{len(exhibit.events)} 条过程逐条相接，末条摘要 {last}")


def unwritten(exhibit: Exhibit, _means: Means) -> Verdict:
    """AQ04: what was filed is the same in every version since."""
    if not exhibit.states:
        return not_applicable("移交包只含最新版本")

    def problems() -> Iterator[str]:
        for item in exhibit.items:
            for file in item["files"]:
                held = [state.get(file["path"]) for state in exhibit.states[item["version"] - 1 :]]
                if file["role"] in JOINING:
                    held = list(dropwhile(lambda digest: digest is None, held))
                if len(set(held)) != 1:
                    yield f"{file['path']}：归档（第 {item['version']} 版）之后内容变过"

    return judged(problems(), f"{len(exhibit.states)} 个版本中，归档的文件始终未变")


def by_hand(_exhibit: Exhibit, _means: Means) -> Verdict:
    """AQ05: what only a person can see."""
    return by_people("请档案员查看载体外观、读取情况并签字")
