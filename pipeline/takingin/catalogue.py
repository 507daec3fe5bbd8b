"""Catalogue: what somebody wrote down about an old archive, row by row (移交目录)."""

from __future__ import annotations

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, load_workbook

from archive.filetypes import TypeRefused, parts_within
from index.analysis import normalise
from pipeline.intake.csvtext import delimiter_of, text_of
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished

_MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_ROWS: Final = 200_000
_HEAD_WITHIN: Final = 20
_LEAST_NAMES: Final = 2
_NOISE: Final = re.compile(r"[\s*＊:：()（）\[\]【】_/·.-]")
_DAY: Final = re.compile(r"([12][0-9]{3})\D{1,2}([01]?[0-9])\D{1,2}([0-3]?[0-9])\D{0,2}")
"""A day stands between signs: without them 2019.12 would be the second of January."""
_COMPACT: Final = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])")
_YEAR: Final = re.compile(r"([12][0-9]{3})\s*(?:年(?:度)?)?\s*[./-]?\s*(?:[01]?[0-9]\s*月?)?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,4}(?:,[0-9]{4})+")
_PLAIN: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,10})?")
"""An amount as people write it; 1,5 is no 15, and no power of ten is meant."""
_SPOKEN: Final = re.compile(r"^(?:人民币|rmb|cny|￥|¥)|(?:元整?|圆整?|人民币)$", re.IGNORECASE)
_UNSAYABLE: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
"""Signs nobody sees, or that turn a line about; an end of line parts the files of a cell."""
_YEARS: Final = re.compile(r"([1-9][0-9]?)年?")
_PERIODS: Final = {"永久": "Y", "长期": "D30", "定期30年": "D30", "短期": "D10", "定期10年": "D10"}


class CatalogueRefused(Exception):
    """The catalogue cannot be read at all; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; what nobody wrote or nobody can read is None or "", and `remarks` say so."""

    place: str
    files: str = ""
    title: str = ""
    former_code: str = ""
    number: str = ""
    party_a: str = ""
    party_b: str = ""
    amount: Decimal | None = None
    signed_on: date | None = None
    signed_year: int | None = None
    period: str | None = None
    secrecy: str = ""
    pages: int | None = None
    department: str = ""
    handler: str = ""
    originals_at: str = ""
    origin: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read_catalogue(path: Path) -> list[Entry]:
    """Return the rows of the XLSX or CSV file at `path`; raises CatalogueRefused."""
    try:
        with path.open("rb") as file:
            payload = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CatalogueRefused(f"目录读不出：{error.strerror}") from error
    if len(payload) > _MOST_BYTES:
        raise CatalogueRefused(f"目录过大（超过 {_MOST_BYTES // 1024 // 1024} MB）")
    tables = _sheets(payload) if payload.startswith(b"PK") else [("", _lines(payload))]
    entries: list[Entry] = []
    for name, rows in tables:
        entries += _entries(name, rows)
    if not entries:
        raise CatalogueRefused(
            "目录中找不到表头；请在前二十行内写明列名，至少有“文件名”和“题名”（或“合同编号”“档号”）"
        )
    return entries


def day_in(text: str) -> date | None:
    """Return the day written in `text`, None where it is none."""
    return _day(text, [])[0]


def _sheets(payload: bytes) -> list[tuple[str, list[list[Any]]]]:
    try:
        parts_within(payload)
        with load_workbook(io.BytesIO(payload)) as book:
            return [
                (name, list(book.get_sheet_by_name(name).to_python(skip_empty_area=False)))
                for name in book.sheet_names
            ]
    except TypeRefused as error:
        raise CatalogueRefused(f"目录{error}") from error
    except (CalamineError, OSError, ValueError) as error:
        raise CatalogueRefused("工作簿无法打开；请用 Excel 或 WPS 另存为 .xlsx") from error


def _lines(payload: bytes) -> list[list[Any]]:
    try:
        text = text_of(payload)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
        return [list(row) for row in reader]
    except (OrderRefused, Unfinished) as error:
        raise CatalogueRefused(f"目录不是可读的 CSV：{error}") from error
    except csv.Error as error:
        raise CatalogueRefused("目录不是合法的 CSV；请另存为 .xlsx") from error


def _entries(sheet: str, rows: Sequence[Sequence[Any]]) -> Iterable[Entry]:
    if len(rows) > _MOST_ROWS:
        raise CatalogueRefused(f"目录超过 {_MOST_ROWS} 行；请分批接收")
    start, columns = _head(rows)
    labels = [cell_text(cell) for cell in rows[start]] if columns else []
    for number, row in enumerate(rows[start + 1 :] if columns else (), start + 2):
        cells = {at: cell_text(cell) for at, cell in enumerate(row) if cell_text(cell)}
        named = {columns[at] for at in cells if at in columns}
        if not named - {"sequence", "remark"}:
            continue
        place = f"（{sheet}）第 {number} 行" if sheet else f"第 {number} 行"
        yield _entry(place, row, cells, columns, labels)


def _head(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[int, str]]:
    """Return where the headings stand and what each column means; nothing where there are none."""
    best: tuple[int, dict[int, str]] = (0, {})
    for at, row in enumerate(rows[:_HEAD_WITHIN]):
        columns: dict[int, str] = {}
        for column, cell in enumerate(row):
            meant = _names().get(_fold(cell_text(cell)))
            if meant is not None and meant not in columns.values():
                columns[column] = meant
        if len(columns) >= _LEAST_NAMES and len(columns) > len(best[1]):
            best = (at, columns)
    return best


def _entry(
    place: str,
    row: Sequence[Any],
    cells: Mapping[int, str],
    columns: Mapping[int, str],
    labels: Sequence[str],
) -> Entry:
    said = {columns[at]: text for at, text in cells.items() if at in columns}
    raw = {columns[at]: row[at] for at in cells if at in columns}
    label = {meant: labels[at] for at, meant in columns.items()}
    remarks: list[str] = []
    signed_on, year = _day(raw.get("signed_on"), remarks)
    return Entry(
        place=place,
        files=said.get("files", ""),
        title=said.get("title", ""),
        former_code=said.get("former_code", ""),
        number=said.get("number", ""),
        party_a=said.get("party_a", ""),
        party_b=said.get("party_b", ""),
        amount=_amount(said.get("amount", ""), label.get("amount", ""), remarks),
        signed_on=signed_on,
        signed_year=year,
        period=_period(said.get("retention", ""), remarks),
        secrecy=said.get("secrecy", ""),
        pages=_pages(said.get("pages", "")),
        department=said.get("department", ""),
        handler=said.get("handler", ""),
        originals_at=said.get("originals_at", ""),
        origin=said.get("origin", ""),
        written={
            labels[at] or f"第 {at + 1} 列": text
            for at, text in cells.items()
            if at < len(labels) and columns.get(at) not in ("sequence", "files")
        },
        remarks=tuple(remarks),
    )


def cell_text(cell: Any) -> str:
    """Return what a cell says, without what cannot be written or seen."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(Decimal(str(cell)))
    return "" if cell is None else _UNSAYABLE.sub(" ", str(cell)).strip()


def _day(cell: Any, remarks: list[str]) -> tuple[date | None, int | None]:
    """Return the day, or where only the year is known the year."""
    if isinstance(cell, date):
        day = cell.date() if isinstance(cell, datetime) else cell
        return day, day.year
    text = cell_text(cell)
    found = _COMPACT.fullmatch(text) or _DAY.fullmatch(text)
    if found is not None:
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            remarks.append(f"日期“{text}”不存在，按不详著录")
            return None, None
        return day, day.year
    year = _YEAR.fullmatch(text)
    if year is not None:
        remarks.append(f"日期“{text}”不是完整的日期，只取年份")
        return None, int(year[1])
    if text:
        remarks.append(f"日期“{text}”无法识别，按不详著录")
    return None, None


def _amount(text: str, label: str, remarks: list[str]) -> Decimal | None:
    if not text:
        return None
    spoken = unicodedata.normalize("NFKC", text).strip()
    plain = _SPOKEN.sub("", _SPOKEN.sub("", spoken)).strip()
    scale = 10_000 if "万" in label or plain.endswith("万") else 1
    plain = plain.removesuffix("万").strip()
    whole, point, rest = plain.partition(".")
    if _GROUPED.fullmatch(whole):
        plain = whole.replace(",", "") + point + rest
    is_twofold = "万" in label and "万" not in spoken and re.search("[元圆]", spoken)
    if is_twofold or not _PLAIN.fullmatch(plain):
        remarks.append(f"金额“{text}”无法识别，按不详著录")
        return None
    amount = Decimal(plain) * scale
    fen = amount * 100
    if fen != fen.to_integral_value() or fen >= 10**17:
        remarks.append(f"金额“{text}”不是以分为单位的金额，按不详著录")
        return None
    return amount.quantize(Decimal("0.01"))


def _period(text: str, remarks: list[str]) -> str | None:
    if not text:
        return None
    plain = _NOISE.sub("", text).upper()
    if plain in _PERIODS:
        return _PERIODS[plain]
    years = _YEARS.fullmatch(plain.removeprefix("D"))
    if years is not None:
        return f"D{int(years[1]):02}"
    if plain == "Y":
        return "Y"
    remarks.append(f"保管期限“{text}”无法识别，按归档方案的默认期限")
    return None


def _pages(text: str) -> int | None:
    found = re.fullmatch(r"([0-9]{1,5})\s*[页张]?", text)
    return int(found[1]) if found else None


@cache
def _names() -> Mapping[str, str]:
    data = tomllib.loads(Path(__file__).with_name("headings.toml").read_text("utf-8"))
    return {_fold(name): meant for meant, names in data["names"].items() for name in names}


def _fold(text: str) -> str:
    return _NOISE.sub("", normalise(text)).replace("帐", "账")
