"""Signing rules: which papers are signed instead of stamped, with which key (电子签名规则)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, Self

from archive.errors import SigningFailed
from archive.rulesets import RuleTable, read_ruleset
from archive.signingorder import KeyKind, SigningKey, SigningLevel

_ADDRESS: Final = re.compile(r"https?://[!-~]+")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHERS_MAY: Final = 0o077
_LONGEST_PIN_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """How a kind of paper is signed, from which price on; None for every one."""

    level: SigningLevel
    from_amount: Decimal | None

    def asks(self, amount: Decimal | None) -> bool:
        """Whether a paper over `amount` is signed."""
        return self.from_amount is None or (amount is not None and amount >= self.from_amount)


@dataclass(frozen=True, slots=True)
class PinSource:
    """Where the PIN comes from: a file outside the home, or an environment variable."""

    file: Path | None
    variable: str | None

    def read(self) -> str:
        """Return the PIN, which is never kept; raises SigningFailed."""
        if self.variable is not None:
            if not (pin := os.environ.get(self.variable, "")):
                raise SigningFailed(f"环境变量 {self.variable} 没有给出签名口令")
            return pin
        if self.file is None:
            raise SigningFailed("没有写明签名口令的来源")
        try:
            with self.file.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & _OTHERS_MAY:
                    raise SigningFailed(f"口令文件 {self.file} 其他账户也能读取，请改为 chmod 600")
                content = file.read(_LONGEST_PIN_BYTES)
        except OSError as error:
            raise SigningFailed(f"读不到口令文件 {self.file}（{error.strerror}）") from error
        try:
            return content.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise SigningFailed(f"口令文件 {self.file} 不是文本") from error


@dataclass(frozen=True, slots=True)
class SigningRules:
    """Who signs what, by one version of the rule file; no `papers` where signing is off."""

    version: str
    digest: str
    papers: Mapping[str, SignedPaper]
    key: SigningKey | None = None
    pin: PinSource | None = None
    environment: tuple[str, ...] = ()
    deadline: timedelta = timedelta(seconds=60)
    authority: str = ""
    patience: timedelta = timedelta(seconds=10)

    @classmethod
    def load(cls, path: Path, *, home: Path) -> Self:
        """Read the rule file at `path`; key file and PIN must lie outside `home`.

        Raises RulesUnfit.
        """
        rules = read_ruleset(path)
        table = rules.table
        if not table.flag("enabled"):
            return cls(rules.version, rules.digest, {})
        papers = {kind: _paper(each) for kind, each in table.named_tables("papers")}
        key_table, stamp_table = table.table("key"), table.table("timestamp")
        table.finish()
        key = _key(key_table, home)
        pin = _pin(key_table, home)
        environment = key_table.texts("environment", ())
        deadline = timedelta(seconds=key_table.number("deadline_seconds", 60))
        key_table.finish()
        authority = stamp_table.text("address")
        patience = timedelta(seconds=stamp_table.number("deadline_seconds", 10))
        stamp_table.finish()
        if not _ADDRESS.fullmatch(authority):
            raise stamp_table.unfit("address", "应为 http:// 或 https:// 网址")
        for each, limit in ((key_table, deadline), (stamp_table, patience)):
            if not timedelta() < limit <= timedelta(minutes=10):
                raise each.unfit("deadline_seconds", "应在 0 至 600 秒之间")
        return cls(
            version=rules.version,
            digest=rules.digest,
            papers=papers,
            key=key,
            pin=pin,
            environment=environment,
            deadline=deadline,
            authority=authority,
            patience=patience,
        )

    def level(self, kind: str, amount: Decimal | None) -> SigningLevel | None:
        """Return how a paper of `kind` over `amount` is signed; None: it is stamped."""
        paper = self.papers.get(kind)
        return paper.level if paper is not None and paper.asks(amount) else None


def _paper(table: RuleTable) -> SignedPaper:
    text = table.text("level")
    levels = {level.value: level for level in SigningLevel}
    if text not in levels:
        raise table.unfit("level", f"“{text}”应为 {' 或 '.join(levels)}")
    amount = None
    if table.has("from_amount"):
        try:
            amount = Decimal(table.text("from_amount"))
        except InvalidOperation as error:
            raise table.unfit("from_amount", '应为带引号的金额，如 "500000.00"') from error
        if not amount.is_finite() or amount < 0:
            raise table.unfit("from_amount", "应为不小于零的金额")
    table.finish()
    return SignedPaper(levels[text], amount)


def _key(table: RuleTable, home: Path) -> SigningKey:
    text = table.text("kind")
    kinds = {kind.value: kind for kind in KeyKind}
    if text not in kinds:
        raise table.unfit("kind", f"“{text}”应为 {' 或 '.join(kinds)}")
    chain = str(_outside(table, "chain", home)) if table.has("chain") else ""
    if kinds[text] is KeyKind.FILE:
        return SigningKey(KeyKind.FILE, file=str(_outside(table, "file", home)), chain=chain)
    label = table.text("label")
    return SigningKey(
        KeyKind.TOKEN,
        module=str(_outside(table, "module", home)),
        token=table.text("token"),
        label=label,
        certificate=table.text("certificate", label),
        chain=chain,
    )


def _pin(table: RuleTable, home: Path) -> PinSource:
    if table.has("pin_file") == table.has("pin_variable"):
        raise table.unfit("pin_file", "pin_file 与 pin_variable 须写明其一，且只写一个")
    if table.has("pin_file"):
        return PinSource(_outside(table, "pin_file", home), None)
    name = table.text("pin_variable")
    if not _VARIABLE.fullmatch(name):
        raise table.unfit("pin_variable", "不是环境变量名")
    return PinSource(None, name)


def _outside(table: RuleTable, key: str, home: Path) -> Path:
    path = Path(table.text(key))
    if not path.is_absolute():
        raise table.unfit(key, "应为绝对路径")
    if path.resolve().is_relative_to(home.resolve()):
        raise table.unfit(key, "不得放在本系统的目录内（会随备份流出）")
    return path
