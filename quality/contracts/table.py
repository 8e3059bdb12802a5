"""The base of every table declaration, and what is derived from one.

A table is a pandera polars model whose `Config.metadata` names the table, its key
and, where it has one, the column it is partitioned by. Everything else that must
know the table (contract, DDL, comments, dictionary, Dagster's column schema, the
release gate) reads it from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from quality.sql_text import sql_text

# One precision for all exact numbers: DuckDB multiplies at the sum of scales, so
# 6 (quantities, masses) + 12 (factors) + 6 (weights) stays within 38 digits.
Quantity = Annotated[pl.Decimal, 38, 6]
Factor = Annotated[pl.Decimal, 38, 12]

# Columns that the door fills by itself.
SOURCE_ROW = "source_row_id"
SOURCE_COLUMN = "source_column"
PEDIGREE = "pedigree"

_DUCKDB_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
}


class ContractError(ValueError):
    """A frame made by the product itself breaks the declaration of its table."""


@dataclass(frozen=True)
class Column:
    """One declared column: type in DuckDB, unit, descriptions, nullability."""

    name: str
    duckdb_type: str
    polars_type: pl.DataType
    nullable: bool
    unit: str
    zh: str
    en: str


def column(zh: str, en: str, *, unit: str = "", nullable: bool = False, **checks: Any) -> Any:
    """A declared column: Chinese and English description, unit, nullability, pandera checks."""
    meta = {"zh": zh, "en": en, "unit": unit}
    return pa.Field(nullable=nullable, metadata=meta, **checks)


def source_row() -> Any:
    """The locator every accepted row carries: `<first 16 of sha256>:<part>:<row number>`."""
    return column("来源行", "locator of the delivered row")


def source_column() -> Any:
    """Where a wide table was read as a long one: the header of the record's cell."""
    return column("来源列", "header of the delivered cell")


def pedigree() -> Any:
    """Quality of the row on five axes, as five digits of which 1 is best and 5 worst."""
    return column(
        "质量评分",
        "pedigree: reliability, completeness, temporal, geographical, technological; 1 to 5 each",
        str_matches=r"^[1-5]{5}$",
    )


_VINTAGE = r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$"


def vintage(
    zh: str = "发布日期",
    en: str = "vintage: when it was published, YYYY-MM or YYYY-MM-DD; empty where not stated",
    nullable: bool = True,
) -> Any:
    """When a figure was published: of several of one thing the one published last counts."""
    return column(zh, en, nullable=nullable, str_matches=_VINTAGE)


class Table(pa.DataFrameModel):
    """Base of all table declarations; see the module."""

    class Config:
        strict = True
        coerce = False

    @classmethod
    def table_metadata(cls) -> dict[str, Any]:
        """`table` (schema-qualified name), `key`, and optionally `partition` and `about`."""
        found: dict[str, Any] | None = getattr(cls.Config, "metadata", None)
        if not found:
            raise ContractError(f"{cls.__name__} declares no table")
        return found

    @classmethod
    def table_name(cls) -> str:
        return str(cls.table_metadata()["table"])

    @classmethod
    def key(cls) -> list[str]:
        return list(cls.table_metadata()["key"])

    @classmethod
    def partition(cls) -> str | None:
        return cls.table_metadata().get("partition")

    @classmethod
    def about(cls) -> str:
        """One line on the table: its grain, in English."""
        return str(cls.table_metadata().get("about", ""))

    @classmethod
    def declared_columns(cls) -> list[Column]:
        """The columns in declared order."""
        found = []
        for name, spec in cls.to_schema().columns.items():
            meta = spec.metadata or {}
            polars_type = spec.dtype.type
            found.append(
                Column(
                    name=name,
                    duckdb_type=duckdb_type(polars_type),
                    polars_type=polars_type,
                    nullable=bool(spec.nullable),
                    unit=meta.get("unit", ""),
                    zh=meta.get("zh", ""),
                    en=meta.get("en", ""),
                )
            )
        return found

    @classmethod
    def conform(cls, frame: pl.DataFrame) -> pl.DataFrame:
        """Order and cast columns, sort by key, and check the whole declaration.

        Raises ContractError naming the table and the first failures; a frame that the
        product made itself has no quarantine to go to.
        """
        shaped = cls.arrange(frame)
        # Sorted, a key that is repeated stands beside itself. One with an empty part identifies
        # nothing, so it cannot be repeated: what is compared with it is unknown.
        repeated = shaped.select(
            pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in cls.key())
        ).to_series()
        if repeated.any():
            sample = shaped.filter(repeated).select(cls.key()).head(3).rows()
            raise ContractError(f"{cls.table_name()}: key {cls.key()} not unique: {sample}")
        try:
            # On a LazyFrame pandera skips the data checks without a word: always a DataFrame.
            cls.validate(shaped, lazy=True)
        except SchemaErrors as error:
            failures = error.failure_cases.head(5).rows()
            raise ContractError(f"{cls.table_name()}: {failures}") from error
        return shaped

    @classmethod
    def arrange(cls, frame: pl.DataFrame) -> pl.DataFrame:
        """Order and cast columns and sort by key, without checks. Raises ContractError if a
        column is missing.
        """
        columns = cls.declared_columns()
        missing = [c.name for c in columns if c.name not in frame.columns]
        if missing:
            raise ContractError(f"{cls.table_name()}: columns missing: {', '.join(missing)}")
        shaped = frame.select(pl.col(c.name).cast(c.polars_type) for c in columns)
        first, *others = cls.key()
        if not others and shaped.get_column(first).is_sorted(nulls_last=True):
            return shaped  # a ledger of a national year is 2 GB, which sorting would copy
        return shaped.sort(cls.key(), nulls_last=True)

    @classmethod
    def empty_frame(cls) -> pl.DataFrame:
        return pl.DataFrame(schema={c.name: c.polars_type for c in cls.declared_columns()})


def duckdb_type(polars_type: pl.DataType) -> str:
    """DuckDB's name of a declared polars type; decimals keep precision and scale."""
    if isinstance(polars_type, pl.Decimal):
        return f"DECIMAL({polars_type.precision},{polars_type.scale})"
    return _DUCKDB_TYPES[type(polars_type) if isinstance(polars_type, pl.DataType) else polars_type]


def ddl(table: type[Table], qualified: str) -> str:
    """`CREATE TABLE IF NOT EXISTS` for the table under the given qualified name.

    NOT NULL is left to the contract: DuckLake has no constraints beyond it, and one
    definition serves lake and release.
    """
    body = ", ".join(f'"{c.name}" {c.duckdb_type}' for c in table.declared_columns())
    return f"CREATE TABLE IF NOT EXISTS {qualified} ({body})"


def comments(table: type[Table], qualified: str) -> list[str]:
    """`COMMENT ON` statements: the table's grain, and unit and both descriptions of a column."""
    statements = [f"COMMENT ON TABLE {qualified} IS {sql_text(table.about())}"]
    for c in table.declared_columns():
        unit = f" [{c.unit}]" if c.unit else ""
        text = sql_text(f"{c.zh} | {c.en}{unit}")
        statements.append(f'COMMENT ON COLUMN {qualified}."{c.name}" IS {text}')
    return statements
