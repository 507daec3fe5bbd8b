"""Plain seals: how seals were kept before they were guarded, read to be taken over (旧印章).

A plain seal is a file `<code>.toml` in the seals' folder, beside its image as a one-page PDF:

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
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from archive.errors import SealRefused
from archive.rulesets import RuleTable, read_table
from archive.sealcase import Seal, SealKind, SealState, size_problem, unfit_code

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_IMAGE_LIMIT_BYTES: Final = 4 * 1024 * 1024

_Closed = TypeVar("_Closed", bound=StrEnum)


def plain_seals(folder: Path) -> tuple[Seal, ...]:
    """Return the plain seals in `folder` with their images, by code.

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
        keepers=(table.text("keeper"),),
        state=state,
        sample=table.flag("sample", default=False),
        pdf=b"" if state is SealState.DESTROYED else _image(path.parent, image, digest, table),
    )
    table.finish()
    if unfit_code(seal.code) or seal.code != path.stem:
        raise table.unfit("code", f"应与文件名 {path.stem} 一致，只用字母、数字、- 和 _")
    if seal.valid_to is not None and seal.valid_to < seal.valid_from:
        raise table.unfit("valid_to", "早于启用日")
    if problem := size_problem(seal.kind, seal.width_mm, seal.height_mm):
        raise table.unfit("width_mm", problem)
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
