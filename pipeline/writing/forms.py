"""Forms: one order in the form asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.intake.formats import CSV, JSON, UBL, XLSX, YAML, Format
from pipeline.writing.csvtext import csv_of
from pipeline.writing.spreadsheet import xlsx_of
from pipeline.writing.ubl import ubl_of
from pipeline.writing.yamltext import yaml_of


def json_of(content: Mapping[str, Any]) -> bytes:
    """Return `content` as JSON."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


_WRITERS: Mapping[Format, Callable[[Mapping[str, Any]], bytes]] = {
    JSON: json_of,
    YAML: yaml_of,
    XLSX: xlsx_of,
    CSV: csv_of,
    UBL: ubl_of,
}


def written(order: Mapping[str, Any], form: Format) -> bytes:
    """Return `order` (values as in JSON) as a file of `form`; reading it gives the same order."""
    return _WRITERS[form](order)
