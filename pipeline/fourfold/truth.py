"""Truth: whether bytes and metadata are what was filed (真实性: 固化信息、元数据、档号)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from archive.filetypes import DOCX, TEXT
from archive.takingin import KIND
from pipeline.fourfold.exhibit import METADATA, OWN_FILES, UNREADABLE, Exhibit, Row
from pipeline.fourfold.means import Means
from pipeline.fourfold.verdicts import Verdict, by_people, judged, not_applicable

_MAGIC: Final[Mapping[str, tuple[bytes, ...]]] = {
    "application/pdf": (b"%PDF-",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (b"PK",),
    "application/json": (b"{", b"["),
    "text/html": (b"<",),
    "image/png": (b"\x89PNG\r\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
}
_FLOWING: Final = frozenset({DOCX.word, TEXT.word})
_TYPES: Final[Mapping[str, type]] = {
    "uuid": str,
    "reference_code": str,
    "item_no": int,
    "kind": str,
    "number": str,
    "title": str,
    "responsible": str,
    "pages": int,
    "secrecy": str,
    "version": int,
    "description": dict,
    "files": list,
}
_FILE_TYPES: Final[Mapping[str, type]] = {
    "role": str,
    "name": str,
    "path": str,
    "media_type": str,
    "bytes": int,
    "sha256": str,
    "sm3": str,
}
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PERIOD: Final = re.compile(r"Y|D[1-9][0-9]")
_DOTS: Final = frozenset("・‧•⋅∙᛫")


def fixed(exhibit: Exhibit, _means: Means) -> Verdict:
    """ZS01: every file's SHA-256 and SM3 computed anew."""

    def problems() -> Iterator[str]:
        for file in _files(exhibit):
            path = file["path"]
            if path not in exhibit.files:
                continue
            try:
                is_ = exhibit.measured(path)
            except UNREADABLE as error:
                yield f"{path}：读不出（{type(error).__name__}）"
                continue
            for name, found in (("SHA-256", is_.sha256), ("SM3", is_.sm3)):
                wanted = file["sha256" if name == "SHA-256" else "sm3"]
                if found != wanted:
                    yield f"{path}：{name} 应为 {wanted}，实为 {found}"
        for path in sorted(OWN_FILES & exhibit.files.keys()):
            if exhibit.measured(path).sha256 != exhibit.files[path]:
                yield f"{path}：SHA-256 与清单不符"

    count = len(list(_files(exhibit)))
    return judged(problems(), f"{count} 个文件的 SHA-256、SM3 重算相符")


def signed(exhibit: Exhibit, means: Means) -> Verdict:
    """ZS02: the signatures and time stamps inside PDFs."""
    if means.signatures is None:
        return by_people("本环节没有验签组件")
    told, problems, unproved = [], [], []
    for file in exhibit.pdfs:
        found = means.signatures(exhibit.content(file["path"]))
        if found.get("problem"):
            unproved.append(f"{file['path']}：{found['problem']}")
        for each in found.get("signatures", ()):
            who = f"{file['path']}：{each['what']}（{each['signer']}）"
            if not each["intact"] or not each["permitted"] or each["problem"]:
                problems.append(f"{who}：{each['problem'] or each['change']}")
            elif not each["trusted"]:
                unproved.append(f"{who}：完好，但签名人证书不在受信任之列")
            else:
                told.append(f"{who}：有效")
    if problems:
        return judged(problems)
    if unproved:
        return by_people("；".join(unproved))
    return judged((), *told) if told else not_applicable("文件中没有电子签名（打印套章）")


def shaped(exhibit: Exhibit, _means: Means) -> Verdict:
    """ZS03: types, formats and ranges of the metadata."""

    def problems() -> Iterator[str]:
        for item in exhibit.items:
            yield from _mistyped(item, _TYPES, str(item.get("number")))
            for file in item["files"]:
                yield from _mistyped(file, _FILE_TYPES, str(file.get("path")))
                for key in ("sha256", "sm3"):
                    if not _HEX.fullmatch(str(file.get(key))):
                        yield f"{file.get('path')}：{key} 不是 64 位十六进制"
            if not _UUID.fullmatch(str(item.get("uuid"))):
                yield f"{item.get('number')}：uuid 格式不对：{item.get('uuid')}"
            if isinstance(item.get("pages"), int) and item["pages"] < _least_pages(item):
                yield f"{item.get('number')}：页数应为正数，实为 {item['pages']}"
        if not _PERIOD.fullmatch(str(exhibit.dossier.get("retention"))):
            yield f"保管期限应为 Y 或 D 加两位年数，实为 {exhibit.dossier.get('retention')}"

    return judged(problems(), f"案卷及 {len(exhibit.items)} 件的类型、格式、值域相符")


def _least_pages(item: Row) -> int:
    """Return 0 for a text or Word file taken in: it has no pages before somebody prints it."""
    is_flowing = item["kind"] == KIND and item["description"].get("format") in _FLOWING
    return 0 if is_flowing else 1


def _mistyped(row: Row, wanted: Mapping[str, type], where: str) -> Iterator[str]:
    for key, kind in wanted.items():
        if key in row and (not isinstance(row[key], kind) or isinstance(row[key], bool)):
            yield f"{where}：{key} 应为 {kind.__name__}，实为 {row[key]!r}"


def plain(exhibit: Exhibit, _means: Means) -> Verdict:
    """ZS04: no control, private or lost characters; the dot of codes is U+00B7."""

    def problems() -> Iterator[str]:
        for where, text in _texts({"dossier": exhibit.dossier, "items": list(exhibit.items)}, ""):
            for char in text:
                # rare Han newer than this Python's tables are unassigned (Cn) to it, and allowed
                if char == "\ufffd" or (
                    unicodedata.category(char) in {"Cc", "Co", "Cs"} and char not in "\n\t"
                ):
                    yield f"{where}：含 U+{ord(char):04X}"
        codes = [
            str(exhibit.dossier.get("code")),
            *(str(i["reference_code"]) for i in exhibit.items),
        ]
        for code in codes:
            if _DOTS & set(code):
                yield f"{code}：间隔号不是 U+00B7"

    return judged(problems(), "无控制字符、私用区字符、U+FFFD；间隔号为 U+00B7")


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value, 1):
            yield from _texts(each, f"{where}[{number}]")


def described(exhibit: Exhibit, means: Means) -> Verdict:
    """ZS08: names, sizes, formats by their first bytes, and page counts as recorded."""

    def problems() -> Iterator[str]:
        for file in _files(exhibit):
            path = file["path"]
            if path not in exhibit.files:
                continue
            is_ = exhibit.measured(path)
            if is_.size != file["bytes"]:
                yield f"{path}：{is_.size} 字节，元数据为 {file['bytes']}"
            magic = _MAGIC.get(file["media_type"])
            if magic and not is_.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(magic):
                yield f"{path}：内容不是 {file['media_type']}"
            if not file["name"] or "/" in file["name"]:
                yield f"{path}：计算机文件名不可用：{file['name']!r}"
        for item in exhibit.items:
            yield from _page_problems(exhibit, means, item)

    return judged(problems(), "文件名、字节数、格式特征、页数与元数据一致")


def _page_problems(exhibit: Exhibit, means: Means, item: Row) -> Iterator[str]:
    file = exhibit.file(item, "sealed")
    if file is None or file["path"] not in exhibit.files:
        return
    facts = means.facts(exhibit.content(file["path"]))
    pages = set(facts["pages"].values()) if facts else set()
    for found in pages - {item["pages"]}:
        yield f"{file['path']}：{found} 页，元数据为 {item['pages']} 页"


def linked(exhibit: Exhibit, _means: Means) -> Verdict:
    """ZS09: every record leads to a file and every file to a record."""

    def problems() -> Iterator[str]:
        recorded = Counter(file["path"] for file in _files(exhibit))
        for path, count in recorded.items():
            if path not in exhibit.files:
                yield f"{path}：元数据所指的文件不在"
            if count > 1:
                yield f"{path}：被 {count} 条元数据指到"
        for path in sorted(exhibit.files.keys() - recorded.keys()):
            if path.startswith("items/"):
                yield f"{path}：没有元数据"

    return judged(problems(), f"{len(list(_files(exhibit)))} 条文件元数据与文件一一对应")


def packaged(exhibit: Exhibit, means: Means) -> Verdict:
    """ZS10: the container sound, and as the sender's list says."""

    def problems() -> Iterator[str]:
        yield from exhibit.structure
        if METADATA not in exhibit.files:
            yield f"{METADATA} 不在清单中"
        listed = (means.listed or {}).get(exhibit.code)
        if listed is None:
            return
        for path, digest in listed.digests.items():
            if exhibit.files.get(path) != digest:
                yield f"{path}：移交清册为 {digest}，清单为 {exhibit.files.get(path)}"

    against = "，并与移交清册逐个文件相符" if means.listed is not None else ""
    return judged(problems(), f"{len(exhibit.files)} 个文件，结构与清单相符{against}")


def _files(exhibit: Exhibit) -> Iterator[Row]:
    for item in exhibit.items:
        yield from item["files"]
