"""Dossier forms: cover, contents, checklist and lists of dossiers, as pages (案卷簿册)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from archive.dossiers import Record
from archive.retention import PERMANENT
from pipeline.bookfile import Column, Page, PrintRefused
from pipeline.paperdossiers import PaperDossier, pages_of_items, pages_of_volumes

_CONTENTS = (
    Column("序号", 10, "c"),
    Column("文件编号", 35),
    Column("责任者", 34),
    Column("文件题名", 37),
    Column("日期", 18, "c"),
    Column("页数", 10, "c"),
    Column("备注", 11, may_be_blank=True),
)
_ITEMS = (
    Column("序号", 10, "c"),
    Column("档号", 50),
    Column("文号", 35),
    Column("责任者", 42),
    Column("题名", 56),
    Column("日期", 18, "c"),
    Column("密级", 14, "c"),
    Column("页数", 10, "c"),
    Column("备注", 12, may_be_blank=True),
)
_VOLUMES = (
    Column("序号", 12, "c"),
    Column("档号", 54),
    Column("案卷题名", 107),
    Column("总页数", 16, "c"),
    Column("保管期限", 20, "c"),
    Column("备注", 38, may_be_blank=True),
)


def cover_of(dossier: PaperDossier, *, company: str, levels: Sequence[str]) -> Page:
    """Return the cover of a dossier (案卷封面); `levels` of secrecy from the most open on.

    It is as secret as its most secret item.
    """
    row = dossier.row
    said = {dossier.secrecy_of(record) for record in dossier.records} | {row.secrecy}
    formed = [record.formed_on for record in dossier.records]
    return Page(
        title="案卷封面",
        name=row.code,
        facts=(
            ("档　　号", row.code),
            ("案卷题名", row.title),
            ("立卷单位", _unit(company, dossier)),
            ("起止日期", _span8(formed)),
            ("保管期限", period_word(dossier.period)),
            ("密　　级", _closest(said, levels)),
            ("卷内文件", f"{len(dossier.records)} 件　{dossier.pages_said}"),
        ),
        fact_mm=20,
    )


def contents_of(dossier: PaperDossier) -> Page:
    """Return the list of a dossier's papers in their order (卷内目录)."""
    return Page(
        title="卷内目录",
        name=dossier.row.code,
        said=(f"档号：{dossier.row.code}　共 {len(dossier.records)} 件　{dossier.pages_said}",),
        columns=_CONTENTS,
        rows=tuple(
            (
                number,
                record.number,
                record.responsible,
                title_of(record),
                formed8(record.formed_on),
                pages_word(record),
                "",
            )
            for number, record in enumerate(dossier.records, 1)
        ),
        is_small=True,
        row_mm=9,
    )


def checklist_of(dossier: PaperDossier) -> Page:
    """Return what people say of the dossier's paper (备考表).

    Raises PrintRefused, naming what was not recorded or is out of date.
    """
    trail, code = dossier.trail, dossier.row.code
    lacking = [
        word
        for word, said in (
            ("整理人", trail.arranged),
            ("检查人", trail.checked),
            ("装订", trail.binding),
        )
        if said is None
    ]
    if lacking or not (trail.arranged and trail.checked and trail.binding):
        raise PrintRefused(
            f"案卷 {code} 的备考表缺：{'、'.join(lacking)}；"
            "先用 guidang archive bind、arrange、check 登记"
        )
    arranged, binding = trail.arranged, trail.binding
    stands = (len(dossier.records), dossier.pages)
    if (arranged.items, arranged.pages) != stands or binding.pages != dossier.pages:
        raise PrintRefused(
            f"案卷 {code} 现有 {stands[0]} 件 {stands[1]} 页，整理时为 {arranged.items} 件 "
            f"{arranged.pages} 页、装订时为 {binding.pages} 页；请重新装订、整理、检查后再打印"
        )
    return Page(
        title="备考表",
        name=code,
        said=(f"档号：{code}",),
        facts=(
            ("本卷情况", f"本卷共 {stands[0]} 件、{stands[1]} 页"),
            ("情况说明", arranged.remarks),
            ("互 见 号", arranged.see_also),
            ("装　　订", f"{binding.method}　{binding.pages} 页　装订人 {binding.binder}"),
            ("装订日期", day8(binding.on)),
            ("整 理 人", arranged.person),
            ("整理日期", day8(arranged.on)),
            ("检 查 人", trail.checked.person),
            ("检查日期", day8(trail.checked.on)),
        ),
        fact_mm=16,
    )


def catalogue_of(dossiers: Sequence[PaperDossier]) -> Page:
    """Return every item of the dossiers, a line each (归档文件目录)."""
    pairs = [(dossier, record) for dossier in dossiers for record in dossier.records]
    return Page(
        title="归档文件目录",
        name="归档文件目录",
        said=(f"共 {len(pairs)} 件　{pages_of_items(dossiers)}",),
        columns=_ITEMS,
        rows=tuple(
            (
                number,
                record.reference_code,
                record.number,
                record.responsible,
                title_of(record),
                formed8(record.formed_on),
                dossier.secrecy_of(record),
                pages_word(record),
                "",
            )
            for number, (dossier, record) in enumerate(pairs, 1)
        ),
        is_landscape=True,
        is_small=True,
        row_mm=9,
    )


def volumes_of(dossiers: Sequence[PaperDossier]) -> Page:
    """Return the dossiers, a line each (案卷目录); 备注 says where the paper stands."""
    return Page(
        title="案卷目录",
        name="案卷目录",
        said=(f"共 {len(dossiers)} 卷　{pages_of_volumes(dossiers)}",),
        columns=_VOLUMES,
        rows=tuple(
            (
                number,
                each.row.code,
                each.row.title,
                volume_pages(each),
                period_word(each.period),
                f"盒 {place.box}　{place.shelf}" if (place := each.trail.place) else "",
            )
            for number, each in enumerate(dossiers, 1)
        ),
        is_landscape=True,
        is_small=True,
        row_mm=9,
    )


def title_of(record: Record) -> str:
    """Return the title for a catalogue: what the paper itself does not print stands in [ ].

    A contract prints its kind alone; parties and project in front of it are the archive's words.
    """
    about = record.description
    names = [
        about.get(part, {}).get("name", "") if isinstance(about.get(part), dict) else ""
        for part in ("party_a", "party_b", "project")
    ]
    made = f"{names[0]}与{names[1]}关于{names[2]}的"
    if all(names) and record.title.startswith(made) and record.title != made:
        return f"[{made}]{record.title[len(made) :]}"
    return record.title


def day8(day: date) -> str:
    """Return the day in eight digits, as catalogues write it (DA/T 22)."""
    return f"{day:%Y%m%d}"


def formed8(day: date | None) -> str:
    """Return the day a paper was formed on in eight digits, or that nobody knows it."""
    return "不详" if day is None else day8(day)


def _span8(days: Sequence[date | None]) -> str:
    known = [day for day in days if day is not None]
    if not known:
        return "不详"
    more = "（部分日期不详）" if len(known) < len(days) else ""
    return f"{day8(min(known))}—{day8(max(known))}{more}"


def period_word(period: str) -> str:
    """Return ``30 年`` for D30."""
    return "永久" if period == PERMANENT else f"{int(period[1:])} 年"


def span_of(dossiers: Iterable[PaperDossier]) -> str:
    """Return the volume numbers, those that follow each other from the first to the last."""
    return runs_of(each.row.volume_no for each in dossiers)


def runs_of(numbers: Iterable[int]) -> str:
    """Return numbers in four digits as runs: ``0001—0003、0005``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(
        f"{run[0]:04}" if len(run) == 1 else f"{run[0]:04}—{run[-1]:04}" for run in runs
    )


def pages_word(record: Record) -> int | str:
    """Return the pages of an item; of a file that has none before it is printed, that word."""
    return record.pages or "未计"


def volume_pages(dossier: PaperDossier) -> int | str:
    """Return the pages of a volume; with items nobody counted yet, that word beside them."""
    if not dossier.uncounted_yet:
        return dossier.pages
    return f"{dossier.pages}，余未计" if dossier.pages else "未计"


def _closest(said: Iterable[str], levels: Sequence[str]) -> str:
    """Return the closest of the levels said; one the plan knows no longer counts as the closest."""
    return max(said, key=lambda each: levels.index(each) if each in levels else len(levels))


def _unit(company: str, dossier: PaperDossier) -> str:
    return f"{company}　{dossier.about.get('department', '')}".strip()
