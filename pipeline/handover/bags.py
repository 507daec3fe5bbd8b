"""Bags: a dossier as a BagIt 1.0 folder (RFC 8493), written in pieces and read back with doubt."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.digests import file_digests
from archive.durable import sync_tree
from archive.errors import ArchiveError, DigestMismatch
from archive.shelfnames import check_logical_path
from archive.store import Store

DECLARED: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHMS: Final = ("sha256", "sha512")
_PIECE: Final = 1024 * 1024
_DATA: Final = "data"
_LINE: Final = re.compile(r"([0-9a-fA-F]+)\s+\*?(.+)")
_ESCAPED: Final = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_MOST_TAG: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Packed:
    """What a bag holds: each payload file's size and digests, by its path in the dossier."""

    sizes: Mapping[str, int]
    sha256: Mapping[str, str]
    sha512: Mapping[str, str]

    @property
    def bytes(self) -> int:
        """Return the octets of the payload."""
        return sum(self.sizes.values())


def write_bag(store: Store, object_path: str, folder: Path, told: Mapping[str, str]) -> Packed:
    """Write the newest version of a dossier as a bag at the new `folder`, durable.

    Every byte is compared with the shelf's inventory as it is copied; raises DigestMismatch,
    ObjectMissing, OSError. `told` goes into bag-info.txt.
    """
    inventory = store.inventory(object_path)
    sizes, digests = {}, {}
    for logical in sorted(inventory.state):
        source = store.place(f"{object_path}/{inventory.path_of(logical)}")
        target = folder / _DATA / logical
        sizes[logical], digests[logical] = _copied(source, target)
        if digests[logical][1] != inventory.state[logical]:
            wanted = inventory.state[logical]
            raise DigestMismatch(f"{object_path}/{logical}", wanted, digests[logical][1])
    packed = Packed(
        sizes,
        {path: each[0] for path, each in digests.items()},
        {path: each[1] for path, each in digests.items()},
    )
    _write_tags(folder, packed, told)
    sync_tree(folder)
    return packed


def _copied(source: Path, target: Path) -> tuple[int, tuple[str, str]]:
    target.parent.mkdir(parents=True, exist_ok=True)
    running, size = [hashlib.new(name) for name in ALGORITHMS], 0
    with source.open("rb") as read, target.open("xb") as written:
        while piece := read.read(_PIECE):
            size += written.write(piece)
            for each in running:
                each.update(piece)
    return size, (running[0].hexdigest(), running[1].hexdigest())


def _write_tags(folder: Path, packed: Packed, told: Mapping[str, str]) -> None:
    oxum = {"Payload-Oxum": f"{packed.bytes}.{len(packed.sizes)}"}
    lines = [f"{name}: {' '.join(value.split())}" for name, value in (dict(told) | oxum).items()]
    tags = {"bagit.txt": DECLARED, "bag-info.txt": "\n".join(lines) + "\n"}
    for name, digests in (("sha256", packed.sha256), ("sha512", packed.sha512)):
        rows = [f"{digest}  {_DATA}/{_escaped(path)}\n" for path, digest in sorted(digests.items())]
        tags[f"manifest-{name}.txt"] = "".join(rows)
    for name in ALGORITHMS:
        rows = [
            f"{hashlib.new(name, text.encode()).hexdigest()}  {tag}\n"
            for tag, text in sorted(tags.items())
            if not tag.startswith("tagmanifest")
        ]
        tags[f"tagmanifest-{name}.txt"] = "".join(rows)
    for tag, text in tags.items():
        (folder / tag).write_text(text, "utf-8", newline="\n")


def _escaped(path: str) -> str:
    for sign, other in _ESCAPED:
        path = path.replace(sign, other)
    return path


@dataclass(frozen=True, slots=True)
class Read:
    """A bag as it came: the payload its SHA-256 manifest names, and what is wrong with it."""

    digests: Mapping[str, str]
    structure: tuple[str, ...]
    strays: tuple[str, ...]


def read_bag(folder: Path) -> Read:
    """Return what the bag at `folder` says and where it lies; nothing outside it is opened."""
    structure: list[str] = []
    manifests: dict[str, dict[str, str]] = {}
    try:
        if _tag(folder, "bagit.txt") != DECLARED:
            structure.append("bagit.txt 不是 BagIt 1.0 的声明")
        for name in ALGORITHMS:
            manifests[name] = dict(_manifest(_tag(folder, f"manifest-{name}.txt"), f"{_DATA}/"))
            tags = dict(_manifest(_tag(folder, f"tagmanifest-{name}.txt"), ""))
            for tag, digest in tags.items():
                if file_digests(_inside(folder, tag), (name,)) != (digest,):
                    structure.append(f"{tag}：{name} 与标签清单不符")
        walked = dict(_walk(folder / _DATA, ""))
    except (OSError, ValueError, ArchiveError) as error:
        structure.append(f"清单读不出：{error}")
        return Read(manifests.get("sha256", {}), tuple(structure), ())
    standing = {path for path, is_file in walked.items() if is_file}
    specials = sorted(walked.keys() - standing)
    structure += [f"{path}：不是普通文件（链接、管道或设备），未打开" for path in specials]
    named = set(manifests["sha256"])
    if named != set(manifests["sha512"]):
        structure.append("SHA-256 与 SHA-512 清单所列文件不同")
    structure += [f"{path}：清单所列的文件不在" for path in sorted(named - standing)]
    for path, digest in manifests["sha512"].items():
        if path in standing and file_digests(folder / _DATA / path, ("sha512",)) != (digest,):
            structure.append(f"{path}：SHA-512 与清单不符")
    strays = tuple(f"{path}：清单之外的文件" for path in sorted(standing - named))
    return Read(
        {p: d for p, d in manifests["sha256"].items() if p in standing}, tuple(structure), strays
    )


def _tag(folder: Path, name: str) -> str:
    path = _inside(folder, name)
    if path.stat().st_size > _MOST_TAG:
        raise ValueError(f"{name} 过大")
    return path.read_text("utf-8")


def _inside(folder: Path, name: str) -> Path:
    check_logical_path(name)
    path = folder / name
    if path.is_symlink() or not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{name} 指到包外")
    if not stat.S_ISREG(path.lstat().st_mode):
        raise ValueError(f"{name} 不是普通文件")
    return path


def _manifest(text: str, prefix: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for line in filter(None, re.split(r"\r\n|\r|\n", text)):
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"清单有一行不合规范：{line[:80]!r}")
        path = found[2]
        for sign, other in reversed(_ESCAPED):
            path = path.replace(other, sign)
        if not path.startswith(prefix) or path in seen:
            raise ValueError(f"清单中的路径不可用：{path[:80]!r}")
        seen.add(path)
        check_logical_path(path.removeprefix(prefix))
        yield path.removeprefix(prefix), found[1].lower()


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, bool]]:
    """Yield what stands below `folder`, and whether it is a file that may be opened."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry.is_file(follow_symlinks=False)
