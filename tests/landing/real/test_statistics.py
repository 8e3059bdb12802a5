"""Statistics: every province and year there, and totals that are the sums of their parts."""

from __future__ import annotations

import polars as pl
import pytest

from tests.door import rows_through_door
from tests.landing.real.delivered import accepted

ENERGY = "e_ceads_provincial_energy/*.xlsx"
YEARS = [2011, 2012, 2014, 2015, 2016, 2017, 2019, 2020]
# One province of 2017 has the word of 2018.
TOTALS = ["Total Consumption", "Total Emissions", "TotalEmissions"]
# Binary fractions are noise from the sixteenth digit on; the largest totals have five before
# the point.
NOISE = 1e-8


@pytest.fixture(scope="module")
def energy() -> pl.DataFrame:
    outcome = accepted("ceads_energy", ENERGY)
    row = pl.col("source_row_id").str.extract(r":(\d+)$").cast(pl.Int64)
    return outcome.frame.with_columns(row.alias("row"), pl.col("value").cast(pl.Float64))


def _gap(parts: pl.DataFrame, totals: pl.DataFrame, value: str, by: list[str]) -> pl.DataFrame:
    """Totals that are not the sum of their parts."""
    summed = parts.group_by(by).agg(pl.col(value).sum().alias("sum"))
    joined = totals.select(*by, pl.col(value).alias("total")).join(summed, on=by)
    assert joined.height == totals.height
    return joined.filter((pl.col("sum") - pl.col("total")).abs() > NOISE)


SHEET = ["year", "province_en", "fuel_en"]


def test_energy_of_every_province_sector_and_year(energy: pl.DataFrame) -> None:
    assert energy.get_column("year").unique().sort().to_list() == YEARS
    final = energy.filter(pl.col("row").is_between(4, 50))
    counted = final.group_by("year").agg(
        pl.col("province_en").n_unique().alias("provinces"),
        pl.struct("province_en", "item_en").n_unique().alias("rows"),
    )
    assert counted.filter((pl.col("provinces") != 30) | (pl.col("rows") != 30 * 47)).is_empty()
    assert "Petroleum and Naturl Gas Extraction" in final.get_column("item_en").to_list()


def test_final_consumption_is_the_sum_of_its_sectors(energy: pl.DataFrame) -> None:
    final = energy.filter(pl.col("row").is_between(4, 50))
    total = energy.filter(pl.col("item_en") == "Total Final Consumption")
    assert total.height == 30 * 8 * 20
    assert _gap(final, total, "value", SHEET).is_empty()


def test_consumption_is_final_consumption_and_signed_transformation(energy: pl.DataFrame) -> None:
    parts = energy.filter(
        pl.col("item_en").is_in(["Total Final Consumption", "Inputs(+) outputs(-)"])
    )
    total = energy.filter(pl.col("item_en") == "Total Consumption")
    assert _gap(parts, total, "value", SHEET).is_empty()
    # Losses stand beside it and are in no total.
    assert energy.filter((pl.col("item_en") == "Coking") & (pl.col("value") < 0)).height > 0


def test_transformation_is_not_always_the_sum_of_its_kinds(energy: pl.DataFrame) -> None:
    kinds = energy.filter(pl.col("row").is_between(54, 61))
    total = energy.filter(pl.col("item_en") == "Inputs(+) outputs(-)")
    gap = _gap(kinds, total, "value", SHEET).group_by("year").len().sort("year")
    known = [(2011, 8), (2012, 10), (2014, 5), (2015, 2), (2016, 3), (2017, 1), (2019, 3)]
    assert gap.rows() == [*known, (2020, 15)]


def test_units_are_those_of_the_units_row(energy: pl.DataFrame) -> None:
    units = dict(energy.select("fuel_en", "unit").unique().iter_rows())
    assert len(units) == 20
    assert units["Raw_Coal"] == "10^4 ton"
    assert units["Natural_Gas"] == "10^8 cu.m"
    assert units["Heat"] == "10^10 kj"
    assert units["Electricity"] == "10^8 kwh"
    assert units["Other_Energy"] == "10^4 tce"


def test_a_row_without_a_label_is_set_aside_and_a_value_without_a_unit_refused() -> None:
    name = {"__file_stem__": "x", "__part_province__": "Jiangsu", "__part_year__": "2020"}
    rows: list[dict[str, str | None]] = [
        {**name, "Energy_inventory": "Coking", "Coke": "-3.5"},
        {**name, "Energy_inventory": None, "Coke": "0"},
    ]
    outcome = rows_through_door("ceads_energy", rows)
    assert outcome.records == 1
    assert outcome.reasons() == {"CONTRACT:unit": 1}


def test_emissions_are_the_sum_of_their_sectors() -> None:
    frame = accepted("ceads_emissions", "e_ceads_provincial_emissions/*.xlsx").frame
    frame = frame.with_columns(pl.col("emissions_mtco2").cast(pl.Float64))
    assert frame.select("province_en", "year").n_unique() == 30 * 4
    total = pl.col("sector_en").is_in(TOTALS)
    assert _gap(frame.filter(~total), frame.filter(total), "emissions_mtco2", SHEET).is_empty()
    assert frame.filter(total).height == 30 * 4 * 22


def test_the_nation_is_the_sum_of_its_sectors() -> None:
    frame = accepted("ceads_national", "e_ceads_national/*.xlsx").frame
    frame = frame.with_columns(pl.col("emissions_mtco2").cast(pl.Float64))
    assert frame.get_column("year").unique().sort().to_list() == list(range(1997, 2020))
    total = pl.col("sector_en").is_in(TOTALS)
    by = ["year", "fuel_en"]
    assert _gap(frame.filter(~total), frame.filter(total), "emissions_mtco2", by).is_empty()


def test_apparent_emissions_are_the_sum_of_fuels_and_cement() -> None:
    frame = accepted("ceads_apparent", "e_ceads_apparent_co2/*.xlsx").frame
    row = pl.col("source_row_id").str.extract(r":(\d+)$").cast(pl.Int64)
    frame = frame.with_columns(pl.col("emissions_mtco2").cast(pl.Float64), row.alias("row"))
    parts, total = frame.filter(pl.col("row") <= 5), frame.filter(pl.col("item_en").is_null())
    assert total.height == 30 * 26
    assert _gap(parts, total, "emissions_mtco2", ["year", "province_en"]).is_empty()


def test_cities() -> None:
    frame = accepted("ceads_cities", "e_ceads_city_emissions/*.xlsx").frame
    assert frame.get_column("city_zh").n_unique() == 290
    # 贵阳 has a year before the period in the title.
    assert frame.filter(pl.col("year") < 1997).get_column("city_zh").to_list() == ["贵州贵阳"]
    assert frame.get_column("year").max() == 2019


def test_every_province_has_twelve_years_of_each_indicator() -> None:
    frame = accepted("nbs_province", "e_nbs_provincial/*.csv").frame
    counted = frame.group_by("indicator_zh").agg(
        pl.col("region_zh").n_unique().alias("regions"),
        pl.col("year").n_unique().alias("years"),
        pl.len().alias("cells"),
    )
    indicators = {"地区生产总值_GDP", "地方一般公共预算支出", "年末城镇人口", "年末常住人口"}
    assert set(counted.get_column("indicator_zh")) == indicators
    assert set(counted.drop("indicator_zh").rows()) == {(31, 12, 372)}
    beijing = frame.filter(
        (pl.col("region_zh") == "北京市")
        & (pl.col("year") == 2022)
        & (pl.col("indicator_zh") == "年末常住人口")
    )
    assert beijing.get_column("value").cast(pl.Int64).to_list() == [2184]
