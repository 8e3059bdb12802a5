"""Worked example rows of the office forms: every enterprise, park and figure is invented.

By source id, then by canonical column. The codes pass GB 32100 but stand for nobody: their
organisation part is nothing but X and a digit.
"""

from __future__ import annotations

from typing import Any

import shapely

from assets.enterprises.uscc import check_character

Row = dict[str, str | int | float]

NOTE = "示意，虚构"


def _code(division: str, digit: int) -> str:
    first = f"91{division}XXXXXXXX{digit}"
    return first + check_character(first)


_CHEMICAL, _CEMENT, _POWER = (_code("640100", digit) for digit in (1, 2, 3))
_CHEMICAL_ZH = "示意化工有限公司（虚构）"
_CEMENT_ZH = "示意水泥有限公司（虚构）"
_POWER_ZH = "示意热电有限公司（虚构）"

_RETURN: Row = {
    "uscc_text": _CHEMICAL,
    "name_zh": _CHEMICAL_ZH,
    "industry_division": "26",
    "industry_code": "2614",
    "year": 2023,
    "note_zh": NOTE,
}
_TRANSFORMED: Row = {
    "uscc_text": _POWER,
    "name_zh": _POWER_ZH,
    "industry_division": "44",
    "year": 2023,
    "note_zh": NOTE,
}
_COAL: Row = {"energy_zh": "一般烟煤", "unit_zh": "吨", "ncv": 20900, "ncv_unit_zh": "千焦/千克"}
_METER: Row = {
    "account_no": "0640000001",
    "meter_point": "000001",
    "name_zh": _CHEMICAL_ZH,
    "uscc_text": _CHEMICAL,
    "address_zh": "示意工业园区一号路 1 号（虚构）",
    "month": "202301",
    "note_zh": NOTE,
}
_WEIGHT: Row = {
    "area_code": "640000",
    "year": 2023,
    "book_sector": "Nonmetal Mineral Products",
    "kind_zh": "增加值",
    "unit_zh": "万元",
    "firms_zh": "规上",
    "vintage": "2024-11",
    "provenance": "示意统计年鉴（虚构）表 1",
    "note_zh": NOTE,
}
_WATER: Row = {
    "uscc_text": _CHEMICAL,
    "name_zh": _CHEMICAL_ZH,
    "permit_no": f"{_CHEMICAL}001P",
    "year": 2023,
    "method_zh": "工业废水",
    "item_zh": "污水站",
    "note_zh": NOTE,
}

_GROUND = shapely.box(106.25, 38.45, 106.27, 38.47)

EXAMPLES: dict[str, list[Row]] = {
    "return_205_1": [
        {
            **_RETURN,
            **_COAL,
            "carbon_content_tc_tj": 26.4,
            "oxidation_pct": 97.5,
            "opening": 500,
            "closing": 300,
            "purchased": 11800,
            "purchase_amount_kcny": 9440,
            "consumption": 12000,
            "raw_material": 0,
            "reported_tce": 8013.2,
            "output_value_kcny": 560000,
        },
        {
            **_RETURN,
            "energy_zh": "电力",
            "unit_zh": "万千瓦时",
            "purchased": 3600,
            "purchase_amount_kcny": 18000,
            "consumption": 3600,
            "reported_tce": 4424.4,
            "output_value_kcny": 560000,
        },
    ],
    "return_205_2": [
        {**_TRANSFORMED, **_COAL, "kind_zh": "火力发电", "input": 60000},
        {**_TRANSFORMED, **_COAL, "kind_zh": "供热", "input": 40000},
        {
            **_TRANSFORMED,
            "kind_zh": "火力发电",
            "energy_zh": "电力",
            "unit_zh": "万千瓦时",
            "output": 15000,
        },
        {
            **_TRANSFORMED,
            "kind_zh": "供热",
            "energy_zh": "热力",
            "unit_zh": "百万千焦",
            "output": 680000,
        },
    ],
    "output_return": [
        {
            "uscc_text": _CEMENT,
            "name_zh": _CEMENT_ZH,
            "year": 2023,
            "product_zh": "水泥熟料",
            "unit_zh": "万吨",
            "output": 82.5,
            "note_zh": NOTE,
        }
    ],
    "grid_supply": [
        {
            **_METER,
            "previous_reading": 1520.5,
            "current_reading": 2020.5,
            "multiplier": 6000,
            "billed_kwh": 3000000,
            "green_kwh": 600000,
            "category_zh": "大工业",
        },
        {**_METER, "meter_point": "000002", "billed_kwh": 15200, "category_zh": "一般工商业"},
    ],
    "heat_supply": [
        {
            **_METER,
            "medium_zh": "蒸汽",
            "quantity": 5000,
            "unit_zh": "吨",
            "temperature_c": 280,
            "pressure_mpa": 0.98,
            "enthalpy_kj_kg": 3008,
        },
        {
            **_METER,
            "meter_point": "000002",
            "medium_zh": "热水",
            "quantity": 1200,
            "unit_zh": "百万千焦",
        },
    ],
    "park_annual": [
        {
            "catalogue_code": "S999999",
            "name_zh": "示意工业园区（虚构）",
            "year": 2023,
            "planned_ha": 800,
            "developed_ha": 520,
            "enterprises": 120,
            "enterprises_above_scale": 36,
            "employees": 8500,
            "output_value_wcny": 960000,
            "value_added_wcny": 210000,
            "raw_coal_t": 150000,
            "natural_gas_1e4m3": 1000,
            "electricity_1e4kwh": 42000,
            "heat_gj": 500000,
            # 107,145 + 13,283.6 + 51,618 + 17,060
            "energy_tce": 189106.6,
            "electricity_basis": "当量值",
            "firms_zh": "规上",
            "boundary_zh": "核准",
            "attribution_zh": "经营地",
            "measured_zh": "部分估算",
            "note_zh": NOTE,
        }
    ],
    "permit_register": [
        {
            "name_zh": _CHEMICAL_ZH,
            "permit_no": f"{_CHEMICAL}001P",
            "uscc_text": _CHEMICAL,
            "industry_zh": "有机化学原料制造",
            "lon": 106.26137,
            "lat": 38.46021,
            "city_zh": "银川市",
            "provenance": NOTE,
        }
    ],
    "business_register": [
        {
            "uscc_text": _CHEMICAL,
            "name_zh": _CHEMICAL_ZH,
            "registered_address_zh": "示意工业园区一号路 1 号（虚构）",
            "status_zh": "存续",
            "note_zh": NOTE,
        }
    ],
    "unit_register": [
        {
            "uscc_text": _CEMENT,
            "name_zh": _CEMENT_ZH,
            "kind_zh": "产业活动单位",
            "parent_uscc_text": _CEMENT,
            "permit_no": f"{_CEMENT}001P",
            "operating_address_zh": "示意工业园区二号路 2 号（虚构）",
            "registered_address_zh": "示意市示意路 3 号（虚构）",
            "place_use_zh": "生产",
            "product_zh": "水泥熟料",
            "capacity": 1550000,
            "capacity_unit_zh": "吨",
            "output": 1200000,
            "employees": 320,
            "floor_area_m2": 54000,
            "lon": 106.26123,
            "lat": 38.46123,
            "valid_from": "2011-05-01",
            "note_zh": NOTE,
        },
        {
            "uscc_text": _CEMENT,
            "name_zh": f"{_CEMENT_ZH}办事处",
            "kind_zh": "产业活动单位",
            "parent_uscc_text": _CEMENT,
            "operating_address_zh": "示意市示意路 3 号（虚构）",
            "place_use_zh": "办公",
            "employees": 25,
            "note_zh": NOTE,
        },
    ],
    "enterprise_event": [
        {
            "uscc_text": _POWER,
            "name_zh": _POWER_ZH,
            "event_zh": "合并",
            "happened_on": "2022-07-01",
            "successor_uscc_text": _CHEMICAL,
            "document_no": "示意〔2022〕1 号",
            "note_zh": NOTE,
        }
    ],
    "site_energy": [
        {
            "permit_no": f"{_CHEMICAL}001P",
            "uscc_text": _CHEMICAL,
            "name_zh": _CHEMICAL_ZH,
            "year": 2023,
            "energy_zh": "电力",
            "unit_zh": "万千瓦时",
            "consumption": 860,
            "meter_owner_uscc_text": _POWER,
            "meter_owner_zh": _POWER_ZH,
            "note_zh": NOTE,
        }
    ],
    "energy_exchange": [
        {
            "year": 2023,
            "energy_zh": "电力",
            "supplier_uscc_text": _POWER,
            "supplier_zh": _POWER_ZH,
            "uscc_text": _CHEMICAL,
            "name_zh": _CHEMICAL_ZH,
            "mode_zh": "直供",
            "source_zh": "化石",
            "supplied": 3000,
            "unit_zh": "万千瓦时",
            "note_zh": NOTE,
        },
        {
            "year": 2023,
            "energy_zh": "热力",
            "supplier_uscc_text": _POWER,
            "supplier_zh": _POWER_ZH,
            "uscc_text": _CHEMICAL,
            "name_zh": _CHEMICAL_ZH,
            "mode_zh": "直供",
            "source_zh": "化石",
            "supplied": 120000,
            "unit_zh": "百万千焦",
            "contract_ef": 0.105,
            "note_zh": NOTE,
        },
        {
            "year": 2023,
            "energy_zh": "电力",
            "uscc_text": _CHEMICAL,
            "name_zh": _CHEMICAL_ZH,
            "mode_zh": "绿证",
            "source_zh": "非化石",
            "supplied": 200,
            "unit_zh": "万千瓦时",
            "note_zh": NOTE,
        },
    ],
    # Weights are refused for a park that is not in the catalogue: the codes are real, all else not.
    "sector_weight": [
        {**_WEIGHT, "place_code": place, "value": value}
        for place, value in (("S649012", 182000), ("S649008", 96500), ("REST", 731500))
    ],
    "census_revision": [
        {
            "area_code": "640000",
            "book_sector": "全部",
            "book_fuel": "Raw_Coal",
            "census_year": year,
            "ratio": ratio,
            "revises": "2019-08",
            "vintage": "2020-06",
            "provenance": "示意公报（虚构）",
            "note_zh": NOTE,
        }
        for year, ratio in ((2013, 1), (2018, 1.04))
    ],
    "process_return": [
        {**_WATER, "parameter_zh": "处理方式", "choice_zh": "厌氧反应器"},
        {**_WATER, "parameter_zh": "废水处理量", "value": 86, "unit_zh": "万立方米"},
        {**_WATER, "parameter_zh": "进水COD浓度", "value": 1850, "unit_zh": "毫克/升"},
        {**_WATER, "parameter_zh": "出水COD浓度", "value": 60, "unit_zh": "毫克/升"},
        {**_WATER, "parameter_zh": "甲烷回收量", "value": 21000, "unit_zh": "千克"},
        {
            "uscc_text": _CEMENT,
            "name_zh": _CEMENT_ZH,
            "permit_no": f"{_CEMENT}001P",
            "year": 2023,
            "method_zh": "石灰",
            "parameter_zh": "石灰产量",
            "value": 3.6,
            "unit_zh": "万吨",
            "note_zh": NOTE,
        },
    ],
    "park_boundary": [
        {
            "catalogue_code": "S999999",
            "name_zh": "示意工业园区（虚构）",
            "boundary_class": "approved",
            "catalogue_ha": 387,
            "valid_from": "2018-03-01",
            "note_zh": NOTE,
        }
    ],
}

# Geometry of the example of a layer, in degrees.
SHAPES: dict[str, list[Any]] = {"park_boundary": [_GROUND]}
