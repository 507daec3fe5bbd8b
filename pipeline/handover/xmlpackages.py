"""XML packages: a dossier as one XML file after DA/T 48, written in pieces (电子文件封装包)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from xml.sax.saxutils import quoteattr

from archive.days import BUSINESS_ZONE
from archive.digests import Running, running
from archive.errors import DigestMismatch
from archive.fileformats import format_of, program_of
from archive.inventory import Inventory
from archive.metadataxml import text_of
from archive.shelved import Shelved
from archive.store import Store
from pipeline.handover import xmlforms as forms
from pipeline.handover.bags import Packed
from pipeline.handover.entities import Entity, Source, acts_of, papers_of, people_of

_PIECE: Final = 57 * 1024 * 48
"""Octets of one piece: whole lines of base64, and far below what XML readers allow a text."""
_OWN_TYPES: Final = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".html": "text/html",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a package says of its making; `act_word` is what an act is called in Chinese."""

    unit: str
    at: datetime
    act_word: Callable[[str], str]


class _Sheet:
    """The file as it grows: what lies in the object to be signed is digested on its way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._signed: dict[str, Running] = {}
        self.digests: dict[str, str] = {}

    def line(self, text: str) -> None:
        """Write one line."""
        self.octets(f"{text}\n".encode())

    def octets(self, content: bytes) -> None:
        """Write `content` as it is."""
        for each in self._signed.values():
            each.update(content)
        self._file.write(content)

    def leaf(self, tag: str, text: str, **attributes: str) -> None:
        """Write an element that holds text alone."""
        said = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
        kind, written = text_of(text)
        self.line(f"<{tag}{said}{kind}>{written}</{tag}>")

    def open_signed(self) -> None:
        """Begin the object to be signed."""
        self._signed = {n: running(forms.DIGESTS[n]) for n in forms.SIGNED_DIGESTS}
        self.line(f"<{forms.SIGNED}>")

    def close_signed(self) -> None:
        """End it: its digests are known from now on."""
        self.line(f"</{forms.SIGNED}>")
        self.digests = {name: each.hexdigest() for name, each in self._signed.items()}
        self._signed = {}


def write_package(store: Store, object_path: str, target: Path, told: Told) -> Packed:
    """Write the newest version of a dossier into the new file `target`.

    Every byte is compared with the shelf's inventory as it is written, in bounded memory; raises
    DigestMismatch, ObjectMissing, ObjectDamaged, OSError.
    """
    inventory = store.inventory(object_path)
    shelved = Shelved.read(store, object_path, inventory)
    with target.open("xb") as file:
        sheet = _Sheet(file)
        sheet.line('<?xml version="1.0" encoding="UTF-8"?>')
        sheet.line(f'<{forms.ROOT} xmlns="{forms.NAMESPACE}">')
        sheet.leaf("封装包格式描述", forms.LIKE)
        sheet.leaf("版本", forms.VERSION)
        sheet.open_signed()
        packed = _Writing(store, object_path, inventory, sheet).content(shelved, told)
        sheet.close_signed()
        _write_signatures(sheet)
        sheet.line(f"</{forms.ROOT}>")
    return packed


def _write_signatures(sheet: _Sheet) -> None:
    sheet.line(f"<{forms.SIGNATURES}>")
    sheet.line(f"<{forms.SIGNATURE}>")
    sheet.leaf("签名状态", forms.UNSIGNED)
    sheet.leaf("签名规则", forms.RULE)
    for name, digest in sheet.digests.items():
        sheet.leaf("签名摘要", digest, 算法=name)
    sheet.line(f"</{forms.SIGNATURE}>")
    sheet.line(f"</{forms.SIGNATURES}>")
    sheet.leaf(forms.LOCK, forms.UNSIGNED)


class _Writing:
    """One package under way."""

    def __init__(self, store: Store, place: str, inventory: Inventory, sheet: _Sheet) -> None:
        self._store, self._place, self._inventory, self._sheet = store, place, inventory, sheet
        self._sizes: dict[str, int] = {}
        self._digests: dict[str, dict[str, str]] = {}

    def content(self, shelved: Shelved, told: Told) -> Packed:
        """Write what is to be signed, and return which files it holds."""
        sheet, carried = self._sheet, shelved.carried
        source = Source(
            shelved.dossier, shelved.items, carried.events, carried.approvals, carried.seal_uses
        )
        sheet.leaf("封装包类型", "原始型")
        sheet.leaf("封装包类型描述", "自档案库导出的案卷最新版本，文件为归档时的原始字节")
        sheet.leaf(
            "封装包创建时间", told.at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds")
        )
        sheet.leaf("封装包创建单位", told.unit)
        sheet.line(f"<{forms.CONTENT}>")
        sheet.line(f"<{forms.PAPERS}>")
        for papers, files in zip(papers_of(source), self._files(shelved), strict=True):
            self._paper(papers, files)
        sheet.line(f"</{forms.PAPERS}>")
        self._entities(forms.ACTS, forms.ACT, acts_of(source), told.act_word)
        self._entities(forms.PEOPLE, forms.PERSON, people_of(source), told.act_word)
        sheet.line(f"</{forms.CONTENT}>")
        return Packed(
            self._sizes,
            {path: each["SHA-256"] for path, each in self._digests.items()},
            {path: each["SHA-512"] for path, each in self._digests.items()},
        )

    def _files(self, shelved: Shelved) -> Iterable[list[Mapping[str, Any]]]:
        """Yield the files of the dossier itself, then those of each item."""
        of_items = [list(item["files"]) for item in shelved.items]
        named = {file["path"] for files in of_items for file in files}
        yield [
            {"path": path, "role": "dossier", "name": path.rpartition("/")[2]}
            for path in sorted(self._inventory.state.keys() - named)
        ]
        yield from of_items

    def _paper(self, leaves: Entity, files: list[Mapping[str, Any]]) -> None:
        sheet = self._sheet
        sheet.line(f"<{forms.PAPER}>")
        self._entity(forms.PAPER_TOLD, leaves)
        sheet.line(f"<{forms.FILES}>")
        for file in files:
            self._file(file)
        sheet.line(f"</{forms.FILES}>")
        sheet.line(f"</{forms.PAPER}>")

    def _entities(
        self, block: str, tag: str, entities: Iterable[Entity], word: Callable[[str], str]
    ) -> None:
        self._sheet.line(f"<{block}>")
        for leaves in entities:
            self._entity(tag, leaves, word)
        self._sheet.line(f"</{block}>")

    def _entity(self, tag: str, leaves: Entity, word: Callable[[str], str] = str) -> None:
        self._sheet.line(f"<{tag}>")
        for name, text in leaves:
            called = {"名称": word(text)} if name == "业务行为" and word(text) != text else {}
            self._sheet.leaf(name, text, **called)
        self._sheet.line(f"</{tag}>")

    def _file(self, file: Mapping[str, Any]) -> None:
        path, sheet = str(file["path"]), self._sheet
        source = self._store.place(f"{self._place}/{self._inventory.path_of(path)}")
        kind = file.get("media_type") or _OWN_TYPES.get(source.suffix, "application/octet-stream")
        sheet.line(f"<{forms.FILE}>")
        sheet.line(f"<{forms.TRAITS}>")
        sheet.leaf("路径", path)
        sheet.leaf("文档用途", str(file["role"]))
        sheet.leaf("计算机文件名", str(file["name"]))
        sheet.leaf("媒体类型", kind)
        sheet.leaf("格式信息", file.get("format") or format_of(kind, b""))
        sheet.leaf("计算机文件大小", str(source.stat().st_size))
        sheet.leaf("文档创建程序", file.get("program") or program_of(str(file["role"])))
        sheet.line(f"</{forms.TRAITS}>")
        sheet.line(f"<{forms.CODED}>")
        sheet.leaf("编码描述", forms.CODING)
        sheet.leaf("反编码关键字", "base64")
        sheet.line(f"<{forms.CODES}>")
        size, digests = self._pieces(source)
        sheet.line(f"</{forms.CODES}>")
        sheet.line(f"</{forms.CODED}>")
        for name, digest in digests.items():
            sheet.leaf("摘要", digest, 算法=name)
        sheet.line(f"</{forms.FILE}>")
        wanted = self._inventory.state[path]
        if digests["SHA-512"] != wanted:
            raise DigestMismatch(f"{self._place}/{path}", wanted, digests["SHA-512"])
        self._sizes[path], self._digests[path] = size, digests

    def _pieces(self, source: Path) -> tuple[int, dict[str, str]]:
        """Write the file at `source` as base64 and return its size and digests."""
        sheet, size = self._sheet, 0
        digesting = {name: running(called) for name, called in forms.DIGESTS.items()}
        with source.open("rb") as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                for each in digesting.values():
                    each.update(piece)
                sheet.octets(f"<{forms.PIECE}>\n".encode())
                sheet.octets(base64.encodebytes(piece))
                sheet.octets(f"</{forms.PIECE}>\n".encode())
        return size, {name: each.hexdigest() for name, each in digesting.items()}
