"""Rounding: exact arithmetic with amounts, rounded once and half up."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from templates.wording import money

CENT = Decimal("0.01")


def to_fen(amount: Fraction) -> Decimal:
    """Return `amount` yuan rounded half up to the fen (四舍五入); never through binary floats."""
    fen = (amount * 200 + 1) // 2
    return Decimal(fen).scaleb(-2, Context(prec=60))


def is_whole_fen(amount: Decimal) -> bool:
    """Return whether `amount` is a finite, non-negative number of fen below 1e16 yuan."""
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 16:
        return False
    return amount == amount.quantize(CENT, rounding=ROUND_FLOOR, context=Context(prec=60))


def shown(amount: Decimal) -> str:
    """Return `amount` for a finding: a sum or product may be more than any document says."""
    return money(amount) if is_whole_fen(abs(amount)) else format(amount, ",f")


def net_of(amount: Decimal, rate: Decimal) -> Decimal:
    """Return the amount without tax contained in `amount` (price-inclusive method)."""
    return to_fen(Fraction(amount) / (1 + Fraction(rate)))


def share_of(total: Decimal, share: Decimal) -> Decimal:
    """Return `share` (a fraction) of `total`, to the fen."""
    return to_fen(Fraction(total) * Fraction(share))
