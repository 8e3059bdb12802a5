"""Rules on supply bills and on the yearly return of a park."""

from __future__ import annotations

import polars as pl

from assets.landing.rules.carriers import Tables, listed
from assets.landing.rules.limits import LIMITS, STEAM_ENTHALPY
from assets.landing.rules.series import ratio_rules
from quality.quarantine import Rule

# A bill adds line and transformer losses to what the meter shows (project rule).
_METER_GAP = 0.05
_GJ_UNITS = ["吉焦", "百万千焦"]

# Column of the park's return to the energy whose standard coal it is.
PARK_CARRIERS = {
    "raw_coal_t": "raw_coal",
    "washed_coal_t": "washed_coal",
    "coke_t": "coke",
    "natural_gas_1e4m3": "natural_gas",
    "gasoline_t": "gasoline",
    "diesel_t": "diesel",
    "electricity_1e4kwh": "electricity",
    "heat_gj": "heat",
}
# Canonical units of the lake in the unit of the column, where they differ.
PER_COLUMN = {"electricity_1e4kwh": 10_000}


def grid_rules() -> list[Rule]:
    """Electricity bills: green power is a part of the whole; the meter explains the bill."""
    read = pl.col("current_reading") - pl.col("previous_reading")
    metered = read.cast(pl.Float64) * pl.col("multiplier").fill_null(1).cast(pl.Float64)
    billed = pl.col("billed_kwh").cast(pl.Float64)
    return [
        *(_cut_number(column) for column in ("account_no", "meter_point")),
        _part_of_whole(
            "green_kwh", "billed_kwh", "其中绿电大于电量", "green power above the whole"
        ),
        Rule(
            "METER",
            "warning",
            "billed_kwh",
            pl.when(billed > 0).then((metered - billed).abs() / billed) > _METER_GAP,
            f"电量与（本次示数－上次示数）×倍率相差超过 {_METER_GAP:.0%}",
            f"billed and metered quantity differ by more than {100 * _METER_GAP:g} %",
        ),
    ]


def heat_rules() -> list[Rule]:
    """Heat bills: GJ, or tonnes of steam with its enthalpy, or temperature and pressure.

    Only the enthalpy makes heat of tonnes (METHOD 2.5).
    """
    tonnes = pl.col("unit_zh") == "吨"
    state = pl.col("temperature_c").is_not_null() & pl.col("pressure_mpa").is_not_null()
    told = state | pl.col("enthalpy_kj_kg").is_not_null()
    lowest, highest = STEAM_ENTHALPY
    return [
        *(_cut_number(column) for column in ("account_no", "meter_point")),
        Rule(
            "UNIT",
            "error",
            "unit_zh",
            ~pl.col("unit_zh").is_in([*_GJ_UNITS, "吨"]),
            f"计量单位应为{'、'.join(_GJ_UNITS)}或吨",
            f"the unit must be {', '.join(_GJ_UNITS)} or 吨",
        ),
        Rule(
            "STEAM",
            "error",
            "quantity",
            tonnes & ~((pl.col("medium_zh") == "蒸汽") & told),
            "按吨计的须为蒸汽，并填焓值（或温度与压力，但不据以折算热量）；热水请按吉焦填报",
            "tonnes must be of steam, with its enthalpy (or temperature and pressure, of which no "
            "heat is made); give hot water in GJ",
        ),
        Rule(
            "ENTHALPY",
            "error",
            "enthalpy_kj_kg",
            ~pl.col("enthalpy_kj_kg").is_between(lowest, highest),
            f"蒸汽焓值应为 {lowest} 至 {highest} 千焦/千克：核对单位（千卡乘 4.1868）；热水请留空",
            f"enthalpy of steam must be {lowest} to {highest} kJ/kg: check the unit (kcal times "
            "4.1868); leave it empty for hot water",
        ),
    ]


def park_rules(reference: Tables) -> list[Rule]:
    """The park's return: parts within wholes, standard coal as its parts say, year on year.

    Standard coal is compared only where electricity is given at its 当量值.
    """
    per_unit = (
        listed(reference)
        .join(reference["core.energy_coefficient"], on=["energy_id", "canonical_unit"])
        .select("energy_id", pl.col("tce_per_unit").cast(pl.Float64))
    )
    coefficient = dict(per_unit.iter_rows())
    parts = [
        pl.col(name).cast(pl.Float64).fill_null(0.0)
        * (coefficient[energy] * PER_COLUMN.get(name, 1))
        for name, energy in PARK_CARRIERS.items()
    ]
    recomputed = pl.sum_horizontal(*parts, pl.col("other_tce").cast(pl.Float64).fill_null(0.0))
    reported = pl.col("energy_tce").cast(pl.Float64)
    off = pl.when((pl.col("electricity_basis") == "当量值") & (recomputed > 0)).then(
        (reported - recomputed).abs() / recomputed
    )
    warns, errs = LIMITS["EN4w"], LIMITS["EN4e"]
    known = reference["accepted.park_catalogue"].get_column("catalogue_code").unique().to_list()
    return [
        Rule(
            "PARK",
            "warning",
            "catalogue_code",
            ~pl.col("catalogue_code").is_in(known),
            "园区代码不在 2018 年版目录中",
            "the code is not in the catalogue of 2018",
        ),
        _part_of_whole(
            "developed_ha", "planned_ha", "已开发面积大于规划面积", "developed above planned area"
        ),
        _part_of_whole(
            "enterprises_above_scale",
            "enterprises",
            "规上企业数大于企业数",
            "more enterprises above scale than in all",
        ),
        Rule(
            "EN4e",
            "error",
            "energy_tce",
            off > errs,
            f"综合能源消费量与分品种折算之和相差超过 {errs:.0%}：先核对单位与当量值/等价值",
            f"energy consumption is off the sum of its carriers by more than {100 * errs:g} %: "
            "check units and 当量值/等价值 first",
        ),
        Rule(
            "EN4w",
            "warning",
            "energy_tce",
            (off > warns) & (off <= errs),
            f"综合能源消费量与分品种折算之和相差超过 {warns:.0%}",
            f"energy consumption is off the sum of its carriers by more than {100 * warns:g} %",
        ),
        *ratio_rules(reported, [pl.col("catalogue_code")], "energy_tce"),
    ]


def _cut_number(column: str) -> Rule:
    """DIGITS: a spreadsheet keeps fifteen digits of a number (6.40123456789012e+17)."""
    return Rule(
        "DIGITS",
        "error",
        column,
        pl.col(column).str.contains(r"^\d(\.\d+)?[eE]\+?\d+$"),
        "编号被表格软件存成了数字，末位已丢失：请设为文本格式后重新填写",
        "a spreadsheet took the number for a quantity and lost its last digits: format the column "
        "as text and enter it anew",
    )


def _part_of_whole(part: str, whole: str, zh: str, en: str) -> Rule:
    """EN2: a part is not more than its whole."""
    return Rule("EN2", "error", part, pl.col(part) > pl.col(whole), zh, en)
