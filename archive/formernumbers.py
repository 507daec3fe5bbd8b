"""Former numbers: those contracts had before they were taken in (原编号)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive import numbering
from archive.dossiers import Dossier, Record
from archive.errors import NumberRefused
from archive.numbering import FORMER, Number, SeriesRule

_FORMER: Final = SeriesRule("former", "{number}")
"""The ledger's place for numbers that were given elsewhere: nobody gets them again here."""


def holder_of(session: Session, number: str, key: str) -> str | None:
    """Return who else than the history `key` has `number`: a dossier's code, or 编号台账.

    None where nobody has: a contract taken in may stand under it.
    """
    if not number:
        return None
    dossier = session.scalars(
        select(Dossier.code)
        .outerjoin(Record, Record.dossier_id == Dossier.id)
        .where(
            or_(Dossier.contract_number == number, Record.number == number),
            Dossier.order_no != key,
        )
    ).first()
    if dossier is not None:
        return dossier
    held = session.scalars(select(Number.holder).where(Number.text == number)).first()
    return None if held in (None, f"{FORMER}{key}") else "编号台账"


def keep_former_number(session: Session, number: str, key: str, *, at: datetime) -> str:
    """Enter `number` into the ledger for the history `key` and return it; "" where it cannot stand.

    One that somebody has already, or that no file name can bear, is kept in the description alone.
    """
    if not number or holder_of(session, number, key) is not None:
        return ""
    try:
        numbering.checked(number)
    except NumberRefused:
        return ""
    holder, parts = f"{FORMER}{key}", {"number": number}
    return numbering.take(session, _FORMER, year=0, holder=holder, at=at, parts=parts).text
