"""Deviated: a draft with the text that was brought in by hand, where one is in force (非标合同)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from archive.deviations import KIND, Deviation, history, in_force
from pipeline import deviationfiles
from pipeline.examining import rules_in_force
from pipeline.failures import Overtaken, RevisionStale
from pipeline.papers.contract import ContractPaper
from pipeline.wiring import Workplace
from templates.deviating.guarding import bound_texts
from templates.deviating.report import Report
from templates.deviating.revision import Standard, revision_digest
from templates.errors import Finding, Level
from templates.fields import flatten, with_number
from templates.proof import NUMBER_TO_COME

if TYPE_CHECKING:
    from pipeline.steps.drafting import Draft

FLAG = "非标合同"
"""What a contract is called whose text is not the standard one."""

_HTML = "text/html"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def deviated(workplace: Workplace, draft: Draft) -> Draft:
    """Return `draft` with the revision in force as its text, or as it is where none is.

    Raises RevisionStale where the revision was made of another text than the order asks for
    now: a contract never falls back to its standard text in silence.
    """
    deviation = deviation_of(workplace, draft.paper.kind, draft.paper.order_no)
    if deviation is None:
        return draft
    if deviation.standard_digest != draft.terms_digest:
        raise RevisionStale(
            f"第 {deviation.seq} 稿修订针对的是此前的订单内容；"
            "请在新的草稿上重新修改提交，或用 guidang contracts withdraw-revision 撤回"
        )
    docx = deviationfiles.file_of(workplace.home, deviation, deviationfiles.TEXT)
    if revision_digest(draft.terms_digest, docx, deviation.seq) != deviation.terms_digest:
        raise RevisionStale(f"第 {deviation.seq} 稿修订的摘要与登记不符；请重新提交修订稿")
    note = Finding("P-303", Level.WARN, "合同文本", f"{FLAG}：{deviation.summary}")
    return replace(
        draft,
        docx=docx,
        terms_digest=deviation.terms_digest,
        findings=(*draft.findings, note),
        deviation=deviation,
    )


def assert_in_force(session: Session, draft: Draft) -> None:
    """Raise Overtaken unless the text of `draft` is still the one that holds, under the lock.

    A revision brought in while a draft was being made must not be passed over.
    """
    if draft.paper.kind != KIND:
        return
    standing = in_force(session, draft.paper.order_no)
    of_draft = draft.deviation.terms_digest if draft.deviation else None
    if (standing.terms_digest if standing else None) != of_draft:
        raise Overtaken(f"the text of {draft.paper.order_no} was revised meanwhile")


def deviation_of(workplace: Workplace, kind: str, order_no: str) -> Deviation | None:
    """Return the revision in force of a paper; None for every kind but contracts."""
    if kind != KIND:
        return None
    with workplace.register.read.begin() as session:
        return in_force(session, order_no)


def standard_of(workplace: Workplace, draft: Draft, *, number: str | None = None) -> Standard:
    """Return the standard text of a draft, as revisions of it are held against."""
    flat = dict(flatten(with_number(draft.fields, NUMBER_TO_COME)))
    named = {path for path, text in draft.template.defaults.items() if flat.get(path) != text}
    return Standard(
        template=draft.template,
        docx=draft.docx,
        fields=flat,
        named=named | _agreed_figures(draft),
        title=draft.paper.title,
        rules=rules_in_force(workplace),
        type_code=draft.paper.type_code,
        number=number,
    )


def _agreed_figures(draft: Draft) -> set[str]:
    """Return the figures the order agrees on although its template has standard ones."""
    paper = draft.paper
    return set(paper.terms.options) if isinstance(paper, ContractPaper) else set()


def bound_of(workplace: Workplace, draft: Draft, number: str) -> dict[str, str]:
    """Return what of the order the finished text must say, its number among it."""
    standard = standard_of(workplace, draft)
    return bound_texts(flatten(with_number(draft.fields, number)), standard.bound)


def dossier_files(workplace: Workplace, draft: Draft) -> dict[str, tuple[str, str, bytes]]:
    """Return what a dossier keeps of every revision there was, by role.

    The one in force stands as revision, deviation and deviation_page; the ones before it as
    revision_1, deviation_1 and so on.
    """
    files: dict[str, tuple[str, str, bytes]] = {}
    if draft.paper.kind != KIND:
        return files
    with workplace.register.read.begin() as session:
        rows = history(session, draft.paper.order_no)
    for row in rows:
        current = draft.deviation is not None and row.seq == draft.deviation.seq
        suffix = "" if current else f"_{row.seq}"
        name = f"{draft.paper.order_no}-第{row.seq}稿"
        source = deviationfiles.file_of(workplace.home, row, deviationfiles.SOURCE)
        report = deviationfiles.file_of(workplace.home, row, deviationfiles.REPORT)
        files[f"revision{suffix}"] = (f"{name}-修订稿.docx", _WORD, source)
        files[f"deviation{suffix}"] = (f"{name}-偏离报告.json", "application/json", report)
        if current:
            page = Report.parse(report).to_html()
            files["deviation_page"] = (f"{name}-偏离报告.html", _HTML, page)
    return files


def described(draft: Draft) -> dict[str, object]:
    """Return what the metadata of a record says of its deviation; nothing where it has none."""
    row = draft.deviation
    if row is None:
        return {}
    told = {
        "flag": FLAG,
        "seq": row.seq,
        "summary": row.summary,
        "reason": row.reason,
        "brought_by": row.brought_by,
        "source_sha256": row.source_sha256,
        "standard_digest": row.standard_digest,
    }
    return {"deviation": json.loads(json.dumps(told))}
