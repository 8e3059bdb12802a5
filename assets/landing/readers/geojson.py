"""GeoJSON: the features of one FeatureCollection, their properties as in JSON.

Coordinates are read as doubles, properties keep their text. Not read are the `id` and other
members of a feature beside `properties` and `geometry`: the declaration has no name for them.
"""

from collections.abc import Iterator
from typing import Any

from assets.landing.readers.geometry import geometry_cell
from assets.landing.readers.jsontext import find_json_encoding, open_json
from assets.landing.readers.records import Record, flatten, write_records
from assets.landing.readers.request import Request
from assets.landing.readers.table import PartResult

WGS84 = "EPSG:4326"  # what RFC 7946 says of a file that does not say otherwise


def read_geojson(request: Request) -> list[PartResult]:
    """The one part "" with column `__geometry__`. Raises ReadError: not-a-geojson, json,
    geometry, external, encoding, nul-bytes, file-empty, bounds, header-mismatch.
    """
    encoding = find_json_encoding(request)
    crs, implied = _read_crs(request)
    result = write_records("", lambda: _features(request), request, "0.arrow", geometry_cell)
    result.encoding = encoding
    result.crs, result.crs_implied = crs, implied
    return [result]


def _read_crs(request: Request) -> tuple[str | None, bool]:
    """The name of the coordinate system, and whether that is the format's and not the file's word,
    once the file has proved to be what it should be.

    A pass of its own, since `type` and `crs` may stand behind the features.
    """
    kind: Any = None
    crs: Any = {}
    features = False
    with open_json(request) as text:
        if text.peek() != "{":
            raise _not_geojson(request, "no JSON object")
        for key in text.members():
            if key == "type":
                kind = text.value()
            elif key == "crs":
                crs = text.value()
            else:
                features = features or (key == "features" and text.peek() == "[")
                text.skip()
        text.end()
    if kind != "FeatureCollection":
        raise _not_geojson(request, f"type {str(kind)[:60]!r}")
    if not features:
        raise _not_geojson(request, "no list of features")
    return _crs_name(crs, request), crs == {}


def _crs_name(crs: Any, request: Request) -> str | None:
    """What `crs` (GeoJSON of 2008) names; {} = not in the file, None = said to be unknown."""
    if crs == {}:
        return WGS84
    if crs is None:
        return None
    if isinstance(crs, dict) and crs.get("type") == "link":
        raise request.error(
            "external", "the crs is a link", "a crs named in the file; nothing else is read"
        )
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise _not_geojson(request, "a crs without a name")
    return name.strip()


def _features(request: Request) -> Iterator[Record]:
    with open_json(request) as text:
        for key in text.members():
            if key != "features":
                text.skip()
                continue
            for row in text.elements():
                feature = text.value()
                if not isinstance(feature, dict) or feature.get("type") != "Feature":
                    raise _not_geojson(request, "no feature", row)
                properties = feature.get("properties") or {}
                if not isinstance(properties, dict):
                    raise _not_geojson(request, "properties that are no object", row)
                depth = text.depth + 2
                yield Record(flatten(properties, request, row, depth), feature.get("geometry"))


def _not_geojson(request: Request, what: str, row: int | None = None) -> Exception:
    return request.error("not-a-geojson", what, "a FeatureCollection of features", row=row)
