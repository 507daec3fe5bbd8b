"""Routes: who must agree in which order before a paper may be numbered, as data (审批流程)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Self

from archive.errors import ApprovalRefused
from archive.people import person_key
from archive.routesteps import Route, Step
from archive.rulesets import RuleTable, read_ruleset
from archive.upstreamproof import SignatureRule

HERE: Final = "guidang"
"""What decisions given in guidang itself name as their source; no file can name it."""

AGREED: Final = "同意"
"""The one decision that counts; 修改后同意 asks for other terms, so it is none on these."""

_DEVIATING: Final = "deviating"
"""The table of a kind that names the route of its deviating texts."""

_CONFIRM_VOID: Final[tuple[str, ...]] = ("legal", "lead")
"""Whose holders confirm that a paper is void, where the rules do not say."""

_CLOCKS_DIFFER: Final = timedelta(days=1)
"""How far ahead of ours an upstream system's clock, or its zone, may be."""


@dataclass(frozen=True, slots=True)
class UpstreamApproval:
    """One decision as another system gave it; `step` by code or by any of its Chinese names.

    `terms_digest` is what it was given on, None where the system did not say; `principal` is
    for whom, where it was delegated.
    """

    step: str
    person: str
    post: str
    at: datetime
    opinion: str
    source: str
    decision: str = AGREED
    terms_digest: str | None = None
    principal: str | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Whose hands are in it: who decided, and for whom where it was delegated."""
        return (self.person, *([self.principal] if self.principal else []))

    def binds(self, terms_digest: str, *, by_name: bool) -> bool:
        """Return whether it speaks of these terms; `by_name` asks that it says so itself."""
        if self.terms_digest is None:
            return not by_name
        return self.terms_digest == terms_digest


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """The firm's routes and the systems it trusts, as one version of the rule file says."""

    version: str
    digest: str
    trusted: tuple[str, ...]
    steps: tuple[Step, ...]
    routes: Mapping[str, Route]
    signatures: tuple[SignatureRule, ...] = ()
    void_confirmed_by: tuple[str, ...] = _CONFIRM_VOID

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rule file at `path`; raises RulesUnfit."""
        rules = read_ruleset(path)
        trusted = rules.table.texts("trusted")
        if HERE in trusted:
            raise rules.table.unfit("trusted", f"{HERE} 是本系统，不能由文件冒称")
        steps = tuple(Step.read(table) for table in rules.table.listed_tables("steps"))
        names = [name for step in steps for name in (step.code, step.name, *step.also)]
        if doubled := [name for name in names if names.count(name) > 1]:
            raise rules.table.unfit("steps", f"{doubled[0]} 指两个环节")
        codes = {step.code for step in steps}
        if lost := [step.code for step in steps if step.escalates_to not in {None, *codes}]:
            raise rules.table.unfit("steps", f"{lost[0]} 的 escalates_to 不是环节")
        routes: dict[str, Route] = {}
        for kind, table in rules.table.named_tables("routes"):
            routes |= _routes(kind, table, {step.code: step for step in steps})
        listed = rules.table.listed_tables("signatures") if rules.table.has("signatures") else ()
        signatures = tuple(SignatureRule.read(table) for table in listed)
        confirm = _CONFIRM_VOID
        if rules.table.has("void_confirmed_by"):
            confirm = rules.table.texts("void_confirmed_by")
            if lost := [code for code in confirm if code not in codes]:
                raise rules.table.unfit("void_confirmed_by", f"没有环节 {lost[0]}")
        rules.table.finish()
        return cls(rules.version, rules.digest, trusted, steps, routes, signatures, confirm)

    def route(
        self,
        kind: str,
        *,
        deviating: bool = False,
        type_code: str = "",
        amount: Decimal | None = None,
    ) -> Route:
        """Return the route of `kind`, the longer one of a text that deviates from its standard.

        With the steps the rules insert for a contract of this type and this amount. Raises
        ApprovalRefused where there is none.
        """
        name = deviating_name(kind) if deviating else kind
        if name not in self.routes:
            what = "非标文本" if deviating else f"文种 {kind}"
            mend = f"；请在 rules/approvals.toml 中增加 [routes.{name}]" if deviating else ""
            raise ApprovalRefused([f"审批规则中没有{what}的审批流程{mend}"])
        return self.routes[name].for_paper(type_code, amount)

    def step(self, name: str) -> Step | None:
        """Return the step called `name`, None where no step is."""
        for step in self.steps:
            if name in (step.code, step.name, *step.also):
                return step
        return None

    def trusts(self, source: str) -> bool:
        """Return whether decisions given in `source` count."""
        return source in self.trusted


def problems_of(
    route: Route, decided: Mapping[str, UpstreamApproval], *, at: datetime
) -> list[str]:
    """Return what is against the rules in `decided`, the agreements by step code, as of `at`.

    Source: company regulation 五.1 (order of signatures), 三.1 and DOMAIN 5 (duties apart).
    """
    problems: list[str] = []
    for step in route.steps:
        if step.code in decided:
            problems += _blanks(step, decided[step.code], at)
    return problems + _order(route, decided) + _doubled(route, decided)


def _blanks(step: Step, given: UpstreamApproval, at: datetime) -> list[str]:
    fields = (("人员姓名", given.person), ("岗位", given.post), ("意见文字", given.opinion))
    problems = [f"“{step.name}”缺少{word}，请补全" for word, text in fields if not text.strip()]
    if given.at.tzinfo is None:
        problems.append(f"“{step.name}”的时间没有时区，请写成 2026-03-02T16:20:00+08:00 的样式")
    elif given.at > at + _CLOCKS_DIFFER:
        problems.append(f"“{step.name}”的时间 {given.at.isoformat()} 晚于现在，请核对")
    return problems


def _order(route: Route, decided: Mapping[str, UpstreamApproval]) -> list[str]:
    problems: list[str] = []
    missing: Step | None = None
    before: list[tuple[Step, UpstreamApproval]] = []
    for stage in route.stages:
        given = [(step, decided[step.code]) for step in stage if step.code in decided]
        for step, decision in given:
            if missing is not None:
                problems.append(
                    f"“{step.name}”已有意见，其前的“{missing.name}”却没有；"
                    "须依次办理，请补办后重新报送"
                )
            problems += [
                f"“{step.name}”的时间早于“{earlier.name}”，次序颠倒，请核对"
                for earlier, said in before
                if _is_earlier(decision.at, said.at)
            ]
        absent = [step for step in stage if step.code not in decided]
        missing = missing or (absent[0] if absent else None)
        before = given or before
    return problems


def _is_earlier(one: datetime, other: datetime) -> bool:
    return one.tzinfo is not None and other.tzinfo is not None and one < other


def _doubled(route: Route, decided: Mapping[str, UpstreamApproval]) -> list[str]:
    problems: list[str] = []
    names = {step.code: step.name for step in route.steps}
    for group in route.apart:
        held: dict[str, str] = {}
        for code in (code for code in names if code in group and code in decided):
            for name in decided[code].people:
                person = person_key(name)
                if held.setdefault(person, code) != code:
                    problem = (
                        f"“{names[held[person]]}”与“{names[code]}”同为 {name}，须由不同的人办理"
                    )
                    problems += [problem] if problem not in problems else []
    return problems


def deviating_name(kind: str) -> str:
    """Return the name of the route that texts of `kind` take that are not the standard one."""
    return f"{kind}.{_DEVIATING}"


def _routes(kind: str, table: RuleTable, steps: Mapping[str, Step]) -> dict[str, Route]:
    """Return the route of `kind`, and of its deviating texts where the rules name one.

    No step of the usual route may be missing from the longer one.
    """
    longer = table.table(_DEVIATING) if table.has(_DEVIATING) else None
    routes = {kind: Route.read(table, steps)}
    if longer is not None:
        routes[deviating_name(kind)] = Route.read(longer, steps)
        usual, all_ = (set(route.steps) for route in routes.values())
        if lost := sorted(step.code for step in usual - all_):
            raise longer.unfit("steps", f"非标文本的流程不能少于通常流程，缺少 {lost[0]}")
    return routes


def same_decision(one: UpstreamApproval, other: UpstreamApproval) -> bool:
    """Return whether both say the same, whatever zone their moments are written in."""
    return _said(one) == _said(other)


def _said(given: UpstreamApproval) -> Sequence[object]:
    return (given.person, given.post, given.at, given.opinion, given.source, given.decision)
