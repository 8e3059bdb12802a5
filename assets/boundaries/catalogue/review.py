"""The order in which a person looks at doubtful parks: by what it matters for the inventory."""

from __future__ import annotations

import polars as pl


def review_parks(
    parks: pl.DataFrame,
    claims: pl.DataFrame,
    boundaries: pl.DataFrame,
    published: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Parks with doubts, the most important first; one row a park.

    `core.park`, `core.park_catalogue_claim`, `core.boundary`; `published`: `park_id, value`,
    emissions already published. Columns: `rank, park_id, name_zh, approved_ha, doubt,
    weight_ha, value, boundary_classes, findings, findings_zh, findings_en`.

    `doubt` is one minus the product of one minus each score. Parks with a value come first,
    by value times doubt, then the others by approved area times doubt (`weight_ha`). Doubts
    about the point of a park do not count where it has a boundary other than a nominal disc:
    nothing rests on the point there.
    """
    drawn = boundaries.group_by("park_id").agg(
        pl.col("boundary_class").unique().sort().str.join("、").alias("boundary_classes"),
        (pl.col("boundary_class") != "nominal").any().alias("drawn"),
    )
    counted = (
        claims.join(drawn.filter("drawn").select("park_id", "drawn"), on="park_id", how="left")
        .filter((pl.col("subject") != "point") | pl.col("drawn").is_null())
        .sort("park_id", pl.col("score"), "finding_zh", descending=[False, True, False])
    )
    doubts = counted.group_by("park_id", maintain_order=True).agg(
        (1 - (1 - pl.col("score")).product()).round(6).alias("doubt"),
        pl.len().cast(pl.Int64).alias("findings"),
        pl.col("finding_zh").str.join("；").alias("findings_zh"),
        pl.col("finding_en").str.join("; ").alias("findings_en"),
    )
    values = (
        pl.DataFrame(schema={"park_id": pl.String, "value": pl.Float64})
        if published is None
        else published.select("park_id", pl.col("value").cast(pl.Float64))
    )
    rows = (
        parks.select("park_id", "name_zh", pl.col("approved_ha").cast(pl.Float64))
        .join(doubts, on="park_id")
        .join(drawn.select("park_id", "boundary_classes"), on="park_id", how="left")
        .join(values, on="park_id", how="left")
        .with_columns((pl.col("approved_ha") * pl.col("doubt")).round(3).alias("weight_ha"))
        .filter(pl.col("doubt") > 0)
    )
    ordered = rows.sort(
        pl.col("value") * pl.col("doubt"),
        "weight_ha",
        "park_id",
        descending=[True, True, False],
        nulls_last=True,
    )
    return ordered.select(
        pl.int_range(1, pl.len() + 1).cast(pl.Int64).alias("rank"),
        "park_id",
        "name_zh",
        "approved_ha",
        "doubt",
        "weight_ha",
        "value",
        "boundary_classes",
        "findings",
        "findings_zh",
        "findings_en",
    )
