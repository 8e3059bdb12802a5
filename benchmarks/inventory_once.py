"""One implementation of the inventory benchmark in this process.

    python -m benchmarks.inventory_once IMPLEMENTATION FOLDER

Reads `activity_YEAR.parquet` and `attribution.parquet` of the folder, a year at a time, writes the
totals of parks once the clock has stopped, and prints seconds, seconds of all processors, lines
and peak memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import polars as pl

from assets.inventory.choice import fuel_choice, grid_choice, profiles_of
from assets.inventory.ledger import Choices, ledger
from assets.inventory.marts import MARTS, build_mart
from assets.inventory.relined import ledger_again, rules_by_energy
from benchmarks.inventory_data import SMALL, YEARS
from quality.contracts.boundaries import Boundary
from quality.contracts.core import CanonicalReturn
from quality.contracts.coverage import ProvinceCoverage
from quality.contracts.energy import ElectricityCoefficient
from quality.contracts.exchange import Exchange, ExchangePart
from quality.contracts.table import Table

WANTED = ("park_inventory", "park_total", "park_energy")
OURS, PEER, CHANGED = "parkledger", "polars float", "changed factor"


def main() -> None:
    implementation, folder = sys.argv[1], Path(sys.argv[2])
    said = changed(folder) if implementation == CHANGED else _timed(implementation, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**said, "peak_mb": peak}))


def _timed(implementation: str, folder: Path) -> dict[str, float]:
    started, worked = time.perf_counter(), time.process_time()
    lines, totals = {OURS: ours, PEER: polars_float}[implementation](folder)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    totals.write_parquet(folder / f"totals_{implementation.replace(' ', '_')}.parquet")
    return {"seconds": seconds, "cpu_seconds": cpu_seconds, "lines": lines}


def changed(folder: Path) -> dict[str, float]:
    """Lines of one year made again after the triple of one fuel changed, and all of them."""
    tables, choices = _given(folder)
    factors = tables["core.emission_factor"]
    activity = pl.read_parquet(folder / f"activity_{YEARS[0]}.parquet")
    lines = ledger(activity, factors, choices)
    rules = rules_by_energy(activity, factors, choices)
    revised = factors.with_columns(
        pl.when((pl.col("subject") == "diesel") & (pl.col("gas") == "CO2"))
        .then(pl.col("value") + pl.lit("0.01").cast(pl.Decimal(38, 12)))
        .otherwise("value")
        .cast(pl.Decimal(38, 12))
        .alias("value")
    )
    started, worked = time.perf_counter(), time.process_time()
    again = ledger_again(lines, rules, activity, revised, choices)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    del lines
    started = time.perf_counter()
    afresh = ledger(activity, revised, choices)
    all_seconds = time.perf_counter() - started
    if not again.equals(afresh):
        raise SystemExit("lines made again differ from those made afresh")
    made = again.filter(pl.col("energy_id") == "diesel").height
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "lines": made,
        "all_seconds": all_seconds,
    }


def _given(folder: Path) -> tuple[dict[str, pl.DataFrame], Choices]:
    small = {name: pl.read_parquet(folder / f"{name}.parquet") for name in SMALL}
    empty: tuple[type[Table], ...] = (
        Boundary,
        CanonicalReturn,
        ElectricityCoefficient,
        Exchange,
        ExchangePart,
        ProvinceCoverage,
    )
    tables = {
        "core.attribution": pl.read_parquet(folder / "attribution.parquet"),
        "core.park": pl.read_parquet(folder / "park.parquet"),
        "core.emission_factor": pl.read_parquet(folder / "factor.parquet"),
        "core.energy_coefficient": pl.read_parquet(folder / "coefficient.parquet"),
        "accepted.view_weight": small["view_weight"],
        "accepted.gwp": small["gwp"],
        "accepted.book_row": small["book_row"],
        **{table.table_name(): table.empty_frame() for table in empty},
    }
    profiles = profiles_of(small["method_profile"], ("CN-GHG",), None)
    return tables, Choices(profiles, small["grid_region"])


def ours(folder: Path) -> tuple[int, pl.DataFrame]:
    """The product's ledger and marts, a year at a time, in exact numbers."""
    tables, choices = _given(folder)
    made = [_year(folder, year, tables, choices) for year in YEARS]
    return sum(count for count, _ in made), pl.concat(totals for _, totals in made)


def _year(
    folder: Path, year: int, tables: dict[str, pl.DataFrame], choices: Choices
) -> tuple[int, pl.DataFrame]:
    """Lines and totals of a year; its lines are let go before the next year is made."""
    marts = {mart.name: mart for mart in MARTS}
    activity = pl.read_parquet(folder / f"activity_{year}.parquet")
    lines = ledger(activity, tables["core.emission_factor"], choices)
    of_year = {**tables, "core.activity": activity, "ledger.line": lines}
    built = {name: build_mart(marts[name], of_year, "AR5", "CN-GHG", 0.85) for name in WANTED}
    totals = built["park_total"].select(
        "place_id", "year", "basis", "view", pl.col("co2e_t").cast(pl.Float64)
    )
    return lines.height, totals


def polars_float(folder: Path) -> tuple[int, pl.DataFrame]:
    """The same sums in floating point, without lines that explain themselves."""
    tables, choices = _given(folder)
    factors = tables["core.emission_factor"].with_columns(pl.col("value").cast(pl.Float64))
    fuels = fuel_choice(tables["core.emission_factor"], choices.profiles).filter(
        pl.col("use").is_in(["all", "manufacturing"]), pl.col("variant") == ""
    )
    gwp = (
        tables["accepted.gwp"]
        .filter((pl.col("gwp_set") == "AR5") & (pl.col("horizon_y") == 100))
        .select("gas", pl.col("value").cast(pl.Float64).alias("gwp"))
    )
    heat = factors.filter(pl.col("kind") == "heat").get_column("factor_id").item()
    weights = (
        tables["accepted.view_weight"]
        .filter(pl.col("profile") == "CN-GHG")
        .select("view", "flow", pl.col("weight").cast(pl.Float64))
        .filter((pl.col("weight") != 0) & (pl.col("view") != "scope1_2_market"))
    )
    shares = (
        tables["core.attribution"]
        .with_columns((pl.col("share_to") - pl.col("share_from")).cast(pl.Float64).alias("share"))
        .select("site_id", "place_id", "basis", "share")
    )
    count, totals = 0, []
    for year in YEARS:
        activity = pl.read_parquet(folder / f"activity_{year}.parquet").with_columns(
            pl.col("quantity").cast(pl.Float64)
        )
        places = activity.select("province_code", "year").unique()
        grid = grid_choice(places, tables["core.emission_factor"], choices.regions, "data_year")
        columns = ["activity_id", "site_id", "flow", "quantity", "factor_id"]
        chosen = pl.concat(
            [
                activity.join(fuels.select("energy_id", "factor_id"), on="energy_id").select(
                    columns
                ),
                activity.filter(pl.col("carrier") == "electricity")
                .join(grid, on=["province_code", "year"])
                .select(columns),
                activity.filter(pl.col("carrier") == "heat")
                .with_columns(pl.lit(heat).alias("factor_id"))
                .select(columns),
            ]
        )
        lines = chosen.join(factors.select("factor_id", "gas", "value"), on="factor_id").join(
            gwp, on="gas"
        )
        count += lines.height
        by_site = (
            lines.with_columns((pl.col("quantity") * pl.col("value") * pl.col("gwp")).alias("t"))
            .group_by("site_id", "flow")
            .agg(pl.col("t").sum())
        )
        totals.append(
            by_site.join(weights, on="flow")
            .join(shares, on="site_id")
            .with_columns((pl.col("t") * pl.col("weight") * pl.col("share")).alias("co2e_t"))
            .group_by("place_id", "basis", "view")
            .agg(pl.col("co2e_t").sum())
            .with_columns(pl.lit(year, pl.Int64).alias("year"))
            .select("place_id", "year", "basis", "view", "co2e_t")
        )
    return count, pl.concat(totals)


if __name__ == "__main__":
    main()
