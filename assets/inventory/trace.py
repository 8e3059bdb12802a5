"""What each item of the release rests on: edges from items to delivered cells.

A published number is a sum over items (lines, activity, controls); a line rests on its
activity and its factor, an attribution on claims and a boundary. Here each of those is
tied to the cells it was read from.
"""

from __future__ import annotations

import polars as pl

from assets.inventory.ceads.trace import item_sources as ceads_sources
from assets.inventory.edges import cells_of
from assets.inventory.equal_value import coefficient_sources as equal_value_sources
from assets.inventory.exchange import exchange_sources
from assets.inventory.trace_bills import bill_sources
from assets.inventory.trace_books import book_sources, plant_sources
from assets.inventory.trace_registers import claim_sources, own_sources, record_sources
from assets.inventory.trace_returns import return_sources
from quality.contracts.audit import ItemSource
from quality.contracts.core import SHARED_OUT
from quality.contracts.profiles import EXCHANGED_FLOWS
from warehouse.step import Frames


def item_sources(
    t: Frames, factor_sources: pl.DataFrame, coefficient_sources: pl.DataFrame
) -> pl.DataFrame:
    """`audit.item_source`: one row an item and a cell it rests on."""
    parts = [
        _activity(t),
        *book_sources(t),
        *plant_sources(t),
        *claim_sources(t),
        *record_sources(t),
        *own_sources(t),
        *exchange_sources(t),
        *return_sources(t),
        *bill_sources(t),
        ceads_sources(t["core.ceads_part"], t["core.ceads_cell"], t["core.implied_factor"]),
        *_boundaries(t),
        _from_factors(factor_sources, "factor"),
        _from_factors(coefficient_sources, "coefficient"),
        equal_value_sources(t["core.electricity_coefficient"]),
        cells_of(
            t["accepted.gwp"].with_columns(pl.format("{}|{}", "gas", "gwp_set").alias("id")),
            "gwp",
            "id",
            "gwp",
            {"value": "value"},
        ),
        cells_of(
            t["accepted.view_weight"].with_columns(
                pl.format("{}|{}|{}", "profile", "view", "flow").alias("id")
            ),
            "view_weight",
            "id",
            "view_weight",
            {"weight": "weight"},
        ),
        cells_of(
            t["accepted.location_evidence"],
            "evidence",
            "evidence_id",
            "location_evidence",
            {"weight": "value"},
        ),
    ]
    return ItemSource.conform(pl.concat(parts).unique())


def _boundaries(t: Frames) -> list[pl.DataFrame]:
    """A version rests on the polygons of its zones, a disc on the row of the catalogue."""
    claims = (
        t["core.boundary"]
        .select("boundary_id", pl.col("claim_ids").str.split(";").alias("claim_id"))
        .explode("claim_id")
        .join(t["core.boundary_claim"], on="claim_id")
    )
    delivered = claims.filter(pl.col("origin") == "delivered")
    derived = claims.filter(pl.col("origin") == "derived")
    return [
        cells_of(delivered, "boundary", "boundary_id", "park_boundary", _BOUNDARY),
        cells_of(derived, "boundary", "boundary_id", "park_catalogue_2018", _DISC),
    ]


_BOUNDARY = {"park": "catalogue_code", "class": "boundary_class", "polygon": "geometry_wkb"}
_DISC = {"area": "approved_ha", "longitude": "lon_gcj02", "latitude": "lat_gcj02"}


def _activity(t: Frames) -> pl.DataFrame:
    returned = t["core.canonical_return"].select(
        "source_row_id", "carrier", "enterprise_id", "year"
    )
    measured = (
        t["core.activity"]
        .filter(~pl.col("tier").is_in(SHARED_OUT))
        .join(returned.select("source_row_id"), on="source_row_id", how="semi")
    )
    energy = measured.filter(pl.col("carrier") != "product")
    burnt = energy.filter(pl.col("carrier") == "fuel")
    bought = energy.filter((pl.col("carrier") != "fuel") & ~pl.col("flow").is_in(EXCHANGED_FLOWS))
    products = measured.filter(pl.col("carrier") == "product")
    shared = {"enterprise": "uscc_text", "year": "year", "unit": "unit_zh"}
    source = "return_205_1"
    # Fuel split by deliveries rests on the power and heat rows of the same enterprise too.
    generation = t["core.canonical_return"].filter(
        pl.col("energy_id").is_in(["electricity", "heat"]) & (pl.col("own_quantity") > 0)
    )
    split = (
        burnt.filter(pl.col("block") == "transformation")
        .select("activity_id", "enterprise_id", "year")
        .join(
            generation.select("enterprise_id", "year", "source_row_id"),
            on=["enterprise_id", "year"],
        )
    )
    return pl.concat(
        [
            cells_of(
                burnt, "activity", "activity_id", source, {**shared, "quantity": "consumption"}
            ),
            cells_of(burnt, "activity", "activity_id", source, {"raw_material": "raw_material"}),
            cells_of(
                bought, "activity", "activity_id", source, {**shared, "quantity": "purchased"}
            ),
            cells_of(
                split, "activity", "activity_id", source, {"own": "own_production", "sold": "sold"}
            ),
            cells_of(
                products,
                "activity",
                "activity_id",
                "output_return",
                {**shared, "quantity": "output"},
            ),
        ]
    )


# The delivered column that holds the value of each role of a factor.
_FACTOR_COLUMN = "value"


def _from_factors(sources: pl.DataFrame, kind: str) -> pl.DataFrame:
    return sources.select(
        pl.lit(kind).alias("item_kind"),
        "item_id",
        "role",
        "source_row_id",
        pl.lit(_FACTOR_COLUMN).alias("column_zh"),
    )
