"""Box forms: what stands on boxes, in them, and what is handed over with them (盒签、移交清册)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from pipeline.bookfile import Column, Page, PrintRefused
from pipeline.dossierforms import (
    day8,
    formed8,
    pages_word,
    period_word,
    span_of,
    title_of,
    volume_pages,
)
from pipeline.originals import UNKNOWN, annex_word, form_word
from pipeline.paperdossiers import PaperDossier, pages_of_items, pages_of_volumes
from pipeline.paperkeeping import Box

_PAPER_MM = 155
"""What a portrait sheet takes between its margins."""
_BOXED = (
    Column("序号", 12, "c"),
    Column("档号", 50),
    Column("案卷题名", 60),
    Column("件数", 15, "c"),
    Column("页数", 18, "c"),
)
_HANDED = (
    Column("序号", 11, "c"),
    Column("档号、合同编号", 50),
    Column("题名", 61),
    Column("日期", 19, "c"),
    Column("份数", 14, "c"),
    Column("页数", 11, "c"),
    Column("载体", 18, "c"),
    Column("原件、复制件", 28, "c"),
    Column("附件", 18, "c"),
    Column("备注", 17, may_be_blank=True),
)


def box_page_of(box: Box, *, used_mm: float) -> Page:
    """Return the front of a box with what is inside (盒封面)."""
    row = box.dossiers[0].row
    return Page(
        title="档案盒封面",
        name=f"盒{box.number}",
        facts=(
            ("盒　　号", box.number),
            ("架　　位", box.shelf),
            ("全 宗 号", row.fonds),
            ("类　　别", row.series),
            ("年　　度", str(row.year)),
            ("保管期限", period_word(row.retention)),
            ("起止卷号", span_of(box.dossiers)),
            ("盒脊宽度", f"{box.spine_mm} 毫米（内容约厚 {used_mm:.1f} 毫米）"),
            ("盒内案卷", f"{len(box.dossiers)} 卷　{pages_of_volumes(box.dossiers)}"),
        ),
        columns=_BOXED,
        rows=tuple(
            (number, each.row.code, each.row.title, len(each.records), volume_pages(each))
            for number, each in enumerate(box.dossiers, 1)
        ),
        is_small=True,
        fact_mm=9,
    )


def spines_of(boxes: Sequence[Box]) -> list[Page]:
    """Return labels for the spines, to be cut along the lines; as wide as each spine (脊背)."""
    pages: list[Page] = []
    for width in sorted({box.spine_mm for box in boxes}):
        same = [box for box in boxes if box.spine_mm == width]
        fits = _PAPER_MM // width
        pages += (
            _spines(same[start : start + fits], width, start // fits + 1)
            for start in range(0, len(same), fits)
        )
    return pages


def transfer_of(dossiers: Sequence[PaperDossier], *, keeper: str, company: str, on: date) -> Page:
    """Return the list with which a department hands dossiers over (移交清册).

    Raises PrintRefused where they are of several departments.
    """
    departments = sorted({each.handed_by for each in dossiers})
    if len(departments) > 1:
        raise PrintRefused(
            "移交清册一册一个部门；选中的案卷属于 "
            f"{'、'.join(each or '（未写部门）' for each in departments)}，请用 --department 分开"
        )
    pairs = [(dossier, record) for dossier in dossiers for record in dossier.records]
    files = sum(each.electronic[0] for each in dossiers)
    size = sum(each.electronic[1] for each in dossiers)
    digests = "".join(
        f"{record.reference_code} {dossier.sealed[record.item_no][1]}\n"
        for dossier, record in pairs
        if record.item_no in dossier.sealed
    )
    return Page(
        title="档案移交清册",
        name="档案移交清册",
        facts=(
            ("单　　位", company),
            ("移交部门", departments[0]),
            ("接收部门", keeper),
            ("制表日期", day8(on)),
            ("移交时间", "　　　　年　　月　　日（移交时填写）"),
            ("总　　数", f"{len(pairs)} 件　{pages_of_items(dossiers)}"),
            ("电子文件", f"{files} 个　{size} 字节"),
            ("数字摘要", f"SHA-256　{hashlib.sha256(digests.encode()).hexdigest()}"),
        ),
        columns=_HANDED,
        rows=tuple(
            (
                number,
                f"{record.reference_code}　{record.number}",
                title_of(record),
                formed8(record.formed_on),
                dossier.originals.get(record.item_no, UNKNOWN),
                pages_word(record),
                "纸质、电子" if dossier.is_on_paper else "电子",
                form_word(record),
                annex_word(record),
                f"盒 {place.box}" if (place := dossier.trail.place) else "",
            )
            for number, (dossier, record) in enumerate(pairs, 1)
        ),
        below=(
            "移交人（签字）：　　　　　　　　部门负责人（签字）：",
            "接收人（签字）：　　　　　　　　监交人（签字）：",
        ),
        note=(
            "注：本清册一式两份，移交、接收部门各执一份。数字摘要是各件“档号 空格 版式件 SHA-256 "
            "换行”依次相连之后的 SHA-256；接收的旧档案以原件代版式件，两者都没有的登记材料不计。"
            "份数是用印登记的正本份数，不是点收的份数；"
            "“未登记”的各项由移交人、接收人查明后填写。"
        ),
        is_landscape=True,
        is_small=True,
        row_mm=9,
    )


def _spines(boxes: Sequence[Box], width: int, sheet: int) -> Page:
    rows: list[tuple[str, ...]] = []
    firsts = [box.dossiers[0].row for box in boxes]
    for word, values in (
        ("全宗号", [row.fonds for row in firsts]),
        ("类别", [row.series for row in firsts]),
        ("年度", [str(row.year) for row in firsts]),
        ("保管期限", [period_word(row.retention) for row in firsts]),
        ("起止卷号", [span_of(box.dossiers) for box in boxes]),
        ("盒号", [box.number for box in boxes]),
    ):
        rows += [(word,) * len(boxes), tuple(values)]
    return Page(
        title="盒脊标签",
        name=f"盒脊{width}mm-{sheet}",
        said=(f"沿线剪下，每条宽 {width} 毫米；首行不贴",),
        columns=tuple(Column(f"{box.spine_mm} mm", float(width), "c") for box in boxes),
        rows=tuple(rows),
        is_small=True,
        row_mm=13,
    )
