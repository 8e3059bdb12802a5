"""Terms of totals: what is added up, and how wide each of its inputs is.

A term is emissions `value_t` (signed: exports and carbon out count against the total) of an
activity times a factor, at a place that is sure or not:

    total = sum over terms of value_t x activity x factor x location

`activity`, `factor` and `location` name the inputs; each has mean 1 and one half width, and one
name is one input wherever it stands. A location that is sure is the empty text.
"""

from __future__ import annotations

import polars as pl

WIDTHS = ("u_activity_pct", "u_allocation_pct", "u_factor_pct", "u_location_pct")
SCHEMA: dict[str, pl.DataType] = {
    "total": pl.String(),
    "location": pl.String(),
    "activity": pl.String(),
    "factor": pl.String(),
    "tier": pl.String(),
    "value_t": pl.Float64(),
    **{name: pl.Float64() for name in WIDTHS},
}


class TermError(ValueError):
    """Terms contradict each other: one input with two half widths, or a width below 0."""


def checked(terms: pl.DataFrame) -> pl.DataFrame:
    """Terms by total, location, activity and factor, sorted, equal ones added up.

    Raises TermError for a missing or negative width, for a value that is no number, and for an
    input with two widths.
    """
    frame = terms.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    bad = frame.filter(
        pl.any_horizontal(pl.all().is_null())
        | ~pl.col("value_t").is_finite()
        | pl.any_horizontal(~pl.col(name).is_between(0, float("inf"), "left") for name in WIDTHS)
    )
    if bad.height:
        raise TermError(f"{bad.row(0, named=True)}: expected finite values and widths of 0 or more")
    for name, widths in (
        ("factor", ["u_factor_pct"]),
        ("activity", ["u_activity_pct", "u_allocation_pct", "tier"]),
        ("location", ["u_location_pct"]),
    ):
        several = frame.select(name, *widths).unique().filter(pl.col(name).is_duplicated())
        if several.height:
            shown = several.sort(name, *widths).head(2).rows()
            raise TermError(f"{name} with several widths: {shown}; expected one for each")
    moving = (
        frame.select("total", "activity", "location")
        .unique()
        .filter(pl.struct("total", "activity").is_duplicated())
    )
    if moving.height:
        shown = moving.sort("total", "activity", "location").head(2).rows()
        raise TermError(f"activity at two locations: {shown}; expected one name for each")
    sure = frame.filter((pl.col("location") == "") & (pl.col("u_location_pct") > 0))
    if sure.height:
        raise TermError(
            f"{sure.row(0, named=True)}: a half width of no location; name the location"
        )
    key = ["total", "location", "activity", "factor"]
    return (
        frame.group_by(*key, "tier", *WIDTHS)
        .agg(pl.col("value_t").sort().sum())
        .select(list(SCHEMA))
        .sort(key)
    )
