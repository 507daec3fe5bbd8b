"""Fields: what a template prints, every value already text (字段)."""

from __future__ import annotations

import hashlib
import json

from templates.fieldsets.acceptance import acceptance_fields
from templates.fieldsets.authority import authority_fields
from templates.fieldsets.change import change_fields
from templates.fieldsets.contract import contract_fields
from templates.fieldsets.nda import nda_fields
from templates.fieldsets.shape import Fields, flatten, replaced
from templates.fieldsets.sheets import (
    approval_sheet_fields,
    legal_opinion_fields,
    seal_request_fields,
)
from templates.fieldsets.termination import termination_fields

__all__ = [
    "Fields",
    "acceptance_fields",
    "approval_sheet_fields",
    "authority_fields",
    "change_fields",
    "contract_fields",
    "flatten",
    "legal_opinion_fields",
    "nda_fields",
    "seal_request_fields",
    "termination_fields",
    "terms_digest",
    "with_number",
]

_CONTRACT_NO = "contract.no"
_SIGNED_ON = "contract.sign_date_cn"
# The group that only one kind of document has, and that holds its number. An agreement on the
# end of a contract names the acceptance report as well: its own group is asked for first.
_OWN_GROUPS = ("term", "amend", "nda", "poa", "review", "approval", "sealing", "acceptance")


def with_number(fields: Fields, number: str, signed_on_text: str | None = None) -> Fields:
    """Return `fields` with the number of the document, and its signing day where known.

    Raises ValueError for the signing day of anything but a contract: it is written at the
    signature only.
    """
    own = _own_number(fields)
    if own != _CONTRACT_NO and signed_on_text is not None:
        raise ValueError("only a contract has a printed signing day")
    numbered = replaced(fields, own, number)
    return numbered if signed_on_text is None else replaced(numbered, _SIGNED_ON, signed_on_text)


def _own_number(fields: Fields) -> str:
    return next((f"{group}.no" for group in _OWN_GROUPS if group in fields), _CONTRACT_NO)


def terms_digest(template_digest: str, fields: Fields) -> str:
    """Return the SHA-256 that binds approvals to the template and to what was agreed.

    The document's own number and signing day stay out: they come after the approvals. Texts
    are taken as they stand, with no normalisation, so that no change of a character hides.
    """
    own = _own_number(fields)
    outside = {own, _SIGNED_ON} if own == _CONTRACT_NO else {own}
    agreed = {path: text for path, text in flatten(fields).items() if path not in outside}
    content = {"template": template_digest, "fields": agreed}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()
