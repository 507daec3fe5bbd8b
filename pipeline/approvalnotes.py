"""Approval notes: what people decided about papers under way, kept beside the register.

The archive carries the decisions on what is filed; those on a paper still under way stand in
the register alone. They are noted, durable, before the transaction ends that registers them,
so that a rebuilt register asks nobody a second time.
"""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.acts import ApprovalAct, acts_of
from archive.approvals import Approval, approvals_by_instrument
from archive.carrying import as_row, from_row
from archive.instruments import OPEN_STATES, Instrument
from pipeline.home import Home
from pipeline.keeping import keep


def note_decisions(session: Session, home: Home, instrument: Instrument) -> None:
    """Write down everything decided about `instrument`, as it stands in this transaction."""
    session.flush()
    content = {
        "acts": [as_row(row) for row in acts_of(session, instrument)],
        "approvals": [
            as_row(row) for row in approvals_by_instrument(session, [instrument.id])[instrument.id]
        ],
    }
    payload = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    keep(home.work / "decisions", f"{instrument.source_sha256}.json", payload)


def drop_decisions(home: Home, source_sha256: str) -> None:
    """Forget the notes of a filed paper: its dossier carries the decisions."""
    (home.work / "decisions" / f"{source_sha256}.json").unlink(missing_ok=True)


def restore_decisions(session: Session, home: Home) -> None:
    """Put back what was decided about papers under way that have no decisions yet."""
    for path in sorted((home.work / "decisions").glob("*.json")):
        instrument = session.scalars(
            select(Instrument).where(
                Instrument.source_sha256 == path.stem, Instrument.state.in_(OPEN_STATES)
            )
        ).first()
        if instrument is None or acts_of(session, instrument):
            continue
        noted = json.loads(path.read_bytes())
        restored: list[ApprovalAct | Approval] = [
            *(from_row(ApprovalAct, row) for row in noted["acts"]),
            *(from_row(Approval, row) for row in noted["approvals"]),
        ]
        for each in restored:
            each.instrument_id = instrument.id
        session.add_all(restored)
        session.flush()
        events.append(
            session,
            chain=instrument.chain,
            at=instrument.received_at,
            actor="guidang",
            action=f"{instrument.kind}:approvals-restored",
            subject=instrument.source_sha256,
            details={"acts": len(noted["acts"]), "approvals": len(noted["approvals"])},
        )
