"""Files that offices and institutes really publish; skipped where they are not at hand."""

import csv
from pathlib import Path
from typing import Any

import shapely

from assets.landing.declaration import SourceDeclaration
from assets.landing.readers import bundle_bytes, read_delivery
from tests.shared_data import shared

from .test_readers import declare, refused, same


def found(pattern: str) -> Path:
    return shared(f"data/{pattern}")


def _all(form: str, headers: str, **more: Any) -> SourceDeclaration:
    return declare(form, headers.split(), **more)


def test_taiwan_polygons_in_big5(tmp_path: Path) -> None:
    path = found("a_tw_industrial_parks/*.shp")
    source = _all(
        "shapefile",
        "NAME CITYNO TYPE1 STAYE MNG NN X Y TYPENAME CITYNAME",
        encodings=["utf-8", "cp950"],
        crs="EPSG:3826",
    )
    parts = read_delivery(path, source)
    (part,) = parts
    assert (part.rows.height, part.encoding) == (106, "cp950")
    assert part.crs is not None and part.crs.startswith('PROJCS["TWD97')
    assert "已編定未開發" in part.rows["STAYE"].to_list()
    shapes = shapely.from_wkb([bytes.fromhex(text) for text in part.rows["__geometry__"]])
    assert not shapely.is_missing(shapes).any()
    archived = tmp_path / "archived"
    archived.write_bytes(bundle_bytes(path)[1])
    assert same(read_delivery(archived, source), parts)


def test_statistics_with_titles_and_footers() -> None:
    years = " ".join(f"{year}年" for year in range(2022, 2010, -1))
    source = _all("csv", f"地区 {years}", title_rows=2, footer_patterns=["[注数]$"])
    (part,) = read_delivery(found("e_nbs_provincial/NBS_年末常住*.csv"), source)
    assert part.encoding == "utf-8-sig"
    assert part.rows.height == 31
    assert part.rows.row(0)[:3] == (4, "北京市", "2184")
    assert part.footers.height >= 1


def test_provincial_energy_workbook() -> None:
    book = found("e_ceads_provincial_energy/*2017.xlsx")
    narrow = declare(
        "xlsx",
        ["Energy_inventory", "Raw_Coal"],
        part_pattern="[A-Za-z ]+2017",
        units_row=True,
        unpivot={"headers": "(?P<fuel>[A-Z].*)", "value": "value"},
    )
    source = narrow.model_copy(update={"column_units": {"Raw_Coal": "10^4 ton"}})
    assert (
        refused(book, narrow.model_copy(update={"column_units": {"Raw_Coal": "ton"}})).code
        == "units-mismatch"
    )
    parts = {part.part: part for part in read_delivery(book, source)}
    assert len(parts) == 30
    part = parts["Ningxia2017"]
    assert part.units["Electricity"] == "10^8 kwh"
    assert part.rows.row(0)[:4] == (3, "Total Final Consumption", "2407.3659200000002", "0")
    assert part.rows["row_number"].to_list() == list(range(3, 71))


def test_park_catalogue() -> None:
    source = _all(
        "csv",
        "代码 开发区名称 省份 开发区类型 批准时间 核准面积_公顷 主导产业 经度_GCJ02 纬度_GCJ02 "
        "经度_WGS84 纬度_WGS84 格式化地址",
    )
    (part,) = read_delivery(found("a_park_catalogue_2018/*.csv"), source)
    assert part.rows.height == 2_543
    assert "1992.10" in part.rows["批准时间"].to_list()
    assert part.rows["代码"].to_list().count("S377018") == 2


def test_long_cells_with_line_breaks() -> None:
    path = found("a_id_industrial_parks/*.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        headers = next(csv.reader(file))
    (part,) = read_delivery(path, declare("csv", headers))
    assert part.rows.height == 141
    assert part.rows["row_number"].max() > 4_000  # type: ignore[operator]


def test_lost_characters_are_refused() -> None:
    path = found("b_cn_registry_redacted/2002_江苏*.csv")
    error = refused(path, _all("csv", "企业名称"))
    assert error.code == "encoding"
    assert error.row is not None and error.row > 4_000


def test_district_polygons_without_prj_and_cpg() -> None:
    path = found("d_cn_admin_gcj02/district_by_province_2020/宁夏*.shp")
    fields = "name adcode level centerlat centerlng citycode"
    more = " ".join(
        f"{prefix}{field}"
        for prefix in ("ct", "pr", "cn")
        for field in ["name", "adcode", "level", "centerla", "centerln", "citycode"]
    )
    (part,) = read_delivery(path, _all("shapefile", f"{fields} {more}"))
    assert (part.rows.height, part.encoding, part.crs) == (22, "utf-8", None)
