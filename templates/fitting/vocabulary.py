"""Vocabulary: the fields a template of one kind may print, each with an example (字段表)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from templates.fieldsets.shape import Fields, flatten
from templates.fitting.lexicon import MEANINGS, ROWS

_ROW = re.compile(r"\.\d+(?=\.|$)")
_LIKENESS = 0.55
_MONEY = re.compile(r"-?\d{1,3}(?:,\d{3})*\.\d{2}")
_COUNT = re.compile(r"\d{1,6}(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known fields by path (`items[].name`) with an example.

    `standard` are the figures a template brings itself (its defaults), with their usual values:
    only those it prints are registered with it. All others come with every order and must be
    printed. `families` are the figures that templates in use have together.
    """

    kind: str
    examples: Mapping[str, str]
    standard: Mapping[str, str]
    families: tuple[frozenset[str], ...] = ()

    @classmethod
    def of(
        cls,
        kind: str,
        sample: Fields,
        standard: Mapping[str, str],
        families: Iterable[frozenset[str]] = (),
    ) -> Vocabulary:
        """Return the vocabulary of the fields in `sample`, the first row of each list shown."""
        examples: dict[str, str] = {}
        for path, text in flatten(sample).items():
            examples.setdefault(_ROW.sub("[]", path), text)
        return cls(kind, examples, dict(standard), tuple(families))

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the lists that may be repeated."""
        return tuple(dict.fromkeys(p.partition("[]")[0] for p in self.examples if "[]" in p))

    def unused(self, printed: AbstractSet[str]) -> tuple[str, ...]:
        """Return the standard figures that templates most like it have and it does not print."""
        nearest = max(self.families, key=lambda each: len(each & printed), default=frozenset())
        return tuple(p for p in self.examples if p in nearest and p not in printed)

    def columns(self, rows: str) -> tuple[str, ...]:
        """Return the columns of a list."""
        start = f"{rows}[]."
        return tuple(path.removeprefix(start) for path in self.examples if path.startswith(start))

    def meaning(self, path: str) -> str:
        """Return what the field or list is, in Chinese."""
        kinds = (f"{self.kind}:{path}", path)
        return next((MEANINGS[k] for k in kinds if k in MEANINGS), ROWS.get(path, ""))

    def shape(self, path: str) -> str:
        """Return what kind of value the field prints: 金额, 日期, 数字, 勾选 or 文字."""
        if path.endswith("_cn"):
            return "日期"
        if "勾选" in self.meaning(path):
            return "勾选"
        if _MONEY.fullmatch(self.examples[path]):
            return "金额"
        return "数字" if _COUNT.fullmatch(self.examples[path]) else "文字"

    def nearest(self, name: str) -> str:
        """Return the path that `name` was most likely meant to be, "" where none is near.

        A Chinese name is compared with what the fields mean.
        """
        is_chinese = any("\u4e00" <= char <= "\u9fff" for char in name)
        by_word = {
            (self.meaning(path).partition("（")[0] if is_chinese else path.casefold()): path
            for path in reversed([*self.examples, *self.rows])
        }
        wanted = name if is_chinese else name.casefold()
        found = difflib.get_close_matches(wanted, by_word, n=1, cutoff=_LIKENESS)
        return by_word[found[0]] if found else self._by_last_step(name)

    def _by_last_step(self, name: str) -> str:
        last = name.rpartition(".")[2]
        same = [path for path in self.examples if path.rpartition(".")[2] == last]
        return same[0] if len(same) == 1 else ""
