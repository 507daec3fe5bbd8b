"""Retention: when a dossier's period starts and ends, told from its history (保管期限)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from archive.events import Event

DATED: Final = "retention:dated"
EXTENDED: Final = "retention:extended"
PERMANENT: Final = "Y"


class Trigger(StrEnum):
    """An event the period waits for (起算事件)."""

    ENDED = "终止"
    SETTLED = "结清"
    WARRANTY = "质保期满"
    DISPUTE = "争议终结"
    SECRECY = "保密期满"
    FORMED = "形成"


OF_CONTRACTS: Final = (Trigger.ENDED, Trigger.SETTLED, Trigger.WARRANTY, Trigger.DISPUTE)
MAY_BE_NONE: Final = frozenset({Trigger.WARRANTY, Trigger.DISPUTE})
"""What a contract may be without; that there is none must be stated, it is never assumed."""
MAY_LIE_AHEAD: Final = frozenset({Trigger.WARRANTY, Trigger.SECRECY})
_SECRECY_RULE: Final = "保密期限届满"
_FILING_RULE: Final = "归档之次年"


class Known(StrEnum):
    """What is known of a trigger."""

    DAY = "day"  # 已发生，某日
    NONE = "none"  # 经说明：无此项
    OPEN = "open"  # 经说明：尚未发生（更正、争议再起）


@dataclass(frozen=True, slots=True)
class Fact:
    """What was last said of a trigger, and by what it is proved."""

    known: Known
    on: date | None
    proof: str


@dataclass(frozen=True, slots=True)
class Term:
    """How long a dossier is kept; `expires_on` is the last day of keeping.

    Both days are None while a trigger is unknown (未起算); the end is None for good where the
    period is permanent.
    """

    period: str
    starts_on: date | None
    expires_on: date | None
    missing: tuple[Trigger, ...]
    facts: Mapping[Trigger, Fact]

    def is_over(self, on: date) -> bool:
        """Return whether the last day of keeping lies before `on`."""
        return self.expires_on is not None and self.expires_on < on

    def ends_before(self, other: Term) -> bool:
        """Return whether both ends are known and this one is the earlier."""
        ends = (self.expires_on, other.expires_on)
        return ends[0] is not None and ends[1] is not None and ends[0] < ends[1]


def triggers_of(rule: str, items: Iterable[Mapping[str, Any]] = ()) -> tuple[Trigger, ...]:
    """Return what the file plan's rule (起算规则) waits for; an unknown rule waits for all four.

    One that starts with the filing waits for nothing but the day of papers of unknown age.
    """
    if _FILING_RULE in rule:
        return (Trigger.FORMED,) if any(not item["formed_on"] for item in items) else ()
    return (Trigger.SECRECY,) if _SECRECY_RULE in rule else OF_CONTRACTS


def longer(one: str, other: str) -> str:
    """Return the longer of two periods: Y, or D and the years (两者之间取长)."""
    if PERMANENT in (one, other):
        return PERMANENT
    return max(one, other, key=years_of)


def years_of(period: str) -> int:
    """Return the years of a period that is not permanent; raises ValueError."""
    if not (period.startswith("D") and period[1:].isascii() and period[1:].isdigit()):
        raise ValueError(f"{period!r} is no period")
    return int(period[1:])


def start_after(days: Iterable[date]) -> date:
    """Return 1 January of the year after the last of `days`."""
    return date(max(days).year + 1, 1, 1)


def end_of(period: str, starts_on: date) -> date | None:
    """Return the last day of keeping, start + years - 1 day; None where permanent."""
    if period == PERMANENT:
        return None
    return date(starts_on.year + years_of(period), starts_on.month, starts_on.day) - timedelta(1)


def term_of(
    plan_period: str, rule: str, events: Sequence[Event], items: Iterable[Mapping[str, Any]] = ()
) -> Term:
    """Return the term of a dossier filed for `plan_period` under `rule`.

    `events` are its history, `items` its papers as the shelf says them. Of two periods the
    longer counts, of two days for one trigger the later; nothing makes it shorter than the
    plan, or than an extension promised.
    """
    papers = tuple(items)
    facts = dict(proved_by(papers))
    period, promised = plan_period, None
    for event in events:
        said = event.details
        if event.action == DATED:
            trigger = Trigger(said["trigger"])
            facts[trigger] = _later(_fact(said), proved_by(papers).get(trigger))
        elif event.action == EXTENDED:
            period = longer(period, said["period"] or period)
            until = said["until"] and date.fromisoformat(said["until"])
            promised = max(filter(None, (promised, until)), default=None)
    wanted = triggers_of(rule, papers)
    missing = tuple(t for t in wanted if t not in facts or facts[t].known is Known.OPEN)
    days = [fact.on for trigger in wanted if (fact := facts.get(trigger)) and fact.on]
    if _FILING_RULE in rule:
        days += [date.fromisoformat(item["formed_on"]) for item in papers if item["formed_on"]]
    starts_on = start_after(days) if days and not missing else None
    end = end_of(period, starts_on) if starts_on else None
    if end is not None and promised is not None:
        end = max(end, promised)
    return Term(period, starts_on, end, missing, facts)


def proved_by(items: Iterable[Mapping[str, Any]]) -> Mapping[Trigger, Fact]:
    """Return what filed papers prove of the triggers by themselves.

    An agreement on end and settlement proves 终止 by its day of ending, and 结清 by its last
    payment where all of the settled price was paid. An acceptance report proves none: neither
    the end of the warranty nor a payment follows from it alone.
    """
    facts: dict[Trigger, Fact] = {}
    for item in items:
        about = item["description"]
        if item["kind"] != "termination" or "ended_on" not in about:
            continue
        facts[Trigger.ENDED] = _proved(date.fromisoformat(about["ended_on"]), item["number"])
        paid = [date.fromisoformat(each["paid_on"]) for each in about.get("payments", ())]
        total = about.get("amount", {}).get("total")
        if paid and total is not None and Decimal(about["paid"]) == Decimal(total):
            facts[Trigger.SETTLED] = _proved(max(paid), item["number"])
    return facts


def _proved(on: date, number: str) -> Fact:
    return Fact(Known.DAY, on, f"已归档 {number}")


def _fact(said: Mapping[str, Any]) -> Fact:
    on = said["on"] and date.fromisoformat(said["on"])
    evidence = said["evidence"]
    return Fact(Known(said["known"]), on, f"{evidence['name']}（{evidence['sha256'][:12]}…）")


def _later(said: Fact, proved: Fact | None) -> Fact:
    """Return what counts where a person and a filed paper both speak: the safer of the two."""
    if proved is None or said.on is None or proved.on is None:
        return said
    return max(said, proved, key=lambda fact: fact.on or date.min)
