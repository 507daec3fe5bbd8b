"""Sums: the figures a document prints, read back and added up (勾稽)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from templates.wording import amount_of_words, money, parse_amount

_ADDED = (
    ("items", "net", "amount.net", "明细不含税金额之和"),
    ("items", "tax", "amount.tax", "明细税额之和"),
    ("items", "amount", "amount.total", "明细价税合计之和"),
    ("payments", "amount", "amount.total", "各期付款金额之和"),
)
"""List, its column, and the total its rows make."""

_WHOLE = Decimal(100)
_WORDS = "_upper"


@dataclass(slots=True)
class Sums:
    """What was added up of the printed texts, and what does not come out."""

    printed: Mapping[str, str]
    done: dict[str, None] = field(default_factory=dict)
    _amounts: dict[str, Decimal] = field(default_factory=dict, repr=False)

    def faults(self) -> Iterator[str]:
        """Yield every sum that does not come out; `done` then names those that were tried.

        A sum is tried where all its figures are printed.
        """
        rows = self._rows()
        for name, column, total, what in _ADDED:
            parts = [f"{name}.{row}.{column}" for row in rows.get(name, ())]
            yield from self._sum(parts, total, what)
        yield from self._sum(["amount.net", "amount.tax"], "amount.total", "不含税总价与税额之和")
        for row in rows.get("items", ()):
            line = f"items.{row}"
            what = f"明细第 {row + 1} 行不含税金额与税额之和"
            noted = "各行不含税金额与税额之和"
            yield from self._sum([f"{line}.net", f"{line}.tax"], f"{line}.amount", what, noted)
        yield from self._shares(rows.get("payments", ()))
        for path in self.printed:
            if path.endswith(_WORDS):
                bare = path.removesuffix(_WORDS)
                figures = next((p for p in (bare, f"{bare}_total") if p in self.printed), None)
                yield from self._words(path, figures) if figures else ()

    def _rows(self) -> dict[str, list[int]]:
        rows: dict[str, dict[int, None]] = {}
        for path in self.printed:
            name, _, rest = path.partition(".")
            number = rest.partition(".")[0]
            if number.isdecimal():
                rows.setdefault(name, {})[int(number)] = None
        return {name: sorted(numbers) for name, numbers in rows.items()}

    def _sum(
        self, parts: Sequence[str], total: str, what: str, noted: str | None = None
    ) -> Iterator[str]:
        if not parts or any(path not in self.printed for path in (*parts, total)):
            return
        try:
            added = sum((self._amount(path) for path in parts), Decimal(0))
            stated = self._amount(total)
        except ValueError as error:
            yield f"{what}无法核对：{error}"
            return
        if added != stated:
            yield f"{what}为 {money(added)}，印出的合计为 {money(stated)}"
        self.done[noted or what] = None

    def _amount(self, path: str) -> Decimal:
        if path not in self._amounts:
            self._amounts[path] = parse_amount(self.printed[path])
        return self._amounts[path]

    def _shares(self, rows: Sequence[int]) -> Iterator[str]:
        shares = [self.printed.get(f"payments.{row}.share", "") for row in rows]
        if not shares or not all(re.fullmatch(r"[0-9]+(?:\.[0-9]+)?%", each) for each in shares):
            return
        added = sum((Decimal(each.removesuffix("%")) for each in shares), Decimal(0))
        if added != _WHOLE:
            yield f"各期付款比例之和为 {added}%，应为 100%"
        self.done["各期付款比例之和"] = None

    def _words(self, path: str, beside: str) -> Iterator[str]:
        words, figures = self.printed[path], self.printed[beside]
        try:
            same = amount_of_words(words) == parse_amount(figures)
        except ValueError as error:
            yield f"大写“{words}”或小写“{figures}”无法核对：{error}"
            return
        if not same:
            yield f"大写“{words}”与小写“{figures}”不一致"
        self.done["大写与小写"] = None
