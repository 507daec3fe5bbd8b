"""Signing keys: a certificate file or a token, opened for one signature (in its child alone)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from archive.errors import SigningFailed
from archive.signingorder import KeyKind, SigningKey
from archive.trusting import certificates_in


@contextmanager
def opened(key: SigningKey, pin: str) -> Iterator[signers.Signer]:
    """Yield the signer behind `key`, a file or a token; raises SigningFailed with the reason."""
    chain = certificates_in([_read(key.chain)]) if key.chain else []
    if key.kind is KeyKind.FILE:
        signer = _from_file(key, pin, chain)
        yield signer
        return
    from pkcs11.exceptions import PKCS11Error  # noqa: PLC0415 - with a token alone
    from pyhanko.config.pkcs11 import TokenCriteria  # noqa: PLC0415 - the same
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session  # noqa: PLC0415 - the same

    try:
        with open_pkcs11_session(
            key.module, token_criteria=TokenCriteria(label=key.token), user_pin=pin
        ) as session:
            yield PKCS11Signer(
                session,
                cert_label=key.certificate or key.label,
                key_label=key.label,
                ca_chain=set(chain),
            )
    except PKCS11Error as error:
        # A token's error says which function failed; it holds no PIN.
        raise SigningFailed(f"签名令牌 {key.token} 不可用：{type(error).__name__}") from error
    except RuntimeError as error:
        raise SigningFailed(f"签名模块 {key.module} 无法装入") from error


def _from_file(key: SigningKey, pin: str, chain: list[Any]) -> signers.SimpleSigner:
    store = SimpleCertificateStore()
    for certificate in chain:
        store.register(certificate)
    try:
        signer: signers.SimpleSigner | None = signers.SimpleSigner.load_pkcs12_data(
            _read(key.file), other_certs=list(store), passphrase=pin.encode()
        )
    except ValueError:
        signer = None
    if signer is None:
        raise SigningFailed("签名证书文件无法打开：文件已损坏或口令不对")
    return signer


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a path as the rules write it
            return file.read()
    except OSError as error:
        raise SigningFailed(f"读不到 {path}（{error.strerror}）") from error
