"""Approach 2: the worked case, a brute-force loop, seeds, blocks, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from assets.inventory.uncertainty.distributions import (
    is_normal,
    log_sigma,
    multipliers,
    relative_variance,
    stream,
)
from assets.inventory.uncertainty.montecarlo import MemoryBound, simulate
from assets.inventory.uncertainty.propagation import Source, approach_1, terms_of
from assets.inventory.uncertainty.shares import variance_shares
from benchmarks.uncertainty import apart, naive, parks
from tests.inventory.uncertainty.widths import term, terms
from tests.shared_data import golden


def test_g22_monte_carlo_with_a_lognormal_source() -> None:
    of_g20 = golden("G20")[0]
    inputs, expected, tolerance = golden("G22")
    sources = [
        Source(s["name"], s["tCO2"], s["U_AD_pct"], s["U_EF_pct"]) for s in of_g20["sources"]
    ]
    n2o = inputs["N2O"]
    wide = 100 * (n2o["factor_95"] - 1)
    sources.append(Source("N2O", n2o["mean_tCO2e"], 0, wide))
    (row,) = simulate(terms_of(sources), inputs["n"], inputs["seed"]).iter_rows(named=True)
    assert row["mean_t"] == pytest.approx(expected["mean"], rel=tolerance)
    assert row["low_t"] == pytest.approx(expected["p2_5"], rel=tolerance)
    assert row["high_t"] == pytest.approx(expected["p97_5"], rel=tolerance)


@pytest.mark.parametrize("width", [0.0, 3.0, 30.0, 30.01, 60.0, 200.0, 380.0])
def test_multipliers_have_mean_1_their_variance_and_are_never_negative(width: float) -> None:
    found = multipliers(width, stream(1, "x"), 400_000)
    expected = float(relative_variance(np.array([width]))[0])
    assert is_normal(width) == (width <= 30)
    assert found.min() >= 0
    assert found.mean() == pytest.approx(1, abs=5 * np.sqrt(expected / len(found)) + 1e-12)
    assert found.var() == pytest.approx(expected, rel=0.12)
    if not is_normal(width):
        # 95 % lie within a factor of 1 + U/100 of the median.
        factor = np.exp(1.96 * log_sigma(width))
        assert factor == pytest.approx(1 + width / 100)
        median = np.median(found)
        inside = (found > median / factor) & (found < median * factor)
        assert inside.mean() == pytest.approx(0.95, abs=0.003)


def mixed() -> pl.DataFrame:
    """Two totals that share factors, with all kinds of inputs, and one with both in it."""
    rows = [
        term(100, "coal", "CO2", u_activity_pct=20, u_factor_pct=10),
        term(8, "coal", "CH4", u_activity_pct=20, u_factor_pct=100),
        term(60, "gas", "gas", tier="T6", u_activity_pct=50, u_factor_pct=3),
        term(5, "gas", "CH4", tier="T6", u_activity_pct=50, u_factor_pct=100),
        term(40, "at s", "CO2", location="s", u_location_pct=45, u_activity_pct=5, u_factor_pct=10),
        term(30, "at s wide", "gas", location="s", u_location_pct=45, u_activity_pct=40,
             u_factor_pct=3),
        term(-35, "sold", "grid", u_activity_pct=10, u_allocation_pct=15, u_factor_pct=30),
    ]  # fmt: skip
    other = [
        {**row, "total": "P2", "activity": f"P2 {row['activity']}", "value_t": 2 * row["value_t"]}
        for row in rows[:4]
    ]
    both = [{**row, "total": "all"} for row in (*rows, *other)]
    return terms(*rows, *other, *both)


def test_as_a_loop_that_draws_every_input() -> None:
    drawn = 400_000
    ours, loop = simulate(mixed(), drawn, seed=3), naive(mixed(), drawn, seed=4)
    assert ours["total"].to_list() == ["P1", "P2", "all"]
    assert apart(ours, loop) < 0.006
    # The mean is the sum of the terms, and the variance the one of the closed form.
    sums = mixed().group_by("total").agg(pl.col("value_t").sum()).sort("total")
    assert ours["mean_t"].to_list() == pytest.approx(sums["value_t"].to_list(), rel=0.002)


def test_parks_as_the_loop_in_the_benchmark() -> None:
    some = parks(3)
    assert apart(simulate(some, 100_000, 1), naive(some, 100_000, 2)) < 0.01


def test_blocks_threads_and_order_change_nothing() -> None:
    some = pl.concat([parks(9), mixed()])
    first = simulate(some, 20_000, seed=5)
    for again in (
        simulate(some, 20_000, seed=5, memory_mb=10, threads=1),
        simulate(some, 20_000, seed=5, memory_mb=20, threads=3),
        simulate(some.sample(fraction=1, shuffle=True, seed=1), 20_000, seed=5),
    ):
        assert apart(first, again) < 1e-12
    # A total is what it is, whatever else is worked out beside it.
    assert apart(first.head(2), simulate(some.filter(pl.col("total") < "P0002"), 20_000, 5)) < 1e-12
    assert simulate(some, 20_000, seed=6)["low_t"].to_list() != first["low_t"].to_list()


def test_a_shared_factor_is_one_draw_for_all_parks() -> None:
    rows = [
        term(10, f"a{n}", "coal", total=total, u_factor_pct=20)
        for n in range(40)
        for total in (f"P{n}", "all")
    ]
    found = simulate(terms(*rows), 20_000).with_columns(
        ((pl.col("high_t") - pl.col("low_t")) / pl.col("mean_t")).alias("width")
    )
    # Were the parks apart, the sum of forty would be six times as sure.
    assert found["width"].unique().round(9).n_unique() == 1


@pytest.mark.parametrize("column", ["u_activity_pct", "u_allocation_pct", "u_factor_pct"])
def test_a_wider_input_gives_a_wider_interval(column: str) -> None:
    def width(of: float) -> float:
        rows = [term(100, "a", "f", **{column: of}), term(50, "b", "g", u_factor_pct=5)]
        (row,) = simulate(terms(*rows), 50_000).iter_rows(named=True)
        return float(row["high_t"] - row["low_t"])

    found = [width(of) for of in (0, 5, 20, 30, 45, 90, 200)]
    assert found == sorted(found) and len(set(found)) == len(found)


def test_near_enough_to_approach_1_where_all_is_narrow() -> None:
    rows = [Source(str(n), 100, 4, 5) for n in range(5)]
    first = approach_1(terms_of(rows)).row(0, named=True)
    second = simulate(terms_of(rows), 200_000).row(0, named=True)
    for name in ("low_t", "high_t"):
        assert second[name] == pytest.approx(first[name], rel=0.001)


def test_nothing_in_nothing_out_and_a_total_without_widths_is_a_point() -> None:
    assert simulate(terms(), 1000).is_empty()
    (row,) = simulate(terms(term(7, "a", "f"), term(-2, "b", "f")), 1000).iter_rows(named=True)
    assert (row["mean_t"], row["low_t"], row["high_t"]) == pytest.approx((5, 5, 5))


def test_too_few_draws_or_too_little_memory_stop() -> None:
    with pytest.raises(ValueError, match="at least 1000"):
        simulate(mixed(), 999)
    with pytest.raises(MemoryBound, match="4 factors x 1000000 draws: 31 MB of 20"):
        simulate(mixed(), 1_000_000, memory_mb=20)


def test_the_variance_is_that_of_the_shares() -> None:
    """What the shares divide is the variance of the draws, interactions and all."""
    some: list[dict[str, Any]] = mixed().filter(pl.col("total") == "P1").to_dicts()
    generator_draws = 400_000
    known: dict[tuple[str, str], Any] = {}
    generator = np.random.default_rng(8)

    def drawn(kind: str, name: str, width: float) -> Any:
        if (kind, name) not in known:
            known[kind, name] = multipliers(width, generator, generator_draws)
        return known[kind, name]

    total = np.zeros(generator_draws)
    for row in some:
        own = float(np.hypot(row["u_activity_pct"], row["u_allocation_pct"]))
        part = row["value_t"] * drawn("f", row["factor"], row["u_factor_pct"])
        part = part * drawn("a", row["activity"], own)
        if row["location"]:
            part = part * drawn("l", row["location"], row["u_location_pct"])
        total += part
    shares = dict(variance_shares(terms(*some)).select("input", "share").iter_rows())
    grid = (35 * 30 / 196) ** 2 / total.var()
    assert shares["factor|grid"] == pytest.approx(grid, rel=0.03)
    located = 70**2 * float(relative_variance(np.array([45.0]))[0]) / total.var()
    assert shares["location"] == pytest.approx(located, rel=0.03)
