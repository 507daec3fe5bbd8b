"""Sealcase: the firm's seals as it keeps them, each proved by the digest of its image (印章).

A seal is a file `<code>.toml` in the seals' folder, beside its image as a one-page PDF:

    code = "HT01"
    name = "合同专用章"
    kind = "合同专用章"
    owner = "示例网络技术（北京）有限公司"
    width_mm = 40
    height_mm = 40
    image = "HT01.pdf"
    sha256 = "…"
    valid_from = 2026-01-01
    valid_to = 2028-12-31        # left out: no end is set
    keeper = "…"
    state = "启用"
    sample = true
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from archive.errors import SealRefused
from archive.rulesets import RuleTable, read_table

if TYPE_CHECKING:
    from archive.stamping import SealImage

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_IMAGE_LIMIT_BYTES: Final = 4 * 1024 * 1024
_COMPANY_LIMIT_MM: Final = 45
"""A company seal is at most 4.5 cm wide (国发〔1999〕25号)."""
_LIMIT_MM: Final = 100
"""No seal at all is wider: a width beyond it is a slip of the pen or of the unit."""

_Closed = TypeVar("_Closed", bound=StrEnum)


class SealKind(StrEnum):
    """What a seal is (印章种类)."""

    COMPANY = "公章"
    CONTRACT = "合同专用章"
    LEGAL_REPRESENTATIVE = "法定代表人章"
    FINANCE = "财务专用章"
    INVOICE = "发票专用章"
    PROJECT = "项目章"
    TECHNICAL = "技术章"
    PERSONNEL = "人事章"
    CUSTOMS = "报关专用章"


class SealState(StrEnum):
    """Whether a seal may be used at all."""

    IN_USE = "启用"
    SUSPENDED = "停用"
    DESTROYED = "销毁"


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as the firm keeps it; `pdf` is its one-page image, proved by `image_sha256`.

    `valid_to` is the last day it may be used, None where no end is set. The image of a
    destroyed seal is not kept.
    """

    code: str
    name: str
    kind: SealKind
    owner: str
    width_mm: float
    height_mm: float
    image_sha256: str
    valid_from: date
    valid_to: date | None
    keeper: str
    state: SealState
    sample: bool
    pdf: bytes

    @property
    def image(self) -> SealImage:
        """The seal as it is stamped."""
        from archive.sealink import ink_span  # noqa: PLC0415 - only where one stamps
        from archive.stamping import SealImage  # noqa: PLC0415 - the same

        return SealImage(
            name=self.code,
            pdf=self.pdf,
            width_mm=self.width_mm,
            height_mm=self.height_mm,
            ink=ink_span(self.pdf),
        )

    def unusable_on(self, day: date) -> str | None:
        """Return why the seal may not be used on `day`, in Chinese; None where it may."""
        if self.state is not SealState.IN_USE:
            return f"印章已{self.state.value}"
        if day < self.valid_from:
            return f"印章自 {self.valid_from.isoformat()} 起才启用"
        if self.valid_to is not None and day > self.valid_to:
            return f"印章有效期至 {self.valid_to.isoformat()}，已过期"
        return None


def load_seals(folder: Path) -> tuple[Seal, ...]:
    """Return the seals in `folder`, by code.

    Raises RulesUnfit for a description that cannot be read, SealRefused where an image is
    missing or is not the one that was registered.
    """
    return tuple(_seal(path) for path in sorted(folder.glob("*.toml")))


def _seal(path: Path) -> Seal:
    table = read_table(path)
    digest = table.text("sha256")
    if not _SHA256.fullmatch(digest):
        raise table.unfit("sha256", "应为 64 位小写十六进制摘要")
    state = _one_of(SealState, table, "state")
    image = table.text("image")
    seal = Seal(
        code=table.text("code"),
        name=table.text("name"),
        kind=_one_of(SealKind, table, "kind"),
        owner=table.text("owner"),
        width_mm=table.length_mm("width_mm"),
        height_mm=table.length_mm("height_mm"),
        image_sha256=digest,
        valid_from=table.day("valid_from"),
        valid_to=table.day("valid_to") if table.has("valid_to") else None,
        keeper=table.text("keeper"),
        state=state,
        sample=table.flag("sample", default=False),
        pdf=b"" if state is SealState.DESTROYED else _image(path.parent, image, digest, table),
    )
    table.finish()
    if not _CODE.fullmatch(seal.code) or seal.code != path.stem:
        raise table.unfit("code", f"应与文件名 {path.stem} 一致，只用字母、数字、- 和 _")
    if seal.valid_to is not None and seal.valid_to < seal.valid_from:
        raise table.unfit("valid_to", "早于启用日")
    limit = _COMPANY_LIMIT_MM if seal.kind is SealKind.COMPANY else _LIMIT_MM
    if max(seal.width_mm, seal.height_mm) > limit:
        raise table.unfit("width_mm", f"{seal.kind.value}不得超过 {limit} 毫米")
    return seal


def _image(folder: Path, name: str, digest: str, table: RuleTable) -> bytes:
    path = folder / name
    if Path(name).name != name or name.startswith(".") or path.is_symlink():
        raise table.unfit("image", "应为同一文件夹内的文件名")
    if not path.is_file() or path.stat().st_size > _IMAGE_LIMIT_BYTES:
        raise SealRefused(f"印章图像 {name} 不存在或过大，不得用印")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise SealRefused(
            f"印章图像 {name} 与登记的摘要不符（登记 {digest[:12]}…，实为 {found[:12]}…），"
            "可能被替换，不得用印"
        )
    return content


def _one_of(kind: type[_Closed], table: RuleTable, key: str) -> _Closed:
    text = table.text(key)
    for member in kind:
        if member.value == text:
            return member
    raise table.unfit(key, f"不能是“{text}”；可用：{'、'.join(member.value for member in kind)}")
