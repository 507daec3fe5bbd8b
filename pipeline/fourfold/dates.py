"""Dates: whether what is said to have happened when can have happened so (日期真实)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from archive.days import business_day
from archive.takingin import KIND
from pipeline.fourfold.exhibit import Exhibit, Row
from pipeline.fourfold.means import Means
from pipeline.fourfold.verdicts import Verdict, judged

_PLACED: Final = {
    "received_at": "接收",
    "numbered_at": "编号",
    "sealed_at": "用印",
    "filed_at": "归档",
}


def dated(exhibit: Exhibit, means: Means) -> Verdict:
    """ZS05: dates that are dates, in an order they can have had, none of them to come."""

    def problems() -> Iterator[str]:
        for item in exhibit.items:
            number = item["number"]
            try:
                formed = _formed(item)
                filed = _moment(item["filed_at"])
                paper = exhibit.paper(item)
                moments = list(_moments(exhibit, item, paper))
            except (ValueError, TypeError, KeyError) as error:
                yield f"{number}：日期读不出：{error}"
                continue
            if exhibit.is_filed and formed is not None and formed > business_day(filed):
                yield f"{number}：形成日期 {formed} 晚于归档 {filed.isoformat()}"
            if filed > means.now:
                yield f"{number}：归档时间 {filed.isoformat()} 晚于检测时间"
            for (first, before), (then, after) in pairwise(moments):
                if after < before:
                    yield f"{number}：{then} {after.isoformat()} 早于{first} {before.isoformat()}"

    return judged(problems(), "形成≤归档≤检测时间；接收≤编号≤用印≤归档")


def _moments(exhibit: Exhibit, item: Row, paper: Row) -> Iterator[tuple[str, datetime]]:
    """Yield what happened to a paper when, in the order it should have.

    A number older than its own entry in the history came out of a lost register: the paper was
    received once more after it had its number.
    """
    for key, word in _PLACED.items():
        if not paper.get(key):
            continue
        moment = _moment(paper[key])
        if key != "numbered_at" or not any(
            event.at > moment
            for event in exhibit.events
            if (event.action, event.subject) == (f"{item['kind']}:numbered", item["number"])
        ):
            yield word, moment


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} 没有时区")
    return moment


def _formed(item: Row) -> date | None:
    """Return the day of an item; only of one taken in may nobody know it. Raises ValueError."""
    if item["formed_on"] is None and item["kind"] == KIND:
        return None
    return date.fromisoformat(item["formed_on"])
