"""Leaves: the values an order is made of, by path, as its form declares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pipeline.intake.fields import (
    Count,
    Day,
    Digest,
    Form,
    Key,
    LongText,
    Moment,
    Money,
    Percent,
    Quantity,
    Sequence1,
    Share,
    Text,
)


class Kind(Enum):
    """What a value is, and so how a cell or a line of text is read into it."""

    TEXT = "文字"
    KEY = "编号"
    MONEY = "金额"
    QUANTITY = "数量"
    SHARE = "比率"
    PERCENT = "百分数"
    COUNT = "整数"
    DAY = "日期"
    MOMENT = "时刻"
    CHOICE = "选项"
    FLAG = "是否"
    TEXTS = "若干文字"
    OPEN = "任意内容"


_KINDS: tuple[tuple[Any, Kind], ...] = (
    (Text, Kind.TEXT),
    (LongText, Kind.TEXT),
    (Key, Kind.KEY),
    (Digest, Kind.KEY),
    (Money, Kind.MONEY),
    (Quantity, Kind.QUANTITY),
    (Share, Kind.SHARE),
    (Percent, Kind.PERCENT),
    (Count, Kind.COUNT),
    (Sequence1, Kind.COUNT),
    (Day, Kind.DAY),
    (Moment, Kind.MOMENT),
    (bool, Kind.FLAG),
    (int, Kind.COUNT),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value: `path` without positions (``items.qty``), the only words it may be, if closed."""

    path: str
    kind: Kind
    choices: tuple[str | int, ...] = ()
    required: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number, a numbered choice included."""
        numbered = self.kind is Kind.CHOICE and isinstance(self.choices[0], int)
        return self.kind is Kind.COUNT or numbered


@cache
def leaves_of(form: type[Form]) -> Mapping[str, Leaf]:
    """Return the leaves of `form` by path, in the order they are declared."""
    return {leaf.path: leaf for leaf in _leaves(form, "", required=True)}


@cache
def lists_of(form: type[Form]) -> tuple[str, ...]:
    """Return the parts of `form` that are lists of rows: items, payments and so on."""
    hints = get_type_hints(form, include_extras=True)
    return tuple(name for name, hint in hints.items() if _row_of(_bare(hint)) is not None)


def _leaves(form: type[Form], prefix: str, *, required: bool) -> Iterator[Leaf]:
    for name, hint in get_type_hints(form, include_extras=True).items():
        if name not in form.model_fields:
            continue
        field = form.model_fields[name]
        path = prefix + (field.alias or name)
        needed = required and field.is_required()
        bare = _bare(hint)
        inner = bare if isinstance(bare, type) and issubclass(bare, Form) else _row_of(bare)
        if inner is not None:
            yield from _leaves(inner, f"{path}.", required=needed)
        else:
            yield _leaf(path, bare, required=needed)


def _leaf(path: str, hint: Any, *, required: bool) -> Leaf:
    origin = get_origin(hint)
    if origin is Literal:
        return Leaf(path, Kind.CHOICE, get_args(hint), required)
    if origin is tuple:
        return Leaf(path, Kind.TEXTS, (), required)
    if origin is dict:
        return Leaf(path, Kind.OPEN, (), required)
    kind = next((kind for known, kind in _KINDS if hint == known), Kind.OPEN)
    return Leaf(path, kind, (), required)


def _bare(hint: Any) -> Any:
    """Return `hint` without "or None"; what pydantic is told beside a Literal is left out too."""
    if get_origin(hint) not in {None, tuple, dict, Literal} and type(None) in get_args(hint):
        return next(each for each in get_args(hint) if each is not type(None))
    inner = getattr(hint, "__origin__", None)
    return inner if get_origin(inner) is Literal else hint


def _row_of(hint: Any) -> type[Form] | None:
    """Return the form of the rows where `hint` is a list of rows."""
    if get_origin(hint) is not tuple:
        return None
    row = get_args(hint)[0]
    return row if isinstance(row, type) and issubclass(row, Form) else None
