"""Delivered boundaries through the whole product: systems, versions, kin, overlap, series.

The deliveries of the sample and approved boundaries in Gauss-Krüger metres, from bytes to marts
as `verify` computes them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyogrio.raw
import pytest
import shapely
import shapely.affinity
from pyproj import Transformer

from assets.boundaries.geometry import geodesic_km2
from assets.landing.declaration import load_source, load_sources
from assets.landing.ingest import Found, archive_delivery, find_deliveries, reference_deliveries
from assets.landing.lifecycle import merge
from pipelines.wiring import recompute
from quality.conservation import all_balances
from quality.contracts.audit import Delivery
from tests.pipeline.conftest import LANDING
from warehouse.settings import Settings

pytestmark = pytest.mark.xdist_group("boundaries")

Tables = dict[str, pl.DataFrame]

# Two works of the sample that lie in 宁夏中卫工业园区 (S649012), 0.5 and 1.2 km from its centre.
WORKS, OTHER = (105.2327694, 37.6217306), (105.2311111, 37.6311111)
PARK, INNER, RIVAL = "S649012", "S649021", "S649016"


def around(*points: tuple[float, float], km: float) -> Any:
    """A square of 2 km by 2 km times `km` around the middle of points."""
    x = sum(lon for lon, _ in points) / len(points)
    y = sum(lat for _, lat in points) / len(points)
    return shapely.box(x - km / 88.2, y - km / 111, x + km / 88.2, y + km / 111)


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    rows = pl.read_csv("assets/reference/park_catalogue_2018.csv", infer_schema_length=0)
    return dict(rows.select("catalogue_code", "name_zh").iter_rows())


def deliver(folder: Path, name: str, epsg: int, rows: list[dict[str, Any]]) -> Path:
    """A shapefile as an office writes it: GBK, metres of a zone, and its .prj."""
    to_zone = Transformer.from_crs("EPSG:4490", f"EPSG:{epsg}", always_xy=True)
    shapes = [shapely.transform(r["shape"], to_zone.transform, interleaved=False) for r in rows]
    columns = ["园区代码", "园区名称", "类别", "面积_公顷", "起始", "终止", "上级代码", "说明"]
    values = [
        [r["code"] for r in rows],
        [r["name"] for r in rows],
        ["approved"] * len(rows),
        [f"{geodesic_km2(r['shape']) * 100:.2f}" for r in rows],
        [r.get("since", "2003-04-01") for r in rows],
        [r.get("until") for r in rows],
        [r.get("parent") for r in rows],
        ["测试"] * len(rows),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(shapes),
        field_data=[pl.Series(v, dtype=pl.String).to_numpy() for v in values],
        fields=columns,
        geometry_type="Polygon",
        crs=f"EPSG:{epsg}",
        encoding="GBK",
        driver="ESRI Shapefile",
    )
    return path


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, names: dict[str, str]) -> Tables:
    folder = tmp_path_factory.mktemp("boundaries")
    both = around(WORKS, OTHER, km=2.5)
    rows = [
        # Until the middle of 2017 the park held one of the works, since then both.
        {"shape": around(WORKS, km=0.4), "code": PARK, "until": "2017-06-30"},
        {"shape": both, "code": PARK, "since": "2017-07-01"},
        {"shape": around(WORKS, km=0.2), "code": INNER, "parent": PARK},
        # Its corner lies on 2 % of the ground of the park.
        {
            "shape": shapely.affinity.translate(both, 0.0555),
            "code": RIVAL,
            "since": "2017-07-01",
        },
    ]
    named = [{**row, "name": names[row["code"]]} for row in rows]
    path = deliver(folder / "park_boundary", "核准边界.shp", 4534 + 10, named)
    settings = Settings(home=folder / "lake", landing=str(LANDING))
    found = [*reference_deliveries(), *find_deliveries(LANDING)]
    found.append(Found(load_source("park_boundary"), path))
    deliveries = pl.concat([archive_delivery(settings.archive, item) for item in found])
    return recompute(settings.archive, merge(Delivery.empty_frame(), deliveries), settings)


def test_metres_of_a_zone_are_read_as_stated(tables: Tables) -> None:
    claims = tables["core.boundary_claim"].filter(pl.col("boundary_class") == "approved")
    assert set(claims["crs_source"]) == {"EPSG:4544"}
    assert set(claims["crs_how"]) == {"stated"}
    assert claims["area_ratio"].is_between(0.999, 1.001).all()
    assert claims["used"].all()


def test_everything_balances_in_every_class_and_series(tables: Tables) -> None:
    sources = {source.id: source.table for source in load_sources().values()}
    balances = all_balances(tables, {k: v for k, v in sources.items() if v in tables})
    assert [balance.name for balance in balances if not balance.equal] == []
    axes = tables["core.attribution"].select("boundary_class", "series").unique()
    assert set(axes.rows()) >= {
        (kind, series)
        for kind in ("approved", "nominal")
        for series in ("actual", "constant", "opening")
    }


def approved(tables: Tables, table: str, **axes: Any) -> pl.DataFrame:
    found = tables[table].filter(
        pl.col("boundary_class") == "approved", pl.col("basis") == "operating"
    )
    for axis, value in axes.items():
        found = found.filter(pl.col(axis) == value)
    return found


def test_the_year_of_the_change_weighs_days(tables: Tables) -> None:
    of_works = tables["core.site"].filter(pl.col("lon") == OTHER[0])["site_id"].item()
    rows = approved(tables, "core.attribution", site_id=of_works, series="actual")
    in_2017 = rows.filter(pl.lit(2017).is_between("year_from", "year_to"))
    weights = dict(in_2017.select("place_id", pl.col("weight_point").cast(pl.Float64)).rows())
    assert weights["OUTSIDE:640000"] == pytest.approx(181 / 365, abs=1e-6)
    assert weights[PARK] == pytest.approx(184 / 365, abs=1e-6)


def test_the_effect_of_the_change_is_told(tables: Tables) -> None:
    effect = approved(
        tables, "mart.boundary_effect", place_id=PARK, view="territorial", profile="CN-GHG"
    )
    (row,) = effect.to_dicts()
    assert row["opening_co2e_t"] < row["actual_co2e_t"] < row["constant_co2e_t"]
    assert row["actual_co2e_t"] == row["opening_co2e_t"] + row["boundary_effect_co2e_t"]


def test_a_park_in_a_park_is_beside_the_outer_one(tables: Tables) -> None:
    parks = tables["core.park"].filter(pl.col("park_id") == INNER)
    assert parks.select("parent_park_id", "counts_in_total").row(0) == (PARK, False)
    totals = approved(tables, "mart.park_total", view="territorial", profile="CN-GHG", year=2017)
    value = dict(totals.select("place_id", "co2e_high_t").iter_rows())
    assert 0 < value[INNER] <= value[PARK]


def test_neighbours_that_share_ground_are_reported(tables: Tables) -> None:
    pairs = tables["core.boundary_pair"].filter(pl.col("rule_id").is_not_null())
    (pair,) = pairs.to_dicts()
    assert {pair["boundary_id"][:7], pair["other_boundary_id"][:7]} == {PARK, RIVAL}
    assert pair["rule_id"] == "POL2w"
    flags = tables["quarantine.flag"].filter(pl.col("source_id") == "park_boundary")
    assert "POL2w" in set(flags["rule_id"])


def test_the_nominal_series_knows_nothing_of_them(tables: Tables) -> None:
    nominal = tables["core.boundary"].filter(pl.col("boundary_class") == "nominal")
    assert nominal.height == nominal["park_id"].n_unique() == 1866
    assert set(nominal["park_id"]) >= {PARK}
