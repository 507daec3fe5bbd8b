"""Opening: a dropped file read with all this home knows: its suffix, its content, the rules."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from archive.errors import RulesUnfit
from pipeline.intake.content import WHOLE_FILE
from pipeline.intake.customers import RULES
from pipeline.intake.formats import ACCEPTED, by_suffix
from pipeline.intake.reading import MAX_BYTES, Reading, read_all
from pipeline.intake.refusal import OrderRefused
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

_HINTS = {
    ".xls": "请用 Excel 或 WPS 另存为 .xlsx 后重新投放",
    ".et": "请用 WPS 另存为 .xlsx 后重新投放",
    ".xlsm": "含宏的工作簿不予受理；请另存为不带宏的 .xlsx 后重新投放",
    ".xlsb": "请用 Excel 另存为 .xlsx 后重新投放",
    ".ods": "请另存为 .xlsx 后重新投放",
}


def read_file(path: Path) -> bytes:
    """Return the bytes of an order file; raises OrderRefused for what cannot be one."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise _refused(WHOLE_FILE, "不是普通文件（链接或特殊文件不予受理）；请放入文件本身")
    if by_suffix(path.suffix) is None:
        hint = _HINTS.get(path.suffix.lower(), f"可受理：{ACCEPTED}")
        raise _refused(WHOLE_FILE, f"不受理 {path.suffix or '无后缀'} 文件；{hint}")
    if status.st_size > MAX_BYTES:
        message = f"文件过大（超过 {MAX_BYTES // 1024 // 1024} MB），不是订单文件"
        raise _refused(WHOLE_FILE, message)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except PermissionError as error:
        message = "没有读取权限；请让投放人或管理员开放读取权限后重新投放"
        raise _refused(WHOLE_FILE, message) from error
    with os.fdopen(handle, "rb") as file:
        return file.read(MAX_BYTES + 1)


def read_dropped(workplace: Workplace, payload: bytes, suffix: str) -> tuple[Reading, ...]:
    """Return every form in a dropped file; raises OrderRefused, and Unfinished when cut.

    What is in the file decides how it is read; a suffix that says otherwise is remarked.
    """
    try:
        readings = read_all(payload, lambda: workplace.customers)
    except RulesUnfit as error:
        message = f"客户规则有误，请管理员改正后重新投放：{error}"
        raise _refused(RULES, message) from error
    found = readings[0].format
    if suffix.lower() not in found.suffixes:
        message = f"后缀是 {suffix}，内容是 {found.name}；按内容受理"
        readings[0].content.remark(WHOLE_FILE, message)
    return readings


def read_one(workplace: Workplace, path: Path) -> Reading:
    """Return the one form in the file at `path`; raises OrderRefused, and Unfinished when cut."""
    readings = read_dropped(workplace, read_file(path), path.suffix)
    if len(readings) > 1:
        raise _refused(WHOLE_FILE, f"文件中有 {len(readings)} 份订单；此处一次只能看一份，请拆分")
    return readings[0]


def _refused(place: str, message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])
