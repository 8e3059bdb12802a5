"""Parts of chemical sectors say how much of them may be no use as energy; nothing is deducted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from assets.energy.assets import STEPS
from assets.energy.non_energy import non_energy_shares, with_non_energy
from quality.contracts.core import ControlQuantity, Park
from quality.contracts.weights import CityQuantity, DownscaledPart, SectorWeight
from tests.energy.test_books import real_controls
from tests.energy.test_downscaling import CELL, cell, weight
from tests.frames import Tables, facts, frame
from warehouse.settings import Settings

RAW, FIBRE = "Raw Chemical Materials and Chemical Products", "Chemical Fiber"
USE = {"block": "non_energy", "book_sector": "Non-Energy Use", "activity_scope": "industry"}


def control(quantity: Any, name: str, **more: Any) -> dict[str, Any]:
    return cell(quantity, control_id=name, source_row_id=name, **more)


BOOK = [
    control(60, "raw", book_sector=RAW),
    control(20, "fibre", book_sector=FIBRE),
    control(500, "stone"),
    control(7, "coal", book_sector=RAW, book_fuel="Raw_Coal", energy_id="raw_coal"),
    control(10, "use", **USE),
]
PART: dict[str, Any] = {
    "year": 2023,
    "kind_zh": "增加值",
    "firms_zh": "规上",
    "tier": "T6",
    "method_zh": "按增加值分解",
}


def parts(*rows: dict[str, Any], book: list[dict[str, Any]] = BOOK) -> dict[str, tuple[Any, ...]]:
    found = with_non_energy(
        frame(DownscaledPart, *({**PART, **row} for row in rows)),
        frame(ControlQuantity, *book),
        frame(CityQuantity, {**book[0], "control_id": "city", "city_code": "520100"}),
    )
    return {
        row["control_id"]: (row["quantity"], row["non_energy_pct"], row["method_zh"])
        for row in found.to_dicts()
    }


def test_a_part_of_a_chemical_sector_says_what_is_at_stake_and_keeps_its_quantity() -> None:
    found = parts(
        *({"control_id": name, "place_id": "A", "quantity": 5} for name in ("raw", "city")),
        {"control_id": "fibre", "place_id": "A", "quantity": None, "measured": True},
        *({"control_id": name, "place_id": "A", "quantity": 5} for name in ("stone", "coal")),
    )
    # 10 of 60 + 20.
    for name in ("raw", "city"):
        quantity, share, told = found[name]
        assert (quantity, share) == (5, Decimal("12.5"))
        assert told.startswith("按增加值分解；未扣除") and told.endswith(" 12.5 %")
    # A park that is measured, another sector, a fuel without non-energy use.
    assert found["fibre"] == (None, None, "按增加值分解")
    assert found["stone"] == found["coal"] == (5, None, "按增加值分解")


def test_more_non_energy_use_than_the_sectors_consume_is_said_as_it_is() -> None:
    book = [*BOOK[:4], control(120, "use", **USE)]
    assert parts({"control_id": "raw", "place_id": "A", "quantity": 5}, book=book)["raw"][1] == 150
    without = non_energy_shares(frame(ControlQuantity, BOOK[2], BOOK[4]))
    assert without.is_empty()
    power = control(9, "power", **USE, energy_id="electricity", carrier="electricity")
    assert non_energy_shares(frame(ControlQuantity, *BOOK[:4], power)).is_empty()


def test_the_step_marks_what_it_shares_out() -> None:
    (step,) = (step for step in STEPS if step.output is DownscaledPart)
    weights = [
        weight(place, value, book_sector=sector)
        for sector in (RAW, CELL["book_sector"])
        for place, value in (("A", 1), ("REST", 3))
    ]
    numbered = [{**row, "source_row_id": f"w{n}"} for n, row in enumerate(weights)]
    t = Tables({f"accepted.{name}": facts(name) for name in ("unit", "energy")})
    t["accepted.sector_weight"] = frame(SectorWeight, *numbered)
    t["core.control_quantity"] = frame(ControlQuantity, *BOOK[:3], BOOK[4])
    t["core.park"] = frame(Park, {"park_id": "A", "province_code": "520000"})
    found = step.run(t, Settings())
    assert set(found.select("control_id", "place_id", "quantity", "non_energy_pct").rows()) == {
        ("raw", "A", 15, Decimal("12.5")),
        ("raw", "REST:520000", 45, Decimal("12.5")),
        ("stone", "A", 125, None),
        ("stone", "REST:520000", 375, None),
    }


@pytest.mark.slow
def test_shares_of_the_real_books() -> None:
    found = non_energy_shares(real_controls()).filter(year=2017)
    above = found.filter(pl.col("non_energy_pct") > 100)
    # The cells that CEADs floors at 0 (docs/ceads.md), found on another way there.
    assert above.filter(pl.col("book_fuel") != "Other_Petroleum_Products").height == 57
    coal = found.filter(book_fuel="Raw_Coal", province_code="640000")
    assert coal["non_energy_pct"].to_list() == [Decimal("70.204")]
