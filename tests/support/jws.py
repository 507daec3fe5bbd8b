"""Detached JWS, as an approval system writes it."""

from __future__ import annotations

import base64
import hmac


def packed(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def sign_hs256(payload: bytes, key: bytes) -> str:
    header = packed(b'{"alg":"HS256"}')
    tag = hmac.digest(key, header + b"." + packed(payload), "sha256")
    return f"{header.decode()}..{packed(tag).decode()}"
