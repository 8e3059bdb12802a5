"""From a landing directory to archived deliveries, raw rows and source cells."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from assets.landing.acceptance import accept_source
from assets.landing.declaration import load_source, load_sources
from assets.landing.ingest import (
    REFERENCE_DIRECTORY,
    Found,
    LandingError,
    archive_delivery,
    concat_deliveries,
    find_deliveries,
    read_archived,
    source_cells,
    supersede,
)
from assets.landing.readers import ReaderLimits
from assets.landing.rules import NEEDS
from pipelines.register import register
from quality.contracts.audit import Delivery, ItemSource, RawRow
from quality.contracts.registry import TABLES
from tests.frames import frame, raw_rows, reference
from warehouse.lake import Lake
from warehouse.settings import Settings

SOURCE = load_source("business_register")
HEADERS = list(SOURCE.columns)


def delivered(folder: Path, *rows: list[str], name: str = "register.csv") -> Found:
    lines = [HEADERS, *rows]
    path = folder / name
    path.write_text("".join(",".join(cells) + "\n" for cells in lines), encoding="utf-8")
    return Found(SOURCE, path)


def archived_rows(folder: Path, found: Found) -> pl.DataFrame:
    delivery = archive_delivery(folder / "archive", found).row(0, named=True)
    return read_archived(folder / "archive", SOURCE, delivery, ReaderLimits())


def test_raw_rows_are_text_with_the_row_number_a_person_counts(tmp_path: Path) -> None:
    found = delivered(tmp_path, ["a", " 甲 ", "c", "d", ""], ["", "", "", "", ""], list("aecdf"))
    rows = archived_rows(tmp_path, found)
    assert rows["row_number"].to_list() == [2, 4]
    digest = rows["delivery_id"][0]
    assert rows["source_row_id"].to_list() == [f"{digest[:16]}::2", f"{digest[:16]}::4"]
    assert json.loads(rows["cells_json"][0])["企业名称"] == " 甲 "


def test_rows_are_read_from_the_archive_alone(tmp_path: Path) -> None:
    found = delivered(tmp_path, list("abcde"))
    delivery = archive_delivery(tmp_path / "archive", found).row(0, named=True)
    found.path.unlink()
    rows = read_archived(tmp_path / "archive", SOURCE, delivery, ReaderLimits())
    assert rows.height == 1


def test_one_row_that_is_too_long_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    found = delivered(tmp_path, list("abcde"), ["a", "long", "c", "d", "e", "x"], list("afcde"))
    outcome = accept_source(SOURCE, archived_rows(tmp_path, found), {})
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
    found = find_deliveries(tmp_path)
    landed = [item.path.name for item in found if not item.is_reference]
    assert landed == ["a.csv", "b.csv", "parks.shp"]
    own = {item.path for item in found if item.is_reference}
    assert REFERENCE_DIRECTORY / "fuel_factor.csv" in own


def test_a_folder_that_names_no_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="no such landing directory"):
        find_deliveries(tmp_path / "none")
    (tmp_path / "permits").mkdir()
    with pytest.raises(LandingError, match=r"permits.*expected one of .*permit_register"):
        find_deliveries(tmp_path)


def test_the_same_bytes_count_once_whatever_the_order(tmp_path: Path) -> None:
    one = archive_delivery(tmp_path / "x", delivered(tmp_path, list("abcde"), name="b.csv"))
    two = archive_delivery(tmp_path / "x", delivered(tmp_path, list("abcde"), name="a.csv"))
    other = archive_delivery(tmp_path / "x", delivered(tmp_path, list("abcdf"), name="c.csv"))
    joined = concat_deliveries([one, two, other])
    assert sorted(joined["file_name"]) == ["a.csv", "c.csv"]
    assert concat_deliveries([other, two, one]).equals(joined)
    assert concat_deliveries([]).height == 0


def cells(row: str, header: str) -> pl.DataFrame:
    rows = raw_rows([{"企业名称": "甲", "住所": None}])
    wanted = frame(ItemSource, {"source_row_id": row, "column_zh": header})
    return source_cells(rows, wanted, frame(Delivery, {"delivery_id": "d", "file_name": "a.csv"}))


def test_a_source_cell_carries_its_text_and_file() -> None:
    (cell,) = cells("d::2", "企业名称").to_dicts()
    assert (cell["raw_text"], cell["file_name"], cell["row_number"]) == ("甲", "a.csv", 2)
    assert cells("d::2", "住所")["raw_text"].to_list() == [None]


@pytest.mark.parametrize(
    ("row", "header", "named"),
    [("d::9", "企业名称", "not in raw.row"), ("d::2", "邮编", "no cell under the header 邮编")],
)
def test_a_pointer_to_a_cell_that_was_never_delivered_stops(
    row: str, header: str, named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        cells(row, header)


@pytest.mark.parametrize("source_id", sorted(load_sources()))
def test_a_source_fills_a_declared_table(source_id: str) -> None:
    source = load_source(source_id)
    table = TABLES[source.table]
    columns = {c.name: c for c in table.declared_columns()}
    assert set(source.columns.values()) <= set(columns)
    assert source.key == table.key()
    unfilled = set(columns) - set(source.columns.values()) - {"source_row_id"}
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


def _delivery(file_name: str, digit: str, source: str = "permit_register") -> pl.DataFrame:
    return frame(Delivery, {"delivery_id": digit * 64, "source_id": source, "file_name": file_name})


def test_a_file_of_the_same_source_and_name_replaces_the_one_before() -> None:
    known = pl.concat([_delivery("a.csv", "1"), _delivery("b.csv", "2")])
    after = supersede(known, _delivery("a.csv", "3"))
    assert after.get_column("delivery_id").to_list() == ["2" * 64, "3" * 64]


def test_the_same_name_under_another_source_replaces_nothing() -> None:
    known = _delivery("a.csv", "1")
    after = supersede(known, _delivery("a.csv", "3", source="business_register"))
    assert after.height == 2


def test_rows_of_a_replaced_delivery_leave_the_lake(tmp_path: Path) -> None:
    lake = Lake(Settings(home=tmp_path / "home"))
    none = Delivery.empty_frame()

    def row(digit: str) -> pl.DataFrame:
        return frame(
            RawRow,
            {
                "source_row_id": f"{digit}::1",
                "source_id": "permit_register",
                "delivery_id": digit * 64,
            },
        )

    first = supersede(none, _delivery("a.csv", "1"))
    register(lake, none, first, [row("1")])
    second = supersede(first, _delivery("a.csv", "2"))
    register(lake, first, second, [row("2")])
    assert lake.read(RawRow).get_column("source_row_id").to_list() == ["2::1"]
    assert lake.read(Delivery).equals(second)
