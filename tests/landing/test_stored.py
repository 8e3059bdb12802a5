"""Rows kept in files: mapped instead of copied, taken in pieces, judged in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from assets.landing.acceptance import accept_in_batches, accept_source
from assets.landing.archive import ArchiveError
from assets.landing.corrections import apply_corrections
from assets.landing.declaration import load_source
from assets.landing.rawstore import RawStore
from assets.landing.readers import ReaderLimits, ReadError, prepare, read_delivery
from assets.landing.readers.ahead import ahead
from assets.landing.records import Delivered, raw_rows, records_of
from quality.contracts.decisions import Correction
from tests.door import file_through_door, read_file
from tests.frames import frame
from tests.landing.test_readers import declare
from tests.shared_data import shared

CSV = declare("csv", ["企业", "值"], file_pattern=r"(?P<letter>.+)\.csv")


def written(folder: Path, rows: int, name: str = "甲.csv") -> Path:
    path = folder / name
    body = "".join(f"甲{n},{n}\n" if n % 7 else f"甲{n},{n},x\n" for n in range(rows))
    path.write_text(f"企业,值\n{body}", encoding="utf-8")
    return path


def test_stored_rows_are_those_of_the_scan(tmp_path: Path) -> None:
    (item,) = read_file(CSV, written(tmp_path, 500_000), tmp_path)
    part = item.part
    assert part.frame().equals(part.rows.collect())
    assert part.frame().columns == ["row_number", "企业", "值", "__file_letter__", "__extra__"]
    for offset, rows in ((0, 1), (299_990, 20), (499_999, 5), (500_000, 5), (3, 0)):
        piece = part.slice(offset, rows).slice(0, 1_000_000)
        assert piece.frame().equals(part.rows.slice(offset, rows).collect())
        assert piece.height == piece.frame().height
    again = part.slice(100, 50).slice(10, 5)
    assert again.frame().get_column("企业").to_list() == [f"甲{n}" for n in range(110, 115)]


def test_headers_without_blanks_around_their_texts(tmp_path: Path) -> None:
    path = tmp_path / "甲.csv"
    path.write_text("企业,值\n甲,1\n乙, 2\n丙,3\n", encoding="utf-8")
    (item,) = read_file(CSV, path, tmp_path)
    assert item.part.bare({"企业", "值", "__file_letter__"}) == {"企业"}
    assert item.part.slice(2, 5).bare({"企业", "值"}) == {"企业", "值"}
    assert item.part.bare(set()) == frozenset()
    assert records_of([item]).bare == {"c0"}
    # What one part has padded is not bare, nor is what a name gives.
    other = tmp_path / "乙.csv"
    other.write_text("企业,值\n丁\u3000,1\n", encoding="utf-8")
    assert records_of([item, *read_file(CSV, other, tmp_path)]).bare == frozenset()
    assert records_of([]).bare == frozenset()


def test_a_correction_may_bring_blanks(tmp_path: Path) -> None:
    source = load_source("output_return")
    path = tmp_path / "甲.csv"
    path.write_text("企业,值\n甲,1\n", encoding="utf-8")
    (item,) = read_file(CSV, path, tmp_path)
    decided = {
        "corrected_source": source.id,
        "correction_id": "c",
        "source_row_id": "c::1",
        "column_zh": "值",
        "conditions": "企业=甲",
        "delivered_text": "1",
        "action": "override",
        "used_text": " 2",
        "reason_zh": "-",
        "provider": "-",
    }
    corrected, _, _ = apply_corrections(records_of([item]), frame(Correction, decided), source.id)
    assert corrected.frame.get_column("c1").to_list() == [" 2"]
    assert corrected.bare == frozenset()


def test_rows_in_memory_outlive_their_file(tmp_path: Path) -> None:
    (item,) = read_file(CSV, written(tmp_path, 1_000), tmp_path)
    before = item.part.rows.collect()
    mapped = item.part.frame()
    RawStore(tmp_path / "raw", tmp_path / "archive", ReaderLimits()).forget(item.part.delivery_id)
    assert not list((tmp_path / "raw").rglob("*.arrow"))
    assert mapped.equals(before)


def test_batches_are_the_whole_in_its_order(tmp_path: Path) -> None:
    source = load_source("cn_register")
    path = shared("data/b_cn_registry_redacted/2002_天津.redacted.csv")
    delivered = read_file(source, path, tmp_path)
    whole = accept_source(source, delivered, {})
    batches = list(accept_in_batches(source, delivered, {}, 300))
    assert len(batches) > 4  # the file is mapped more than once
    assert pl.concat(batch.frame for batch in batches).equals(whole.frame)
    assert (
        pl.concat(b.quarantine for b in batches)
        .sort(pl.all())
        .equals(whole.quarantine.sort(pl.all()))
    )


def lost_rows(items: list[Delivered]) -> list[bool]:
    return [item.part.has_lost for item in items]


def test_lost_characters_are_looked_for_where_there_may_be_some(tmp_path: Path) -> None:
    source = load_source("cn_register")
    headers = [name for name in source.columns if not name.startswith("__")]
    row = dict.fromkeys(headers, "甲") | {"注册日期": "2002-01-01"}
    for name, damaged in (("sound.csv", False), ("damaged.csv", True)):
        path = tmp_path / name
        rows = [row, row | {"企业类型": "有限\ufffd公司"}] if damaged else [row, row]
        lines = [",".join(headers), *(",".join(line.values()) for line in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
        assert lost_rows(read_file(source, path, tmp_path)) == [damaged]
        outcome = file_through_door(source, path, tmp_path)
        assert outcome.reasons() == ({"MOJIBAKE": 1} if damaged else {})


def test_lost_characters_of_a_workbook_and_of_a_name(tmp_path: Path) -> None:
    source = declare("xlsx", ["a"], file_pattern=r"(?P<stem>.+)\.xlsx")
    for name, text, lost in (
        ("x.xlsx", "甲", False),
        ("y.xlsx", "\ufffd", True),
        ("\ufffd.xlsx", "甲", False),  # of a name that no column asks for
    ):
        book = openpyxl.Workbook()
        for cell in ("a", text):
            book.worksheets[0].append([cell])
        book.save(tmp_path / name)
        items = read_file(source, tmp_path / name, tmp_path)
        named = "\ufffd" in name
        assert lost_rows(items) == [lost or named]
        assert raw_rows(items[0]).get_column("a").to_list() == [text]


def test_altered_bytes_are_not_read(tmp_path: Path) -> None:
    (item,) = read_file(CSV, written(tmp_path, 10), tmp_path)
    archived = tmp_path / "archive" / item.part.delivery_id
    archived.chmod(0o644)
    archived.write_text("企业,值\n乙,1\n", encoding="utf-8")
    store = RawStore(tmp_path / "other", tmp_path / "archive", ReaderLimits())
    delivery = {"delivery_id": item.part.delivery_id, "file_name": "甲.csv"}
    with pytest.raises(ArchiveError, match="do not match"):
        store.parts(CSV, delivery)
    assert not list((tmp_path / "other").rglob("*.arrow"))


def test_the_file_may_come_while_the_reader_starts(tmp_path: Path) -> None:
    path = tmp_path / "甲.csv"
    (part,) = read_delivery(path, CSV, fetch=lambda: written(tmp_path, 3) and None)
    assert part.height == 3

    def fail() -> None:
        raise OSError("out of reach")

    with pytest.raises(OSError, match="out of reach"):
        read_delivery(path, CSV, fetch=fail)


def test_what_the_check_beside_the_reader_finds_comes_before_what_it_read(tmp_path: Path) -> None:
    def fail() -> None:
        raise ArchiveError("altered")

    good, bad = written(tmp_path, 3), tmp_path / "乙.csv"
    bad.write_text("其他\n1\n", encoding="utf-8")
    with pytest.raises(ReadError):
        read_delivery(bad, CSV)
    for path in (good, bad):
        folder = tmp_path / path.stem
        folder.mkdir()
        with pytest.raises(ArchiveError, match="altered"):
            read_delivery(path, CSV, folder=folder, check=fail)
        assert not list(folder.iterdir())


def test_libraries_may_be_loaded_before_there_is_a_delivery(tmp_path: Path) -> None:
    prepare(["csv"])
    assert read_delivery(written(tmp_path, 3), CSV)[0].height == 3


def test_work_ahead_keeps_the_order_and_the_bound() -> None:
    begun: list[int] = []

    def work(n: int) -> int:
        if n == 7:
            raise ValueError("seven")
        return n * n

    def things() -> Iterator[int]:
        for n in range(10):
            begun.append(n)
            yield n

    made = ahead(work, things(), threads=2, waiting=3)
    assert next(made) == 0
    assert begun == [0, 1, 2]
    assert [next(made) for _ in range(6)] == [1, 4, 9, 16, 25, 36]
    with pytest.raises(ValueError, match="seven"):
        next(made)


def test_a_part_opened_anew_is_the_same_over_another_mapping(tmp_path: Path) -> None:
    (item,) = read_file(CSV, written(tmp_path, 1_000), tmp_path)
    anew = item.part.opened_anew()
    assert item.part.stored is not None and anew.stored is not None
    assert anew.stored.opened is not item.part.stored.opened
    assert anew.frame().equals(item.part.frame())
