"""Lists: a hand-over list as it is read back, to be compared with what came (移交清册)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from archive.errors import RetentionRefused
from pipeline.fourfold.means import Listed

SCHEMA: Final = "guidang.handover/1"
_MOST: Final = 256 * 1024 * 1024
_HEX: Final = re.compile(r"[0-9a-f]{64}")


def codes_in(path: Path) -> tuple[str, ...]:
    """Return the codes a list names, in its order; raises RetentionRefused."""
    table = _table(path)
    if table is not None:
        return tuple(str(row["code"]) for row in table)
    lines = path.read_text("utf-8-sig").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def entries_in(path: Path) -> dict[str, Listed] | None:
    """Return what a hand-over list says of each dossier; None where it only names codes."""
    table = _table(path)
    return None if table is None else listed_of(table, path.name)


def listed_of(table: list[dict[str, Any]], name: str) -> dict[str, Listed]:
    """Return the rows of a hand-over list by dossier; raises RetentionRefused."""
    try:
        listed = {str(row["code"]): _listed(row) for row in table}
    except (KeyError, TypeError, ValueError) as error:
        raise RetentionRefused(f"移交清册 {name} 有一行不完整：{error}") from error
    if len(listed) != len(table):
        raise RetentionRefused(f"移交清册 {name} 中有档号重复")
    return listed


def _listed(row: dict[str, Any]) -> Listed:
    digests = {str(file["path"]): str(file["sha256"]) for file in row["digests"]}
    if not all(_HEX.fullmatch(digest) for digest in digests.values()):
        raise ValueError("sha256 不是 64 位十六进制")
    return Listed(int(row["items"]), int(row["files"]), int(row["bytes"]), digests)


def _table(path: Path) -> list[dict[str, Any]] | None:
    if path.stat().st_size > _MOST:
        raise RetentionRefused(f"清单 {path.name} 过大")
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RetentionRefused(f"清单 {path.name} 读不出，应为 UTF-8 文本：{error}") from error
    if not text.lstrip().startswith("{"):
        return None
    try:
        content = json.loads(text)
        schema, dossiers = content["schema"], list(content["dossiers"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RetentionRefused(f"{path.name} 不是移交清册：{error}") from error
    if schema != SCHEMA:
        raise RetentionRefused(f"{path.name} 的 schema 应为 {SCHEMA}，实为 {schema}")
    return dossiers
