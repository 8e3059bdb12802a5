"""The door: text records become typed accepted rows, or quarantine with rule and reason.

Every record ends in exactly one of the two; warnings flag accepted rows. Nothing is
clipped, filled or repaired: a text that is not what its column declares is a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
from pandera.errors import SchemaErrors

from quality.contracts.audit import Flag, QuarantineRow
from quality.contracts.table import PEDIGREE, SOURCE_COLUMN, SOURCE_ROW, Column, Table
from quality.reasons import said
from quality.texts import clean_all, kind_en, kind_zh, typed

# Columns of `Records.frame` beside the locator and the texts of the table's columns.
PART = "__part__"  # place in `Records.parts` and `Records.headers`
MORE = "__more__"  # the row has text beyond its last header
FEWER = "__fewer__"  # the row of a csv ends before its last header
LOST = "__lost__"  # characters were lost before delivery (U+FFFD)
DECIDED = "__decided__"  # why a person, or a later delivery, took the record out; null otherwise
_OWN = frozenset({SOURCE_ROW, SOURCE_COLUMN, PEDIGREE})
_INDEX = "__index__"


@dataclass(frozen=True)
class Rule:
    """A check on the typed row: `bad` is true where it fails (null counts as no failure).

    `rowwise`: it looks at one row at a time, so that a large source may come in batches.
    `derived`: makes the columns, a row each, that `bad` reads beside those of the table; rules
    that share one have it worked out once.
    """

    rule_id: str
    severity: str  # "error" quarantines the row, "warning" flags it
    column: str
    bad: pl.Expr
    reason_zh: str
    reason_en: str
    rowwise: bool = False
    derived: Callable[[pl.DataFrame], pl.DataFrame] | None = None


@dataclass(frozen=True)
class Decided:
    """A rule id and reasons for the records whose DECIDED says this id."""

    rule_id: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Records:
    """Text records of one source, as delivered, under the names of the table's columns.

    `frame`: one row a record: SOURCE_ROW, SOURCE_COLUMN (header of the cell of a wide table,
    else ""), PART, MORE, FEWER, LOST, DECIDED, PEDIGREE, and a String column for each mapped
    column.
    `headers`: for each part, column to delivered header. `parts`: SOURCE_ROW and the rows as
    delivered, for the payload of what is quarantined. `bare`: columns of which no text has blanks
    around it, as far as that is known.
    """

    frame: pl.DataFrame
    headers: Sequence[Mapping[str, str]]
    parts: Sequence[pl.DataFrame]
    decided: Mapping[str, Decided] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Accepted:
    """The outcome of the door: records = accepted + quarantined, one by one."""

    frame: pl.DataFrame
    quarantine: pl.DataFrame
    flags: pl.DataFrame

    @classmethod
    def nothing(cls, table: type[Table]) -> Accepted:
        """The outcome where nothing was delivered."""
        return cls(table.empty_frame(), QuarantineRow.empty_frame(), Flag.empty_frame())

    def reasons(self) -> dict[str, int]:
        """Quarantined rows by first rule."""
        counted = self.quarantine.group_by("rule_id").len().sort("rule_id")
        return {str(rule): int(count) for rule, count in counted.iter_rows()}


def accept(
    records: Records,
    *,
    source_id: str,
    table: type[Table],
    rules: Sequence[Rule] = (),
    null_texts: Sequence[str] = (),
    numbers: Sequence[str] = (),
) -> Accepted:
    """Type and check the records of one source.

    `null_texts` are texts that the source declares to mean "no value", `numbers` the ways of
    writing a number that it declares. Raises ValueError if a column that no header is mapped
    to is not nullable.
    """
    records, taken = _taken_out(records, source_id)
    columns = [c for c in table.declared_columns() if c.name not in _OWN]
    given = set(records.frame.columns)
    for c in columns:
        if c.name not in given and not c.nullable:
            raise ValueError(f"{source_id}: no header is mapped to {table.table_name()}.{c.name}")
    mapped = [c for c in columns if c.name in given]
    texts = clean_all(records.frame, [c.name for c in mapped], null_texts, records.bare)
    carried = [c.name for c in table.declared_columns() if c.name in _OWN]
    frame = records.frame.select(carried).with_columns(
        texts.select(typed(pl.col(c.name), c, numbers) for c in mapped),
    )
    missing = [pl.lit(None, dtype=c.polars_type).alias(c.name) for c in columns if c not in mapped]
    frame = frame.with_columns(missing).select(c.name for c in table.declared_columns())

    bad = [
        *_unreadable(texts, frame, mapped, records),
        *_damaged(records, columns),
    ]
    bad.append(_contract_failures(frame, table))
    warned = [_no_failures()]
    for rule, mask in zip(rules, judge(frame, rules), strict=True):
        found = _failures(mask, rule.rule_id, rule.column, rule.reason_zh, rule.reason_en)
        (bad if rule.severity == "error" else warned).append(found)
    bad.append(_duplicates(frame, table))
    failed = pl.concat(bad)
    out = pl.Series(_INDEX, failed.get_column(_INDEX).unique().sort(), dtype=pl.UInt32)
    flagged = pl.concat(warned).filter(~pl.col(_INDEX).is_in(out.implode()))
    kept = _without(_rated(frame, flagged), out)
    return Accepted(
        frame=kept if SOURCE_ROW in table.key() else table.arrange(kept),
        quarantine=_all_of(taken, _quarantine_rows(failed, out, records, source_id)),
        flags=_flag_rows(flagged, records, source_id),
    )


def judge(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """A Boolean column for each rule, true where a row fails; null counts as no failure."""
    derived = [make(frame) for make in dict.fromkeys(r.derived for r in rules) if make]
    # All at once: polars works on several rules at a time, and once on what they share.
    return pl.concat([frame, *derived], how="horizontal").select(
        rule.bad.alias(str(place)) for place, rule in enumerate(rules)
    )


def _all_of(taken: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    # Both conform already; hardly ever are there rows in both.
    if taken.is_empty() or failed.is_empty():
        return failed if taken.is_empty() else taken
    return QuarantineRow.conform(pl.concat([taken, failed]))


def _without(frame: pl.DataFrame, out: pl.Series) -> pl.DataFrame:
    if out.is_empty():
        return frame
    index = pl.int_range(pl.len(), dtype=pl.UInt32)
    return frame.filter(~index.is_in(out.implode()))


def _rated(frame: pl.DataFrame, flagged: pl.DataFrame) -> pl.DataFrame:
    """A flagged row is one step less reliable (METHOD 5: warning, quality + 1)."""
    if PEDIGREE not in frame.columns or flagged.is_empty():
        return frame
    index = pl.int_range(pl.len(), dtype=pl.UInt32)
    worse = pl.min_horizontal(pl.col(PEDIGREE).str.slice(0, 1).cast(pl.Int64) + 1, 5)
    return frame.with_columns(
        pl.when(index.is_in(flagged.get_column(_INDEX).unique().implode()))
        .then(worse.cast(pl.String) + pl.col(PEDIGREE).str.slice(1))
        .otherwise(PEDIGREE)
        .alias(PEDIGREE)
    )


def _failures(mask: pl.Series, rule_id: str, name: str, zh: str, en: str) -> pl.DataFrame:
    return _reasoned(mask.fill_null(False).arg_true().to_frame(_INDEX), rule_id, name, zh, en)


def _reasoned(index: pl.DataFrame, rule_id: str, name: str, zh: str, en: str) -> pl.DataFrame:
    return index.select(
        pl.col(_INDEX).cast(pl.UInt32),
        pl.lit(rule_id).alias("rule_id"),
        pl.lit(name).alias("column"),
        pl.lit(zh).alias("reason_zh"),
        pl.lit(en).alias("reason_en"),
    )


def _no_failures() -> pl.DataFrame:
    names = ["rule_id", "column", "reason_zh", "reason_en"]
    return pl.DataFrame(schema={_INDEX: pl.UInt32, **dict.fromkeys(names, pl.String)})


def _taken_out(records: Records, source_id: str) -> tuple[Records, pl.DataFrame]:
    """The records that no decision or later delivery took out, and the others as quarantined.

    They go first: a rule over several rows, or of a repeated key, must not see them.
    """
    said = records.frame.get_column(DECIDED)
    if said.null_count() == said.len():
        return records, QuarantineRow.empty_frame()
    found = pl.concat(
        _failures(said == key, why.rule_id, SOURCE_ROW, why.reason_zh, why.reason_en)
        for key, why in records.decided.items()
    )
    out = found.get_column(_INDEX).unique().sort()
    taken = _quarantine_rows(found, out, records, source_id)
    return replace(records, frame=records.frame.filter(said.is_null())), taken


def _unreadable(
    texts: pl.DataFrame, frame: pl.DataFrame, mapped: Sequence[Column], records: Records
) -> list[pl.DataFrame]:
    """TYPE: there is a text, and it is not what its column declares."""
    found = []
    for c in mapped:
        if c.polars_type == pl.String:  # any text is one
            continue
        mask = texts.get_column(c.name).is_not_null() & frame.get_column(c.name).is_null()
        if not mask.any():
            continue
        header = next((h[c.name] for h in records.headers if c.name in h), c.name)
        zh, en = f"“{header}”应为{kind_zh(c)}", f"`{header}` must be {kind_en(c)}"
        found.append(_failures(mask, f"TYPE:{c.name}", c.name, zh, en))
    return found


def _damaged(records: Records, columns: Sequence[Column]) -> list[pl.DataFrame]:
    first = columns[0].name
    return [
        _failures(
            records.frame.get_column(MORE),
            "FIELDS",
            first,
            "字段数多于表头",
            "more fields than headers",
        ),
        _failures(
            records.frame.get_column(FEWER),
            "SHORT",
            first,
            "字段数少于表头：单元格可能移位；空单元格也要保留分隔符",
            "fewer fields than headers: cells may have moved; an empty cell keeps its delimiter",
        ),
        _failures(
            records.frame.get_column(LOST),
            "MOJIBAKE",
            first,
            "字符在交付前已丢失（U+FFFD）：请重新导出",
            "characters were lost before delivery (U+FFFD): export the row anew",
        ),
    ]


def _contract_failures(frame: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """Rows that break the pandera declaration, with the check that says so."""
    try:
        table.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases: pl.DataFrame = error.failure_cases
        whole = cases.filter(pl.col("index").is_null())
        if whole.height:
            raise ValueError(f"{table.table_name()}: {whole.rows()[:3]}") from error
        checks = cases.get_column("check").unique().to_list()
        words = {check: said(check) for check in checks}
        zh, en = ({check: both[n] for check, both in words.items()} for n in (0, 1))
        return cases.select(
            pl.col("index").cast(pl.UInt32).alias(_INDEX),
            pl.format("CONTRACT:{}", pl.col("column")).alias("rule_id"),
            pl.col("column"),
            pl.col("check").replace_strict(zh, return_dtype=pl.String).alias("reason_zh"),
            pl.col("check").replace_strict(en, return_dtype=pl.String).alias("reason_en"),
        )
    return _no_failures()


def _duplicates(frame: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """ID2: all copies of a repeated key go, since none is known to be the right one."""
    keys = table.key()
    if SOURCE_ROW in keys:
        return _no_failures()
    # A key with an empty part identifies nothing, so it cannot be repeated.
    complete = frame.select(pl.all_horizontal(pl.col(keys).is_not_null())).to_series()
    mask = frame.select(keys).is_duplicated() & complete
    described = {c.name: c.zh for c in table.declared_columns()}
    zh, en = "、".join(described[key] for key in keys), ", ".join(keys)
    return _failures(mask, "ID2", keys[0], f"主键重复（{zh}）", f"key repeated ({en})")


def _quarantine_rows(
    failed: pl.DataFrame, out: pl.Series, records: Records, source_id: str
) -> pl.DataFrame:
    if out.is_empty():
        return QuarantineRow.empty_frame()
    first = failed.group_by(_INDEX, maintain_order=True).agg(
        pl.col("rule_id").first(),
        pl.col("rule_id").unique(maintain_order=True).str.join(";").alias("rule_ids"),
        pl.col("column").first(),
        pl.col("reason_zh").first(),
        pl.col("reason_en").first(),
    )
    located = _located(first, records, source_id)
    return QuarantineRow.conform(located.join(_payload(located, records), on=SOURCE_ROW))


def _flag_rows(flagged: pl.DataFrame, records: Records, source_id: str) -> pl.DataFrame:
    if flagged.is_empty():
        return Flag.empty_frame()
    located = _located(flagged, records, source_id)
    # Two rules of one id may warn of two columns of a row: the first is named.
    return Flag.conform(located.unique(Flag.key(), keep="first", maintain_order=True))


def _located(found: pl.DataFrame, records: Records, source_id: str) -> pl.DataFrame:
    """Add the locator, the delivered header and the text that stands there."""
    rows = records.frame[found.get_column(_INDEX)]
    named = found.with_columns(
        rows.get_column(SOURCE_ROW),
        rows.get_column(SOURCE_COLUMN),
        rows.get_column(PART),
        pl.lit(source_id).alias("source_id"),
        pl.lit(None, pl.String).alias("value_text"),
    )
    for name in named.get_column("column").unique().to_list():
        if name in rows.columns:
            here = pl.col("column") == name
            text = rows.get_column(name).cast(pl.String)
            named = named.with_columns(
                pl.when(here).then(text).otherwise("value_text").alias("value_text")
            )
    delivered = pl.DataFrame(
        [
            {PART: part, "column": name, "column_zh": header}
            for part, headers in enumerate(records.headers)
            for name, header in headers.items()
        ],
        schema={PART: pl.Int32, "column": pl.String, "column_zh": pl.String},
    )
    wide = pl.when(pl.col(SOURCE_COLUMN) != "").then(SOURCE_COLUMN)
    return named.join(
        delivered, on=[PART, "column"], how="left", maintain_order="left"
    ).with_columns(pl.coalesce("column_zh", wide, "column").alias("column_zh"))


def _payload(located: pl.DataFrame, records: Records) -> pl.DataFrame:
    """SOURCE_ROW and `cells_json`, the row as delivered, of quarantined records."""
    found = [pl.DataFrame(schema={SOURCE_ROW: pl.String, "cells_json": pl.String})]
    wanted = located.select(SOURCE_ROW, PART).unique()
    for part in wanted.get_column(PART).unique().sort().to_list():
        rows = records.parts[part].join(
            wanted.filter(pl.col(PART) == part), on=SOURCE_ROW, how="semi"
        )
        cells = [name for name in rows.columns if name != SOURCE_ROW]
        found.append(
            rows.select(SOURCE_ROW, pl.struct(cells).struct.json_encode().alias("cells_json"))
        )
    return pl.concat(found)
