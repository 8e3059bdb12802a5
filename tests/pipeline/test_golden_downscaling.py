"""G18, two margins and a city, from bytes to marts: control totals shared out by weights."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from assets.energy.control import ControlTotalError
from pipelines.wiring import STEPS
from quality.contracts.core import ControlQuantity
from quality.contracts.weights import DownscaledPart
from tests.pipeline.golden_forms import computed
from tests.pipeline.golden_weights import (
    CENSUS_YEAR,
    CITY,
    CITY_YEAR,
    FIRST_VALUE,
    FITTED,
    FITTED_YEAR,
    MIXED,
    NO_REST,
    PARK_TOTAL,
    PLACES,
    PROVINCE,
    SECTORS,
    WRONG,
)
from tests.pipeline.golden_world import W1, W2, YEAR, code
from tests.shared_data import golden
from warehouse.settings import Settings
from warehouse.step import run_steps

pytestmark = pytest.mark.xdist_group("golden")

Tables = dict[str, pl.DataFrame]
REST = f"REST:{PROVINCE}"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return computed()


def of_province(tables: Tables, year: int = YEAR, **axes: str) -> pl.DataFrame:
    return tables["core.activity"].filter(province_code=PROVINCE, year=year, **axes)


def by_place(tables: Tables, **axes: str) -> dict[str, Decimal]:
    """What lies in each place by operation in drawn boundaries."""
    places = tables["core.attribution"].filter(
        pl.lit(YEAR).is_between("year_from", "year_to"),
        basis="operating", series="actual", boundary_class="approved",
    )  # fmt: skip
    found = of_province(tables, **axes).join(
        places.filter(pl.col("weight_point") == 1), on="site_id"
    )
    return dict(found.group_by("place_id").agg(pl.col("quantity").sum()).iter_rows())


@pytest.mark.parametrize("division", SECTORS)
def test_g18_parks_and_the_rest_of_a_province(tables: Tables, division: str) -> None:
    given, expected, _ = golden("G18")
    found = by_place(tables, book_sector=SECTORS[division], energy_id="diesel")
    wanted = {REST if p == "rest" else PLACES[p]: expected[p][division] for p in PLACES}
    assert found == {place: v * 10_000 for place, v in wanted.items() if v}
    assert sum(found.values()) == given["province_1e4tce"][division] * 10_000


def test_g18_totals_of_the_parks(tables: Tables) -> None:
    _, expected, _ = golden("G18")
    sectors = set(SECTORS.values())
    energy = tables["mart.park_energy"].filter(
        basis="operating", boundary_class="approved", energy_id="diesel", year=YEAR
    )
    for park in ("P1", "P2"):
        (quantity,) = energy.filter(place_id=PLACES[park])["quantity"]
        assert quantity == expected[f"{park}_total"] * 10_000
    balance = tables["mart.control_balance"].filter(
        pl.col("book_sector").is_in(sectors), province_code=PROVINCE, year=YEAR,
        book_fuel="Diesel_Oil", boundary_class="approved",
    )  # fmt: skip
    assert balance["book_quantity"].sum() == expected["check_total"] * 10_000
    assert balance["measured_quantity"].sum() == 7_000_000
    assert balance["downscaled_quantity"].sum() == 10_500_000
    assert balance["in_parks_quantity"].sum() == 17_500_000
    assert balance["rest_quantity"].sum() == expected["rest"]["C26"] * 10_000 + 23_600_000


def test_a_measured_park_takes_no_share_of_its_sector_and_fuel(tables: Tables) -> None:
    parts = tables["core.downscaled_part"].filter(place_id=W2)
    assert parts.filter("measured").height == 1
    of_return = of_province(tables, book_sector=SECTORS["C31"], enterprise_id=code("g18"))
    assert set(of_return["tier"]) == {"T2"}
    assert of_return["quantity"].sum() == 7_000_000


def test_electricity_is_shared_out_as_what_is_bought(tables: Tables) -> None:
    found = of_province(tables, energy_id="electricity")
    assert set(found["flow"]) == {"purchased_electricity"}
    quantities = dict(found.select("site_id", "quantity").iter_rows())
    assert quantities == {
        f"PARK:{W1}": 1_200_000_000,
        f"PARK:{W2}": 600_000_000,
        REST: 2_200_000_000,
    }


@pytest.mark.parametrize("sector", [NO_REST, MIXED, WRONG, "Thermal Power"])
def test_what_has_no_sound_weights_stays_in_the_rest(tables: Tables, sector: str) -> None:
    (row,) = of_province(tables, book_sector=sector).to_dicts()
    assert (row["site_id"], row["quantity"]) == (REST, 100_000)


def test_bad_weights_are_refused_by_name_with_their_number(tables: Tables) -> None:
    refused = tables["quarantine.row"].filter(source_id="sector_weight")
    told = set(refused.select("rule_ids", "value_text").iter_rows())
    assert told == {
        ("CAL1", "5"),
        ("CAL1", "15"),
        ("CONTRACT:value", "-1"),
        ("PARK", "S999999"),
    }


def test_downscaled_cells_are_of_the_park_on_both_bases_and_in_every_class(tables: Tables) -> None:
    places = tables["core.attribution"].filter(site_id=f"PARK:{W1}")
    assert set(places["place_id"]) == {W1}
    assert set(places["basis"]) == {"registered", "operating"}
    assert set(places["boundary_class"]) == set(tables["core.attribution"]["boundary_class"])
    assert set(places["weight_low"]) == set(places["weight_point"]) == {Decimal(1)}


def test_a_park_that_rests_on_weights_is_withheld_below_coverage(tables: Tables) -> None:
    axes = {"boundary_class": "approved", "basis": "operating", "view": "territorial"}
    (row,) = (
        tables["mart.park_total"]
        .filter(place_id=W1, year=YEAR, profile="CN-GHG", **axes)
        .to_dicts()
    )
    (covered,) = tables["mart.province_coverage"].filter(
        province_code=PROVINCE, year=YEAR, boundary_class="approved", activity_scope="industry"
    )["placed_share"]
    assert covered < Decimal("0.85")
    assert (row["worst_tier"], row["co2e_t"], row["enterprises"]) == ("T6", None, 0)
    assert row["co2e_low_t"] == row["co2e_high_t"] > 0


def test_no_park_as_a_whole_is_an_enterprise(tables: Tables) -> None:
    for name in ("enterprise_reconciliation", "park_exchange"):
        assert "PARK:" not in str(tables[f"mart.{name}"].to_dicts())
    (row,) = (
        tables["mart.park_reconciliation"].filter(place_id=W2, boundary_class="approved").to_dicts()
    )
    assert row["operating_enterprises"] == 1


def test_a_downscaled_cell_has_the_doubt_of_its_tier(tables: Tables) -> None:
    cells = tables["core.uncertainty_cell"].filter(place_id=W1, year=YEAR)
    assert cells.height
    assert set(cells.select("tier", "u_activity_pct").iter_rows()) == {("T6", 50)}
    # By operation the measured park has both.
    both = tables["core.uncertainty_cell"].filter(
        place_id=W2, basis="operating", energy_id="diesel"
    )
    assert set(both.select("tier", "u_activity_pct").iter_rows()) == {("T2", 3), ("T6", 50)}


def cells_behind(tables: Tables, kind: str, item_id: str) -> set[tuple[str, str, str]]:
    edges = tables["audit.item_source"].filter(item_kind=kind, item_id=item_id)
    found = edges.join(tables["audit.source_cell"], on=["source_row_id", "column_zh"])
    assert found.height == edges.height > 0
    return set(found.select("role", "source_id", "raw_text").iter_rows())


def test_a_share_leads_to_its_weight_that_of_the_rest_and_the_book(tables: Tables) -> None:
    (row,) = of_province(tables, site_id=f"PARK:{W2}", book_sector=SECTORS["C30"]).to_dicts()
    found = cells_behind(tables, "activity", row["activity_id"])
    assert {
        ("control_total", "control_total", "900.0"),
        ("weight", "sector_weight", "30.0"),
        ("kind of weight", "sector_weight", "增加值"),
        ("weight of the rest", "sector_weight", "110.0"),
        ("park", "sector_weight", W2),
    } <= found
    control_id = row["activity_id"].rpartition("|")[0]
    weights = {text for _, source, text in cells_behind(tables, "split", control_id)}
    assert weights == {"10.0", "30.0", "110.0"}


def test_a_measured_park_is_no_weight_of_the_split(tables: Tables) -> None:
    (row,) = of_province(tables, site_id=REST, book_sector=SECTORS["C31"]).to_dicts()
    control_id = row["activity_id"].rpartition("|")[0]
    assert {text for _, _, text in cells_behind(tables, "split", control_id)} == {"0.0", "135.0"}


def test_g19_a_park_with_a_total_and_two_sectors(tables: Tables) -> None:
    """By hand: sectors 60 and 40, all weights alike, the park returns 50 of the 100. It has half
    of each sector, and the other park and the rest share the other halves evenly."""
    found = of_province(tables, year=FITTED_YEAR, energy_id="gasoline")
    quantities = {
        (site, sector): q for site, sector, q in found["site_id", "book_sector", "quantity"].rows()
    }
    first, second = FITTED
    assert quantities == {
        (f"PARK:{W1}", first): 300_000,
        (f"PARK:{W1}", second): 200_000,
        (f"PARK:{W2}", first): 150_000,
        (f"PARK:{W2}", second): 100_000,
        (REST, first): 150_000,
        (REST, second): 100_000,
    }
    assert set(found.filter(pl.col("site_id") != REST)["method_zh"]) == {
        "全省分行业控制总量按增加值（规上）分解，并与园区能源总量两向拟合"
    }


def test_a_fitted_share_leads_to_the_total_of_the_park(tables: Tables) -> None:
    first, _ = FITTED
    axes = {"site_id": f"PARK:{W1}", "book_sector": first}
    (row,) = of_province(tables, FITTED_YEAR, **axes).to_dicts()
    found = cells_behind(tables, "activity", row["activity_id"])
    assert {
        ("park total", "park_annual", f"{PARK_TOTAL}"),
        ("how it was found", "park_annual", "实测"),
    } <= found
    split = cells_behind(tables, "split", row["activity_id"].rpartition("|")[0])
    assert ("park total", "park_annual", f"{PARK_TOTAL}") in split


def test_measured_above_the_cell_stops_the_run_with_both_numbers(tables: Tables) -> None:
    controls = tables["accepted.control_total"].with_columns(
        pl.when(pl.col("book_sector") == SECTORS["C31"])
        .then(pl.lit(Decimal(600), pl.Decimal(38, 6)))
        .otherwise("value")
        .alias("value")
    )
    steps = [step for step in STEPS if step.output in (ControlQuantity, DownscaledPart)]
    with pytest.raises(
        ControlTotalError, match=r"CT1.*7000000\.000000 t exceeds .* 6000000\.000000"
    ):
        run_steps(steps, {**tables, "accepted.control_total": controls}, Settings())


def test_a_city_within_its_province(tables: Tables) -> None:
    """By hand: the city's 40 as 10 : 30; it has 40 of the province's weight of 100 and the other
    park 20, so that the other 60 go as 20 : 40."""
    found = of_province(tables, CITY_YEAR)
    assert set(found.select("site_id", "quantity", "tier").iter_rows()) == {
        (f"PARK:{W1}", 100_000, "T5"),
        (f"REST:{CITY}", 300_000, "T5"),
        (f"PARK:{W2}", 200_000, "T6"),
        (REST, 400_000, "T6"),
    }
    places = tables["core.attribution"].filter(site_id=f"REST:{CITY}")
    assert set(places["place_id"]) == {f"REST:{CITY}"}
    balance = tables["mart.control_balance"].filter(
        province_code=PROVINCE, year=CITY_YEAR, boundary_class="approved"
    )
    assert balance.select(
        "book_quantity", "measured_quantity", "downscaled_quantity", "in_parks_quantity",
        "rest_quantity",
    ).rows() == [(1_000_000, 0, 300_000, 300_000, 700_000)]  # fmt: skip
    doubts = tables["core.uncertainty_cell"].filter(year=CITY_YEAR, place_id=W1)
    assert set(doubts.select("tier", "u_activity_pct").iter_rows()) == {("T5", 30)}


def test_a_share_of_a_city_leads_to_the_city_and_the_province_to_what_the_city_took(
    tables: Tables,
) -> None:
    (row,) = of_province(tables, CITY_YEAR, site_id=f"PARK:{W1}").to_dicts()
    found = cells_behind(tables, "activity", row["activity_id"])
    assert {
        ("control_total", "control_total", "40"),
        ("weight", "sector_weight", "10"),
        ("weight of the rest", "sector_weight", "30"),
    } <= found
    (other,) = of_province(tables, CITY_YEAR, site_id=f"PARK:{W2}").to_dicts()
    split = cells_behind(tables, "split", other["activity_id"].rpartition("|")[0])
    assert {
        ("control_total", "control_total", "40"),
        ("city weight", "sector_weight", "30"),
        ("weight", "sector_weight", "70"),
    } <= split


def test_g28_a_census_revises_a_cell_and_parks_share_the_revised_one(tables: Tables) -> None:
    found = of_province(tables, CENSUS_YEAR, book_fuel="Diesel_Oil")
    quantities = dict(found.select("site_id", "quantity").iter_rows())
    assert quantities == {f"PARK:{W1}": 132_500, REST: 397_500}
    kept = tables["core.control_vintage"].filter(year=CENSUS_YEAR, book_fuel="Diesel_Oil")
    assert kept.sort("quantity").select(
        "quantity", "revised", "revision_factor", "vintage", "in_force"
    ).rows() == [
        (FIRST_VALUE * 10_000, False, None, None, False),
        (530_000, True, Decimal("1.06"), "2020-06", True),
    ]
    balance = tables["mart.control_balance"].filter(
        year=CENSUS_YEAR, book_fuel="Diesel_Oil", boundary_class="approved"
    )
    assert balance["book_quantity"].to_list() == [530_000]
    assert set(tables["core.downscaled_part"].filter(year=CENSUS_YEAR)["vintage"]) == {"2020-06"}


def test_figures_that_the_office_revised_itself_are_not_revised_again(tables: Tables) -> None:
    (cell,) = tables["core.control_quantity"].filter(year=CENSUS_YEAR, book_fuel="Coke").to_dicts()
    assert (cell["quantity"], cell["vintage"]) == (120_000, "2021-03")
    kept = tables["core.control_vintage"].filter(year=CENSUS_YEAR, book_fuel="Coke")
    assert kept.sort("quantity").select("quantity", "in_force").rows() == [
        (100_000, False),
        (106_000, False),
        (120_000, True),
    ]


def test_a_revised_cell_leads_to_the_ratios_of_both_censuses(tables: Tables) -> None:
    controls = tables["core.control_quantity"].filter(year=CENSUS_YEAR, book_fuel="Diesel_Oil")
    edges = tables["audit.item_source"].join(
        controls.select(pl.col("control_id").alias("item_id")), on="item_id", how="semi"
    )
    cells = dict(edges.filter(item_kind="control").select("role", "source_row_id").iter_rows())
    assert cells["census before"] != cells["census after"]
    assert cells["control_total"] == controls["source_row_id"][0]
