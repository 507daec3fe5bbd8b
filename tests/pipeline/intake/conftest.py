"""Order files of every form, and workbooks made cell by cell."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import xlsxwriter

from pipeline import samples
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_all
from pipeline.intake.refusal import OrderRefused
from pipeline.writing.blocks import items_of, tables_of

Sheets = dict[str, list[list[Any]]]


def sheets_of(order: Mapping[str, Any]) -> Sheets:
    """Return an order as rows of plain cells by sheet, to be changed and written."""
    sheets: Sheets = {
        "订单": [[item.label, item.value] for item in items_of(order) if item.value is not None]
    }
    for table in tables_of(order):
        sheets[table.title] = [list(table.headings), *(list(row) for row in table.rows)]
    return sheets


def workbook(sheets: Mapping[str, list[list[Any]]], **options: Any) -> bytes:
    """Return a workbook of these cells, each written as the type it has."""
    target = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"} | options
    book = xlsxwriter.Workbook(target, options)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and not value.startswith("="):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write(number, column, value)
    book.close()
    return target.getvalue()


def places(payload: bytes) -> dict[str, str]:
    """Return what a refused file is refused for, by place."""
    with pytest.raises(OrderRefused) as caught:
        read_all(payload)
    return {finding.place: finding.message for finding in caught.value.findings}


@pytest.fixture
def sheets() -> Sheets:
    return sheets_of(samples.sample_order(1))


@pytest.fixture
def expected() -> Callable[[Mapping[str, Any]], OrderForm]:
    def read(order: Mapping[str, Any]) -> OrderForm:
        (reading,) = read_all(json.dumps(order).encode())
        assert isinstance(reading.form, OrderForm)
        return reading.form

    return read


@pytest.fixture
def refused() -> Callable[[bytes], dict[str, str]]:
    return places


@pytest.fixture
def book() -> Callable[..., bytes]:
    return workbook


@pytest.fixture
def as_sheets() -> Callable[[Mapping[str, Any]], Sheets]:
    return sheets_of
