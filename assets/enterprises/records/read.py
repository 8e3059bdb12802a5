"""Rows of registers as records of one shape."""

from __future__ import annotations

import polars as pl

from assets.enterprises.identifiers import org_code, org_code_fits
from assets.enterprises.identity import identify
from assets.enterprises.records.registers import REGISTERS, Register
from quality.contracts.enterprises import RegisterRecord
from warehouse.step import Frames


def rows_of(register: Register, t: Frames) -> pl.DataFrame:
    """The rows of a register that name an enterprise, with the columns made for it."""
    rows = t[register.table.table_name()].with_columns(**register.made)
    return rows if register.only is None else rows.filter(register.only)


def register_records(t: Frames) -> pl.DataFrame:
    """`core.register_record` from the accepted tables of REGISTERS; one row a row of each."""
    parts = [_records(register, rows_of(register, t)) for register in REGISTERS]
    return RegisterRecord.conform(pl.concat(parts))


def _records(register: Register, rows: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    coded = rows.select(
        "source_row_id",
        pl.col(register.name).alias("name_zh"),
        (pl.col(register.latin) if register.latin else nothing).alias("name_latin"),
        (pl.col(register.code) if register.code else nothing).alias("uscc_text"),
        (pl.col(register.permit_no) if register.permit_no else nothing).alias("permit_no"),
        (pl.col(register.parent_code) if register.parent_code else nothing).alias("parent_code"),
        (pl.col(register.industry) if register.industry else nothing).alias("industry_zh"),
        (nothing if register.own_key is None else register.own_key).alias("own_key"),
        (pl.lit("legal_person") if register.unit_kind is None else register.unit_kind).alias(
            "unit_kind"
        ),
        (pl.lit("CN") if register.universe is None else register.universe).alias("universe"),
        *(
            (pl.col(register.valid[place]) if register.valid else pl.lit(None, pl.Date)).alias(name)
            for place, name in enumerate(("valid_from", "valid_to"))
        ),
    )
    known = identify(coded, "permit_no")
    parents = identify(
        coded.select("source_row_id", pl.col("parent_code").alias("uscc_text"))
        .filter(pl.col("uscc_text").is_not_null())
        .with_columns(pl.lit("").alias("name_zh"))
    ).select(
        "source_row_id",
        # A parent is known by a code alone.
        pl.when(~pl.col("entity_id").str.starts_with("N:"))
        .then("entity_id")
        .alias("parent_entity_id"),
    )
    return (
        known.join(parents, on="source_row_id", how="left")
        .with_columns(
            pl.lit(register.id).alias("register_id"),
            pl.lit(register.rank, pl.Int64).alias("rank"),
            _org_codes(known).alias("org_code"),
        )
        .select(c.name for c in RegisterRecord.declared_columns())
    )


def _org_codes(known: pl.DataFrame) -> pl.Series:
    """Organisation codes: in the USCC, else where the delivered number is one."""
    found = known.select(
        pl.coalesce(
            org_code(pl.col("uscc")),
            pl.when(pl.col("other_no").str.starts_with("ORG:")).then(
                pl.col("other_no").str.strip_prefix("ORG:")
            ),
        )
    ).to_series()
    return pl.Series(
        [code if code and org_code_fits(code) else None for code in found.to_list()],
        dtype=pl.String,
    )
