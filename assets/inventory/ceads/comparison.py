"""Emissions recomputed from the energy books, and the published cells beside them."""

from __future__ import annotations

import polars as pl

from assets.inventory.ceads.names import PROCESS
from assets.inventory.ceads.quantities import published, used_quantities
from quality.contracts.ceads import CeadsCell, CeadsPart
from warehouse.sql import run_sql

# Each part is rounded once; the floor closes its cell, so that what is floored is 0 exactly.
_RECOMPUTED = """
WITH lines AS (
    SELECT u.*, f.factor_id, round(u.quantity * f.value, 6)::DECIMAL(38,6) AS rounded
    FROM used u
    LEFT JOIN core.implied_group g USING (book_sector)
    LEFT JOIN core.implied_factor f
      ON f.subject = u.book_fuel AND f.canonical_unit = u.canonical_unit
     AND (f.sector_group IS NULL OR f.sector_group = g.sector_group)
)
SELECT * EXCLUDE (rounded),
       CASE WHEN part = 'floor' THEN -sum(rounded) FILTER (part <> 'floor') OVER (
                PARTITION BY province_en, year, book_sector, book_fuel)
            ELSE rounded END::DECIMAL(38,6) AS emission_t
FROM lines
"""

# Deductions are shared out in 1e-6 t or 1e4 m3: by the largest factor (22), and with the rounding
# of both emissions to 1e-6 t, that is below this.
_RESOLUTION_T = "0.00003"
# The published quantities of a redistributed fuel sum to the book's: ratios carry ten digits.
_SAME_SUM = "1e-6"

_CELLS = f"""
WITH sums AS (
    SELECT province_en, year, book_sector, book_fuel,
           sum(quantity)::DECIMAL(38,12) AS quantity, any_value(canonical_unit) AS canonical_unit,
           any_value(factor_id) AS factor_id,
           sum(emission_t)::DECIMAL(38,6) AS recomputed_t,
           bool_or(part = 'floor') AS floored,
           coalesce(sum(quantity) FILTER (part IN ('final', 'thermal_power', 'heating_supply')), 0)
               AS booked,
           coalesce(sum(quantity) FILTER (part <> 'floor'), 0) AS deducted,
           coalesce(bool_or(part = 'final' AND quantity < 0), false) AS negative
    FROM core.ceads_part GROUP BY ALL
),
paired AS (
    SELECT DISTINCT s.province_en, s.year
    FROM (SELECT DISTINCT province_en, year FROM sums) s
    JOIN (SELECT DISTINCT province_en, year FROM published) p USING (province_en, year)
),
both_sides AS (
    SELECT * REPLACE (coalesce(quantity, 0)::DECIMAL(38,12) AS quantity,
                      coalesce(floored, false) AS floored,
                      coalesce(booked, 0) AS booked, coalesce(deducted, 0) AS deducted,
                      coalesce(negative, false) AS negative)
    FROM sums FULL JOIN published USING (province_en, year, book_sector, book_fuel)
    JOIN paired USING (province_en, year)
    WHERE quantity IS NOT NULL OR published_t <> 0
),
judged AS (
    SELECT b.*, f.confidence, f.value,
           -- What a book gives no fuel for is recomputed as 0; fuel without a factor is not.
           CASE WHEN b.quantity <> 0 OR b.book_fuel = '{PROCESS}' THEN b.recomputed_t
                ELSE coalesce(b.recomputed_t, 0) END AS ours
    FROM both_sides b LEFT JOIN core.implied_factor f USING (factor_id)
),
met AS (
    SELECT *, coalesce(abs(ours - published_t) <= 0.001 * abs(published_t), false) AS within
    FROM judged
),
-- A fuel that stands in other sectors than in the book: some cells too high, some too low, and
-- what they imply sums to the book, less at most its non-energy use.
elsewhere AS (
    SELECT province_en, year, book_fuel FROM met WHERE book_fuel <> '{PROCESS}'
    GROUP BY ALL
    HAVING bool_or(NOT within AND ours > published_t) AND bool_or(NOT within AND ours < published_t)
       AND bool_and(value IS NOT NULL)
       AND sum(published_t / value)
           BETWEEN sum(deducted) * (1 - {_SAME_SUM}) AND sum(booked) * (1 + {_SAME_SUM})
)
SELECT concat_ws('|', 'CEADS', m.province_en, m.year, m.book_sector, m.book_fuel) AS cell_id,
       m.* EXCLUDE (value, ours, within, booked, deducted, negative, recomputed_t),
       m.ours AS recomputed_t, m.within AS within_0_1_pct,
       CASE WHEN m.within THEN NULL
            WHEN m.book_fuel = '{PROCESS}' THEN 'process'
            WHEN m.published_t IS NULL THEN 'not_published'
            WHEN m.ours IS NULL THEN 'no_factor'
            WHEN abs(m.ours - m.published_t) <= {_RESOLUTION_T} THEN 'below_resolution'
            WHEN m.negative THEN 'negative_in_book'
            WHEN e.book_fuel IS NOT NULL THEN 'redistributed'
            ELSE 'unexplained' END AS reason
FROM met m LEFT JOIN elsewhere e USING (province_en, year, book_fuel)
"""


def recomputed(energy: pl.DataFrame, factors: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """`core.ceads_part`: what each sector of each book burns, with factor and emission.

    In: `accepted.ceads_energy`, `core.implied_factor`, `core.implied_group`. Years without a
    published inventory are recomputed as well. A part without a factor keeps its quantity and
    has no emission. Raises CeadsError.
    """
    tables = {
        "used": used_quantities(energy),
        "core.implied_factor": factors,
        "core.implied_group": groups,
    }
    return CeadsPart.conform(run_sql(_RECOMPUTED, tables))


def compared_cells(
    parts: pl.DataFrame, emissions: pl.DataFrame, factors: pl.DataFrame
) -> pl.DataFrame:
    """`core.ceads_cell`: the cells of each pair that are not 0 on both sides, and how they meet.

    In: `core.ceads_part`, `accepted.ceads_emission`, `core.implied_factor`. `Process` stands
    there with its published figure and nothing beside it. Every cell that is not within 0.1 %
    has a reason, `unexplained` among them. Raises CeadsError.
    """
    tables = {
        "core.ceads_part": parts,
        "published": published(emissions),
        "core.implied_factor": factors,
    }
    return CeadsCell.conform(run_sql(_CELLS, tables).select(*CeadsCell.to_schema().columns))
