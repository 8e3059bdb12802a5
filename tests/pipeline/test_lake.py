"""The lake of one process: tables made at once, and what is kept in memory is what is stored."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from quality.contracts.registry import table_of
from quality.contracts.table import Table
from warehouse.kept import WHOLE, Kept
from warehouse.lake import Lake, _attached
from warehouse.lake_query import query_lake
from warehouse.query import QueryError, query
from warehouse.settings import Settings

GWP = table_of("accepted.gwp")
BY_YEAR = table_of("mart.control_balance")


def _rows(table: type[Table], number: int, **values: object) -> pl.DataFrame:
    """So many rows of a table, each with a key of its own."""
    filled = {pl.String: "x", pl.Boolean: False, pl.Int64: 2017, pl.Int32: 2017}
    columns = []
    for c in table.declared_columns():
        text = c.name in table.key() and c.polars_type == pl.String
        one = [f"{n}" for n in range(number)] if text else [filled.get(c.polars_type, 1)] * number
        columns.append(pl.Series(c.name, one, strict=False).cast(c.polars_type))
    return pl.DataFrame(columns).with_columns(
        pl.lit(value).cast(table.empty_frame().schema[name]).alias(name)
        for name, value in values.items()
    )


def _stored(lake: Lake, table: type[Table]) -> pl.DataFrame:
    return next(lake.read_each([table]))


def test_tables_are_made_in_one_commit_and_only_once(tmp_path: Path) -> None:
    lake = Lake(Settings(home=tmp_path))
    before = lake.snapshot()
    lake.prepare([GWP, BY_YEAR, GWP])
    assert lake.snapshot() == before + 1
    lake.prepare([GWP, BY_YEAR])
    assert lake.snapshot() == before + 1
    assert lake.read(GWP).is_empty() and lake.read(GWP).schema == GWP.empty_frame().schema


def test_what_is_kept_is_what_is_stored(tmp_path: Path) -> None:
    lake = Lake(Settings(home=tmp_path))
    lake.prepare([BY_YEAR])
    for number in (3, 2):
        lake.write(BY_YEAR, _rows(BY_YEAR, number))
        assert lake.read(BY_YEAR).height == number
        assert lake.read(BY_YEAR).equals(_stored(lake, BY_YEAR))


def test_a_slice_replaces_its_own_rows_only(tmp_path: Path) -> None:
    lake = Lake(Settings(home=tmp_path))
    of_2016, of_2017 = (_rows(BY_YEAR, 2, year=year) for year in (2016, 2017))
    for _ in range(2):
        lake.write(BY_YEAR, of_2016, slice_column="year", slice_values=[2016])
        lake.write(BY_YEAR, of_2017, slice_column="year", slice_values=[2017])
        lake.write(BY_YEAR, of_2016.head(1), slice_column="year", slice_values=[2016])
        whole = lake.read(BY_YEAR)
        assert dict(whole.group_by("year").len().iter_rows()) == {2016: 1, 2017: 2}
        assert whole.equals(_stored(lake, BY_YEAR))
        kept = lake.read(BY_YEAR, slice_column="year", slice_values=[2017])
        assert kept.equals(whole.filter(pl.col("year") == 2017))


def test_what_another_process_writes_is_seen(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    lake = Lake(settings)
    lake.write(BY_YEAR, _rows(BY_YEAR, 3))
    assert lake.read(BY_YEAR).height == 3
    # An attachment of its own, as another process has it.
    with _attached.__wrapped__(settings.home, settings.catalog, settings.data) as other:
        other.execute("DELETE FROM lake.mart.control_balance")
        assert lake.read(BY_YEAR).is_empty()
        other.execute("CREATE TABLE lake.mart.other (a INTEGER)")
    lake.write(BY_YEAR, _rows(BY_YEAR, 2))
    assert lake.read(BY_YEAR).equals(_stored(lake, BY_YEAR)) and lake.read(BY_YEAR).height == 2


def test_a_frame_too_large_is_not_kept_and_old_ones_go() -> None:
    kept = Kept()
    kept.at(1)
    large = pl.DataFrame({"a": pl.zeros(16 << 20, eager=True)})
    kept.keep("large", WHOLE, large)
    assert not kept.holds("large", WHOLE)
    for name in range(6):
        kept.keep(f"{name}", WHOLE, large.head(7 << 20))
    assert [kept.holds(f"{name}", WHOLE) for name in range(6)] == [False, False, True] + [True] * 3
    kept.at(2)
    assert not kept.holds("5", WHOLE)


def test_an_accepted_table_that_no_release_holds_is_queried_in_the_lake(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(QueryError, match="no lake yet; run `parkledger run` first"):
        query_lake(settings, "FROM accepted.gem_coal_unit")
    assert not list(tmp_path.iterdir())
    units = table_of("accepted.gem_coal_unit")
    lake = Lake(settings)
    lake.prepare([units])
    with lake.connection() as connection:
        connection.execute("INSERT INTO lake.accepted.gem_coal_unit (status) VALUES ('a'), ('b')")
    found = query_lake(settings, "SELECT count(*) AS n FROM Accepted.gem_coal_unit")
    assert (found.columns, found.rows) == (["n"], [(2,)])


@pytest.mark.parametrize(
    "statement",
    [
        "FROM accepted.gwp, read_csv('/etc/passwd')",
        "COPY accepted.gwp TO 'x.csv'",
        "ATTACH 'x.duckdb'; FROM accepted.gwp",
        "SET enable_external_access = true; FROM accepted.gwp",
        "FROM accepted.gem_coal",
        "SELECT 1",
    ],
)
def test_a_query_of_the_lake_reaches_nothing_else(tmp_path: Path, statement: str) -> None:
    Lake(Settings(home=tmp_path)).prepare([GWP])
    with pytest.raises(QueryError):
        query_lake(Settings(home=tmp_path), statement)


def test_a_table_that_a_release_lacks_is_said_to_be_in_the_lake(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "r.duckdb")) as connection:
        connection.execute("CREATE SCHEMA accepted")
    with pytest.raises(QueryError, match="is none that numbers rest on, add --lake"):
        query(tmp_path / "r.duckdb", "FROM accepted.gem_coal_unit")
