"""What downscaled quantities of chemical sectors may hold that was no use as energy."""

from __future__ import annotations

import polars as pl

from assets.inventory.ceads.names import CHEMICALS
from quality.contracts.weights import DownscaledPart

_FUEL = ["year", "province_code", "book_fuel"]


def non_energy_shares(control: pl.DataFrame) -> pl.DataFrame:
    """`year, province_code, book_fuel, non_energy_pct` of `core.control_quantity`.

    Non-energy use of a fuel in the book of the province, in per cent of what its chemical sectors
    consume of it; above 100 where it exceeds them. The book does not say which sectors it is of:
    these are the five that CEADs deducts it from (docs/ceads.md).
    """
    fuels = control.filter(pl.col("carrier") == "fuel")
    consumed = fuels.filter(
        (pl.col("block") == "final") & pl.col("book_sector").is_in(list(CHEMICALS))
    )
    sums = (
        rows.group_by(_FUEL).agg(pl.col("quantity").sum().cast(pl.Float64).alias(name))
        for rows, name in (
            (fuels.filter(pl.col("block") == "non_energy"), "not_energy"),
            (consumed, "consumed"),
        )
    )
    not_energy, of_sectors = sums
    share = 100 * pl.col("not_energy") / pl.col("consumed")
    return not_energy.join(of_sectors.filter(pl.col("consumed") > 0), on=_FUEL).select(
        *_FUEL, share.round(3).cast(pl.Decimal(38, 6)).alias("non_energy_pct")
    )


def with_non_energy(
    parts: pl.DataFrame, control: pl.DataFrame, cities: pl.DataFrame
) -> pl.DataFrame:
    """`core.downscaled_part` with a mark on what may hold non-energy use.

    `control` is `core.control_quantity`, `cities` `core.city_quantity`. Nothing is deducted: nobody
    knows whose the non-energy use is, and the rest of the province has it all (METHOD 4.3). Parts
    of the chemical sectors are too high by what of it is theirs; `non_energy_pct` and the text of
    the method say how much is at stake. Parts of other sectors and fuels stay as they are.
    """
    cells = pl.concat([control, cities.select(control.columns)]).select(
        "control_id", "province_code", "block", "book_sector", "book_fuel"
    )
    chemical = (pl.col("block") == "final") & pl.col("book_sector").is_in(list(CHEMICALS))
    found = (
        parts.drop("non_energy_pct")
        .join(cells.filter(chemical), on="control_id", how="left")
        .join(non_energy_shares(control), on=_FUEL, how="left")
    )
    share = pl.when(pl.col("quantity") > 0).then("non_energy_pct")
    told = pl.format("{}；{}", "method_zh", pl.format(_TOLD, share.cast(pl.Float64).round(1)))
    return DownscaledPart.conform(
        found.with_columns(
            share.alias("non_energy_pct"),
            pl.when(share.is_not_null()).then(told).otherwise("method_zh").alias("method_zh"),
        )
    )


_TOLD = "未扣除可能含有的非能源用途，全省该能源的非能源用途为化工五行业终端消费的 {} %"
