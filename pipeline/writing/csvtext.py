"""CSV text: an order as one flat file, its tables below each other under their titles."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from pipeline.writing.blocks import items_of, order_title, tables_of


def csv_of(order: Mapping[str, Any]) -> bytes:
    """Return `order` as CSV, UTF-8 with the mark that makes spreadsheets read it as such."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([order_title()])
    writer.writerow(["项目", "内容"])
    for item in items_of(order):
        writer.writerow([item.label, _field(item.value)])
    for table in tables_of(order):
        writer.writerow([])
        writer.writerow([table.title])
        writer.writerow(table.headings)
        writer.writerows([_field(value) for value in row] for row in table.rows)
    return target.getvalue().encode("utf-8-sig")


def _field(value: object) -> object:
    """Return `value` so that a spreadsheet takes a text for a text and no formula."""
    if isinstance(value, str) and value.startswith(("=", "'")):
        doubled = value.replace('"', '""')
        return f'="{doubled}"'
    return "" if value is None else value
