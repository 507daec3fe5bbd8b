"""Revision reception: a Word file dropped into the inbox finds the contract it changes (收修订稿).

Its properties say whose draft it is; its name says why it was changed: 修订-理由.docx.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from pathlib import Path
from typing import Final

from pipeline.failures import SourceLost
from pipeline.filenames import said_name
from pipeline.intake.refusal import OrderRefused
from pipeline.reception import Reception, Taken
from pipeline.rejecting import reject
from pipeline.revising import Brought, bring_in
from pipeline.wiring import Workplace
from templates.core_properties import last_author
from templates.deviating.cleaning import MAX_BYTES, mark_of
from templates.errors import DocumentUnreadable, Finding, Level, TemplateUnfit, TermsRefused

log = logging.getLogger(__name__)

SUFFIX: Final = ".docx"
_NAME: Final = re.compile(r"修订稿?[\s\-—－_：:]+(?P<reason>\S.*)\.docx", re.IGNORECASE)
_HOW: Final = "或用 guidang contracts revise 订单号 文件 --as 姓名 --reason 理由"


def is_revision(path: Path) -> bool:
    """Return whether a dropped file is looked at as a changed contract."""
    return path.suffix.lower() == SUFFIX


def receive_revision(workplace: Workplace, path: Path) -> Reception:
    """Bring in the claimed Word file at `path`, or lay it into rejected/ with the reason.

    The caller removes it when this returns.
    """
    name = said_name(path)
    payload: bytes | None = None
    try:
        payload = _read(path)
        mark = mark_of(payload)
        if mark is None:
            raise _one("文件", f"文件没有草稿标记，不知属于哪份订单；请在草稿上修改，{_HOW}")
        told = _NAME.fullmatch(name)
        if told is None:
            raise _one("文件名", f"请把文件命名为“修订-理由.docx”，写明为何偏离标准文本，{_HOW}")
        author = last_author(payload)
        by = f"收件箱（最后修改人 {author}）" if author else "收件箱"
        report = bring_in(workplace, mark.order_no, Brought(payload, name, by, told["reason"]))
    except DocumentUnreadable as error:
        findings = tuple(_finding("文件", each) for each in error.differences)
    except (TermsRefused, OrderRefused) as error:
        findings = error.findings
    except TemplateUnfit as error:
        findings = tuple(_finding("模板", each) for each in error.problems)
    except SourceLost as error:
        findings = (_finding("订单", str(error)),)
    else:
        log.info("revision received", extra={"file_sha256": report.about.source_sha256})
        return Reception(
            Taken.ACCEPTED, name, order_no=report.about.order_no, findings=report.findings
        )
    reject(workplace.home, path.name, findings, payload=payload, source=path)
    log.info("file refused", extra={"codes": [finding.code for finding in findings]})
    return Reception(Taken.REJECTED, name, findings=tuple(findings))


def _read(path: Path) -> bytes:
    """Return the bytes of a Word file; raises TermsRefused for what cannot be one."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise _one("文件", "不是普通文件（链接或特殊文件不予受理）；请放入文件本身")
    if status.st_size > MAX_BYTES:
        raise _one("文件", f"文件过大，上限 {MAX_BYTES // 1024 // 1024} MB")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except PermissionError as error:
        raise _one("文件", "没有读取权限；请开放读取权限后重新投放") from error
    with os.fdopen(handle, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _one(place: str, message: str) -> TermsRefused:
    return TermsRefused([_finding(place, message)])


def _finding(place: str, message: str) -> Finding:
    return Finding("P-303", Level.BLOCK, place, message)
