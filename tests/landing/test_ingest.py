"""Landing, archive, raw rows, cells, and the product's own facts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import fsspec
import polars as pl
import pytest

from assets.landing.archive import ArchiveError
from assets.landing.cells import source_cells
from assets.landing.declaration import load_source, load_sources
from assets.landing.ingest import (
    REFERENCE_DIRECTORY,
    LandingError,
    archive_delivery,
    find_deliveries,
    reference_deliveries,
)
from assets.landing.rawstore import RawStore
from assets.landing.readers import ReaderLimits
from assets.landing.records import raw_rows
from assets.landing.rules import NEEDS
from quality.contracts.audit import Delivery, ItemSource
from quality.contracts.registry import TABLES
from tests.door import delivered_rows, file_through_door, read_file
from tests.frames import frame, reference
from tests.landing.ruling import rule_reference

SOURCE = load_source("business_register")
HEADERS = [header for header in SOURCE.columns if header not in SOURCE.optional_columns]
REFERENCE = rule_reference(SOURCE.id)


def delivered(folder: Path, *rows: list[str], name: str = "register.csv") -> Path:
    lines = [HEADERS, *rows]
    path = folder / name
    path.write_text("".join(",".join(cells) + "\n" for cells in lines), encoding="utf-8")
    return path


def test_raw_rows_are_text_with_the_row_number_a_person_counts(tmp_path: Path) -> None:
    path = delivered(tmp_path, ["a", " 甲 ", "c", "d", ""], ["", "", "", "", ""], list("aecdf"))
    (item,) = read_file(SOURCE, path, tmp_path)
    rows = raw_rows(item)
    short = item.part.delivery_id[:16]
    assert rows["source_row_id"].to_list() == [f"{short}::2", f"{short}::4"]
    assert rows["企业名称"].to_list() == [" 甲 ", "e"]


def test_rows_are_read_from_the_archive_alone_and_once(tmp_path: Path) -> None:
    path = delivered(tmp_path, list("abcde"))
    (first,) = read_file(SOURCE, path, tmp_path)
    delivery = {"delivery_id": first.part.delivery_id, "file_name": path.name}
    path.unlink()
    store = RawStore(tmp_path / "raw", tmp_path / "archive", ReaderLimits())
    again = store.parts(SOURCE, delivery)[0]
    assert again.rows.collect().equals(first.part.rows.collect())
    # Nothing is read a second time, so the archive may be out of reach for a while ...
    (tmp_path / "archive" / first.part.delivery_id).unlink()
    assert store.parts(SOURCE, delivery)[0].height == 1
    # ... but a changed declaration reads anew, and then the bytes must be there.
    with pytest.raises(ArchiveError, match="missing"):
        store.parts(SOURCE.model_copy(update={"title_rows": 1}), delivery)


def test_one_row_that_is_too_long_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    path = delivered(tmp_path, list("abcde"), ["a", "long", "c", "d", "e", "x"], list("afcde"))
    outcome = file_through_door(SOURCE, path, tmp_path, REFERENCE)
    assert outcome.frame["name_zh"].to_list() == ["b", "f"]
    assert outcome.reasons() == {"FIELDS": 1}


def test_a_landing_is_one_folder_a_source(tmp_path: Path) -> None:
    folder = tmp_path / "business_register"
    folder.mkdir()
    for name in ("b.csv", "a.csv", ".hidden.csv", "c.csv.part", "~lock.csv", "d.tmp"):
        (folder / name).touch()
    shapes = tmp_path / "park_boundary"
    shapes.mkdir()
    for suffix in ("shp", "shx", "dbf", "prj"):
        (shapes / f"parks.{suffix}").touch()
    found = [item.path.name for item in find_deliveries(tmp_path)]
    assert found == ["a.csv", "b.csv", "parks.shp"]
    assert REFERENCE_DIRECTORY / "fuel_factor.csv" in {i.path for i in reference_deliveries()}


def test_a_landing_may_lie_behind_any_url(tmp_path: Path) -> None:
    path = delivered(tmp_path, list("abcde"))
    memory = fsspec.filesystem("memory")
    memory.pipe("/landing/business_register/a.csv", path.read_bytes())
    for suffix in ("shp", "shx", "dbf"):
        memory.pipe(f"/landing/park_boundary/parks.{suffix}", suffix.encode())
    register, layer = find_deliveries("memory://landing")
    row = archive_delivery(tmp_path / "archive", register).row(0, named=True)
    assert (tmp_path / "archive" / row["delivery_id"]).read_bytes() == path.read_bytes()
    assert archive_delivery(tmp_path / "archive", layer)["file_name"].item() == "parks.shp.zip"
    with pytest.raises(LandingError, match="no such landing directory"):
        find_deliveries("memory://nowhere")


def test_a_folder_that_names_no_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="no such landing directory"):
        find_deliveries(tmp_path / "none")
    (tmp_path / "permits").mkdir()
    with pytest.raises(LandingError, match=r"permits.*expected one of .*permit_register"):
        find_deliveries(tmp_path)


def cells(row: str, header: str) -> pl.DataFrame:
    items = delivered_rows(SOURCE, [{"企业名称": "甲", "住所": None}])
    wanted = frame(ItemSource, {"source_row_id": row, "column_zh": header})
    deliveries = frame(Delivery, {"delivery_id": "d", "file_name": "a.csv"})
    return source_cells(wanted, deliveries, [(SOURCE.id, item) for item in items])


def test_a_source_cell_carries_its_text_and_file() -> None:
    (cell,) = cells("d::2", "企业名称").to_dicts()
    assert (cell["raw_text"], cell["file_name"], cell["row_number"]) == ("甲", "a.csv", 2)
    assert cells("d::2", "住所")["raw_text"].to_list() == [None]


def test_a_cell_under_another_header_of_its_column_is_found() -> None:
    """A number that rested on a renamed column ended the run: its cell was sought in vain."""
    source = SOURCE.model_copy(update={"columns": {**SOURCE.columns, "企业全称": "name_zh"}})
    items = [
        replace(item, source=source, unit_factors=(("企业全称", Decimal(10)),))
        for item in delivered_rows(source, [{"企业全称": "甲"}])
    ]
    pointers = [{"source_row_id": "d::2", "column_zh": name} for name in ("企业名称", "住所")]
    deliveries = frame(Delivery, {"delivery_id": "d", "file_name": "a.csv"})
    found = source_cells(frame(ItemSource, *pointers), deliveries, [(SOURCE.id, i) for i in items])
    cells = {cell["column_zh"]: cell for cell in found.to_dicts()}
    name, address = cells["企业名称"], cells["住所"]
    assert (name["header_zh"], name["raw_text"], name["unit_factor"]) == ("企业全称", "甲", 10)
    # A column that is not delivered has no text and no header.
    assert (address["header_zh"], address["raw_text"]) == (None, None)
    with pytest.raises(ValueError, match="not delivered"):
        cells_of_nothing = {"source_row_id": "d::2", "column_zh": "没有这列"}
        source_cells(frame(ItemSource, cells_of_nothing), deliveries, [(SOURCE.id, items[0])])


def test_a_layer_counts_once_with_or_without_its_shapes(tmp_path: Path) -> None:
    folder = tmp_path / "cn_district_names"
    folder.mkdir()
    for name in ("a.dbf", "a.shx", "a.prj", "a.cpg", "b.shp", "b.dbf", "b.shx", ".hidden.dbf"):
        (folder / name).write_bytes(b"")
    assert [found.path.name for found in find_deliveries(tmp_path)] == ["a.dbf", "b.shp"]


@pytest.mark.parametrize(
    ("row", "header"), [("d::9", "企业名称"), ("d::2", "邮编"), ("e::2", "企业名称")]
)
def test_a_pointer_to_a_cell_that_was_never_delivered_stops(row: str, header: str) -> None:
    with pytest.raises(ValueError, match=f"not delivered.*{header}"):
        cells(row, header)


@pytest.mark.parametrize("source_id", sorted(load_sources()))
def test_a_source_fills_a_declared_table(source_id: str) -> None:
    source = load_source(source_id)
    table = TABLES[source.table]
    columns = {c.name: c for c in table.declared_columns()}
    filled = set(source.columns.values())
    if source.unpivot is not None:
        wide = source.unpivot
        filled |= {wide.value, *wide.groups, *(n for n in (wide.header, wide.unit) if n)}
        assert "source_column" in columns
    assert filled <= set(columns)
    assert source.key == table.key()
    unfilled = set(columns) - filled - {"source_row_id", "source_column", "pedigree"}
    assert all(columns[name].nullable for name in unfilled), unfilled


OWN = sorted(name for name in load_sources() if (REFERENCE_DIRECTORY / f"{name}.csv").exists())


@pytest.mark.parametrize("source_id", OWN)
def test_the_product_s_own_facts_pass_the_door(source_id: str) -> None:
    assert source_id not in NEEDS
    outcome = reference(source_id)
    assert outcome.frame.height > 0
    assert outcome.quarantine.to_dicts() == []


def test_every_fact_states_its_source_and_how_far_it_can_be_trusted() -> None:
    for source_id in OWN:
        rows = reference(source_id).frame
        assert rows.filter(pl.col("source").str.len_chars() < 5).height == 0, source_id
        assert rows["confidence"].is_not_null().all(), source_id
