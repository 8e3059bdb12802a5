"""Energy of an enterprise to its sites (METHOD 1.6): own data, offices, the remainder."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from assets.energy.split import split_exact
from quality.contracts.energy import Allocation

# Own data of sites may exceed a return by this share; beyond it is an error (METHOD 1.6).
_EXCESS = Decimal("0.02")
_EXACT = pl.Decimal(38, 6)
# What staff of an office use: 0.8 tce a person and year, 当量值 (METHOD 1.6, project rule). The
# method gives no split between carriers; all of it is taken as electricity, 0.1229 kgce a kWh.
OFFICE_KWH = Decimal("6509.357201")
# What a remainder is shared by, in the order of METHOD 1.6; each needs a figure of every site,
# and capacity and output one unit and product.
_WEIGHTS = (
    ("capacity", "capacity_mw", ()),
    ("capacity", "capacity", ("capacity_unit_zh", "product_zh")),
    ("output", "output", ("capacity_unit_zh", "product_zh")),
    ("employees", "employees", ()),
    ("floor_area", "floor_area_m2", ()),
)
# 95 % half-width added to an allocated quantity, in percent (METHOD 1.6).
ALLOCATION_U95 = {"capacity": 20, "output": 20, "employees": 20, "floor_area": 40, "equal": 40}
SHARED_ZH = {
    "single": "单一场所，直接采用",
    "capacity": "按生产能力分配到各场所",
    "output": "按产量分配到各场所",
    "employees": "按从业人员分配到各场所",
    "floor_area": "按建筑面积分配到各场所",
    "equal": "按场所数均分",
}


def allocate(
    returns: pl.DataFrame, operated: pl.DataFrame, own: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Share returns out among the sites that they cover; METHOD 1.6, worked case G15.

    `returns`: `source_row_id, enterprise_id, year, energy_id, carrier, quantity`. `operated`:
    `enterprise_id, site_id, site_enterprise_id, kind, place_use, days_from, days_to` and the
    figures of the sites. `own`: rows of `core.site_quantity` with `covered_by`.

    Returns the parts, `source_row_id, site_id, quantity, shared_by, sites`, and
    `core.allocation`. Own data stay as stated and are no part. What is left goes to offices by
    staff (electricity only), then to production sites open in the year, by days and by the
    first weight that all of them have. For each return: total + excess = own data + parts. A
    return that its sites exceed by more than 2 % has status `exceeds`; nothing is scaled.
    """
    stated = (
        own.filter(pl.col("covered_by").is_not_null())
        .group_by("covered_by")
        .agg(pl.col("quantity").sum().alias("own_data"))
    )
    rest = (
        returns.join(stated, left_on="source_row_id", right_on="covered_by", how="left")
        .with_columns(pl.col("own_data").fill_null(0).cast(_EXACT))
        .with_columns((pl.col("quantity") - pl.col("own_data")).cast(_EXACT).alias("left"))
    )
    takers = _takers(rest, operated, own)
    offices = _offices(rest, takers)
    office_sum = offices.group_by("source_row_id").agg(pl.col("quantity").sum().alias("offices"))
    remaining = (
        rest.join(office_sum, on="source_row_id", how="left")
        .with_columns(pl.col("offices").fill_null(0).cast(_EXACT))
        .with_columns(
            pl.max_horizontal("left", pl.lit(0).cast(_EXACT))
            .sub(pl.col("offices"))
            .cast(_EXACT)
            .alias("remainder")
        )
    )
    shared = _shared(remaining, takers)
    return (
        pl.concat([offices, shared.select(offices.columns)]),
        _told(remaining, shared),
    )


def _takers(rest: pl.DataFrame, operated: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Sites that may take of what is left of a return, with their days in its year.

    Not those that stated this energy themselves, nor those of a branch that returned it; a
    site without a place only where there is no other.
    """
    covered = own.filter(pl.col("covered_by").is_not_null())
    metered = covered.filter(pl.col("site_id").is_not_null()).select(
        pl.col("covered_by").alias("source_row_id"), "site_id"
    )
    branches = covered.filter(pl.col("site_id").is_null()).select(
        pl.col("covered_by").alias("source_row_id"),
        pl.col("enterprise_id").alias("site_enterprise_id"),
    )
    first, last = pl.date(pl.col("year"), 1, 1), pl.date(pl.col("year"), 12, 31)
    days = (
        pl.min_horizontal(pl.col("valid_to"), last) - pl.max_horizontal(pl.col("valid_from"), first)
    ).dt.total_days() + 1
    open_sites = (
        rest.filter(pl.col("left") > 0)
        .select("source_row_id", "enterprise_id", "year", "energy_id")
        .join(operated, on="enterprise_id")
        .with_columns(days.alias("days"))
        .filter(pl.col("days") > 0)
        # A site may change hands within a year: its days add up.
        .group_by("source_row_id", "site_id", maintain_order=True)
        .agg(pl.col("days").sum(), pl.exclude("days").first())
        .join(metered, on=["source_row_id", "site_id"], how="anti")
        .join(branches, on=["source_row_id", "site_enterprise_id"], how="anti")
    )
    placed = (pl.col("kind") != "return_only") & (pl.col("place_use") == "production")
    office = (pl.col("place_use") == "office") & (pl.col("energy_id") == "electricity")
    no_place = ~placed.any().over("source_row_id")
    return open_sites.filter(
        placed | office | ((pl.col("kind") == "return_only") & no_place)
    ).with_columns(office.alias("office"))


def _offices(rest: pl.DataFrame, takers: pl.DataFrame) -> pl.DataFrame:
    """Electricity of offices by staff: the default, or by staff what there is if that is less."""
    staffed = (
        takers.filter(pl.col("office") & (pl.col("employees").fill_null(0) > 0))
        .join(rest.select("source_row_id", "left"), on="source_row_id")
        .with_columns(
            (pl.col("employees").cast(_EXACT) * pl.lit(OFFICE_KWH, _EXACT))
            .cast(_EXACT)
            .alias("weight")
        )
    )
    sized = staffed.with_columns(
        pl.min_horizontal("left", pl.col("weight").sum().over("source_row_id")).alias("total")
    )
    parts = split_exact(
        sized.select(
            pl.col("source_row_id").alias("split_id"),
            pl.col("site_id").alias("member"),
            "total",
            "weight",
        )
    )
    return parts.select(
        pl.col("split_id").alias("source_row_id"),
        pl.col("member").alias("site_id"),
        "quantity",
        pl.lit("employees").alias("shared_by"),
        pl.lit(2, pl.Int64).alias("sites"),
    )


def _shared(remaining: pl.DataFrame, takers: pl.DataFrame) -> pl.DataFrame:
    """The remainder of each return by days and the first weight that all its sites have."""
    sites = (
        takers.filter(~pl.col("office"))
        .join(
            remaining.filter(pl.col("remainder") > 0).select("source_row_id", "remainder"),
            on="source_row_id",
        )
        .with_columns(pl.len().over("source_row_id").cast(pl.Int64).alias("sites"))
    )
    usable = []
    for _, figure, alike in _WEIGHTS:
        # A weight of nothing everywhere shares nothing out.
        given = pl.col(figure).is_not_null().all() & (pl.col(figure).sum() > 0)
        for same in alike:
            given = given & (pl.col(same).n_unique() == 1)
        usable.append(given.over("source_row_id"))
    # The first that applies wins, so the last is asked first.
    chosen: pl.Expr = pl.lit("equal")
    weight: pl.Expr = pl.lit(1).cast(_EXACT)
    for (rule, figure, _), given in reversed(list(zip(_WEIGHTS, usable, strict=True))):
        chosen = pl.when(given).then(pl.lit(rule)).otherwise(chosen)
        weight = pl.when(given).then(pl.col(figure).cast(_EXACT)).otherwise(weight)
    alone = pl.col("sites") == 1
    weighted = sites.with_columns(
        pl.when(alone).then(pl.lit("single")).otherwise(chosen).alias("shared_by"),
        (
            pl.when(alone).then(pl.lit(1).cast(_EXACT)).otherwise(weight)
            * pl.col("days").cast(_EXACT)
        )
        .cast(_EXACT)
        .alias("weight"),
    )
    parts = split_exact(
        weighted.select(
            pl.col("source_row_id").alias("split_id"),
            pl.col("site_id").alias("member"),
            pl.col("remainder").alias("total"),
            "weight",
        )
    )
    return weighted.select("source_row_id", "site_id", "shared_by", "sites").join(
        parts.rename({"split_id": "source_row_id", "member": "site_id"}),
        on=["source_row_id", "site_id"],
    )


def _told(remaining: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """`core.allocation`. Raises ValueError for a remainder that has no site to go to."""
    by = shared.unique("source_row_id", keep="first").select("source_row_id", "shared_by", "sites")
    lost = remaining.filter(pl.col("remainder") > 0).join(by, on="source_row_id", how="anti")
    if lost.height:
        row = lost.row(0, named=True)
        raise ValueError(
            f"{row['source_row_id']}: {row['remainder']} of {row['quantity']} {row['energy_id']} "
            "has no site to go to; expected a site of the enterprise open in the year"
        )
    over = pl.max_horizontal((-pl.col("left")).cast(_EXACT), pl.lit(0).cast(_EXACT))
    return Allocation.conform(
        remaining.join(by, on="source_row_id", how="left")
        .with_columns(over.alias("excess"), pl.col("quantity").alias("total"))
        .with_columns(
            pl.col("shared_by").fill_null("none"),
            pl.col("sites").fill_null(0),
            pl.when(pl.col("excess") == 0)
            .then(pl.lit("ok"))
            .when(pl.col("excess") <= pl.col("total") * pl.lit(_EXCESS, _EXACT))
            .then(pl.lit("within_2pct"))
            .otherwise(pl.lit("exceeds"))
            .alias("status"),
        )
    )
