"""Shapefiles: the set, its encoding, its counts, and the bundle that the archive stores."""

import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from assets.landing.readers import bundle_bytes, read_delivery

from .test_readers import declare, refused, same

SOURCE = declare("shapefile", ["名称", "面积"])
SQUARE = shapely.box(106, 38, 106.5, 38.5)


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """Three parks (the last without geometry) with a GBK .dbf and no .cpg."""
    path = tmp_path / "园区.shp"
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(SQUARE), shapely.to_wkb(SQUARE.buffer(1)), None]),
        field_data=[np.array(["宁东", "石嘴山", "苏银"], dtype=object), np.array([1.5, 2, 3])],
        fields=["名称", "面积"],
        geometry_type="Polygon",
        driver="ESRI Shapefile",
        encoding="GBK",
        crs="EPSG:4490",
    )
    path.with_suffix(".cpg").unlink()
    return path


def zipped(path: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in path.parent.glob(f"{path.stem}.*"):
            archive.write(file, file.name)
    return target


def test_gbk_without_cpg(layer: Path) -> None:
    (part,) = read_delivery(layer, SOURCE)
    assert (part.part, part.encoding) == ("园区", "gb18030")
    assert part.headers == ("名称", "面积", "__geometry__")
    assert part.crs is not None and "CGCS" in part.crs.upper()
    assert part.rows["row_number"].to_list() == [1, 2, 3]
    assert part.rows["名称"].to_list() == ["宁东", "石嘴山", "苏银"]
    assert part.rows["面积"][0].strip() == "1.500000000000000"
    shapes = part.rows["__geometry__"].to_list()
    assert shapes[2] is None
    assert shapely.from_wkb(bytes.fromhex(shapes[0])).equals(SQUARE)
    layer.with_suffix(".prj").unlink()
    assert read_delivery(layer, SOURCE)[0].crs is None


def test_encodings_that_do_not_fit(layer: Path) -> None:
    error = refused(layer, SOURCE.model_copy(update={"encodings": ["utf-8"]}))
    assert error.code == "encoding"
    cpg = layer.with_suffix(".CPG")
    cpg.write_text("UTF-8")
    assert refused(layer, SOURCE).code == "encoding"
    cpg.write_text("no such thing")
    assert refused(layer, SOURCE).code == "encoding"
    cpg.write_text("ANSI 936\r\n")
    assert read_delivery(layer, SOURCE)[0].rows["名称"][0] == "宁东"


@pytest.mark.parametrize("more", [2, 4, 6])
def test_an_index_with_half_an_entry(layer: Path, more: int) -> None:
    shx = layer.with_suffix(".shx")
    data = bytearray(shx.read_bytes() + b"\0" * more)
    struct.pack_into(">i", data, 24, len(data) // 2)  # the header counts 16-bit words
    shx.write_bytes(data)
    error = refused(layer, SOURCE)
    assert error.code == "truncated" and f".shx: {more} bytes behind" in str(error)


def test_truncated_at_every_length(layer: Path) -> None:
    whole = layer.read_bytes()
    for size in sorted({4, 50, 99, 100, 104, 150, len(whole) // 2, len(whole) - 2}):
        layer.write_bytes(whole[:size])
        assert refused(layer, SOURCE).code == "truncated", size
        if size >= 100 and size % 2 == 0:  # cut, and the header made to agree
            layer.write_bytes(whole[:24] + struct.pack(">i", size // 2) + whole[28:size])
            assert refused(layer, SOURCE).code in {"truncated", "shapefile-counts"}, size
    layer.write_bytes(whole[:2])
    assert refused(layer, SOURCE).code == "not-a-shapefile"
    layer.write_bytes(whole)
    for suffix in (".shx", ".dbf"):
        side = layer.with_suffix(suffix)
        kept = side.read_bytes()
        for size in (0, 20, 70, len(kept) - 8):
            side.write_bytes(kept[:size])
            assert refused(layer, SOURCE).code == "truncated", (suffix, size)
        side.write_bytes(kept)


def test_counts_must_agree(layer: Path) -> None:
    dbf = layer.with_suffix(".dbf")
    data = dbf.read_bytes()
    first, size = struct.unpack_from("<HH", data, 8)
    dbf.write_bytes(data[:4] + struct.pack("<I", 2) + data[8 : first + 2 * size] + b"\x1a")
    error = refused(layer, SOURCE)
    assert error.code == "shapefile-counts"
    assert ".shp has 3 shapes, .shx 3, .dbf 2" in str(error)


def test_index_of_another_file(layer: Path) -> None:
    shx = layer.with_suffix(".shx")
    data = bytearray(shx.read_bytes())
    data[100:108], data[108:116] = data[108:116], data[100:108]
    shx.write_bytes(data)
    assert refused(layer, SOURCE).code == "geometry"


def test_broken_geometry_names_the_feature(layer: Path) -> None:
    data = bytearray(layer.read_bytes())
    data[108 + 36 : 108 + 40] = struct.pack("<i", 1_000_000)  # parts of the first polygon
    layer.write_bytes(data)
    error = refused(layer, SOURCE)
    assert (error.code, error.row) == ("geometry", 1)


def test_deleted_records_are_refused(layer: Path) -> None:
    dbf = layer.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    first, size = struct.unpack_from("<HH", data, 8)
    data[first + size] = ord("*")
    dbf.write_bytes(data)
    error = refused(layer, SOURCE)
    assert (error.code, error.row) == ("deleted-records", 2)


def test_another_driver_under_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    path.write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    assert refused(path, SOURCE).code == "not-a-shapefile"
    for suffix in (".shx", ".dbf"):
        path.with_suffix(suffix).write_bytes(b"")
    assert refused(path, SOURCE).code == "not-a-shapefile"


def test_missing_and_doubled_members(layer: Path) -> None:
    kept = layer.with_suffix(".dbf").rename(layer.with_suffix(".DBF"))
    assert read_delivery(layer, SOURCE)[0].rows.height == 3
    shutil.copy(kept, layer.with_suffix(".dbf"))
    assert refused(layer, SOURCE).code == "shapefile-set"
    kept.unlink()
    layer.with_suffix(".dbf").unlink()
    error = refused(layer, SOURCE)
    assert error.code == "shapefile-part-missing"
    assert ".dbf" in str(error)


def test_layer_names_and_headers(layer: Path) -> None:
    assert refused(layer, SOURCE.model_copy(update={"parts": ["其他"]})).code == "sheet-missing"
    assert refused(layer, declare("shapefile", ["名称"])).code == "header-mismatch"
    private = declare("shapefile", ["面积"], personal_columns=["名称"])
    assert read_delivery(layer, private)[0].headers == ("面积", "__geometry__")


def test_bundle_is_the_same_bytes_and_reads_the_same(layer: Path, tmp_path: Path) -> None:
    name, data = bundle_bytes(layer)
    assert name == "园区.shp.zip"
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in sorted(tmp_path.glob("园区.*"), reverse=True):
        shutil.copyfile(file, copy / file.name)
    assert bundle_bytes(copy / layer.name) == (name, data)
    archived = tmp_path / "0123abcd"  # the archive knows no suffix
    archived.write_bytes(data)
    assert same(read_delivery(archived, SOURCE), read_delivery(layer, SOURCE))
    assert bundle_bytes(archived) == (archived.name, data)


def test_zip_of_an_office(layer: Path, tmp_path: Path) -> None:
    path = zipped(layer, tmp_path / "set.zip")
    assert same(read_delivery(path, SOURCE), read_delivery(layer, SOURCE))
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(layer, "second.shp")
    assert refused(path, SOURCE).code == "shapefile-set"


def in_folder(layer: Path, target: Path, folder: str) -> Path:
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(folder, "")
        for file in layer.parent.glob(f"{layer.stem}.*"):
            archive.write(file, f"{folder}{file.name}")
    return target


def test_zip_of_a_folder(layer: Path, tmp_path: Path) -> None:
    path = in_folder(layer, tmp_path / "made.zip", "交付/园区图/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("交付/园区.dbf", b"beside another folder")
        archive.writestr("__MACOSX/交付/园区图/._园区.shp", b"of macOS")
    assert same(read_delivery(path, SOURCE), read_delivery(layer, SOURCE))


def test_zip_with_two_layers_in_folders(layer: Path, tmp_path: Path) -> None:
    path = in_folder(layer, in_folder(layer, tmp_path / "two.zip", "a/"), "b/")
    assert refused(path, SOURCE).code == "shapefile-set"


@pytest.mark.parametrize("folder", ["../a/", "/a/", "a/../b/", "a\\"])
def test_zip_of_a_folder_that_leads_out(layer: Path, tmp_path: Path, folder: str) -> None:
    assert refused(in_folder(layer, tmp_path / "out.zip", folder), SOURCE).code == "unsafe-zip"


def test_zip_members_that_are_refused(layer: Path, tmp_path: Path) -> None:
    path = zipped(layer, tmp_path / "link.zip")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("a.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(path, SOURCE).code == "unsafe-zip"
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as archive:
        archive.write(layer, layer.name)
    assert refused(tmp_path / "part.zip", SOURCE).code == "shapefile-part-missing"
