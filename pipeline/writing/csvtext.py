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
        writer.writerow([item.label, "" if item.value is None else item.value])
    for table in tables_of(order):
        writer.writerow([])
        writer.writerow([table.title])
        writer.writerow(table.headings)
        writer.writerows(["" if value is None else value for value in row] for row in table.rows)
    return target.getvalue().encode("utf-8-sig")
