"""Dagster's I/O manager over the lake: one transaction a partition, insert by name."""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from quality.contracts.registry import table_of
from quality.contracts.table import Table
from warehouse.lake import Lake
from warehouse.settings import settings

YEAR = "year"


class LakeIOManager(dg.IOManager):
    """Writes and reads polars frames; an asset key `[schema, table]` is the table's name.

    A year-partitioned asset replaces the rows of its years and no others. (The I/O manager
    that ships with Dagster deletes and inserts in two transactions and by position.)
    """

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        table = table_of(".".join(context.asset_key.path))
        lake = Lake(settings())
        if context.has_asset_partitions:
            years = _years(context.asset_partition_keys)
            rows = lake.write(table, obj, slice_column=YEAR, slice_values=years)
        else:
            rows = lake.write(table, obj)
        context.add_output_metadata({"dagster/row_count": rows, **_preview(obj)})

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        table = table_of(".".join(context.asset_key.path))
        if context.has_asset_partitions:
            years = _years(context.asset_partition_keys)
            return Lake(settings()).read(table, slice_column=YEAR, slice_values=years)
        return Lake(settings()).read(table)


def _years(partition_keys: Sequence[str]) -> list[int]:
    # Dagster hands partition keys over in no order.
    return sorted(int(key) for key in partition_keys)


def _preview(frame: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    """The first rows as a table in Dagster's metadata."""
    rows = frame.head(5).with_columns(pl.all().cast(pl.String).str.slice(0, 60))
    records = [dg.TableRecord(dict(row)) for row in rows.iter_rows(named=True)]
    if not records:
        return {}
    columns = [dg.TableColumn(name) for name in rows.columns]
    return {"first_rows": dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))}


def column_schema(table: type[Table]) -> dg.TableSchema:
    """Dagster's column schema from the table's declaration."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                c.name,
                c.duckdb_type,
                description=f"{c.zh} | {c.en}" + (f" [{c.unit}]" if c.unit else ""),
                constraints=dg.TableColumnConstraints(
                    nullable=c.nullable, unique=table.key() == [c.name]
                ),
            )
            for c in table.declared_columns()
        ]
    )
