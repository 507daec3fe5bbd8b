"""Stamping and signing, measured in CPU time, beside the usual overlay by reportlab and pypdf.

    .venv/bin/python tests/benchmarks/stamping.py [ROUNDS]

Every file has 6, 34 or 232 pages of text; the rival draws the same seal as a picture on every
page's edge, the seal at its place and the QR code, in the same run on the same machine.
"""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import segno
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from archive.sampleseal import sample_seal
from archive.stamping import Imprint, SealingAct, SeamSeal, stamp
from archive.stampproof import prove_stamp

PAGES = (6, 34, 232)
TARGETS_MS = {6: 25, 34: 60, 232: 350}
SIGNING_TARGET_MS = 300
SEAL = sample_seal("示例网络技术（北京）有限公司")
TICKET = "guidang:1:SL-HT-2026-FW-0001:" + "0f" * 32
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def a_document(pages: int) -> bytes:
    """Return a file of `pages` full of lines, with the place of a seal on the last one."""
    drawn = io.BytesIO()
    sheet = canvas.Canvas(drawn, pagesize=(595.3, 841.9))
    for page in range(pages):
        for line in range(45):
            sheet.drawString(
                74, 760 - 15 * line, f"{page} {line} " + "service level and price " * 3
            )
        sheet.showPage()
    sheet.save()
    with pikepdf.open(drawn) as document:
        document.Root.Metadata = document.make_stream(
            PACKET.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
        last = document.pages[-1].obj
        document.Root.Dests = pikepdf.Dictionary(
            sealB=pikepdf.Array([last, pikepdf.Name.XYZ, 400, 300, 0])
        )
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()


def an_act() -> SealingAct:
    return SealingAct(
        imprints=(Imprint(SEAL, "sealB"),),
        seam=SeamSeal(SEAL),
        number="SL-HT-2026-FW-0001",
        title="合同",
        creator="示例网络技术（北京）有限公司",
        made_at=datetime(2026, 3, 9, tzinfo=UTC),
        qr_text=TICKET,
    )


def naive(pdf: bytes) -> bytes:
    """Stamp the usual way: a drawn overlay for every page, merged by pypdf."""
    reader, writer = pypdf.PdfReader(io.BytesIO(pdf)), pypdf.PdfWriter()
    seal = ImageReader(naive_picture())
    qr = io.BytesIO()
    segno.make(TICKET).save(qr, kind="png", scale=4)
    for number, page in enumerate(reader.pages):
        overlay = io.BytesIO()
        sheet = canvas.Canvas(overlay, pagesize=(595.3, 841.9))
        sheet.drawImage(seal, 595.3 - 20 * mm, 400, 40 * mm, 40 * mm, mask="auto")
        if number == 0:
            sheet.drawImage(ImageReader(io.BytesIO(qr.getvalue())), 520, 770, 20 * mm, 20 * mm)
        if number == len(reader.pages) - 1:
            sheet.drawImage(seal, 343, 243, 40 * mm, 40 * mm, mask="auto")
        sheet.save()
        writer.add_page(page).merge_page(pypdf.PdfReader(overlay).pages[0])
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def naive_picture() -> io.BytesIO:
    document = pypdfium2.PdfDocument(SEAL.pdf)
    try:
        packed = io.BytesIO()
        document[0].render(scale=4).to_pil().save(packed, "PNG")
    finally:
        document.close()
    packed.seek(0)
    return packed


def cpu_ms(rounds: int, work: Callable[[], Any]) -> float:
    """Return the median CPU time of `work` in milliseconds; the first time is not counted."""
    work()
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times) * 1000


def measure_stamping(rounds: int) -> bool:
    met = True
    for pages in PAGES:
        pdf, act = a_document(pages), an_act()
        ours = cpu_ms(rounds, lambda pdf=pdf, act=act: stamp(pdf, act))
        rival = cpu_ms(max(1, rounds // 5), lambda pdf=pdf: naive(pdf))
        stamped = stamp(pdf, act).pdf
        proof = cpu_ms(max(1, rounds // 5), lambda pdf=stamped, act=act: prove_stamp(pdf, act))
        growth = (len(stamped) - len(pdf)) / 1024
        allowed = 40 + 0.5 * pages
        met &= ours <= TARGETS_MS[pages] and growth <= allowed
        print(
            f"{pages:4} pages: stamp {ours:6.1f} ms CPU (target {TARGETS_MS[pages]}), "
            f"pypdf and reportlab {rival:7.1f} ms; proof {proof:6.1f} ms; "
            f"growth {growth:6.1f} KiB (at most {allowed:.0f}), "
            f"rival {(len(naive(pdf)) - len(pdf)) / 1024:7.1f} KiB"
        )
    return met


class Clock:
    """A time-stamp authority on loopback, and a key, of one root made for this run."""

    def __init__(self, folder: Path) -> None:
        from pyhanko.sign.timestamps import DummyTimeStamper

        root_key = rsa.generate_private_key(65537, 2048)
        self.root = _certificate("root", root_key, "root", root_key, stamps=None)
        key = rsa.generate_private_key(65537, 2048)
        certificate = _certificate("firm", key, "root", root_key, stamps=False)
        self.file = folder / "firm.p12"
        self.file.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"k", key, certificate, [self.root], serialization.BestAvailableEncryption(b"pin")
            )
        )
        clock_key = rsa.generate_private_key(65537, 2048)
        clock = _certificate("clock", clock_key, "root", root_key, stamps=True)
        stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(clock.public_bytes(serialization.Encoding.DER)),
            keys.PrivateKeyInfo.load(
                clock_key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ),
        )

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                told = stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def _certificate(
    name: str, key: Any, issuer: str, issuer_key: Any, *, stamps: bool | None
) -> x509.Certificate:
    begun = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
    )
    if stamps is None:
        begun = begun.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    if stamps:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        begun = begun.add_extension(usage, critical=True)
    return begun.sign(issuer_key, hashes.SHA256())


def measure_signing(rounds: int) -> bool:
    from archive.sealway import SealWay
    from archive.signing import sign
    from archive.signingorder import (
        KeyKind,
        SignatureField,
        SigningKey,
        SigningLevel,
        SigningOrder,
        Trust,
    )

    with tempfile.TemporaryDirectory() as name:
        clock = Clock(Path(name))
        act = SealingAct(
            imprints=(),
            seam=SeamSeal(SEAL),
            number="SL-HT-2026-FW-0001",
            title="合同",
            creator="示例网络技术（北京）有限公司",
            made_at=datetime(2026, 3, 9, tzinfo=UTC),
            qr_text=TICKET,
            way=SealWay.SIGNED,
        )
        order = SigningOrder(
            pdf=stamp(a_document(6), act).pdf,
            fields=(SignatureField("PartyB", "sealB", 0, 0, 40, 40),),
            seal=SEAL,
            level=SigningLevel.TIMED,
            key=SigningKey(KeyKind.FILE, file=str(clock.file)),
            pin="pin",
            authority=clock.address,
            patience=timedelta(seconds=20),
            trust=Trust((clock.root.public_bytes(serialization.Encoding.PEM),)),
            company="示例",
            reason="合同用印",
        )
        taken = cpu_ms(rounds, lambda: sign(order))
        clock.server.shutdown()
        clock.server.server_close()
    print(
        f"sign B-T, 6 pages: {taken:6.1f} ms CPU (target {SIGNING_TARGET_MS}), "
        "the time-stamp authority's own work included"
    )
    return taken <= SIGNING_TARGET_MS


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    met = [measure_stamping(rounds), measure_signing(rounds)]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
