"""The ground of sites: whose it is, and where it lies."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from pyproj import Transformer

from assets.enterprises.ground import grounds_of_sites, site_grounds
from quality.contracts.accepted import SiteShape
from quality.contracts.core import Site
from quality.contracts.enterprises import Entity
from tests.frames import frame

A, B = "91640300684241808T", "91640500574895704Q"
GROUND = shapely.box(106.2, 38.5, 106.21, 38.51)
SITES = frame(
    Site,
    {"site_id": f"{A}001P", "enterprise_id": A},
    {"site_id": f"{B}001P", "enterprise_id": B},
    {"site_id": f"{B}002P", "enterprise_id": B},
    kind="permit",
)


def grounds(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    shapes = frame(
        SiteShape,
        *(
            {"source_row_id": f"d::{n}", "geometry_wkb": GROUND.wkb_hex, "name_zh": "某厂", **row}
            for n, row in enumerate(rows, 2)
        ),
    )
    return site_grounds(shapes, SITES, frame(Entity), "EPSG:4490").sort("source_row_id").to_dicts()


def test_a_ground_is_of_the_site_with_its_permit_or_of_the_only_one() -> None:
    rows = grounds(
        {"permit_no": f"{B}002P"}, {"uscc_text": A}, {"uscc_text": B}, {"name_zh": "不明"}
    )
    assert [row["site_id"] for row in rows] == [f"{B}002P", f"{A}001P", None, None]
    assert [row["used"] for row in rows] == [True, True, False, False]
    assert all("不采用" in row["reason_zh"] for row in rows[2:])


def test_a_ground_in_metres_is_brought_to_degrees() -> None:
    to_zone = Transformer.from_crs("EPSG:4490", "EPSG:4544", always_xy=True)
    metres = shapely.transform(GROUND, to_zone.transform, interleaved=False)
    (row,) = grounds({"uscc_text": A, "geometry_wkb": metres.wkb_hex, "crs_stated": "EPSG:4544"})
    assert row["area_km2"] == pytest.approx(0.967, abs=0.005)
    assert shapely.from_wkb(bytes.fromhex(row["geometry_wkb"])).equals_exact(GROUND, 1e-8)


@pytest.mark.parametrize("stated", ["EPSG:32648000", 'LOCAL_CS["own grid"]'])
def test_a_ground_of_no_known_system_is_kept_and_not_used(stated: str) -> None:
    (row,) = grounds({"uscc_text": A, "crs_stated": stated})
    assert (row["used"], row["geometry_wkb"]) == (False, None)


def test_the_parcels_of_a_site_are_one_ground() -> None:
    east = shapely.box(106.21, 38.5, 106.22, 38.51)
    rows = frame(
        SiteShape,
        {"source_row_id": "d::2", "uscc_text": A, "geometry_wkb": GROUND.wkb_hex},
        {"source_row_id": "d::3", "uscc_text": A, "geometry_wkb": east.wkb_hex},
        name_zh="某厂",
    )
    (found,) = grounds_of_sites(site_grounds(rows, SITES, frame(Entity), "EPSG:4490")).values()
    assert found.equals(shapely.union(GROUND, east))
