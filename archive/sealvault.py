"""Seal vault: seal images encrypted at rest, and the key that lies elsewhere (印章图像加密).

A locked image is ``GDSEAL1``, the name of the key, a nonce, and the PDF under AES-256-GCM.
The seal's code and the digest of its image are authenticated with it: an image that was
exchanged for another, or put under another seal's name, does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive.errors import SealImageDamaged, SealKeyUnfit

_MAGIC: Final = b"GDSEAL1\n"
_HEADING: Final = "guidang-seal-key-1"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_NAME_BYTES: Final = 8
_KEY_FILE_LIMIT: Final = 4096


@dataclass(frozen=True, slots=True)
class SealKey:
    """The secret that opens the seals' images; it never shows in what is printed or logged."""

    secret: bytes = field(repr=False)

    @property
    def name(self) -> bytes:
        """What tells one key from another, without a way back to the secret."""
        return hashlib.sha256(b"guidang seal key\0" + self.secret).digest()[:_NAME_BYTES]


def make_key(path: Path) -> SealKey:
    """Write a new key into the new file `path`, readable by this account alone.

    Raises SealKeyUnfit where something stands there: a key is never overwritten, for the
    images under it would be lost.
    """
    secret = secrets.token_bytes(_KEY_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError as error:
        raise SealKeyUnfit(f"{path} 已存在；密钥从不覆盖，请另给一个文件名") from error
    with os.fdopen(handle, "wb") as file:
        file.write(f"{_HEADING} {base64.b64encode(secret).decode()}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    return SealKey(secret)


def read_key(path: Path) -> SealKey:
    """Return the key in `path`; raises SealKeyUnfit where it is missing, open to others or none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise SealKeyUnfit(
            f"读不到印章密钥 {path}（{error.strerror}）；请恢复密钥文件，"
            "尚无密钥时运行 guidang seals key new 文件"
        ) from error
    try:
        _assert_private(path, os.fstat(handle))
        content = os.read(handle, _KEY_FILE_LIMIT)
    finally:
        os.close(handle)
    return SealKey(_secret(path, content))


def lock(key: SealKey, code: str, pdf: bytes) -> bytes:
    """Return the image of the seal `code` encrypted; never the same twice."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    bound = _bound(code, hashlib.sha256(pdf).hexdigest())
    return _MAGIC + key.name + nonce + AESGCM(key.secret).encrypt(nonce, pdf, bound)


def unlock(key: SealKey, code: str, image_sha256: str, locked: bytes) -> bytes:
    """Return the image that was registered under `code` with that digest.

    Raises SealKeyUnfit for another key than it was locked with, SealImageDamaged where it is
    not that image as it was locked.
    """
    head = len(_MAGIC) + _NAME_BYTES
    if locked[: len(_MAGIC)] != _MAGIC or len(locked) < head + _NONCE_BYTES:
        raise SealImageDamaged(code, "不是加密的印章图像")
    if locked[len(_MAGIC) : head] != key.name:
        raise SealKeyUnfit(f"印章 {code} 的图像是用另一把密钥加密的；请换回登记时的密钥文件")
    nonce, content = locked[head : head + _NONCE_BYTES], locked[head + _NONCE_BYTES :]
    try:
        pdf = AESGCM(key.secret).decrypt(nonce, content, _bound(code, image_sha256))
    except InvalidTag as error:
        raise SealImageDamaged(code, "图像被改动或替换") from error
    if hashlib.sha256(pdf).hexdigest() != image_sha256:
        raise SealImageDamaged(code, "图像与登记的摘要不符")
    return pdf


def _assert_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SealKeyUnfit(f"印章密钥 {path} 不是普通文件")
    if status.st_mode & 0o077:
        mode = f"{stat.S_IMODE(status.st_mode):o}"
        raise SealKeyUnfit(f"印章密钥 {path} 他人可读写（权限 {mode}）；请运行 chmod 600")
    if status.st_uid not in (0, os.geteuid()):
        raise SealKeyUnfit(f"印章密钥 {path} 属于另一个账户；请改由运行 guidang 的账户持有")


def _bound(code: str, image_sha256: str) -> bytes:
    return f"{code}\0{image_sha256}".encode()


def _secret(path: Path, content: bytes) -> bytes:
    words = content.split()
    try:
        if len(words) == 2 and words[0] == _HEADING.encode():  # noqa: PLR2004 - heading and key
            secret = base64.b64decode(words[1], validate=True)
            if len(secret) == _KEY_BYTES:
                return secret
    except binascii.Error:
        pass
    raise SealKeyUnfit(f"{path} 不是印章密钥；请用 guidang seals key new 文件 生成")
