"""Rules on layers of counties: a code stands once, and on the ground of its division."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
import shapely

from assets.boundaries.crs.systems import system, to_cgcs2000
from assets.boundaries.divisions import counties
from assets.boundaries.geometry import sound
from assets.boundaries.lineage import Lineage
from quality.quarantine import Rule

Tables = Mapping[str, pl.DataFrame]

_PLACED = "placed_division"


def county_ground_rules(reference: Tables, code: str, year: int, crs: str) -> list[Rule]:
    """DIVDUP and DIVGEO of a layer whose codes are those of a year; the rows are kept.

    DIVGEO: a point inside of the polygon lies in none of the divisions of today that the code
    became, so that code and name are attached to the wrong geometry, or the border has moved.
    """
    lineage = Lineage(reference["accepted.division_event"])

    def elsewhere(rows: pl.Series) -> pl.Series:
        found = []
        for row in rows.to_list():
            now = {s.code for s in lineage.successors(row[code] or "", year)}
            found.append(bool(now) and row[_PLACED] is not None and not _within(row[_PLACED], now))
        return pl.Series(found, dtype=pl.Boolean)

    return [
        Rule(
            "DIVDUP",
            "warning",
            code,
            pl.col(code).is_not_null() & pl.col(code).is_duplicated(),
            "同一代码在多个面上：行保留",
            "the code stands on several polygons: the row is kept",
        ),
        Rule(
            "DIVGEO",
            "warning",
            "geometry_wkb",
            pl.struct(code, _PLACED).map_batches(elsewhere, return_dtype=pl.Boolean),
            "面内的点不在代码所指区划（今）之内：代码、名称与图形不符，或界线已变；行保留",
            "a point inside lies in none of the divisions that the code became: attached to the "
            "wrong geometry, or the border has moved; the row is kept",
            derived=_placing(crs),
        ),
    ]


def _within(division: str, of: set[str]) -> bool:
    """Whether a county is one of these divisions, or lies in a city or province of them."""
    return any(
        division.startswith(code.rstrip("0")) if code.endswith("00") else division == code
        for code in of
    )


def _placing(crs: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Code of today's county at a point inside of each polygon, before expressions run."""

    def place(rows: pl.DataFrame) -> pl.DataFrame:
        shapes = np.array([sound(t) for t in rows["geometry_wkb"]] + [None], dtype=object)[:-1]
        there = ~shapely.is_missing(shapes)
        x, y = shapely.get_coordinates(shapely.point_on_surface(shapes[there])).T
        codes: list[str | None] = [None] * rows.height
        found = counties().containing(*to_cgcs2000(x, y, system(crs)))
        for place, code in zip(np.flatnonzero(there).tolist(), found, strict=True):
            codes[place] = code
        return pl.DataFrame({_PLACED: pl.Series(codes, dtype=pl.String)})

    return place
