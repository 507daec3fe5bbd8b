"""Sums: the digests of what lies beside the packages: lists, covers, the schema (摘要清单)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.digests import file_digests, sha256

SUMS: Final = "摘要-sha256.txt"
"""Lines as sha256sum writes and checks them."""
_LINE: Final = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_MOST: Final = 1024 * 1024


def write_sums(folder: Path) -> str:
    """Write the digests of the files of `folder`, not of what is below it; return their own."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    lines = [f"{file_digests(path, ('sha256',))[0]}  {path.name}\n" for path in files]
    content = "".join(lines).encode()
    (folder / SUMS).write_bytes(content)
    return sha256(content)


def problems_beside(folder: Path) -> Iterator[str]:
    """Yield what lies beside the packages in `folder` and is not as its list of digests says."""
    sums = folder / SUMS
    if not sums.is_file() or sums.is_symlink() or sums.stat().st_size > _MOST:
        yield f"没有可读的{SUMS}：移交清册、证据说明等未能核对"
        return
    lines = sums.read_bytes().decode("utf-8", "replace").splitlines()
    found = {line: _LINE.fullmatch(line) for line in lines}
    yield from (f"{SUMS} 有一行不合规范：{line[:80]!r}" for line in lines if not found[line])
    listed = {each[2]: each[1] for each in found.values() if each}
    standing = {path.name: path for path in sorted(folder.iterdir()) if path.name != SUMS}
    for path in standing.values():
        if problem := _problem(path, listed.get(path.name)):
            yield f"{path.name}：{problem}"
    yield from (f"{name}：{SUMS} 所列的文件不在" for name in sorted(listed.keys() - standing))


def _problem(path: Path, wanted: str | None) -> str | None:
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        return "不是普通文件（链接、管道或设备），未打开"
    if path.is_dir():
        return None if (path / "bagit.txt").is_file() else "不是移交包的文件夹"
    if wanted is None:
        return f"{SUMS} 之外的文件"
    is_same = file_digests(path, ("sha256",)) == (wanted,)
    return None if is_same else f"SHA-256 与{SUMS} 不符"
