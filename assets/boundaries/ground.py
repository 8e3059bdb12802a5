"""Delivered boundaries brought to CGCS2000, with how the coordinate system is known."""

from __future__ import annotations

import polars as pl
import shapely
from pyproj import CRS, Transformer

from assets.boundaries.geometry import shape_of

_CGCS2000 = CRS.from_epsg(4490)


def on_ground(shapes: pl.DataFrame, declared: str | None) -> pl.DataFrame:
    """`source_row_id, geometry_wkb, crs_source, crs_how, crs_evidence, crs_accuracy_m`."""
    rows = []
    for row in shapes.iter_rows(named=True):
        stated = row["crs_stated"]
        system = CRS.from_user_input(stated or declared)
        shape = shape_of(row["geometry_wkb"])
        convert = Transformer.from_crs(system, _CGCS2000, always_xy=True)
        placed = shapely.transform(shape, convert.transform, interleaved=False)
        rows.append(
            {
                "source_row_id": row["source_row_id"],
                "geometry_wkb": placed.wkb_hex,
                "crs_source": system.name,
                "crs_how": "stated" if stated else "declared",
                "crs_evidence": None,
                "crs_accuracy_m": 0.0,
            }
        )
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA = {
    "source_row_id": pl.String,
    "geometry_wkb": pl.String,
    "crs_source": pl.String,
    "crs_how": pl.String,
    "crs_evidence": pl.String,
    "crs_accuracy_m": pl.Float64,
}
