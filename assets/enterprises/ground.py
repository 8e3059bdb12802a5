"""The ground of sites (厂界): which site a polygon is of, and where it lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import shapely

from assets.boundaries.crs.systems import UnknownSystem, shapes_to_cgcs2000, system
from assets.boundaries.geometry import geodesic_km2, mended, shape_of
from assets.enterprises.identity import identify, resolve
from quality.contracts.boundaries import SiteGround
from quality.contracts.core import WHOLE_PLACES


def site_grounds(
    shapes: pl.DataFrame, sites: pl.DataFrame, entities: pl.DataFrame, fallback: str
) -> pl.DataFrame:
    """`core.site_ground` from polygons, sites and entities; one row a polygon.

    A polygon is of the site with its permit number, else of the only site of its enterprise.
    Its system is the one its file states, or `fallback`. What cannot be placed, or is of no
    site or of one of several, is kept and not used.
    """
    known = resolve(identify(shapes, "permit_no"), entities).select(
        "source_row_id", "permit_no", "enterprise_id"
    )
    sole = sites.filter(
        pl.len().over("enterprise_id") == 1, ~pl.col("kind").is_in(WHOLE_PLACES)
    ).select("enterprise_id", pl.col("site_id").alias("sole_site"))
    permitted = sites.select(pl.col("site_id").alias("permit_site"))
    found = known.join(
        permitted, left_on="permit_no", right_on="permit_site", how="left", coalesce=False
    ).join(sole, on="enterprise_id", how="left")
    placed = pl.DataFrame(
        [_placed(row, fallback) for row in shapes.iter_rows(named=True)],
        schema={
            "source_row_id": pl.String,
            "geometry_wkb": pl.String,
            "area_km2": pl.Float64,
            "crs_source": pl.String,
        },
        orient="row",
    )
    site = pl.coalesce("permit_site", "sole_site")
    return SiteGround.conform(
        found.join(placed, on="source_row_id").with_columns(
            site.alias("site_id"),
            (site.is_not_null() & pl.col("geometry_wkb").is_not_null()).alias("used"),
            pl.when(site.is_null())
            .then(pl.lit("无此场所，或企业有多个场所而未写许可证编号：不采用"))
            .when(pl.col("geometry_wkb").is_null())
            .then(pl.lit("坐标系无法采用，或坐标不在其中：不采用"))
            .otherwise(pl.lit("厂界已知：按面积比例（B6）"))
            .alias("reason_zh"),
        )
    )


def _placed(row: dict[str, Any], fallback: str) -> dict[str, Any]:
    stated = row["crs_stated"] or fallback
    told = {"source_row_id": row["source_row_id"], "crs_source": stated[:80]}
    shape = shape_of(row["geometry_wkb"])
    try:
        read_as = system(stated)
        (placed,) = shapes_to_cgcs2000(np.array([shape], dtype=object), read_as)
    except (UnknownSystem, ValueError):
        return {**told, "geometry_wkb": None, "area_km2": None}
    repair = mended(placed)
    ground = placed if repair is None else repair.shape
    return {
        **told,
        "crs_source": read_as.label,
        "geometry_wkb": ground.wkb_hex,
        "area_km2": round(geodesic_km2(ground), 6),
    }


def grounds_of_sites(grounds: pl.DataFrame) -> dict[str, Any]:
    """Site to its ground: the union of its polygons that are used."""
    parts: dict[str, list[Any]] = {}
    for site, text in grounds.filter("used").select("site_id", "geometry_wkb").iter_rows():
        parts.setdefault(site, []).append(shape_of(text))
    return {site: shapely.union_all(shapes) for site, shapes in sorted(parts.items())}
