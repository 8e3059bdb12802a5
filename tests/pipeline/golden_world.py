"""Parks and enterprises of the worked cases, and deliveries as files.

Every case has enterprises of its own, so that one run computes all of them (`golden_forms`).
All names of enterprises are invented.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import shapely
import xlsxwriter

from assets.boundaries.geometry import geodesic_km2
from assets.enterprises.uscc import check_character
from assets.landing.declaration import SourceDeclaration
from tests.shared_data import golden

Row = dict[str, Any]
YEAR = 2023

# A park of the catalogue to its name and the middle of its ground, in degrees.
PARKS: dict[str, tuple[str, float, float]] = {
    "S649012": ("宁夏中卫工业园区", 105.2312, 37.6221),
    "S649008": ("宁夏吴忠金积工业园区", 106.1340, 37.9360),
    "S649016": ("宁夏吴忠青铜峡新材料产业基地", 106.0740, 38.0200),
    "G641047": ("银川经济技术开发区", 106.1370, 38.4510),
    "G321014": ("南京经济技术开发区", 118.8700, 32.1470),
    "G321016": ("南通经济技术开发区", 120.9390, 31.9240),
    "G521041": ("贵阳经济技术开发区", 106.7119, 26.5196),
    "G521198": ("遵义经济技术开发区", 106.9254, 27.7966),
    "G321015": ("昆山经济技术开发区", 120.9963, 31.3414),
}
P1, P2, CHANGED, STRADDLED, A, B, W1, W2, RETURNED = PARKS
OUTSIDE = (106.2123456, 38.7123456)
# Half the sides of a park's ground in degrees, some 3 km by 2 km.
HALF = (0.017, 0.0095)

NAMES = {
    "g01": "甲燃",
    "measured": "甲测",
    "g03": "戌标",
    "g04": "乙平",
    "g04_gap": "丙差",
    "g06": "丁焦",
    "g06_default": "戊默",
    "g07": "丁料",
    "g09": "己汽",
    "g10": "庚泥",
    "g12": "辛水",
    "g14": "壬焚",
    "g15": "癸多",
    "g17_plant": "子电",
    "g17_heat": "丑热",
    "g17_works": "寅用",
    "g17_b": "卯受",
    "g27_old": "辰旧",
    "g27_new": "巳新",
    "g32": "午跨",
    "g30": "未指",
    "g33": "未证",
    "bad": "申误",
    "billed": "账单",
    "steel": "酉钢",
    "twice": "亥重",
    "g18": "戊分",
}
# Where the sites of an enterprise are; what is not named lies outside of all parks.
HOME = {
    "g15": P1,
    "g17_plant": A,
    "g17_heat": A,
    "g17_works": A,
    "g17_b": B,
    "g27_old": CHANGED,
    "g27_new": CHANGED,
    "g30": RETURNED,
    "g32": STRADDLED,
    "g33": P1,
    "g18": W2,
}


# Cases that stand alone in what is outside of all parks of their province.
ALONE = {"g03": (103.7123456, 36.2123456), "g12": (103.7523456, 36.2123456)}
ALONE["g14"] = (101.7123456, 36.6523456)
ALONE["billed"] = (101.7723456, 36.6523456)


def code(name: str) -> str:
    division = "320100" if name.startswith("g17") else "640500"
    first = f"91{division}MA{list(NAMES).index(name) + 1:07d}"
    return first + check_character(first)


def zh(name: str) -> str:
    return f"{NAMES[name]}材料有限公司"


def permit_no(name: str, site: str = "001P") -> str:
    return f"{code(name)}{site}"


def who(name: str) -> Row:
    return {"统一社会信用代码": code(name), "单位详细名称": zh(name)}


def place_of(name: str) -> tuple[float, float]:
    """The middle of the ground of the enterprise's park, or a place outside, a few metres off."""
    _, lon, lat = PARKS.get(HOME.get(name, ""), ("", *ALONE.get(name, OUTSIDE)))
    step = 0.0001234 * list(NAMES).index(name)
    if name == "g27_new":
        return lon + 0.0113457, lat + step
    if name == "g32":
        return straddling().centroid.coords[0]
    return lon + step, lat


def ground(park: str, *, half: tuple[float, float] = HALF) -> Any:
    _, lon, lat = PARKS[park]
    return shapely.box(lon - half[0], lat - half[1], lon + half[0], lat + half[1])


def straddling() -> Any:
    """The ground of a site of which the share of G32 lies in the park, cut by its eastern side."""
    given, _, _ = golden("G32")
    inside = given["inside_m2"] / given["site_area_m2"]
    _, lon, lat = PARKS[STRADDLED]
    width, edge = 0.0040, lon + HALF[0]
    return shapely.box(edge - inside * width, lat - 0.00155, edge + (1 - inside) * width, lat)


def boundaries() -> Iterator[tuple[Row, Any]]:
    """Approved grounds; one park grew on the day of G27 (to the east)."""
    before = ground(CHANGED, half=(0.009, HALF[1]))
    days = {key: golden("G27")[0][key]["valid"].split("/") for key in ("old", "new")}
    shapes = [(park, ground(park), "2003-04-01", None) for park in PARKS if park != CHANGED]
    shapes += [
        (CHANGED, before, days["old"][0], days["old"][1]),
        (CHANGED, ground(CHANGED), days["new"][0], None),
    ]
    for park, shape, first, last in shapes:
        row = {"园区代码": park, "园区名称": PARKS[park][0], "类别": "approved", "说明": "测试"}
        area = f"{geodesic_km2(shape) * 100:.2f}"
        yield {**row, "面积_公顷": area, "起始": first, "终止": last, "上级代码": None}, shape


def grounds() -> Iterator[tuple[Row, Any]]:
    yield (
        {"许可证编号": permit_no("g32"), "统一社会信用代码": code("g32"), "企业名称": zh("g32")},
        straddling(),
    )


def layers() -> dict[str, list[tuple[Row, Any]]]:
    return {"park_boundary": list(boundaries()), "site_boundary": list(grounds())}


def table(source: SourceDeclaration, rows: list[Row], folder: Path) -> Path:
    """A delivery as its office writes it: a workbook with title and units, or csv."""
    given = {header for row in rows for header in row}
    headers = [h for h in source.columns if h in given or h not in source.optional_columns]
    assert given <= set(headers), given - set(headers)
    folder.mkdir(parents=True, exist_ok=True)
    cells = [[row.get(h) for h in headers] for row in rows]
    if not source.title_rows:
        path = folder / f"{source.id}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headers, *cells])
        return path
    path = folder / f"{source.id}.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet(source.parts[0] if source.parts else None)
    top = [[source.title_zh], *[["测试"]] * (source.title_rows - 1)]
    split = [h.partition("/") for h in headers]
    top += [[group for group, _, _ in split], [leaf for _, _, leaf in split]]
    top += [[source.column_units.get(h, "") for h in headers]]
    for place, line in enumerate([*top, *cells]):
        sheet.write_row(place, 0, line)
    book.close()
    return path


def layer(source: SourceDeclaration, rows: Iterable[tuple[Row, Any]], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    collection = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": source.crs}},
        "features": [
            {
                "type": "Feature",
                "properties": row,
                "geometry": json.loads(shapely.to_geojson(shape)),
            }
            for row, shape in rows
        ],
    }
    path = folder / f"{source.id}.geojson"
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path
