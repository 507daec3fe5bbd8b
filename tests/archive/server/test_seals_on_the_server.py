from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from archive import sealbook
from archive.db import Register
from archive.instruments import Instrument, InstrumentState
from archive.sealcase import Seal, SealKind, SealState
from archive.sealpowers import SealPowers
from archive.sealrequests import FINAL, SealRequest
from archive.seals import SealUse

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
SEAL = Seal(
    code="HT01",
    name="合同专用章",
    kind=SealKind.CONTRACT,
    owner="示例网络技术（北京）有限公司",
    width_mm=40.0,
    height_mm=40.0,
    image_sha256="0" * 64,
    valid_from=date(2026, 1, 1),
    valid_to=None,
    keepers=("钱守印",),
    state=SealState.IN_USE,
    sample=True,
)


def a_sealed_paper(session: Session) -> None:
    sealbook.enrol(session, SealPowers(manage=("孙管印",)), SEAL, by="孙管印", at=AT)
    paper = Instrument(
        kind="contract", order_no="X-1", round=0, revision=1, source_sha256="b" * 64,
        source_name="order.json", state=InstrumentState.SEALED, type_code="FW", title="合同",
        party_a="甲", party_b="乙", terms_digest="a" * 64, received_at=AT,
    )  # fmt: skip
    session.add(paper)
    session.flush()
    session.add(
        SealRequest(
            instrument_id=paper.id,
            terms_digest="a" * 64,
            round=1,
            file_class=FINAL,
            seal_kinds=["合同专用章"],
            requested_by="何䶮",
            approved_by="郑𠅤",
            reason="自动",
            at=AT,
            expires_at=AT + timedelta(days=30),
            rules_digest="c" * 64,
        )
    )
    session.add(
        SealUse(
            number="YY-2026-000001",
            seal_code="HT01",
            seal_digest="0" * 64,
            instrument_id=paper.id,
            file_sha256="d" * 64,
            sealed_sha256="e" * 64,
            terms_digest="a" * 64,
            pages=1,
            copies=1,
            places=[{"what": "imprint"}],
            requested_by="何䶮",
            approved_by="郑𠅤",
            keeper="钱守印",
            at=AT,
        )
    )


@pytest.mark.parametrize("table", ["seal_changes", "seal_requests", "seal_uses"])
def test_the_server_keeps_the_seals_books_from_change(register: Register, table: str) -> None:
    with register.write.begin() as session:
        a_sealed_paper(session)
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(DBAPIError, match="never"), register.write.begin() as session:
            session.execute(text(statement))
    with register.read.begin() as session:
        assert sealbook.all_seals(session) == (SEAL,)
        assert sealbook.differences(session, "HT01", sealbook.journal(session, "HT01")) == []
