"""Exact fractions to decimals, by the one rounding there is: half away from zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def decimal12(value: Fraction) -> Decimal:
    """A factor to 12 decimals."""
    scaled = value * 10**12
    whole, remainder = divmod(abs(scaled.numerator), scaled.denominator)
    rounded = whole + (1 if 2 * remainder >= scaled.denominator else 0)
    return Decimal(rounded if value >= 0 else -rounded).scaleb(-12)


def decimal6(value: Fraction) -> Decimal:
    """A quantity to 6 decimals."""
    return decimal12(value / 10**6).scaleb(6)


def plain(value: Decimal) -> str:
    """A decimal as a person writes it: no exponent, no closing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
