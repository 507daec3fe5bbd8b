"""The countersigned original finds its contract by its code or by our bytes, or is told why not."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from keepers import Keeping, Line
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas
from signedpapers import PAGES, Contract, a_scan
from sqlalchemy import select

from archive import numbering
from archive.dossiers import Rendition
from archive.numbergaps import gaps
from archive.paperticket import PaperTicket
from pipeline.authenticity import Identity, check_file
from pipeline.cli import main
from pipeline.countersignedfinding import CountersignedRefused
from pipeline.countersignedreception import receive_countersigned
from pipeline.indexing import apply_outbox
from pipeline.rebuilding import rebuild_all
from pipeline.reception import Taken


@pytest.fixture
def contract(keeping: Keeping) -> Contract:
    return Contract(keeping, "XSDD-1")


def run(keeping: Keeping, *words: object, code: int = 0) -> dict[str, Any]:
    asked = ["--home", str(keeping.workplace.home.root), *map(str, words), "--json"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == code, done.output
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def test_a_scan_finds_its_contract_by_its_code(keeping: Keeping, contract: Contract) -> None:
    scan = a_scan(contract.ticket, None)

    joined = contract.bring(scan, signed_on=date(2026, 3, 15))

    assert (joined.reference_code, joined.way, joined.is_new) == (
        contract.code,
        "签署件扫描",
        True,
    )
    with keeping.workplace.register.read.begin() as session:
        kept = session.scalars(select(Rendition).where(Rendition.role == "countersigned")).one()
    assert keeping.workplace.store.read_path(kept.path, kept.sha256) == scan
    shown = run(keeping, "contracts", "show", contract.number)
    assert shown["countersigned"]["signed_on"] == "2026-03-15"
    assert shown["events"][-1]["action"] == "record:countersigned"
    while apply_outbox(keeping.workplace):
        pass
    assert [hit["number"] for hit in run(keeping, "search", "签署件已归卷")["hits"]] == [
        contract.number
    ]
    assert contract.bring(scan).is_new is False
    assert run(keeping, "archive", "verify")["damaged"] == []
    about = contract.record().description
    assert run(keeping, "archive", "rebuild", "--replace")["damaged"] == []
    keeping.workplace.__dict__.pop("register").engine.dispose()
    assert contract.record().description == about


def test_a_countersigned_original_is_the_paper_itself(
    keeping: Keeping, contract: Contract, tmp_path: Path
) -> None:
    scan = tmp_path / "签署件.pdf"
    scan.write_bytes(a_scan(contract.ticket, None))
    contract.bring(scan.read_bytes())
    verdict = check_file(keeping.workplace, scan)
    assert (verdict.identity, verdict.is_confirmed) == (Identity.COUNTERSIGNED, True)
    told = CliRunner().invoke(
        main, ["--home", str(keeping.workplace.home.root), "verify", str(scan)]
    )
    assert told.exit_code == 0, told.output
    first, second, third, fourth = told.output.splitlines()
    assert first == f"{scan}　与归卷的签署件（双方签署的原件）完全一致"
    assert second.startswith(
        f"  {contract.number}　档号 {contract.record().reference_code}　真实有效"
    )
    assert third == f"  {contract.record().title}"
    assert "打印套章" not in fourth
    (file,) = run(keeping, "verify", str(scan))["files"]
    assert file["paper"]["reference_code"] == contract.record().reference_code


def test_a_scan_dropped_in_the_inbox_is_filed_or_told_why_not(
    keeping: Keeping, contract: Contract
) -> None:
    home = keeping.workplace.home
    good, bad = home.inbox / "扫描1.pdf", home.inbox / "扫描2.pdf"
    good.write_bytes(a_scan(contract.ticket, None))
    bad.write_bytes(a_scan(None, None))
    assert receive_countersigned(keeping.workplace, good).taken is Taken.JOINED
    assert receive_countersigned(keeping.workplace, good).taken is Taken.DUPLICATE
    assert receive_countersigned(keeping.workplace, bad).taken is Taken.REJECTED
    reason = (home.rejected / "扫描2.pdf.原因.txt").read_text("utf-8")
    assert "读不到二维码" in reason
    assert "guidang contracts countersigned" in reason


def test_the_service_files_what_is_dropped(keeping: Keeping, contract: Contract) -> None:
    (keeping.workplace.home.inbox / "回签.pdf").write_bytes(a_scan(contract.ticket, None))
    settings = keeping.workplace.home.settings
    settings.write_text(settings.read_text("utf-8") + "[inbox]\nsettle_seconds = 0.1\n", "utf-8")
    (keeping.workplace.home.root / "logs").mkdir()
    run(keeping, "run", "--until-idle")
    assert contract.record().description["countersigned"]["pages"] == PAGES
    assert list(keeping.workplace.home.inbox.glob("*.pdf")) == []
    assert list(keeping.workplace.home.rejected.iterdir()) == []


def a_strange_scan(contract: Contract, case: str) -> bytes:
    other = PaperTicket("HT-9", "0" * 64)
    codes: dict[str, tuple[str | None, ...]] = {
        "foreign": ("https://pay.example.com/x", None),
        "unknown": (str(other), None),
        "altered": (str(PaperTicket(contract.number, "0" * 64)), None),
        "two": (contract.ticket, str(other)),
        "short": (contract.ticket,),
        "long": (contract.ticket, None, None),
    }
    return a_scan(*codes[case])


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("foreign", "别家的二维码"),
        ("unknown", "没有编号 HT-9"),
        ("altered", "摘要不符"),
        ("two", "2 个不同"),
        ("short", "缺 1 页"),
        ("long", "多 1 页"),
    ],
)
def test_what_does_not_fit_is_told(contract: Contract, case: str, reason: str) -> None:
    with pytest.raises(CountersignedRefused, match=reason):
        contract.bring(a_strange_scan(contract, case))
    assert "countersigned" not in contract.record().description


def a_printed_file(ticket: str, *lines: str) -> bytes:
    """Return two pages with text of their own, the first with the code."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, invariant=1)
    picture = io.BytesIO()
    segno.make_qr(ticket, error="m").save(picture, kind="png", scale=4)
    paper.drawImage(ImageReader(picture), 20, 750, 57, 57)
    for place, line in enumerate(lines):
        paper.drawString(90, 600 - 20 * place, line)
    paper.showPage()
    paper.drawString(90, 400, "page two")
    paper.showPage()
    paper.save()
    return target.getvalue()


def test_a_paper_printed_anew_with_another_amount_is_not_taken_for_ours(keeping: Keeping) -> None:
    lines = ("Total 596,500.01", "Party A")
    made = Contract(keeping, "XSDD-9", lambda number: a_printed_file(number, *lines))
    forged = a_printed_file(made.ticket, "Total 956,500.01", "Party A")

    with pytest.raises(CountersignedRefused, match=r"第 1 页没有.*“Total596,500.01”"):
        made.bring(forged)
    assert made.bring(a_printed_file(made.ticket, *lines, "signed 2026-03-15")).is_new


def test_a_clerk_answers_for_what_the_scan_does_not_show(
    keeping: Keeping, contract: Contract, tmp_path: Path
) -> None:
    scan = tmp_path / "无码.pdf"
    scan.write_bytes(a_scan(None, None, None))
    words = ("contracts", "countersigned", contract.number, scan, "--as", "签小收")
    assert "读不到" in run(keeping, *words, code=1)["error"]["message"]
    done = run(keeping, *words, "--reason", "附授权书一页，二维码被章盖住")
    assert (done["pages"], done["is_new"]) == (3, True)
    event = run(keeping, "contracts", "show", contract.number)["events"][-1]
    assert event["details"]["reason"].startswith("附授权书")
    dated = ("contracts", "countersigned", contract.number, "--as", "签小收", "--signed-on")
    run(keeping, *dated, "2026-03-10")
    assert "不能改写" in run(keeping, *dated, "2026-03-11", code=1)["error"]["message"]
    assert "还没有到" in run(keeping, *dated, "2999-01-01", code=1)["error"]["message"]


def test_another_paper_or_a_second_original_is_refused(
    keeping: Keeping, contract: Contract
) -> None:
    other = Contract(keeping, "XSDD-2")
    scan = a_scan(contract.ticket, None)
    with pytest.raises(CountersignedRefused, match="不是"):
        contract.bring(scan, number=other.number)
    contract.bring(scan)
    with pytest.raises(CountersignedRefused, match="已有签署件"):
        contract.bring(a_scan(contract.ticket, None, mark="again"))
    with pytest.raises(CountersignedRefused, match="没有对方的签署"):
        contract.bring(contract.sealed)


def test_a_void_contract_takes_no_signatures(keeping: Keeping, contract: Contract) -> None:
    with keeping.workplace.register.write.begin() as session:
        numbering.void_number(session, contract.number, reason="双方作废", at=keeping.now)
        assert gaps(session) == []
    with pytest.raises(CountersignedRefused, match="双方作废"):
        contract.bring(a_scan(contract.ticket, None))
    with pytest.raises(CountersignedRefused, match="双方作废"):
        contract.bring(a_scan(None, None), number=contract.number, reason="无码")


def signed(pdf: bytes) -> bytes:
    """Return the file with a signature of the other party behind its last byte."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "样本签名人")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    packed = serialization.pkcs12.serialize_key_and_certificates(
        b"x", key, certificate, None, serialization.BestAvailableEncryption(b"x")
    )
    signer = signers.SimpleSigner.load_pkcs12_data(packed, other_certs=[], passphrase=b"x")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    about = signers.PdfSignatureMetadata(field_name="PartyA")
    content: bytes = signers.sign_pdf(writer, about, signer=signer).getvalue()
    return content


def test_an_e_signed_file_finds_its_contract_by_our_bytes(contract: Contract) -> None:
    joined = contract.bring(signed(contract.sealed))
    assert (joined.reference_code, joined.way) == (contract.code, "电子签署")
    assert contract.record().description["countersigned_recognition"] == "none"


def test_a_file_that_says_it_is_ours_and_is_not_is_refused(contract: Contract) -> None:
    with pikepdf.open(io.BytesIO(contract.sealed)) as document:
        document.add_blank_page()
        packed = io.BytesIO()
        document.save(packed)
    with pytest.raises(CountersignedRefused, match="不是在归档件之后签署"):
        contract.bring(packed.getvalue())
    with pytest.raises(CountersignedRefused, match="没有新的有效签名"):
        contract.bring(contract.sealed + b"\n")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 broken", b"hello", b"PK\x03\x04"])
def test_no_file_brings_the_desk_down(contract: Contract, content: bytes) -> None:
    with pytest.raises(CountersignedRefused, match=r"[一-鿿]"):
        contract.bring(content)


def test_nobody_signed_before_there_was_a_number(keeping: Keeping, contract: Contract) -> None:
    scan = a_scan(contract.ticket, None)
    with pytest.raises(CountersignedRefused, match="早于 GD-HT-2026-FW-0001 编号用印的 2026-03-02"):
        contract.bring(scan, signed_on=date(2026, 3, 1))
    words = ("contracts", "countersigned", contract.number, "--as", "签小收", "--signed-on")
    assert "早于" in run(keeping, *words, "2026-03-01", code=1)["error"]["message"]
    run(keeping, *words, "2026-03-02")


@pytest.mark.parametrize("is_there", [True, False])
def test_two_people_correct_a_signing_day_and_the_first_stays_in_the_history(
    keeping: Keeping, contract: Contract, *, is_there: bool
) -> None:
    words = ("contracts", "correct-signing", contract.number, "--on", "2026-03-10")
    words += ("--evidence", "签署页照片。", "--reason", "看错月份")
    clerk, counsel = ("--as", "签小收"), ("--second", "冻小法")
    assert "没有登记过" in run(keeping, *words, *clerk, *counsel, code=1)["error"]["message"]
    if is_there:
        contract.bring(a_scan(contract.ticket, None), signed_on=date(2026, 3, 12))
    else:
        told = ("contracts", "countersigned", contract.number, *clerk, "--signed-on", "2026-03-12")
        run(keeping, *told)
    for second in ("签小收", "鉴一鸣", "路人"):
        run(keeping, *words, *clerk, "--second", second, code=1)
    early = ("contracts", "correct-signing", contract.number, "--on", "2026-03-01", *words[5:])
    assert "早于" in run(keeping, *early, *clerk, *counsel, code=1)["error"]["message"]

    assert run(keeping, *words, *clerk, *counsel)["from"] == "2026-03-12"
    again = Line(keeping.workplace.home.root).text(*words, *clerk, *counsel)
    assert "已是 2026-03-10，没有改动" in again
    rebuild_all(keeping.workplace, replace=True)

    shown = run(keeping, "contracts", "show", contract.number)
    assert shown["signed_on"] == "2026-03-10"
    assert (shown["countersigned"] is not None) == is_there
    acts = [e for e in shown["events"] if "corrected" in e["details"]]
    assert [e["details"]["corrected"] for e in acts] == [
        {"from": "2026-03-12", "reason": "看错月份", "second": "冻小法"}
    ]
    assert run(keeping, "archive", "verify")["damaged"] == []
    assert run(keeping, "audit", "verify")["ok"]
