"""Energy books: which rows count, what is left out and said, and the real books of 30 provinces."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest

from assets.energy.books import BookError, book_cells, book_findings
from assets.energy.control import control_quantities
from quality.contracts.accepted import ControlTotal
from quality.contracts.core import Activity, ControlQuantity
from quality.contracts.statistics import CeadsEnergy
from quality.contracts.vintages import CensusRevision
from tests.door import file_through_door
from tests.energy.placing import placed_by_capacity
from tests.energy.test_control import book_cell, plants, unit
from tests.frames import facts, frame
from tests.shared_data import shared

BOOKS = "data/e_ceads_provincial_energy"


def cells(*rows: dict[str, Any]) -> pl.DataFrame:
    return book_cells(frame(CeadsEnergy, *rows), facts("book_row"), facts("province_name"))


def findings(*rows: dict[str, Any]) -> pl.DataFrame:
    return book_findings(frame(CeadsEnergy, *rows), facts("book_row"), facts("province_name"))


@pytest.mark.parametrize(
    ("item", "block", "scope"),
    [
        ("Textile Industry", "final", "industry"),
        ("Construction", "final", "construction"),
        ("Transport, Storage, Postal & Telecommunications Services", "final", "transport"),
        ("Wholesale, Retail Trade and Catering Service", "final", "services"),
        ("Other", "final", "services"),
        ("Urban", "final", "households"),
        ("Thermal Power", "transformation", "industry"),
        ("Heating Supply", "transformation", "industry"),
        ("Non-Energy Use", "non_energy", "industry"),
    ],
)
def test_a_row_of_the_book_has_a_block_and_a_scope(item: str, block: str, scope: str) -> None:
    assert cells(book_cell(item_en=item)).select("block", "activity_scope").row(0) == (block, scope)


@pytest.mark.parametrize("item", ["Total Final Consumption", "Coking", "Loss", "Briquettes"])
def test_aggregates_loss_and_other_transformation_do_not_count(item: str) -> None:
    assert cells(book_cell(item_en=item)).is_empty()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"item_en": "Textiles"}, "b: 'Textiles' is no name of assets/reference/book_row.csv"),
        ({"province_en": "Ningsia"}, "b: 'Ningsia' is no name of assets/reference/province_name"),
    ],
)
def test_a_row_or_province_of_unknown_name_stops(changes: dict[str, str], said: str) -> None:
    with pytest.raises(BookError, match=said):
        cells(book_cell(**changes))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"value": -1}, "BK1"),
        ({"value": -1, "item_en": "Heating Supply", "fuel_en": "Natural_Gas"}, "BK1"),
        ({"value": 1, "fuel_en": "Other_Energy", "unit": "10^4 tce"}, "BK2"),
        ({"value": -1, "fuel_en": "Other_Energy", "unit": "10^4 tce"}, "BK2"),
        ({"value": -1, "item_en": "Thermal Power", "fuel_en": "Electricity"}, None),
        ({"value": -1, "item_en": "Coking"}, None),
        ({"value": 0}, None),
        ({"value": 1}, None),
    ],
)
def test_a_cell_that_is_left_out_is_named_with_its_rule(
    changes: dict[str, Any], rule: str | None
) -> None:
    assert findings(book_cell(**changes))["rule_id"].to_list() == ([rule] if rule else [])


@cache
def real_books() -> pl.DataFrame:
    with TemporaryDirectory() as folder:
        return pl.concat(
            file_through_door("ceads_energy", path, Path(folder) / path.stem).frame
            for path in sorted(shared(BOOKS).glob("*.xlsx"))
        )


@cache
def real_controls() -> pl.DataFrame:
    return ControlQuantity.conform(
        control_quantities(
            frame(ControlTotal),
            real_books(),
            facts("unit"),
            facts("energy"),
            facts("book_row"),
            facts("province_name"),
            frame(CensusRevision),
        )
    )


@pytest.mark.slow
def test_the_real_books_are_controls_findings_or_nothing() -> None:
    controls = real_controls()
    assert controls["year"].unique().to_list() == [2011, 2012, 2014, 2015, 2016, 2017, 2019, 2020]
    assert controls["province_code"].n_unique() == 30
    assert set(controls["energy_id"]) >= {"cog", "other_gas", "refinery_gas", "other_petro"}
    found = book_findings(real_books(), facts("book_row"), facts("province_name"))
    negative = found.filter(pl.col("rule_id") == "BK1")
    assert negative.sort("year").select("province_code", "year", "book_fuel", "value").rows() == [
        ("440000", 2011, "Natural_Gas", Decimal("-0.19")),
        ("330000", 2015, "Other_Coking_Products", Decimal(-1)),
    ]
    counted = book_cells(real_books(), facts("book_row"), facts("province_name")).filter(
        pl.col("value") != 0
    )
    outputs = counted.filter(
        (pl.col("block") == "transformation")
        & (pl.col("value") < 0)
        & pl.col("book_fuel").is_in(["Heat", "Electricity"])
    )
    assert controls.height + found.height + outputs.height == counted.height


@pytest.mark.slow
def test_parks_and_rest_are_the_book_in_every_cell_of_30_provinces_and_8_years() -> None:
    controls = real_controls()
    codes = controls["province_code"].unique().sort().to_list()
    listed = plants(
        *(unit(f"{code}{n}", 100 + 7 * n, province_code=code) for code in codes for n in range(3)),
        *(unit(f"{code}gas", 90, province_code=code, fuel="gas") for code in codes[::2]),
        *(unit(f"{code}old", 50, province_code=code, start_year=None) for code in codes[::3]),
    )
    activity = placed_by_capacity(controls, frame(Activity), listed, pl.lit(False))
    key = ["year", "province_code", "block", "book_sector", "book_fuel"]
    sums = activity.group_by(key).agg(pl.col("quantity").sum().alias("placed"))
    book = controls.filter(pl.col("block") != "non_energy").join(sums, on=key, how="left")
    assert book.filter(pl.col("placed") != pl.col("quantity")).is_empty()
    assert book.filter(pl.col("placed").is_null()).is_empty()
    assert activity["quantity"].min() > 0  # type: ignore[operator]
