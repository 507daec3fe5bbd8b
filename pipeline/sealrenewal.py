"""Seal renewal: a request for the seal that ran out, asked anew; the paper goes on (重新申请)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from archive.days import BUSINESS_ZONE
from archive.errors import SealRefused
from archive.instruments import Instrument
from archive.sealrequests import request_again
from pipeline.wiring import Workplace


def renew_request(
    workplace: Workplace, number: str, *, by: str, approved_by: str, reason: str
) -> datetime:
    """Ask anew for the seal on the paper `number` and return until when.

    What parked the paper is lifted with it. Raises SealRefused, ApprovalNeeded.
    """
    with workplace.register.write.begin() as session:
        row = session.scalars(select(Instrument).where(Instrument.number == number)).first()
        if row is None:
            raise SealRefused(f"没有编号为 {number} 的文书")
        request = request_again(
            session,
            row,
            rules=workplace.seal_rules,
            approvals=workplace.approvals,
            by=by,
            approved_by=approved_by,
            reason=reason,
            at=workplace.clock(),
        )
        row.reason = None
        row.not_before = None
        row.attempts = 0
    return request.expires_at.astimezone(BUSINESS_ZONE)
