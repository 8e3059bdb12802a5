"""Which format the bytes of a delivery are in; the name of the file says nothing.

Asked only where a source declares several formats. A reader checks its format fully itself.
"""

import codecs
import re
from pathlib import Path

from assets.landing.readers.javascript import SCRIPT
from assets.landing.readers.request import Request
from assets.landing.readers.zips import ZIP_MAGIC, open_zip

_MAGIC = (
    (b"\xd0\xcf\x11\xe0", "xlsx", "an old or encrypted workbook"),
    (b"SQLite format 3\0", "geopackage", "an SQLite file"),
    (b"\0\0\x27\x0a", "shapefile", "a .shp"),
)
_HEAD = 1 << 16
_MARKUP = "XML or HTML"

_KML = re.compile(r"<(?:[\w.-]+:)?kml[\s/>]")
# `features` may stand before or behind the type, and the type behind all of them.
_FEATURES = re.compile(r'"features"\s*:\s*\[|"type"\s*:\s*"FeatureCollection"')
_MEMBERS = {".shp": "shapefile", ".kml": "kml"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def choose_format(request: Request) -> str:
    """The declared format that the bytes are in; the only one declared is taken unseen.

    Raises ReadError `format` naming what the bytes look like, and what open_zip raises.
    """
    if len(request.formats) == 1:
        return request.formats[0]
    found, named = _look(request)
    for form in found:
        if form in request.formats:
            return form
    raise request.error(
        "format",
        f"the bytes look like {named}",
        f"one of the declared formats: {', '.join(request.formats)}",
    )


def refuse_others(request: Request) -> None:
    """Raises ReadError `format` for a csv that is a workbook, a layer or a page of the web."""
    found, named = _look(request)
    if found[:1] not in ([], ["csv"]) or named == _MARKUP:
        toml = f"{request.source_id}.toml"
        raise request.error("format", f"the bytes look like {named}", f"csv, as declared in {toml}")


def _look(request: Request) -> tuple[list[str], str]:
    """The formats that fit, the likeliest first, and what to call the file."""
    with Path(request.path).open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(ZIP_MAGIC):
        return _look_into_zip(request)
    for magic, form, named in _MAGIC:
        if head.startswith(magic):
            return [form], named
    if b"\0" in head and not head.startswith(_UTF16):
        return [], "binary data, or UTF-16 without a byte order mark (then save it as UTF-8)"
    # All that is looked for is ASCII, which every encoding but UTF-16 keeps.
    return _look_at_text(head.removeprefix(codecs.BOM_UTF8).decode("latin-1").lstrip())


def _look_into_zip(request: Request) -> tuple[list[str], str]:
    with open_zip(request, "format") as archive:
        names = [name.lower() for name in archive.namelist()]
    if "[content_types].xml" in names:
        return ["xlsx"], "a workbook"
    for suffix, form in _MEMBERS.items():
        if any(name.endswith(suffix) for name in names):
            return [form], f"a zip with a {suffix}"
    return [], "a zip without a workbook or a layer"


def _look_at_text(text: str) -> tuple[list[str], str]:
    if text.startswith("<"):
        return (["kml"], "KML") if _KML.search(text) else ([], _MARKUP)
    if text.startswith("{"):
        if _FEATURES.search(text):
            return ["geojson", "json"], "GeoJSON"
        return ["json", "geojson"], "JSON"
    if text.startswith("["):
        return ["json"], "JSON"
    if SCRIPT.match(text):
        return ["json"], "a JavaScript module"
    return ["csv"], "delimited text"
