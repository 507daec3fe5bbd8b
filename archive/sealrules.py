"""Seal rules: which seals a kind of paper gets, where they stand, and how its seam is sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Self

from archive.errors import SealRefused
from archive.routesteps import DRAFT
from archive.rulesets import RuleTable, read_ruleset
from archive.sealcase import Seal, SealKind
from archive.sealpowers import SealPowers
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


_NO_POWERS: Final = SealPowers()
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

    @property
    def kinds(self) -> tuple[SealKind, ...]:
        """Every kind of seal such a paper may carry, the main ones first."""
        return (*self.accepts, *(also.kind for also in self.also))


@dataclass(frozen=True, slots=True)
class RequestRule:
    """Who asks for the seal once a paper is approved: the person of that step, for how long."""

    requested_by: str = DRAFT
    lasts: timedelta = timedelta(days=30)


_BY_DRAFTER: Final = RequestRule()


@dataclass(frozen=True, slots=True)
class SealRules:
    """Which seal may be put on what, as one version of the rule file says."""

    version: str
    digest: str
    papers: Mapping[str, SealedPaper]
    powers: SealPowers = _NO_POWERS
    requests: RequestRule = _BY_DRAFTER

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rule file at `path`; raises RulesUnfit."""
        rules = read_ruleset(path)
        papers = {kind: _paper(table) for kind, table in rules.table.named_tables("papers")}
        table = rules.table
        powers = SealPowers.read(table.table("powers")) if table.has("powers") else _NO_POWERS
        requests = _requests(table.table("requests")) if table.has("requests") else _BY_DRAFTER
        table.finish()
        return cls(rules.version, rules.digest, papers, powers, requests)

    def paper(self, kind: str) -> SealedPaper:
        """Return what `kind` accepts; raises SealRefused for a kind nothing is said about."""
        if kind not in self.papers:
            raise SealRefused(f"用印规则中没有文种 {kind}，不得用印")
        return self.papers[kind]


def choose_seal(
    seals: Sequence[Seal],
    rules: SealRules,
    *,
    owner: str,
    kind_of_paper: str,
    on: date,
    amount: Decimal | None = None,
) -> Seal:
    """Return the seal `owner` puts on such a paper that day, the preferred kind first.

    One whose authority does not reach the `amount` stands back for one whose does.

    Raises SealRefused with the reason each of the owner's seals is out of question.
    """
    paper = rules.paper(kind_of_paper)
    own = [seal for seal in seals if seal.owner == owner]
    if not own:
        raise SealRefused(f"没有登记“{owner}”的印章（须与公司全称完全一致）")
    reasons = {
        seal.code: _why_not(seal, paper, on) or seal.beyond_authority(kind_of_paper, amount)
        for seal in own
    }
    fit = [seal for seal in own if reasons[seal.code] is None]
    if not fit:
        told = "；".join(f"{seal.name}（{seal.code}）：{reasons[seal.code]}" for seal in own)
        raise SealRefused(f"“{owner}”没有可用于{paper.name}的印章——{told}")
    return min(fit, key=lambda seal: (paper.accepts.index(seal.kind), seal.code))


def choose_also(
    seals: Sequence[Seal],
    rules: SealRules,
    *,
    owner: str,
    kind_of_paper: str,
    on: date,
    amount: Decimal | None = None,
) -> tuple[tuple[Seal, AlsoSeal], ...]:
    """Return the seals `owner` puts on such a paper beside the main one, with their places.

    Raises SealRefused where one the rules require is not there or out of use.
    """
    chosen = []
    for also in rules.paper(kind_of_paper).also:
        own = [seal for seal in seals if (seal.owner, seal.kind) == (owner, also.kind)]
        reasons = {
            seal.code: seal.unusable_on(on) or seal.beyond_authority(kind_of_paper, amount)
            for seal in own
        }
        fit = [seal for seal in own if reasons[seal.code] is None]
        if fit:
            chosen.append((min(fit, key=lambda seal: seal.code), also))
        elif also.is_required:
            told = "；".join(f"{code}：{why}" for code, why in reasons.items()) or "没有登记"
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


def _requests(table: RuleTable) -> RequestRule:
    rule = RequestRule(
        requested_by=table.text("requested_by", DRAFT),
        lasts=timedelta(days=table.count("valid_days")),
    )
    table.finish()
    return rule


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
