"""Divisions through time: worked cases, what is never decided in silence, and the bad cases."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.boundaries.lineage import POLYGON_YEAR, Lineage, Unit, known_divisions, to_year
from quality.contracts.divisions import CHANGES, DivisionEvent
from tests.door import rows_through_door
from tests.frames import facts, frame, reference


@cache
def lineage() -> Lineage:
    return Lineage(facts("division_change"))


def became(code: str, year: int | None, run_year: int | None = None) -> list[str]:
    return [s.code for s in lineage().successors(code, year, run_year)]


@pytest.mark.parametrize(
    ("code", "year", "name", "now"),
    [
        ("320103", 2010, "白下区", "320104"),
        ("440116", 2010, "萝岗区", "440112"),
        ("110229", 2014, "延庆县", "110119"),
        ("120107", 2008, "塘沽区", "120116"),
        ("110103", 2009, "崇文区", "110101"),
        ("110104", 2009, "宣武区", "110102"),
        ("310119", 2005, "南汇区", "310115"),
        ("642101", 1990, "吴忠市", "640302"),
        ("640300", 2010, "吴忠市", "640300"),
        ("132200", 1990, "邢台地区", "130500"),
        ("510200", 1990, "重庆市", "500000"),
        ("110101", 2020, "东城区", "110101"),
    ],
)
def test_one_successor(code: str, year: int, name: str, now: str) -> None:
    answer = lineage().answer(code, year)
    assert name in {unit.name for unit in answer.units}
    assert [s.code for s in answer.successors] == [now]
    assert not answer.ambiguous
    assert answer.reason_en is None


def test_a_split_names_all_parts_and_no_share() -> None:
    parts = lineage().successors("330110", 2015)
    assert [(s.code, s.name, s.share) for s in parts] == [
        ("330110", "余杭区", None),
        ("330113", "临平区", None),
    ]
    assert all(change.kind == "split" for s in parts for change in s.via)
    # After the split the code is the smaller division alone.
    assert became("330110", 2022) == ["330110"]
    # In the year of the split it may be either.
    assert became("330110", 2021) == ["330110", "330113"]
    # As long as the run year is before, nothing has happened.
    assert became("330110", 2015, 2020) == ["330110"]


def test_a_new_district_of_unknown_origin_leaves_the_share_open() -> None:
    changes = frame(
        DivisionEvent,
        {"year": 2005, "to_code": "990103", "to_name_zh": "丙区", "kind": "established"},
        confidence="packaged",
    )
    names = {"990101": "甲区", "990102": "乙区", "990103": "丙区"}
    small = Lineage(changes, known_list(names))
    assert [s.share for s in small.successors("990101", 2000)] == [None]
    assert [s.share for s in small.successors("990101", 2005)] == [None]
    assert [s.share for s in small.successors("990101", 2010)] == [1.0]


def test_a_code_that_was_given_to_another_place() -> None:
    assert became("142324", 1981) == ["140321"]
    assert became("142324", 1990) == ["141181"]
    answer = lineage().answer("142324")
    assert {unit.name for unit in answer.units} == {"平定县", "孝义县"}
    assert [s.code for s in answer.successors] == ["140321", "141181"]
    assert answer.ambiguous


def test_a_code_lives_on_in_registers() -> None:
    answer = lineage().answer("320103", 2018)
    assert [s.code for s in answer.successors] == ["320104"]
    assert answer.reason_en == "not in force in 2018; read as 白下区 of 2012"
    assert answer.reason_zh == "2018 年不在用，按 2012 年的白下区"


def test_headings_and_zones_of_statistics_are_the_division_they_lie_in() -> None:
    (heading,) = lineage().successors("130101", 2010)
    assert (heading.code, heading.share) == ("130100", None)
    (zone,) = lineage().successors("130171", 2018)
    assert (zone.code, zone.via[0].kind) == ("130100", "within")


def test_what_is_not_known_is_said() -> None:
    unknown = lineage().answer("320594", 2016)
    assert (unknown.units, unknown.successors) == ((), ())
    assert unknown.reason_en == "320594: unknown code; its first four digits are those of 苏州市"
    lost = lineage().answer("130605", 1985)
    assert lost.successors == ()
    assert lost.reason_en is not None
    assert lost.reason_en.startswith("no known successor: 1987 130605 郊区")


def test_a_reading_that_leads_nowhere_leaves_the_other_in_doubt() -> None:
    rows = [
        {"year": 1990, "from_code": "990101", "from_name_zh": "甲县", "kind": "abolished"},
        {"year": 1995, "to_code": "990101", "to_name_zh": "乙县", "kind": "established"},
    ]
    changes = frame(DivisionEvent, *rows, confidence="project")
    small = Lineage(changes, known_list({"990101": "乙县"}))
    both = small.answer("990101")
    assert ([s.code for s in both.successors], both.lost, both.ambiguous) == (["990101"], 1, True)
    assert both.successors[0].share is None
    assert both.reason_en == "no known successor: 1990 990101 甲县 → - (abolished, project)"
    dated = small.answer("990101", 2000)
    assert (dated.ambiguous, dated.successors[0].share) == (False, 1.0)


def test_a_list_of_another_year() -> None:
    pairs = pl.DataFrame({"code": ["500105", "110101"], "year": [2020, 2020]})
    listed = known_list({"500157": "两江新区", "110101": "东城区"})
    now = to_year(pairs, facts("division_change"), listed, 2026)
    assert now.select("code", "code_now").rows() == [("110101", "110101"), ("500105", "500157")]
    with pytest.raises(ValueError, match="known: a list without its year; expected run_year"):
        to_year(pairs, facts("division_change"), listed)


def test_a_code_younger_than_the_list_is_not_in_it() -> None:
    answer = lineage().answer("653228", 2024)
    assert answer.successors == ()
    assert answer.reason_en == "653228 和康县 is not in the list of 2023"
    assert became("653228", 2024, 2024) == ["653228"]
    assert became("110119", 2020, 2010) == []


def test_a_heading_lies_in_the_division_of_its_time() -> None:
    # 巢湖 was a prefecture of its own from 1999 to 2010.
    parts = became("341401", 2005)
    assert parts == ["340100", "340200", "340500"]
    assert became("341401", None) == parts


def test_a_table_that_goes_in_circles_comes_to_an_end() -> None:
    rows = [
        {"year": 2000, "from_code": "990101", "to_code": "990102"},
        {"year": 2000, "from_code": "990102", "to_code": "990101"},
    ]
    changes = frame(DivisionEvent, *rows, kind="within", confidence="project")
    small = Lineage(changes, known_list({"990101": "甲区", "990102": "乙区"}))
    answer = small.answer("990101", 1990)
    assert answer.successors == ()
    assert answer.reason_en is not None


def test_old_names() -> None:
    assert lineage().named("白下区", "南京市") == [Unit("320103", "白下区", None, 2012)]
    assert lineage().named("萝岗区", "440000", 2014) == [Unit("440116", "萝岗区", 2005, 2013)]
    assert lineage().named("萝岗区", "广东省", 2016) == []
    assert lineage().named("白下区", "北京市") == []
    assert lineage().named("没有区") == []
    # The same name in many cities: the parent tells them apart.
    assert len(lineage().named("鼓楼区", year=2000)) > 3
    assert [u.code for u in lineage().named("鼓楼区", "南京市", 2000)] == ["320106"]


def test_other_run_years() -> None:
    assert became("500105", 2024) == ["500105"]
    assert became("500105", 2024, 2026) == ["500157"]
    assert became("500112", 2024, 2026) == ["500109", "500157"]
    assert became("110229", 1990, 2010) == ["110229"]
    # The polygons have 米林市 under the code of the former county.
    assert became("540422", 2020) == ["540422"]
    assert became("540422", 2020, 2024) == ["540481"]


def test_the_polygons_are_the_divisions_of_their_year() -> None:
    in_force = {unit.code: unit.name for unit in lineage().in_force(POLYGON_YEAR)}
    listed = dict(known_divisions().iter_rows())
    assert set(listed) - set(in_force) == {"540422", "540530"}
    assert set(in_force) - set(listed) == {"460302", "460303", "540481", "540581"}
    assert {c for c in set(listed) & set(in_force) if listed[c] != in_force[c]} == set()


def test_units_of_a_code_follow_each_other() -> None:
    for code in {unit.code for unit in lineage().in_force(1990)}:
        units = lineage().units(code)
        for before, after in pairwise(units):
            assert before.last is not None
            assert after.first is not None
            assert before.last < after.first, code


def test_all_codes_of_gb_2260_have_an_answer() -> None:
    codes = facts("division_code").select(code="division_code", year=pl.lit(None, dtype=pl.Int64))
    now = to_year(codes, facts("division_change"))
    each = now.group_by("code").agg(
        pl.col("code_now").drop_nulls().len().alias("successors"),
        pl.col("reason_en").first(),
        pl.col("ambiguous").first(),
    )
    assert each.height == 7_042
    none = each.filter(pl.col("successors") == 0)
    assert none.height == 34
    assert none["reason_en"].str.contains("no known successor|100000: unknown code").all()
    assert each.filter((pl.col("successors") > 1) & ~pl.col("ambiguous")).is_empty()
    doubtful = each.filter(pl.col("ambiguous") & (pl.col("successors") == 1))
    assert doubtful["reason_en"].str.contains("no known successor").all()
    assert set(now["code_now"].drop_nulls()) <= set(known_divisions()["code"])


def test_the_frame_has_a_row_for_each_pair_and_successor() -> None:
    pairs: dict[str, Any] = {
        "code": ["320103", "330110", "320594", "320103", "110101"],
        "year": [2010, 2015, None, 2010, None],
    }
    now = to_year(pl.DataFrame(pairs), facts("division_change"))
    assert now.select("code", "year", "code_now", "kind", "ambiguous").rows() == [
        ("110101", None, "110101", "unchanged", False),
        ("320103", 2010, "320104", "merged", False),
        ("320594", None, None, None, False),
        ("330110", 2015, "330110", "split", True),
        ("330110", 2015, "330113", "split", True),
    ]
    assert now["via"][1] == "2013 320103 白下区 → 320104 秦淮区 (merged, packaged)"


def known_list(names: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame({"code": list(names), "name_zh": list(names.values())})


def test_a_list_with_two_names_for_a_code_is_refused() -> None:
    twice = pl.DataFrame({"code": ["990101", "990101"], "name_zh": ["甲区", "乙区"]})
    with pytest.raises(ValueError, match="known: a code with two names: 990101"):
        Lineage(DivisionEvent.empty_frame(), twice)


def test_without_changes_every_known_code_stays() -> None:
    empty = DivisionEvent.empty_frame()
    now = to_year(pl.DataFrame({"code": ["110101"], "year": [1985]}), empty)
    assert now.select("code_now", "kind", "share").row(0) == ("110101", "unchanged", 1.0)


def test_every_fact_of_the_table_is_accepted_and_has_a_source() -> None:
    outcome = reference("division_change")
    assert outcome.quarantine.is_empty()
    assert set(outcome.frame["kind"]) == set(CHANGES)
    ends = pl.col("to_code").is_null() == (pl.col("kind") == "abolished")
    begins = pl.col("from_code").is_null() == (pl.col("kind") == "established")
    assert outcome.frame.filter(~(ends & begins)).is_empty()
    recalled = outcome.frame.filter(pl.col("confidence") == "recalled")
    assert recalled["source"].str.contains("recalled").all()


@pytest.mark.parametrize(
    ("column", "value"), [("from_code", "32010"), ("kind", "swallowed"), ("year", "1980")]
)
def test_a_bad_change_is_refused(column: str, value: str) -> None:
    row = {
        "year": "2013",
        "from_code": "320103",
        "from_name": "白下区",
        "to_code": "320104",
        "to_name": "秦淮区",
        "kind": "merged",
        "document_no": "",
        "source": "list",
        "confidence": "packaged",
    }
    assert rows_through_door("division_change", [row]).quarantine.is_empty()
    outcome = rows_through_door("division_change", [{**row, column: value}])
    assert outcome.reasons() == {f"CONTRACT:{column}": 1}


@given(
    st.lists(
        st.tuples(st.integers(1981, 2020), st.integers(0, 4), st.integers(0, 4)),
        max_size=8,
        unique_by=lambda t: (t[0], t[1]),
    ),
    st.integers(1980, 2020),
)
def test_a_unit_is_never_lost_without_a_word(moves: list[tuple[int, int, int]], year: int) -> None:
    """Whatever the table says, a code in force has a successor or a reason."""
    names = "甲乙丙丁戊"
    rows = [
        {
            "year": when,
            "from_code": f"99010{a}",
            "from_name_zh": f"{names[a]}区",
            "to_code": f"99010{b}",
            "to_name_zh": f"{names[b]}区",
            "kind": "merged",
        }
        for when, a, b in moves
        if a != b
    ]
    changes = frame(DivisionEvent, *rows, confidence="project")
    small = Lineage(changes, known_list({f"99010{n}": f"{names[n]}区" for n in range(5)}))
    for n in range(5):
        answer = small.answer(f"99010{n}", year)
        assert answer.successors or answer.reason_en
