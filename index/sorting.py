"""Sorting: the order of hits, the same on every engine: each order is that of one text.

The text of an order ends in the reference code, so that no two records are alike and a page is
the same whenever it is asked for. Descending is exactly ascending turned round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from index.cards import Card, placed_on
from index.errors import QuestionRefused
from index.library import IndexedRecord

RELEVANCE, FORMED_ON = "relevance", "formed_on"
_BIAS = Decimal(10) ** 15  # so that amounts below nothing stand before those above


def _amount(card: Card | IndexedRecord) -> str:
    """Return an amount in an order of letters; none is before all."""
    return "" if card.amount is None else f"{(card.amount + _BIAS) * 100:020.0f}"


_KEYS: Mapping[str, Callable[[Card | IndexedRecord], str]] = {
    FORMED_ON: lambda card: placed_on(card).isoformat(),
    "filed_on": lambda card: card.filed_on.isoformat(),
    "amount": _amount,
    "number": lambda card: card.number,
    "reference_code": lambda _: "",
    "title": lambda card: card.title,
    "party_a": lambda card: card.party_a,
    "party_b": lambda card: card.party_b,
    "project": lambda card: card.project,
    "status": lambda card: card.status,
    "department": lambda card: card.department,
}
ORDERS = tuple(_KEYS)
_DESCENDING = frozenset((FORMED_ON, "filed_on", "amount"))


def sort_key(name: str, card: Card | IndexedRecord) -> str:
    """Return the text whose order is that of the order `name`."""
    return f"{_KEYS[name](card)}\x01{card.reference_code}"


def read_order(sort: str) -> tuple[str, bool]:
    """Return the name of an order and whether it descends; raises QuestionRefused.

    Days and amounts: newest and largest first unless `:asc` is asked for; others the other way.
    """
    name, _, direction = sort.partition(":")
    if name not in (RELEVANCE, *ORDERS) or direction not in {"", "asc", "desc"}:
        known = "、".join((RELEVANCE, *ORDERS))
        raise QuestionRefused(f"不能按“{sort}”排序；可用的有：{known}", 0)
    if name == RELEVANCE or not direction:
        return name, name in _DESCENDING or name == RELEVANCE
    return name, direction == "desc"
