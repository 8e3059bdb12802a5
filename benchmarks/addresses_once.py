"""One implementation of the address benchmark in this process.

    python -m benchmarks.addresses_once IMPLEMENTATION FOLDER ONE_IN

Reads `addresses.parquet` of the folder (`row, address_zh`, and `year` where they differ), takes one
row in so many, writes the answers beside it once the clock has stopped, and prints seconds, rows
and peak memory.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from assets.enterprises.addresses import Parser, division_units, zone_patterns
from assets.landing.ingest import REFERENCE_DIRECTORY

YEAR = 2015
OURS, OTHER_WAY = "parkledger", "parkledger other way"
Work = Callable[[], pl.DataFrame]


@cache
def divisions() -> pl.DataFrame:
    """The divisions of all years, from the product's own tables."""
    listed, changes = (
        pl.read_csv(REFERENCE_DIRECTORY / f"{name}.csv", infer_schema_length=0)
        for name in ("division_unit", "division_change")
    )
    years = ("first_year", "last_year")
    return division_units(
        listed.with_columns(pl.col(years).cast(pl.Int64)),
        changes.rename({"from_name": "from_name_zh", "to_name": "to_name_zh"}).with_columns(
            pl.col("year").cast(pl.Int64)
        ),
    )


def _zones() -> pl.DataFrame:
    """Names of the parks of the catalogue; their points are left out."""
    catalogue, provinces = (
        pl.read_csv(REFERENCE_DIRECTORY / f"{name}.csv", infer_schema_length=0)
        for name in ("park_catalogue_2018", "province")
    )
    codes = provinces.select(pl.col("name_zh").alias("province_zh"), province_code="code")
    parks = catalogue.join(codes, on="province_zh").select(
        pl.col("catalogue_code").alias("park_id"),
        "name_zh",
        "province_code",
        pl.lit(None, pl.String).alias("division_code"),
    )
    return zone_patterns(parks)


def parkledger(rows: pl.DataFrame) -> Work:
    units, zones = divisions(), _zones()
    asked = rows.with_columns(pl.lit(None, pl.String).alias("context_code"))
    parser = Parser(units, zones)
    parser.parse(asked.head(1))
    return lambda: pl.concat([rows.select("row"), parser.parse(asked)], how="horizontal")


def cpca(rows: pl.DataFrame) -> Work:
    # cpca 0.5.5 reads its list through pkg_resources, which setuptools no longer has.
    stand_in: Any = ModuleType("pkg_resources")
    stand_in.resource_stream = lambda package, name: (resources.files(package) / name).open("rb")
    sys.modules["pkg_resources"] = stand_in
    transform = import_module("cpca").transform
    texts = rows["address_zh"].to_list()

    def work() -> pl.DataFrame:
        codes = transform(texts)["adcode"].tolist()
        return rows.select("row", pl.Series("division_code", codes, dtype=pl.String))

    return work


def cnloc(rows: pl.DataFrame) -> Work:
    package, pandas = import_module("cnloc"), import_module("pandas")
    texts = pandas.Series(rows["address_zh"].to_list())
    years = pandas.Series(rows["year"].to_list())
    # Builds the automaton of each year.
    package.getlocation(["上海市"] * rows["year"].n_unique(), year=rows["year"].unique().to_list())
    levels = ["county_adcode", "city_adcode", "province_adcode"]

    def work() -> pl.DataFrame:
        found = package.getlocation(texts, year=years)
        codes = pl.DataFrame({level: found[level].tolist() for level in levels}, strict=False)
        return rows.select(
            "row", codes.select(pl.coalesce(levels).alias("division_code")).to_series()
        )

    return work


def _other_way(rows: pl.DataFrame) -> Work:
    return parkledger(rows.sample(fraction=1.0, shuffle=True, seed=7))


IMPLEMENTATIONS: dict[str, Callable[[pl.DataFrame], Work]] = {
    OURS: parkledger,
    "cpca": cpca,
    "cnloc": cnloc,
}


def _peak_mb() -> float:
    """Peak of this process; what `getrusage` says includes the one that started it."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    name, folder, one_in = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    rows = pl.read_parquet(folder / "addresses.parquet").gather_every(one_in)
    if "year" not in rows.columns:
        rows = rows.with_columns(pl.lit(YEAR, pl.Int64).alias("year"))
    work = (IMPLEMENTATIONS | {OTHER_WAY: _other_way})[name](rows)
    started = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - started
    peak_mb = _peak_mb()
    found.write_parquet(folder / f"{name}.parquet")
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb, "rows": found.height}))


if __name__ == "__main__":
    main()
