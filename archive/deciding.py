"""Deciding: what people may do about a paper under approval, decided from what stands (审批办理).

Nothing here writes. `standing_of` reads once; the rest are functions of it, of the directory
and of the day, so that the same question gets the same answer at every door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from archive.acts import WORDS, Act, Actor, ApprovalAct, acts_by_instrument
from archive.approvals import Approval, approvals_by_instrument, decided_from, route_from
from archive.deviations import deviating_among
from archive.directory import ADMINISTRATOR, Directory, User
from archive.errors import ApprovalRefused
from archive.instruments import Instrument, InstrumentState
from archive.people import is_among
from archive.routes import HERE, ApprovalRules, UpstreamApproval, problems_of
from archive.routesteps import DRAFT, Route, Step

_SIGNER = "signer:"
_ENDS_TERMS = (Act.CHANGES_ASKED, Act.REFUSED)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which paper, for delegations: its kind, order and amount, and the day it is."""

    kind: str
    order_no: str
    amount: Decimal | None
    on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the approval of one paper stands on its terms: its steps and who agreed to them."""

    route: Route
    decided: Mapping[str, UpstreamApproval]
    given_back: str = ""
    is_ended: bool = False

    @property
    def open(self) -> tuple[Step, ...]:
        """Whose turn it is: the steps of the first stage that is not complete."""
        for stage in self.route.stages:
            if left := tuple(step for step in stage if step.code not in self.decided):
                return left
        return ()

    @property
    def missing(self) -> tuple[Step, ...]:
        """All steps nobody has agreed to, in order."""
        return tuple(step for step in self.route.steps if step.code not in self.decided)

    @property
    def here(self) -> frozenset[str]:
        """The steps agreed to in guidang itself."""
        return frozenset(code for code, each in self.decided.items() if each.source == HERE)

    def opened_at(self, received_at: datetime) -> datetime:
        """Return since when the open steps are somebody's turn."""
        return max((each.at for each in self.decided.values()), default=received_at)

    def from_step(self, code: str) -> tuple[str, ...]:
        """Return the codes of the step `code` and of all behind it that were agreed to."""
        codes = [step.code for step in self.route.steps]
        return tuple(each for each in codes[codes.index(code) :] if each in self.decided)


def standing_of(session: Session, instrument: Instrument, rules: ApprovalRules) -> Standing:
    """Return where the approval of `instrument` stands on its terms."""
    return standings(session, [instrument], rules)[instrument.id]


def standings(
    session: Session, instruments: Sequence[Instrument], rules: ApprovalRules
) -> dict[int, Standing]:
    """Return where each of `instruments` stands, by id, read in a handful of queries."""
    ids = [each.id for each in instruments]
    acts, rows = acts_by_instrument(session, ids), approvals_by_instrument(session, ids)
    flagged = deviating_among(session, [each.order_no for each in instruments])
    return {
        each.id: _standing(
            each, rules, acts[each.id], rows[each.id], deviating=_key(each) in flagged
        )
        for each in instruments
    }


def _key(instrument: Instrument) -> tuple[str, str]:
    return instrument.order_no, str(instrument.terms_digest)


def _standing(
    instrument: Instrument,
    rules: ApprovalRules,
    acts: Sequence[ApprovalAct],
    rows: Sequence[Approval],
    *,
    deviating: bool,
) -> Standing:
    terms = str(instrument.terms_digest)
    on_these = [each for each in acts if each.terms_digest == terms]
    return Standing(
        route=route_from(rules, instrument, terms, on_these, deviating=deviating),
        decided=decided_from(rows, on_these, terms),
        given_back=given_back(on_these, terms),
        is_ended=any(Act(each.act) in _ENDS_TERMS for each in on_these),
    )


def given_back(acts: Iterable[ApprovalAct], terms_digest: str) -> str:
    """Return who gave these terms back last and why, blank where they went on since."""
    told = ""
    for each in (each for each in acts if each.terms_digest == terms_digest):
        act = Act(each.act)
        if act in (*_ENDS_TERMS, Act.RETURNED, Act.WITHDRAWN):
            told = f"{each.person} {WORDS[act]}：{each.opinion}"
        elif act is Act.AGREED:
            told = ""
    return told


def assert_under_approval(instrument: Instrument, digest: str | None) -> None:
    """Raise ApprovalRefused unless the paper is under approval, on the terms that were seen."""
    state = instrument.state
    if state is InstrumentState.RECEIVED:
        raise ApprovalRefused(["文书尚未起草，没有可审的内容；请先运行 guidang run"])
    if state is not InstrumentState.DRAFTED:
        done = "审批已完成，文书已编号" if instrument.number else "文书已停止办理"
        raise ApprovalRefused([f"{done}，不能再办理审批"])
    if digest is not None and digest != instrument.terms_digest:
        now = str(instrument.terms_digest)[:12]
        problem = f"所见条款摘要 {digest[:12]}… 与现在的 {now}… 不同：请重新查看后再办"
        raise ApprovalRefused([problem])


def actor_for(
    directory: Directory, rules: ApprovalRules, login: str, step: Step, scope: Scope
) -> Actor | None:
    """Return `login` as who may decide `step`, for themselves or for another; None if not.

    Raises DirectoryRefused for the unknown and the disabled.
    """
    user = directory.enabled(login)
    if _holds(user, rules, step):
        return Actor(user.login, user.name, user.post, user.department)
    for given in directory.delegations:
        principal = directory.users[given.principal]
        if (
            given.delegate == login
            and principal.is_enabled
            and _holds(principal, rules, step)
            and given.covers(
                on=scope.on,
                kind=scope.kind,
                step=step.code,
                order_no=scope.order_no,
                amount=scope.amount,
            )
        ):
            return Actor(user.login, user.name, principal.post, user.department, principal.name)
    return None


def open_to(
    standing: Standing, directory: Directory, rules: ApprovalRules, login: str, scope: Scope
) -> tuple[tuple[Step, Actor], ...]:
    """Return the steps that are the turn of `login` now, each with the capacity to decide it."""
    if standing.is_ended:
        return ()
    found = ((step, actor_for(directory, rules, login, step, scope)) for step in standing.open)
    return tuple((step, actor) for step, actor in found if actor is not None)


def chosen(
    standing: Standing,
    directory: Directory,
    rules: ApprovalRules,
    login: str,
    scope: Scope,
    *,
    step: str | None,
) -> tuple[Step, Actor]:
    """Return the one step `login` decides now; raises ApprovalRefused, DirectoryRefused."""
    user = directory.enabled(login)
    if standing.is_ended:
        raise ApprovalRefused([f"{standing.given_back}；须修改后重新报审，不能在原条款上再办理"])
    if not standing.open:
        raise ApprovalRefused(["各环节均已同意，无须再办理"])
    wanted = None if step is None else _named(standing, rules, step)
    turns = open_to(standing, directory, rules, login, scope)
    matching = [each for each in turns if wanted is None or each[0].code == wanted.code]
    if len(matching) == 1:
        return matching[0]
    if len(matching) > 1:
        names = "、".join(each.name for each, _actor in matching)
        raise ApprovalRefused([f"现有几个环节可由 {user.name} 办理：{names}；请用 --step 指明"])
    if wanted is not None and wanted.code in standing.decided:
        done = standing.decided[wanted.code]
        raise ApprovalRefused([f"“{wanted.name}”已由 {done.person} 办理"])
    now = "、".join(each.name for each in standing.open)
    raise ApprovalRefused([f"现在轮到“{now}”，{user.name}（{user.post}）不能办理"])


def problems_with(
    standing: Standing, decision: UpstreamApproval, *, keepers: Iterable[str], at: datetime
) -> list[str]:
    """Return what is against this agreement beside those that stand: nobody approves own work."""
    problems = problems_of(standing.route, {**standing.decided, decision.step: decision}, at=at)
    for name in decision.people:
        if is_among(name, keepers):
            problems.append(f"{name} 是印章保管人，不得参与审批：用印与审批须由不同的人办理")
    return problems


def unanswered(step: Step, answers: Mapping[str, str]) -> list[str]:
    """Return which points of the step were not answered, or answered though there are none."""
    problems = [
        f"“{step.name}”须逐项写明“{point}”（--point {point}=…）"
        for point in step.points
        if not answers.get(point, "").strip()
    ]
    known = "、".join(step.points) or "无"
    problems += [
        f"“{step.name}”没有“{each}”这一项；应答各项：{known}"
        for each in answers
        if each not in step.points
    ]
    return problems


def signer_step(user: User) -> Step:
    """Return the step that only `user` can decide, asked for by an approver (加签)."""
    return Step(f"{_SIGNER}{user.login}", f"加签（{user.name}）")


def submitted_by(acts: Iterable[ApprovalAct], terms_digest: str) -> str | None:
    """Return the login of who submitted these terms last."""
    found = [
        each.login
        for each in acts
        if each.act == Act.AGREED and each.step == DRAFT and each.terms_digest == terms_digest
    ]
    return found[-1] if found else None


def _holds(user: User, rules: ApprovalRules, step: Step) -> bool:
    if ADMINISTRATOR in user.roles:
        return False
    if step.code.startswith(_SIGNER):
        return step.code == signer_step(user).code
    held = {found.code for role in user.roles if (found := rules.step(role)) is not None}
    return step.code in held


def _named(standing: Standing, rules: ApprovalRules, name: str) -> Step:
    known = rules.step(name)
    for step in standing.route.steps:
        if name in (step.code, step.name) or (known is not None and step.code == known.code):
            return step
    steps = "、".join(step.name for step in standing.route.steps)
    raise ApprovalRefused([f"本文书没有“{name}”这一环节；各环节：{steps}"])
