"""Boundaries: what is claimed of a park's ground, the versions used, and who lies in them."""

from __future__ import annotations

from datetime import date

import polars as pl

from quality.contracts.table import Table, column

# A period that has no first or no last day in what was delivered.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)
CLASSES = ["approved", "planned", "administered", "built", "nominal"]


class BoundaryClaim(Table):
    claim_id: str = column("主张", "`C:` and the park, or code and name, class, zone and first day")
    park_id: str = column("园区", "park; empty if it is not in the catalogue", nullable=True)
    catalogue_code: str = column("代码", "catalogue code as delivered")
    name_zh: str = column("园区名称", "park name as delivered")
    zone_zh: str = column("片区", "zone of a park of several (一区多园)", nullable=True)
    boundary_class: str = column("边界类别", "boundary class", isin=CLASSES)
    valid_from: pl.Date = column("起始", "first day of validity")
    valid_to: pl.Date = column(
        "终止", "last day, or the day before the next version", nullable=True
    )
    origin: str = column(
        "来历", "delivered, or derived: a disc around a point", isin=["delivered", "derived"]
    )
    polygon_km2: float = column("图形面积", "geodesic area on CGCS2000", unit="km2")
    catalogue_km2: float = column("目录面积", "catalogue area", unit="km2")
    area_ratio: float = column("面积比", "polygon over catalogue area")
    area_before_km2: float = column(
        "修复前面积",
        "area before mending; empty where nothing was mended",
        unit="km2",
        nullable=True,
    )
    mended_zh: str = column("修复", "what was mended, in words", nullable=True)
    precision_m: float = column(
        "位置精度", "standard deviation of the location; 0 for a survey in CGCS2000", unit="m"
    )
    crs_source: str = column("坐标系", "CRS the coordinates are taken to be in")
    crs_how: str = column(
        "坐标系依据",
        "stated in the file, found on the ground, or as the source declares",
        isin=["stated", "found", "declared"],
    )
    crs_evidence: str = column("坐标系证据", "what speaks for it, and the runner-up", nullable=True)
    used: bool = column("采用", "part of a boundary version")
    reason_zh: str = column("理由", "why it is used or not")
    geometry_wkb: str = column(
        "几何", "polygon as WKB in hexadecimal, CGCS2000; empty where its system cannot be told"
    )
    illustrative: bool = column("示意", "made for demonstration, not official")
    source_row_id: str = column("来源行", "delivered polygon, or the catalogue row of the disc")

    class Config:
        metadata = {
            "table": "core.boundary_claim",
            "key": ["claim_id"],
            "about": "One row a polygon claimed for a zone of a park; all are kept.",
        }


class Boundary(Table):
    boundary_id: str = column("边界", "park, class and first day")
    park_id: str = column("园区", "park")
    boundary_class: str = column("边界类别", "boundary class", isin=CLASSES)
    valid_from: pl.Date = column("起始", "first day of validity")
    valid_to: pl.Date = column("终止", "last day of validity; empty: until now", nullable=True)
    latest: bool = column("最新", "the version that the constant-boundary series uses")
    zones: int = column("片区数", "zones it is the union of (METHOD 1.1, B4)", ge=1)
    claim_ids: str = column("主张", "boundary claims it is the union of, joined by `;`")
    polygon_km2: float = column("图形面积", "geodesic area on CGCS2000", unit="km2")
    catalogue_km2: float = column("目录面积", "catalogue area", unit="km2")
    area_ratio: float = column("面积比", "polygon over catalogue area")
    centre_lon: float = column("中心经度", "longitude of the centroid", unit="deg")
    centre_lat: float = column("中心纬度", "latitude of the centroid", unit="deg")
    radius_km: float = column("等效半径", "radius of the disc of the same area", unit="km")
    precision_m: float = column(
        "位置精度", "standard deviation of the location; 0 for a survey in CGCS2000", unit="m"
    )
    geometry_wkb: str = column("几何", "polygon as WKB in hexadecimal, CGCS2000")
    illustrative: bool = column("示意", "made for demonstration, not official")

    class Config:
        metadata = {
            "table": "core.boundary",
            "key": ["boundary_id"],
            "about": "One row a boundary version of a park: the union of its zones.",
        }


class BoundaryPair(Table):
    boundary_id: str = column("边界", "boundary version")
    other_boundary_id: str = column("另一边界", "boundary version it overlaps")
    relation: str = column(
        "关系", "kin (园中园), rival, or nominal discs", isin=["kin", "rival", "nominal"]
    )
    overlap_km2: float = column("重叠面积", "common area", unit="km2")
    overlap_share: float = column("重叠比例", "common area over the smaller area", ge=0, le=1)
    rule_id: str = column("规则", "POL2w or POL2e where it applies", nullable=True)

    class Config:
        metadata = {
            "table": "core.boundary_pair",
            "key": ["boundary_id", "other_boundary_id"],
            "about": "One row a pair of versions of one class and time that share ground (B5).",
        }


class SiteGround(Table):
    source_row_id: str = column("来源行", "delivered polygon")
    site_id: str = column("场所", "site; empty where none or several may be meant", nullable=True)
    area_km2: float = column("面积", "geodesic area on CGCS2000", unit="km2", nullable=True)
    crs_source: str = column("坐标系", "CRS the coordinates are taken to be in")
    used: bool = column("采用", "says which share of its site lies in a boundary")
    reason_zh: str = column("理由", "why it is used or not")
    geometry_wkb: str = column("几何", "polygon in CGCS2000, WKB in hexadecimal", nullable=True)

    class Config:
        metadata = {
            "table": "core.site_ground",
            "key": ["source_row_id"],
            "about": "One row a polygon delivered for the ground of a site.",
        }


class Membership(Table):
    site_id: str = column("场所", "site")
    boundary_id: str = column("边界", "boundary version")
    park_id: str = column("园区", "park")
    boundary_class: str = column("边界类别", "boundary class")
    valid_from: pl.Date = column("起始", "first day of the version")
    valid_to: pl.Date = column("终止", "last day of the version", nullable=True)
    latest: bool = column("最新", "the version that the constant-boundary series uses")
    covers: bool = column("落入", "the boundary covers the point as given, borders included")
    distance_km: float = column("距离", "distance to the boundary; 0 inside", unit="km")
    area_share: float = column(
        "面积比例", "share of the site's ground inside, where its ground is known", nullable=True
    )
    probability: float = column(
        "概率",
        "chance that the site lies inside; by its ground the share of B6: 1 from 0.8 on, 0 below "
        "0.2, else the share",
        ge=0,
        le=1,
    )

    class Config:
        metadata = {
            "table": "core.membership",
            "key": ["site_id", "boundary_id"],
            "about": "One row a site and a boundary it may lie in, or has within 5 km.",
        }
