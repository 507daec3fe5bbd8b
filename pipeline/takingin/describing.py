"""Describing: what is said of a paper taken in, and what nobody knows (著录)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Final

from archive.fileplan import FilePlan
from archive.filetypes import FileType
from archive.takingin import KIND, ORIGINAL, TEXT, Paper, Volume
from pipeline.takingin.catalogue import Entry

_STATE_SECRETS: Final = frozenset({"绝密", "机密", "秘密"})
_PLAIN: Final = frozenset({"", "无", "普通", "一般", "非密", "不涉密"})
_USUAL: Final = "内部"
_PERMANENT: Final = 10_000


class DescriptionRefused(Exception):
    """What the catalogue says forbids taking the paper in; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is the same for a whole accession: its number, from whom, and where originals are."""

    accession: str
    source: str
    originals_at: str
    received_on: date


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that may be taken in: its bytes, and what a reader found in it."""

    path: str
    content: bytes
    sha256: str
    type: FileType
    found: Mapping[str, Any]


def volume_of(
    plan: FilePlan,
    key: str,
    rows: Sequence[tuple[Entry, Sequence[ReadFile]]],
    circumstances: Circumstances,
) -> Volume:
    """Return the dossier these rows make; raises DescriptionRefused.

    It is kept as long, and as closely, as any of its rows asks.
    """
    entries = [entry for entry, _files in rows]
    first = entries[0]
    secrecy, notes = _secrecy(plan, entries)
    retention, more = _retention(plan, [entry.period for entry in entries])
    more += _at_odds(entries)
    papers = tuple(
        _paper(entry, file, circumstances, alone=len(files) == 1, notes=(*notes, *more))
        for entry, files in rows
        for file in files
    )
    signed = next((each.signed_year for each in entries if each.signed_year), None)
    return Volume(
        key=key,
        number=first.number,
        title=_title(first, papers[0].source_name),
        year=signed or circumstances.received_on.year,
        retention_class=retention,
        secrecy=secrecy,
        office=first.department,
        papers=papers,
    )


def lines_of(about: Mapping[str, Any]) -> str:
    """Return by which words a paper taken in is found besides its own text."""
    if "accession" not in about:
        return ""
    said = [
        ("原档号", about.get("former_code")),
        ("合同编号", about.get("contract_number")),
        ("接收号", about["accession"]["number"]),
        ("移交方", about["accession"]["source"]),
        ("原文件", about["accession"]["file"]),
        ("原件存放处", about.get("originals_at")),
        ("来源", about.get("origin")),
        ("不详", "、".join(about.get("unknown", ()))),
        *about.get("catalogued", {}).items(),
    ]
    return "\n".join(f"{name}：{value}" for name, value in said if value)


def _paper(
    entry: Entry,
    file: ReadFile,
    circumstances: Circumstances,
    *,
    alone: bool,
    notes: Sequence[str],
) -> Paper:
    name = PurePosixPath(file.path).name
    title = _title(entry, name)
    if not alone:
        title = f"{title}（{PurePosixPath(name).stem}）"
    if entry.signed_on is None:
        known = f"{entry.signed_year} 年，" if entry.signed_year else ""
        title += f"（{known}签订日期不详）"
    text = "\f".join(file.found["texts"]).encode()
    return Paper(
        title=title,
        source_name=file.path,
        source_sha256=file.sha256,
        formed_on=entry.signed_on,
        pages=file.found["pages"] or entry.pages or 0,
        files={
            ORIGINAL: (name, file.type.media_type, file.content),
            TEXT: (f"{PurePosixPath(name).stem}.txt", "text/plain", text),
        },
        said=_said(entry, file, circumstances, notes),
    )


def _said(
    entry: Entry, file: ReadFile, circumstances: Circumstances, notes: Sequence[str]
) -> dict[str, Any]:
    known: dict[str, Any] = {
        "former_code": entry.former_code,
        "contract_number": entry.number,
        "department": entry.department,
        "handler": entry.handler,
    }
    known = {name: value for name, value in known.items() if value}
    known |= {
        name: {"name": value}
        for name, value in (("party_a", entry.party_a), ("party_b", entry.party_b))
        if value
    }
    if entry.amount is not None:
        known["amount"] = {"total": str(entry.amount)}
    remarks = [*entry.remarks, *notes]
    if entry.pages is not None and file.found["pages"] not in (0, entry.pages):
        remarks.append(f"目录写 {entry.pages} 页，文件是 {file.found['pages']} 页")
    if entry.signed_year is None:
        year = circumstances.received_on.year
        remarks.append(f"签订日期不详；同卷没有其他日期的，档号的年度是接收的年度（{year}）")
    if file.found["cut"]:
        remarks.append("文字过长，只有前一部分可检索；原件完整")
    if file.type.word == "OFD" and not any(file.found["texts"]):
        remarks.append("OFD 中没有可取出的文字，只能按著录检索")
    return known | {
        "accession": {
            "number": circumstances.accession,
            "source": circumstances.source,
            "file": file.path,
            "row": entry.place,
        },
        "originals_at": entry.originals_at or circumstances.originals_at,
        "origin": entry.origin or _origin(file),
        "format": file.type.word,
        "catalogued": dict(entry.written),
        "unknown": _unknown(entry),
        "remarks": remarks,
        "recognition": "pending" if _is_picture(file) else "none",
        "signed_year": entry.signed_year,
    }


def _is_picture(file: ReadFile) -> bool:
    return bool(file.found["blank"]) and (file.type.is_image or file.type.word == "PDF")


def _origin(file: ReadFile) -> str:
    """Return 扫描 or 原生 where the file shows it."""
    if file.type.is_image or (file.found["pages"] and file.found["blank"] == file.found["pages"]):
        return "扫描"
    if file.type.word == "PDF":
        return "部分页为扫描" if file.found["blank"] else "带文字的 PDF（原生或双层）"
    return "原生"


def _unknown(entry: Entry) -> list[str]:
    asked = (
        ("题名", entry.title),
        ("合同编号", entry.number),
        ("甲方", entry.party_a),
        ("乙方", entry.party_b),
        ("金额", entry.amount is not None),
        ("签订日期", entry.signed_on),
    )
    return [name for name, value in asked if not value]


def _title(entry: Entry, name: str) -> str:
    return entry.title or entry.number or f"题名不详（{PurePosixPath(name).stem}）"


def _secrecy(plan: FilePlan, entries: Sequence[Entry]) -> tuple[str, list[str]]:
    """Return the highest level the rows ask for; raises DescriptionRefused for state secrets."""
    usual = _USUAL if _USUAL in plan.secrecy else plan.secrecy[-1]
    levels, notes = [usual], []
    for level in dict.fromkeys(entry.secrecy for entry in entries):
        if level.strip("★☆ 级") in _STATE_SECRETS:
            raise DescriptionRefused(
                f"目录标为“{level}”，属国家秘密的密级，不得进入本系统；请按保密规定另行保管，"
                "标错的改正目录后再次运行"
            )
        if level in plan.secrecy:
            levels.append(level)
        elif level not in _PLAIN:
            levels.append(plan.secrecy[-1])
            notes.append(f"密级“{level}”不在归档方案中，按“{plan.secrecy[-1]}”保管")
    return max(levels[1:] or levels, key=plan.secrecy.index), notes


def _retention(plan: FilePlan, periods: Sequence[str | None]) -> tuple[str | None, list[str]]:
    """Return the class kept as long as the longest row says; None is the plan's own.

    No row makes it shorter than the plan's own: of two periods the longer counts.
    """
    usual = plan.kinds[KIND].retention
    least = plan.retentions[usual].period
    stated = [each for each in periods if each is not None]
    notes = [
        f"目录的保管期限 {each} 短于归档方案的 {least}（{usual}），两者取长"
        for each in dict.fromkeys(stated)
        if _years(each) < _years(least)
    ]
    if not any(_years(each) > _years(least) for each in stated):
        return None, notes
    period = max(stated, key=_years)
    classes = [usual, *(name for name in plan.retentions if "合同" in name), *plan.retentions]
    fit = [name for name in classes if _years(plan.retentions[name].period) >= _years(period)]
    if not fit:
        longest = max(classes, key=lambda name: _years(plan.retentions[name].period))
        return longest, [
            *notes,
            f"归档方案没有不短于 {period} 的保管类别，按最长的“{longest}”保管",
        ]
    chosen = min(fit, key=lambda name: (_years(plan.retentions[name].period), fit.index(name)))
    if len(set(periods)) > 1:
        notes.append(f"同卷各行的保管期限不同，按最长的 {period}")
    if plan.retentions[chosen].period != period:
        notes.append(f"目录的保管期限 {period} 归档方案中没有，按较长的“{chosen}”保管")
    return chosen, notes


def _at_odds(entries: Sequence[Entry]) -> list[str]:
    """Return in which facts rows of one number differ: they may be of two contracts."""
    notes = []
    for word, said in (
        ("甲方", [entry.party_a for entry in entries]),
        ("乙方", [entry.party_b for entry in entries]),
        ("金额", [entry.amount for entry in entries]),
        ("签订日期", [entry.signed_on for entry in entries]),
    ):
        known = {each for each in said if each not in ("", None)}
        if len(known) > 1:
            notes.append(f"编号相同的各行{word}不同，各件照自己的一行著录；请核对是否同一合同")
    return notes


def _years(period: str) -> int:
    return _PERMANENT if period == "Y" else int(period[1:])
