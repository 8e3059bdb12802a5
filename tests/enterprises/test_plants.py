"""Located plants: units of trackers once each, their enterprise, years, point and industry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.enterprises.plants import PlantError, located_plants
from assets.enterprises.sites import permits_of, sites
from quality.contracts.accepted import CoalUnit
from quality.contracts.enterprises import Entity
from quality.contracts.plants import GemCoalUnit, WriPlant
from quality.contracts.statistics import CeadsEnergy
from tests.door import file_through_door
from tests.energy.test_control import book_cell
from tests.frames import Tables, facts, frame
from tests.shared_data import shared

POINT = {"lon": 106.5, "lat": 38.2}


def gem(unit_id: str = "G1", **changes: Any) -> dict[str, Any]:
    return {
        "source_row_id": f"row {unit_id}",
        "file_stem": "July 2023",
        "unit_id": unit_id,
        "location_id": "L1",
        "country": "China",
        "plant_name": "Linhe power station",
        "province": "Ningxia",
        "capacity_mw": 350,
        "status": "operating",
        "location_accuracy": "exact",
        **POINT,
        **changes,
    }


def wri(**changes: Any) -> dict[str, Any]:
    return {
        "source_row_id": "row w",
        "plant_id": "106",
        "plant_name": "Golmud",
        "fuel": "Natural Gas",
        "country": "China",
        "capacity_mw": 300,
        "lon": 94.97,
        "lat": 36.38,
        **changes,
    }


def tables(
    *units: dict[str, Any], gas: tuple[dict[str, Any], ...] = (), **more: pl.DataFrame
) -> Tables:
    return Tables(
        {
            "accepted.gem_coal_unit": frame(GemCoalUnit, *units),
            "accepted.wri_plant": frame(WriPlant, *gas),
            "accepted.province_name": facts("province_name"),
            "accepted.book_row": facts("book_row"),
            **{name.replace("__", "."): rows for name, rows in more.items()},
        }
    )


def located(t: Tables) -> list[dict[str, Any]]:
    return located_plants(t, permits_of(t)).to_dicts()


def test_a_unit_of_a_tracker_has_its_plant_as_enterprise_and_a_site_of_its_own() -> None:
    (row,) = located(tables(gem()))
    assert (row["site_id"], row["enterprise_id"], row["province_code"]) == (
        "GEM:G1",
        "GEM:L1",
        "640000",
    )
    linked = frame(Entity, {"entity_id": "GEM:L1", "enterprise_id": "E"})
    (row,) = located(tables(gem(), core__entity=linked))
    assert row["enterprise_id"] == "E"


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({"status": "retired"}, True),
        ({"status": "mothballed"}, True),
        ({"status": "construction"}, False),
        ({"status": "cancelled"}, False),
        ({"country": "Taiwan"}, False),
    ],
)
def test_units_of_the_mainland_that_ran_are_located(changes: dict[str, str], there: bool) -> None:
    assert len(located(tables(gem(**changes)))) == there


def test_a_unit_of_two_lists_counts_once_and_of_two_releases_stops() -> None:
    own = frame(CoalUnit, {"unit_id": "G1", "plant_name": "临河", "capacity_mw": 1, **POINT})
    found = located(tables(gem(), gem("G2"), accepted__coal_unit=own))
    assert sorted((row["unit_id"], int(row["capacity_mw"])) for row in found) == [
        ("G1", 1),
        ("G2", 350),
    ]
    with pytest.raises(PlantError, match="unit G1 stands in January 2024 and July 2023"):
        located(tables(gem(), gem(file_stem="January 2024")))


@pytest.mark.parametrize(
    ("industry", "captive", "steelworks"),
    [
        (None, False, False),
        ("aluminum", True, False),
        ("aluminum, iron & steel", True, True),
    ],
)
def test_the_industry_of_a_captive_unit(
    industry: str | None, captive: bool, steelworks: bool
) -> None:
    (row,) = located(tables(gem(captive_industry=industry)))
    assert (row["captive"], row["steelworks"]) == (captive, steelworks)


@pytest.mark.parametrize(
    ("accuracy", "metres"), [("exact", 100.0), ("approximate", 5000.0), ("Exact", 100.0)]
)
def test_the_precision_of_a_point_is_what_the_tracker_says(accuracy: str, metres: float) -> None:
    (row,) = located(tables(gem(location_accuracy=accuracy)))
    assert row["point_precision_m"] == metres


@pytest.mark.parametrize(
    ("text", "year"),
    [("2004", 2004), ("2004.0", 2004), ("1996-2006", None), (None, None), ("unknown", None)],
)
def test_a_gas_plant_has_the_year_that_is_said_and_no_other(
    text: str | None, year: int | None
) -> None:
    (row,) = located(tables(gas=(wri(commissioned_text=text),)))
    assert (row["start_year"], row["province_code"], row["fuel"]) == (year, "630000", "gas")


@pytest.mark.parametrize(
    "changes",
    [
        {"fuel": "Landfill gas"},
        {"capacity_mw": None},
        {"lon": None},
        {"status": "Under Construction"},
        {"lon": 113.91, "lat": 22.41},
    ],
)
def test_what_is_no_located_gas_plant_of_the_mainland_is_left_out(changes: dict[str, Any]) -> None:
    assert located(tables(gas=(wri(**changes),))) == []


def test_plants_become_sites_and_a_province_with_a_book_has_a_rest() -> None:
    t = tables(gem(), gas=(wri(),), accepted__ceads_energy=frame(CeadsEnergy, book_cell()))
    found = dict(sites(t).select("site_id", "kind").iter_rows())
    assert found == {"GEM:G1": "coal_unit", "WRI:106": "gas_plant", "REST:640000": "rest"}


@pytest.mark.slow
def test_the_units_of_the_real_tracker(tmp_path: Path) -> None:
    path = shared("data/c_gem_coal/*.xlsx")
    t = tables(accepted__gem_coal_unit=file_through_door("gem_coal", path, tmp_path).frame)
    found = located_plants(t, permits_of(t))
    operating = found.filter(pl.col("status") == "operating")
    assert (found.height, operating.height) == (4220, 3115)
    assert operating["start_year"].null_count() == 79
    assert found["province_code"].null_count() == 0
    assert found["province_code"].n_unique() == 30
