"""Maps as PNG: drawn offline, with Chinese names, from any boundary."""

from __future__ import annotations

import struct
import warnings
import zlib

import pytest
import shapely

from assets.boundaries.picture import ParkMap, overview, park_map
from assets.boundaries.versions import boundaries
from tests.boundaries.drawing import LAT, LON, claims_of, disc, shape, square


def pixels(png: bytes) -> set[tuple[int, ...]]:
    """The colours of a PNG of 8 bits a channel without interlacing."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    place, width, height, channels, data = 8, 0, 0, 0, b""
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", body[:10])
            channels = {2: 3, 6: 4}[colour]
        data += body if kind == b"IDAT" else b""
        place += 12 + size
    raw = zlib.decompress(data)
    assert len(raw) == height * (1 + width * channels)
    # Filtered rows do not hold plain colours; how many differ still tells a drawing from none.
    return {tuple(raw[i : i + channels]) for i in range(1, len(raw) - channels, channels)}


def drawn(title: str = "某园区", **more: object) -> bytes:
    versions = boundaries(claims_of(shape())).to_dicts()
    with warnings.catch_warnings():
        # A character that the font lacks is a warning of matplotlib.
        warnings.simplefilter("error")
        return park_map(ParkMap(title=title, versions=versions, **more))  # type: ignore[arg-type]


def test_a_park_is_drawn_with_its_chinese_name() -> None:
    assert len(pixels(drawn("S649012 宁夏中卫工业园区（湽博）"))) > 10


def test_the_same_rows_give_the_same_bytes() -> None:
    assert drawn() == drawn()


def test_zones_neighbours_holes_and_points_change_the_picture() -> None:
    pierced = shapely.difference(square(), square(0.01))
    claims = claims_of(shape(pierced, zone_zh="西区"), shape(square(0.02, 0.2), zone_zh="东区"))
    versions = boundaries(claims).to_dicts()
    other = boundaries(
        claims_of(shape(disc(1), boundary_class="nominal", catalogue_ha=314))
    ).to_dicts()
    points = [
        {"lon": LON, "lat": LAT, "standing": standing, "label": standing}
        for standing in ("inside", "near", "outside")
    ]
    pictures = {
        drawn(),
        drawn(zones=claims.to_dicts()),
        drawn(neighbours=other, names={"S649001": "邻园"}),
        drawn(points=points),
        park_map(ParkMap("某园区", versions)),
        park_map(ParkMap("某园区", other)),
    }
    assert len(pictures) == 6


def test_a_park_without_a_boundary_has_no_map() -> None:
    with pytest.raises(ValueError, match="某园区: no boundary"):
        park_map(ParkMap("某园区", []))


def test_a_load_is_drawn_even_if_it_is_empty() -> None:
    versions = boundaries(claims_of(shape()))
    assert overview(versions) != overview(versions.clear())
