"""Signatures: what the signatures in a PDF are worth, and what was changed after them (验签).

Loaded in a child alone (`confined`), for files that carry signatures.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pikepdf
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from archive.days import BUSINESS_ZONE
from archive.examination import LIES
from archive.signingorder import Trust
from archive.trusting import is_revoked, validation_context, who

_MOST_SIGNATURES: Final = 50
_BAD: Final = (PdfError, SignatureValidationError, *LIES)

_CHANGES: Final = {
    ModificationLevel.NONE: "签名后未改动",
    ModificationLevel.LTA_UPDATES: "签名后只增补了验证信息或时间戳",
    ModificationLevel.FORM_FILLING: "签名后另有签名或填写了表单域",
    ModificationLevel.ANNOTATIONS: "签名后添加了批注",
    ModificationLevel.OTHER: "签名后内容被改动",
}


def signatures_in(pdf: bytes, trust: Trust) -> list[dict[str, Any]]:
    """Return what every signature and document time stamp is worth; raises ValueError."""
    try:
        return list(_signatures(pdf, trust))
    except PdfError as error:
        raise ValueError(str(error)) from error


def _signatures(pdf: bytes, trust: Trust) -> Iterator[dict[str, Any]]:
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    for number, signature in enumerate(reader.embedded_signatures):
        if number == _MOST_SIGNATURES:
            raise ValueError("more signatures than anybody makes")
        yield _signature(pdf, signature, trust)


def _signature(pdf: bytes, signature: EmbeddedPdfSignature, trust: Trust) -> dict[str, Any]:
    is_stamp = signature.sig_object.get("/Type") == "/DocTimeStamp"
    found: dict[str, Any] = {
        "field": signature.field_name,
        "what": "文档时间戳" if is_stamp else "签名",
        "signer": who(signature.signer_cert),
        "issuer": _issuer(signature.signer_cert),
        "certifies": not is_stamp and signature.docmdp_level is not None,
        "intact": False,
        "trusted": False,
        "root": None,
        "claimed_at": None,
        "stamped_at": None,
        "stamped_by": None,
        "stamp_trusted": False,
        "permitted": False,
        "change": "无法验证",
        "changed_pages": [],
        "problem": None,
    }
    try:
        if is_stamp:
            return found | _of_stamp(pdf, signature, trust)
        return found | _of_signature(pdf, signature, trust)
    except _BAD as error:
        return found | {"problem": f"{type(error).__name__}：{error}"}


def _of_stamp(pdf: bytes, signature: EmbeddedPdfSignature, trust: Trust) -> dict[str, Any]:
    status = validate_pdf_timestamp(signature, validation_context(trust))
    pages = _changed_since(pdf, signature)
    return {
        "intact": status.intact and status.valid,
        "trusted": status.trusted,
        "root": _root(status.validation_path),
        "stamped_at": _moment(status.timestamp),
        "stamped_by": who(status.signing_cert),
        "stamp_trusted": status.trusted,
        "permitted": not pages,
        "change": _CHANGES[ModificationLevel.OTHER] if pages else "",
        "changed_pages": pages,
    }


def _of_signature(pdf: bytes, signature: EmbeddedPdfSignature, trust: Trust) -> dict[str, Any]:
    status = validate_pdf_signature(
        signature,
        signer_validation_context=validation_context(trust),
        ts_validation_context=validation_context(trust),
    )
    stamp = status.timestamp_validity
    if stamp is not None and stamp.valid and stamp.intact and stamp.trusted:
        # What the certificate was worth is a question of the moment that a clock vouches for.
        status = validate_pdf_signature(
            signature,
            signer_validation_context=validation_context(trust, moment=stamp.timestamp),
            ts_validation_context=validation_context(trust),
        )
    change, pages = _change(pdf, signature, status)
    stamp_counts, judged_at = False, datetime.now(UTC)
    if stamp is not None and stamp.valid and stamp.trusted:
        stamp_counts, judged_at = True, stamp.timestamp
    revoked = is_revoked(status.signing_cert, trust, at=judged_at)
    return {
        "intact": status.intact and status.valid,
        "trusted": status.trusted and not revoked,
        "root": _root(status.validation_path),
        "claimed_at": _moment(status.signer_reported_dt),
        "stamped_at": _moment(stamp.timestamp) if stamp and stamp.valid else None,
        "stamped_by": who(stamp.signing_cert) if stamp and stamp.valid else None,
        "stamp_trusted": stamp_counts,
        "permitted": status.docmdp_ok is True and not pages,
        "change": change,
        "changed_pages": pages,
        "problem": "REVOKED" if revoked else _why_untrusted(status),
    }


def _change(
    pdf: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus
) -> tuple[str, list[int]]:
    """Return in words what came after the signature, and the pages that are others now."""
    if not (status.intact and status.valid):
        return "被签名的内容本身已被改动", []
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return _CHANGES[ModificationLevel.NONE], []
    level = status.modification_level
    pages = _changed_since(pdf, signature)
    if level is None:
        return "签名没有覆盖全部内容", pages
    words = _CHANGES[level]
    if isinstance(status.diff_result, SuspiciousModification):
        words = _CHANGES[ModificationLevel.OTHER]
    return words, pages


def _changed_since(pdf: bytes, signature: EmbeddedPdfSignature) -> list[int]:
    """Return the pages (from 1) that are others now than when this was signed."""
    covered = signature.byte_range[-2] + signature.byte_range[-1]
    if covered >= len(pdf):
        return []
    signed = io.BytesIO(pdf[:covered])
    with pikepdf.open(signed) as old, pikepdf.open(io.BytesIO(pdf)) as new:
        first, last = len(old.pages), len(new.pages)
        changed = [
            number + 1
            for number in range(min(first, last))
            if _drawn(old.pages[number]) != _drawn(new.pages[number])
        ]
        return changed + list(range(min(first, last) + 1, max(first, last) + 1))


def _drawn(page: pikepdf.Page) -> str:
    """Return a digest of what is drawn on a page: its content, and what that refers to."""
    digest = hashlib.sha256()
    contents = page.obj.get("/Contents", pikepdf.Array())
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    forms = page.resources.get("/XObject", pikepdf.Dictionary())
    for part in [*parts, *(forms[name] for name in sorted(forms.keys()))]:
        # What is no stream draws nothing, but it is another page than one without it.
        digest.update(part.read_bytes() if isinstance(part, pikepdf.Stream) else b"-")
    for box in ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit"):
        digest.update(str(page.obj.get(box)).encode())
    return digest.hexdigest()


def _why_untrusted(status: PdfSignatureStatus) -> str | None:
    """Return ETSI's word for what is wrong with the certificate (EN 319 102-1)."""
    indication = status.trust_problem_indic
    return None if indication is None else str(indication).rpartition(".")[2]


def _issuer(certificate: Certificate | None) -> str:
    return str(certificate.issuer.human_friendly) if certificate is not None else ""


def _root(path: Any) -> str | None:
    return None if path is None else str(path.trust_anchor.authority.name.human_friendly)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds")
