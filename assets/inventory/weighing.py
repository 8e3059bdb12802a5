"""What a site's emissions and energy weigh in a place: the SQL that all marts share."""

from __future__ import annotations

from quality.contracts.profiles import EXCHANGED_FLOWS
from quality.sql_text import sql_text

# The weights of a site in the year of a row, by the boundaries as they were valid.
AT_SITE = "a.series = 'actual' AND {year} BETWEEN a.year_from AND a.year_to"

# What a site uses itself: not what it delivers to others, nor the fuel of its suppliers.
OWN_USE = f"act.flow NOT IN ({', '.join(sql_text(flow) for flow in EXCHANGED_FLOWS)})"

# A place other than the rest rests on boundaries, so it is as illustrative as they are.
BOUNDARY_ILLUSTRATIVE = """(
    place_id NOT LIKE 'REST:%'
    AND EXISTS (SELECT 1 FROM core.boundary b WHERE b.illustrative))"""

# Emissions of a line on its site in the profile of the reconciliation; `{gwp_set}` and
# `{profile}` are filled in by `contributions_sql`.
TERRITORIAL = """
    SELECT act.enterprise_id, l.year, l.site_id, l.line_id,
           round(l.mass_t * v.weight * g.value, 6)::DECIMAL(38,6) AS co2e_t
    FROM ledger.line l
    JOIN core.activity act USING (activity_id)
    JOIN (SELECT gas, value::DECIMAL(18,4) AS value FROM accepted.gwp
          WHERE horizon_y = 100 AND gwp_set = '{gwp_set}') g ON g.gas = l.gas
    JOIN (
        SELECT l.profiles, w.flow, w.weight::DECIMAL(18,4) AS weight
        FROM (SELECT DISTINCT profiles FROM ledger.line) l
        JOIN accepted.view_weight w
          ON w.profile = '{profile}' AND list_contains(string_split(l.profiles, ';'), w.profile)
        WHERE w.view = 'territorial' AND w.weight <> 0
    ) v ON v.flow = l.flow AND v.profiles = l.profiles
"""

# Weights of a flow by the set of profiles that count a line: a line that three profiles share
# is weighed for each.
VIEWS = """
    SELECT l.profiles, w.profile, w.view, w.flow, w.weight::DECIMAL(18,4) AS weight,
           w.year_from, w.year_to
    FROM (SELECT DISTINCT profiles FROM ledger.line) l
    JOIN accepted.view_weight w ON list_contains(string_split(l.profiles, ';'), w.profile)
    WHERE w.weight <> 0
"""


def shared(amount: str) -> str:
    """The share of an amount that a place gets; the shares of a site sum to the amount."""
    return f"(round({amount} * a.share_to, 6) - round({amount} * a.share_from, 6))::DECIMAL(38,6)"


def bounded(amount: str, bound: str) -> str:
    """The amount in a bound; where that weighs what the point weighs it is the point."""
    return (
        f"CASE WHEN a.{bound} = a.weight_point THEN {shared(amount)} "
        f"ELSE round({amount} * a.{bound}, 6)::DECIMAL(38,6) END"
    )


def weighed(on: str) -> str:
    """Lines seen on each basis in each view: what they weigh in point, low and high.

    `on` says which attributions `a` count for a line `l`.
    """
    co2e = "l.mass_t * v.weight * g.value"
    return f"""
    SELECT a.place_id, l.year, a.boundary_class, a.basis, v.view, v.profile, g.gwp_set,
           l.source_category, l.gas, l.line_id, l.tier, l.confidence, l.illustrative,
           act.enterprise_id, a.weight_point, a.series, a.valid_from, a.valid_to,
           {shared("l.mass_t * v.weight")} AS mass_t,
           {shared(co2e)} AS co2e_t,
           -- What counts against the sum lowers it most where most of it is here.
           CASE WHEN v.weight < 0 THEN {bounded(co2e, "weight_high")}
                ELSE {bounded(co2e, "weight_low")} END AS co2e_low_t,
           CASE WHEN v.weight < 0 THEN {bounded(co2e, "weight_low")}
                ELSE {bounded(co2e, "weight_high")} END AS co2e_high_t
    FROM ledger.line l
    JOIN core.activity act USING (activity_id)
    JOIN core.attribution a ON a.site_id = l.site_id AND {on}
    JOIN ({VIEWS}) v
      ON v.flow = l.flow AND v.profiles = l.profiles AND l.year BETWEEN v.year_from AND v.year_to
    JOIN (SELECT gas, gwp_set, value::DECIMAL(18,4) AS value FROM accepted.gwp
          WHERE horizon_y = 100 AND gwp_set = '{{gwp_set}}') g ON g.gas = l.gas
"""
