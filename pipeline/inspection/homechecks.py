"""Home checks: what is looked at once for the whole home, each saying what it looked at too."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select

from archive.days import business_day
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import ArchiveError
from archive.holds import Hold, HoldTarget
from archive.inspection import Spotted
from archive.instruments import OPEN_STATES, Instrument
from archive.numbergaps import gaps
from archive.numbering import Number
from archive.outbox import OutboxEntry
from index.errors import IndexFailure
from pipeline.inspection.historychecks import history
from pipeline.inspection.leftovers import leftovers, strangers
from pipeline.inspection.samplechecks import unfiled_papers
from pipeline.inspection.seen import FAILED, MOST, Seen
from pipeline.retaining import due
from pipeline.sealdesk import seal_problems
from pipeline.wiring import Workplace

_GIGABYTE: Final = 1024**3
_SHARED: Final = "sealed"


def look(workplace: Workplace, check: str) -> Seen:
    """Run the home check `check`; one that fails is itself a find, never silence."""
    try:
        return HOME_CHECKS[check](workplace).bounded(check, MOST)
    except (ArchiveError, IndexFailure, OSError) as error:
        problem = f"检查未能完成：{error}"
        return Seen({"未能检查": 1}, (Spotted(check, "本项检查", FAILED, problem),))


def _shelf(workplace: Workplace) -> Seen:
    """Compare what should stand on the shelves with what does, names only, both ways."""
    with workplace.register.read.begin() as session:
        rows = session.execute(select(Dossier.object_path, Dossier.code)).all()
    wanted = {row.object_path: row.code for row in rows}
    standing = set(workplace.store.objects())
    missing, extra = sorted(wanted.keys() - standing), sorted(standing - wanted.keys())
    strays = list(workplace.store.strays())
    spotted = [
        *(Spotted("shelf", wanted[p], "missing", "登记有此案卷，库中没有") for p in missing),
        *(Spotted("shelf", path, "extra", "库中有此案卷，登记中没有") for path in extra),
        *(Spotted("shelf", path, "stray", "案卷之外的文件、链接或空文件夹") for path in strays),
    ]
    counts = {
        "应有": len(wanted),
        "实有": len(standing),
        "缺": len(missing),
        "多": len(extra) + len(strays),
    }
    return Seen(counts, tuple(spotted))


def _numbers(workplace: Workplace) -> Seen:
    with workplace.register.read.begin() as session:
        count = len(session.scalars(select(Number.id)).all())
        spotted = tuple(
            Spotted("numbers", f"{gap.series}/{gap.year}/{gap.value}", "gap", gap.problem)
            for gap in gaps(session)
        )
    return Seen({"编号": count, "空号或不符": len(spotted)}, spotted)


def _seals(workplace: Workplace) -> Seen:
    problems = seal_problems(workplace, opens=False)
    spotted = tuple(Spotted("seals", "印章登记", each, each) for each in problems)
    return Seen({"印章": len(workplace.seals), "不符": len(spotted)}, spotted)


def _index(workplace: Workplace) -> Seen:
    with workplace.register.read.begin() as session:
        registered = set(session.scalars(select(Record.reference_code)))
        waiting = set(
            session.scalars(
                select(OutboxEntry.reference_code).where(OutboxEntry.applied_at.is_(None))
            )
        )
    workplace.library.verify()
    known = workplace.library.codes()
    missing, extra = sorted(registered - known - waiting), sorted(known - registered - waiting)
    spotted = [
        *(Spotted("index", code, "missing", "已归档，索引中没有，检索不到") for code in missing),
        *(Spotted("index", code, "extra", "索引中有，登记中没有") for code in extra),
    ]
    counts = {
        "应有": len(registered),
        "实有": len(known),
        "缺": len(missing),
        "多": len(extra),
        "待入": len(waiting),
    }
    return Seen(counts, tuple(spotted))


def _duplicates(workplace: Workplace) -> Seen:
    """Find sealed files that stand in more than one dossier; nothing is removed for it."""
    owners: dict[str, set[str]] = defaultdict(set)
    with workplace.register.read.begin() as session:
        rows = session.execute(
            select(Rendition.sha256, Dossier.code)
            .join(Record, Rendition.record_id == Record.id)
            .join(Dossier, Record.dossier_id == Dossier.id)
            .where(Rendition.role == _SHARED, Dossier.destroyed_at.is_(None))
        )
        for digest, code in rows:
            owners[digest].add(code)
    spotted = tuple(
        Spotted(
            "duplicates",
            "、".join(sorted(codes)),
            digest,
            f"同一文件（{digest[:12]}…）归在 {len(codes)} 个案卷；"
            "需处置的走鉴定（guidang retention）",
        )
        for digest, codes in owners.items()
        if len(codes) > 1
    )
    return Seen({"文件": len(owners), "重复": len(spotted)}, spotted)


def _orphans(workplace: Workplace) -> Seen:
    groups: dict[str, int] = defaultdict(int)
    for each in leftovers(workplace):
        groups[each.kind] += 1
    unknown = list(strangers(workplace))
    spotted = [
        Spotted(
            "orphans",
            kind,
            "leftover",
            f"{kind} {count} 个；guidang inspect cleanup propose 列出清单后清理",
        )
        for kind, count in sorted(groups.items())
    ]
    spotted += [Spotted("orphans", path, "unknown", problem) for path, problem in unknown]
    return Seen({"遗留文件": sum(groups.values()), "不明文件": len(unknown)}, tuple(spotted))


def _drafts(workplace: Workplace) -> Seen:
    days = workplace.inspections.limits.draft_days
    before = workplace.clock() - timedelta(days=days)
    with workplace.register.read.begin() as session:
        rows = session.scalars(select(Instrument).where(Instrument.state.in_(OPEN_STATES))).all()
    spotted = tuple(
        Spotted(
            "drafts",
            row.number or row.order_no,
            row.source_sha256,
            f"{row.title}：接收后 {days} 天以上未办结；催办，或由经办人作废",
        )
        for row in rows
        if row.received_at < before
    )
    return Seen({"未办结": len(rows), "超期": len(spotted)}, spotted)


def _holds(workplace: Workplace) -> Seen:
    today = business_day(workplace.clock())
    with workplace.register.read.begin() as session:
        targets = select(HoldTarget.hold_number).where(HoldTarget.released_at.is_(None))
        rows = session.scalars(select(Hold).where(Hold.number.in_(targets))).all()
    spotted = tuple(
        Spotted(
            "holds",
            row.number,
            f"{row.review_on}",
            f"{row.matter}冻结应于 {row.review_on} 复核，请法务复核",
        )
        for row in rows
        if row.review_on is not None and row.review_on < today
    )
    return Seen({"冻结": len(rows), "逾期未复核": len(spotted)}, spotted)


def _retention(workplace: Workplace) -> Seen:
    found = due(workplace)
    spotted = tuple(
        Spotted(
            "retention",
            one["code"],
            f"{one['expires_on']}",
            f"{one['title']}：{one['expires_on']} 到期，待鉴定（guidang retention propose）",
        )
        for one in found
        if not one["holds"] and not one["list"]
    )
    return Seen({"到期": len(found), "待列入鉴定": len(spotted)}, spotted)


def _disk(workplace: Workplace) -> Seen:
    least = workplace.inspections.limits.free_gb
    free = shutil.disk_usage(workplace.home.root).free // _GIGABYTE
    spotted: tuple[Spotted, ...] = ()
    if free < least:
        problem = f"磁盘余 {free} GB，少于 {least} GB；请清理或扩充磁盘"
        spotted = (Spotted("disk", "本目录所在磁盘", "free", problem),)
    return Seen({"余量（GB）": free, "下限（GB）": least}, spotted)


def _backups(workplace: Workplace) -> Seen:
    settings, hours = workplace.settings.backups, workplace.inspections.limits.backup_hours
    if settings.folder is None:
        problem = (
            "未配置备份文件夹，系统无从核对；请人工核对，并在 guidang.toml 的 [backups] 中写明"
        )
        return Seen({"未配置": 1}, (Spotted("backups", "备份", "unset", problem),))
    folder = workplace.home.root / settings.folder
    now = workplace.clock()
    marks = [at for at in _marks(folder, settings.marker) if at <= now]
    if not marks:
        problem = f"{folder} 中没有完成标记 {settings.marker}；请核对备份是否在做"
        return Seen({"备份": 0}, (Spotted("backups", str(folder), "none", problem),))
    spotted: tuple[Spotted, ...] = ()
    if now - max(marks) > timedelta(hours=hours):
        problem = f"最近一次备份在 {business_day(max(marks))}，已超过 {hours} 小时"
        spotted = (Spotted("backups", str(folder), "stale", problem),)
    return Seen({"备份": len(marks), "过期": len(spotted)}, spotted)


def _marks(folder: Path, marker: str) -> Iterator[datetime]:
    for path in (folder / marker, *folder.glob(f"*/{marker}")):
        if path.is_file():
            yield datetime.fromtimestamp(path.stat().st_mtime, UTC)


HOME_CHECKS: Final[Mapping[str, Callable[[Workplace], Seen]]] = {
    "shelf": _shelf,
    "missing": unfiled_papers,
    "history": history,
    "numbers": _numbers,
    "seals": _seals,
    "index": _index,
    "duplicates": _duplicates,
    "orphans": _orphans,
    "drafts": _drafts,
    "holds": _holds,
    "retention": _retention,
    "disk": _disk,
    "backups": _backups,
}
