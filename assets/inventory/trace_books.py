"""What control totals and shares of them rest on: cells of books, capacities of plants."""

from __future__ import annotations

import polars as pl

from assets.inventory.edges import cells_of
from assets.landing.rules.supply import PARK_CARRIERS
from quality.contracts.core import AS_PARK, AS_REST, SHARED_OUT
from warehouse.step import Frames

_CONTROL = {"control_total": "value", "unit": "unit_zh"}
# Lists of plants in the order in which a unit of several is taken from them.
_PLANTS = {
    "coal_unit": ("accepted.coal_unit", pl.col("unit_id")),
    "gem_coal": ("accepted.gem_coal_unit", pl.col("unit_id")),
    "wri_plants": ("accepted.wri_plant", pl.format("WRI:{}", "plant_id")),
}


def control_cells(t: Frames, items: pl.DataFrame, kind: str, item_id: str) -> list[pl.DataFrame]:
    """Edges from items to the cells of control totals on the row that they name.

    With a `source_column` of their own, items rest on that cell of a book only.
    """
    controls = _controls(t)
    on = ["source_row_id", *(["source_column"] if "source_column" in items.columns else [])]
    single = controls.filter(pl.col("source_column").is_null())
    booked = controls.filter(pl.col("source_column").is_not_null())
    cells = booked.select("source_row_id", "source_column").unique()
    return [
        cells_of(
            items.join(single.select("source_row_id"), on="source_row_id", how="semi"),
            kind,
            item_id,
            "control_total",
            _CONTROL,
        ),
        items.join(cells, on=on).select(
            pl.lit(kind).alias("item_kind"),
            pl.col(item_id).alias("item_id"),
            pl.lit("control_total").alias("role"),
            "source_row_id",
            pl.col("source_column").alias("column_zh"),
        ),
    ]


def _controls(t: Frames) -> pl.DataFrame:
    """Control totals of provinces and of cities."""
    provinces = t["core.control_quantity"]
    return pl.concat([provinces, t["core.city_quantity"].select(provinces.columns)])


def book_sources(t: Frames) -> list[pl.DataFrame]:
    """Control totals rest on their cell; a share of one also on the capacity of its plant, and
    the whole split on the capacities of all.
    """
    controls = _controls(t)
    shared = (
        t["core.activity"]
        .filter(pl.col("tier").is_in(SHARED_OUT))
        .select(
            "activity_id",
            pl.col("activity_id").str.extract(r"^(.*)\|[^|]*$", 1).alias("control_id"),
            pl.col("activity_id").str.extract(r"\|([^|]*)$", 1).alias("unit_id"),
        )
        .join(controls.select("control_id", "source_row_id", "source_column"), on="control_id")
    )
    found = [
        *control_cells(t, controls, "control", "control_id"),
        *control_cells(t, shared, "activity", "activity_id"),
    ]
    for role, row in (("census before", "census_from_row"), ("census after", "census_to_row")):
        ratio = {role: "ratio", f"{role}, year": "census_year"}
        rows = controls.filter(pl.col(row).is_not_null()).select(
            "control_id", pl.col(row).alias("source_row_id")
        )
        taken = shared.select("activity_id", "control_id").join(rows, on="control_id")
        found += [
            cells_of(rows, "control", "control_id", "census_revision", ratio),
            cells_of(taken, "activity", "activity_id", "census_revision", ratio),
        ]
    placed = shared.filter(pl.col("unit_id") != "rest").select(
        "activity_id", "control_id", "unit_id"
    )
    for source_id, (table, unit_id) in _PLANTS.items():
        plants = t[table].select(unit_id.alias("unit_id"), "source_row_id")
        rows = placed.join(plants, on="unit_id")
        placed = placed.join(plants, on="unit_id", how="anti")
        found += [
            cells_of(rows, "activity", "activity_id", source_id, {"capacity": "capacity_mw"}),
            cells_of(rows, "split", "control_id", source_id, {"weight": "capacity_mw"}),
        ]
    return [*found, *weight_sources(t)]


def weight_sources(t: Frames) -> list[pl.DataFrame]:
    """What falls to a park by weights rests on its own weight, that of the rest and, where it is
    fitted to one, the total of the park; the whole split on all weights and totals that the
    control total was shared out by, and on the totals and weights of cities that were taken off.
    """
    parts = t["core.downscaled_part"].filter(pl.col("quantity").is_not_null())
    activity = t["core.activity"].select("activity_id")
    rest = pl.col("place_id").str.starts_with(AS_REST)
    own = parts.with_columns(
        pl.format(
            "{}|{}",
            "control_id",
            pl.when(rest).then("place_id").otherwise(pl.format(f"{AS_PARK}{{}}", "place_id")),
        ).alias("activity_id")
    ).join(activity, on="activity_id", how="semi")
    of_rest = own.select("activity_id", "control_id").join(parts.filter(rest), on="control_id")
    claims = t["core.location_claim"].filter(pl.col("evidence_id") == "sector_weight")
    of_cities = _of_cities(t, parts)
    return [
        *control_cells(
            t,
            of_cities.select("control_id", "city_row")
            .unique()
            .rename({"city_row": "source_row_id"}),
            "split",
            "control_id",
        ),
        cells_of(of_cities, "split", "control_id", "sector_weight", {"city weight": "value"}),
        *_park_totals(t, own, "activity", "activity_id"),
        *_park_totals(t, parts, "split", "control_id"),
        cells_of(own, "activity", "activity_id", "sector_weight", _WEIGHT),
        cells_of(
            of_rest,
            "activity",
            "activity_id",
            "sector_weight",
            {"weight of the rest": "value", "unit of the rest": "unit_zh"},
        ),
        cells_of(parts, "split", "control_id", "sector_weight", {"weight": "value"}),
        cells_of(claims, "claim", "claim_id", "sector_weight", {"park": "place_code"}),
    ]


def _of_cities(t: Frames, parts: pl.DataFrame) -> pl.DataFrame:
    """Weights of cities, with `city_row` of their total, by the control total of the province."""
    cell = ["year", "province_code", "block", "book_sector", "book_fuel"]
    within = t["core.city_quantity"].select(
        *cell, pl.col("control_id").alias("city_control"), pl.col("source_row_id").alias("city_row")
    )
    provinces = t["core.control_quantity"].select(*cell, "control_id")
    return (
        parts.drop("year")
        .rename({"control_id": "city_control"})
        .join(within, on="city_control")
        .join(provinces, on=cell)
    )


def _park_totals(t: Frames, parts: pl.DataFrame, kind: str, item_id: str) -> list[pl.DataFrame]:
    """Edges from parts that were fitted to the return of a park to its cell of the fuel."""
    fuel = _controls(t).select("control_id", "energy_id")
    fitted = (
        parts.filter(pl.col("total_row_id").is_not_null())
        .drop("source_row_id")
        .rename({"total_row_id": "source_row_id"})
        .join(fuel, on="control_id")
    )
    return [
        cells_of(
            fitted.filter(pl.col("energy_id") == energy),
            kind,
            item_id,
            "park_annual",
            {"park total": column, "how it was found": "measured_zh"},
        )
        for column, energy in PARK_CARRIERS.items()
    ]


_WEIGHT = {
    "park": "place_code",
    "kind of weight": "kind_zh",
    "weight": "value",
    "weight unit": "unit_zh",
    "firms": "firms_zh",
}


def plant_sources(t: Frames) -> list[pl.DataFrame]:
    """A located plant rests on the capacity, years and point of its row, and the estimate there."""
    plants = t["core.located_plant"].select("unit_id", "source_row_id").unique()
    found = []
    for source_id, (table, roles) in _CELLS_OF_PLANTS.items():
        delivered = t[table]
        for role, column in roles.items():
            said = delivered.filter(pl.col(column).is_not_null()).select("source_row_id")
            rows = plants.join(said, on="source_row_id", how="semi")
            found.append(cells_of(rows, "plant", "unit_id", source_id, {role: column}))
    return found


_POINT = {"longitude": "lon", "latitude": "lat"}
_CELLS_OF_PLANTS = {
    "coal_unit": (
        "accepted.coal_unit",
        {"capacity": "capacity_mw", "start": "start_year", "retired": "retired_year", **_POINT},
    ),
    "gem_coal": (
        "accepted.gem_coal_unit",
        {
            "capacity": "capacity_mw",
            "start": "start_year",
            "retired": "retired_year",
            "tracker_co2": "annual_mtco2",
            "tracker_load": "capacity_factor",
            **_POINT,
        },
    ),
    "wri_plants": (
        "accepted.wri_plant",
        {"capacity": "capacity_mw", "start": "commissioned_text", **_POINT},
    ),
    "gem_steel_capacities": (
        "accepted.gem_steel_capacity",
        {"capacity": "crude_steel_kt_text", "start": "start_text"},
    ),
}
