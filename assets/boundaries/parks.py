"""Parks of the catalogue, and the geocoder's point of each as a claim with its doubts."""

from __future__ import annotations

import numpy as np
import polars as pl

from assets.boundaries.crs import gcj02_to_cgcs2000
from assets.boundaries.divisions import counties, distance_outside_km, provinces
from quality.contracts.core import Park, ParkPointClaim


class ParkError(ValueError):
    """What boundaries say of parks cannot be true at once."""


# Standard deviation taken for a geocoder's point by what its address names (project rule):
# a place name resolves to a point of interest, a county or city to its seat.
PRECISION_M = {"site": 500.0, "town": 2000.0, "county": 8000.0, "city": 20000.0}


def with_park_ids(catalogue: pl.DataFrame) -> pl.DataFrame:
    """Add `park_id`: the catalogue code; further zones on one code get `-2`, `-3` by name."""
    place = pl.col("name_zh").rank("ordinal").over("catalogue_code")
    return catalogue.with_columns(
        pl.when(place == 1)
        .then(pl.col("catalogue_code"))
        .otherwise(pl.format("{}-{}", pl.col("catalogue_code"), place))
        .alias("park_id")
    )


# A prefecture after its province and nothing behind it; names such as 杭州市 hold a 州.
_CITY = r"^([^市州盟地区]*(市|自治州|盟|地区|州)?|[^市州盟地区]{1,2}州市)$"


def precision_class(address: pl.Expr, name: pl.Expr) -> pl.Expr:
    """What the geocoder's address names: the site, a town, only a county, or only a city."""
    rest = address.str.replace(r"^.{2,8}?(省|自治区)", "")
    return (
        pl.when(address.is_null() | rest.str.contains(_CITY))
        .then(pl.lit("city"))
        .when(
            rest.str.contains(r"(县|区|市|旗)$")
            & ~rest.str.contains(
                r"(园区|开发区|新区|保税区|试验区|示范区|实验区|合作区|工业区|产业区|集聚区|集中区|高新区|经开区|度假区|出口加工区)$"
            )
        )
        .then(pl.lit("county"))
        .when(rest.str.contains(r"(镇|乡|村|街道|苏木)$"))
        .then(pl.lit("town"))
        .otherwise(pl.lit("site"))
    )


def point_claims(catalogue: pl.DataFrame) -> pl.DataFrame:
    """`core.park_point_claim` from `accepted.park_catalogue`; one row a park.

    A point is usable for a nominal boundary where it lies in the declared province and
    its address names more than a county. Nothing is moved or repaired.
    """
    parks = with_park_ids(catalogue)
    lon, lat = gcj02_to_cgcs2000(
        parks["lon_gcj02"].cast(pl.Float64).to_numpy(),
        parks["lat_gcj02"].cast(pl.Float64).to_numpy(),
    )
    code_of = dict(zip(provinces().names, provinces().codes, strict=True))
    outside = [
        distance_outside_km(code_of[province], x, y) if np.isfinite(x) else None
        for province, x, y in zip(parks["province_zh"], lon, lat, strict=True)
    ]
    claims = parks.with_columns(
        pl.Series("lon", np.round(lon, 7)).fill_nan(None),
        pl.Series("lat", np.round(lat, 7)).fill_nan(None),
        pl.Series("outside_by_km", outside, dtype=pl.Float64).round(3),
        pl.lit("GCJ-02").alias("crs_source"),
        precision_class(pl.col("geocoder_address_zh"), pl.col("name_zh")).alias("precision_class"),
        pl.len().over("lon_gcj02", "lat_gcj02").cast(pl.Int64).alias("parks_on_point"),
        pl.len().over("catalogue_code").cast(pl.Int64).alias("parks_on_code"),
    ).with_columns(
        pl.col("precision_class").replace_strict(PRECISION_M).alias("precision_m"),
        (pl.col("outside_by_km") > 0).fill_null(True).alias("outside_province"),
    )
    doubts = pl.concat_str(
        [
            pl.when("outside_province").then(
                pl.format("点位在{}界外 {} 公里", "province_zh", "outside_by_km")
            ),
            pl.when(pl.col("parks_on_point") > 1).then(
                pl.format("{} 个园区共用此点", "parks_on_point")
            ),
            pl.when(pl.col("parks_on_code") > 1).then(
                pl.format("{} 个园区共用代码", "parks_on_code")
            ),
            pl.when(pl.col("precision_class").is_in(["county", "city"])).then(
                pl.format(
                    "地址只到{}级",
                    pl.col("precision_class").replace({"county": "县", "city": "市"}),
                )
            ),
        ],
        separator="；",
        ignore_nulls=True,
    )
    return ParkPointClaim.conform(
        claims.with_columns(
            pl.when(doubts != "").then(doubts).alias("doubt_zh"),
            (
                ~pl.col("outside_province")
                & (pl.col("parks_on_point") == 1)
                & pl.col("precision_class").is_in(["site", "town"])
            ).alias("usable"),
        )
    )


def parks(catalogue: pl.DataFrame, claims: pl.DataFrame, shapes: pl.DataFrame) -> pl.DataFrame:
    """`core.park` from the catalogue, its point claims and delivered boundaries; one row a park.

    A park lies in the park whose code its boundaries name (园中园), the latest of them counting;
    such a park does not count in totals (METHOD 1.1, B4). Raises ParkError for a cycle.
    """
    code_of = dict(zip(provinces().names, provinces().codes, strict=True))
    placed = with_park_ids(catalogue).join(
        claims.select("park_id", "lon", "lat", "outside_province"), on="park_id"
    )
    division = counties().containing(placed["lon"].to_numpy(), placed["lat"].to_numpy())
    above = _parents(placed, shapes)
    return Park.conform(
        placed.with_columns(
            pl.col("province_zh").replace_strict(code_of).alias("province_code"),
            pl.Series("division", division, dtype=pl.String),
            pl.when(pl.col("catalogue_code").str.starts_with("G"))
            .then(pl.lit("national"))
            .otherwise(pl.lit("provincial"))
            .alias("level"),
            pl.col("park_id")
            .replace_strict(above, default=None, return_dtype=pl.String)
            .alias("parent_park_id"),
            pl.Series("depth", [_depth(park, above) for park in placed["park_id"]], dtype=pl.Int64),
        ).with_columns(
            pl.col("parent_park_id").is_null().alias("counts_in_total"),
            pl.when(~pl.col("outside_province")).then(pl.col("division")).alias("division_code"),
        )
    )


def _parents(parks: pl.DataFrame, shapes: pl.DataFrame) -> dict[str, str]:
    """Park to the park around it; a parent code on two zones, or on none, names none."""
    ids = parks.select("catalogue_code", "name_zh", "park_id")
    sole = ids.filter(pl.len().over("catalogue_code") == 1).select(
        pl.col("catalogue_code").alias("parent_code"), pl.col("park_id").alias("parent_park_id")
    )
    named = (
        shapes.filter(pl.col("parent_code").is_not_null())
        .join(ids, on=["catalogue_code", "name_zh"])
        .join(sole, on="parent_code")
        .sort("valid_from", "source_row_id")
        .unique("park_id", keep="last")
    )
    return dict(named.select("park_id", "parent_park_id").iter_rows())


def _depth(park: str, above: dict[str, str]) -> int:
    """How many parks lie around a park. Raises ParkError for a cycle."""
    seen = [park]
    while seen[-1] in above:
        seen.append(above[seen[-1]])
        if seen[-1] in seen[:-1]:
            raise ParkError(
                f"park_boundary: 上级代码 makes a circle: {' → '.join(seen)}; expected one park "
                "outside; correct the code of one of them and ingest its file again"
            )
    return len(seen) - 1
