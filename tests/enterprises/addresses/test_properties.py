"""Properties of every address: order, normal form, codes that exist, no error on any text."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.enterprises.addresses import STATUSES, normal_form
from tests.enterprises.addresses.known import ASKED, parser, units, zones

_NAMES = units()["name_zh"].sample(400, seed=1).to_list()
_PARKS = zones()["pattern"].sample(200, seed=1).to_list()
_WORDS = (
    "路",
    "镇",
    "12号",
    "高新区",
    "开发区",
    "（",
    "）",
    "?",
    "中国",
    "市场",
    "東",
    "１",
    " ",
    "~",
)
_PIECES = st.sampled_from([*_NAMES, *_PARKS, *_WORDS]) | st.text(max_size=4)
_TEXTS = st.lists(_PIECES, max_size=6).map("".join) | st.text(max_size=30)
_YEARS = st.none() | st.integers(1949, 2030)
_CODES = st.none() | st.sampled_from(["320000", "320300", "640100", "000000", "x"])
_ROWS = st.lists(st.tuples(_TEXTS, _YEARS, _CODES), min_size=1, max_size=30)
_EXISTING = {code: level for code, level in units().select("division_code", "level").iter_rows()}


def parsed(rows: list[tuple[str, int | None, str | None]]) -> pl.DataFrame:
    return parser().parse(pl.DataFrame(rows, schema=ASKED, orient="row"))


@settings(deadline=None, max_examples=12)
@given(_ROWS)
def test_codes_exist_and_levels_agree(rows: list[tuple[str, int | None, str | None]]) -> None:
    found = parsed(rows)
    assert found.height == len(rows)
    for row in found.iter_rows(named=True):
        assert row["status"] in STATUSES
        assert row["division_level"] == _EXISTING.get(row["division_code"] or "")
        assert (row["division_code"] is None) == (row["division_level"] is None)
        assert row["division_now"] is None or row["division_now"] in _EXISTING
        assert row["park_id"] is None or row["zone_zh"]


@settings(deadline=None, max_examples=8)
@given(_ROWS)
def test_the_order_of_rows_does_not_matter(
    rows: list[tuple[str, int | None, str | None]],
) -> None:
    assert parsed(rows[::-1]).equals(parsed(rows)[::-1])
    assert parsed(rows * 2)[: len(rows)].equals(parsed(rows))


@settings(deadline=None, max_examples=12)
@given(_ROWS)
def test_a_normal_form_is_its_own_and_reads_the_same(
    rows: list[tuple[str, int | None, str | None]],
) -> None:
    texts = pl.Series([text for text, _, _ in rows], dtype=pl.String)
    normal = normal_form(texts)
    assert normal_form(normal).equals(normal)
    again = [(text, *row[1:]) for text, row in zip(normal.to_list(), rows, strict=True)]
    assert parsed(again).equals(parsed(rows))


@settings(deadline=None, max_examples=12)
@given(_ROWS)
def test_rest_and_zone_are_made_of_the_text(
    rows: list[tuple[str, int | None, str | None]],
) -> None:
    texts = normal_form(pl.Series([text for text, _, _ in rows], dtype=pl.String)).to_list()
    for text, row in zip(texts, parsed(rows).iter_rows(named=True), strict=True):
        assert set(row["rest_zh"]) <= set(text)
        assert set(row["zone_zh"] or "") <= set(text)
        assert len(row["rest_zh"]) <= len(text)
