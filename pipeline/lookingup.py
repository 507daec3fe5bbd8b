"""Looking up: what the register alone finds while full text cannot be searched."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from archive.days import business_day
from archive.dossiers import Dossier, Record
from archive.instruments import Instrument
from pipeline.wiring import Workplace

NOTICE = (
    "全文索引不可用，以下只按编号、档号、题名、当事人从登记簿查得，正文未查；"
    "guidang run 运行时会自动重建索引，也可运行 guidang index rebuild"
)


def look_up(workplace: Workplace, text: str, *, page: int, page_size: int) -> dict[str, Any]:
    """Return filed records whose number, code, order, title or party holds every word."""
    query = (
        select(Record, Dossier, Instrument)
        .join(Dossier, Record.dossier_id == Dossier.id)
        .outerjoin(Instrument, Instrument.number == Record.number)
    )
    for word in text.replace('"', " ").replace("“", " ").replace("”", " ").split():
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
    with workplace.register.read.begin() as session:
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = session.execute(
            query.order_by(Record.formed_on.desc(), Record.reference_code.desc())
            .limit(page_size)
            .offset((page - 1) * page_size)
        ).all()
        return {"total": total, "hits": [_hit(*row) for row in rows]}


def _hit(record: Record, dossier: Dossier, instrument: Instrument | None) -> dict[str, Any]:
    about = record.description
    total = about.get("amount", {}).get("total")
    return {
        "reference_code": record.reference_code,
        "contract_number": dossier.contract_number,
        "number": record.number,
        "order_no": dossier.order_no,
        "kind": record.kind,
        "title": record.title,
        "excerpt": "",
        "party_a": instrument.party_a if instrument else about.get("party_a", {}).get("name", ""),
        "party_b": instrument.party_b if instrument else about.get("party_b", {}).get("name", ""),
        "amount": total,
        "formed_on": record.formed_on.isoformat(),
        "filed_on": business_day(record.filed_at).isoformat(),
    }
