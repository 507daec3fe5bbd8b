"""Office: prepares papers up to the seal and files them on real shelves, for tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from archive import events, filing, numbering
from archive.approvals import Approval
from archive.db import Register
from archive.dossiers import Record
from archive.fileplan import FilePlan
from archive.instruments import Instrument, InstrumentState
from archive.numbering import NumberingRules
from archive.seals import SealUse
from archive.store import Store
from archive.submission import Place, Submission

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Office:
    """An office that prepares papers up to the seal and files them on real shelves."""

    register: Register
    store: Store
    plan: FilePlan
    rules: NumberingRules
    at: datetime = AT

    def prepare(self, order_no: str, *, round_: int = 0, revision: int = 1) -> Instrument:
        kind = "acceptance" if round_ else "contract"
        source = sha(f"{kind}{order_no}{round_}{revision}")
        with self.register.write.begin() as session:
            instrument = Instrument(
                kind=kind,
                order_no=order_no,
                round=round_,
                revision=revision,
                source_sha256=source,
                source_name="order.json",
                state=InstrumentState.SEALED,
                type_code="FW",
                title=f"甲与乙关于{order_no}的合同",
                party_a="甲公司",
                party_b="乙公司",
                terms_digest=sha(source),
                received_at=self.at,
                numbered_at=self.at,
                sealed_at=self.at,
                attempts=1,
            )
            parts = {"company": "GD", "type": "FW", "parent": order_no, "round": str(round_)}
            session.add(instrument)
            instrument.number = self._take(session, kind, instrument, parts)
            session.flush()
            self._papers(session, instrument, self._take(session, "seal_use", instrument, {}))
        return instrument

    def _take(self, session: Any, series: str, instrument: Instrument, parts: Any) -> str:
        return numbering.take(
            session,
            self.rules[series],
            year=2026,
            holder=instrument.holder,
            at=self.at,
            parts=parts,
        ).text

    def _papers(self, session: Any, instrument: Instrument, use: str) -> None:
        for step, person in (("draft", "林晓舟"), ("head", "周立群")):
            session.add(
                Approval(
                    instrument_id=instrument.id,
                    step=step,
                    person=person,
                    post="业务一部",
                    at=self.at,
                    opinion="同意",
                    source="办公审批系统",
                    terms_digest=instrument.terms_digest,
                )
            )
        session.add(
            SealUse(
                number=use,
                seal_code="HT01",
                seal_digest=sha("seal"),
                instrument_id=instrument.id,
                file_sha256=sha(f"before{instrument.id}"),
                terms_digest=instrument.terms_digest,
                sealed_sha256=hashlib.sha256(self.pdf(instrument)).hexdigest(),
                pages=6,
                copies=4,
                places=[{"page": 6, "x_mm": 120.5}],
                requested_by="林晓舟",
                approved_by="周立群",
                keeper="何静",
                at=self.at,
            )
        )
        for action in ("received", "numbered", "sealed"):
            events.append(
                session,
                chain=instrument.chain,
                at=self.at,
                actor="guidang",
                action=f"{instrument.kind}:{action}",
                subject=str(instrument.number),
                details={},
            )

    def pdf(self, instrument: Instrument) -> bytes:
        return f"%PDF-1.7 {instrument.number}".encode() + bytes(range(256)) * 40

    def submission(self, instrument: Instrument, **changed: Any) -> Submission:
        number = str(instrument.number)
        return Submission(
            **(
                {
                    "kind": instrument.kind,
                    "order_no": instrument.order_no,
                    "number": number,
                    "title": instrument.title,
                    "responsible": "甲公司；乙公司",
                    "formed_on": date(2026, 3, 16),
                    "source_sha256": instrument.source_sha256,
                    "retention_class": "一般业务合同",
                    "office": "YW1",
                    "secrecy": "内部",
                    "pages": 6,
                    "files": {
                        "sealed": (f"{number}.pdf", "application/pdf", self.pdf(instrument)),
                        "docx": (f"{number}.docx", DOCX, b"PK" + number.encode()),
                        "text": ("text.txt", "text/plain", f"服务合同 {number}".encode()),
                        "order": ("order.json", "application/json", b'{"order_no": "x"}'),
                    },
                    "description": {
                        "party_a": {"name": "甲公司"},
                        "amount": {"total": "586000.00"},
                    },
                    "opens": instrument.kind == "contract",
                }
                | changed
            )
        )

    def reserve(self, submission: Submission) -> Place:
        with self.register.write.begin() as session:
            return filing.reserve_place(session, self.plan, self.rules, submission, at=self.at)

    def put(self, place: Place, submission: Submission, instrument: Instrument) -> None:
        with self.register.read.begin() as session:
            composed = filing.compose(
                session, place, submission, instrument_id=instrument.id, at=self.at, actor="何静"
            )
        filing.put_on_shelf(self.store, place, composed)

    def file(self, instrument: Instrument, submission: Submission | None = None) -> Record:
        self.at += timedelta(minutes=1)
        submission = submission or self.submission(instrument)
        place = self.reserve(submission)
        self.put(place, submission, instrument)
        with self.register.write.begin() as session:
            return filing.register_from_shelf(session, self.store, place, submission, at=self.at)
