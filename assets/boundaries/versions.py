"""Boundary versions: from claims on zones to the ground of a park at a time (METHOD 1.1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import shapely

from assets.boundaries.geometry import geodesic_km2, shape_of
from assets.boundaries.parks import with_park_ids
from quality.contracts.boundaries import LAST_DAY, Boundary, BoundaryClaim

_SERIES = ["park_id", "boundary_class"]
_DAY = timedelta(days=1)


def boundary_claims(
    shapes: pl.DataFrame,
    ground: pl.DataFrame,
    nominal: pl.DataFrame,
    catalogue: pl.DataFrame,
    points: pl.DataFrame,
    illustrative: pl.Expr,
) -> pl.DataFrame:
    """`core.boundary_claim`: every delivered polygon, and every disc derived from the catalogue.

    `shapes` is `accepted.boundary`, `ground` its geometry in CGCS2000 (`ground.on_ground`),
    `nominal` the derived discs. A polygon whose code and name are not in the catalogue is
    kept and not used, and so is a derived disc beside a delivered one. A delivered nominal
    boundary carries the uncertainty of the park's point; any other that of its CRS.
    """
    known = with_park_ids(catalogue).select("catalogue_code", "name_zh", "park_id")
    delivered = (
        shapes.drop("geometry_wkb")
        .join(ground, on="source_row_id")
        .join(known, on=["catalogue_code", "name_zh"], how="left")
        .join(points.select("park_id", "precision_m"), on="park_id", how="left")
        .with_columns(
            pl.lit("delivered").alias("origin"),
            illustrative.alias("illustrative"),
            pl.when(pl.col("boundary_class") == "nominal")
            .then(pl.col("precision_m").fill_null(0.0))
            .otherwise(pl.col("crs_accuracy_m"))
            .alias("precision_m"),
        )
    )
    derived = nominal.with_columns(
        pl.lit("derived").alias("origin"),
        pl.lit(False).alias("illustrative"),
        pl.lit("GCJ-02").alias("crs_source"),
        pl.lit("declared").alias("crs_how"),
        pl.lit(None, pl.String).alias("crs_evidence"),
    )
    both = pl.concat([delivered, derived], how="diagonal_relaxed")
    zone = [*_SERIES, pl.col("zone_zh").fill_null("")]
    drawn = (
        pl.col("park_id").is_in(
            delivered.filter(pl.col("boundary_class") == "nominal").get_column("park_id").implode()
        )
        & pl.col("park_id").is_not_null()
    )
    reason = (
        pl.when(pl.col("park_id").is_null())
        .then(pl.lit("代码与名称不在目录中：不采用"))
        # The door judged the rows of the file together with those that it refused.
        .when(pl.col("geometry_wkb").is_null())
        .then(pl.lit("坐标系无法判定：不采用"))
        .when((pl.col("origin") == "derived") & drawn)
        .then(pl.lit("已交付名义边界：不采用推算的圆"))
        .when(pl.col("origin") == "derived")
        .then(pl.lit("无已知图形：以核准面积为圆，围绕核对过的点位"))
        .otherwise(pl.lit("交付的图形"))
    )
    marked = both.with_columns(
        reason.alias("reason_zh"),
        (
            pl.col("park_id").is_not_null()
            & pl.col("geometry_wkb").is_not_null()
            & ~((pl.col("origin") == "derived") & drawn)
        ).alias("used"),
    )
    follower = pl.col("valid_from").shift(-1).over([*zone, "used"], order_by="valid_from")
    return BoundaryClaim.conform(
        _measured(marked).with_columns(
            pl.coalesce("valid_to", follower.dt.offset_by("-1d")).alias("valid_to"),
            _claim_id().alias("claim_id"),
        )
    )


def _claim_id() -> pl.Expr:
    return pl.concat_str(
        [
            pl.lit("C"),
            pl.coalesce("park_id", pl.format("{}({})", "catalogue_code", "name_zh")),
            "boundary_class",
            pl.col("zone_zh").fill_null(""),
            "valid_from",
            pl.when(pl.col("origin") == "derived").then(pl.lit("derived")),
        ],
        separator=":",
        ignore_nulls=True,
    )


def _measured(claims: pl.DataFrame) -> pl.DataFrame:
    """Areas of each claim on the ellipsoid, and their ratio."""
    shapes = map(shape_of, claims["geometry_wkb"])
    area = np.array([0.0 if shape is None else geodesic_km2(shape) for shape in shapes])
    catalogue = claims.get_column("catalogue_ha").cast(pl.Float64).to_numpy() / 100
    return claims.with_columns(
        pl.Series("polygon_km2", area, dtype=pl.Float64).round(6),
        pl.Series("catalogue_km2", catalogue, dtype=pl.Float64).round(6),
        pl.Series("area_ratio", area / catalogue, dtype=pl.Float64).round(6),
        pl.col("geometry_wkb").fill_null(""),
    )


def boundaries(claims: pl.DataFrame) -> pl.DataFrame:
    """`core.boundary` from the claims that are used; one row a park, class and period.

    Zones are unioned (B4): a version lasts as long as the same zones are valid, so a zone that
    is added or redrawn begins a new version of the park. Versions of one class do not overlap
    (B2); a time without any zone has no version.
    """
    used = claims.filter("used").sort(*_SERIES, "valid_from", "claim_id")
    rows: list[dict[str, Any]] = []
    for (park, kind), zones in used.group_by(_SERIES, maintain_order=True):
        periods = _periods(zones.rows(named=True))
        for place, (start, end, members) in enumerate(periods):
            shape = shapely.union_all([shape_of(m["geometry_wkb"]) for m in members])
            area = geodesic_km2(shape)
            # The catalogue has one area for a park, which each of its zones repeats.
            catalogue = max(m["catalogue_km2"] for m in members)
            centre = shapely.centroid(shape)
            rows.append(
                {
                    "boundary_id": f"{park}:{kind}:{start}",
                    "park_id": park,
                    "boundary_class": kind,
                    "valid_from": start,
                    "valid_to": None if end == LAST_DAY else end,
                    "latest": place == len(periods) - 1,
                    "zones": len(members),
                    "claim_ids": ";".join(m["claim_id"] for m in members),
                    "polygon_km2": round(area, 6),
                    "catalogue_km2": catalogue,
                    "area_ratio": round(area / catalogue, 6),
                    "centre_lon": round(centre.x, 7),
                    "centre_lat": round(centre.y, 7),
                    "radius_km": round(float(np.sqrt(area / np.pi)), 6),
                    "precision_m": max(m["precision_m"] for m in members),
                    "geometry_wkb": shape.wkb_hex,
                    "illustrative": any(m["illustrative"] for m in members),
                }
            )
    declared = {c.name: c.polars_type for c in Boundary.declared_columns()}
    return Boundary.conform(pl.DataFrame(rows, schema=declared, orient="row"))


def _periods(zones: list[dict[str, Any]]) -> list[tuple[date, date, list[dict[str, Any]]]]:
    """First day, last day and zones of each period in which the same zones are valid."""
    ends = [zone["valid_to"] or LAST_DAY for zone in zones]
    starts = {zone["valid_from"] for zone in zones}
    days = sorted(starts | {end + _DAY for end in ends if end != LAST_DAY})
    periods = []
    for place, day in enumerate(days):
        last = days[place + 1] - _DAY if place + 1 < len(days) else LAST_DAY
        alive = [
            zone for zone, end in zip(zones, ends, strict=True) if zone["valid_from"] <= day <= end
        ]
        if alive:
            periods.append((day, last, alive))
    return periods
