"""Blocks: an order as a list of names with values, and tables, for sheets and CSV files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.intake.content import leaves_in
from pipeline.intake.headings import ORDER, label_of, sheet_of
from pipeline.intake.leaves import Kind, Leaf, leaves_of, lists_of
from pipeline.intake.order import OrderForm

_OPEN = ("terms", "extensions")


@dataclass(frozen=True, slots=True)
class Item:
    """One name with its value; `value` is None where the order says nothing."""

    leaf: Leaf
    label: str
    value: object


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; a row has one value for each leaf."""

    title: str
    leaves: tuple[Leaf, ...]
    rows: tuple[tuple[object, ...], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(label_of(leaf.path) for leaf in self.leaves)


def items_of(order: Mapping[str, Any]) -> Iterator[Item]:
    """Yield the order's own fields, also those it leaves out; raises ValueError for what is lost.

    A list of texts is one item each.
    """
    for path, leaf in leaves_of(OrderForm).items():
        part = path.partition(".")[0]
        if part in lists_of(OrderForm) or leaf.kind is Kind.OPEN or path == "schema":
            continue
        value = _at(order, path)
        if leaf.kind is Kind.TEXTS and value:
            yield from (Item(leaf, label_of(path), each) for each in value)
        else:
            yield Item(leaf, label_of(path), value or None if isinstance(value, list) else value)
    for part in _OPEN:
        for name, value in order.get(part, {}).items():
            if not isinstance(value, str):
                raise ValueError(f"{part}.{name}: a table holds texts only")  # noqa: TRY004 - a value of the order, not a programmer's slip
            path = f"{part}.{name}"
            yield Item(Leaf(path, Kind.TEXT, (), required=False), label_of(path), value)


def tables_of(order: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the tables; those that no order is without come last, so that a cut file lacks one."""
    for part in sorted(lists_of(OrderForm), key=lambda part: part != "approvals"):
        rows = order.get(part, ())
        leaves = tuple(
            leaf for path, leaf in leaves_of(OrderForm).items() if path.startswith(f"{part}.")
        )
        start = len(part) + 1
        yield Table(
            sheet_of(part),
            leaves,
            tuple(tuple(_at(row, leaf.path[start:]) for leaf in leaves) for row in rows),
        )


def order_title() -> str:
    """Return what the block of the order's own fields is called."""
    return sheet_of(ORDER)


def unwritten(order: Mapping[str, Any], known: set[str]) -> Iterator[tuple[str, object]]:
    """Yield the values of `order` that stand at none of the paths in `known`."""
    for path, value in leaves_in(order):
        if path not in known and path != "schema":
            yield path, value


def _at(tree: Any, path: str) -> Any:
    for step in path.split("."):
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree
