"""A certification authority, keys, and a time-stamp authority on loopback HTTP, all for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys, tsp, x509
from cryptography import x509 as c509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

PIN = "样例口令-4711"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
UNTIL = datetime(2045, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    """A key with its certificate, and the root above it."""

    key: rsa.RSAPrivateKey
    certificate: c509.Certificate
    root: c509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.PEM)

    def as_pkcs12(self, pin: str = PIN) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            b"key",
            self.key,
            self.certificate,
            [self.root],
            serialization.BestAvailableEncryption(pin.encode()),
        )


def named(name: str) -> c509.Name:
    return c509.Name(
        [
            c509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            c509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            c509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


@dataclass
class Authority:
    """A certification authority that certifies whoever asks."""

    name: str
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def __post_init__(self) -> None:
        usage = c509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        self.root = (
            self._begun(self.name, self.key)
            .add_extension(c509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(usage, critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def _begun(self, name: str, key: rsa.RSAPrivateKey) -> c509.CertificateBuilder:
        return (
            c509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(self.name))
            .public_key(key.public_key())
            .serial_number(c509.random_serial_number())
            .not_valid_before(SINCE)
            .not_valid_after(UNTIL)
            .add_extension(c509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                c509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
            )
        )

    def certify(self, name: str, *, stamps_time: bool = False) -> Holder:
        key = rsa.generate_private_key(65537, 2048)
        begun = self._begun(name, key).add_extension(
            c509.KeyUsage(
                digital_signature=True,
                content_commitment=not stamps_time,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        if stamps_time:
            begun = begun.add_extension(
                c509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
            )
        return Holder(key, begun.sign(self.key, hashes.SHA256()), self.root)

    def revoke(self, holder: Holder, at: datetime) -> bytes:
        """Return a revocation list (PEM) with `holder` on it since `at`."""
        revoked = (
            c509.RevokedCertificateBuilder()
            .serial_number(holder.certificate.serial_number)
            .revocation_date(at)
            .build()
        )
        lists = c509.CertificateRevocationListBuilder().issuer_name(named(self.name))
        return (
            lists.last_update(at)
            .next_update(UNTIL)
            .add_revoked_certificate(revoked)
            .sign(self.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )


@dataclass
class StampServer:
    """A time-stamp authority on loopback; `answer` may be replaced to misbehave."""

    address: str
    asked: list[bytes]
    answer: Callable[[bytes], tuple[int, str, bytes]]
    hold: threading.Event
    """Answers wait while this is not set."""


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority("示例测试根证书")


@pytest.fixture(scope="session")
def ours(authority: Authority) -> Holder:
    return authority.certify("示例网络技术（北京）有限公司")


@pytest.fixture(scope="session")
def theirs(authority: Authority) -> Holder:
    return authority.certify("示例园区运营有限公司")


@pytest.fixture(scope="session")
def clock_holder(authority: Authority) -> Holder:
    return authority.certify("示例时间戳", stamps_time=True)


@pytest.fixture
def stamp_server(clock_holder: Holder) -> Iterator[StampServer]:
    der = clock_holder.certificate.public_bytes(serialization.Encoding.DER)
    key = clock_holder.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    stamper = DummyTimeStamper(x509.Certificate.load(der), keys.PrivateKeyInfo.load(key))
    lock = threading.Lock()

    def answer(asked: bytes) -> tuple[int, str, bytes]:
        with lock:
            told = stamper.request_tsa_response(tsp.TimeStampReq.load(asked))
        return 200, "application/timestamp-reply", told.dump()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            server.asked.append(asked)
            server.hold.wait(30)
            code, kind, told = server.answer(asked)
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    http.daemon_threads = True
    http.block_on_close = False
    hold = threading.Event()
    hold.set()
    server = StampServer(f"http://127.0.0.1:{http.server_address[1]}/", [], answer, hold)
    thread = threading.Thread(
        target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    yield server
    hold.set()
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def key_file(ours: Holder, tmp_path: Path) -> Path:
    path = tmp_path / "ours.p12"
    path.write_bytes(ours.as_pkcs12())
    return path
