"""Delivered units to the units of inputs."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

# Definitions of units that only inputs of methods have; `accepted.unit` holds those of energy
# and mass, and comes first.
_OWN: dict[tuple[str, str], Fraction] = {
    ("立方米", "m3"): Fraction(1),
    ("万立方米", "m3"): Fraction(10_000),
    ("千克", "kg"): Fraction(1),
    ("吨", "kg"): Fraction(1000),
    ("克", "kg"): Fraction(1, 1000),
    ("克", "t"): Fraction(1, 10**6),
    ("平方米", "m2"): Fraction(1),
    ("万平方米", "m2"): Fraction(10_000),
    ("千克/立方米", "kg/m3"): Fraction(1),
    ("克/立方米", "kg/m3"): Fraction(1, 1000),
    ("毫克/升", "kg/m3"): Fraction(1, 1000),
    ("毫克每升", "kg/m3"): Fraction(1, 1000),
    ("千克/千克", "kg/kg"): Fraction(1),
    ("比例", "1"): Fraction(1),
    ("无量纲", "1"): Fraction(1),
    ("1", "1"): Fraction(1),
    ("%", "1"): Fraction(1, 100),
    ("百分比", "1"): Fraction(1, 100),
    ("1/年", "1/yr"): Fraction(1),
    ("每年", "1/yr"): Fraction(1),
}


class Units:
    """What one delivered unit is in the unit of an input."""

    def __init__(self, units: pl.DataFrame) -> None:
        listed = units.select("unit_zh", "canonical_unit", "value").iter_rows()
        self._known = {**_OWN, **{(zh, unit): Fraction(value) for zh, unit, value in listed}}

    def conversion(self, unit_zh: str | None, unit: str) -> Fraction | None:
        """Units of the input in one delivered unit; None for units that do not belong."""
        return self._known.get((unit_zh or "", unit))

    def expected(self, unit: str) -> str:
        """The delivered units that an input in `unit` may come in."""
        return "、".join(sorted(zh for zh, known in self._known if known == unit))
