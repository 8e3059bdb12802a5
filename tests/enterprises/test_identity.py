"""Who is who: codes before names, and where sites are known from."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.enterprises.identity import (
    enterprises,
    identify,
    name_ids,
    normalised_name,
    returned,
    sites,
)
from quality.contracts.accepted import (
    Business,
    CoalUnit,
    ControlTotal,
    OutputReturn,
    Permit,
    Return2051,
)
from quality.contracts.audit import Flag
from tests.frames import frame


def name_id(name: str) -> str:
    """The id that an enterprise known only by this name gets."""
    return str(pl.select(name_ids(pl.lit(name))).item())


A, B = "914403001922038216", "91310000631696382C"


def identified(**permit: Any) -> dict[str, Any]:
    row = frame(Permit, {"name_zh": "某厂", **permit})
    return identify(row, "permit_no").row(0, named=True)


@pytest.mark.parametrize(
    ("code", "permit", "status", "enterprise"),
    [
        (A, f"{B}001P", "checked", A),
        (A[:-1] + "7", f"{B}001P", "from_permit", B),
        (None, f"{B}001P", "from_permit", B),
        (B.lower(), None, "failed", name_id("某厂")),
        (A[:-1] + "7", f"{B[:-1]}D001P", "failed", name_id("某厂")),
        (None, f"{B}01P", "missing", name_id("某厂")),
        (None, None, "missing", name_id("某厂")),
    ],
)
def test_the_delivered_code_comes_before_the_permit_and_the_name(
    code: str | None, permit: str | None, status: str, enterprise: str
) -> None:
    found = identified(uscc_text=code, permit_no=permit)
    assert (found["uscc_status"], found["enterprise_id"]) == (status, enterprise)
    assert found["uscc"] == (enterprise if status in ("checked", "from_permit") else None)


@given(st.text(min_size=1))
@example("A´")
def test_a_name_is_never_emptied_and_normalising_again_changes_nothing(name: str) -> None:
    once = pl.select(normalised_name(pl.lit(name))).item()
    assert once
    if once != name:
        assert pl.select(normalised_name(pl.lit(once))).item() == once


def test_names_that_differ_in_width_and_blanks_are_one_enterprise() -> None:
    assert name_id("宁夏（某）厂") == name_id("宁夏(某) 厂\u200b") == name_id("宁夏 （某）厂")
    assert name_id("宁夏某厂") != name_id("宁夏某二厂")
    assert name_id("\u200b") != name_id("\u3000")


def test_the_first_source_names_an_enterprise_once() -> None:
    found = enterprises(
        frame(Permit, {"uscc_text": A, "name_zh": "许可名", "source_row_id": "p"}),
        frame(
            Business,
            {"uscc_text": A, "name_zh": "登记名", "source_row_id": "b"},
            {"uscc_text": B, "name_zh": "另一家", "source_row_id": "c"},
        ),
        frame(Return2051, {"uscc_text": A, "name_zh": "报表名", "source_row_id": "r"}),
        frame(CoalUnit, {"unit_id": "U", "plant_name": "电厂", "owner_name": "业主"}),
    )
    rows = {row["enterprise_id"]: row for row in found.to_dicts()}
    assert set(rows) == {A, B, name_id("业主")}
    assert (rows[A]["name_zh"], rows[A]["source_row_id"]) == ("许可名", "p")
    assert rows[A]["registering_division"] == "440300"
    assert rows[name_id("业主")]["registering_division"] is None


def places(*permits: dict[str, Any], **tables: pl.DataFrame) -> dict[str, dict[str, Any]]:
    found = sites(
        frame(Permit, *permits, lon=106.2, lat=38.5),
        tables.get("returns", frame(Return2051)),
        tables.get("units", frame(CoalUnit)),
        tables.get("flags", frame(Flag)),
        tables.get("controls", frame(ControlTotal)),
    )
    return {row["site_id"]: row for row in found.to_dicts()}


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
    flags = frame(Flag, {"rule_id": "GEO2e", "source_row_id": "p"})
    found = places(
        {"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"},
        {"uscc_text": A, "permit_no": f"{A}002P", "source_row_id": "q"},
        flags=flags,
    )
    assert (found[f"{A}001P"]["lon"], found[f"{A}002P"]["lon"]) == (None, 106.2)
    # Without a point the site is at least in the province that registered the enterprise.
    assert found[f"{A}001P"]["province_code"] == "440000"


def test_units_stand_on_their_permit_or_on_a_site_of_their_own() -> None:
    unit = {"plant_name": "电厂", "capacity_mw": 300, "lon": 106.2, "lat": 38.5}
    units = frame(
        CoalUnit,
        {**unit, "unit_id": "U1", "permit_no": f"{A}001P"},
        {**unit, "unit_id": "U2", "permit_no": f"{A}001P"},
        {**unit, "unit_id": "U3", "location_accuracy": "exact", "captive_use": "aluminum"},
        {**unit, "unit_id": "U4", "location_accuracy": "approximate"},
    )
    found = places({"uscc_text": A, "permit_no": f"{A}001P", "source_row_id": "p"}, units=units)
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
        returns=returns,
        controls=controls,
    )
    assert {site: row["kind"] for site, row in found.items()} == {
        f"{A}001P": "permit",
        f"R:{B}": "return_only",
        "REST:640000": "rest",
    }
    assert found[f"R:{B}"]["province_code"] == "310000"


def test_an_enterprise_that_returned_its_output_alone_has_a_site() -> None:
    outputs = frame(OutputReturn, {"uscc_text": B, "name_zh": "石灰厂", "source_row_id": "o1"})
    energy = frame(
        Return2051,
        {"uscc_text": A, "name_zh": "甲厂", "industry_division": "30", "source_row_id": "r1"},
    )
    both = frame(OutputReturn, {"uscc_text": A, "name_zh": "甲厂", "source_row_id": "o0"})
    said = returned(energy, pl.concat([outputs, both]))
    found = enterprises(frame(Permit), frame(Business), said, frame(CoalUnit))
    industry = dict(found.select("enterprise_id", "industry_zh").iter_rows())
    assert industry == {A: "30", B: None}
    placed = sites(frame(Permit), said, frame(CoalUnit), frame(Flag), frame(ControlTotal))
    assert set(placed["enterprise_id"]) == {A, B}
