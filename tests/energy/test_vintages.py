"""Every vintage of a control total is kept; the last published counts (METHOD 4.2, G28)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.tree import Tree

from assets.energy.caliber import benchmark_revision
from assets.energy.control import ControlTotalError, control_quantities
from assets.energy.vintages import census_factors, control_vintages
from pipelines.explanation import _revision as _told
from quality.contracts.accepted import ControlTotal
from quality.contracts.core import ControlQuantity
from quality.contracts.statistics import CeadsEnergy
from quality.contracts.table import ContractError
from quality.contracts.vintages import CENSUS_YEARS, EVERY, CensusRevision
from quality.exact import decimal12
from tests.frames import facts, frame
from tests.landing.ruling import judged
from warehouse.explain import _Reads, _revision

TOTAL: dict[str, Any] = {
    "year": 2016,
    "province_code": "640000",
    "block": "final",
    "book_sector": "Nonmetal Mineral Products",
    "book_fuel": "Raw_Coal",
    "unit_zh": "吨",
    "source_row_id": "t",
}
BOOK: dict[str, Any] = {
    "source_row_id": "b",
    "source_column": "Raw_Coal",
    "province_en": "Ningxia",
    "year": 2016,
    "item_en": TOTAL["book_sector"],
    "fuel_en": "Raw_Coal",
    "unit": "10^4 ton",
}
RATIO: dict[str, Any] = {"area_code": "640000", "book_sector": EVERY, "book_fuel": EVERY}


def ratios(before: str, after: str, **more: Any) -> list[dict[str, Any]]:
    """Of the censuses of 2013 and 2018."""
    row = {**RATIO, "vintage": "2020-06", **more}
    return [
        {**row, "source_row_id": f"{before}@2013", "census_year": 2013, "ratio": before},
        {**row, "source_row_id": f"{after}@2018", "census_year": 2018, "ratio": after},
    ]


def every(
    *totals: dict[str, Any],
    books: tuple[dict[str, Any], ...] = (),
    revisions: list[dict[str, Any]] | None = None,
) -> pl.DataFrame:
    return control_quantities(
        frame(ControlTotal, *totals),
        frame(CeadsEnergy, *books),
        facts("unit"),
        facts("energy"),
        facts("book_row"),
        facts("province_name"),
        frame(CensusRevision, *revisions or []),
    )


def counting(*totals: dict[str, Any], **more: Any) -> list[tuple[Any, ...]]:
    found = ControlQuantity.conform(every(*totals, **more).filter("in_force"))
    return found.select("quantity", "vintage", "revision_factor").rows()


def test_the_last_published_counts_in_whatever_order_they_come() -> None:
    first = {**TOTAL, "value": 100}
    dated = [
        {**TOTAL, "value": 110, "vintage": "2018-09"},
        {**TOTAL, "value": 120, "vintage": "2019-08-30"},
    ]
    for rows in ([first, *dated], [*reversed(dated), first]):
        assert counting(*rows) == [(120, "2019-08-30", None)]
    kept = control_vintages(every(first, *dated)).sort("quantity")
    assert kept.select("vintage", "quantity", "in_force").rows() == [
        (None, 100, False),
        ("2018-09", 110, False),
        ("2019-08-30", 120, True),
    ]


def test_one_vintage_is_no_history() -> None:
    assert control_vintages(every({**TOTAL, "value": 100})).is_empty()


def test_a_later_vintage_of_nothing_leaves_no_consumption() -> None:
    rows = [{**TOTAL, "value": 100}, {**TOTAL, "value": 0, "vintage": "2019-08"}]
    assert counting(*rows) == []


def test_a_dated_total_takes_the_place_of_the_cell_of_a_book_and_an_undated_one_must_be_it() -> (
    None
):
    book = {**BOOK, "value": 2}
    dated = {**TOTAL, "value": 21_000, "vintage": "2019-08"}
    assert counting(dated, books=(book,)) == [(21_000, "2019-08", None)]
    with pytest.raises(ControlTotalError, match="expected the same cell of the book"):
        every({**TOTAL, "value": 21_000}, books=(book,))


def test_a_census_revises_the_years_since_the_one_before() -> None:
    """G28: 1 at 2013 and 1.10 at 2018 make 1.06 of 2016; the figure before is kept."""
    found = every(books=({**BOOK, "value": 2},), revisions=ratios("1", "1.1"))
    kept = control_vintages(found).sort("quantity")
    assert kept.select("quantity", "revised", "revision_factor", "in_force").rows() == [
        (20_000, False, None, False),
        (21_200, True, Decimal("1.06"), True),
    ]
    (row,) = ControlQuantity.conform(found.filter("in_force")).to_dicts()
    assert (row["census_from_row"], row["census_to_row"]) == ("1@2013", "1.1@2018")
    assert (row["source_row_id"], row["source_column"]) == ("b", "Raw_Coal")


@pytest.mark.parametrize(
    ("vintage", "expected"),
    [
        # Of the office, and published after the ratios or with them.
        ("2021-03", (130, "2021-03", None)),
        ("2020-06", (130, "2020-06", None)),
        # Of the office, but before the census was known.
        ("2019-08", (106, "2020-06", Decimal("1.06"))),
    ],
)
def test_the_revision_of_the_office_comes_before_ours(
    vintage: str, expected: tuple[Any, ...]
) -> None:
    rows = [{**TOTAL, "value": 100}, {**TOTAL, "value": 130, "vintage": vintage}]
    assert counting(*rows, revisions=ratios("1", "1.1")) == [expected]


@pytest.mark.parametrize(
    "more",
    [
        {"revises": "2017-01"},
        {"area_code": "150000"},
        {"book_sector": "Textile Industry"},
        {"book_fuel": "Coke"},
    ],
)
def test_a_ratio_of_another_vintage_area_sector_or_fuel_revises_nothing(
    more: dict[str, Any],
) -> None:
    assert counting({**TOTAL, "value": 100}, revisions=ratios("1", "1.1", **more)) == [
        (100, None, None)
    ]


def test_years_outside_of_the_censuses_stay() -> None:
    assert counting({**TOTAL, "year": 2019, "value": 100}, revisions=ratios("1", "1.1")) == [
        (100, None, None)
    ]


def test_the_ratio_of_the_sector_comes_before_that_of_the_fuel_and_of_all() -> None:
    general, fuel = ratios("1", "2"), ratios("1", "3", book_fuel="Raw_Coal")
    sector = ratios("1", "1.1", book_sector=TOTAL["book_sector"])
    total = {**TOTAL, "year": 2018, "value": 100}
    assert counting(total, revisions=[*general, *fuel, *sector])[0][0] == 110
    assert counting(total, revisions=[*general, *fuel])[0][0] == 300
    assert counting(total, revisions=general)[0][0] == 200


def test_censuses_that_do_not_follow_each_other_make_no_interval() -> None:
    rows = ratios("1", "1.1")
    rows[1]["census_year"] = 2023
    assert census_factors(frame(CensusRevision, *rows)).is_empty()
    assert census_factors(frame(CensusRevision, rows[0])).is_empty()


@given(
    st.integers(0, len(CENSUS_YEARS) - 2),
    st.decimals("0.5", "2", places=6),
    st.decimals("0.5", "2", places=6),
)
def test_factors_are_those_of_the_method_and_meet_in_the_censuses(
    at: int, before: Decimal, after: Decimal
) -> None:
    first, last = CENSUS_YEARS[at : at + 2]
    rows = ratios(str(before), str(after))
    rows[0]["census_year"], rows[1]["census_year"] = first, last
    found = dict(
        census_factors(frame(CensusRevision, *rows)).select("year", "revision_factor").iter_rows()
    )
    assert (found[first], found[last]) == (before, after)
    figures = {year: Fraction(1000) for year in range(first, last + 1)}
    method = benchmark_revision(figures, first, last, Fraction(before), Fraction(after))
    assert found == {year: decimal12(value / 1000) for year, value in method.items()}


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({}, []),
        ({"book_sector": TOTAL["book_sector"], "book_fuel": "Raw_Coal"}, []),
        ({"area_code": "649999"}, ["AREA"]),
        ({"book_sector": "水泥"}, ["SECTOR"]),
        ({"book_fuel": "煤"}, ["FUEL"]),
    ],
)
def test_rules_of_ratios(cells: dict[str, Any], rules: list[str]) -> None:
    assert judged("census_revision", {**ratios("1", "1.1")[0], **cells}) == [rules]


@pytest.mark.parametrize(
    ("source_id", "row"),
    [
        ("census_revision", ratios("1", "1.1")[0]),
        ("control_total", {**TOTAL, "value": 1}),
    ],
)
def test_a_key_without_a_vintage_is_compared_too(source_id: str, row: dict[str, Any]) -> None:
    name = "revises" if source_id == "census_revision" else "vintage"
    other = {**row, name: "2019-08"}
    assert judged(source_id, row, row, other) == [["ID2"], ["ID2"], []]


@pytest.mark.parametrize("column", ["revises", "vintage"])
def test_a_vintage_that_no_figure_can_have_is_refused(column: str) -> None:
    """It would revise nothing, without a word."""
    row = ratios("1", "1.1", revises="2019-08", provenance="p", pedigree="22222")[0]
    CensusRevision.conform(frame(CensusRevision, row))
    for text in ("2019年8月", "2019-13", "2019-8"):
        with pytest.raises(ContractError, match=column):
            CensusRevision.conform(frame(CensusRevision, {**row, column: text}))


def test_an_explanation_says_by_what_a_control_total_was_revised() -> None:
    found = every(
        {**TOTAL, "value": 100},
        {**TOTAL, "value": 7, "book_fuel": "Coke", "source_row_id": "k"},
        revisions=ratios("1", "1.1", book_fuel="Raw_Coal"),
    )
    controls = ControlQuantity.conform(found.filter("in_force"))
    with duckdb.connect() as connection:
        connection.register("controls", controls.to_arrow())
        connection.execute("CREATE SCHEMA core")
        connection.execute("CREATE TABLE core.control_quantity AS FROM controls")
        reads = _Reads(connection, ("actual",), {})
        revised = _revision(reads, "t")
        assert revised is not None
        assert (revised["revision_factor"], revised["vintage"]) == (Decimal("1.06"), "2020-06")
        assert _revision(reads, "k") is None
        assert _revision(reads, "no control total") is None
        tree = Tree("")
        _told(tree, {"revision": revised})
    assert str(tree.children[0].label) == (
        "control total 106 t: as published × 1.06 by the censuses before and after (2020-06)"
    )
