"""The catalogue under examination: every kind of doubt, on the real notice and on made rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pytest

from assets.boundaries.catalogue import approvals, catalogue_claims, review_parks
from assets.boundaries.parks import point_claims, with_park_ids
from quality.contracts.accepted import ParkCatalogue
from quality.contracts.boundaries import Boundary
from quality.contracts.codes import AdcodePoint
from quality.contracts.core import Park
from quality.contracts.parks import ParkCatalogueClaim
from tests.frames import facts, frame
from tests.landing.real.delivered import accepted


@cache
def points() -> pl.DataFrame:
    return point_claims(facts("park_catalogue_2018"))


@cache
def claims() -> pl.DataFrame:
    return catalogue_claims(facts("park_catalogue_2018"), points())


def found(subject: str, text: str) -> pl.DataFrame:
    about = (pl.col("subject") == subject) & pl.col("finding_en").str.contains(text)
    return claims().filter(about)


def zone(**values: Any) -> dict[str, Any]:
    usual = {
        "catalogue_code": "S647001",
        "name_zh": "某经济开发区",
        "province_zh": "宁夏回族自治区",
        "type_zh": "经济开发区",
        "approval_month": "2006.03",
        "approved_ha": 400,
        "leading_industries_zh": "食品",
        "lon_gcj02": 106.2,
        "lat_gcj02": 38.4,
        "geocoder_address_zh": "宁夏回族自治区银川市永宁县某经济开发区",
    }
    return {**usual, **values}


def claimed(*zones: dict[str, Any]) -> list[tuple[str, str, float]]:
    catalogue = frame(ParkCatalogue, *zones)
    rows = catalogue_claims(catalogue, point_claims(catalogue))
    return rows.select("subject", "finding_en", "score").rows()


def test_dates_of_the_notice() -> None:
    dates = approvals(facts("park_catalogue_2018"))
    assert (dates.height, dates["year"].null_count(), dates["month"].null_count()) == (2545, 0, 0)
    assert (dates["year"].min(), dates["year"].max()) == (1984, 2018)
    two = dates.filter(pl.len().over("park_id") > 1).select("park_id", "part", "year", "month")
    assert two.rows() == [
        ("G313031", 1, 2000, 4),
        ("G313031", 2, 2002, 12),
        ("G513119", 1, 2010, 10),
        ("G513119", 2, 2012, 1),
    ]
    assert claims().filter(pl.col("subject") == "date")["park_id"].to_list() == [
        "G313031",
        "G513119",
    ]


@pytest.mark.parametrize(
    ("text", "read", "finding"),
    [
        ("1992.10", (1992, 10), None),
        ("1992.1", (None, None), "approval date 1992.1 is not a year and month"),
        ("1992.13", (None, None), "approval date 1992.13 is not a year and month"),
        ("199210", (None, None), "approval date 199210 is not a year and month"),
        ("2019.01", (2019, 1), "approval date 2019.01 is not between"),
        ("1949.10", (1949, 10), "approval date 1949.10 is not between"),
        ("2018.02", (2018, 2), None),
        (None, None, "no approval date"),
    ],
)
def test_a_date(text: str | None, read: tuple[Any, Any] | None, finding: str | None) -> None:
    row = zone(approval_month=text)
    dates = approvals(frame(ParkCatalogue, row)).select("year", "month").rows()
    assert dates == ([] if read is None else [read])
    said = [en for subject, en, _ in claimed(row) if subject == "date"]
    assert len(said) == (finding is not None)
    assert all(en.startswith(str(finding)) for en in said)


def test_codes_and_types_of_the_notice() -> None:
    assert found("code", "stands on 2 zones")["park_id"].to_list() == ["S377018", "S377018-2"]
    assert claims().filter(pl.col("subject") == "code").height == 2
    assert claims().filter(pl.col("subject") == "type").is_empty()


def test_a_code_of_another_province_or_type() -> None:
    assert claimed(zone(catalogue_code="S627001")) == [
        ("code", "code S627001 is not of the province 宁夏回族自治区", 1.0)
    ]
    assert claimed(zone(type_zh="工业园区")) == [
        ("type", "code S647001 says 经济开发区, the catalogue 工业园区", 0.8)
    ]
    ((_, unknown, _),) = claimed(zone(catalogue_code="S644001"))
    assert unknown == "code S644001 says no known type, the catalogue 经济开发区"


def test_points_of_the_notice() -> None:
    outside = found("point", "km outside of")
    assert outside.height == 159
    assert outside.filter(pl.col("score") == 1).height == 153
    assert found("point", "parks share this point").height == 160
    assert found("point", "names only a county").height == 379
    assert found("point", "names only a city").height == 87


def test_points_on_the_seat_of_a_division() -> None:
    centres = accepted("nbs_adcode_points", "e_nbs_provincial/*.xlsx").frame
    rows = catalogue_claims(facts("park_catalogue_2018"), points(), centres=centres)
    seats = rows.filter(pl.col("finding_en").str.contains("from that of the division"))
    assert 120 < seats.height < 160
    assert seats["park_id"].is_unique().all()
    assert rows.height == claims().height + seats.height


def test_a_point_near_a_seat_and_one_that_is_not() -> None:
    centre = {"adcode": "640121", "name_zh": "永宁县", "lon_gcj02": 106.2, "lat_gcj02": 38.4}
    rows = [zone(), zone(catalogue_code="S647002", name_zh="乙", lon_gcj02=106.21)]
    catalogue = frame(ParkCatalogue, *rows)
    made = catalogue_claims(catalogue, point_claims(catalogue), centres=frame(AdcodePoint, centre))
    assert made.select("park_id", "finding_zh").rows() == [
        ("S647001", "点位距永宁县的驻地点 0.0 公里")
    ]


def test_areas_of_the_notice() -> None:
    areas = claims().filter(pl.col("subject") == "area")
    assert areas.height == 20
    assert {"G112001", "G156020"} <= set(areas["park_id"])
    assert (
        areas.filter(pl.col("park_id") == "G112001")["finding_zh"]
        .item()
        .startswith("核准面积 23252.29 公顷")
    )
    assert areas["score"].min() >= 0.5  # type: ignore[operator]


def test_an_area_without_peers_is_not_judged() -> None:
    zones = [
        zone(catalogue_code=f"S6470{n:02d}", approved_ha=400 + n, lon_gcj02=106 + n / 100)
        for n in range(10)
    ]
    zones[0]["approved_ha"] = 90_000
    assert [row[0] for row in claimed(*zones)] == ["area"]
    assert claimed(*zones[:7]) == []


def test_misprints_of_the_notice() -> None:
    assert found("name", "湽博 is probably 淄博").height == 1
    assert found("industry", "织纺 is probably 纺织").height == 1


def test_every_claim_names_a_park_and_its_row() -> None:
    parks = set(points().select("park_id", "source_row_id").iter_rows())
    assert set(claims().select("park_id", "source_row_id").iter_rows()) <= parks
    assert claims()["finding_zh"].str.contains(r"[\u4e00-\u9fff]").all()


def doubt(park_id: str, subject: str, score: float) -> dict[str, Any]:
    return {
        "park_id": park_id,
        "subject": subject,
        "finding_zh": f"{subject}{score}",
        "finding_en": subject,
        "score": score,
    }


def test_the_order_of_the_review() -> None:
    area = {"a": 100, "b": 900, "c": 50, "d": 10}
    parks = frame(Park, *({"park_id": p, "name_zh": p, "approved_ha": a} for p, a in area.items()))
    doubts = frame(
        ParkCatalogueClaim,
        doubt("a", "area", 0.5),
        doubt("a", "point", 0.5),
        doubt("b", "point", 0.2),
        doubt("c", "code", 1.0),
    )
    none = Boundary.empty_frame()
    listed = review_parks(parks, doubts, none)
    assert listed.select("rank", "park_id", "doubt", "weight_ha").rows() == [
        (1, "b", 0.2, 180.0),
        (2, "a", 0.75, 75.0),
        (3, "c", 1.0, 50.0),
    ]
    assert listed["findings_zh"][1] == "area0.5；point0.5"
    # Published emissions come first, by value times doubt.
    values = pl.DataFrame({"park_id": ["c", "a", "d"], "value": [10.0, 12.0, 99.0]})
    assert review_parks(parks, doubts, none, values)["park_id"].to_list() == ["c", "a", "b"]
    # Where a polygon was delivered, nothing rests on the point.
    drawn = frame(
        Boundary,
        {"boundary_id": "1", "park_id": "b", "boundary_class": "approved"},
        {"boundary_id": "2", "park_id": "a", "boundary_class": "nominal"},
    )
    kept = review_parks(parks, doubts, drawn)
    assert kept.select("park_id", "doubt", "boundary_classes").rows() == [
        ("a", 0.75, "nominal"),
        ("c", 1.0, None),
    ]


def test_the_review_of_the_notice() -> None:
    parks = with_park_ids(facts("park_catalogue_2018"))
    listed = review_parks(parks, claims(), Boundary.empty_frame())
    assert listed["weight_ha"].is_sorted(descending=True)
    assert listed["rank"].to_list() == list(range(1, listed.height + 1))
    assert listed.height == claims()["park_id"].n_unique() == 692
    # The largest zone of the country has an area that no other of its kind comes near.
    assert listed["park_id"][0] == "G112001"
