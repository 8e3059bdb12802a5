"""Trackers of plants: what is no number stays the text that it is."""

from __future__ import annotations

import polars as pl

from tests.landing.real.delivered import accepted

STEEL = "c_gem_steel/*.xlsx"


def test_coal_units_of_the_world_and_of_china() -> None:
    frame = accepted("gem_coal", "c_gem_coal/*.xlsx").frame
    china = frame.filter(pl.col("country") == "China")
    assert (frame.height, china.height) == (13_785, 5_981)
    assert china.filter(pl.col("province") == "Ningxia").height == 124
    assert china.get_column("captive_industry").is_not_null().any()
    assert set(frame.get_column("location_accuracy")) == {"exact", "approximate"}


def test_steel_plants_keep_both_addresses() -> None:
    frame = accepted("gem_steel", STEEL).frame
    china = frame.filter(pl.col("country") == "China")
    assert (frame.height, china.height) == (1_209, 404)
    assert china.get_column("plant_name_local").null_count() == 0
    assert china.get_column("address_local").null_count() == 0
    sinter = frame.get_column("sinter_kt_text")
    assert [(sinter == text).sum() for text in ("unknown", "N/A", ">0")] == [494, 484, 50]


def test_steel_capacities_belong_to_plants() -> None:
    plants = accepted("gem_steel", STEEL).frame
    capacities = accepted("gem_steel_capacities", STEEL).frame
    assert capacities.height == 1_744
    assert capacities.join(plants, on="plant_id", how="anti").is_empty()
    crude = capacities.get_column("crude_steel_kt_text")
    assert [(crude == text).sum() for text in ("N/A", ">0")] == [227, 11]


def test_steel_production_by_year() -> None:
    frame = accepted("gem_steel_production", STEEL).frame
    assert frame.get_column("year").unique().sort().to_list() == list(range(2019, 2025))
    numbers = frame.get_column("production_kt_text").str.contains(r"^\d")
    assert numbers.sum() == 694 + 808 + 727 + 756 + 742 + 22


def test_plants_whose_id_stands_on_several_are_kept() -> None:
    frame = accepted("wri_plants", "c_wri_gppd/China.csv").frame
    assert frame.height == 3_137
    assert frame.get_column("plant_id").n_unique() == 3_124
    missing = [frame.get_column(name).null_count() for name in ("owner_name", "lat", "capacity_mw")]
    assert missing == [2_036, 11, 30]
    assert set(frame.get_column("data_year").drop_nulls().cast(pl.Int64)) == {2018}
