"""Sample checks: dossiers asked by the rules of the four properties, and for what they lack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import select

from archive import fixity
from archive.days import business_day
from archive.dossiers import Dossier
from archive.inspection import Shown, Spotted
from pipeline.fourfold.batches import examine
from pipeline.fourfold.verdicts import Checkpoint, Finding, Outcome
from pipeline.inspection.seen import Seen
from pipeline.lacks import Wanting, unfiled, wanting
from pipeline.wiring import Workplace

UNASKED: Final = "未逐项检测"
FIXED: Final = "ZS01"
"""The rule that bytes are as they were filed: broken, what the others find follows from it."""


def ask_rules(workplace: Workplace, codes: Sequence[str], checks: Sequence[str]) -> dict[str, Seen]:
    """Ask the rules of keeping of the dossiers `codes`: what fails is a find, by its rule.

    What people must look at is counted and shown. A dossier the shelf does not hold is the
    find of the shelf check, one that is damaged that of fixity, or of its rule alone where
    the round does without; one destroyed since is asked nothing.
    """
    with workplace.register.read.begin() as session:
        query = select(Dossier.code, Dossier.object_path).where(
            Dossier.code.in_(codes), Dossier.destroyed_at.is_(None)
        )
        asked = {row.code: row.object_path for row in session.execute(query)}
    places = {code: path for code, path in asked.items() if workplace.store.exists(path)}
    damaged = {c for c, path in places.items() if fixity.examine(workplace.store, path).problems}
    judged = sorted(places.keys() - damaged if "fixity" in checks else places)
    dossiers = examine(workplace, judged, Checkpoint.KEEPING).dossiers if judged else ()
    findings = [
        (code, finding)
        for code, one in zip(judged, dossiers, strict=True)
        for finding in one.examination.findings
        if code not in damaged or finding.code == FIXED
    ]
    spotted = tuple(
        Spotted("fourfold", places[code], one.code, f"{_named(one)}不通过：{one.evidence()}")
        for code, one in findings
        if one.verdict.outcome is Outcome.FAILED
    )
    by_people = [
        Shown("fourfold", code, _named(one), one.evidence())
        for code, one in findings
        if one.verdict.outcome is Outcome.BY_PEOPLE
    ]
    unasked = [
        Shown("fourfold", code, UNASKED, "案卷受损，修复后再查" if code in damaged else "库中没有")
        for code in sorted(damaged | (asked.keys() - places.keys()))
    ]
    counts = {
        "应有": len(asked),
        "实有": len(places),
        "缺": len(asked) - len(places),
        "受损": len(damaged),
        "检测项": len(findings),
        "不通过": len(spotted),
        "人工": len(by_people),
    }
    return {"fourfold": Seen(counts, spotted, (*by_people, *unasked))}


def _named(finding: Finding) -> str:
    return f"{finding.code} {finding.title}"


def ask_what_is_missing(
    workplace: Workplace, codes: Sequence[str], _checks: Sequence[str]
) -> dict[str, Seen]:
    """Ask what the dossiers `codes` must hold by now; what is late is a find of who owes it."""
    on = business_day(workplace.clock())
    return {"missing": _seen(wanting(workplace, codes, on=on), on)}


def unfiled_papers(workplace: Workplace) -> Seen:
    """Look for papers that are sealed and lie in no dossier; dossiers have a pass of their own."""
    on = business_day(workplace.clock())
    return _seen(unfiled(workplace, on=on), on)


def _seen(found: Wanting, on: date) -> Seen:
    """Return what is asked, there and not there; what is late names who owes it until when."""
    late = [each for each in found.lacks if each.gap.is_late(on)]
    spotted = tuple(
        Spotted(
            "missing",
            each.code or each.contract_number,
            f"{each.gap.requirement.code}:{each.gap.since}",
            f"缺{each.gap.requirement.name}（{each.contract_number}），"
            f"应于 {each.gap.due_on} 前由{each.owed_by}补交，已逾期",
        )
        for each in late
    )
    lacking = len(found.lacks)
    counts = {"应有": found.asked, "实有": found.asked - lacking, "缺": lacking, "逾期": len(late)}
    return Seen(counts, spotted)
