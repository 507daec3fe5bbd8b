"""Review telling: what people did and asked about a paper under approval, as it is shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from archive.acts import WORDS, Act, acts_of
from archive.days import BUSINESS_ZONE
from archive.instruments import Instrument


def questions_of(session: Session, instrument: Instrument) -> list[dict[str, Any]]:
    """Return the questions put in the review and what was answered (F-105)."""
    asked: dict[int, dict[str, Any]] = {}
    for act in acts_of(session, instrument):
        if act.act == Act.ASKED:
            asked[act.seq] = {
                "no": act.seq,
                "by": act.person,
                "post": act.post,
                "at": act.at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
                "question": act.opinion,
                "answers": [],
            }
        elif act.act == Act.ANSWERED and act.details["question"] in asked:
            asked[act.details["question"]]["answers"].append(
                {"by": act.person, "post": act.post, "answer": act.opinion}
            )
    return list(asked.values())


def acts_told(session: Session, instrument: Instrument) -> list[dict[str, Any]]:
    """Return everything people did about the paper, as it is shown."""
    return [
        {
            "seq": act.seq,
            "act": act.act,
            "act_name": WORDS[Act(act.act)],
            "step": act.step,
            "login": act.login,
            "person": act.person,
            "post": act.post,
            "department": act.department,
            "principal": act.principal,
            "at": act.at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
            "opinion": act.opinion,
            "terms_digest": act.terms_digest,
            "details": act.details,
        }
        for act in acts_of(session, instrument)
    ]
