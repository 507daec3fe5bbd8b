"""Company: a firm's own rules, which are data and never code (公司自定规则 C01, C02, …)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from templates.checks.facts import Fact
from templates.errors import Finding, Level
from templates.wording import quantity

_NOTHING = {"", "无", "/", "／"}
_POSITION = re.compile(r"\[\d+\]")


class Asked(StrEnum):
    """What one condition asks of the value at its place."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    CONTAINS = "contains"
    WITHOUT = "without"
    FILLED = "filled"

    @property
    def is_of_figures(self) -> bool:
        """Return whether it compares figures; the others look at texts."""
        return self in {Asked.AT_LEAST, Asked.AT_MOST, Asked.ABOVE, Asked.BELOW}


_WORDS = {
    Asked.AT_LEAST: "不得小于",
    Asked.AT_MOST: "不得大于",
    Asked.ABOVE: "应大于",
    Asked.BELOW: "应小于",
    Asked.ONE_OF: "只能是",
    Asked.NONE_OF: "不得是",
    Asked.CONTAINS: "应含有",
    Asked.WITHOUT: "不得含有",
    Asked.FILLED: "必须填写",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What is asked of the value at `place`: `bound` for figures, `words` for texts."""

    place: str
    test: Asked
    bound: Decimal = Decimal(0)
    words: tuple[str, ...] = ()

    def holds(self, value: Fact) -> bool:
        """Return whether `value` is as asked; figures that are no numbers never are."""
        if isinstance(value, Decimal):
            return value.is_finite() and self._holds_figure(value)
        return self._holds_text(_plain(value))

    def _holds_figure(self, value: Decimal) -> bool:
        return {
            Asked.AT_LEAST: value >= self.bound,
            Asked.AT_MOST: value <= self.bound,
            Asked.ABOVE: value > self.bound,
            Asked.BELOW: value < self.bound,
        }[self.test]

    def _holds_text(self, text: str) -> bool:
        words = [_plain(word) for word in self.words]
        if self.test is Asked.FILLED:
            return text not in _NOTHING
        if self.test in {Asked.ONE_OF, Asked.NONE_OF}:
            return (text in words) == (self.test is Asked.ONE_OF)
        return any(word in text for word in words) == (self.test is Asked.CONTAINS)

    def __str__(self) -> str:
        if self.test.is_of_figures:
            return f"{_WORDS[self.test]} {quantity(self.bound)}"
        listed = "、".join(f"“{word}”" for word in self.words)
        return f"{_WORDS[self.test]}{listed}"


@dataclass(frozen=True, slots=True)
class CompanyRule:
    """What the firm asks of its own documents: where every `when` holds, every `require` must.

    Of a place that stands in rows, one row is enough for `when`, and every row must satisfy
    `require`. `types` names the contract types it is for; empty for all.
    """

    code: str
    title: str
    basis: str
    level: Level
    kind: str
    types: tuple[str, ...]
    when: tuple[Condition, ...]
    require: tuple[Condition, ...]
    valid_from: date
    valid_to: date | None

    def findings(
        self, facts: Iterable[tuple[str, Fact]], *, type_code: str, on: date
    ) -> Iterator[Finding]:
        """Yield where `facts` of a document of its kind are not as the rule asks."""
        in_force = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        if not in_force or (self.types and type_code not in self.types):
            return
        by_place = _by_place(facts)
        for condition in self.when:
            if not any(condition.holds(v) for _, v in by_place.get(condition.place, ())):
                return
        for condition in self.require:
            for place, value in by_place.get(condition.place, ()):
                if not condition.holds(value):
                    yield self._finding(place, condition, value)

    def _finding(self, place: str, condition: Condition, value: Fact) -> Finding:
        now = str(value) if isinstance(value, Decimal) else f"“{value}”"
        message = f"公司规则“{self.title}”：此项{condition}，现为{now}；请改正，或按公司规定报批"
        return Finding(self.code, self.level, place, message, self.title, self.basis)


def check_company_rules(
    rules: Iterable[CompanyRule],
    facts: Iterable[tuple[str, Fact]],
    *,
    kind: str,
    type_code: str,
    on: date,
) -> Iterator[Finding]:
    """Yield what the firm's own rules find in a document of `kind`."""
    known = tuple(facts)
    for rule in rules:
        if rule.kind == kind:
            yield from rule.findings(known, type_code=type_code, on=on)


def _by_place(facts: Iterable[tuple[str, Fact]]) -> Mapping[str, list[tuple[str, Fact]]]:
    by_place: dict[str, list[tuple[str, Fact]]] = {}
    for place, value in facts:
        by_place.setdefault(_POSITION.sub("[]", place), []).append((place, value))
    return by_place


def _plain(text: str) -> str:
    """Return `text` as it is compared: no blanks or hyphens, full-width forms as half-width."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
