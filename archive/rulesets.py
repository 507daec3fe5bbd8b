"""Rulesets: the firm's rules as data, read strictly; each has a version and a digest (规则)."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from archive.errors import RulesUnfit

_PACKAGED: Final = Path(__file__).parent / "rules"
_FIGURE: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")


def packaged_rules() -> tuple[Path, ...]:
    """Return the rule files that come with guidang, to be copied into a new home."""
    return tuple(sorted(_PACKAGED.glob("*.toml")))


def packaged(name: str) -> Path:
    """Return the rule file that comes with guidang under `name`, e.g. numbering."""
    return _PACKAGED / f"{name}.toml"


class RuleTable:
    """One table of a rule file; every key is asked for by type, and `finish` refuses the rest."""

    def __init__(self, source: str, place: str, content: Mapping[str, Any]) -> None:
        self._source = source
        self._place = place
        self._content = content
        self._asked: set[str] = set()

    def unfit(self, key: str, problem: str) -> RulesUnfit:
        """Return the error that says what is wrong with `key`."""
        return RulesUnfit(self._source, ".".join(filter(None, (self._place, key))), problem)

    def has(self, key: str) -> bool:
        """Return whether `key` stands in the table."""
        return key in self._content

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not blank."""
        value: str = self._ask(key, default, str, "文本")
        if not value.strip() or value != value.strip():
            raise self.unfit(key, "不能为空，首尾也不能有空格")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of different texts, none of them blank."""
        values: Any = self._ask(key, default, (list, tuple), "文本列表")
        for value in values:
            if not isinstance(value, str) or not value.strip() or value != value.strip():
                raise self.unfit(key, f"列表中的 {value!r} 不是有效文本")
        if len(set(values)) != len(values):
            raise self.unfit(key, "列表中有重复")
        return tuple(values)

    def lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return a list of lists of texts."""
        values: Any = self._ask(key, None, list, "列表的列表")
        for value in values:
            if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
                raise self.unfit(key, f"{value!r} 不是文本列表")
        return tuple(tuple(value) for value in values)

    def length_mm(self, key: str) -> float:
        """Return a length in millimetres, above zero."""
        value: Any = self._ask(key, None, (int, float), "数字（毫米）")
        if isinstance(value, bool) or not 0 < value < float("inf"):
            raise self.unfit(key, "应为大于零的数字（毫米）")
        return float(value)

    def count(self, key: str) -> int:
        """Return a whole number, above zero."""
        value: Any = self._ask(key, None, int, "整数")
        if isinstance(value, bool) or value < 1:
            raise self.unfit(key, "应为大于零的整数")
        return int(value)

    def figure(self, key: str) -> Decimal:
        """Return a figure written in quotes, so that no digit of it is lost."""
        text = self.text(key)
        if _FIGURE.fullmatch(text) is None:
            raise self.unfit(key, f'应为加引号的数字，如 "0.06"，实为“{text}”')
        return Decimal(text)

    def number(self, key: str, default: float | None = None) -> float:
        """Return a finite number of either sign."""
        value: Any = self._ask(key, default, (int, float), "数字")
        if isinstance(value, bool) or not abs(value) < float("inf"):
            raise self.unfit(key, "应为数字")
        return float(value)

    def span(self, key: str) -> tuple[float, float]:
        """Return the lower and the upper bound of a range."""
        values: Any = self._ask(key, None, list, "两个数字的列表，如 [14, 24]")
        numbers = [each for each in values if type(each) in (int, float)]
        if len(values) != 2 or numbers != values or not values[0] < values[1]:  # noqa: PLR2004
            raise self.unfit(key, "应为下限和上限，如 [14, 24]")
        return float(values[0]), float(values[1])

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Return true or false."""
        value: bool = self._ask(key, default, bool, "真假值（true 或 false）")
        return value

    def day(self, key: str) -> date:
        """Return a day."""
        value: Any = self._ask(key, None, date, "日期（如 2026-01-01，不加引号）")
        if isinstance(value, datetime):
            raise self.unfit(key, "只写日期，不写时刻")
        return date(value.year, value.month, value.day)

    def names(self) -> tuple[str, ...]:
        """Return the keys that stand in the table."""
        return tuple(self._content)

    def table(self, key: str) -> RuleTable:
        """Return the table under `key`."""
        return RuleTable(self._source, self._below(key), self._ask(key, None, dict, "表"))

    def named_tables(self, key: str) -> Iterator[tuple[str, RuleTable]]:
        """Yield the tables under `key` with their names; there is at least one."""
        names: Any = self._ask(key, None, dict, "表")
        if not names:
            raise self.unfit(key, "不能为空")
        inner = self.table(key)
        for name in names:
            yield name, inner.table(name)

    def listed_tables(self, key: str) -> Iterator[RuleTable]:
        """Yield the tables of the list under `key`; there is at least one."""
        rows: Any = self._ask(key, None, list, "表的列表")
        if not rows:
            raise self.unfit(key, "不能为空")
        for at, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                raise self.unfit(f"{key}[{at}]", "应为表")
            yield RuleTable(self._source, self._below(f"{key}[{at}]"), row)

    def finish(self) -> None:
        """Refuse every key nobody asked for: a misspelt rule must not be a rule ignored."""
        unknown = [key for key in self._content if key not in self._asked]
        if unknown:
            known = "、".join(sorted(self._asked))
            raise self.unfit(unknown[0], f"不认识的键；此处可用：{known}")

    def _below(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def _ask(self, key: str, default: Any, kind: Any, word: str) -> Any:
        self._asked.add(key)
        if key not in self._content:
            if default is None:
                raise self.unfit(key, f"缺少此键，应为{word}")
            return default
        value = self._content[key]
        if not isinstance(value, kind):
            raise self.unfit(key, f"应为{word}，实为 {value!r}")
        return value


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One rule file as read: its version, the SHA-256 of its bytes, and its top table."""

    name: str
    version: str
    digest: str
    table: RuleTable


def read_ruleset(path: Path) -> Ruleset:
    """Read the rule file at `path`; raises RulesUnfit where it is missing or malformed."""
    payload = _bytes(path)
    table = _table(path, payload)
    return Ruleset(
        name=path.stem,
        version=table.text("version"),
        digest=hashlib.sha256(payload).hexdigest(),
        table=table,
    )


def read_table(path: Path) -> RuleTable:
    """Read a description that has no version of its own; raises RulesUnfit as read_ruleset."""
    return _table(path, _bytes(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RulesUnfit(path.name, "", f"读不到文件（{error.strerror}）") from error


def _table(path: Path, payload: bytes) -> RuleTable:
    try:
        content = tomllib.loads(payload.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesUnfit(path.name, "", f"不是有效的 TOML（{error}）") from error
    return RuleTable(path.name, "", content)
