"""Kinds: the one table of kinds of document: word, form and the paper made of it (文种)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from index.labels import KIND_WORDS
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.authority import AuthorityForm
from pipeline.intake.change import ChangeForm
from pipeline.intake.following import FollowingForm
from pipeline.intake.forms import Form
from pipeline.intake.nda import NdaForm
from pipeline.intake.order import OrderForm
from pipeline.intake.termination import TerminationForm
from pipeline.papers.acceptance import AcceptancePaper
from pipeline.papers.authority import AuthorityPaper
from pipeline.papers.change import ChangePaper
from pipeline.papers.contract import ContractPaper
from pipeline.papers.nda import NdaPaper
from pipeline.papers.paper import Paper
from pipeline.papers.standing import Standing
from pipeline.papers.termination import TerminationPaper

_Form = TypeVar("_Form", bound=FollowingForm)
_Maker = Callable[[Form, Standing | None], Paper]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document; `again` says what to do where one is sealed and must be otherwise.

    `paper` makes the paper a form asks for, on the contract as it stands: None for the kinds
    that begin a dossier.
    """

    word: str
    again: str
    paper: _Maker


def _contract(form: Form, standing: Standing | None) -> Paper:
    del standing
    if not isinstance(form, OrderForm):
        raise TypeError(f"{type(form).__name__} is no order")
    return ContractPaper.of(form)


def _nda(form: Form, standing: Standing | None) -> Paper:
    if not isinstance(form, NdaForm):
        raise TypeError(f"{type(form).__name__} is no confidentiality agreement")
    return NdaPaper.of(form, standing)


def _following(expected: type[_Form], make: Callable[[_Form, Standing], Paper]) -> _Maker:
    def made(form: Form, standing: Standing | None) -> Paper:
        if not isinstance(form, expected) or standing is None:
            raise TypeError(f"{type(form).__name__} is not {expected.__name__} on a contract")
        return make(form, standing)

    return made


KINDS: Mapping[str, Kind] = {
    "contract": Kind(KIND_WORDS["contract"], "内容有变的，请按合同变更程序办理变更协议", _contract),
    "change": Kind(
        KIND_WORDS["change"],
        "再次变更的，请办理下一号变更协议",
        _following(ChangeForm, ChangePaper.of),
    ),
    "acceptance": Kind(
        KIND_WORDS["acceptance"],
        "内容有变的，请出具下一次验收报告",
        _following(AcceptanceForm, AcceptancePaper.of),
    ),
    "termination": Kind(
        KIND_WORDS["termination"],
        "合同已经终止并结算；仍有事项的，请法务另行处理",
        _following(TerminationForm, TerminationPaper.of),
    ),
    "nda": Kind(KIND_WORDS["nda"], "内容有变的，请另行签订保密协议（随合同的编为下一 seq）", _nda),
    "authority": Kind(
        KIND_WORDS["authority"],
        "权限有变的，请另行出具授权委托书（编为下一 seq）",
        _following(AuthorityForm, AuthorityPaper.of),
    ),
}

_FORMS = {
    "legal_opinion": "合同法律审核意见书",
    "approval_sheet": "合同审批单",
    "seal_request": "用印申请单",
}
"""The firm's own papers: filled from the register, never dropped, numbered or filed."""


def word_of(kind: str) -> str:
    """Return the Chinese name of a kind or of one of the firm's own forms."""
    return KINDS[kind].word if kind in KINDS else _FORMS[kind]
