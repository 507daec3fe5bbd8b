"""Signing order: what is to be signed, where, with which key, and by whose clock (签名指令)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from archive.stamping import SealImage


class SigningLevel(StrEnum):
    """How long a signature can be verified (ETSI EN 319 142-1)."""

    TIMED = "B-T"  # with a time stamp
    LASTING = "B-LTA"  # with all that verifies it, under a document time stamp


class KeyKind(StrEnum):
    """Where the key lies."""

    FILE = "pkcs12"
    TOKEN = "pkcs11"  # noqa: S105 - the name of a standard


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Which key signs: a PKCS#12 `file`, or the key `label` on a token of a PKCS#11 `module`.

    `certificate` is the label of its certificate on the token; `chain` holds more
    certificates (PEM) that lead to its root.
    """

    kind: KeyKind
    file: str = ""
    module: str = ""
    token: str = ""
    label: str = ""
    certificate: str = ""
    chain: str = ""


@dataclass(frozen=True, slots=True)
class SignatureField:
    """A party's signature field: its centre from a named destination, and how large it is."""

    name: str
    destination: str
    dx_mm: float
    dy_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Trust:
    """Root certificates and revocation lists the firm trusts, as files' bytes (PEM or DER)."""

    certificates: tuple[bytes, ...] = ()
    revocations: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class SigningOrder:
    """One signature on one stamped file.

    All `fields` are made before anything is signed; the first of them is ours, and `seal` is
    what is seen in it. `certifies` lets others sign afterwards and change nothing else.
    `authority` is the time-stamp authority's address, asked for `patience` at most each time.
    """

    pdf: bytes
    fields: tuple[SignatureField, ...]
    seal: SealImage
    level: SigningLevel
    key: SigningKey
    pin: str = field(repr=False)
    authority: str
    patience: timedelta
    trust: Trust
    company: str
    reason: str
    certifies: bool = True
