"""Figures: exact numbers that keep the arithmetic and the rows they were worked out from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction

from quality.exact import plain

_SUM, _PRODUCT, _ATOM = 0, 1, 2
# Digits of the one irrational function; a factor keeps 12 decimals.
_EXACT = Context(prec=50)


@dataclass(frozen=True)
class Source:
    """The delivered cell of a figure: its row, the canonical column, and how far to trust it.

    `table` is the source id; `confidence` is empty for what an enterprise delivers of itself.
    """

    table: str
    source_row_id: str
    column: str
    confidence: str = ""


@dataclass(frozen=True)
class Figure:
    """A number with its derivation in figures and the cells it rests on, by role.

    Arithmetic of figures (and whole numbers) is exact and writes itself down, so that the
    text cannot say anything else than what was computed.
    """

    value: Fraction
    text: str
    sources: Mapping[str, Source] = field(default_factory=dict)
    rank: int = _ATOM

    def __add__(self, other: Figure) -> Figure:
        return _joined(self.value + other.value, self._in(_SUM), "+", other._in(_SUM), self, other)

    def __sub__(self, other: Figure | int) -> Figure:
        right = _figure(other)
        text = right._in(_PRODUCT)
        return _joined(self.value - right.value, self._in(_SUM), "−", text, self, right)

    def __rsub__(self, other: int) -> Figure:
        return _figure(other) - self

    def __mul__(self, other: Figure | int) -> Figure:
        right = _figure(other)
        text = self._in(_PRODUCT), right._in(_PRODUCT)
        return _joined(self.value * right.value, text[0], "×", text[1], self, right, _PRODUCT)

    def __truediv__(self, other: int) -> Figure:
        right = _figure(other)
        text = self._in(_PRODUCT)
        return _joined(self.value / right.value, text, "÷", right.text, self, right, _PRODUCT)

    def _in(self, rank: int) -> str:
        return self.text if self.rank >= rank else f"({self.text})"


def _joined(
    value: Fraction,
    left: str,
    sign: str,
    right: str,
    first: Figure,
    second: Figure,
    rank: int = _SUM,
) -> Figure:
    return Figure(value, f"{left} {sign} {right}", {**first.sources, **second.sources}, rank)


def _figure(value: Figure | int) -> Figure:
    return value if isinstance(value, Figure) else Figure(Fraction(value), str(value))


def figure(
    value: Fraction | Decimal | int | str,
    unit: str = "",
    role: str = "",
    source: Source | None = None,
) -> Figure:
    """A figure as delivered or looked up; `unit` is written behind it ("1" is not)."""
    number = Fraction(value)
    shown = "" if unit in ("", "1") else f" {unit.removeprefix('1')}"
    return Figure(number, written(number) + shown, {role: source} if source else {})


def ratio(dividend: int | str, divisor: int | str) -> Figure:
    """A constant that is a quotient, such as 44/12."""
    return Figure(Fraction(dividend) / Fraction(divisor), f"{dividend}/{divisor}")


def decayed(rate: Figure, years: int) -> Figure:
    """exp(-rate x years) to 50 digits: correctly rounded, the same on every machine."""
    power = -rate.value * years
    exponent = _EXACT.divide(Decimal(power.numerator), Decimal(power.denominator))
    value = Fraction(_EXACT.exp(exponent))
    return Figure(value, f"exp(−{rate._in(_PRODUCT)} × {years})", rate.sources)


def written(value: Fraction) -> str:
    """A number as a person writes it: a decimal where it has an end, else a quotient."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest > 1:
        return f"({value.numerator}/{value.denominator})"
    places = 0
    while (value * 10**places).denominator > 1:
        places += 1
    return plain(Decimal(f"{(value * 10**places).numerator}e-{places}"))
