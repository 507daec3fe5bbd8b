"""Trusting: the roots and revocation lists the firm trusts, as pyHanko takes them (信任库)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from asn1crypto import crl, pem, x509
from pyhanko_certvalidator import ValidationContext

from archive.errors import SigningFailed
from archive.signingorder import Trust


def certificates_in(files: Iterable[bytes]) -> list[x509.Certificate]:
    """Return every certificate in `files`, PEM or DER; raises SigningFailed."""
    return [certificate for content in files for certificate in _read(content, x509.Certificate)]


def validation_context(trust: Trust, *, moment: datetime | None = None) -> ValidationContext:
    """Return what a certificate is judged by: these roots, offline, at `moment` or now.

    Nothing is fetched; the firm's own revocation lists are asked by `is_revoked`.
    """
    return ValidationContext(
        trust_roots=certificates_in(trust.certificates),
        crls=_lists(trust),
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=moment,
    )


def is_revoked(certificate: x509.Certificate, trust: Trust, *, at: datetime) -> bool:
    """Whether one of the firm's lists revokes `certificate` at or before `at`.

    A validator passes by lists that the certificate does not point to; these are the firm's.
    """
    return any(
        entry["user_certificate"].native == certificate.serial_number
        and entry["revocation_date"].native <= at
        for listed in _lists(trust)
        if listed.issuer == certificate.issuer
        for entry in listed["tbs_cert_list"]["revoked_certificates"]
    )


def who(certificate: x509.Certificate | None) -> str:
    """Return whose a certificate is: the common name, with the organization where it differs."""
    if certificate is None:
        return ""
    said = certificate.subject.native
    names = [_text(said.get("common_name")), _text(said.get("organization_name"))]
    return "，".join(dict.fromkeys(filter(None, names))) or certificate.subject.human_friendly


def _lists(trust: Trust) -> list[crl.CertificateList]:
    return [one for content in trust.revocations for one in _read(content, crl.CertificateList)]


def _text(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _read(content: bytes, kind: Any) -> list[Any]:
    try:
        if not pem.detect(content):
            return [kind.load(content, strict=True)]
        return [kind.load(der, strict=True) for _, _, der in pem.unarmor(content, multiple=True)]
    except ValueError as error:
        raise SigningFailed(f"信任库中有读不懂的文件：{error}") from error
