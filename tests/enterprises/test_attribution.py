"""From claims to a place: score, confidence, class, and what stays unlocated."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.enterprises.attribution import attribution
from quality.contracts.boundaries import FIRST_DAY, LAST_DAY
from quality.contracts.core import LocationClaim, Park, Site
from tests.frames import frame
from tests.shared_data import golden

PARKS = frame(
    Park,
    {"park_id": "P1", "division_code": "640100"},
    {"park_id": "P2", "division_code": "640122"},
    {"park_id": "P3", "division_code": "640221"},
    {"park_id": "P4", "division_code": None},
    {"park_id": "P5", "division_code": "150100"},
)
SITE = {"site_id": "s", "kind": "permit", "province_code": "640000"}


def claim(place: str, weight: float, document: str = "d", **more: Any) -> dict[str, Any]:
    return {
        "claim_id": f"{place}|{document}|{weight}",
        "site_id": "s",
        "basis": "operating",
        "place_id": place,
        "weight": weight,
        "document": document,
        **more,
    }


def attributed(
    *claims: dict[str, Any],
    sites: pl.DataFrame | None = None,
    parks: pl.DataFrame | None = None,
    kind: str = "nominal",
) -> pl.DataFrame:
    return attribution(
        frame(Site, SITE) if sites is None else sites,
        frame(LocationClaim, *claims),
        PARKS if parks is None else parks,
        [kind],
    ).filter(pl.col("series") == "actual")


def operating(*claims: dict[str, Any]) -> list[dict[str, Any]]:
    found = attributed(*claims).filter(pl.col("basis") == "operating")
    return found.sort("weight_point", "place_id", descending=[True, False]).to_dicts()


@pytest.mark.parametrize(
    ("weight", "location_class", "place", "low"),
    [
        (0.8, "A", "P1", 1),
        (0.799999, "B", "P1", 0),
        (0.5, "B", "P1", 0),
        (0.499999, "C", "UNLOCATED:640000", 0),
    ],
)
def test_the_confidence_decides_the_class(
    weight: float, location_class: str, place: str, low: int
) -> None:
    first = operating(claim("P1", weight))[0]
    assert (first["location_class"], first["place_id"]) == (location_class, place)
    assert (first["weight_point"], first["weight_low"], first["weight_high"]) == (1, low, 1)
    assert first["confidence"] == Decimal(str(weight))


def test_evidence_of_one_document_counts_once_with_its_maximum() -> None:
    once = operating(claim("P1", 0.5), claim("P1", 0.6))[0]
    twice = operating(claim("P1", 0.5), claim("P1", 0.6, document="e"))[0]
    assert once["score"] == Decimal("0.6")
    assert twice["score"] == Decimal("0.8")


def test_contradicting_evidence_lowers_the_confidence() -> None:
    (alone,) = operating(claim("P1", 0.9))
    (against,) = operating(claim("P1", 0.9), claim("OUTSIDE:640000", 0.3, document="e"))
    assert alone["confidence"] == Decimal("0.9")
    assert against["confidence"] == Decimal("0.675")
    assert against["location_class"] == "B"


def test_an_unlocated_site_may_lie_in_every_park_its_evidence_names() -> None:
    first, *others = operating(claim("P1", 0.4), claim("P2", 0.4), claim("OUTSIDE:640000", 0.2))
    assert first["place_id"] == "UNLOCATED:640000"
    assert [row["place_id"] for row in others] == ["P1", "P2"]
    for row in others:
        assert (row["weight_point"], row["weight_low"], row["weight_high"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("codes", "place", "candidates"),
    [
        (["640100"], "UNLOCATED:640100", ["P1", "P2"]),
        (["640122"], "UNLOCATED:640122", ["P2"]),
        (["640000"], "UNLOCATED:640000", ["P1", "P2", "P3"]),
        (["640000", "640122"], "UNLOCATED:640122", ["P2"]),
        ([], "UNLOCATED:640000", ["P1", "P2", "P3"]),
    ],
)
def test_evidence_that_names_a_division_leaves_the_site_in_the_smallest_one(
    codes: list[str], place: str, candidates: list[str]
) -> None:
    first, *others = operating(*(claim(f"DIVISION:{code}", 0.3, document=code) for code in codes))
    assert (first["place_id"], first["location_class"]) == (place, "C")
    assert [row["place_id"] for row in others] == candidates
    assert all(row["weight_high"] == 1 and row["weight_point"] == 0 for row in others)


def test_the_strongest_evidence_names_the_province() -> None:
    first = operating(claim("DIVISION:640000", 0.7), claim("DIVISION:150102", 0.3, document="e"))[0]
    assert first["place_id"] == "UNLOCATED:640000"


def test_a_site_of_no_known_province_is_unlocated_without_candidates() -> None:
    nowhere = frame(Site, {**SITE, "province_code": None})
    found = attributed(sites=nowhere)
    assert set(found["place_id"]) == {"UNLOCATED:000000"}
    assert found.height == 2


def test_the_rest_of_a_province_stays_the_rest_on_both_bases() -> None:
    rest = frame(Site, {"site_id": "REST:640000", "kind": "rest", "province_code": "640000"})
    found = attributed(sites=rest)
    assert found["place_id"].to_list() == ["REST:640000"] * 2
    assert set(found["location_class"]) == {"A"}


def test_the_bases_do_not_speak_for_each_other() -> None:
    found = attributed(claim("P1", 0.9), claim("P3", 0.9, basis="registered"))
    places = dict(found.filter(pl.col("weight_point") > 0).select("basis", "place_id").iter_rows())
    assert places == {"operating": "P1", "registered": "P3"}


def test_a_tie_goes_to_the_place_that_sorts_first() -> None:
    for order in (("P2", "P1"), ("P1", "P2")):
        first = operating(*(claim(place, 0.99, document=place) for place in order))[0]
        # Two equal places share the confidence: neither is sure.
        assert first["location_class"] == "C"
    first = operating(claim("P2", 1, document="a"), claim("P1", 1, document="b"))[0]
    assert (first["place_id"], first["confidence"]) == ("P1", Decimal("0.5"))


def on_ground(park: str, first: date, last: date, chance: float = 1.0) -> dict[str, Any]:
    """A claim from coordinates in an approved boundary, for as long as it was valid."""
    return claim(
        park,
        0.95 * chance,
        claim_id=f"{park}|{first}",
        evidence_id="permit_point_in_polygon",
        probability=chance,
        boundary_class="approved",
        series="actual",
        valid_from=first,
        valid_to=last,
    )


CHANGE = date(2022, 7, 1)
BEFORE = date(2022, 6, 30)


def test_in_a_year_in_which_the_boundary_changes_days_are_weighed() -> None:
    """G27: 181 days of the old and 184 of the new boundary of 2022."""
    inputs, expected, tolerance = golden("G27")
    found = attributed(
        on_ground("P1", FIRST_DAY, BEFORE), on_ground("P2", CHANGE, LAST_DAY), kind="approved"
    ).filter(pl.col("basis") == "operating")
    assert found.sort("year_from").select(
        "year_from", "year_to", "place_id", "weight_point", "share_from", "share_to"
    ).rows() == [
        (1900, 2021, "P1", Decimal(1), Decimal(0), Decimal(1)),
        (2022, 2022, "P1", Decimal("0.49589"), Decimal(0), Decimal("0.49589")),
        (2022, 2022, "P2", Decimal("0.50411"), Decimal("0.49589"), Decimal(1)),
        (2023, 9999, "P2", Decimal(1), Decimal(0), Decimal(1)),
    ]
    days = dict(found.filter(pl.col("year_from") == 2022).select("place_id", "weight_point").rows())
    old, new = inputs["old"]["annual_t"], inputs["new"]["annual_t"]
    actual = float(days["P1"]) * old + float(days["P2"]) * new
    assert actual == pytest.approx(expected["actual_2022"], rel=tolerance)
    assert actual - old == pytest.approx(expected["boundary_effect"], rel=tolerance)
    assert new == expected["constant_new_2022"]


def test_the_ground_of_the_first_of_january_is_kept_in_a_series_of_its_own() -> None:
    claims = [on_ground("P1", FIRST_DAY, BEFORE), on_ground("P2", CHANGE, LAST_DAY)]
    found = attribution(frame(Site, SITE), frame(LocationClaim, *claims), PARKS, ["approved"])
    opening = found.filter(pl.col("series") == "opening")
    assert opening.select("year_from", "year_to", "place_id", "weight_point").rows() == [
        (2022, 2022, "P1", Decimal(1))
    ]


def test_ground_that_two_parks_claim_is_split_and_flagged() -> None:
    """B5; the third park claims it with less than even odds."""
    found = attributed(
        *(on_ground(park, FIRST_DAY, LAST_DAY) for park in ("P2", "P1")),
        on_ground("P3", FIRST_DAY, LAST_DAY, chance=0.4),
        kind="approved",
    ).filter((pl.col("basis") == "operating") & (pl.col("weight_point") > 0))
    half = Decimal("0.5")
    assert found.sort("place_id").select("place_id", "weight_point", "weight_low").rows() == [
        ("P1", half, 0),
        ("P2", half, 0),
    ]
    assert set(found["location_class"]) == {"B"}
    assert found["reason_zh"].str.contains("B5").all()


def test_a_site_on_the_line_is_in_each_place_by_its_ground() -> None:
    """B6: the last millionth goes to the place that sorts first."""
    shares = {"P1": "0.333333", "P3": "0.333333", "OUTSIDE:640000": "0.333334"}
    found = attributed(
        *(
            {
                **on_ground(place, FIRST_DAY, LAST_DAY),
                "probability": share,
                "area_share": float(share),
            }
            for place, share in shares.items()
        ),
        kind="approved",
    ).filter(pl.col("basis") == "operating")
    assert dict(found.select("place_id", pl.col("weight_point").cast(pl.String)).rows()) == shares
    assert set(found["location_class"]) == {"A"}
    assert (found["weight_low"] == found["weight_point"]).all()
    assert found["reason_zh"].str.contains("B6").all()


def test_discs_that_overlap_are_not_split() -> None:
    discs = [
        {**on_ground(park, FIRST_DAY, LAST_DAY), "boundary_class": "nominal"}
        for park in ("P1", "P2")
    ]
    first = operating(*discs)[0]
    assert first["place_id"].startswith("UNLOCATED")


NESTED = PARKS.with_columns(
    pl.when(pl.col("park_id") == "P2").then(pl.lit("P1")).alias("parent_park_id"),
    (pl.col("park_id") != "P2").alias("counts_in_total"),
)


def test_a_site_in_a_park_in_a_park_is_in_both_and_counts_once() -> None:
    found = attributed(
        on_ground("P1", FIRST_DAY, LAST_DAY),
        on_ground("P2", FIRST_DAY, LAST_DAY),
        parks=NESTED,
        kind="approved",
    ).filter(pl.col("basis") == "operating")
    assert found.sort("place_id").select("place_id", "weight_point", "location_class").rows() == [
        ("P1", 1, "A"),
        ("P2", 1, "A"),
    ]


def test_a_claim_on_the_inner_park_alone_speaks_for_the_outer_one() -> None:
    found = attributed(claim("P2", 0.9), parks=NESTED).filter(pl.col("basis") == "operating")
    assert set(found["place_id"]) == {"P1", "P2"}


def test_the_outer_park_alone_says_nothing_of_the_inner() -> None:
    found = attributed(claim("P1", 0.9), parks=NESTED).filter(pl.col("basis") == "operating")
    assert found["place_id"].to_list() == ["P1"]


STARTS = st.lists(
    st.integers(0, 4000).map(lambda n: date(2012, 1, 1) + timedelta(days=n)),
    min_size=1,
    max_size=4,
    unique=True,
)


@given(STARTS, st.lists(st.sampled_from(["P1", "P3", "OUTSIDE:640000"]), min_size=5, max_size=5))
def test_the_weights_of_every_year_sum_to_one(starts: list[date], places: list[str]) -> None:
    first = [FIRST_DAY, *sorted(starts)]
    last = [*(day - timedelta(days=1) for day in first[1:]), LAST_DAY]
    spans = zip(places, first, last, strict=False)
    found = attributed(*(on_ground(*span) for span in spans), kind="approved").filter(
        pl.col("basis") == "operating"
    )
    for year in range(2010, 2026):
        of_year = found.filter(pl.lit(year).is_between("year_from", "year_to"))
        assert of_year["weight_point"].sum() == 1
        assert of_year["share_to"].max() == 1


CLAIM = st.builds(
    claim,
    st.sampled_from(["P1", "P2", "OUTSIDE:640000", "DIVISION:640100", "DIVISION:640000"]),
    st.integers(0, 100).map(lambda n: n / 100),
    st.sampled_from(["d", "e", "f"]),
    basis=st.sampled_from(["operating", "registered"]),
    site_id=st.sampled_from(["s", "t"]),
)


@given(st.lists(CLAIM, max_size=8), st.randoms(use_true_random=False))
def test_point_weights_of_a_site_sum_to_one_in_any_order_of_claims(
    claims: list[dict[str, Any]], chance: random.Random
) -> None:
    both = frame(Site, SITE, {**SITE, "site_id": "t"})
    found = attributed(*claims, sites=both)
    sums = found.group_by("site_id", "basis").agg(pl.col("weight_point").sum())
    assert sums.height == 4
    assert set(sums["weight_point"]) == {Decimal(1)}
    assert (found["weight_low"] <= found["weight_point"]).all()
    assert (found["weight_point"] <= found["weight_high"]).all()
    chance.shuffle(claims)
    assert attributed(*claims, sites=both[[1, 0]]).equals(found)
