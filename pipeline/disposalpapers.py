"""Disposal papers: the papers of a list filed as a dossier of their own, kept for good."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from sqlalchemy import select

from archive.digests import sha256
from archive.disposal import KIND, DisposalList
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import RetentionRefused
from archive.filetypes import DOCX as WORD
from pipeline.bookfile import Made, as_document
from pipeline.bookprinting import print_book
from pipeline.disposalforms import (
    Form,
    certificate_of,
    opinions_of,
    pages_of,
    proposal_of,
    register_of,
    text_of,
)
from pipeline.ownpapers import OwnPaper, closest, file_own, is_filed
from pipeline.wiring import Workplace


class Paper(Enum):
    """The papers of one list, in their order."""

    PROPOSAL = 1
    LIST = 2
    CERTIFICATE = 3


@dataclass(frozen=True, slots=True)
class _Drawn:
    forms: tuple[Form, ...]
    at: datetime
    actor: str


def file_paper(workplace: Workplace, known: DisposalList, paper: Paper) -> None:
    """File a paper of the list in the list's dossier; filed already, nothing changes.

    What it says, and its moment, come from the list's history alone: after a crash the same
    paper is filed.
    """
    number = known.number if paper is Paper.PROPOSAL else f"{known.number}-{paper.value:02}"
    if is_filed(workplace, number):
        return
    drawn = _drawn(known, paper)
    name = drawn.forms[0]["form"]
    source = json.dumps(list(drawn.forms), ensure_ascii=False, indent=1).encode()
    text = "\n".join(text_of(form) for form in drawn.forms)
    made = Made(workplace.settings.company.name, drawn.at)
    own = OwnPaper(
        kind=KIND,
        order_no=known.number,
        number=number,
        seq=paper.value,
        title=f"{name}（{known.number}，{len(known.entries)} 卷）",
        actor=drawn.actor,
        at=drawn.at,
        source=sha256(source),
        files={
            "list": (f"{number}.json", "application/json", source),
            "docx": (f"{number}.docx", WORD.media_type, as_document(pages_of(drawn.forms), made)),
            "text": (f"{number}.txt", "text/plain", text.encode()),
        },
        description={"list": known.number, "form": name, "codes": [e.code for e in known.entries]},
        secrecy=closest(workplace, (entry.secrecy for entry in known.entries)),
    )
    file_own(workplace, own)


def print_paper(workplace: Workplace, number: str, out: Path) -> str:
    """Print the list's last paper as it was filed into the new file `out`; return its name.

    Raises RetentionRefused, PrintRefused.
    """
    forms = forms_on_shelf(workplace, number)
    print_book(workplace, out, pages_of(forms))
    return "、".join(form["form"] for form in forms)


def forms_on_shelf(workplace: Workplace, number: str) -> tuple[Form, ...]:
    """Return the forms of the list's last paper as they were filed; raises RetentionRefused."""
    with workplace.register.read.begin() as session:
        query = (
            select(Rendition)
            .join(Record, Record.id == Rendition.record_id)
            .join(Dossier, Dossier.id == Record.dossier_id)
            .where(Dossier.order_no == number, Record.kind == KIND, Rendition.role == "list")
            .order_by(Record.item_no.desc())
        )
        last = session.scalars(query).first()
    if last is None:
        raise RetentionRefused(f"没有清单 {number}，或它还没有归档的文书")
    return tuple(json.loads(workplace.store.read_path(last.path, last.sha256)))


def _drawn(known: DisposalList, paper: Paper) -> _Drawn:
    if paper is Paper.PROPOSAL:
        return _Drawn((proposal_of(known),), known.proposed_at, known.proposer)
    if paper is Paper.LIST:
        if known.approved_at is None or known.approver is None:
            raise RetentionRefused(f"清单 {known.number} 尚未批准")
        return _Drawn((register_of(known), opinions_of(known)), known.approved_at, known.approver)
    if known.completed_at is None or known.presence is None:
        raise RetentionRefused(f"清单 {known.number} 尚未办结")
    form = certificate_of(known, known.completed_at)
    return _Drawn((form,), known.completed_at, known.presence.operator)
