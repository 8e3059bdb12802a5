"""Location claims: what coordinates, addresses and codes say, on which basis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from assets.enterprises.attribution import attribution
from assets.enterprises.claims import location_claims
from assets.enterprises.stated import stated_claims
from quality.contracts.boundaries import FIRST_DAY, LAST_DAY, Membership
from quality.contracts.core import Enterprise, Park, Site
from quality.contracts.divisions import DivisionSuccessor
from quality.contracts.enterprises import Entity, RecordAddress, RegisterRecord
from tests.frames import facts, frame

A = "91640000624900357G"
PARKS = frame(
    Park,
    {"park_id": "P1", "name_zh": "宁夏石嘴山高新技术产业开发区", "division_code": "640202"},
    {"park_id": "P2", "name_zh": "石嘴山高新技术产业开发区北部园区", "division_code": "640221"},
    province_code="640000",
)
SITE = {
    "site_id": "s",
    "enterprise_id": A,
    "kind": "permit",
    "province_code": "640000",
    "source_row_id": "p",
}
POINT = {"lon": 106.2, "lat": 38.5}


def claimed(
    *offices: dict[str, Any],
    addresses: Sequence[dict[str, Any]] = (),
    parks: pl.DataFrame = PARKS,
    site: dict[str, Any] | None = None,
    more_sites: Sequence[dict[str, Any]] = (),
    memberships: pl.DataFrame | None = None,
    division: str | None = None,
    successors: Sequence[dict[str, Any]] = (),
) -> pl.DataFrame:
    """Claims on a site, of offices of its enterprise and of other addresses of its row."""
    said_of = [
        {"source_row_id": f"b{n}", "role": "registered_office", "place_no": 1, **row}
        for n, row in enumerate(offices)
    ] + [{"place_no": 1, **row} for row in addresses]
    registers = {row["source_row_id"]: row.pop("register_id", None) for row in said_of}
    known = {"enterprise_id": A, "registering_division": division, "source_row_id": "b0"}
    sites = frame(Site, {**SITE, **POINT} if site is None else site, *more_sites)
    entities = frame(Entity, {"entity_id": A, "enterprise_id": A})
    records = frame(
        RegisterRecord,
        *(
            {"source_row_id": row, "entity_id": A, "register_id": name or "business_register"}
            for row, name in registers.items()
        ),
    )
    rows = sites.select("source_row_id", "site_id")
    stated = stated_claims(sites, records, frame(RecordAddress, *said_of), entities, rows)
    return location_claims(
        sites,
        frame(Membership) if memberships is None else memberships,
        stated,
        frame(Enterprise, known),
        frame(DivisionSuccessor, *successors),
        parks,
        facts("location_evidence"),
        ["nominal"],
    )


def member(*rows: dict[str, Any]) -> pl.DataFrame:
    """Memberships in boundaries that are valid for ever."""
    return frame(
        Membership, *rows, boundary_class="nominal", latest=True, site_id="s", valid_from=FIRST_DAY
    )


def said(claims: pl.DataFrame, basis: str) -> list[tuple[str, str, Decimal]]:
    actual = pl.col("series").fill_null("actual") == "actual"
    rows = claims.filter((pl.col("basis") == basis) & actual).sort("place_id")
    return rows.select("place_id", "evidence_id", "weight").rows()


def test_a_point_speaks_for_its_parks_and_for_none_by_what_is_left() -> None:
    inside = member(
        {"boundary_id": "P1:n", "park_id": "P1", "probability": 0.6},
        {"boundary_id": "P2:n", "park_id": "P2", "probability": 0.1},
    )
    assert said(claimed(memberships=inside), "operating") == [
        ("OUTSIDE:640000", "permit_point_in_polygon", Decimal("0.285")),
        ("P1", "permit_point_in_polygon", Decimal("0.57")),
        ("P2", "permit_point_in_polygon", Decimal("0.095")),
    ]


def test_a_point_that_is_surely_inside_does_not_speak_for_outside() -> None:
    inside = member({"park_id": "P1", "probability": 1.0})
    assert [place for place, *_ in said(claimed(memberships=inside), "operating")] == ["P1"]


def test_a_point_in_no_province_is_outside_all_the_same() -> None:
    at_sea = {**SITE, "lon": 124.0, "lat": 30.0, "province_code": None}
    (claim,) = said(claimed(site=at_sea), "operating")
    assert claim[0] == "OUTSIDE:000000"


def test_versions_speak_for_their_time_and_the_latest_for_ever() -> None:
    inside = member(
        {
            "boundary_id": "P1:2015",
            "probability": 1.0,
            "valid_from": date(2015, 1, 1),
            "valid_to": date(2019, 12, 31),
            "latest": False,
        },
        {"boundary_id": "P1:2020", "probability": 0.5, "valid_from": date(2020, 1, 1)},
    ).with_columns(pl.lit("P1").alias("park_id"))
    found = claimed(memberships=inside).filter(pl.col("basis") == "operating")
    rows = found.sort("series", "valid_from", "place_id").select(
        "series", "valid_from", "valid_to", "place_id", "probability"
    )
    half, one = Decimal("0.5"), Decimal(1)
    assert rows.rows() == [
        ("actual", FIRST_DAY, date(2014, 12, 31), "OUTSIDE:640000", one),
        ("actual", date(2015, 1, 1), date(2019, 12, 31), "P1", one),
        ("actual", date(2020, 1, 1), LAST_DAY, "OUTSIDE:640000", half),
        ("actual", date(2020, 1, 1), LAST_DAY, "P1", half),
        ("constant", FIRST_DAY, LAST_DAY, "OUTSIDE:640000", half),
        ("constant", FIRST_DAY, LAST_DAY, "P1", half),
    ]


def test_a_park_in_a_park_does_not_make_its_site_less_outside() -> None:
    """The chance of being elsewhere is what the outer park leaves, and again what the inner."""
    nested = PARKS.with_columns(
        pl.when(pl.col("park_id") == "P2").then(pl.lit("P1")).alias("parent_park_id")
    )
    inside = member(
        {"boundary_id": "P1:n", "park_id": "P1", "probability": 0.8},
        {"boundary_id": "P2:n", "park_id": "P2", "probability": 0.6},
    )
    found = claimed(parks=nested, memberships=inside).filter(pl.col("series") == "actual")
    outside = found.filter(pl.col("place_id").str.starts_with("OUTSIDE"))
    assert dict(outside.select("level", "probability").iter_rows()) == {
        0: Decimal("0.2"),
        1: Decimal("0.4"),
    }


IN_PARK = {"park_id": "P1", "zone_zh": "石嘴山高新技术产业开发区", "division_now": "640202"}
IN_COUNTY = {"division_code": "320103", "division_now": "320104"}


def test_an_address_that_names_a_park_places_the_office_there() -> None:
    claims = claimed(IN_PARK)
    found = said(claims, "registered")
    assert found == [("P1", "statistical_address_names_park", Decimal("0.7"))]
    reasons = claims.filter(pl.col("place_id") == "P1")["reason_zh"]
    assert reasons.str.contains("住所写明石嘴山高新技术产业开发区").all()


def test_an_address_without_a_park_says_its_division_of_today() -> None:
    assert [p for p, *_ in said(claimed(IN_COUNTY), "registered")] == ["DIVISION:320104"]
    split = {**IN_COUNTY, "division_now": None}
    assert [p for p, *_ in said(claimed(split), "registered")] == ["DIVISION:320103"]
    assert said(claimed({"address_zh": "某街1号"}), "registered") == []


def test_an_office_that_moved_speaks_until_and_from_that_day() -> None:
    claims = claimed(
        IN_PARK,
        {**IN_COUNTY, "register_id": "enterprise_event", "valid_to": date(2016, 6, 30)},
    ).filter(pl.col("basis") == "registered")
    days = {row["place_id"]: (row["valid_from"], row["valid_to"]) for row in claims.to_dicts()}
    assert days == {"P1": (date(2016, 7, 1), None), "DIVISION:320104": (None, date(2016, 6, 30))}
    site = frame(Site, SITE)
    places = attribution(site, claims, PARKS, ["nominal"]).filter(
        (pl.col("basis") == "registered") & (pl.col("weight_point") > 0)
    )
    rows = places.sort("series", "year_from", "place_id").select(
        "series", "year_from", "year_to", "place_id", "weight_point"
    )
    actual = [row[1:] for row in rows.rows() if row[0] == "actual"]
    # 182 of the 366 days of 2016 before the move.
    assert actual == [
        (1900, 2015, "UNLOCATED:320104", Decimal(1)),
        (2016, 2016, "P1", Decimal("0.502732")),
        (2016, 2016, "UNLOCATED:320104", Decimal("0.497268")),
        (2017, 9999, "P1", Decimal(1)),
    ]
    assert {row[3] for row in rows.rows() if row[0] == "constant"} == {"P1"}


def test_the_days_of_a_permit_are_not_those_of_the_office_it_names() -> None:
    days = {"valid_from": date(2016, 1, 1), "valid_to": date(2020, 12, 31)}
    claims = claimed({**IN_PARK, **days, "register_id": "permit_register"})
    (claim,) = claims.filter(pl.col("basis") == "registered").to_dicts()
    assert (claim["place_id"], claim["valid_from"], claim["valid_to"]) == ("P1", None, None)


PERMIT_ROW = {"source_row_id": "p", "role": "permit_site"}


def test_what_a_permit_says_of_its_place_speaks_for_its_site() -> None:
    in_words = [
        {**PERMIT_ROW, **IN_PARK, "register_id": "permit_register"},
        {**PERMIT_ROW, **IN_PARK, "role": "permit_park"},
    ]
    found = said(claimed(addresses=in_words, site=SITE), "operating")
    assert found == [
        ("P1", "permit_park_name", Decimal("0.85")),
        ("P1", "statistical_address_names_park", Decimal("0.7")),
    ]
    claims = claimed(addresses=in_words, site=SITE)
    # One document: together they weigh as the stronger.
    (place,) = (
        attribution(frame(Site, SITE), claims, PARKS, ["nominal"])
        .filter(
            (pl.col("basis") == "operating")
            & (pl.col("series") == "actual")
            & (pl.col("place_id") == "P1")
        )
        .to_dicts()
    )
    assert (place["score"], place["location_class"]) == (Decimal("0.85"), "A")


def test_premises_speak_for_the_only_site_and_for_none_of_several() -> None:
    premises = [{"source_row_id": "b", "role": "operating_site", **IN_PARK}]
    alone = said(claimed(addresses=premises, site=SITE), "operating")
    assert alone == [("P1", "registered_business_premises", Decimal("0.5"))]
    other = {**SITE, "site_id": "t", "source_row_id": "q"}
    assert said(claimed(addresses=premises, site=SITE, more_sites=[other]), "operating") == []


def test_an_address_that_many_share_on_paper_weighs_little_at_work() -> None:
    hosted = said(claimed({**IN_PARK, "cluster": True}, site=SITE), "operating")
    assert hosted == [("P1", "registered_office_cluster", Decimal("0.1"))]


def test_the_registering_division_is_never_a_park() -> None:
    found = said(claimed(division="640202"), "registered")
    assert found == [("DIVISION:640202", "registered_office", Decimal("0.3"))]


def test_a_division_of_its_year_is_named_as_it_is_today() -> None:
    """白下区 was merged into 秦淮区 in 2013."""
    merged = {"division_code": "320103", "code_now": "320104", "name_now_zh": "秦淮区"}
    claims = claimed(division="320103", successors=[merged])
    (found,) = claims.filter(pl.col("basis") == "registered").to_dicts()
    assert found["place_id"] == "DIVISION:320104"
    assert "320103" in found["reason_zh"] and "秦淮区" in found["reason_zh"]


def test_of_several_successors_none_is_chosen() -> None:
    split = [{"division_code": "320103", "code_now": n, "ambiguous": True} for n in ("1", "2")]
    claims = claimed(division="320103", successors=split)
    assert [place for place, *_ in said(claims, "registered")] == ["DIVISION:320103"]


def test_on_the_operating_basis_the_office_speaks_only_where_nothing_else_does() -> None:
    assert [p for p, *_ in said(claimed(IN_PARK), "operating")] == ["OUTSIDE:640000"]
    silent = said(claimed(IN_PARK, site=SITE), "operating")
    assert silent == [("P1", "registered_office", Decimal("0.3"))]


def test_two_deliveries_that_say_the_same_are_two_claims() -> None:
    claims = claimed(IN_PARK, IN_PARK)
    assert claims.filter(pl.col("place_id") == "P1")["source_row_id"].to_list() == ["b0", "b1"]
    # They are one document, so together they weigh no more than one of them.
    assert claims.filter(pl.col("place_id") == "P1")["document"].n_unique() == 1


def test_one_row_that_says_one_thing_twice_is_one_claim() -> None:
    # Address and code both name the province, and both stand in the same register row.
    silent = claimed({"division_now": "640000"}, site=SITE, division="640000")
    assert said(silent, "operating") == [("DIVISION:640000", "registered_office", Decimal("0.3"))]


def test_the_rest_of_a_province_claims_itself() -> None:
    rest = {"site_id": "REST:640000", "kind": "rest", "province_code": "640000"}
    claims = claimed(site=rest)
    assert claims["place_id"].to_list() == ["REST:640000"] * 2
    places = attribution(frame(Site, rest), claims, PARKS, ["nominal"])
    assert places["place_id"].to_list() == ["REST:640000"] * 4, "two bases in two series"
