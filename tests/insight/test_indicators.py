"""Indicators of a park: worked case G30, and classes that have no threshold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assets.insight.indicators import Indicators, indicators, threshold
from tests.frames import facts
from tests.shared_data import golden

THRESHOLDS = "zero_carbon_threshold"


def found(co2: Any, value_added: Any, km2: Any, tce: Any, clean: Any) -> Indicators:
    amounts = [Decimal(str(value)) for value in (co2, value_added, km2, tce, clean)]
    return indicators(amounts[0], amounts[1], amounts[2], amounts[3], amounts[4], facts(THRESHOLDS))


def test_g30_indicators_and_the_zero_carbon_test() -> None:
    case, expected, tolerance = golden("G30")
    made = found(
        *(
            case[name]
            for name in (
                "CO2_t",
                "industrial_VA_1e4yuan",
                "area_km2",
                "energy_tce_equal_value",
                "clean_tce",
            )
        )
    )
    for name, value in (
        ("tCO2_per_1e4yuan", made.co2_t_per_1e4yuan),
        ("tCO2_per_km2", made.co2_t_per_km2),
        ("tce_per_1e4yuan", made.tce_equivalent_per_1e4yuan),
        ("clean_share", made.clean_share),
        ("tCO2_per_tce", made.co2_t_per_tce),
        ("threshold", made.threshold_t_per_tce),
        ("reduction_needed_t", made.reduction_needed_t),
    ):
        assert value is not None
        assert float(value) == pytest.approx(expected[name], rel=tolerance), name


@pytest.mark.parametrize(
    ("tce", "limit"),
    [
        ("199999.999999", None),
        ("200000", "0.2"),
        ("999999.999999", "0.2"),
        ("1000000", "0.3"),
        ("9e7", "0.3"),
    ],
)
def test_thresholds_by_energy(tce: str, limit: str | None) -> None:
    of_class = threshold(Decimal(tce), facts(THRESHOLDS))
    assert of_class == (None if limit is None else Decimal(limit))


def test_a_small_park_has_no_threshold_and_nothing_is_divided_by_nothing() -> None:
    small = found(10, 0, 0, 100, 40)
    assert (small.threshold_t_per_tce, small.reduction_needed_t) == (None, None)
    assert (small.co2_t_per_1e4yuan, small.co2_t_per_km2) == (None, None)
    assert small.clean_share == Decimal("0.4")


def test_a_park_below_the_threshold_needs_no_reduction() -> None:
    assert found(10, 1, 1, 300_000, 0).reduction_needed_t == 0


def test_more_clean_energy_than_energy_is_refused() -> None:
    with pytest.raises(ValueError, match="clean energy 2 tce of 1"):
        found(1, 1, 1, 1, 2)
