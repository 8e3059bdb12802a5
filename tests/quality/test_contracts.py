"""Declarations: what conforms and what does not, and what follows from a declaration."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any, ClassVar

import duckdb
import polars as pl
import pytest

from assets.landing.declaration import load_source, load_sources
from quality.contracts.mart import MARTS
from quality.contracts.registry import TABLES, table_of
from quality.contracts.table import (
    ContractError,
    Quantity,
    Table,
    column,
    comments,
    ddl,
)
from quality.sql_text import sql_text
from tests.door import rows_through_door


class Tank(Table):
    tank_id: str = column("罐", "tank")
    volume_m3: Quantity = column("容积", "volume; the owner's figure", unit="m3", ge=0)
    note_zh: str = column("备注", "note", nullable=True)
    built: pl.Date = column("建成", "day of completion", nullable=True)
    full: bool = column("满", "whether it is full")
    level: float = column("液位", "level", unit="m")
    visits: int = column("次数", "visits")

    class Config:
        metadata: ClassVar[dict[str, Any]] = {
            "table": "core.tank",
            "key": ["tank_id"],
            "about": "One row a tank's state.",
        }


def tanks(**changes: object) -> pl.DataFrame:
    columns: dict[str, object] = {
        "visits": [2, 1],
        "tank_id": ["b", "a"],
        "volume_m3": [Decimal("2"), Decimal("1.5")],
        "note_zh": [None, "x"],
        "built": [None, datetime.date(2001, 2, 3)],
        "full": [True, False],
        "level": [1.0, 2.0],
        **changes,
    }
    return pl.DataFrame({name: values for name, values in columns.items() if values is not None})


def test_conform_orders_columns_and_rows_and_casts() -> None:
    made = Tank.conform(tanks(visits=[2.0, 1.0]))
    assert made.columns == [c.name for c in Tank.declared_columns()]
    assert made["tank_id"].to_list() == ["a", "b"]
    assert made.schema["volume_m3"] == pl.Decimal(38, 6)
    assert made.schema["visits"] == pl.Int64


def test_conform_drops_what_is_not_declared() -> None:
    assert "helper" not in Tank.conform(tanks(helper=[1, 2])).columns


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"level": None, "full": None}, "columns missing: full, level"),
        ({"tank_id": ["a", "a"]}, "not unique"),
        ({"full": [True, None]}, "full"),
        ({"volume_m3": [Decimal("-0.1"), Decimal("1")]}, "greater_than_or_equal_to"),
    ],
)
def test_conform_names_what_breaks_the_declaration(changes: dict[str, object], named: str) -> None:
    with pytest.raises(ContractError, match=r"core\.tank.*" + named):
        Tank.conform(tanks(**changes))


def test_conform_refuses_a_type_that_does_not_fit() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        Tank.conform(tanks(visits=["two", "one"]))


def test_a_key_with_an_empty_part_is_not_repeated() -> None:
    class Loose(Table):
        code: str = column("代码", "code", nullable=True)
        year: int = column("年份", "year")

        class Config:
            metadata: ClassVar[dict[str, Any]] = {"table": "core.loose", "key": ["code", "year"]}

    twice = pl.DataFrame(
        {"code": [None, None], "year": [1, 1]}, schema_overrides={"code": pl.String}
    )
    assert Loose.conform(twice).height == 2
    with pytest.raises(ContractError, match="not unique"):
        Loose.conform(pl.DataFrame({"code": ["a", "a"], "year": [1, 1]}))


def test_a_model_without_metadata_declares_no_table() -> None:
    with pytest.raises(ContractError, match="declares no table"):
        Table.table_name()


def test_ddl_creates_the_declared_types_and_comments_carry_both_languages() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute(ddl(Tank, "core.tank"))
        for statement in comments(Tank, "core.tank"):
            connection.execute(statement)
        found = connection.execute(
            "SELECT column_name, data_type, comment FROM duckdb_columns() "
            "WHERE table_name = 'tank' ORDER BY column_index"
        ).fetchall()
        about = connection.execute("SELECT comment FROM duckdb_tables()").fetchone()
    assert found == [
        ("tank_id", "VARCHAR", "罐 | tank"),
        ("volume_m3", "DECIMAL(38,6)", "容积 | volume; the owner's figure [m3]"),
        ("note_zh", "VARCHAR", "备注 | note"),
        ("built", "DATE", "建成 | day of completion"),
        ("full", "BOOLEAN", "满 | whether it is full"),
        ("level", "DOUBLE", "液位 | level [m]"),
        ("visits", "BIGINT", "次数 | visits"),
    ]
    assert about == ("One row a tank's state.",)


def test_sql_text_cannot_end_early() -> None:
    with duckdb.connect() as connection:
        text = "it's '; DROP TABLE x; --"
        assert connection.execute(f"SELECT {sql_text(text)}").fetchone() == (text,)


def test_an_undeclared_table_is_named() -> None:
    with pytest.raises(KeyError, match=r"core\.nothing"):
        table_of("core.nothing")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_described_and_keyed(name: str) -> None:
    table = TABLES[name]
    columns = {c.name: c for c in table.declared_columns()}
    assert re.fullmatch(r"[a-z]+\.[a-z0-9_]+", name)
    assert table.about().startswith("One row a")
    assert table.key() and set(table.key()) <= set(columns)
    assert table.partition() is None or table.partition() in columns
    for c in columns.values():
        assert re.search(r"[\u4e00-\u9fff]|GWP", c.zh), f"{name}.{c.name}: no Chinese"
        assert re.search(r"[a-zA-Z]", c.en), f"{name}.{c.name}: no English"
        assert c.name != "row_id", "reserved by DuckLake"


SUFFIX = {
    "t": "_t",
    "ha": "_ha",
    "km2": "_km2",
    "km": "_km",
    "m": "_m",
    "MW": "_mw",
    "kWh": "_kwh",
    "GJ": "_gj",
}
# A distance and a tce value carry the unit inside the name.
INSIDE = {"tce": "tce", "kt/a": "_kt", "1000 CNY": "_kcny"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_column_with_a_unit_of_mass_energy_or_size_ends_in_it(name: str) -> None:
    for c in TABLES[name].declared_columns():
        if c.unit in SUFFIX:
            assert c.name.endswith(SUFFIX[c.unit]), f"{name}.{c.name} [{c.unit}]"
        if c.unit in INSIDE:
            assert INSIDE[c.unit] in c.name, f"{name}.{c.name} [{c.unit}]"
        if c.name.endswith(("_t", "_ha", "_km2", "_km", "_gj", "_kwh", "_mw")):
            unit = {"mw": "MW", "kwh": "kWh", "gj": "GJ"}
            ending = c.name.rsplit("_", 1)[1]
            assert c.unit == unit.get(ending, ending), f"{name}.{c.name}"


def test_marts_measure_what_they_declare() -> None:
    for table in MARTS:
        meta = table.table_metadata()
        columns = {c.name: c for c in table.declared_columns()}
        withheld = set(meta.get("withhold", {}))
        assert set(meta["measures"]) <= set(columns)
        assert withheld <= set(meta["measures"])
        for measure in meta["measures"]:
            assert columns[measure].duckdb_type == "DECIMAL(38,6)"
            assert columns[measure].nullable == (measure in withheld)
        # An axis is never empty: a number always states what it is of.
        assert not any(columns[name].nullable for name in table.key())


# From and to say where a weight or set is in force; 9999 is no year of a document.
_OPEN = {"accepted.view_weight", "accepted.factor_set"}


def test_every_year_at_the_door_has_bounds() -> None:
    tables = {table_of(source.table) for source in load_sources().values()}
    checks = {
        (table.table_name(), name): " ".join(str(check.name) for check in spec.checks)
        for table in tables
        for name, spec in table.to_schema().columns.items()
        if spec.dtype.type == pl.Int64 and "year" in name and table.table_name() not in _OPEN
    }
    assert len(checks) > 30
    for place, named in checks.items():
        assert "isin" in named or ("greater" in named and "less" in named), place


@pytest.mark.parametrize(
    ("source", "header", "bad", "good"),
    [
        ("id_parks", "Year Operations Began", ["19990", "0", "1799"], ["1968", ""]),
        ("id_parks", "Year Construction Began", ["2101"], ["1990"]),
        ("id_parks", "Year Founded", ["65"], ["1965"]),
        ("eutl", "FirstYearOfEmissions", ["0", "2004", "20050"], ["2005"]),
        ("eutl", "LastYearOfEmissions", ["1", "2004", "20210"], ["0", "2022"]),
    ],
)
def test_a_year_out_of_bounds_is_quarantined(
    source: str, header: str, bad: list[str], good: list[str]
) -> None:
    column = load_source(source).columns[header]
    outcome = rows_through_door(source, [{header: text} for text in (*bad, *good)])
    found = outcome.quarantine.filter(pl.col("rule_ids").str.contains(f"CONTRACT:{column}"))
    assert found.select("value_text", "rule_ids").height == len(bad)
    assert set(found.get_column("source_row_id")) == {f"d::{n + 2}" for n in range(len(bad))}
