"""Indicators of parks, and committees' returns beside our numbers; see `quality.contracts.mart`."""

from __future__ import annotations

from typing import Any

from quality.contracts.core import BASES, SCOPES_OF_FIRMS, TIERS
from quality.contracts.insight import (
    COMPREHENSIVE,
    elec_basis,
    measured,
    stated_basis,
    stated_boundary,
    stated_firms,
)
from quality.contracts.table import Quantity, Table, column


def _refused() -> tuple[Any, Any]:
    return (
        column("未计算原因", "why indicators of the row are empty, in Chinese", nullable=True),
        column("未计算原因（英文）", "the same in English", nullable=True),
    )


def _agrees(series: str) -> str:
    """SQL: our numbers of the row `told` and the series are of one caliber."""
    return f"""EXISTS (
        SELECT 1 FROM core.park_caliber k
        WHERE k.place_id = told.place_id AND k.year = told.year AND k.basis = told.basis
          AND k.boundary_class = told.boundary_class AND k.series = '{series}'
          AND k.refused_zh IS NULL)"""


def _per(amount: str, of: str, series: str) -> str:
    return f"CASE WHEN {_agrees(series)} THEN {amount} / nullif({of}, 0) END"


def _not_shown(view: str) -> str:
    """SQL: the total of the view has no point value, or there is none."""
    return f"""NOT EXISTS (
        SELECT 1 FROM mart.park_total t
        WHERE t.place_id = summed.place_id AND t.year = summed.year AND t.view = '{view}'
          AND t.boundary_class = summed.boundary_class AND t.basis = summed.basis
          AND t.profile = summed.profile AND t.co2e_t IS NOT NULL)"""


_NO_EQUAL_VALUE = """EXISTS (
    SELECT 1 FROM mart.park_energy e
    WHERE e.place_id = summed.place_id AND e.year = summed.year AND e.basis = summed.basis
      AND e.boundary_class = summed.boundary_class AND e.tce_equal IS NULL)"""


def _not_returned(name: str) -> str:
    return f"""NOT EXISTS (
        SELECT 1 FROM core.park_return r WHERE r.park_id = summed.place_id
          AND r.year = summed.year AND r.{name} IS NOT NULL)"""


_EMISSIONS = {
    f"{view}_{gas}_t": view
    for view in ("territorial", "consumption", "zcp")
    for gas in (("co2",) if view == "zcp" else ("co2e", "co2"))
}
# Energy is of one place and unlocated parts as emissions are: no ratio of it without them.
_LOCATED = "territorial_co2e_t IS NOT NULL"
_THRESHOLD = """CASE WHEN zcp_co2_t IS NOT NULL THEN (
    SELECT h.t_per_tce FROM accepted.zero_carbon_threshold h
    WHERE told.tce_equal >= h.tce_from AND (h.tce_below IS NULL OR told.tce_equal < h.tce_below)
) END"""


def _calibers(language: str) -> str:
    between = {"zh": "；", "en": "; "}[language]
    return f"""(SELECT string_agg(k.series || ' ' || k.refused_{language}, '{between}'
                                 ORDER BY k.series)
        FROM core.park_caliber k
        WHERE k.place_id = shown.place_id AND k.year = shown.year AND k.basis = shown.basis
          AND k.boundary_class = shown.boundary_class AND k.series <> 'energy')"""


_REASONS = {
    "territorial_co2e_t IS NULL": (
        "排放量没有点值：未定位过多、落位不足或没有数据",
        "no point value of emissions: too much unlocated, too little placed, or no data",
    ),
    "tce_equal IS NULL": ("当年没有电力等价值", "no 等价值 of electricity for the year"),
    "value_added_wcny IS NULL": ("年报没有工业增加值", "the return has no value added"),
    "developed_km2 IS NULL": ("年报没有已开发面积", "the return has no developed area"),
}


def _reasons(language: str) -> str:
    between = {"zh": "；", "en": "; "}[language]
    own = ", ".join(
        f"CASE WHEN {condition} THEN '{zh if language == 'zh' else en}' END"
        for condition, (zh, en) in _REASONS.items()
    )
    return f"nullif(concat_ws('{between}', {own}, {_calibers(language)}), '')"


def _emission(zh: str, en: str) -> Any:
    return column(zh, f"{en}; empty where its total has no point value", unit="t", nullable=True)


def _ratio(zh: str, en: str) -> Any:
    return column(zh, f"{en}; empty where calibers differ", nullable=True)


class ParkIndicator(Table):
    place_id: str = column("地点", "park")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of our numbers")
    basis: str = column("口径", "attribution basis of our numbers", isin=BASES)
    profile: str = column("方法", "method profile")
    gwp_set: str = column("GWP 集", "assessment report of the GWPs")
    territorial_co2e_t: Quantity = _emission("属地排放", "territorial view")
    territorial_co2_t: Quantity = _emission("属地二氧化碳", "CO2 of the territorial view")
    consumption_co2e_t: Quantity = _emission("消费视角排放", "consumption view")
    consumption_co2_t: Quantity = _emission("消费视角二氧化碳", "CO2 of the consumption view")
    zcp_co2_t: Quantity = _emission("零碳园区视角二氧化碳", "view of zero-carbon parks, ZCP-2025")
    tce_calorific: Quantity = column("能耗(当量值)", "located energy, 当量值", unit="tce")
    tce_equal: Quantity = column(
        "能耗(等价值)",
        "located energy, 等价值; empty where none of electricity is published for the year",
        unit="tce",
        nullable=True,
    )
    clean_tce_equal: Quantity = column(
        "清洁能源(等价值)",
        "of it natural gas, certified green and direct non-fossil power, 等价值; empty as that is",
        unit="tce",
        nullable=True,
    )
    value_added_wcny: Quantity = column(
        "工业增加值",
        "industrial value added, current prices; empty where the return has none",
        unit="1e4 CNY",
        nullable=True,
    )
    approved_km2: Quantity = column("核准面积", "approved area of the catalogue", unit="km2")
    developed_km2: Quantity = column(
        "已开发面积",
        "developed area; empty where the return has none",
        unit="km2",
        nullable=True,
    )
    co2e_per_value_added_territorial_t_per_wcny: Quantity = _ratio(
        "单位增加值排放(属地)", "t CO2e a 1e4 CNY"
    )
    co2_per_value_added_territorial_t_per_wcny: Quantity = _ratio(
        "单位增加值二氧化碳(属地)", "t CO2 a 1e4 CNY"
    )
    co2e_per_value_added_consumption_t_per_wcny: Quantity = _ratio(
        "单位增加值排放(消费)", "t CO2e a 1e4 CNY"
    )
    co2_per_value_added_consumption_t_per_wcny: Quantity = _ratio(
        "单位增加值二氧化碳(消费)", "t CO2 a 1e4 CNY"
    )
    co2_per_value_added_zcp_t_per_wcny: Quantity = _ratio(
        "单位增加值二氧化碳(零碳园区)", "t CO2 a 1e4 CNY"
    )
    co2e_t_per_km2_approved_territorial: Quantity = _ratio("单位核准面积排放(属地)", "t CO2e a km2")
    co2_t_per_km2_approved_territorial: Quantity = _ratio(
        "单位核准面积二氧化碳(属地)", "t CO2 a km2"
    )
    co2e_t_per_km2_developed_territorial: Quantity = _ratio(
        "单位开发面积排放(属地)", "t CO2e a km2"
    )
    co2_t_per_km2_developed_territorial: Quantity = _ratio(
        "单位开发面积二氧化碳(属地)", "t CO2 a km2"
    )
    tce_per_value_added_calorific_per_wcny: Quantity = _ratio(
        "单位增加值能耗(当量值)", "tce a 1e4 CNY, 当量值"
    )
    tce_per_value_added_equal_per_wcny: Quantity = _ratio(
        "单位增加值能耗(等价值)", "tce a 1e4 CNY, 等价值"
    )
    co2_per_tce_equal_territorial: Quantity = column(
        "单位能耗二氧化碳(属地，等价值)", "t CO2 a tce", nullable=True
    )
    co2_per_tce_equal_zcp: Quantity = column(
        "单位能耗二氧化碳(零碳园区，等价值)", "t CO2 a tce", nullable=True
    )
    clean_share_equal: Quantity = column(
        "清洁能源比例(等价值)", "clean energy over all, both 等价值", nullable=True
    )
    threshold_t_per_tce: Quantity = column(
        "零碳园区限值", "t CO2 a tce for its energy; empty: none is defined", nullable=True
    )
    reduction_needed_t: Quantity = column(
        "需减排量", "CO2 above the limit, of the zero-carbon view", unit="t", nullable=True
    )
    zero_carbon_test: str = column(
        "零碳园区检验",
        "whether the limit is met; not_defined below 0.2 Mtce; empty where it cannot be told",
        nullable=True,
        isin=["met", "not_met", "not_defined"],
    )
    refused_zh: str = _refused()[0]
    refused_en: str = _refused()[1]
    scope_firms: str = column(
        "企业范围", "firms that our data cover", nullable=True, isin=SCOPES_OF_FIRMS
    )
    activity_scope: str = column(
        "核算范围", "of our numbers", nullable=True, isin=["industry", "all"]
    )
    return_scope_firms: str = stated_firms()
    return_boundary_class: str = stated_boundary()
    return_attribution: str = stated_basis()
    measured_zh: str = measured()
    worst_tier: str = column("最低层级", "of our total", nullable=True, isin=TIERS)
    placed_share: Quantity = column("落位比例", "coverage of its province", nullable=True)
    confidential: bool = column("保密", "fewer than three enterprises")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.park_indicator",
            "key": ["place_id", "year", "boundary_class", "basis", "profile", "gwp_set"],
            "partition": "year",
            "measures": [
                *_EMISSIONS,
                "tce_calorific",
                "tce_equal",
                "clean_tce_equal",
                "value_added_wcny",
                "approved_km2",
                "developed_km2",
            ],
            "signed": dict.fromkeys(
                ("consumption_co2e_t", "consumption_co2_t", "territorial_co2_t", "zcp_co2_t")
            ),
            "withhold": {
                **{name: _not_shown(view) for name, view in _EMISSIONS.items()},
                "tce_equal": _NO_EQUAL_VALUE,
                "clean_tce_equal": _NO_EQUAL_VALUE,
                "value_added_wcny": _not_returned("value_added_wcny"),
                "developed_km2": _not_returned("developed_ha"),
            },
            "ratios": {
                **{
                    f"{gas}_per_value_added_{view}_t_per_wcny": _per(
                        f"{view}_{gas}_t", "value_added_wcny", "value_added"
                    )
                    for view, gas in (
                        ("territorial", "co2e"),
                        ("territorial", "co2"),
                        ("consumption", "co2e"),
                        ("consumption", "co2"),
                        ("zcp", "co2"),
                    )
                },
                **{
                    f"{gas}_t_per_km2_{area}_territorial": _per(
                        f"territorial_{gas}_t", f"{area}_km2", f"{area}_area"
                    )
                    for area in ("approved", "developed")
                    for gas in ("co2e", "co2")
                },
                **{
                    f"tce_per_value_added_{basis}_per_wcny": _per(
                        f"CASE WHEN {_LOCATED} THEN tce_{basis} END",
                        "value_added_wcny",
                        "value_added",
                    )
                    for basis in ("calorific", "equal")
                },
                "co2_per_tce_equal_territorial": "territorial_co2_t / nullif(tce_equal, 0)",
                "co2_per_tce_equal_zcp": "zcp_co2_t / nullif(tce_equal, 0)",
                "clean_share_equal": f"CASE WHEN {_LOCATED} THEN clean_tce_equal END "
                "/ nullif(tce_equal, 0)",
                "threshold_t_per_tce": _THRESHOLD,
                "reduction_needed_t": f"CASE WHEN zcp_co2_t - tce_equal * {_THRESHOLD} IS NOT NULL "
                f"THEN greatest(zcp_co2_t - tce_equal * {_THRESHOLD}, 0) END",
            },
            "labels": {
                "zero_carbon_test": """CASE
                    WHEN zcp_co2_t IS NULL OR tce_equal IS NULL THEN NULL
                    WHEN threshold_t_per_tce IS NULL THEN 'not_defined'
                    WHEN reduction_needed_t > 0 THEN 'not_met' ELSE 'met' END""",
                "refused_zh": _reasons("zh"),
                "refused_en": _reasons("en"),
            },
            "about": "One row a park that a committee returned, year, class, basis and profile: "
            "our numbers by value added, area and energy.",
        }


class ParkReported(Table):
    place_id: str = column("地点", "park")
    year: int = column("年份", "data year")
    boundary_class: str = column("边界类别", "boundary class of our number")
    basis: str = column("口径", "attribution basis of our number", isin=BASES)
    energy_id: str = column("能源", f"energy of the return, or {COMPREHENSIVE}: all of it in tce")
    canonical_unit: str = column("单位", "unit of the quantities")
    elec_basis: str = elec_basis()
    reported_quantity: Quantity = column("年报数量", "as the committee returned it")
    located_quantity: Quantity = column(
        "定位数量",
        "located in the park of the same fuel of the energy book; of power and heat what is "
        "purchased; empty for standard coal of a basis that is not stated or has no coefficient",
        nullable=True,
    )
    located_to_reported: Quantity = _ratio("比值", "located over reported")
    refused_zh: str = _refused()[0]
    refused_en: str = _refused()[1]
    reported_tier: str = column("年报层级", "tier of the return", isin=["T4"])
    measured_zh: str = measured()
    confidential: bool = column("保密", "fewer than three enterprises behind the located part")
    illustrative: bool = column("示意", "rests on a delivery made for demonstration")

    class Config:
        metadata = {
            "table": "mart.park_reported",
            "key": ["place_id", "year", "boundary_class", "basis", "energy_id"],
            "partition": "year",
            "measures": ["reported_quantity", "located_quantity"],
            "withhold": {
                "located_quantity": f"""energy_id = '{COMPREHENSIVE}' AND EXISTS (
                    SELECT 1 FROM core.park_return r
                    WHERE r.park_id = summed.place_id AND r.year = summed.year
                      AND (r.elec_basis IS NULL OR (r.elec_basis = '等价值'
                           AND {_NO_EQUAL_VALUE})))"""
            },
            "ratios": {
                "located_to_reported": _per("located_quantity", "reported_quantity", "energy")
            },
            "labels": {
                f"refused_{language}": f"""nullif(concat_ws('{between}',
                    CASE WHEN located_quantity IS NULL THEN '{lost}' END,
                    (SELECT k.refused_{language} FROM core.park_caliber k
                     WHERE k.place_id = shown.place_id AND k.year = shown.year
                       AND k.basis = shown.basis AND k.boundary_class = shown.boundary_class
                       AND k.series = 'energy')), '')"""
                for language, between, lost in (
                    ("zh", "；", "年报未说明电力折标口径，或当年没有等价值"),
                    ("en", "; ", "basis of electricity not stated, or no 等价值 of the year"),
                )
            },
            "about": "One row a park, year, class, basis and energy: what the committee returned "
            "(T4) beside what is located there.",
        }
