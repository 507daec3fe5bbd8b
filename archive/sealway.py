"""Seal way: what the seals on a paper are, said on the paper itself (用印方式)."""

from __future__ import annotations

from enum import StrEnum


class SealWay(StrEnum):
    """How a paper was sealed; an image of a seal is never called a signature (电子签名法 13)."""

    PRINTED = "打印套章"
    SIGNED = "电子签名"

    @property
    def notice(self) -> str:
        """The words printed under the QR code of page one."""
        return {
            SealWay.PRINTED: "打印套章 非电子签名",
            SealWay.SIGNED: "电子签名 以验签为准",
        }[self]

    @property
    def statement(self) -> str:
        """What the file says of itself in its properties."""
        return {
            SealWay.PRINTED: "打印套章：印章为打印的图样，不是电子签名",
            SealWay.SIGNED: "电子签名：印章图样是签名的外观，以文件内的数字签名验证为准",
        }[self]
