"""What sites and branches state themselves, and the returns that hold it too."""

from __future__ import annotations

import polars as pl

from assets.energy.bills import billed_sites
from assets.enterprises.identity import identify, resolve
from assets.enterprises.operators import House
from quality.contracts.core import WHOLE_PLACES
from quality.contracts.energy import SiteQuantity
from warehouse.sql import run_sql
from warehouse.step import Frames

_METERED = """
SELECT m.*, e.energy_id, e.canonical_unit, e.carrier, e.book_fuel,
       round(m.consumption * u.value, 6)::DECIMAL(38,6) AS quantity
FROM metered m
JOIN accepted.energy e ON e.energy_zh = m.energy_zh
JOIN accepted.unit u ON u.unit_zh = m.unit_zh AND u.canonical_unit = e.canonical_unit
"""


def site_quantities(t: Frames) -> pl.DataFrame:
    """`core.site_quantity`: meter readings of sites, whole years of bills, returns of branches.

    Reads `accepted.site_energy`, `core.bill_year`, units and energies, `core.entity`,
    `core.enterprise`, `core.site`, `core.site_operator` and `core.canonical_return`. A reading is
    covered by the return, for its year and energy, of the enterprise that operates the site; a
    return of a branch by the one of the nearest legal person above it that has one. Energy of
    a branch is the branch's, and never counted again in the return above it (METHOD 1.2, 1.6).
    """
    returned = {
        (enterprise, year, energy): row
        for row, enterprise, year, energy in t["core.canonical_return"]
        .sort("source_row_id", descending=True)
        .select("source_row_id", "enterprise_id", "year", "energy_id")
        .iter_rows()
    }
    house = House.of(t["core.enterprise"])
    return SiteQuantity.conform(
        pl.concat(
            [
                _covered(t, placed_readings(t), returned, house),
                _covered(t, _billed(t), returned, house),
                _of_branches(t, returned, house),
            ]
        )
    )


_Returned = dict[tuple[str, int, str], str]


def placed_readings(t: Frames) -> pl.DataFrame:
    """Rows of `accepted.site_energy` with the site, enterprise and owner of the meter, in
    canonical units; kind `metered`.
    """
    entities, sites = t["core.entity"], t["core.site"].filter(~pl.col("kind").is_in(WHOLE_PLACES))
    rows = resolve(identify(t["accepted.site_energy"], "permit_no"), entities)
    owners = resolve(
        identify(
            rows.select(
                "source_row_id",
                pl.col("meter_owner_uscc_text").alias("uscc_text"),
                pl.coalesce("meter_owner_zh", "meter_owner_uscc_text").alias("name_zh"),
            ).filter(pl.col("name_zh").is_not_null())
        ),
        entities,
    ).select("source_row_id", pl.col("enterprise_id").alias("meter_owner_id"))
    # Without the number of a permit a reading is of the only site, or of one nobody knows.
    alone = sites.filter(
        (pl.col("kind") != "return_only"),
        (pl.col("kind") != "return_only").sum().over("enterprise_id") == 1,
    ).select("enterprise_id", pl.col("site_id").alias("only_site"))
    placed = (
        rows.join(
            sites.select(
                pl.col("site_id").alias("permit_no"), pl.col("site_id").alias("named_site")
            ),
            on="permit_no",
            how="left",
        )
        .join(alone, on="enterprise_id", how="left")
        .join(owners, on="source_row_id", how="left")
        .with_columns(
            pl.coalesce("named_site", "only_site", pl.format("R:{}", "enterprise_id")).alias(
                "site_id"
            ),
            pl.when(pl.col("meter_owner_id") != pl.col("enterprise_id"))
            .then("meter_owner_id")
            .alias("meter_owner_id"),
            pl.lit("metered").alias("kind"),
            pl.lit(None, pl.String).alias("conversion_confidence"),
        )
    )
    return run_sql(
        _METERED,
        {
            "metered": placed,
            "accepted.energy": t["accepted.energy"],
            "accepted.unit": t["accepted.unit"],
        },
    )


def _billed(t: Frames) -> pl.DataFrame:
    """Whole years of bills as quantities of sites; kind `billed`."""
    fuels = t["accepted.energy"].select("energy_id", "carrier", "book_fuel").unique("energy_id")
    return (
        billed_sites(t["core.bill_year"])
        .join(fuels, on="energy_id")
        .with_columns(
            pl.lit("billed").alias("kind"), pl.lit(None, pl.String).alias("meter_owner_id")
        )
    )


def _covered(
    t: Frames, quantities: pl.DataFrame, returned: _Returned, house: House
) -> pl.DataFrame:
    """Quantities of sites with the return, of whoever operates the site, that holds each too."""
    years = quantities.get_column("year").unique().sort().to_list()
    operators: dict[tuple[str, int], list[str]] = {}
    for site, enterprise, first, last in (
        t["core.site_operator"]
        .sort(pl.col("relation") != "own", "valid_from", "enterprise_id")
        .select("site_id", "enterprise_id", "valid_from", "valid_to")
        .iter_rows()
    ):
        for year in years:
            if first.year <= year <= last.year:
                operators.setdefault((site, year), []).append(enterprise)
    covered = [
        next(
            (
                row
                for enterprise in (own, *operators.get((site, year), ()), *house.above(own))
                if (row := returned.get((enterprise, year, energy))) is not None
            ),
            None,
        )
        for own, site, year, energy in quantities.select(
            "enterprise_id", "site_id", "year", "energy_id"
        ).iter_rows()
    ]
    return _columns(quantities.with_columns(pl.Series("covered_by", covered, dtype=pl.String)))


def _of_branches(t: Frames, returned: _Returned, house: House) -> pl.DataFrame:
    rows = t["core.canonical_return"].filter(pl.col("carrier") != "product")
    covered = [
        next(
            (
                row
                for above in house.above(enterprise)
                if above != enterprise and (row := returned.get((above, year, energy))) is not None
            ),
            None,
        )
        for enterprise, year, energy in rows.select(
            "enterprise_id", "year", "energy_id"
        ).iter_rows()
    ]
    return _columns(
        rows.with_columns(
            pl.Series("covered_by", covered, dtype=pl.String),
            pl.lit("branch_return").alias("kind"),
            pl.lit(None, pl.String).alias("site_id"),
            pl.lit(None, pl.String).alias("meter_owner_id"),
            pl.lit(None, pl.String).alias("conversion_confidence"),
        ).filter(pl.col("covered_by").is_not_null())
    )


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(c.name).cast(c.polars_type) for c in SiteQuantity.declared_columns())
