"""Approval batch: one act on several papers, each for itself; what could not be done says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from archive.acts import WORDS, Act, ApprovalAct
from archive.deciding import standing_of
from archive.errors import ApprovalRefused, DirectoryRefused, NumberRefused
from archive.instruments import InstrumentState
from pipeline.failures import Overtaken, SourceLost
from pipeline.underapproval import find_paper, seen_of
from pipeline.wiring import Workplace

_REFUSALS = (ApprovalRefused, DirectoryRefused, NumberRefused, SourceLost, Overtaken)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper somebody decides about, and the digest they saw, where they say it."""

    name: str
    digest: str | None = None


def listed_in(file: Path) -> Iterator[Wanted]:
    """Yield what a list names: a paper a line, its digest behind it; # begins a remark."""
    for line in file.read_text("utf-8-sig").splitlines():
        words = line.partition("#")[0].replace(",", " ").replace("，", " ").split()
        if words:
            yield Wanted(words[0], words[1] if len(words) > 1 else None)


def decide_each(
    workplace: Workplace,
    wanted: Iterable[Wanted],
    act: Callable[[str, str | None], ApprovalAct],
    *,
    confirmed: Callable[[dict[str, Any]], bool],
) -> list[dict[str, Any]]:
    """Do `act` on each paper and return what became of it, in order.

    What it is about is shown to `confirmed` first, and the act binds the digest shown: where
    the terms change in between it is refused. One paper refused never stops the next.
    """
    results: list[dict[str, Any]] = []
    for each in wanted:
        result: dict[str, Any] = {"name": each.name, "done": False, "reasons": []}
        try:
            result["seen"] = seen = look_at(workplace, each.name)
            if confirmed(seen):
                done = act(each.name, each.digest or seen["terms_digest"])
                result |= {"done": True, "act": told(done)}
            else:
                result["reasons"] = ["未确认"]
        except _REFUSALS as error:
            result["reasons"] = list(getattr(error, "problems", (str(error),)))
        except OperationalError:
            result["reasons"] = ["登记库正忙，请稍后重试"]
        results.append(result)
    return results


def look_at(workplace: Workplace, name: str) -> dict[str, Any]:
    """Return what a decision on the paper `name` is about; raises ApprovalRefused."""
    with workplace.register.read.begin() as session:
        row = find_paper(session, name)
        is_open = row.state is InstrumentState.DRAFTED
        standing = standing_of(session, row, workplace.approvals) if is_open else None
        return seen_of(session, row, standing)


def told(act: ApprovalAct) -> dict[str, Any]:
    """Return an act as a report tells it."""
    return {
        "act": act.act,
        "act_name": WORDS[Act(act.act)],
        "step": act.step,
        "person": act.person,
        "post": act.post,
        "department": act.department,
        "principal": act.principal,
        "opinion": act.opinion,
        "seq": act.seq,
    }
