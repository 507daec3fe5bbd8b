"""A number and a digest, or any file at all, get an answer; no file gets hold of the process."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from archive import numbering
from archive.dossiers import Dossier, Record, Rendition
from archive.examination import examine
from archive.instruments import Instrument, InstrumentState
from archive.numbering import Number
from archive.signingorder import Trust
from pipeline.authenticity import Identity, Standing, check_file, check_paper
from pipeline.founding import found
from pipeline.wiring import Workplace

AT = datetime(2026, 3, 9, tzinfo=UTC)
TERMS = "ab" * 32


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    made = Workplace(found(tmp_path_factory.mktemp("homes") / "home", sample=False).home.root)
    with made.register.write.begin() as session:
        for place, (number, state, void) in enumerate(
            [
                ("HT-1", InstrumentState.FILED, None),
                ("HT-2", InstrumentState.SUPERSEDED, "订单有新版"),
                ("HT-3", InstrumentState.FILED, "双方同意作废"),
                ("HT-4", InstrumentState.NUMBERED, None),
                (None, InstrumentState.SUPERSEDED, None),
            ],
            start=1,
        ):
            session.add(an_instrument(place, number, state))
            if number is None:
                continue
            session.add(
                Number(series="t", year=2026, value=place, text=number, holder=number, taken_at=AT)
            )
            session.flush()
            if void:
                numbering.void_number(session, number, reason=void, at=AT)
    yield made
    made.close()


def an_instrument(place: int, number: str | None, state: InstrumentState) -> Instrument:
    return Instrument(
        kind="contract",
        order_no=f"XSDD-{place}",
        round=0,
        revision=1,
        source_sha256=f"{place:064x}",
        source_name="order.json",
        state=state,
        attempts=0,
        type_code="FW",
        title="园区网络运维服务合同",
        party_a="示例园区运营有限公司",
        party_b="示例网络技术（北京）有限公司",
        terms_digest=TERMS,
        number=number,
        received_at=AT,
        filed_at=AT,
    )


@pytest.mark.parametrize(
    ("number", "digest", "standing", "reason"),
    [
        ("HT-1", TERMS, Standing.GENUINE, "相符"),
        ("HT-1", TERMS[:16].upper(), Standing.GENUINE, "相符"),
        ("HT-1", "0" * 64, Standing.UNKNOWN, "摘要不符"),
        ("HT-1", TERMS[:15], Standing.UNKNOWN, "16 至 64 位"),
        ("HT-2", TERMS, Standing.SUPERSEDED, "新版"),
        ("HT-3", TERMS, Standing.VOID, "双方同意作废"),
        ("HT-4", TERMS, Standing.UNKNOWN, "尚未用印"),
        ("HT-9", TERMS, Standing.UNKNOWN, "没有编号 HT-9"),
    ],
)
def test_a_paper_is_worth_what_the_register_says(
    workplace: Workplace, *, number: str, digest: str, standing: Standing, reason: str
) -> None:
    verdict = check_paper(workplace, number, digest)

    assert verdict.standing is standing
    assert reason in verdict.reason


def test_a_contract_changed_since_is_told_with_what_changed_it(workplace: Workplace) -> None:
    with workplace.register.write.begin() as session:
        for place, kind, round_, state in [
            (31, "contract", 0, InstrumentState.FILED),
            (32, "change", 1, InstrumentState.FILED),
            (33, "change", 2, InstrumentState.SEALED),
            (34, "termination", 0, InstrumentState.DRAFTED),
            (35, "acceptance", 1, InstrumentState.FILED),
        ]:
            row = an_instrument(place, f"BG-{place}", state)
            row.kind, row.order_no, row.round = kind, "XSDD-changed", round_
            session.add(row)

    told = {place: check_paper(workplace, f"BG-{place}", TERMS) for place in (31, 32, 33, 35)}
    assert {verdict.standing for verdict in told.values()} == {Standing.GENUINE}
    assert told[31].amended_by == ("变更协议 BG-32", "变更协议 BG-33")
    assert told[32].amended_by == ("变更协议 BG-33",)
    assert told[33].amended_by == told[35].amended_by == ()
    assert check_paper(workplace, "HT-1", TERMS).amended_by == ()


def written(document: pikepdf.Pdf, **saving: Any) -> bytes:
    packed = io.BytesIO()
    document.save(packed, **saving)
    return packed.getvalue()


def plain(change: Callable[[pikepdf.Pdf], object] = lambda _: None, **saving: Any) -> bytes:
    with pikepdf.new() as document:
        document.add_blank_page()
        change(document)
        return written(document, **saving)


def swallowing_itself(document: pikepdf.Pdf) -> None:
    form = document.make_stream(b"/F Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    form.BBox = pikepdf.Array([0, 0, 9, 9])
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    document.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))


def false_signature(document: pikepdf.Pdf) -> None:
    value = pikepdf.Dictionary(
        Type=pikepdf.Name.Sig, ByteRange=pikepdf.Array([0, 10**9, -5, 3]), Contents=b"\x30\x80"
    )
    one = document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="x", V=value))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([one]), SigFlags=3)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\nnothing",
        b"PK\x03\x04" + b"x" * 1000,
        plain(),
        plain(swallowing_itself),
        plain(encryption=pikepdf.Encryption(owner="o", user="")),
        plain(false_signature),
        b"%PDF-1.7\n" + b"[" * 200_000,
    ],
)
def test_a_strange_file_is_told_and_confirmed_by_nobody(
    workplace: Workplace, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "strange.pdf"
    path.write_bytes(content)
    verdict = check_file(workplace, path)

    assert verdict.identity is Identity.UNKNOWN
    assert verdict.paper is None
    assert not verdict.is_confirmed
    assert not verdict.is_damaged


def test_a_file_that_says_a_number_nobody_has_is_unknown(
    workplace: Workplace, tmp_path: Path
) -> None:
    def claim(document: pikepdf.Pdf) -> None:
        private = pikepdf.Dictionary(Number=pikepdf.String("HT-9"))
        document.Root.PieceInfo = pikepdf.Dictionary(Guidang=pikepdf.Dictionary(Private=private))

    path = tmp_path / "claim.pdf"
    path.write_bytes(plain(claim))
    verdict = check_file(workplace, path)

    assert verdict.paper is not None
    assert (verdict.identity, verdict.paper.standing) == (Identity.UNKNOWN, Standing.UNKNOWN)
    assert not verdict.is_confirmed


def test_a_file_too_large_is_not_read(workplace: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)

    assert "MiB" in str(check_file(workplace, path).found["problem"])


def test_without_the_signing_extra_a_file_is_known_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "archive.signatures", None)

    assert examine(plain(), Trust())["problem"] is None
    assert "guidang[signing]" in examine(plain(false_signature), Trust())["problem"]


def test_what_is_filed_beside_a_contract_is_known_but_never_taken_for_it(
    workplace: Workplace, tmp_path: Path
) -> None:
    text = "合同的文字".encode()
    with workplace.register.write.begin() as session:
        dossier = Dossier(
            code="Q001-JY·HT·2026·D30-0001", order_no="XSDD-1", contract_number="HT-1", title="t",
            fonds="Q001", series="JY·HT", year=2026, retention="D30", retention_basis="b",
            office="YWB", secrecy="内部", volume_no=1, file_plan_digest="d", object_path="p",
            head=1, opened_at=AT,
        )  # fmt: skip
        session.add(dossier)
        session.flush()
        record = Record(
            dossier_id=dossier.id, item_no=1, reference_code="Q001-JY·HT·2026·D30-0001-001",
            kind="contract", number="HT-1", title="t", responsible="r", formed_on=AT.date(),
            pages=1, source_sha256=f"{1:064x}", version=1, filed_at=AT, filed_by="x",
            description={},
        )  # fmt: skip
        session.add(record)
        session.flush()
        for role, content in (("sealed", b"%PDF-sealed"), ("text", text)):
            session.add(
                Rendition(
                    record_id=record.id,
                    role=role,
                    path=role,
                    media_type="text/plain",
                    bytes=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                    sm3="0" * 64,
                )
            )
    file = tmp_path / "text.txt"
    file.write_bytes(text)
    verdict = check_file(workplace, file)

    assert verdict.identity is Identity.BESIDE
    assert verdict.paper is not None
    assert (verdict.paper.number, verdict.paper.standing) == ("HT-1", Standing.UNKNOWN)
    assert "没有盖章" in verdict.paper.reason
    assert not verdict.is_confirmed
