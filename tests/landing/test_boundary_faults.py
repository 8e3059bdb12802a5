"""Every kind of bad boundary by name, and the rest of its load goes on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely

from assets.boundaries.geometry import geodesic_km2
from tests.door import rows_through_door
from tests.landing.ruling import rule_reference

LON, LAT = 105.2, 37.6
CRS = "EPSG:4490"


def box(west: float = LON, south: float = LAT, size: float = 0.03) -> Any:
    return shapely.box(west, south, west + size, south + size)


def row(shape: Any, code: str = "S649012", name: str = "宁夏中卫工业园区", **more: Any) -> Any:
    text = shape if isinstance(shape, str) else shapely.to_wkb(shape, hex=True)
    drawn = box() if isinstance(shape, str) or shape.is_empty else shape
    return {
        "园区代码": code,
        "园区名称": name,
        "类别": "approved",
        "面积_公顷": f"{more.pop('km2', None) or geodesic_km2(box()) or drawn.area:.6f}",
        "起始": "2018-02-26",
        "说明": None,
        "__geometry__": text,
        "__crs__": CRS,
        **more,
    }


def hectares(shape: Any) -> str:
    return f"{100 * geodesic_km2(shape):.6f}"


GOOD = row(box(106.2, 38.5), "G641047", "银川经济技术开发区")
GOOD["面积_公顷"] = hectares(box(106.2, 38.5))


def judged(*rows: dict[str, Any]) -> list[str]:
    """Rules that each bad row breaks; the good row beside them is accepted, and none is lost."""
    reference = rule_reference("park_boundary")
    outcome = rows_through_door("park_boundary", [*rows, GOOD], reference)
    assert outcome.frame.height + outcome.quarantine.height == len(rows) + 1
    assert "G641047" in outcome.frame["catalogue_code"].to_list()
    return outcome.quarantine.sort("source_row_id")["rule_ids"].to_list()


RING = np.linspace(0, 2 * math.pi, 1_000_000)
MANY = shapely.Polygon(np.column_stack([LON + 0.02 * np.cos(RING), LAT + 0.02 * np.sin(RING)]))


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        (shapely.Polygon(), "POL1"),
        (shapely.Polygon([(LON, LAT), (LON + 0.1, LAT + 0.1), (LON, LAT)]), "POL1"),
        (shapely.Polygon([(LON, LAT), (LON + 1, LAT + 1), (LON + 1, LAT), (LON, LAT + 1)]), "POL1"),
        (shapely.LineString([(LON, LAT), (LON + 1, LAT)]), "POL1"),
        (shapely.to_wkb(box(), hex=True)[:-16], "POL1"),
        ("010A000000", "POL1"),  # a curved polygon
        ("no geometry", "POL1"),
        (box(1e7, 1e7), "GEO3e"),
        (shapely.Polygon([(LON, LAT), (math.inf, LAT), (LON, LAT + 1)]), "POL1"),
        (box(112.0, 37.6), "POL6"),  # in 山西
        (box(-0.1, 51.5), "POL6"),
        (box(179.99, 37.6), "GEO3e"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_shape_that_is_no_ground_of_the_park(shape: Any, rule: str) -> None:
    bad = row(shape)
    if not isinstance(shape, str) and shape.is_valid and shape.area > 0:
        bad["面积_公顷"] = "1000"
    (rules,) = judged(bad)
    assert rule in rules.split(";")


@pytest.mark.parametrize(
    "shape",
    [
        shapely.force_3d(box(), 1200.0),
        shapely.MultiPolygon([box(), box(LON + 0.05)]),
        shapely.difference(box(size=0.04), box(LON + 0.01, LAT + 0.01, 0.01)),
        MANY,
    ],
    ids=["3-D", "two parts", "a hole", "a million vertices"],
)
def test_an_unusual_shape_is_a_boundary_all_the_same(shape: Any) -> None:
    good = row(shape)
    good["面积_公顷"] = hectares(shape)
    assert judged(good) == []


def test_a_file_that_contradicts_its_numbers_is_read_as_the_numbers_say() -> None:
    """Degrees that are said to be metres of a zone."""
    outcome = rows_through_door(
        "park_boundary",
        [{**row(box()), "面积_公顷": hectares(box()), "__crs__": "EPSG:4544"}],
        rule_reference("park_boundary"),
    )
    flags = set(outcome.flags["rule_id"])
    assert "GEO3" in flags or "GEO3e" in set(outcome.quarantine["rule_id"])


def test_a_park_delivered_twice_and_periods_that_overlap() -> None:
    once = {**row(box()), "面积_公顷": hectares(box())}
    assert judged(once, {**once}) == ["POL5", "POL5"]
    later = {**once, "起始": "2020-01-01"}
    ended = {**once, "终止": "2021-12-31"}
    assert judged(ended, later) == ["POL5", "POL5"]
    backwards = {**once, "终止": "2017-01-01"}
    assert judged(backwards) == ["POL5"]
