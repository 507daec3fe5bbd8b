"""Dossier printing: the forms of the archive's paper side, printed from the register (打印)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.completeness import WORDS
from archive.custody import dossier_named
from archive.days import business_day
from pipeline.bookfile import Column, Page, PrintRefused
from pipeline.bookprinting import check_target, print_book
from pipeline.boxforms import box_page_of, spines_of, transfer_of
from pipeline.dossierforms import (
    catalogue_of,
    checklist_of,
    contents_of,
    cover_of,
    day8,
    volumes_of,
)
from pipeline.freezing import chosen
from pipeline.knowing import Known, known_to
from pipeline.lacks import Lack
from pipeline.paperdossiers import PaperDossier, dossiers_of, in_box
from pipeline.paperkeeping import Box, boxes_of
from pipeline.wiring import Workplace

_MISSING = (
    Column("序号", 11, "c"),
    Column("档号、合同编号", 48),
    Column("题名", 54),
    Column("缺什么", 30),
    Column("起算", 27),
    Column("应于", 18, "c"),
    Column("状态", 13, "c"),
    Column("由谁补交", 46),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which dossiers are meant: by name, by a search, by box, by department; all where by none."""

    names: tuple[str, ...] = ()
    query: str | None = None
    box: str | None = None
    department: str | None = None


def print_form(
    workplace: Workplace, form: str, chosen_ones: Chosen, out: Path, *, person: str | None = None
) -> int:
    """Print `form`, one of FORMS, into the new file `out`; return how many dossiers are in it.

    Dossiers that `person` may not know of are as if they were not there.

    Raises PrintRefused (Chinese), also where a cell that must be filled is blank;
    RetentionRefused for a dossier nobody knows.
    """
    check_target(out)
    known = known_to(workplace, person)
    dossiers = _found(workplace, chosen_ones, known)
    if not dossiers:
        raise PrintRefused("没有选中任何案卷；请核对档号、盒号或查询式")
    if form in _OF_BOXES:
        _assert_boxes_known(workplace, dossiers, known)
    print_book(workplace, out, _FORMS[form](workplace, dossiers))
    return len(dossiers)


def print_missing(workplace: Workplace, lacks: Sequence[Lack], out: Path, *, on: date) -> None:
    """Print what is missing at the end of `on` into the new file `out`; raises PrintRefused."""
    late = sum(each.gap.is_late(on) for each in lacks)
    page = Page(
        title="缺件清单",
        name="缺件清单",
        said=(f"截至 {on}　共 {len(lacks)} 项，其中逾期 {late} 项",),
        columns=_MISSING,
        rows=tuple(
            (
                number,
                f"{each.code or '未归档'}　{each.paper}",
                each.title,
                each.gap.requirement.name,
                f"{WORDS[each.gap.event]} {day8(each.gap.since)}",
                day8(each.gap.due_on),
                "逾期" if each.gap.is_late(on) else "待补",
                each.owed_by,
            )
            for number, each in enumerate(lacks, 1)
        ),
        is_landscape=True,
        is_small=True,
        row_mm=9,
    )
    print_book(workplace, out, [page])


def _assert_boxes_known(
    workplace: Workplace, dossiers: Sequence[PaperDossier], known: Known
) -> None:
    for box in _whole_boxes(workplace, dossiers):
        if not all(known.has_dossier(each.row.code) for each in box.dossiers):
            raise PrintRefused(f"盒 {box.number} 内有不在可知范围内的案卷，整盒的单据不能打印")


def _found(workplace: Workplace, asked: Chosen, known: Known) -> list[PaperDossier]:
    codes: set[str] | None = None
    with workplace.register.read.begin() as session:
        for name in asked.names:
            known.require(dossier_named(session, name).code, name)
    if asked.names or asked.query is not None:
        codes = set(chosen(workplace, query=asked.query, names=asked.names)[1])
    with workplace.register.read.begin() as session:
        found = dossiers_of(session, codes)
    return [
        each
        for each in found
        if known.has_dossier(each.row.code)
        and (asked.box is None or ((place := each.trail.place) and place.box == asked.box))
        and (asked.department is None or each.handed_by == asked.department)
    ]


def _boxes(dossiers: Sequence[PaperDossier]) -> list[Box]:
    outside = [each.row.code for each in dossiers if each.trail.place is None]
    if outside:
        raise PrintRefused(
            f"案卷 {'、'.join(outside[:5])}{' 等' if len(outside) > 5 else ''} 还没有装盒；"  # noqa: PLR2004
            "先用 guidang archive place 登记盒号和架位"
        )
    return boxes_of(dossiers)


def _whole_boxes(workplace: Workplace, dossiers: Sequence[PaperDossier]) -> list[Box]:
    """Return the boxes the dossiers stand in, with all that stands in them."""
    numbers = {box.number for box in _boxes(dossiers)}
    with workplace.register.read.begin() as session:
        codes = {code for number in numbers for code in in_box(session, number)}
        return boxes_of(dossiers_of(session, codes))


def _covers(workplace: Workplace, dossiers: Sequence[PaperDossier]) -> list[Page]:
    company, levels = workplace.settings.company.name, workplace.plan.secrecy
    return [cover_of(each, company=company, levels=levels) for each in dossiers]


def _box_pages(workplace: Workplace, dossiers: Sequence[PaperDossier]) -> list[Page]:
    boxes = _whole_boxes(workplace, dossiers)
    return [box_page_of(box, used_mm=box.used_mm(workplace)) for box in boxes]


def _transfer(workplace: Workplace, dossiers: Sequence[PaperDossier]) -> list[Page]:
    page = transfer_of(
        dossiers,
        keeper=workplace.paper.keeper,
        company=workplace.settings.company.name,
        on=business_day(workplace.clock()),
    )
    return [page]


_FORMS: Mapping[str, Callable[[Workplace, Sequence[PaperDossier]], list[Page]]] = {
    "cover": _covers,
    "contents": lambda _, dossiers: [contents_of(each) for each in dossiers],
    "checklist": lambda _, dossiers: [checklist_of(each) for each in dossiers],
    "catalogue": lambda _, dossiers: [catalogue_of(dossiers)],
    "volumes": lambda _, dossiers: [volumes_of(dossiers)],
    "spine": lambda workplace, dossiers: spines_of(_whole_boxes(workplace, dossiers)),
    "box": _box_pages,
    "transfer": _transfer,
}
_OF_BOXES = frozenset({"spine", "box"})
FORMS: Mapping[str, str] = {
    "cover": "案卷封面",
    "contents": "卷内目录",
    "checklist": "备考表",
    "catalogue": "归档文件目录",
    "volumes": "案卷目录",
    "spine": "盒脊标签",
    "box": "档案盒封面",
    "transfer": "档案移交清册",
}
"""The forms there are, by the word they are asked for, and their names."""
