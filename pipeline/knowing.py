"""Knowing: what of the register a person may know of, by the rule of search (可知范围)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from archive.dossiers import Dossier, Record
from archive.errors import RetentionRefused
from index.access import Access
from pipeline.asking import access_of
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class Guarded:
    """What of a filed paper decides who may know of it; index and register are asked alike."""

    secrecy: str
    department: str
    kind: str
    handler: str

    @classmethod
    def of(cls, record: Record, dossier: Dossier, first: Record) -> Guarded:
        """Return it of `record`; `first` is the paper that began its dossier."""
        about = record.description
        return cls(
            dossier.secrecy,
            about.get("department", ""),
            record.kind,
            about.get("handler") or first.description.get("handler", ""),
        )


@dataclass(frozen=True, slots=True)
class Known:
    """The papers and dossiers a person may know of, by code; None is everything.

    A dossier is known where all of its papers are. What is not filed yet has no secrecy that
    counts: only who may know everything knows of it.
    """

    papers: Mapping[str, str] | None = None
    dossiers: frozenset[str] | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is hidden."""
        return self.papers is None

    def has_paper(self, code: str | None) -> bool:
        """Return whether the paper with that 档号 is known; None is one not filed yet."""
        return self.papers is None or code in self.papers

    def has_number(self, number: str) -> bool:
        """Return whether the paper with that 文件编号 is known."""
        return self.papers is None or number in self.papers.values()

    def has_dossier(self, code: str | None) -> bool:
        """Return whether the whole dossier is known; None is one that is not there yet."""
        return self.dossiers is None or code in self.dossiers

    def require(self, code: str, name: str) -> None:
        """Raise RetentionRefused, as for a dossier that is not there, where it is not known."""
        if not self.has_dossier(code):
            raise RetentionRefused(f"没有案卷 {name}；请写案卷的档号、合同编号或订单号")


ALL: Final = Known()
"""What the account that runs guidang knows of."""


def known_among(workplace: Workplace, access: Access, codes: Collection[str]) -> list[str]:
    """Return which of the papers `codes` may be known of."""
    query = select(Record, Dossier).join(Dossier, Dossier.id == Record.dossier_id)
    firsts = select(Record).order_by(Record.item_no).limit(1)
    with workplace.register.read.begin() as session:
        rows = session.execute(query.where(Record.reference_code.in_(codes))).all()
        return [
            record.reference_code
            for record, dossier in rows
            if access.allows(
                Guarded.of(
                    record,
                    dossier,
                    session.scalars(firsts.where(Record.dossier_id == dossier.id)).one(),
                )
            )
        ]


def known_to(workplace: Workplace, person: str | None) -> Known:
    """Return what `person` may know of; None is the account that runs guidang, and everything.

    Raises PersonUnknown.
    """
    access = access_of(workplace, person)
    if access.is_whole:
        return ALL
    papers: dict[str, str] = {}
    hidden: set[str] = set()
    dossiers: set[str] = set()
    firsts: dict[int, Record] = {}
    query = select(Record, Dossier).join(Dossier, Dossier.id == Record.dossier_id)
    with workplace.register.read.begin() as session:
        for record, dossier in session.execute(
            query.order_by(Record.dossier_id, Record.item_no).execution_options(yield_per=1000)
        ):
            first = firsts.setdefault(dossier.id, record)
            dossiers.add(dossier.code)
            if access.allows(Guarded.of(record, dossier, first)):
                papers[record.reference_code] = record.number
            else:
                hidden.add(dossier.code)
    return Known(papers, frozenset(dossiers - hidden))
