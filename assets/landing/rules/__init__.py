"""Rules of single sources (METHOD 5): errors quarantine a row, warnings flag it.

Belongs here: what the rows of one source must fulfil beyond types and ranges, with the
thresholds in `limits`. Does not belong here: checks that compare sources, factors or totals.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from assets.boundaries.ground import checked_points
from assets.boundaries.parks import point_claims
from assets.landing.declaration import load_source
from assets.landing.rules.carbon import carbon_content_rules, oxidation_rules
from assets.landing.rules.carriers import Tables, listed, unit_rules
from assets.landing.rules.counties import county_ground_rules
from assets.landing.rules.energy import (
    balance_gap,
    balance_rules,
    calorific_rules,
    standard_coal_rules,
)
from assets.landing.rules.exchange import exchange_rules
from assets.landing.rules.identity import (
    division_rule,
    industry_rules,
    repeated_by_name,
    uscc_rules,
)
from assets.landing.rules.indicators import indicator_rules
from assets.landing.rules.layers import county_name_rules, layer_rules, metric_rules
from assets.landing.rules.points import (
    europe_rules,
    named_province_rules,
    point_rules,
    precision_rules,
    range_rules,
    world_rules,
)
from assets.landing.rules.polygons import polygon_rules, validity_rules
from assets.landing.rules.series import intensity_rules, yearly_rules
from assets.landing.rules.supply import grid_rules, heat_rules, park_rules
from assets.landing.rules.transformation import transformation_rules
from assets.landing.rules.units import (
    ended_rule,
    event_rules,
    interval_rule,
    parent_rules,
    reading_rules,
)
from assets.landing.rules.weights import area_rules, census_rules, weight_rules
from quality.quarantine import Rule

__all__ = ["NEEDS", "balance_gap", "balance_rules", "rules_for"]

_NAMES = ["accepted.unit", "accepted.energy"]
_CALORIFIC = ["accepted.ncv_range", "accepted.ncv_unit"]
_DIVISIONS = ["accepted.division_code", "accepted.division_event"]
_ENDS = ["accepted.enterprise_event", "accepted.business"]

# Reference tables that the rules of a source need.
NEEDS: dict[str, list[str]] = {
    "return_205_1": [
        *_NAMES,
        *_CALORIFIC,
        *_DIVISIONS,
        *_ENDS,
        "accepted.industry_code",
        "accepted.fuel_factor",
        "core.energy_coefficient",
    ],
    "return_205_2": [
        *_NAMES,
        *_CALORIFIC,
        *_DIVISIONS,
        *_ENDS,
        "accepted.industry_code",
        "accepted.fuel_factor",
    ],
    "output_return": [*_NAMES, *_DIVISIONS, *_ENDS],
    "park_annual": ["accepted.energy", "accepted.park_catalogue", "core.energy_coefficient"],
    "park_boundary": ["accepted.park_catalogue"],
    "permit_register": _DIVISIONS,
    "business_register": _DIVISIONS,
    "unit_register": _DIVISIONS,
    "enterprise_event": _DIVISIONS,
    "site_energy": [*_NAMES, *_DIVISIONS],
    "energy_exchange": [*_NAMES, *_DIVISIONS],
    "process_return": [
        "accepted.ippu_factor",
        "accepted.waste_factor",
        "accepted.heat_factor",
        "accepted.fuel_factor",
        "accepted.unit",
        *_DIVISIONS,
        *_ENDS,
    ],
    "sector_weight": [
        "accepted.park_catalogue",
        "accepted.book_row",
        "accepted.province_name",
        "accepted.division_code",
        "accepted.unit",
    ],
    "control_total": ["accepted.province_name", "accepted.division_code"],
    "census_revision": [
        "accepted.book_row",
        "accepted.energy",
        "accepted.province_name",
        "accepted.division_code",
    ],
    "grid_supply": _DIVISIONS,
    "heat_supply": _DIVISIONS,
    "nx_permits": _DIVISIONS,
    "cn_counties": _DIVISIONS,
}


def rules_for(source_id: str, reference: Tables) -> list[Rule]:
    """The rules of a source; `reference` holds the tables that NEEDS names for it."""
    build = _RULES.get(source_id)
    return build(reference) if build else []


def _coded(reference: Tables) -> list[Rule]:
    """Rules on the USCC of an office form."""
    return [*uscc_rules(), division_rule(reference)]


def _return_205_1(reference: Tables) -> list[Rule]:
    names = listed(reference)
    return [
        *_coded(reference),
        ended_rule(reference),
        repeated_by_name("year", "energy_zh"),
        *industry_rules(reference, "industry_division", ["division"]),
        *industry_rules(reference, "industry_code", ["group", "class"]),
        *unit_rules(names, reference["accepted.unit"], "energy_zh"),
        *balance_rules(),
        *calorific_rules(names, reference),
        *carbon_content_rules(names, reference),
        *oxidation_rules(),
        *standard_coal_rules(reference),
        *yearly_rules(reference),
        *intensity_rules(reference),
    ]


def _return_205_2(reference: Tables) -> list[Rule]:
    return [
        *_coded(reference),
        ended_rule(reference),
        repeated_by_name("year", "kind_zh", "energy_zh"),
        *industry_rules(reference, "industry_division", ["division"]),
        *transformation_rules(reference),
    ]


def _output_return(reference: Tables) -> list[Rule]:
    units = reference["accepted.unit"]
    return [
        *_coded(reference),
        ended_rule(reference),
        repeated_by_name("year", "product_zh"),
        *unit_rules(listed(reference), units, "product_zh", product=True),
    ]


def _permits(reference: Tables) -> list[Rule]:
    return [*_coded(reference), *point_rules()]


def _permit_register(reference: Tables) -> list[Rule]:
    return [*_permits(reference), interval_rule()]


def _units(reference: Tables) -> list[Rule]:
    return [
        *_coded(reference),
        *range_rules(),
        *precision_rules(),
        interval_rule(),
        *parent_rules(),
    ]


def _site_energy(reference: Tables) -> list[Rule]:
    names = listed(reference)
    return [
        *_coded(reference),
        *reading_rules(),
        *unit_rules(names, reference["accepted.unit"], "energy_zh"),
    ]


def _energy_exchange(reference: Tables) -> list[Rule]:
    names = listed(reference)
    return [
        *_coded(reference),
        *unit_rules(names, reference["accepted.unit"], "energy_zh"),
        *exchange_rules(),
    ]


def _process_return(reference: Tables) -> list[Rule]:
    # The methods stand on rules themselves (`identity`, `limits`): imported with the package,
    # either would find the other half loaded.
    from assets.landing.rules.processes import process_rules

    ended = ended_rule(reference)
    return [*_coded(reference), ended, *process_rules(reference, ended)]


def _world() -> list[Rule]:
    return world_rules(pl.col("lon"), pl.col("lat"), pl.col("country"), "lon")


def _steel_plants() -> list[Rule]:
    """The tracker writes latitude and longitude as one text."""
    part = pl.col("coordinates_text").str.split(",").list
    lat, lon = (
        part.get(place, null_on_oob=True).str.strip_chars().cast(pl.Float64, strict=False)
        for place in (0, 1)
    )
    return [
        Rule(
            "GEO1w",
            "warning",
            "coordinates_text",
            lon.is_null() | lat.is_null(),
            "坐标应写作“纬度, 经度”；行保留",
            "coordinates must read `latitude, longitude`; the row is kept",
        ),
        *world_rules(lon, lat, pl.col("country"), "coordinates_text"),
    ]


def _counties(reference: Tables) -> list[Rule]:
    """The layer gives codes as of 1999 and names its system in PROJ's words."""
    crs = load_source("cn_counties").crs or "EPSG:4490"
    return [
        *layer_rules(),
        *county_name_rules(reference),
        *county_ground_rules(reference, "adcode_1999", 1999, crs),
    ]


def _park_boundary(reference: Tables) -> list[Rule]:
    catalogue = reference["accepted.park_catalogue"]
    return polygon_rules(
        checked_points(catalogue, point_claims(catalogue)),
        load_source("park_boundary").crs or "EPSG:4490",
    )


_RULES: dict[str, Callable[[Tables], list[Rule]]] = {
    "return_205_1": _return_205_1,
    "return_205_2": _return_205_2,
    "output_return": _output_return,
    "park_annual": park_rules,
    "permit_register": _permit_register,
    "nx_permits": _permits,
    "business_register": lambda reference: [*_coded(reference), interval_rule()],
    "unit_register": _units,
    "enterprise_event": lambda reference: [*_coded(reference), *event_rules()],
    "site_energy": _site_energy,
    "energy_exchange": _energy_exchange,
    "process_return": _process_return,
    "sector_weight": weight_rules,
    "control_total": area_rules,
    "census_revision": census_rules,
    "cn_register": lambda _: uscc_rules(),
    "grid_supply": lambda reference: [*_coded(reference), *grid_rules()],
    "heat_supply": lambda reference: [*_coded(reference), *heat_rules()],
    "park_boundary": _park_boundary,
    "site_boundary": lambda _: [*uscc_rules(), *validity_rules()],
    "zone_catalogue": lambda _: named_province_rules(),
    "eutl": lambda _: europe_rules(),
    "nbs_province": lambda _: indicator_rules(),
    "gem_coal": lambda _: _world(),
    "gem_steel": lambda _: _steel_plants(),
    "wri_plants": lambda _: _world(),
    "tw_parks": lambda _: [*layer_rules(), *metric_rules("nominal_ha")],
    "cn_counties": _counties,
    "cn_districts": lambda _: layer_rules(),
    "cn_country": lambda _: layer_rules(),
    "cn_provinces_lambert": lambda _: layer_rules(),
    "cn_divisions_geojson": lambda _: layer_rules(),
    "ocha_adm1": lambda _: layer_rules(),
    "ocha_adm2": lambda _: layer_rules(),
}
