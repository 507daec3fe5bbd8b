"""Signing days: a catalogue dropped into the inbox says when papers were signed (签署目录).

Its name begins with 签署目录; its rows name papers by 合同编号 and say 签订日期. It is taken or
sent back as a whole; a day whose original is not filed yet waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import select

from archive.countersigning import signing_day_of
from archive.custody import Evidence
from archive.days import business_day
from archive.dossiers import Record
from archive.instruments import Instrument
from pipeline.countersignedfinding import CountersignedRefused
from pipeline.countersignedreception import read_plain
from pipeline.countersignedwaiting import Waiting, bring_day
from pipeline.filenames import said_name
from pipeline.reception import Reception, Taken
from pipeline.rejecting import reject
from pipeline.takingin.catalogue import CatalogueRefused, Entry, read_catalogue
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

log = logging.getLogger(__name__)

_NAME: Final = "签署目录"
_SUFFIXES: Final = frozenset({".xlsx", ".csv"})


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands of a number: the day it was signed, and the day it was given."""

    signed_on: date | None
    numbered_on: date | None

    def problem_with(self, number: str, day: date) -> str | None:
        """Return why `number` cannot have been signed on `day`, None where it can."""
        if self.signed_on not in (None, day):
            return f"{number} 的签订日期已登记为 {self.signed_on}，不能改写"
        if self.numbered_on is not None and day < self.numbered_on:
            return f"签订日期 {day} 早于编号用印的 {self.numbered_on}；请核对"
        return None


def is_signing_catalogue(path: Path) -> bool:
    """Return whether a dropped file is looked at as a catalogue of signing days."""
    return path.name.startswith(_NAME) and path.suffix.lower() in _SUFFIXES


def receive_signing_days(workplace: Workplace, path: Path) -> Reception:
    """Enter the days the claimed catalogue says, or lay it into rejected/ with every reason.

    The file is the evidence; dropped again it is harmless. The caller removes it when this returns.
    """
    name = said_name(path)
    payload: bytes | None = None
    try:
        payload = read_plain(path)
        rows = read_catalogue(path)
        if problems := tuple(_problems(workplace, rows)):
            return _rejected(workplace, path, payload, problems)
        proof = Evidence(name, payload)
        days = {row.number: row.signed_on for row in rows if row.signed_on is not None}
        done = [
            bring_day(workplace, number, day, by="inbox", proof=proof)
            for number, day in days.items()
        ]
    except (CatalogueRefused, CountersignedRefused) as error:
        return _rejected(workplace, path, payload, [_finding("签署目录", str(error))])
    wait = [each for each in done if isinstance(each, Waiting)]
    said = f"签订日期 {len(done)} 件，其中 {len(wait)} 件等候签署件归卷"
    findings = (Finding("K00", Level.WARN, "签署目录", said),)
    if wait:
        return Reception(Taken.WAITING, name, findings=findings)
    is_new = any(not isinstance(each, Waiting) and each.is_new for each in done)
    return Reception(Taken.JOINED if is_new else Taken.DUPLICATE, name, findings=findings)


def _problems(workplace: Workplace, rows: Sequence[Entry]) -> Iterator[Finding]:
    today = business_day(workplace.clock())
    said: dict[str, date] = {}
    known = _known(workplace, {row.number for row in rows})
    for row in rows:
        if problem := _problem(row, today, known, said):
            yield _finding(row.place, problem)
        elif row.signed_on is not None:
            said[row.number] = row.signed_on


def _problem(
    row: Entry, today: date, known: dict[str, _Known], said: dict[str, date]
) -> str | None:
    if row.number not in known:
        return f"登记中没有编号“{row.number}”；不是本公司的文书，或编号漏写、有误"
    if row.signed_on is None:
        remarks = [remark.partition("，")[0] for remark in row.remarks]
        return "；".join(remarks) or "没有写签订日期"
    if row.signed_on > today:
        return f"签订日期 {row.signed_on} 还没有到；请核对"
    if said.get(row.number, row.signed_on) != row.signed_on:
        return f"{row.number} 写了两个不同的签订日期"
    return known[row.number].problem_with(row.number, row.signed_on)


def _known(workplace: Workplace, numbers: set[str]) -> dict[str, _Known]:
    """Return the numbers the register knows, each with the days that stand already."""
    query = (
        select(Instrument.number, Instrument.numbered_at, Record)
        .outerjoin(Record, Record.source_sha256 == Instrument.source_sha256)
        .where(Instrument.number.in_(numbers))
    )
    with workplace.register.read.begin() as session:
        return {
            str(number): _Known(
                signing_day_of(record) if record else None,
                business_day(numbered_at) if numbered_at else None,
            )
            for number, numbered_at, record in session.execute(query)
        }


def _rejected(
    workplace: Workplace, path: Path, payload: bytes | None, findings: Sequence[Finding]
) -> Reception:
    reject(workplace.home, path.name, findings, payload=payload, source=path)
    log.info("file refused", extra={"codes": [finding.code for finding in findings]})
    return Reception(Taken.REJECTED, path.name, findings=tuple(findings))


def _finding(place: str, message: str) -> Finding:
    return Finding("K00", Level.BLOCK, place, message)
