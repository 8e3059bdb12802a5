"""Published registers and layers of industrial parks."""

from __future__ import annotations

from quality.contracts.fields import file_stem, geometry, latitude, longitude
from quality.contracts.table import (
    Quantity,
    Table,
    column,
    pedigree,
    source_column,
    source_row,
)


class ZoneCatalogue(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    catalogue_code: str = column("代码", "catalogue code", str_matches=r"^[GS]\d{6}$")
    name_zh: str = column("开发区名称", "zone name as in the notice")
    province_zh: str = column("省份", "province as in the notice")
    type_zh: str = column("开发区类型", "zone type")
    approval_text: str = column("批准时间", "month of approval, YYYY.MM, or two", nullable=True)
    approved_ha: Quantity = column("核准面积", "approved area", unit="ha", gt=0)
    leading_industries_zh: str = column("主导产业", "leading industries as text", nullable=True)
    lon_gcj02: float = column("经度", "geocoder longitude, GCJ-02", unit="deg", nullable=True)
    lat_gcj02: float = column("纬度", "geocoder latitude, GCJ-02", unit="deg", nullable=True)
    lon: float = longitude()
    lat: float = latitude()
    geocoder_address_zh: str = column("格式化地址", "address the geocoder returned", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.zone_catalogue",
            "key": ["file_stem", "catalogue_code", "name_zh"],
            "about": "One row a zone of an edition of the catalogue; one code is on two zones.",
        }


class TwPark(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    name_zh: str = column("园区名称", "park name as delivered")
    city_code: str = column("县市代码", "county letter", nullable=True)
    city_zh: str = column("县市", "county or city", nullable=True)
    type_zh: str = column("园区类别", "park type, finer list", nullable=True)
    type_group_zh: str = column("园区大类", "park type, coarser list", nullable=True)
    status_zh: str = column("开发状态", "status as delivered, typing errors kept", nullable=True)
    authority_zh: str = column("管理机关", "authority", nullable=True)
    nominal_ha: Quantity = column("名义面积", "nominal area, not that of the polygon", unit="ha")
    x_twd97_m: float = column("横坐标", "centroid easting, EPSG:3826", unit="m", nullable=True)
    y_twd97_m: float = column("纵坐标", "centroid northing, EPSG:3826", unit="m", nullable=True)
    geometry_wkb: str = geometry("TWD97/TM2 (EPSG:3826), metres")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.tw_park",
            "key": ["source_row_id"],
            "about": "One row a polygon of the Taiwan park layer; a park may have several.",
        }


class TwParkListed(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    county_zh: str = column("县市", "county or city")
    name_zh: str = column("园区名称", "park name as the county gives it")
    matched_name_zh: str = column("比对名称", "park name after matching", nullable=True)
    developer_zh: str = column("开发单位", "developer, - and 0 as delivered", nullable=True)
    authority_zh: str = column("管辖机关", "authority after matching", nullable=True)
    legal_basis_zh: str = column("设置法源", "legal basis, 0 as delivered", nullable=True)
    approved_year_roc: str = column(
        "核定年（民国）",
        "year of approval in the ROC calendar (70 = 1981), or a text",
        nullable=True,
    )
    approved_month_text: str = column("核定月", "month of approval as delivered", nullable=True)
    site_area_ha_text: str = column(
        "总基地面积", "site area in ha as delivered: a number, or areas of stages", nullable=True
    )
    status_text: str = column(
        "园区现况", "status of the county; X means no park, - a duplicate", nullable=True
    )
    matched_status_text: str = column("比对现况", "status after matching", nullable=True)
    type_zh: str = column("园区类别", "park type", nullable=True)
    lat: float = latitude()
    lon: float = longitude()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.tw_park_listed",
            "key": ["source_row_id"],
            "about": "One row a park of the Taiwan list; two names occur twice.",
        }


class TwParkMeasurement(Table):
    source_row_id: str = source_row()
    source_column: str = source_column()
    file_stem: str = file_stem()
    start_text: str = column(
        "开始时间", "start of the hour, local time: YYYY-MM-DDTHH:MM:SS, at midnight YYYY-MM-DD"
    )
    end_text: str = column("结束时间", "end of the measurement: as start")
    parameter: str = column("监测项目", "compound, WS (wind speed) or WD (wind direction)")
    value: Quantity = column("监测值", "measured value; the unit is not delivered")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.tw_park_measurement",
            "key": ["file_stem", "start_text", "parameter"],
            "about": "One row a measuring hour and parameter of a park (workbook).",
        }


class IdPark(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    park_name: str = column("园区名称", "park name")
    manager: str = column("管理公司", "managing company", nullable=True)
    location: str = column("地址", "address", nullable=True)
    regency: str = column("县", "regency or city", nullable=True)
    province: str = column("省", "province", nullable=True)
    region: str = column("大区", "island", nullable=True)
    size_ha: Quantity = column("面积", "area", unit="ha", nullable=True, ge=0)
    lat: float = latitude()
    lon: float = longitude()
    location_note: str = column("位置说明", "how exact the point is", nullable=True)
    electricity_provider: str = column("供电方", "electricity provider", nullable=True)
    captive_coal: int = column("自备煤电", "1 if there is captive coal power", isin=[0, 1])
    captive_gas: int = column("自备气电", "1 if there is captive gas power", isin=[0, 1])
    electricity_note: str = column("供电说明", "notes on electricity", nullable=True)
    electricity_mw: Quantity = column("供电能力", "capacity", unit="MW", nullable=True, ge=0)
    tracker_plants: str = column("电厂名称", "power stations in the GEM tracker", nullable=True)
    status: str = column("状态", "status", nullable=True)
    operation_year: int = column("投运年", "year operations began", nullable=True, ge=1800, le=2100)
    construction_year: int = column(
        "开工年", "year construction began", nullable=True, ge=1800, le=2100
    )
    founded_year: int = column("成立年", "year founded", nullable=True, ge=1800, le=2100)
    main_industry: str = column("主导产业", "main industry", nullable=True)
    tenants: str = column("入驻企业", "tenants, long text", nullable=True)
    reference: str = column("出处", "documents of the entry", nullable=True)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.id_park",
            "key": ["file_stem", "park_name"],
            "about": "One row a park of Indonesia.",
        }


class IdParkPoint(Table):
    source_row_id: str = source_row()
    file_stem: str = file_stem()
    park_name: str = column("园区名称", "park name")
    electricity_provider: str = column("供电方", "electricity provider", nullable=True)
    electricity_note: str = column("供电说明", "notes on electricity", nullable=True)
    electricity_mw: Quantity = column("供电能力", "capacity", unit="MW", nullable=True, ge=0)
    tracker_plants: str = column("电厂名称", "power stations in the GEM tracker", nullable=True)
    lat: float = latitude()
    lon: float = longitude()
    geometry_wkb: str = geometry("WGS-84 point")
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.id_park_point",
            "key": ["file_stem", "park_name"],
            "about": "One row a park of Indonesia as a point.",
        }
