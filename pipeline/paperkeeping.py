"""Paper keeping: a dossier's paper is bound, arranged, checked, boxed and shelved (整理、上架)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from archive.custody import Act, dossier_named, enter, settled
from archive.errors import RetentionRefused
from archive.paperrules import SPINES_MM
from archive.papertrail import ARRANGED, BOUND, CHECKED, PLACED, trail_of
from archive.people import is_among
from archive.retentionrules import Role
from pipeline import acting
from pipeline.paperdossiers import PaperDossier, dossiers_of, in_box
from pipeline.wiring import Workplace

_NAME: Final = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._\-/]{0,39}")


@dataclass(frozen=True, slots=True)
class Box:
    """A box as its dossiers tell it: all of one fonds, series, year and period."""

    number: str
    shelf: str
    spine_mm: int
    dossiers: tuple[PaperDossier, ...]

    def used_mm(self, workplace: Workplace) -> float:
        """Return how thick its content is."""
        return sum(workplace.paper.thickness_mm(each.pages) for each in self.dossiers)


def boxes_of(dossiers: Sequence[PaperDossier]) -> list[Box]:
    """Return the boxes these dossiers stand in, by number."""
    found: dict[str, list[PaperDossier]] = {}
    for each in dossiers:
        if (place := each.trail.place) is not None:
            found.setdefault(place.box, []).append(each)
    return [
        Box(number, place.shelf, place.spine_mm, tuple(held))
        for number, held in sorted(found.items())
        if (place := held[0].trail.place) is not None
    ]


def place(
    workplace: Workplace,
    names: Sequence[str],
    *,
    box: str,
    shelf: str | None,
    spine_mm: int | None,
    person: str,
    reason: str = "",
) -> dict[str, Any]:
    """Put the dossiers into a box, or with none named carry the whole box to another shelf.

    A box holds one fonds, series, year and period, and no more than its spine takes. The first
    dossier needs shelf and spine, the others take the box's. Raises RetentionRefused.
    """
    acting.need(workplace, person, Role.ARCHIVIST)
    for word, value in (("盒号", box), ("架位", shelf)):
        if value is not None and not _NAME.fullmatch(value):
            raise RetentionRefused(f"{word}“{value}”无效；用字母、数字、汉字和 . _ - /，至多 40 字")
    with workplace.register.write.begin() as session:
        codes = {dossier_named(session, name).code for name in names}
        standing = dossiers_of(session, {*codes, *in_box(session, box)})
        for code in sorted(codes):
            settled(session, workplace.store, dossier_named(session, code))
        now = next((each for each in boxes_of(standing) if each.number == box), None)
        if now is None and (not codes or shelf is None or spine_mm is None):
            raise RetentionRefused(
                f"还没有盒 {box}；请写明案卷，并用 --shelf 和 --spine 写明架位、盒脊"
            )
        if now is not None:
            if spine_mm not in (None, now.spine_mm) and not reason.strip():
                raise RetentionRefused(
                    f"盒 {box} 登记的盒脊是 {now.spine_mm} 毫米；确要改为 {spine_mm} 毫米的，"
                    "用 --reason 写明原因"
                )
            shelf, spine_mm = shelf or now.shelf, spine_mm or now.spine_mm
        inside = [*(now.dossiers if now else ())]
        inside += [e for e in standing if e.row.code in codes and e not in inside]
        _check_box(workplace, box, inside, int(spine_mm or 0))
        said = {"box": box, "shelf": shelf, "spine_mm": spine_mm, "reason": reason}
        moved = _enter_places(workplace, session, inside, said, person)
    return said | {"moved": moved, "dossiers": [each.row.code for each in inside]}


def bind(
    workplace: Workplace, name: str, *, method: str, pages: int, person: str
) -> dict[str, Any]:
    """Record how a dossier was bound; `pages` as counted by hand. Raises RetentionRefused."""
    acting.need(workplace, person, Role.ARCHIVIST)
    with workplace.register.write.begin() as session:
        dossier = _one(workplace, session, name)
        allowed = workplace.paper.bindings_for(dossier.period)
        if method not in allowed:
            raise RetentionRefused(
                f"保管期限 {dossier.period} 的案卷不得用“{method}”装订；可用：{'、'.join(allowed)}"
            )
        least = dossier.counted + dossier.uncounted
        if pages < least or (pages > least and not dossier.uncounted):
            uncounted = f"，另 {dossier.uncounted} 件未计页" if dossier.uncounted else ""
            raise RetentionRefused(
                f"案卷 {dossier.row.code} 登记共 {dossier.counted} 页{uncounted}，"
                f"装订时点得 {pages} 页；请核对缺页、多页后再登记"
            )
        said = {"method": method, "pages": pages, "binder": person}
        return _entered(workplace, session, dossier, action=BOUND, person=person, said=said)


def arrange(
    workplace: Workplace, name: str, *, remarks: str, see_also: str, person: str
) -> dict[str, Any]:
    """Record that a dossier's paper was put in order, and what is odd about it (整理).

    What was said the last time stands where nothing else is said now; 无 takes it back. Raises
    RetentionRefused.
    """
    acting.need(workplace, person, Role.ARCHIVIST)
    with workplace.register.write.begin() as session:
        dossier = _one(workplace, session, name)
        before = dossier.trail.arranged
        if before is not None:
            remarks, see_also = (
                remarks.strip() or before.remarks,
                see_also.strip() or before.see_also,
            )
        said = {
            "items": len(dossier.records),
            "pages": dossier.pages,
            "remarks": remarks.strip() or "无",
            "see_also": see_also.strip() or "无",
        }
        return _entered(workplace, session, dossier, action=ARRANGED, person=person, said=said)


def check(workplace: Workplace, name: str, *, person: str) -> dict[str, Any]:
    """Record that somebody else looked the arranged paper over (检查).

    Raises RetentionRefused where it was not arranged as it stands, or by the same person.
    """
    acting.need(workplace, person, Role.ARCHIVIST, Role.APPRAISER)
    with workplace.register.write.begin() as session:
        dossier = _one(workplace, session, name)
        arranged = dossier.trail.arranged
        if arranged is None:
            raise RetentionRefused(f"案卷 {dossier.row.code} 还没有整理，不能检查；先登记整理")
        if is_among(person, (arranged.person,)):
            raise RetentionRefused(f"{person}整理了案卷 {dossier.row.code}，不能由本人检查")
        if (arranged.items, arranged.pages) != (len(dossier.records), dossier.pages):
            raise RetentionRefused(
                f"案卷 {dossier.row.code} 整理以后又归入了文件，须重新整理再检查"
            )
        said = {"items": arranged.items, "pages": arranged.pages, "arranged_by": arranged.person}
        return _entered(workplace, session, dossier, action=CHECKED, person=person, said=said)


def _check_box(
    workplace: Workplace, box: str, inside: Sequence[PaperDossier], spine_mm: int
) -> None:
    if spine_mm not in SPINES_MM:
        widths = "、".join(map(str, SPINES_MM))
        raise RetentionRefused(f"盒脊宽 {spine_mm} 毫米没有此规格；可用：{widths}")
    first = inside[0]
    for each in inside[1:]:
        if _group(each) != _group(first):
            raise RetentionRefused(
                f"案卷 {each.row.code} 与盒 {box} 中的 {first.row.code} 不同全宗、类别、年度或期限"
                "，不能同盒"
            )
    used = sum(workplace.paper.thickness_mm(each.pages) for each in inside)
    if used > spine_mm:
        raise RetentionRefused(
            f"盒 {box} 盒脊 {spine_mm} 毫米，装入后约厚 {used:.1f} 毫米，装不下；请换盒或另起一盒"
        )


def _group(dossier: PaperDossier) -> tuple[str, str, int, str]:
    row = dossier.row
    return row.fonds, row.series, row.year, row.retention


def _enter_places(
    workplace: Workplace,
    session: Session,
    inside: Sequence[PaperDossier],
    said: Mapping[str, Any],
    person: str,
) -> list[str]:
    """Enter the place upon every dossier that stands elsewhere, and return their codes."""
    wanted = (said["box"], said["shelf"], said["spine_mm"])
    moved = []
    for each in inside:
        place = each.trail.place
        if place is not None and (place.box, place.shelf, place.spine_mm) == wanted:
            continue
        act = Act(PLACED, person, workplace.clock(), said)
        enter(session, workplace.store, each.row, act)
        moved.append(each.row.code)
    return moved


def _one(workplace: Workplace, session: Session, name: str) -> PaperDossier:
    row = dossier_named(session, name)
    settled(session, workplace.store, row)
    return dossiers_of(session, [row.code])[0]


def _entered(
    workplace: Workplace,
    session: Session,
    dossier: PaperDossier,
    *,
    action: str,
    person: str,
    said: Mapping[str, Any],
) -> dict[str, Any]:
    """Enter an act; the same person saying the same of the same state changes nothing."""
    history = settled(session, workplace.store, dossier.row).history
    last = next((event for event in reversed(history) if event.action == action), None)
    is_said = last is not None and last.details == said and last.actor == person
    trail = trail_of(history)
    if not is_said or (action == CHECKED and trail.checked is None):
        act = Act(action, person, workplace.clock(), said)
        enter(session, workplace.store, dossier.row, act)
    return {"code": dossier.row.code, "by": person} | dict(said)
