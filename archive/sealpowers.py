"""Seal powers: managing, using and auditing seals, in three hands (印章的管、用、查分离)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from archive.errors import SealRefused
from archive.people import is_among, person_key
from archive.rulesets import RuleTable

_WHERE: Final = "rules/seals.toml 的 [powers]"


@dataclass(frozen=True, slots=True)
class SealPowers:
    """Who may manage seals (register, change, hand over) and who may audit their book.

    Who may use one is its keepers'. One person never holds two of the three on one seal.
    """

    manage: tuple[str, ...] = ()
    audit: tuple[str, ...] = ()

    @classmethod
    def read(cls, table: RuleTable) -> Self:
        """Read the table; raises RulesUnfit where one person stands in both lists."""
        powers = cls(manage=table.texts("manage", ()), audit=table.texts("audit", ()))
        table.finish()
        if both := [name for name in powers.manage if is_among(name, powers.audit)]:
            raise table.unfit("audit", f"{both[0]}同时列为管理和稽核，须由不同的人担任")
        return powers

    def assert_manager(self, person: str) -> None:
        """Raise SealRefused unless `person` may manage seals."""
        self._assert_among(person, self.manage, "manage", "管理印章")

    def assert_auditor(self, person: str) -> None:
        """Raise SealRefused unless `person` may look into the book of uses."""
        self._assert_among(person, self.audit, "audit", "稽核用印")

    def keeper_problems(self, keepers: Iterable[str]) -> list[str]:
        """Return who of `keepers` holds another power as well, in Chinese."""
        given, problems = tuple(keepers), []
        for keeper in given:
            if not person_key(keeper):
                problems.append("保管人姓名不能为空")
            elif is_among(keeper, self.manage):
                problems.append(f"{keeper}是印章管理人，不得兼任保管人；管、用、查须由不同的人担任")
            elif is_among(keeper, self.audit):
                problems.append(f"{keeper}是用印稽核人，不得兼任保管人；管、用、查须由不同的人担任")
        if len({person_key(keeper) for keeper in given}) != len(given):
            problems.append("保管人有重复")
        return problems

    def assert_witness(self, second: str | None, *, by: str, keepers: Iterable[str]) -> str:
        """Return `second` where that is a fit second person; raises SealRefused."""
        if second is None or not person_key(second):
            raise SealRefused("收缴、销毁须有第二人监督；请用 --second 写明")
        if is_among(second, (by,)):
            raise SealRefused(f"监督人与经办人同为 {by}，须由不同的人担任")
        if is_among(second, keepers):
            raise SealRefused(f"监督人 {second} 是此印章的保管人，须由他人监督")
        if not is_among(second, (*self.manage, *self.audit)):
            raise SealRefused(f"{second}不在 {_WHERE} 之列，不能监督收缴、销毁")
        return second

    def _assert_among(self, person: str, allowed: tuple[str, ...], key: str, act: str) -> None:
        if not person_key(person):
            raise SealRefused("请用 --as 写明由谁办理")
        if not is_among(person, allowed):
            raise SealRefused(f"{person}不得{act}；可以的人写在 {_WHERE} {key} 中，由单位指定")
