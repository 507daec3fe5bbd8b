"""Approval acts: what a person does about a paper under approval, each act one transaction.

Decided under the write lock from what stands then: of two people who decide at once the second
is told what the first one did. Notes are durable before the transaction ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from archive import acts, approvals, deciding
from archive.acts import Act, Actor, ApprovalAct, Told
from archive.days import business_day
from archive.deciding import Scope, Standing
from archive.directory import Directory, directory_of
from archive.errors import ApprovalNeeded, ApprovalRefused
from archive.instruments import Instrument
from archive.routes import HERE, UpstreamApproval
from archive.routesteps import DRAFT, Step
from pipeline.approvalnotes import note_decisions
from pipeline.recalling import release
from pipeline.settling import end_refused
from pipeline.underapproval import find_paper
from pipeline.waiting import FOR_APPROVAL
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says about a paper: who, in words, at which step, on which terms."""

    login: str
    opinion: str
    step: str | None = None
    digest: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Held:
    """A paper under approval while the write lock is held, with what is decided from."""

    session: Session
    row: Instrument
    directory: Directory
    standing: Standing
    scope: Scope
    at: datetime

    def turn(self, workplace: Workplace, said: Said) -> tuple[Step, Actor]:
        """Return the step `said` is about and who decides it; raises where nobody may."""
        return deciding.chosen(
            self.standing,
            self.directory,
            workplace.approvals,
            said.login,
            self.scope,
            step=said.step,
        )


def submit(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Submit the draft: the first step of every route (起草, 送审)."""
    return approve(workplace, name, Said(said.login, said.opinion, DRAFT, said.digest))


def approve(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Agree to the terms as they stand; with the last step the paper can take its number.

    Raises ApprovalRefused with everything against it, DirectoryRefused.
    """
    with _held(workplace, name, said) as held:
        step, actor = held.turn(workplace, said)
        decision = UpstreamApproval(
            step.code, actor.name, actor.capacity, held.at, said.opinion, HERE,
            principal=actor.principal,
        )  # fmt: skip
        keepers = [each for seal in workplace.seals for each in seal.keepers]
        problems = deciding.unanswered(step, said.answers)
        problems += deciding.problems_with(held.standing, decision, keepers=keepers, at=held.at)
        if problems:
            raise ApprovalRefused(problems)
        told = Told(Act.AGREED, step.code, said.opinion, {"answers": dict(said.answers)})
        act = approvals.agree_here(held.session, held.row, told, actor, at=held.at)
        _say_what_is_missing(workplace, held)
    return act


def ask_for_changes(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Agree to other terms only (修改后同意): what was given on these ends, the drafter amends."""
    with _held(workplace, name, said) as held:
        step, actor = held.turn(workplace, said)
        act = _tell(held, Told(Act.CHANGES_ASKED, step.code, said.opinion), actor)
        approvals.void_approvals(held.session, held.row, reason=_reason(act), at=held.at)
        _say_what_is_missing(workplace, held)
    return act


def send_back(workplace: Workplace, name: str, said: Said, *, to: str) -> ApprovalAct:
    """Give the paper back to an earlier step (退回): that step and all behind it decide anew.

    Raises ApprovalRefused also where another system gave those decisions: it has to end them.
    """
    with _held(workplace, name, said) as held:
        step, actor = held.turn(workplace, said)
        known = workplace.approvals.step(to)
        wanted = known.code if known else to
        if wanted not in held.standing.decided:
            raise ApprovalRefused([f"“{to}”不是已办理的环节，无从退回"])
        behind = held.standing.from_step(wanted)
        _assert_given_here(held.standing, behind)
        act = _tell(held, Told(Act.RETURNED, step.code, said.opinion, {"to": wanted}), actor)
        approvals.void_approvals(
            held.session,
            held.row,
            reason=_reason(act),
            at=held.at,
            terms_digest=held.row.terms_digest,
            steps=behind,
        )
        _say_what_is_missing(workplace, held)
    return act


def refuse(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Disagree (不同意): the file goes to rejected/ with the opinion, the paper ends.

    Bytes first, then the rows. A changed file for the order is its next revision; the
    history of this one stays.
    """
    with _held(workplace, name, said) as held:
        step, actor = held.turn(workplace, said)
        act = _tell(held, Told(Act.REFUSED, step.code, said.opinion), actor)
        reason = f"“{step.name}”{actor.name}（{actor.capacity}）不同意：{said.opinion}"
        end_refused(workplace, held.session, held.row, ApprovalRefused([reason]), at=held.at)
    release(workplace, held.row)
    return act


def withdraw(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Take back what one submitted (撤回) while it is under way; what was agreed to it ends."""
    with _held(workplace, name, said) as held:
        user = held.directory.enabled(said.login)
        done = acts.acts_of(held.session, held.row)
        by = deciding.submitted_by(done, str(held.row.terms_digest))
        if by != said.login or DRAFT not in held.standing.decided:
            raise ApprovalRefused([f"只能由送审人撤回；{user.name} 没有送审此件，或者已经撤回"])
        _assert_given_here(held.standing, held.standing.decided)
        actor = Actor(user.login, user.name, user.post, user.department)
        act = _tell(held, Told(Act.WITHDRAWN, DRAFT, said.opinion), actor)
        approvals.void_approvals(held.session, held.row, reason=_reason(act), at=held.at)
        _say_what_is_missing(workplace, held)
    return act


def add_signer(workplace: Workplace, name: str, said: Said, *, signer: str) -> ApprovalAct:
    """Ask one more person to agree before this step is decided (加签)."""
    with _held(workplace, name, said) as held:
        step, actor = held.turn(workplace, said)
        asked = held.directory.enabled(signer)
        new = deciding.signer_step(asked)
        trial = UpstreamApproval(new.code, asked.name, asked.post, held.at, "加签", HERE)
        route = held.standing.route.with_signer(new, before=step.code)
        keepers = [each for seal in workplace.seals for each in seal.keepers]
        standing = Standing(route, held.standing.decided)
        problems = deciding.problems_with(standing, trial, keepers=keepers, at=held.at)
        if signer == said.login:
            problems.append("不能请自己加签")
        if problems:
            raise ApprovalRefused(problems)
        details = {"signer": signer, "signer_step": new.code, "signer_name": new.name}
        act = _tell(held, Told(Act.SIGNER_ADDED, step.code, said.opinion, details), actor)
        _say_what_is_missing(workplace, held)
    return act


def ask(workplace: Workplace, name: str, said: Said) -> ApprovalAct:
    """Put a question to the business department while it is one's turn (F-105)."""
    with _held(workplace, name, said) as held:
        step, actor = held.turn(workplace, said)
        return _tell(held, Told(Act.ASKED, step.code, said.opinion), actor)


def reply(workplace: Workplace, name: str, said: Said, *, question: int) -> ApprovalAct:
    """Answer a question of the review; raises ApprovalRefused where there is none."""
    with _held(workplace, name, said) as held:
        user = held.directory.enabled(said.login)
        asked = next(
            (
                each
                for each in acts.acts_of(held.session, held.row)
                if each.act == Act.ASKED and each.seq == question
            ),
            None,
        )
        if asked is None:
            raise ApprovalRefused([f"没有编号为 {question} 的问询"])
        if asked.login == user.login:
            raise ApprovalRefused(["问询人不能答复自己的问询"])
        actor = Actor(user.login, user.name, user.post, user.department)
        told = Told(Act.ANSWERED, asked.step, said.opinion, {"question": question})
        return _tell(held, told, actor)


@contextmanager
def _held(workplace: Workplace, name: str, said: Said) -> Iterator[_Held]:
    """Hold the paper `name` under the write lock, and note what was decided when it is done."""
    if not said.opinion.strip():
        raise ApprovalRefused(["须写明意见（--opinion）：只点同意不算意见"])
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        row = find_paper(session, name)
        deciding.assert_under_approval(row, said.digest)
        scope = Scope(row.kind, row.order_no, row.amount, business_day(at))
        yield _Held(
            session,
            row,
            directory_of(session),
            deciding.standing_of(session, row, workplace.approvals),
            scope,
            at,
        )
        note_decisions(session, workplace.home, row)


def _tell(held: _Held, told: Told, actor: Actor) -> ApprovalAct:
    return acts.record(held.session, held.row, told, actor, at=held.at)


def _reason(act: ApprovalAct) -> str:
    return f"{act.person} {acts.WORDS[Act(act.act)]}：{act.opinion}"


def _assert_given_here(standing: Standing, codes: Mapping[str, object] | tuple[str, ...]) -> None:
    foreign = [standing.decided[code] for code in codes if code not in standing.here]
    if foreign:
        who = f"{foreign[0].person} 的意见由 {foreign[0].source} 给出，不能在此退回或撤回"
        raise ApprovalRefused([f"{who}；不同意的，请用 reject 退回订单"])


def _say_what_is_missing(workplace: Workplace, held: _Held) -> None:
    """Let the paper go on where nothing is missing, else say what it waits for.

    Another reason to stand still (its contract is not filed, it was parked) is left alone.
    """
    row = held.row
    if row.reason is not None and not row.reason.startswith(FOR_APPROVAL):
        return
    standing = deciding.standing_of(held.session, row, workplace.approvals)
    missing = [step.name for step in standing.missing]
    row.reason = str(ApprovalNeeded(missing, told=standing.given_back)) if missing else None
    row.not_before = None
