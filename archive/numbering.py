"""Numbering: numbers of a series and year without a gap and without a double (编号)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Index, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.db import Base
from archive.errors import NumberDoubled, NumberRefused
from archive.rulesets import RuleTable, read_ruleset

FORBIDDEN: Final = frozenset('\\/:*?"<>|{}')
"""What no number may hold, beside blanks and control characters: it becomes a file name."""

_FIELD: Final = re.compile(r"\{([a-z_]+)(?::0([1-9]))?\}")
_VALUE: Final = re.compile(r"\{value(?::0[1-9])?\}")
_UNBOUND_YEAR: Final = 0

FORMER: Final = "former:"
"""How the holder of a number begins that was given elsewhere, before the series came to it."""


class Counter(Base):
    """The last number taken in one series and year; year 0 where the series has no years."""

    __tablename__ = "counters"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Number(Base):
    """A number, who holds it, or why it was given up; the ledger has a row for every one."""

    __tablename__ = "numbers"
    __table_args__ = (
        UniqueConstraint("series", "year", "value"),
        UniqueConstraint("series", "year", "holder"),
        Index("ix_numbers_holder_series", "holder", "series"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str]
    year: Mapped[int]
    value: Mapped[int]
    text: Mapped[str] = mapped_column(unique=True)
    holder: Mapped[str]
    taken_at: Mapped[datetime]
    voided_at: Mapped[datetime | None] = mapped_column(comment="NULL: in force")
    void_reason: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """How the numbers of one series look, and what they are counted by.

    `again` is appended from the second round on: the re-inspection of HT-1-Y01 is HT-1-Y01-R2.
    """

    name: str
    pattern: str
    scope: tuple[str, ...] = ()
    again: str = ""

    @property
    def is_yearly(self) -> bool:
        """Whether the count begins anew each year: the year stands in the number."""
        return "{year}" in self.pattern

    @property
    def fields(self) -> frozenset[str]:
        """The names the number is made of."""
        return frozenset(name for name, _width in _FIELD.findall(self.pattern + self.again))

    def key(self, parts: Mapping[str, str]) -> str:
        """Return the series these parts are counted in, e.g. ``contract:GD:FW``."""
        return ":".join((self.name, *(self._part(parts, name) for name in self.scope)))

    def render(self, *, year: int, value: int, parts: Mapping[str, str]) -> str:
        """Return the number's text; a value too long for its places widens it, never wraps."""
        said = dict(parts) | {"year": f"{year:04}", "value": str(value)}
        is_again = bool(self.again) and self._part(said, "round") != "1"
        pattern = self.pattern + (self.again if is_again else "")
        text = _FIELD.sub(
            lambda found: self._part(said, found[1]).zfill(int(found[2] or 0)), pattern
        )
        return checked(text)

    def _part(self, parts: Mapping[str, str], name: str) -> str:
        if name not in parts:
            raise NumberRefused(f"{self.name}：编号缺少要素 {name}")
        return checked(parts[name])


@dataclass(frozen=True, slots=True)
class NumberingRules:
    """The firm's series of numbers by name, as one version of the rule file says."""

    version: str
    digest: str
    series: Mapping[str, SeriesRule]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rule file at `path`; raises RulesUnfit."""
        rules = read_ruleset(path)
        series = {name: _series(name, table) for name, table in rules.table.named_tables("series")}
        rules.table.finish()
        return cls(version=rules.version, digest=rules.digest, series=series)

    def __getitem__(self, name: str) -> SeriesRule:
        """Return the rule of series `name`; raises NumberRefused where there is none."""
        if name not in self.series:
            raise NumberRefused(f"编号规则中没有系列 {name}")
        return self.series[name]


def checked(text: str) -> str:
    """Return `text` where it may stand in a number, or raise NumberRefused (DOMAIN 3.1)."""
    wrong = [sign for sign in text if sign in FORBIDDEN or unicodedata.category(sign)[0] in "ZC"]
    if not text or wrong:
        raise NumberRefused(f"编号 {text!r} 为空，或含有不允许的字符 {''.join(wrong)!r}")
    if unicodedata.normalize("NFKC", text) != text:
        raise NumberRefused(f"编号 {text!r} 含全角或兼容字符，请改用半角")
    return text


def take(
    session: Session,
    rule: SeriesRule,
    *,
    year: int,
    holder: str,
    at: datetime,
    parts: Mapping[str, str],
) -> Number:
    """Return the number `holder` has in its series; the first time, take the next one.

    The caller's transaction holds the write lock; rolled back, the number is free again, so
    nothing may be printed before it commits. `year` is that of the firm's calendar day
    (`days.business_day`). A number that was given elsewhere before (`FORMER`) is passed over:
    the series goes on behind it. Raises NumberRefused where the holder's number was given up.
    """
    series = rule.key(parts)
    held = session.scalars(
        select(Number).where(Number.series == series, Number.holder == holder)
    ).first()
    if held is not None:
        if held.voided_at is not None:
            raise NumberRefused(f"编号 {held.text} 已作废（{held.void_reason}），不得再用")
        return held
    counted = year if rule.is_yearly else _UNBOUND_YEAR
    while True:
        value = _next(session, series, counted)
        text = rule.render(year=year, value=value, parts=parts)
        owner = session.scalars(select(Number.holder).where(Number.text == text)).first()
        if owner is None:
            break
        if not owner.startswith(FORMER):
            raise NumberDoubled(text, owner)
    number = Number(series=series, year=counted, value=value, text=text, holder=holder, taken_at=at)
    session.add(number)
    session.flush()
    return number


def void_number(session: Session, text: str, *, reason: str, at: datetime) -> Number:
    """Give up the number `text` for good and return it; voiding it again changes nothing.

    Its row stays: the series has no gap, and nobody gets the number again (作废登记).
    """
    number = session.scalars(select(Number).where(Number.text == text)).first()
    if number is None:
        raise NumberRefused(f"没有编号 {text}，无从作废")
    if not reason.strip():
        raise NumberRefused(f"作废编号 {text} 须写明原因")
    if number.voided_at is None:
        number.voided_at = at
        number.void_reason = reason
        session.flush()
    return number


def _next(session: Session, series: str, year: int) -> int:
    value = session.scalars(
        update(Counter)
        .where(Counter.series == series, Counter.year == year)
        .values(last=Counter.last + 1)
        .returning(Counter.last)
        .execution_options(synchronize_session=False)
    ).first()
    if value is not None:
        return value
    session.add(Counter(series=series, year=year, last=1))
    session.flush()
    return 1


def _series(name: str, table: RuleTable) -> SeriesRule:
    rule = SeriesRule(
        name=checked(name),
        pattern=table.text("pattern"),
        scope=table.texts("scope"),
        again=table.text("again") if table.has("again") else "",
    )
    table.finish()
    if not _VALUE.search(rule.pattern):
        raise table.unfit("pattern", "样式中没有流水号 {value}")
    rest = _FIELD.sub("", rule.pattern + rule.again)
    if "{" in rest or "}" in rest:
        raise table.unfit("pattern", "花括号里只能是要素名，可带补零位数，如 {value:04}")
    if rest:
        _checked_rule(rest, table)
    if lost := [part for part in rule.scope if part not in rule.fields]:
        raise table.unfit("scope", f"{lost[0]} 分别计数却不出现在样式里，会出现重号")
    return rule


def _checked_rule(rest: str, table: RuleTable) -> None:
    try:
        checked(rest)
    except NumberRefused as error:
        raise table.unfit("pattern", str(error)) from error
