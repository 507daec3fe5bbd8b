"""Looking up: what the register alone finds while full text cannot be searched."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from archive.dossiers import Dossier, Record
from archive.instruments import Instrument
from index.cards import Card, Facet, card_of, has_value
from index.library import Hit, Question
from pipeline.asking import as_row
from pipeline.indexing import beside_of, described, void_among
from pipeline.wiring import Workplace

NOTICE = (
    "全文索引不可用，以下只按编号、档号、题名、当事人从登记簿查得，正文未查；"
    "guidang run 运行时会自动重建索引，也可运行 guidang index rebuild"
)


def look_up(workplace: Workplace, question: Question) -> dict[str, Any]:
    """Return filed records whose number, code, order, title or party holds every word.

    Filters and access hold as in the index: what they leave out is not counted either.
    """
    query = (
        select(Record, Dossier)
        .join(Dossier, Record.dossier_id == Dossier.id)
        .outerjoin(Instrument, Instrument.number == Record.number)
    )
    for word in question.text.replace('"', " ").replace("“", " ").replace("”", " ").split():
        value = word.rpartition(":")[2] or word
        columns = (
            Record.reference_code,
            Record.number,
            Record.title,
            Dossier.contract_number,
            Dossier.order_no,
            Instrument.party_a,
            Instrument.party_b,
        )
        query = query.where(or_(*(each.contains(value, autoescape=True) for each in columns)))
    ordered = query.order_by(Record.formed_on.desc(), Record.reference_code.desc())
    first = (question.page - 1) * question.page_size
    found: list[dict[str, Any]] = []
    total = 0
    with workplace.register.read.begin() as session:
        rows = session.execute(ordered).all()
        beside = beside_of(session, {dossier.id for _, dossier in rows})
        void = void_among(session, beside)
        for record, dossier in rows:
            known = described(record, dossier, "", beside[dossier.id], void)
            hit = _hit(card_of(known), question)
            if hit is not None:
                if first <= total < first + question.page_size:
                    found.append(as_row(hit))
                total += 1
    return {"total": total, "hits": found}


def _hit(card: Card, question: Question) -> Hit | None:
    is_asked = all(has_value(card, Facet(name), value) for name, value in question.filters.items())
    if not (is_asked and question.access.allows(card)):
        return None
    own = {name: getattr(card, name) for name in Hit.__slots__ if hasattr(card, name)}
    return Hit(**own | {"excerpt": "", "pages": ()})
