"""Fields: what a template prints, every value already text (字段)."""

from __future__ import annotations

import hashlib
import json

from templates.fieldsets.acceptance import acceptance_fields
from templates.fieldsets.contract import contract_fields
from templates.fieldsets.shape import Fields, flatten, replaced

__all__ = [
    "Fields",
    "acceptance_fields",
    "contract_fields",
    "flatten",
    "terms_digest",
    "with_number",
]

_CONTRACT_NO = "contract.no"
_SIGNED_ON = "contract.sign_date_cn"
_REPORT_NO = "acceptance.no"


def with_number(fields: Fields, number: str, signed_on_text: str | None = None) -> Fields:
    """Return `fields` with the number of the document, and its signing day where known.

    Raises ValueError for the signing day of a report: it is written at the signature only.
    """
    if "acceptance" in fields:
        if signed_on_text is not None:
            raise ValueError("a report has no printed signing day")
        return replaced(fields, _REPORT_NO, number)
    numbered = replaced(fields, _CONTRACT_NO, number)
    return numbered if signed_on_text is None else replaced(numbered, _SIGNED_ON, signed_on_text)


def terms_digest(template_digest: str, fields: Fields) -> str:
    """Return the SHA-256 that binds approvals to the template and to what was agreed.

    The document's own number and signing day stay out: they come after the approvals. Texts
    are taken as they stand, with no normalisation, so that no change of a character hides.
    """
    outside = {_REPORT_NO} if "acceptance" in fields else {_CONTRACT_NO, _SIGNED_ON}
    agreed = {path: text for path, text in flatten(fields).items() if path not in outside}
    content = {"template": template_digest, "fields": agreed}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()
