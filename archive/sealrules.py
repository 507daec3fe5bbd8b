"""Seal rules: which seals a kind of paper gets, where they stand, and how its seam is sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Self

from archive.errors import SealRefused
from archive.rulesets import RuleTable, read_ruleset
from archive.sealcase import Seal, SealKind
from archive.seam import EVERY_PAGE, SeamPages

_NO_SEAM: Final = "none"


@dataclass(frozen=True, slots=True)
class AlsoSeal:
    """A seal put on beside the main one, its centre `dx_mm` right of that one's and `dy_mm` up.

    Where the firm has no such seal in use, one that `is_required` stops the sealing.
    """

    kind: SealKind
    dx_mm: float
    dy_mm: float
    is_required: bool


@dataclass(frozen=True, slots=True)
class SeamRule:
    """Over which pages the seam seal goes, and how far down: a fraction of the page's height."""

    pages: SeamPages
    y_fraction: float


_ANY_SEAM: Final = SeamRule(EVERY_PAGE, 0.5)


@dataclass(frozen=True, slots=True)
class SealedPaper:
    """A kind of paper: its Chinese name, and the seals it accepts, the preferred one first.

    `also` are put on in the same act; `seam` is None where the paper gets no seam seal.
    """

    name: str
    accepts: tuple[SealKind, ...]
    also: tuple[AlsoSeal, ...] = ()
    seam: SeamRule | None = _ANY_SEAM


@dataclass(frozen=True, slots=True)
class SealRules:
    """Which seal may be put on what, as one version of the rule file says."""

    version: str
    digest: str
    papers: Mapping[str, SealedPaper]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rule file at `path`; raises RulesUnfit."""
        rules = read_ruleset(path)
        papers = {kind: _paper(table) for kind, table in rules.table.named_tables("papers")}
        rules.table.finish()
        return cls(version=rules.version, digest=rules.digest, papers=papers)

    def paper(self, kind: str) -> SealedPaper:
        """Return what `kind` accepts; raises SealRefused for a kind nothing is said about."""
        if kind not in self.papers:
            raise SealRefused(f"用印规则中没有文种 {kind}，不得用印")
        return self.papers[kind]


def choose_seal(
    seals: Sequence[Seal], rules: SealRules, *, owner: str, kind_of_paper: str, on: date
) -> Seal:
    """Return the seal `owner` puts on such a paper that day, the preferred kind first.

    Raises SealRefused with the reason each of the owner's seals is out of question.
    """
    paper = rules.paper(kind_of_paper)
    own = [seal for seal in seals if seal.owner == owner]
    if not own:
        raise SealRefused(f"没有登记“{owner}”的印章（须与公司全称完全一致）")
    reasons = {seal.code: _why_not(seal, paper, on) for seal in own}
    fit = [seal for seal in own if reasons[seal.code] is None]
    if not fit:
        told = "；".join(f"{seal.name}（{seal.code}）：{reasons[seal.code]}" for seal in own)
        raise SealRefused(f"“{owner}”没有可用于{paper.name}的印章——{told}")
    return min(fit, key=lambda seal: (paper.accepts.index(seal.kind), seal.code))


def choose_also(
    seals: Sequence[Seal], rules: SealRules, *, owner: str, kind_of_paper: str, on: date
) -> tuple[tuple[Seal, AlsoSeal], ...]:
    """Return the seals `owner` puts on such a paper beside the main one, with their places.

    Raises SealRefused where one the rules require is not there or out of use.
    """
    chosen = []
    for also in rules.paper(kind_of_paper).also:
        own = [seal for seal in seals if (seal.owner, seal.kind) == (owner, also.kind)]
        fit = [seal for seal in own if seal.unusable_on(on) is None]
        if fit:
            chosen.append((min(fit, key=lambda seal: seal.code), also))
        elif also.is_required:
            told = "；".join(f"{seal.code}：{seal.unusable_on(on)}" for seal in own) or "没有登记"
            raise SealRefused(f"用印规则要求同时加盖{also.kind.value}，“{owner}”没有可用的——{told}")
    return tuple(chosen)


def _why_not(seal: Seal, paper: SealedPaper, on: date) -> str | None:
    if seal.kind not in paper.accepts:
        accepted = "或".join(kind.value for kind in paper.accepts)
        return f"{seal.kind.value}不得用于{paper.name}，只能用{accepted}"
    return seal.unusable_on(on)


def _paper(table: RuleTable) -> SealedPaper:
    paper = SealedPaper(
        name=table.text("name"),
        accepts=tuple(_kinds(table, "accepts", table.texts("accepts"))),
        also=tuple(map(_also, table.listed_tables("also"))) if table.has("also") else (),
        seam=_seam(table.table("seam")) if table.has("seam") else _ANY_SEAM,
    )
    table.finish()
    if not paper.accepts:
        raise table.unfit("accepts", "至少列出一种印章")
    if clash := [also.kind.value for also in paper.also if also.kind in paper.accepts]:
        raise table.unfit("also", f"{clash[0]}已是主章，不能再列为同时加盖的印章")
    return paper


def _also(table: RuleTable) -> AlsoSeal:
    (kind,) = _kinds(table, "kind", (table.text("kind"),))
    also = AlsoSeal(
        kind=kind,
        dx_mm=table.number("dx_mm"),
        dy_mm=table.number("dy_mm", 0.0),
        is_required=table.flag("required", default=True),
    )
    table.finish()
    return also


def _seam(table: RuleTable) -> SeamRule | None:
    text, cover = table.text("pages", "all"), table.flag("cover", default=True)
    at = table.number("at", 0.5)
    table.finish()
    if not 0 < at < 1:
        raise table.unfit("at", "应在 0 与 1 之间（自页面上缘起的比例）")
    if text == _NO_SEAM:
        return None
    try:
        return SeamRule(SeamPages.parse(text, cover=cover), at)
    except ValueError as error:
        raise table.unfit(
            "pages", f"“{text}”应为 all（逐页）、odd（双面打印，按张）、none（不盖）或如 2-5,8,10-"
        ) from error


def _kinds(table: RuleTable, key: str, names: Sequence[str]) -> Iterator[SealKind]:
    kinds = {kind.value: kind for kind in SealKind}
    for name in names:
        if name not in kinds:
            raise table.unfit(key, f"没有印章种类“{name}”；可用：{'、'.join(kinds)}")
        yield kinds[name]
