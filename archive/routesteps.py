"""Route steps: what one step of an approval asks for, and which steps a paper takes (审批环节)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Self

from archive.rulesets import RuleTable

DRAFT: Final = "draft"
"""The step every route begins with (起草)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an approval: its code, its Chinese name, and what others call it.

    `points` must each be answered in words by who decides. It is due `workdays` after it came
    to be somebody's turn, and `escalates_to` names the step whose holders hear when it is late.
    """

    code: str
    name: str
    also: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    workdays: int | None = None
    escalates_to: str | None = None

    @classmethod
    def read(cls, table: RuleTable) -> Self:
        """Read a step from its table; raises RulesUnfit."""
        step = cls(
            table.text("code"),
            table.text("name"),
            table.texts("also", default=()),
            table.texts("points", default=()),
            table.count("workdays") if table.has("workdays") else None,
            table.text("escalates_to") if table.has("escalates_to") else None,
        )
        table.finish()
        return step


@dataclass(frozen=True, slots=True)
class Insertion:
    """A step that some contracts take besides: by type, from an amount on, or both.

    `beside` says that it is decided side by side with the step it follows (会签).
    """

    step: Step
    after: str
    types: tuple[str, ...] = ()
    amount_from: Decimal | None = None
    beside: bool = False

    def applies_to(self, type_code: str, amount: Decimal | None) -> bool:
        """Return whether a contract of this type and amount takes the step."""
        if self.types and type_code not in self.types:
            return False
        return self.amount_from is None or (amount is not None and amount >= self.amount_from)

    @classmethod
    def read(cls, table: RuleTable, steps: Mapping[str, Step]) -> Self:
        """Read an insertion from its table; raises RulesUnfit."""
        codes = {key: table.text(key) for key in ("step", "after")}
        if lost := [key for key, code in codes.items() if code not in steps]:
            raise table.unfit(lost[0], f"没有环节 {codes[lost[0]]}")
        insertion = cls(
            steps[codes["step"]],
            codes["after"],
            table.texts("types", default=()),
            table.figure("amount_from") if table.has("amount_from") else None,
            table.flag("beside", default=False),
        )
        if not insertion.types and insertion.amount_from is None:
            raise table.unfit("step", "须写明 types 或 amount_from；所有文书都要办的，写入 steps")
        table.finish()
        return insertion


@dataclass(frozen=True, slots=True)
class Route:
    """The steps a kind of paper takes, and the groups of steps no person may hold two of.

    Neighbours in one group of `together` are decided side by side (会签): all of them must
    agree, none waits for another. `insertions` come in by type and amount.
    """

    steps: tuple[Step, ...]
    apart: tuple[tuple[str, ...], ...]
    together: tuple[tuple[str, ...], ...] = ()
    insertions: tuple[Insertion, ...] = ()

    @property
    def stages(self) -> tuple[tuple[Step, ...], ...]:
        """The steps in turn, those decided side by side in one stage."""
        stages: list[tuple[Step, ...]] = []
        for step in self.steps:
            codes = {step.code, stages[-1][-1].code} if stages else set()
            if codes and any(codes <= set(group) for group in self.together):
                stages[-1] += (step,)
            else:
                stages.append((step,))
        return tuple(stages)

    def for_paper(self, type_code: str, amount: Decimal | None) -> Route:
        """Return the route of one paper: with the steps its type and amount bring in."""
        route = self
        behind = {each.step.code: each.after for each in self.insertions}
        for each in self.insertions:
            if each.applies_to(type_code, amount):
                after = each.after
                while after not in (step.code for step in route.steps):
                    after = behind[after]
                route = route.with_step(each.step, after=after, beside=each.beside)
        return replace(route, insertions=())

    def with_step(self, step: Step, *, after: str, beside: bool = False) -> Route:
        """Return the route with `step` behind the step `after`; nobody may hold it and another.

        Not beside it, it follows all that is decided side by side with `after`.
        """
        codes = [each.code for each in self.steps]
        if step.code in codes:
            return self
        stage = next(each for each in self.stages if after in {one.code for one in each})
        place = codes.index(after if beside else stage[-1].code) + 1
        together = self._together_with(after, step.code) if beside else self.together
        return replace(self._with(step, place), together=together)

    def with_signer(self, step: Step, *, before: str) -> Route:
        """Return the route with `step` in front of the step `before`, a stage of its own (加签)."""
        codes = [each.code for each in self.steps]
        if step.code in codes:
            return self
        stage = next(each for each in self.stages if before in {one.code for one in each})
        return self._with(step, codes.index(stage[0].code))

    def _with(self, step: Step, place: int) -> Route:
        everybody = (tuple(each.code for each in (*self.steps, step)),)
        return replace(
            self,
            steps=(*self.steps[:place], step, *self.steps[place:]),
            apart=tuple((*group, step.code) for group in self.apart) or everybody,
        )

    def _together_with(self, after: str, code: str) -> tuple[tuple[str, ...], ...]:
        joined = tuple((*g, code) if after in g else g for g in self.together)
        return joined if joined != self.together else (*self.together, (after, code))

    @classmethod
    def read(cls, table: RuleTable, steps: Mapping[str, Step]) -> Self:
        """Read a route from its table; raises RulesUnfit."""
        codes, apart = table.texts("steps"), table.lists("apart")
        together = table.lists("together") if table.has("together") else ()
        listed = table.listed_tables("insert") if table.has("insert") else ()
        insertions = tuple(Insertion.read(each, steps) for each in listed)
        table.finish()
        if not codes or codes[0] != DRAFT:
            raise table.unfit("steps", f"流程须从 {DRAFT}（起草）开始")
        groups = [("apart", group) for group in apart] + [("together", each) for each in together]
        for key, names in (("steps", codes), *groups):
            if lost := [name for name in names if name not in (steps if key == "steps" else codes)]:
                raise table.unfit(key, f"没有环节 {lost[0]}")
        known = list(codes)
        for each in insertions:
            if each.after not in known or each.step.code in codes:
                raise table.unfit("insert", f"{each.step.code} 须插在本流程的环节之后，且只列一次")
            known.append(each.step.code)
        return cls(tuple(steps[code] for code in codes), apart, together, insertions)
