"""Sites: permits, units, plants, returns; and whose return covers them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.enterprises.operators import House, site_operators
from assets.enterprises.sites import site_records, sites
from quality.contracts.accepted import CoalUnit, ControlTotal, OutputReturn, Permit, Return2051
from quality.contracts.audit import Flag
from quality.contracts.boundaries import FIRST_DAY, LAST_DAY
from quality.contracts.core import Enterprise, Site
from quality.contracts.enterprises import RecordAddress
from quality.contracts.process import ProcessReturn
from quality.contracts.units import SiteEnergy, UnitEntry
from tests.frames import Tables, frame

A, B = "914403001922038216", "91310000631696382C"
POINT = {"lon": 106.2, "lat": 38.5}


def tables(*permits: dict[str, Any], **more: pl.DataFrame) -> Tables:
    given = {name.replace("__", "."): rows for name, rows in more.items()}
    return Tables({"accepted.permit": frame(Permit, *permits, **POINT), **given})


def places(*permits: dict[str, Any], **more: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["site_id"]: row for row in sites(tables(*permits, **more)).to_dicts()}


def test_a_permit_number_is_a_site_and_its_province_that_of_its_point() -> None:
    found = places({"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"})
    assert list(found) == [f"{A}001P"]
    assert found[f"{A}001P"]["province_code"] == "640000"


def test_permits_without_a_readable_number_are_sites_by_place_not_by_row() -> None:
    found = places(
        {"uscc_text": A, "permit_no": "临时", "source_row_id": "p"},
        {"uscc_text": A, "source_row_id": "next month"},
    )
    assert list(found) == [f"S:{A}:106.2:38.5"]


def test_a_point_outside_its_province_is_not_used_and_the_site_stays() -> None:
    found = places(
        {"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"},
        {"uscc_text": A, "permit_no": f"{A}002P", "source_row_id": "q"},
        quarantine__flag=frame(Flag, {"rule_id": "GEO2e", "source_row_id": "p"}),
    )
    assert (found[f"{A}001P"]["lon"], found[f"{A}002P"]["lon"]) == (None, 106.2)
    # Without a point the site is at least in the province that registered the enterprise.
    assert found[f"{A}001P"]["province_code"] == "440000"


def test_units_stand_on_their_permit_or_on_a_site_of_their_own() -> None:
    unit = {"plant_name": "电厂", "capacity_mw": 300, **POINT}
    units = frame(
        CoalUnit,
        {**unit, "unit_id": "U1", "permit_no": f"{A}001P"},
        {**unit, "unit_id": "U2", "permit_no": f"{A}001P"},
        {**unit, "unit_id": "U3", "location_accuracy": "exact", "captive_use": "aluminum"},
        {**unit, "unit_id": "U4", "location_accuracy": "approximate"},
    )
    found = places(
        {"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"}, accepted__coal_unit=units
    )
    assert set(found) == {f"{A}001P", "GEM:U3", "GEM:U4"}
    assert found[f"{A}001P"]["capacity_mw"] == 600
    assert (found["GEM:U3"]["captive"], found["GEM:U4"]["captive"]) == (True, False)
    assert found["GEM:U3"]["point_precision_m"] < found["GEM:U4"]["point_precision_m"]


def test_returns_and_control_totals_make_sites_only_where_there_is_none() -> None:
    returns = frame(
        Return2051,
        {"uscc_text": A, "source_row_id": "r1", "energy_zh": "原煤"},
        {"uscc_text": B, "source_row_id": "r2", "energy_zh": "原煤"},
        {"uscc_text": B, "source_row_id": "r3", "energy_zh": "电力"},
    )
    controls = frame(
        ControlTotal,
        {"source_row_id": "c1", "book_fuel": "Coke"},
        {"source_row_id": "c2"},
        province_code="640000",
    )
    found = places(
        {"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"},
        accepted__return_205_1=returns,
        accepted__control_total=controls,
    )
    assert {site: row["kind"] for site, row in found.items()} == {
        f"{A}001P": "permit",
        f"R:{B}": "return_only",
        "REST:640000": "rest",
    }
    assert found[f"R:{B}"]["province_code"] == "310000"


def test_an_enterprise_that_returned_its_output_alone_has_a_site() -> None:
    outputs = frame(OutputReturn, {"uscc_text": B, "name_zh": "石灰厂", "source_row_id": "o1"})
    assert list(places(accepted__output_return=outputs)) == [f"R:{B}"]


def unit(**row: Any) -> dict[str, Any]:
    return {"kind_zh": "法人单位", "name_zh": "甲厂", **row}


def test_local_units_are_places_of_their_legal_person_and_it_is_then_none_itself() -> None:
    units = frame(
        UnitEntry,
        unit(uscc_text=A, source_row_id="u0", operating_address_zh="甲路1号"),
        unit(kind_zh="产业活动单位", parent_uscc_text=A, source_row_id="u1", name_zh="一分厂",
             operating_address_zh="乙路1号"),
        unit(kind_zh="产业活动单位", parent_uscc_text=A, source_row_id="u2", name_zh="办事处",
             operating_address_zh="丙路1号", place_use_zh="办公", employees=7),
    )  # fmt: skip
    found = list(places(accepted__unit_entry=units).values())
    assert {row["enterprise_id"] for row in found} == {A}
    assert {row["source_row_id"]: row["place_use"] for row in found} == {
        "u1": "production",
        "u2": "office",
    }


def test_a_unit_that_a_permit_names_is_that_site_and_tells_its_figures() -> None:
    units = frame(
        UnitEntry,
        unit(uscc_text=A, permit_no=f"{A}001P", source_row_id="u", employees=40, capacity=9,
             valid_from=date(2016, 7, 1)),
    )  # fmt: skip
    permit = {"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"}
    (row,) = places(permit, accepted__unit_entry=units).values()
    assert (row["kind"], row["employees"], row["capacity"]) == ("permit", 40, 9)
    assert (row["valid_from"], row["figures_row_id"]) == (date(2016, 7, 1), "u")


def test_a_branch_is_a_unit_of_its_own_with_a_site_of_its_own() -> None:
    units = frame(
        UnitEntry,
        unit(kind_zh="分支机构", uscc_text=B, parent_uscc_text=A, source_row_id="u",
             operating_address_zh="丁路1号"),
    )  # fmt: skip
    (row,) = places(accepted__unit_entry=units).values()
    assert row["enterprise_id"] == B


def test_rows_are_of_the_site_made_from_them_or_of_the_only_one() -> None:
    units = frame(UnitEntry, unit(uscc_text=A, source_row_id="u", operating_address_zh="甲路"))
    t = tables(
        {"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"},
        accepted__unit_entry=units,
    )
    t["core.site"] = sites(t)
    assert dict(site_records(t).iter_rows()) == {"p": f"{A}001P", "u": f"{A}001P"}


def test_a_metered_enterprise_has_a_site_for_what_no_meter_saw() -> None:
    permit = {"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"}
    found = places(
        permit,
        accepted__return_205_1=frame(Return2051, {"uscc_text": A, "source_row_id": "r"}),
        accepted__site_energy=frame(SiteEnergy, {"uscc_text": A, "source_row_id": "m"}),
    )
    assert set(found) == {f"{A}001P", f"R:{A}"}


SITE = frame(Site, {"site_id": "s", "enterprise_id": "old", "kind": "permit"})


def operated(*enterprises: dict[str, Any], site: pl.DataFrame = SITE) -> list[tuple[Any, ...]]:
    found = site_operators(site, frame(Enterprise, *enterprises))
    columns = ["enterprise_id", "relation", "valid_from", "valid_to"]
    return found.sort("valid_from", "enterprise_id").select(columns).rows()


def test_energy_follows_the_site_into_the_enterprise_that_goes_on() -> None:
    merged = {"enterprise_id": "old", "ended_on": date(2017, 6, 30), "successor_id": "new"}
    assert operated(merged, {"enterprise_id": "new"}) == [
        ("old", "own", FIRST_DAY, date(2017, 6, 30)),
        ("new", "merged", date(2017, 7, 1), LAST_DAY),
    ]


def test_a_site_whose_enterprise_ended_and_nobody_goes_on_is_nobodys() -> None:
    ended = {"enterprise_id": "old", "ended_on": date(2017, 6, 30)}
    assert operated(ended) == [("old", "own", FIRST_DAY, date(2017, 6, 30))]


def test_the_legal_person_covers_its_branches_and_theirs() -> None:
    found = operated(
        {"enterprise_id": "old", "parent_enterprise_id": "middle"},
        {"enterprise_id": "middle", "parent_enterprise_id": "top"},
    )
    assert [(e, r) for e, r, *_ in found] == [
        ("middle", "branch"),
        ("old", "own"),
        ("top", "branch"),
    ]


def test_a_cycle_of_parents_ends_where_it_closes() -> None:
    house = House({"a": "b", "b": "c", "c": "a", "d": "a"}, {}, {})
    assert list(house.above("d")) == ["a", "b", "c"]
    assert [house.in_cycle(e) for e in "abcd"] == [True, True, True, False]
    assert [e for e, *_ in house.operators("a", FIRST_DAY, LAST_DAY)] == ["a", "b", "c"]


def test_a_cycle_of_successors_ends() -> None:
    ends = {"a": date(2016, 1, 1), "b": date(2017, 1, 1)}
    house = House({}, ends, {"a": "b", "b": "a"})
    assert [e for e, *_ in house.operators("a", FIRST_DAY, LAST_DAY)] == ["a", "b"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef")))
def test_any_parents_are_walked_to_an_end(parents: dict[str, str]) -> None:
    house = House(parents, {}, {})
    for enterprise in "abcdef":
        above = list(house.above(enterprise))
        assert len(above) == len(set(above))
        rows = list(house.operators(enterprise, FIRST_DAY, LAST_DAY))
        assert len({e for e, *_ in rows}) == len(rows)


def test_a_point_is_no_more_precise_than_it_was_found_to_be() -> None:
    shared = {"source_row_id": "p", "role": "permit_site", "place_no": 1, "precision_m": 2000}
    (row,) = places(
        {"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"},
        core__record_address=frame(RecordAddress, shared),
    ).values()
    assert row["point_precision_m"] == 2000


def test_a_local_unit_with_a_code_that_fails_is_under_nobody() -> None:
    units = frame(
        UnitEntry,
        unit(kind_zh="产业活动单位", uscc_text=B, parent_uscc_text=A[:-1] + "7", source_row_id="u"),
    )
    (row,) = places(accepted__unit_entry=units).values()
    assert row["enterprise_id"] == B


def test_a_process_that_names_none_of_several_sites_has_one_of_its_own() -> None:
    """Else its lines lay in no place, and `activity = in parks + outside + unlocated` broke."""
    permits = [
        {"uscc_text": A, "permit_no": f"{A}00{n}P", "source_row_id": f"p{n}"} for n in (1, 2)
    ]
    row = {"uscc_text": A, "name_zh": "甲厂", "source_row_id": "m"}
    unnamed = frame(ProcessReturn, row)
    assert f"R:{A}" in places(*permits, accepted__process_return=unnamed)
    # One site alone, or one that the row names, takes it up.
    assert f"R:{A}" not in places(permits[0], accepted__process_return=unnamed)
    named = frame(ProcessReturn, {**row, "permit_no": f"{A}001P"})
    assert f"R:{A}" not in places(*permits, accepted__process_return=named)
