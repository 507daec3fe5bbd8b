"""An electronic signature is whole or not at all, and stays valid while others sign after it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pytest
from cryptography.hazmat.primitives import serialization
from PIL import ImageChops

from archive.confined import Confined
from archive.copying import CopyKind, CopyMark, derive
from archive.errors import ChildLost, SigningFailed
from archive.examination import examine
from archive.sampleseal import sample_seal
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
from archive.stamping import SealingAct, SeamSeal, stamp

SEAL = sample_seal("示例网络技术（北京）有限公司")
FIELDS = (
    SignatureField("PartyB", "sealB", 0, 0, 40, 40),
    SignatureField("PartyA", "sealA", 0, 0, 42, 42),
)
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    "<pdfaid:part>2</pdfaid:part></rdf:Description></rdf:RDF></x:xmpmeta>"
)


@pytest.fixture(scope="module")
def stamped() -> bytes:
    return a_stamped()


def a_stamped(turned: int = 0, drawn: bytes = b"0 g 380 200 40 200 re f") -> bytes:
    with pikepdf.new() as document:
        for _ in range(3):
            page = document.add_blank_page(page_size=(595, 842)).obj
            page.Contents = document.make_stream(drawn)
            page.Rotate = turned
        root, first = document.Root, document.pages[0].obj
        root.Metadata = document.make_stream(
            PACKET.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
        root.Dests = pikepdf.Dictionary(
            sealA=pikepdf.Array([first, pikepdf.Name.XYZ, 150, 300, 0]),
            sealB=pikepdf.Array([first, pikepdf.Name.XYZ, 400, 300, 0]),
        )
        written = io.BytesIO()
        document.save(written)
    act = SealingAct(
        imprints=(),
        seam=SeamSeal(SEAL),
        number="SL-HT-2026-FW-0001",
        title="合同",
        creator="示例网络技术（北京）有限公司",
        made_at=datetime(2026, 3, 9, tzinfo=UTC),
        qr_text="x",
        way=SealWay.SIGNED,
    )
    return stamp(written.getvalue(), act).pdf


@pytest.fixture
def an_order(
    stamped: bytes, ours: Any, key_file: Path, stamp_server: Any
) -> Callable[..., SigningOrder]:
    def make(**changed: Any) -> SigningOrder:
        said: dict[str, Any] = {
            "pdf": stamped,
            "fields": FIELDS,
            "seal": SEAL,
            "level": SigningLevel.TIMED,
            "key": SigningKey(KeyKind.FILE, file=str(key_file)),
            "pin": "样例口令-4711",
            "authority": stamp_server.address,
            "patience": timedelta(seconds=20),
            "trust": Trust((ours.root_pem,)),
            "company": "示例网络技术（北京）有限公司",
            "reason": "合同用印",
        }
        return SigningOrder(**(said | changed))

    return make


def countersigned(order: SigningOrder, signed: bytes, theirs: Any, folder: Path) -> bytes:
    path = folder / "theirs.p12"
    path.write_bytes(theirs.as_pkcs12())
    _, both = sign(
        replace(
            order,
            pdf=signed,
            fields=FIELDS[1:],
            key=SigningKey(KeyKind.FILE, file=str(path)),
            level=SigningLevel.LASTING,
            certifies=False,
        )
    )
    return both


@pytest.mark.parametrize("level", SigningLevel)
def test_what_was_stamped_is_signed_as_it_is(
    an_order: Callable[..., SigningOrder], stamped: bytes, level: SigningLevel, ours: Any
) -> None:
    told, signed = sign(an_order(level=level))
    found = examine(signed, Trust((ours.root_pem,)))
    first, *stamps = found["signatures"]

    assert signed.startswith(stamped)
    assert told["signed_bytes"] == len(stamped)
    assert (first["field"], first["signer"]) == ("PartyB", "示例网络技术（北京）有限公司")
    assert (first["intact"], first["trusted"], first["permitted"], first["certifies"]) == (
        True,
        True,
        True,
        True,
    )
    assert first["stamped_by"] == "示例时间戳"
    assert "示例测试根证书" in first["root"]
    assert [one["what"] for one in stamps] == (
        ["文档时间戳"] if level is SigningLevel.LASTING else []
    )


def test_the_other_party_signs_afterwards_and_both_stay_valid(
    an_order: Callable[..., SigningOrder], theirs: Any, ours: Any, tmp_path: Path
) -> None:
    order = an_order()
    _, signed = sign(order)
    both = countersigned(order, signed, theirs, tmp_path)
    found = examine(both, Trust((ours.root_pem,)))["signatures"]

    assert [one["signer"] for one in found] == [
        "示例网络技术（北京）有限公司",
        "示例园区运营有限公司",
        "示例时间戳",
    ]
    assert all(one["intact"] and one["trusted"] and one["permitted"] for one in found)
    assert found[0]["change"] == "签名后另有签名或填写了表单域"
    path = tmp_path / "both.pdf"
    path.write_bytes(both)
    said = subprocess.run(["pdfsig", str(path)], capture_output=True, timeout=60).stdout.decode()
    assert said.count("Signature is Valid.") == 2


def test_what_pdfsig_calls_valid_but_was_changed_is_told(
    an_order: Callable[..., SigningOrder], ours: Any, tmp_path: Path
) -> None:
    _, signed = sign(an_order())
    writer = pypdf.PdfWriter(io.BytesIO(signed), incremental=True)
    writer.pages[0].merge_page(pypdf.PdfReader(io.BytesIO(SEAL.pdf)).pages[0])
    written = io.BytesIO()
    writer.write(written)
    path = tmp_path / "changed.pdf"
    path.write_bytes(written.getvalue())

    said = subprocess.run(["pdfsig", str(path)], capture_output=True, timeout=60).stdout.decode()
    assert "Signature is Valid." in said
    (one,) = examine(path.read_bytes(), Trust((ours.root_pem,)))["signatures"]
    assert (one["intact"], one["permitted"], one["change"]) == (True, False, "签名后内容被改动")
    assert 1 in one["changed_pages"]


def test_a_changed_byte_breaks_the_signature(
    an_order: Callable[..., SigningOrder], ours: Any
) -> None:
    _, signed = sign(an_order())
    place = signed.index(b"/Prev") - 200
    broken = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    found = examine(broken, Trust((ours.root_pem,)))

    assert found["problem"] or not found["signatures"][0]["intact"]


def test_a_root_nobody_trusts_and_a_revoked_certificate_are_told(
    an_order: Callable[..., SigningOrder], authority: Any, ours: Any
) -> None:
    _, signed = sign(an_order())
    (one,) = examine(signed, Trust())["signatures"]
    assert (one["intact"], one["trusted"], one["root"]) == (True, False, None)
    revoked = authority.revoke(ours, datetime(2024, 1, 1, tzinfo=UTC))
    (one,) = examine(signed, Trust((ours.root_pem,), (revoked,)))["signatures"]
    assert (one["intact"], one["trusted"]) == (True, False)
    assert "REVOKED" in one["problem"]


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_the_seal_is_what_is_seen_upright_and_hides_no_text(
    an_order: Callable[..., SigningOrder], turned: int
) -> None:
    pdf = a_stamped(turned)
    told, signed = sign(an_order(pdf=pdf))
    before, after = (seen(each) for each in (pdf, signed))
    place = told["place"]
    x, y = (round(float(place[key]) / 25.4 * 72) for key in ("x_mm", "y_mm"))
    box = (x - 57, y - 57, x + 57, y + 57)
    black = before.crop(box).convert("L").point(lambda value: 255 if value < 40 else 0)
    reds = [r > 180 and g < 90 for r, g, _ in after.crop(box).get_flattened_data()]

    assert sum(reds) > 500
    assert black.getbbox() is not None
    dark = after.crop(box).convert("L").point(lambda value: 255 if value < 60 else 0)
    assert sum(map(bool, dark.get_flattened_data())) >= sum(map(bool, black.get_flattened_data()))
    _, plain = sign(an_order(pdf=a_stamped(turned, drawn=b"")))
    found = seen(plain).crop(box).convert("L")
    alone = seen(SEAL.pdf).resize((114, 114)).convert("L")
    upright, *others = (apart(found.rotate(by), alone) for by in (0, 90, 180, 270))
    assert upright < 0.7 * min(others)


def apart(one: Any, other: Any) -> float:
    histogram = ImageChops.difference(one, other).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / sum(histogram)


def seen(pdf: bytes) -> Any:
    document = pypdfium2.PdfDocument(pdf)
    try:
        document.init_forms()
        return document[0].render(scale=1, may_draw_forms=True).to_pil().convert("RGB")
    finally:
        document.close()


def test_a_key_on_a_token_signs(
    an_order: Callable[..., SigningOrder], ours: Any, tmp_path: Path
) -> None:
    module = "/usr/lib/softhsm/libsofthsm2.so"
    (tmp_path / "tokens").mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(config)}
    key = tmp_path / "key.pem"
    key.write_bytes(
        ours.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    pin = ["--pin", "4711"]
    for arguments in (
        ["--init-token", "--free", "--label", "guidang", "--so-pin", "12345678", *pin],
        ["--import", str(key), "--token", "guidang", "--label", "seal", "--id", "01", *pin],
    ):
        subprocess.run(
            ["softhsm2-util", *arguments],
            env=environment,
            check=True,
            capture_output=True,
            timeout=60,
        )
    store = (
        "import pkcs11, sys; from asn1crypto import x509; from pkcs11 import Attribute as A\n"
        f"token = pkcs11.lib({module!r}).get_token(token_label='guidang')\n"
        "der = sys.stdin.buffer.read(); c = x509.Certificate.load(der)\n"
        "with token.open(rw=True, user_pin='4711') as s:\n"
        "    s.create_object({A.CLASS: pkcs11.ObjectClass.CERTIFICATE,"
        " A.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509, A.LABEL: 'seal', A.ID: b'\\x01',"
        " A.TOKEN: True, A.SUBJECT: c.subject.dump(), A.VALUE: der})\n"
    )
    der = ours.certificate.public_bytes(serialization.Encoding.DER)
    subprocess.run(
        [sys.executable, "-c", store], input=der, env=environment, check=True, timeout=60
    )
    token = SigningKey(KeyKind.TOKEN, module=module, token="guidang", label="seal")  # noqa: S106
    with Confined(environment={"SOFTHSM2_CONF": str(config)}) as child:
        allowed = timedelta(seconds=100)
        answer = child.ask("sign", an_order(key=token, pin="4711"), allowed=allowed)
        with pytest.raises(SigningFailed, match="令牌 guidang 不可用") as refused:
            child.ask("sign", an_order(key=token, pin="0815"), allowed=allowed)
    assert "0815" not in str(refused.value)
    (one,) = examine(answer.made, Trust((ours.root_pem,)))["signatures"]
    assert (one["intact"], one["trusted"]) == (True, True)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, "text/plain", b"no"), "时间戳服务"),
        ((200, "text/html", b"<html>"), "no time stamp"),
        ((200, "application/timestamp-reply", b"nonsense"), "时间戳服务|签名未成"),
        ((200, "application/timestamp-reply", b"\x30" * 400_000), "no time stamp"),
    ],
)
def test_an_authority_that_fails_leaves_nothing_signed(
    an_order: Callable[..., SigningOrder],
    stamp_server: Any,
    *,
    answer: tuple[int, str, bytes],
    said: str,
) -> None:
    stamp_server.answer = lambda _asked: answer
    with pytest.raises(SigningFailed, match=said):
        sign(an_order())


def test_an_authority_that_never_answers_is_waited_for_so_long_and_no_longer(
    an_order: Callable[..., SigningOrder], stamp_server: Any
) -> None:
    stamp_server.hold.clear()
    with Confined() as child:
        with pytest.raises((SigningFailed, ChildLost)):
            child.ask(
                "sign",
                an_order(patience=timedelta(seconds=60)),
                allowed=timedelta(seconds=8),
            )
        stamp_server.hold.set()
        answer = child.ask("sign", an_order(), allowed=timedelta(seconds=100))
    assert answer.told["field"] == "PartyB"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pin": "falsch"}, "口令不对"),
        ({"key": SigningKey(KeyKind.FILE, file="/nowhere/sign.p12")}, "读不到 /nowhere/sign.p12"),
        ({"authority": "http://127.0.0.1:9/"}, "时间戳服务 http://127.0.0.1:9/ 不可用"),
    ],
)
def test_a_wrong_pin_or_a_missing_key_is_told_without_the_pin(
    an_order: Callable[..., SigningOrder], changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(SigningFailed, match=said) as refused:
        sign(an_order(**changed))
    assert "falsch" not in str(refused.value)
    assert "4711" not in repr(an_order())


def test_a_copy_of_a_signed_file_shows_the_seal_and_claims_no_signature(
    an_order: Callable[..., SigningOrder], ours: Any
) -> None:
    _, signed = sign(an_order())
    copy = derive(signed, CopyMark(CopyKind.DUPLICATE, 1, 1))

    assert copy == derive(signed, CopyMark(CopyKind.DUPLICATE, 1, 1))
    found = examine(copy, Trust((ours.root_pem,)))
    assert (found["signatures"], found["derived"]["as"]) == ([], "副本")
    said = pypdf.PdfReader(io.BytesIO(copy)).metadata
    assert said is not None
    assert "电子签名只存在于原件" in str(said.subject)
    below = (0, 100, 595, 842)
    apart = ImageChops.difference(seen(copy).crop(below), seen(signed).crop(below))
    assert max(high for _, high in apart.getextrema()) <= 16
