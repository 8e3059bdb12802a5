"""The door: raw text rows become typed accepted rows, or quarantine with rule and reason.

Every raw row ends in exactly one of the two; warnings flag accepted rows. Nothing is
clipped, filled or repaired: a text that is not what its column declares is a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from pandera.errors import SchemaErrors

from quality.contracts.audit import Flag, QuarantineRow
from quality.contracts.table import Column, Table

# The reader keeps fields beyond the header under this name.
EXTRA = "__extra__"
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_INTEGER = r"^[+-]?\d{1,18}$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
# Blanks a person does not see: ideographic, no-break and zero-width ones.
_BLANKS = "\u3000\u00a0\u200b\u200c\u200d\ufeff \t\r\n"


@dataclass(frozen=True)
class Rule:
    """A check on the typed row: `bad` is true where it fails (null counts as no failure)."""

    rule_id: str
    severity: str  # "error" quarantines the row, "warning" flags it
    column: str
    bad: pl.Expr
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Accepted:
    """The outcome of the door: delivered = accepted + quarantined, row by row."""

    frame: pl.DataFrame
    quarantine: pl.DataFrame
    flags: pl.DataFrame

    def reasons(self) -> dict[str, int]:
        """Quarantined rows by first rule."""
        counted = self.quarantine.group_by("rule_id").len().sort("rule_id")
        return {str(rule): int(count) for rule, count in counted.iter_rows()}


def accept(
    raw: pl.DataFrame,
    *,
    source_id: str,
    mapping: dict[str, str],
    table: type[Table],
    rules: Sequence[Rule] = (),
    null_texts: Sequence[str] = (),
) -> Accepted:
    """Type and check raw rows (`source_row_id`, `cells_json`) of one source.

    `mapping` is raw header to column; `null_texts` are texts that the source declares to
    mean "no value". Raises ValueError if a column without a source is not nullable.
    """
    columns = [c for c in table.declared_columns() if c.name != "source_row_id"]
    header_of = {canonical: header for header, canonical in mapping.items()}
    cells = _cells(raw, list(mapping))
    failures: list[pl.DataFrame] = []

    texts = cells.with_columns(
        _clean(pl.col(header), null_texts).alias(header) for header in mapping
    )
    typed = texts.select(
        "source_row_id",
        *(
            _typed(pl.col(header_of[c.name]), c).alias(c.name)
            if c.name in header_of
            else pl.lit(None, dtype=c.polars_type).alias(c.name)
            for c in columns
        ),
    )
    for c in columns:
        header = header_of.get(c.name)
        if header is None:
            if not c.nullable:
                raise ValueError(
                    f"{source_id}: no header is mapped to {table.table_name()}.{c.name}"
                )
            continue
        unreadable = texts.get_column(header).is_not_null() & typed.get_column(c.name).is_null()
        failures.append(
            _failures(
                typed,
                unreadable,
                f"TYPE:{c.name}",
                c.name,
                f"“{header}”应为{_kind_zh(c)}",
                f"`{header}` must be {_kind_en(c)}",
            )
        )
    # The field stands in every row of a part once one row has it: null means nothing beyond.
    more = _cells(raw, [EXTRA]).get_column(EXTRA).is_not_null()
    failures.append(
        _failures(
            typed, more, "FIELDS", columns[0].name, "字段数多于表头", "more fields than headers"
        )
    )
    lost = raw.get_column("cells_json").str.contains("\ufffd", literal=True)
    failures.append(
        _failures(
            typed,
            lost,
            "MOJIBAKE",
            columns[0].name,
            "字符在交付前已丢失（U+FFFD）：请重新导出",
            "characters were lost before delivery (U+FFFD): export the row anew",
        )
    )
    failures.append(_contract_failures(typed, table))
    flags: list[pl.DataFrame] = []
    for rule in rules:
        mask = typed.select(rule.bad.fill_null(False).alias("bad")).get_column("bad")
        found = _failures(typed, mask, rule.rule_id, rule.column, rule.reason_zh, rule.reason_en)
        (failures if rule.severity == "error" else flags).append(found)
    failures.append(_duplicates(typed, table))

    bad = pl.concat(failures).join(typed.select("source_row_id"), on="source_row_id", how="semi")
    quarantine = _quarantine_rows(bad, raw, cells, source_id, header_of)
    frame = typed.join(quarantine.select("source_row_id"), on="source_row_id", how="anti")
    flagged = pl.concat(flags) if flags else _no_failures()
    flagged = flagged.join(frame.select("source_row_id"), on="source_row_id", how="semi")
    return Accepted(
        frame=table.conform(frame),
        quarantine=quarantine,
        flags=_flag_rows(flagged, cells, source_id, header_of),
    )


def _cells(raw: pl.DataFrame, headers: list[str]) -> pl.DataFrame:
    """`cells_json` unpacked to one text column a mapped header."""
    shape = pl.Struct({header: pl.String for header in headers})
    unpacked = raw.select("source_row_id", pl.col("cells_json").str.json_decode(shape).alias("c"))
    return unpacked.select(
        "source_row_id", *(pl.col("c").struct.field(header).alias(header) for header in headers)
    )


def _clean(text: pl.Expr, null_texts: Sequence[str]) -> pl.Expr:
    trimmed = text.str.strip_chars(_BLANKS)
    nothing = (trimmed == "") | trimmed.is_in(list(null_texts))
    return pl.when(nothing).then(None).otherwise(trimmed)


def _typed(text: pl.Expr, c: Column) -> pl.Expr:
    """Text to the declared type; null where it cannot be read as that."""
    if isinstance(c.polars_type, pl.Decimal):
        readable = pl.when(text.str.contains(_NUMBER)).then(text)
        return readable.str.to_decimal(scale=c.polars_type.scale).cast(c.polars_type, strict=False)
    if c.polars_type == pl.Int64:
        return pl.when(text.str.contains(_INTEGER)).then(text).cast(pl.Int64, strict=False)
    if c.polars_type == pl.Float64:
        return pl.when(text.str.contains(_NUMBER)).then(text).cast(pl.Float64, strict=False)
    if c.polars_type == pl.Date:
        return pl.when(text.str.contains(_DATE)).then(text).str.to_date("%Y-%m-%d", strict=False)
    if c.polars_type == pl.Boolean:
        return text.replace_strict({"true": True, "false": False}, default=None)
    return text


def _kind_en(c: Column) -> str:
    return {
        "BIGINT": "a whole number",
        "DATE": "a date YYYY-MM-DD",
        "BOOLEAN": "true or false",
    }.get(c.duckdb_type, "a plain number")


def _kind_zh(c: Column) -> str:
    return {"BIGINT": "整数", "DATE": "日期 YYYY-MM-DD", "BOOLEAN": "true 或 false"}.get(
        c.duckdb_type, "数字"
    )


def _failures(
    typed: pl.DataFrame, mask: pl.Series, rule_id: str, name: str, zh: str, en: str
) -> pl.DataFrame:
    return typed.filter(mask).select(
        "source_row_id",
        pl.lit(rule_id).alias("rule_id"),
        pl.lit(name).alias("column"),
        pl.lit(zh).alias("reason_zh"),
        pl.lit(en).alias("reason_en"),
    )


def _no_failures() -> pl.DataFrame:
    names = ["source_row_id", "rule_id", "column", "reason_zh", "reason_en"]
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String))


def _contract_failures(typed: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """Rows that break the pandera declaration, with the check that says so."""
    try:
        table.validate(typed, lazy=True)
    except SchemaErrors as error:
        cases: pl.DataFrame = error.failure_cases
        cases = cases.filter(pl.col("index").is_not_null())
        if cases.height < error.failure_cases.height:
            whole = error.failure_cases.filter(pl.col("index").is_null()).rows()
            raise ValueError(f"{table.table_name()}: {whole[:3]}") from error
        located = typed.with_row_index("index").with_columns(pl.col("index").cast(pl.Int64))
        return (
            cases.with_columns(pl.col("index").cast(pl.Int64))
            .join(located.select("index", "source_row_id"), on="index")
            .select(
                "source_row_id",
                pl.format("CONTRACT:{}", pl.col("column")).alias("rule_id"),
                pl.col("column"),
                pl.format("不符合约定：{}", pl.col("check")).alias("reason_zh"),
                pl.format("breaks the declaration: {}", pl.col("check")).alias("reason_en"),
            )
        )
    return _no_failures()


def _duplicates(typed: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """ID2: all copies of a repeated key go, since none is known to be the right one."""
    if table.key() == ["source_row_id"]:
        return _no_failures()
    keys = table.key()
    # A key with an empty part identifies nothing, so it cannot be repeated.
    complete = typed.select(pl.all_horizontal(pl.col(keys).is_not_null())).to_series()
    repeated = typed.select(keys).is_duplicated() & complete
    names = "、".join(keys)
    return _failures(
        typed, repeated, "ID2", keys[0], f"主键重复（{names}）", f"key repeated ({names})"
    )


def _quarantine_rows(
    bad: pl.DataFrame,
    raw: pl.DataFrame,
    cells: pl.DataFrame,
    source_id: str,
    header_of: dict[str, str],
) -> pl.DataFrame:
    first = bad.group_by("source_row_id", maintain_order=True).agg(
        pl.col("rule_id").first(),
        pl.col("rule_id").unique(maintain_order=True).str.join(";").alias("rule_ids"),
        pl.col("column").first(),
        pl.col("reason_zh").first(),
        pl.col("reason_en").first(),
    )
    located = _with_value(first, cells, header_of).join(
        raw.select("source_row_id", "cells_json"), on="source_row_id"
    )
    return QuarantineRow.conform(located.with_columns(pl.lit(source_id).alias("source_id")))


def _flag_rows(
    flagged: pl.DataFrame, cells: pl.DataFrame, source_id: str, header_of: dict[str, str]
) -> pl.DataFrame:
    located = _with_value(flagged, cells, header_of)
    return Flag.conform(located.with_columns(pl.lit(source_id).alias("source_id")))


def _with_value(
    found: pl.DataFrame, cells: pl.DataFrame, header_of: dict[str, str]
) -> pl.DataFrame:
    """Add the delivered header and the text that stands there."""
    long = cells.unpivot(index="source_row_id", variable_name="column_zh", value_name="value_text")
    named = found.with_columns(
        pl.col("column").replace_strict(header_of, default=pl.col("column")).alias("column_zh")
    )
    return named.join(long, on=["source_row_id", "column_zh"], how="left")
