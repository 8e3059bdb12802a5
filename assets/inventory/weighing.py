"""What a site's emissions and energy weigh in a place: the SQL that all marts share."""

from __future__ import annotations

from quality.contracts.profiles import EXCHANGED_FLOWS
from quality.contracts.reference import CONFIDENCE
from quality.sql_text import sql_text

# The weights of a site in the year of a row, by the boundaries as they were valid.
AT_SITE = "a.series = 'actual' AND {year} BETWEEN a.year_from AND a.year_to"

# What a site uses itself: not what it delivers to others, nor the fuel of its suppliers; and
# what is no use as energy is within its use.
_NOT_OWN = [*EXCHANGED_FLOWS, "non_energy"]
OWN_USE = f"act.flow NOT IN ({', '.join(sql_text(flow) for flow in _NOT_OWN)})"

# Parks and rests as a whole are sites of no enterprise.
AN_ENTERPRISE = "enterprise_id NOT LIKE 'PARK:%'"
NO_WHOLE = "site_id NOT LIKE 'REST:%' AND site_id NOT LIKE 'PARK:%'"

# tce of a unit at the equal value (等价值): of electricity `q`, the coefficient of the data year,
# nothing where there is none; of other energy `k`, its calorific value.
EQUAL_VALUE = "CASE WHEN act.energy_id = 'electricity' THEN q.tce_per_unit ELSE k.tce_per_unit END"

# Which firms the delivered figure covers (METHOD 4.1): a book covers all; the forms that offices
# collect (205-1, 205-2, output), and so all data of an enterprise that files them, the firms above
# scale; of readings, bills and processes of others it is not known.
RETURNED = "(SELECT DISTINCT enterprise_id, year FROM core.canonical_return)"
FIRMS = """CASE WHEN act.tier IN ('T5', 'T6') THEN 'all'
                WHEN r.enterprise_id IS NOT NULL THEN 'above_scale' ELSE 'unknown' END"""
ONE_CALIBER = "CASE WHEN min(firms) = max(firms) THEN min(firms) ELSE 'mixed' END"

# The weakest confidence of a group of lines.
RANKS = ", ".join(sql_text(c) for c in CONFIDENCE)
WEAKEST = f"list_extract([{RANKS}], max(list_position([{RANKS}], confidence))::INTEGER)"

# A place other than the rest rests on boundaries, so it is as illustrative as they are.
BOUNDARY_ILLUSTRATIVE = """(
    place_id NOT LIKE 'REST:%'
    AND EXISTS (SELECT 1 FROM core.boundary b WHERE b.illustrative))"""


def shared(amount: str, rounded: str | None = None) -> str:
    """The share of an amount that a place gets; the shares of a site sum to the amount.

    `rounded` is the amount rounded, where that is at hand.
    """
    return f"({_below('share_to', amount, rounded)} - {_below('share_from', amount, rounded)})"


def _below(edge: str, amount: str, rounded: str | None) -> str:
    """What of an amount lies below an edge of a share.

    Rounding in 38 digits takes a microsecond: nothing is rounded at 0, nor at 1 what is rounded.
    """
    return f"""CASE a.{edge} WHEN 0 THEN 0
                    WHEN 1 THEN {rounded or f"round({amount}, 6)::DECIMAL(38,6)"}
                    ELSE round({amount} * a.{edge}, 6)::DECIMAL(38,6) END"""


def bounded(amount: str, bound: str) -> str:
    """The amount in a bound; where that weighs what the point weighs it is the point."""
    return (
        f"CASE WHEN a.{bound} = a.weight_point THEN {shared(amount)} "
        f"ELSE round({amount} * a.{bound}, 6)::DECIMAL(38,6) END"
    )


def signed(amount: str) -> str:
    """An amount by its weight in a view `v`, which is 1 or -1."""
    return f"CASE WHEN v.weight < 0 THEN -{amount} ELSE {amount} END"


def _bound(bound: str) -> str:
    """The CO2 equivalent of a line in a bound of its place."""
    return f"""CASE WHEN a.{bound} = a.weight_point THEN point_co2e_t
                    WHEN a.{bound} = 1 THEN l.line_co2e_t
                    WHEN a.{bound} = 0 THEN 0
                    ELSE round(l.mass_t * l.value * a.{bound}, 6)::DECIMAL(38,6) END"""


# Lines with the mass that they weigh as CO2 equivalent, rounded once a line; `{gwp_set}` is
# filled in by `contributions_sql`.
_LINES = """
    SELECT l.*, g.gwp_set, CASE WHEN g.value = floor(g.value) THEN l.mass_t * g.value::DECIMAL(18,0)
                ELSE round(l.mass_t * g.value, 6)::DECIMAL(38,6) END AS line_co2e_t, g.value
    FROM ledger.line l
    JOIN (SELECT gas, gwp_set, value::DECIMAL(18,4) AS value FROM accepted.gwp
          WHERE horizon_y = 100 AND gwp_set = '{gwp_set}') g ON g.gas = l.gas
"""

# Weights of a flow by the set of profiles that count a line: a line that three profiles share
# is weighed for each.
VIEWS = """
    SELECT l.profiles, w.profile, w.view, w.flow, w.weight, w.year_from, w.year_to
    FROM (SELECT DISTINCT profiles FROM ledger.line) l
    JOIN accepted.view_weight w ON list_contains(string_split(l.profiles, ';'), w.profile)
    WHERE w.weight <> 0
"""

# Emissions of a line on its site in the territorial view; `{profile}` is that of the run.
TERRITORIAL = f"""
    SELECT act.enterprise_id, l.year, l.site_id, l.line_id,
           {signed("l.line_co2e_t")} AS co2e_t
    FROM ({_LINES}) l
    JOIN core.activity act USING (activity_id)
    JOIN ({VIEWS}) v
      ON v.flow = l.flow AND v.profiles = l.profiles
     AND v.view = 'territorial' AND v.profile = '{{profile}}'
"""


# Lines with their enterprise, each for itself.
EACH_LINE = f"""
    SELECT l.*, act.enterprise_id, coalesce(b.activity_scope = 'industry', true) AS industry,
           {FIRMS} AS firms
    FROM ({_LINES}) l
    JOIN core.activity act USING (activity_id)
    LEFT JOIN {RETURNED} r ON r.enterprise_id = act.enterprise_id AND r.year = act.year
    LEFT JOIN (SELECT DISTINCT book_sector, activity_scope FROM accepted.book_row
               WHERE activity_scope IS NOT NULL) b ON b.book_sector = act.book_sector
"""

# What a line weighs where it is shared out: the point, and the bounds of its CO2 equivalent.
_AMOUNTS = f"""
    {shared("l.mass_t", "l.mass_t")} AS point_mass_t,
    {shared("l.mass_t * l.value", "l.line_co2e_t")} AS point_co2e_t,
    {_bound("weight_low")} AS least_co2e_t,
    {_bound("weight_high")} AS most_co2e_t
"""

# The same in a view, which differ in sign alone.
_POINT = f"""
    {signed("a.point_mass_t")} AS mass_t,
    {signed("a.point_co2e_t")} AS co2e_t"""
# All lines of a site are here or are not, together: where its sum is below zero, the number is
# least where most of it is here.
_BOUNDS = f"""
    CASE WHEN n.site_id IS NULL THEN {signed("a.least_co2e_t")}
         ELSE {signed("a.most_co2e_t")} END AS co2e_low_t,
    CASE WHEN n.site_id IS NULL THEN {signed("a.most_co2e_t")}
         ELSE {signed("a.least_co2e_t")} END AS co2e_high_t"""
_VIEW_OF = """
    v.flow = a.flow AND v.profiles = a.profiles AND a.year BETWEEN v.year_from AND v.year_to
"""


def _below_zero(kinds: str) -> str:
    """Sites whose lines of the same `kinds` are in a view below zero together, as `n`.

    Only where something counts against the sum (what is delivered out, what a balance finds in
    products) a site can be.
    """
    keys = f"l.site_id, l.year, l.gwp_set, v.view, v.profile{_and(kinds, 'l.')}"
    joined = " AND ".join(
        f"n.{key} = {'v' if key in ('view', 'profile') else 'a'}.{key}"
        for key in f"site_id, year, gwp_set, view, profile{_and(kinds)}".split(", ")
    )
    return f"""LEFT JOIN (
        SELECT {keys}
        FROM ({_LINES}) l
        JOIN ({VIEWS}) v
          ON v.flow = l.flow AND v.profiles = l.profiles
         AND l.year BETWEEN v.year_from AND v.year_to
        WHERE l.site_id IN (
            SELECT site_id FROM ledger.line
            WHERE flow IN (SELECT flow FROM accepted.view_weight WHERE weight < 0))
        GROUP BY ALL HAVING sum({signed("l.line_co2e_t")}) < 0
    ) n ON {joined}"""


def _and(kinds: str, of: str = "") -> str:
    return "".join(f", {of}{kind}" for kind in kinds.split(", ") if kind)


def weighed(on: str, bounds_of: str | None = None) -> str:
    """Lines seen on each basis in each view: what they weigh in a place.

    `on` says which attributions `a` count for a line `l`. With `bounds_of`, the columns of a line
    that a number is of beside place and view ("" for none), low and high too.
    """
    bounds = f", {_BOUNDS}" if bounds_of is not None else ""
    below = _below_zero(bounds_of) if bounds_of is not None else ""
    return f"""
    SELECT a.place_id, a.year, a.boundary_class, a.basis, v.view, v.profile, a.gwp_set,
           a.source_category, a.gas, a.line_id, a.tier, a.confidence, a.illustrative,
           a.industry, a.firms, a.enterprise_id, a.weight_point, a.series, a.valid_from, a.valid_to,
           {_POINT}{bounds}
    FROM (
        SELECT a.place_id, a.boundary_class, a.basis, a.weight_point, a.series, a.valid_from,
               a.valid_to, l.site_id, l.year, l.gwp_set, l.source_category, l.gas, l.line_id,
               l.tier, l.confidence, l.illustrative, l.industry, l.firms, l.flow, l.profiles,
               l.enterprise_id, {_AMOUNTS}
        FROM ({EACH_LINE}) l
        JOIN core.attribution a ON a.site_id = l.site_id AND {on}
    ) a
    JOIN ({VIEWS}) v ON {_VIEW_OF}
    {below}
    """


_WAY = "site_id, series, year_from, year_to, share_from, share_to"
_WAY += ", weight_point, weight_low, weight_high"

# The ways in which sites are shared out, numbered, and the places of each. What a row of a site
# weighs in a place depends on nothing else of the attribution; bases, classes of boundaries and
# places often share a site out alike.
WAYS = f"""
    ways AS MATERIALIZED (
        SELECT row_number() OVER () AS way, * FROM (
            SELECT DISTINCT {_WAY} FROM core.attribution WHERE series = 'actual')
    ),
    places AS (
        SELECT way, place_id, boundary_class, basis, weight_point
        FROM core.attribution JOIN ways USING ({_WAY})
    )
"""


def weighed_sums(kinds: str) -> str:
    """As `weighed` where a site was in the year of a line, for sums alone.

    Lines of a site that are of one flow and the same `kinds` (columns of a line) come together
    before they are seen in places and views: a national year has millions of lines.
    """
    alike = f"site_id, enterprise_id, firms, year, gwp_set, flow, profiles{_and(kinds)}"
    return f"""
    WITH {WAYS},
    on_site AS (
        SELECT way, {alike}, max(tier) AS tier, {WEAKEST} AS confidence,
               bool_or(illustrative) AS illustrative, bool_and(industry) AS industry,
               sum(point_mass_t) AS point_mass_t, sum(point_co2e_t) AS point_co2e_t,
               sum(least_co2e_t) AS least_co2e_t, sum(most_co2e_t) AS most_co2e_t
        FROM (SELECT a.way, l.*, {_AMOUNTS}
              FROM ({EACH_LINE}) l
              JOIN ways a ON a.site_id = l.site_id AND {AT_SITE.format(year="l.year")})
        GROUP BY ALL
    )
    SELECT p.*, v.view, v.profile, a.* EXCLUDE (way), {_POINT}, {_BOUNDS}
    FROM on_site a JOIN places p USING (way) JOIN ({VIEWS}) v ON {_VIEW_OF}
    {_below_zero(kinds)}
    """
