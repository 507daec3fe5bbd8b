"""Language: what a query means, as parts that a record answers or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from index.amounts import Span


class Field(StrEnum):
    """What can be asked for alone, beside the whole record."""

    NUMBER = "number"
    REFERENCE = "reference"
    ORDER = "order"
    TITLE = "title"
    PARTY = "party"
    PARTY_A = "party_a"
    PARTY_B = "party_b"
    PROJECT = "project"
    PERSON = "person"
    HANDLER = "handler"
    TYPE = "type"
    KIND = "kind"
    STATUS = "status"
    DEPARTMENT = "department"
    RETENTION = "retention"
    SECRECY = "secrecy"
    AMOUNT = "amount"
    YEAR = "year"
    FORMED = "formed"
    FILED = "filed"


WHOLE = frozenset(
    (Field.TYPE, Field.KIND, Field.STATUS, Field.DEPARTMENT, Field.RETENTION, Field.SECRECY)
)
SPANS = frozenset((Field.AMOUNT, Field.YEAR, Field.FORMED, Field.FILED))
NAMED = frozenset(
    (None, Field.PARTY, Field.PARTY_A, Field.PARTY_B, Field.PROJECT, Field.PERSON, Field.HANDLER)
)

CHINESE = {
    Field.NUMBER: ("编号", "合同编号", "文件编号"),
    Field.REFERENCE: ("档号",),
    Field.ORDER: ("订单", "订单号"),
    Field.TITLE: ("题名", "标题"),
    Field.PARTY: ("当事人",),
    Field.PARTY_A: ("甲方",),
    Field.PARTY_B: ("乙方",),
    Field.PROJECT: ("项目", "项目名称"),
    Field.PERSON: ("人员", "姓名"),
    Field.HANDLER: ("经办人",),
    Field.TYPE: ("类型", "合同类型"),
    Field.KIND: ("文种",),
    Field.STATUS: ("状态",),
    Field.DEPARTMENT: ("部门",),
    Field.RETENTION: ("期限", "保管期限"),
    Field.SECRECY: ("密级",),
    Field.AMOUNT: ("金额", "合同金额"),
    Field.YEAR: ("年度", "年份"),
    Field.FORMED: ("签订", "签订日期"),
    Field.FILED: ("归档", "归档日期"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """Something to be found: `asked` in the text, or one of `ways` among its spellings.

    In `field` only, if there is one; of a field of whole values, `ways` are the values meant.
    A `sound` is also answered by a name that sounds so. `begins`: at the beginning of a field's
    value, or of a run of Latin letters and digits.
    """

    asked: str
    ways: tuple[str, ...] = ()
    field: Field | None = None
    begins: bool = False
    sound: str | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """An amount, a year or a day that must lie within `span`."""

    field: Field
    span: Span[Decimal] | Span[date]


@dataclass(frozen=True, slots=True)
class Every:
    """Answered by what answers every part; by all records if there is none."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Answered by what answers any part."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Answered by what does not answer `part`."""

    part: Part


Part = Word | Within | Every | Either | Without


def wanted(part: Part) -> Iterator[Word]:
    """Yield the words that are to be found, for marking and for the order of hits."""
    if isinstance(part, Word):
        yield part
    elif isinstance(part, Every | Either):
        for each in part.parts:
            yield from wanted(each)


def words(part: Part) -> Iterator[Word]:
    """Yield all words of a query, unwanted ones too."""
    if isinstance(part, Word):
        yield part
    elif isinstance(part, Every | Either):
        for each in part.parts:
            yield from words(each)
    elif isinstance(part, Without):
        yield from words(part.part)
