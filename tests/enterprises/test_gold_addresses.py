"""The parser against addresses that were labelled by reading before it was tuned."""

from __future__ import annotations

import polars as pl

from assets.enterprises.addresses import division_units, parse_addresses, zone_patterns
from quality.contracts.core import Park
from tests.enterprises.gold.truth import addresses
from tests.frames import facts, frame


def parks() -> pl.DataFrame:
    rows = facts("park_catalogue_2018").select(
        pl.col("catalogue_code").alias("park_id"), "catalogue_code", "name_zh"
    )
    return frame(Park, *rows.unique("park_id", maintain_order=True).to_dicts()).with_columns(
        pl.concat_str(pl.col("park_id").str.slice(1, 2), pl.lit("0000")).alias("province_code")
    )


def test_at_least_97_in_100_are_read_right() -> None:
    labelled = addresses()
    assert labelled.height >= 300
    units = division_units(facts("division_unit"), facts("division_change"))
    found = parse_addresses(
        labelled.select("address_zh", "year", "context_code"), units, zone_patterns(parks())
    )
    got = found.get_column("division_code")
    right = labelled.select(
        got.eq_missing(pl.col("division_code"))
        | (got.eq_missing(pl.col("also_code")) & pl.col("also_code").is_not_null())
    ).to_series()
    wrong = labelled.with_columns(got.alias("got")).filter(~right)
    assert right.mean() >= 0.97, wrong.select("id", "division_code", "got").rows()
    # Every division of a result is one.
    codes = set(facts("division_unit")["division_code"])
    assert set(got.drop_nulls()) <= codes
    named = found.get_column("zone_zh").is_not_null() == labelled["zone_zh"].is_not_null()
    assert named.mean() >= 0.97
