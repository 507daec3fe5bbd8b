"""Exports: dossiers handed to somebody else as packages, each export in their history (导出)."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.custody import Act, dossier_named, enter, settled
from archive.days import BUSINESS_ZONE, business_day
from archive.dossiers import Dossier, Record
from archive.durable import sync_folder, sync_tree
from archive.errors import RetentionRefused
from archive.fileformats import program_of
from archive.holds import holds_on
from archive.retentionrules import Role
from pipeline import acting
from pipeline.fourfold.lists import SCHEMA
from pipeline.handover.bags import ALGORITHMS, Packed, write_bag
from pipeline.handover.covering import cover_of
from pipeline.handover.sums import write_sums
from pipeline.handover.xmlforms import SCHEMA as SCHEMA_FILE
from pipeline.handover.xmlpackages import Told, write_package
from pipeline.handover.zipping import zip_folder
from pipeline.legible import legible
from pipeline.reportsheets import Report, Table, as_page, as_word, as_workbook
from pipeline.wiring import Workplace

EXPORTED: Final = "dossier:exported"
LIST: Final = "移交清册.json"
_SIGNED: Final = ("移交人", "移交部门负责人", "接收人", "监交人", "日期")


class Form(StrEnum):
    """In which form dossiers leave."""

    BAG = "BagIt"
    EVIDENCE = "证据包"
    XML = "XML封装包"


@dataclass(frozen=True, slots=True)
class Export:
    """What is asked for: by whom, for what purpose (用途), for whom, and in which form.

    `act_word` and `actor_word` say what acts and actors of the history are called on the cover.
    """

    person: str
    purpose: str
    receiver: str
    form: Form
    act_word: Callable[[str], str] = str
    actor_word: Callable[[str], str] = str
    is_zipped: bool = False


_CARRIED: Final = {
    Form.BAG: "BagIt 1.0 文件夹",
    Form.EVIDENCE: "BagIt 1.0 文件夹，附证据说明",
    Form.XML: "XML 封装包，每卷一个文件（仿 DA/T 48—2009，未经认证）",
}


def export(
    workplace: Workplace, codes: Sequence[str], asked: Export, target: Path
) -> dict[str, Any]:
    """Write the dossiers `codes` as packages into the new folder `target` and return the list.

    Where a ZIP file is asked for, `target` is that file, and the folder stands in it. Written
    aside and renamed: what stands at `target` is whole. The export stands in the
    history of each dossier before the package appears. Raises RetentionRefused.
    """
    roles = (Role.ARCHIVIST, Role.LEGAL) if asked.form is Form.EVIDENCE else (Role.ARCHIVIST,)
    acting.need(workplace, asked.person, *roles)
    if not asked.purpose.strip():
        raise RetentionRefused("导出须写明用途（--purpose）")
    if os.path.lexists(target):
        raise RetentionRefused(f"{target} 已存在，不覆盖；请另取位置")
    if target.resolve().is_relative_to(workplace.home.root):
        raise RetentionRefused("导出的包不得写入本系统的目录，请另选位置")
    at = workplace.clock()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    packed = draft.with_suffix(".zip.tmp")
    try:
        draft.mkdir()
        rows = [_packed(workplace, code, asked, draft, at) for code in codes]
        said = _list_of(workplace, asked, at, rows)
        _write_list(draft, said, asked.form, at)
        if asked.form is Form.XML:
            (draft / SCHEMA_FILE.name).write_bytes(SCHEMA_FILE.read_bytes())
        digest = write_sums(draft)
        sync_tree(draft)
        if asked.is_zipped:
            zip_folder(draft, packed, name=target.stem, at=at)
        for row in rows:
            _enter(workplace, row | {"sums": digest}, asked, at)
        (packed if asked.is_zipped else draft).rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        packed.unlink(missing_ok=True)
    return said


def _packed(
    workplace: Workplace, code: str, asked: Export, draft: Path, at: datetime
) -> dict[str, Any]:
    with workplace.register.write.begin() as session:
        row = dossier_named(session, code)
        kept = settled(session, workplace.store, row)
        known = _known(session, row)
    name = kept.shelved.code.alias
    if asked.form is Form.XML:
        told = Told(workplace.settings.company.name, at, asked.act_word)
        packed = write_package(workplace.store, row.object_path, draft / f"{name}.xml", told)
        return known | {"file": f"{name}.xml"} | _counts(packed)
    packed = _bagged(workplace, row, asked, draft / name, at)
    if asked.form is Form.EVIDENCE:
        report = legible(workplace.home.fonts, cover_of(workplace, kept, packed, asked, at))
        _write_cover(draft, name, report, workplace.renderer.render)
    return known | {"folder": name} | _counts(packed)


def _bagged(
    workplace: Workplace, row: Dossier, asked: Export, folder: Path, at: datetime
) -> Packed:
    told = {
        "Source-Organization": workplace.settings.company.name,
        "External-Identifier": row.code,
        "External-Description": row.title,
        "Internal-Sender-Identifier": row.contract_number,
        "Internal-Sender-Description": f"密级 {row.secrecy}；用途 {asked.purpose}",
        "Bagging-Date": business_day(at).isoformat(),
        "Bag-Software-Agent": program_of("package"),
    }
    folder.mkdir()
    return write_bag(workplace.store, row.object_path, folder, told)


def _known(session: Session, row: Dossier) -> dict[str, Any]:
    query = select(func.count(Record.id), func.sum(Record.pages))
    items, pages = session.execute(query.where(Record.dossier_id == row.id)).one()
    return {
        "code": row.code,
        "title": row.title,
        "contract_number": row.contract_number,
        "year": row.year,
        "retention": row.retention,
        "secrecy": row.secrecy,
        "holds": list(holds_on(session, row.code)),
        "items": items,
        "pages": pages,
    }


def _counts(packed: Packed) -> dict[str, Any]:
    digests = [
        {"path": path, "sha256": packed.sha256[path], "sha512": packed.sha512[path]}
        for path in sorted(packed.sizes)
    ]
    return {"files": len(packed.sizes), "bytes": packed.bytes, "digests": digests}


def _list_of(
    workplace: Workplace, asked: Export, at: datetime, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "from": workplace.settings.company.name,
        "to": asked.receiver,
        "at": at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
        "person": asked.person,
        "purpose": asked.purpose,
        "algorithms": list(ALGORITHMS),
        "items": sum(row["items"] for row in rows),
        "pages": sum(row["pages"] for row in rows),
        "files": sum(row["files"] for row in rows),
        "bytes": sum(row["bytes"] for row in rows),
        "dossiers": rows,
    }


def _write_list(draft: Path, said: dict[str, Any], form: Form, at: datetime) -> None:
    text = json.dumps(said, ensure_ascii=False, indent=1)
    (draft / LIST).write_text(text + "\n", "utf-8")
    report = _sheet_of(said, form, at)
    (draft / "移交清册.html").write_bytes(as_page(report))
    (draft / "移交清册.xlsx").write_bytes(as_workbook(report))


def _sheet_of(said: dict[str, Any], form: Form, at: datetime) -> Report:
    rows = [
        [
            str(number),
            row["code"],
            row["contract_number"],
            row["title"],
            str(row["items"]),
            str(row["pages"]),
            str(row["files"]),
            str(row["bytes"]),
            row["retention"],
            row["secrecy"],
            f"冻结中：{'、'.join(row['holds'])}" if row["holds"] else "",
        ]
        for number, row in enumerate(said["dossiers"], 1)
    ]
    columns = ("序号", "档号", "合同编号", "题名", "件数", "页数", "文件数", "字节数")
    table = Table(
        "案卷",
        (*columns, "保管期限", "密级", "备注"),
        (10, 42, 36, 70, 10, 10, 12, 18, 14, 14, 30),
        rows,
    )
    return Report(
        title="电子档案移交清册",
        number=f"YJ-{at.astimezone(BUSINESS_ZONE):%Y%m%d-%H%M%S}",
        on=business_day(at),
        said={
            "移交单位": said["from"],
            "接收单位": said["to"] or "（未写明）",
            "移交时间": said["at"],
            "经办人": said["person"],
            "用途": said["purpose"],
            "合计": f"{len(rows)} 卷 {said['items']} 件 {said['pages']} 页，"
            f"{said['files']} 个文件 {said['bytes']} 字节",
            "载体与摘要": f"{_CARRIED[form]}；SHA-256、SHA-512 逐文件列于移交清册.json 和各包",
        },
        tables=(table,),
        signed=_SIGNED,
    )


def _write_cover(draft: Path, name: str, report: Report, render: Callable[[bytes], bytes]) -> None:
    word = as_word(report)
    (draft / f"{name}-证据说明.docx").write_bytes(word)
    (draft / f"{name}-证据说明.pdf").write_bytes(render(word))
    (draft / f"{name}-证据说明.html").write_bytes(as_page(report))


def _enter(workplace: Workplace, row: dict[str, Any], asked: Export, at: datetime) -> None:
    details = {
        "purpose": asked.purpose,
        "receiver": asked.receiver,
        "form": f"{asked.form.value}（ZIP）" if asked.is_zipped else asked.form.value,
        "files": row["files"],
        "bytes": row["bytes"],
        "secrecy": row["secrecy"],
        "holds": row["holds"],
        "sums_sha256": row["sums"],
    }
    act = Act(EXPORTED, asked.person, at, details)
    with workplace.register.write.begin() as session:
        enter(session, workplace.store, dossier_named(session, row["code"]), act)
