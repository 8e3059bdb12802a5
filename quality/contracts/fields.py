"""Columns that tables of published data share."""

from __future__ import annotations

from typing import Any

from quality.contracts.table import column


def file_stem() -> Any:
    """The file a row was delivered in: the same id returns in every release of a register."""
    return column("文件", "name of the delivered file, without suffix and mark of a revision")


def longitude(*, nullable: bool = True) -> Any:
    """Longitude in WGS-84 degrees."""
    return column("经度", "longitude, WGS-84", unit="deg", nullable=nullable, ge=-180, le=180)


def latitude(*, nullable: bool = True) -> Any:
    """Latitude in WGS-84 degrees."""
    return column("纬度", "latitude, WGS-84", unit="deg", nullable=nullable, ge=-90, le=90)


def geometry(crs: str) -> Any:
    """Geometry as delivered, in the CRS that the declaration of the source names."""
    return column("几何", f"geometry as WKB in hexadecimal, {crs}")
