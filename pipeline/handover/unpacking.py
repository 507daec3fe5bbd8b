"""Unpacking: an XML package as it came, read in pieces and with doubt (拆封).

Nothing but the elements of our own format is read: no DOCTYPE, no entities, no comments, no
instructions; no tree is built, so that memory stays bounded whatever the file says.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, NoReturn
from xml.parsers import expat

from archive.digests import Running, running
from archive.errors import ShelfNameRefused
from archive.shelfnames import check_logical_path
from pipeline.handover import xmlforms as forms
from pipeline.handover.entities import Leaf

_PIECE: Final = 64 * 1024
_MOST_PIECE: Final = 8 * 1024 * 1024
"""Characters one text may have: our own pieces have half as many."""
_MOST_TOLD: Final = 128 * 1024 * 1024
_LEAF: Final = 256
"""What one more leaf costs beside its text, so that empty ones fill no memory either."""
_MOST_TRAITS: Final = 16
_MOST_FILES: Final = 100_000
_MOST_PROBLEMS: Final = 200
_TOLD_IN: Final = frozenset({forms.PAPER_TOLD, forms.ACT, forms.PERSON})


class PackageRefused(ValueError):
    """An XML file that is no package, or could do harm; the text says why (Chinese)."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A package as it came: the digests it gives its files, what is wrong, and what it tells.

    `told` are the leaves of papers, acts and people with the element each stands in.
    """

    digests: Mapping[str, str]
    structure: tuple[str, ...]
    told: tuple[tuple[str, Leaf], ...]


def unpack(package: Path, folder: Path) -> Unpacked:
    """Write the files of `package` below the empty `folder` and return what it says of them.

    Raises PackageRefused where it cannot be read to its end, OSError where the disk is full.
    """
    reading = _Reading(folder)
    with package.open("rb") as file:
        try:
            _feed(file, reading)
        except expat.ExpatError as error:
            place = f"第 {error.lineno} 行第 {error.offset + 1} 列"
            raise PackageRefused(f"{place}附近不是合法的 XML，或文件不完整") from error
        finally:
            reading.close()
        reading.problems += _signature_problems(file, reading)
    if not reading.digests:
        reading.problems.append("包内没有文件")
    return Unpacked(reading.digests, tuple(reading.problems), tuple(reading.told))


def _feed(file: IO[bytes], reading: _Reading) -> None:
    # the encoding is ours to say: what is no UTF-8 does not become something else
    parser = expat.ParserCreate("UTF-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, said: reading.start(tag, said, _at(parser))
    parser.EndElementHandler = lambda _tag: reading.end(_at(parser))
    parser.CharacterDataHandler = reading.text
    for handler in ("StartDoctypeDecl", "EntityDecl", "ExternalEntityRef"):
        setattr(parser, f"{handler}Handler", _refuse_definitions)
    for handler in ("Comment", "ProcessingInstruction"):
        setattr(parser, f"{handler}Handler", _refuse_asides)
    fed = 0
    while piece := file.read(_PIECE):
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - _at(parser) > _MOST_PIECE:
            raise PackageRefused("含有过长的标记")
    parser.Parse(b"", True)


def _at(parser: expat.XMLParserType) -> int:
    return parser.CurrentByteIndex


def _refuse_definitions(*_: object) -> NoReturn:
    raise PackageRefused("含有 DOCTYPE 或实体声明，不予拆封")


def _refuse_asides(*_: object) -> NoReturn:
    raise PackageRefused("含有注释或处理指令，不是本格式的封装包")


def _signature_problems(file: IO[bytes], reading: _Reading) -> Iterator[str]:
    """Yield where the object to be signed is not the one its digests were taken of."""
    if reading.version != forms.VERSION:
        yield f"封装包版本应为 {forms.VERSION}，实为 {reading.version[:20]}"
    begin, end = reading.signed
    file.seek(begin)
    found = {name: running(forms.DIGESTS[name]) for name in forms.SIGNED_DIGESTS}
    left = end - begin
    while left and (piece := file.read(min(left, _PIECE))):
        left -= len(piece)
        for each in found.values():
            each.update(piece)
    for name, digest in found.items():
        if (wanted := reading.signatures.get(name, "（缺）")) != digest.hexdigest():
            yield f"{forms.SIGNED}：{name} 应为 {wanted[:128]}，实为 {digest.hexdigest()}"


class _File:
    """One file under way: what is said of it, and what its pieces make."""

    def __init__(self) -> None:
        self.traits: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self.size = 0
        self.found: dict[str, Running] = {}
        self.target: IO[bytes] | None = None

    @property
    def path(self) -> str:
        """Return where it belongs in the dossier."""
        return self.traits.get("路径", "")

    def problems(self) -> Iterator[str]:
        """Yield where it is not what is said of it."""
        if self.traits.get("计算机文件大小") != str(self.size):
            said = self.traits.get("计算机文件大小", "（缺）")
            yield f"{self.path}：大小应为 {said[:20]} 字节，实为 {self.size}"
        for name, digest in self.found.items():
            if (wanted := self.digests.get(name, "（缺）")) != digest.hexdigest():
                yield f"{self.path}：{name} 应为 {wanted[:128]}，实为 {digest.hexdigest()}"


class _Reading:
    """What was read so far; elements are followed on a stack no deeper than the format."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack: list[str] = []
        self._leaf: tuple[str, Mapping[str, str]] | None = None
        self._texts: list[str] = []
        self._length = self._told = 0
        self._file = _File()
        self.digests: dict[str, str] = {}
        self.problems: list[str] = []
        self.told: list[tuple[str, Leaf]] = []
        self.version = "（缺）"
        self.signed = (0, 0)
        self.signatures: dict[str, str] = {}

    def start(self, name: str, said: Mapping[str, str], at: int) -> None:
        """Take in the begin of an element."""
        space, _, tag = name.rpartition(" ")
        parent = self._stack[-1] if self._stack else None
        if space != forms.NAMESPACE:
            raise PackageRefused(f"不是电子文件封装包：{name[:80]}")
        if self._leaf is not None:
            raise PackageRefused(f"{self._leaf[0][:40]} 之内含有别的元素：{tag[:40]}")
        if tag not in forms.PARENTS:
            if parent is None:
                raise PackageRefused(f"不是电子文件封装包：{tag[:40]}")
            self._leaf, self._texts, self._length = (tag, said), [], 0
            return
        if forms.PARENTS[tag] != parent:
            raise PackageRefused(f"{tag} 的位置不对：在 {parent} 之内")
        self._stack.append(tag)
        if tag == forms.SIGNED:
            if self.signed != (0, 0):
                raise PackageRefused(f"{tag} 不止一个")
            self.signed = (at, at)
        elif tag == forms.FILE:
            self._file = _File()
        elif tag == forms.CODES:
            self._open_file()

    def text(self, chars: str) -> None:
        """Take in text, which stands in leaves alone."""
        if self._leaf is None:
            if chars.strip():
                raise PackageRefused("元素之间含有文字，不是本格式的封装包")
            return
        self._length += len(chars)
        if self._length > _MOST_PIECE:
            raise PackageRefused(f"{self._leaf[0][:40]} 过长")
        self._texts.append(chars)

    def end(self, at: int) -> None:
        """Take in the end of an element."""
        if self._leaf is not None:
            (tag, said), self._leaf = self._leaf, None
            self._take(tag, _said("".join(self._texts), said), said)
            self._texts = []
            return
        tag = self._stack.pop()
        if tag == forms.SIGNED:
            self.signed = (self.signed[0], at + len(f"</{tag}>\n".encode()))
        elif tag == forms.FILE:
            self._end_file()

    def close(self) -> None:
        """Close the file under way, where reading ended early."""
        if self._file.target is not None:
            self._file.target.close()

    def _take(self, tag: str, text: str, said: Mapping[str, str]) -> None:
        parent, algorithm = self._stack[-1], said.get("算法", "")
        if algorithm and algorithm not in forms.DIGESTS:
            raise PackageRefused(f"摘要算法 {algorithm[:20]} 不是本格式所用")
        if parent in _TOLD_IN:
            self._told += len(text) + len(tag) + _LEAF
            if self._told > _MOST_TOLD:
                raise PackageRefused("元数据过大")
            self.told.append((parent, (tag, text)))
        elif parent == forms.CODES and tag == forms.PIECE:
            self._take_piece(text)
        elif parent == forms.TRAITS:
            self._file.traits[tag] = text
            if len(self._file.traits) > _MOST_TRAITS:
                raise PackageRefused("电子属性项目过多")
        elif parent == forms.FILE and tag == "摘要":
            self._file.digests[algorithm] = text
        elif parent == forms.SIGNATURE and tag == "签名摘要":
            self.signatures[algorithm] = text
        elif parent == forms.ROOT and tag == "版本":
            self.version = text

    def _open_file(self) -> None:
        file = self._file
        try:
            target = self._folder / check_logical_path(file.path)
        except ShelfNameRefused as error:
            raise PackageRefused(f"文件路径不可用：{file.path[:80]!r}") from error
        if file.target is not None or file.path in self.digests:
            raise PackageRefused(f"{file.path}：同一路径的文件不止一个")
        if len(self.digests) >= _MOST_FILES:
            raise PackageRefused(f"文件超过 {_MOST_FILES} 个")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file.target = target.open("xb")
        except (FileExistsError, NotADirectoryError) as error:
            raise PackageRefused(f"{file.path}：与别的文件冲突") from error
        file.found = {name: running(called) for name, called in forms.DIGESTS.items()}

    def _take_piece(self, text: str) -> None:
        file = self._file
        try:
            octets = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            self._add([f"{file.path}：有一段编码数据不是 base64"])
            return
        if file.target is not None:
            file.target.write(octets)
        file.size += len(octets)
        for each in file.found.values():
            each.update(octets)

    def _end_file(self) -> None:
        file = self._file
        if file.target is None:
            raise PackageRefused(f"{file.path[:80]}：没有编码数据")
        file.target.close()
        self._add(file.problems())
        self.digests[file.path] = file.digests.get("SHA-256", "")

    def _add(self, problems: Iterator[str] | list[str]) -> None:
        self.problems += list(problems)
        if len(self.problems) > _MOST_PROBLEMS:
            raise PackageRefused(f"问题超过 {_MOST_PROBLEMS} 处：{self.problems[0]}")


def _said(text: str, attributes: Mapping[str, str]) -> str:
    if attributes.get("type") != "escaped":
        return text
    try:
        said: Any = json.loads(text)
    except ValueError as error:
        raise PackageRefused("转写的文字读不出") from error
    return str(said)
