"""Upstream proof: whether decisions in a file were signed by the system they name (验签).

A detached JWS (RFC 7515, appendix F) over canonical JSON of the order's number, the digest of
its content and the decisions of that system. So neither another order nor another text nor
another decision passes under a signature given once. One algorithm a system, named by the rule:
what the header of a signature asks for is compared with it, never followed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from archive.rulesets import RuleTable

SIGNATURES: Final = "approval_signatures"
"""The extension of a file that holds its signatures by system; they sign all but themselves."""

_LEAST_KEY: Final = 32
_ALGORITHMS: Final = ("HS256", "EdDSA")


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """A system whose decisions count only when signed, and where the key to that is.

    The key stands in a file outside the home, or in the environment; for HS256 a secret of at
    least 32 bytes, for EdDSA the public key of the system as PEM.
    """

    source: str
    algorithm: str
    key_file: str = ""
    key_env: str = ""

    @classmethod
    def read(cls, table: RuleTable) -> Self:
        """Read a rule from its table; raises RulesUnfit."""
        rule = cls(
            table.text("source"),
            table.text("algorithm"),
            table.text("key_file") if table.has("key_file") else "",
            table.text("key_env") if table.has("key_env") else "",
        )
        table.finish()
        if rule.algorithm not in _ALGORITHMS:
            raise table.unfit("algorithm", f"可用：{'、'.join(_ALGORITHMS)}")
        if bool(rule.key_file) == bool(rule.key_env):
            raise table.unfit("key_file", "key_file 与 key_env 须且只须写一个")
        return rule


def signed_bytes(content: Mapping[str, Any], source: str) -> bytes:
    """Return what `source` signs of an order's JSON content.

    Canonical JSON: keys sorted by code point, no blanks, UTF-8. The content counts without its
    approvals and signatures; of the approvals those that name this source, as they stand.
    """
    extensions = dict(content.get("extensions") or {})
    extensions.pop(SIGNATURES, None)
    terms = {key: value for key, value in content.items() if key != "approvals"}
    terms["extensions"] = extensions
    given: Sequence[Mapping[str, Any]] = content.get("approvals") or ()
    return _canonical(
        {
            "order_no": content.get("order_no") or content.get("request_no"),
            "content_sha256": hashlib.sha256(_canonical(terms)).hexdigest(),
            "approvals": [each for each in given if each.get("source") == source],
        }
    )


def problem_of(rule: SignatureRule, jws: Any, payload: bytes, key: bytes) -> str | None:
    """Return why `jws` does not prove `payload`, Chinese; None where it does."""
    if not isinstance(jws, str):
        return "没有签名"
    header, _, rest = jws.partition(".")
    nothing, _, signature = rest.partition(".")
    try:
        asked = json.loads(_unpadded(header))
        signed = _unpadded(signature)
    except (ValueError, binascii.Error):
        return "签名不是 JWS（分离式，头..签名）"
    if nothing or not isinstance(asked, dict):
        return "签名不是 JWS（分离式，头..签名）"
    if asked.get("alg") != rule.algorithm or "crit" in asked or "b64" in asked:
        return f"签名算法不是规则所定的 {rule.algorithm}"
    message = header.encode() + b"." + _packed(payload)
    try:
        genuine = _PROVES[rule.algorithm](key, message, signed)
    except ValueError as error:
        return str(error)
    return None if genuine else "签名与内容不符（内容、审批意见或订单不是签署的那份）"


def _hs256(key: bytes, message: bytes, signed: bytes) -> bool:
    secret = key.strip()
    if len(secret) < _LEAST_KEY:
        raise ValueError(f"验签密钥不足 {_LEAST_KEY} 字节")
    return hmac.compare_digest(hmac.digest(secret, message, "sha256"), signed)


def _eddsa(key: bytes, message: bytes, signed: bytes) -> bool:
    try:
        public = load_pem_public_key(key)
    except ValueError:
        raise ValueError("验签公钥不是 PEM") from None
    if not isinstance(public, Ed25519PublicKey):
        raise ValueError("验签公钥不是 Ed25519")  # noqa: TRY004 - the key is a value, not a type
    try:
        public.verify(signed, message)
    except InvalidSignature:
        return False
    return True


_PROVES: Final = {"HS256": _hs256, "EdDSA": _eddsa}


def _canonical(content: Any) -> bytes:
    said = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return said.encode("utf-8", "surrogatepass")


def _packed(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
