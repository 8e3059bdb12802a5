"""Leading industries to divisions of GB/T 4754: by name, by keyword, in part, or not."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.boundaries.catalogue import (
    catalogue_claims,
    coverage,
    leading_tokens,
    park_industries,
)
from assets.boundaries.catalogue.industries import TRUST, meaning
from assets.boundaries.parks import point_claims
from quality.contracts.accepted import ParkCatalogue
from quality.contracts.parks import METHODS
from tests.door import rows_through_door
from tests.frames import facts, frame, reference


@cache
def industries() -> pl.DataFrame:
    return park_industries(
        facts("park_catalogue_2018"), facts("industry_keyword"), facts("industry_code")
    )


def of_text(text: str) -> list[tuple[str, str | None, str, float]]:
    catalogue = frame(ParkCatalogue, {"catalogue_code": "S1", "leading_industries_zh": text})
    rows = park_industries(catalogue, facts("industry_keyword"), facts("industry_code"))
    return rows.select("token_zh", "industry_division", "method", "score").rows()


@pytest.mark.parametrize(
    ("token", "divisions", "method"),
    [
        ("家具", ["21"], "name"),
        ("非金属矿物制品", ["30"], "name"),
        ("通用设备制造业", ["34"], "name"),
        ("食品.", ["14"], "name"),
        ("生物医药", ["27"], "keyword"),
        ("织纺服装", ["17", "18"], "keyword"),
        ("石化", ["25", "26"], "keyword"),
        ("装备制造", ["33", "34", "35", "36", "37", "38", "39", "40"], "keyword"),
        ("有色金属冶炼", ["32"], "part"),
        ("轨道交通装备", ["37"], "part"),
        ("非金属材料", ["30"], "part"),
        ("煤炭加工及物流", ["25", "54", "59"], "part"),
        ("在建", [None], "no_division"),
        ("新材料", [None], "no_division"),
        ("滨海运动", [None], "unknown"),
    ],
)
def test_a_token(token: str, divisions: list[str | None], method: str) -> None:
    rows = of_text(token)
    assert [row[1] for row in rows] == divisions
    assert {row[2] for row in rows} == {method}
    assert {row[3] for row in rows} == {round(TRUST[method] / len(divisions), 6)}


def test_tokens_of_a_park() -> None:
    assert [row[0] for row in of_text("食品.、木制品加工、医药")] == ["医药", "木制品加工", "食品"]
    catalogue = frame(
        ParkCatalogue,
        {"catalogue_code": "S1", "leading_industries_zh": "机械、机械、 、"},
        {"catalogue_code": "S2", "leading_industries_zh": None},
    )
    assert leading_tokens(catalogue).select("park_id", "token_zh").rows() == [("S1", "机械")]


def test_how_much_of_the_notice_is_understood() -> None:
    shares = coverage(industries())
    assert shares["mentions"] == pytest.approx(0.894, abs=0.002)
    assert shares["known_to_name_none"] == pytest.approx(0.100, abs=0.002)
    assert shares["unknown"] == pytest.approx(0.006, abs=0.001)
    assert shares["mentions"] + shares["known_to_name_none"] + shares["unknown"] == pytest.approx(1)
    assert shares["parks"] == pytest.approx(0.989, abs=0.001)
    assert coverage(industries().clear())["parks"] == 0


def test_every_park_and_token_is_kept() -> None:
    catalogue = facts("park_catalogue_2018")
    assert industries()["park_id"].n_unique() == 2_543
    pairs = industries().select("park_id", "token_zh").unique()
    assert pairs.height == leading_tokens(catalogue).height
    divisions = facts("industry_code").filter(
        (pl.col("edition") == "2017") & (pl.col("level") == "division")
    )["industry_code"]
    assert set(industries()["industry_division"].drop_nulls()) <= set(divisions)


def test_tokens_that_are_not_understood_are_claims() -> None:
    catalogue = facts("park_catalogue_2018")
    claims = catalogue_claims(catalogue, point_claims(catalogue), industries())
    told = claims.filter(pl.col("finding_en").str.contains("is no division of GB/T 4754"))
    unknown = industries().filter(pl.col("method") == "unknown")
    assert set(told["park_id"]) == set(unknown["park_id"])
    assert told.height == unknown.height == 41
    building = claims.filter(pl.col("finding_en").str.contains("under construction"))
    assert building.height == 13


def test_every_keyword_is_accepted_and_names_a_division_of_the_standard() -> None:
    outcome = reference("industry_keyword")
    assert outcome.quarantine.is_empty()
    standard = facts("industry_code").filter(
        (pl.col("edition") == "2017") & (pl.col("level") == "division")
    )["industry_code"]
    assert set(outcome.frame["industry_division"].drop_nulls()) <= set(standard)
    # A word names divisions or none, not both.
    both = outcome.frame.group_by("keyword_zh").agg(pl.col("industry_division").is_null())
    assert both.filter(pl.col("industry_division").list.n_unique() > 1).is_empty()


@pytest.mark.parametrize(("column", "value"), [("industry_division", "2"), ("confidence", "sure")])
def test_a_bad_keyword_is_refused(column: str, value: str) -> None:
    row = {
        "keyword_zh": "医药",
        "industry_division": "27",
        "source": "project rule",
        "confidence": "project",
    }
    assert rows_through_door("industry_keyword", [row]).quarantine.is_empty()
    outcome = rows_through_door("industry_keyword", [{**row, column: value}])
    assert outcome.reasons() == {f"CONTRACT:{column}": 1}


@given(st.text(alphabet="汽车医药化工新材料加煤", max_size=8))
def test_a_meaning_never_invents_a_division(token: str) -> None:
    words = {"汽车": ("36",), "医药": ("27",), "化工": ("26",), "煤化工": ("25", "26"), "材料": ()}
    method, divisions = meaning(token, {}, words)
    assert method in METHODS
    assert bool(divisions) == (method in ("keyword", "part"))
    named = {d for word in words if word in token for d in words[word]}
    assert set(divisions) <= named
