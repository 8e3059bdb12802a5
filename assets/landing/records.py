"""Raw rows to records: headers to columns, wide tables to long ones, declared rows set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

import polars as pl

from assets.landing.declaration import Pedigree, SourceDeclaration
from assets.landing.rawstore import Part
from assets.landing.readers.request import EXTRA, ROW_NUMBER
from quality.contracts.table import PEDIGREE, SOURCE_COLUMN, SOURCE_ROW
from quality.quarantine import DECIDED, FEWER, LOST, MORE, PART, Records
from quality.texts import clean

_REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Delivered:
    """A part, how it was declared when it was read, and what its delivery is.

    `illustrative`: made for demonstration. `subject`, `supplement`: as in `raw.delivery`.
    `unit_factors`: header to declared units in one delivered unit.
    """

    part: Part
    source: SourceDeclaration
    illustrative: bool = False
    subject: str = ""
    supplement: int = 0
    unit_factors: tuple[tuple[str, Decimal], ...] = ()

    def slice(self, offset: int, rows: int) -> Delivered:
        """The same with some of its rows only."""
        return replace(self, part=self.part.slice(offset, rows))


@dataclass(frozen=True)
class Counts:
    """Rows of a part: `rows` behind the header, `set_aside` of them, and `records` made."""

    rows: int
    set_aside: int
    records: int


def locator(part: Part) -> pl.Expr:
    """`<first 16 of sha256>:<part>:<row number>`."""
    return pl.format(
        "{}:{}:{}", pl.lit(part.delivery_id[:16]), pl.lit(part.part), pl.col(ROW_NUMBER)
    ).alias(SOURCE_ROW)


def records_of(delivered: Sequence[Delivered]) -> Records:
    """The records of all parts of one source, under the names of its table's columns."""
    frames: list[pl.DataFrame] = []
    headers: list[dict[str, str]] = []
    parts: list[pl.DataFrame] = []
    bare: list[frozenset[str]] = []
    for place, item in enumerate(delivered):
        raw = raw_rows(item)
        mapping = header_of(item)
        without_blanks = item.part.bare(set(mapping.values()))
        bare.append(frozenset(n for n, header in mapping.items() if header in without_blanks))
        frames.append(_shaped(item, raw.filter(~_aside(item.source, raw.columns)), mapping, place))
        headers.append(mapping)
        parts.append(raw)
    joined = pl.concat(frames, how="diagonal") if frames else _nothing()
    return Records(joined, headers, parts, bare=frozenset.intersection(*bare or [frozenset()]))


def raw_rows(item: Delivered) -> pl.DataFrame:
    """SOURCE_ROW and the delivered cells of a part."""
    return item.part.frame().select(locator(item.part), pl.exclude(ROW_NUMBER))


def count(item: Delivered) -> Counts:
    """How many rows and records the part has; reads no more columns than that takes."""
    part, wide = item.part, wide_headers(item)
    kept = records = part.height
    if item.source.skip_rows or wide:
        found = part.rows.filter(~_aside(item.source, part.headers)).select(
            pl.len(), *(clean(pl.col(header)).is_not_null().sum() for header in wide)
        )
        kept, *filled = found.collect().row(0)
        records = sum(filled) if item.source.unpivot is not None else kept
    elif item.source.unpivot is not None:
        records = 0
    return Counts(part.height + part.footers, part.height - kept + part.footers, records)


def header_of(item: Delivered) -> dict[str, str]:
    """Column to the one of its headers that the part has."""
    there = set(item.part.headers)
    return {
        name: header
        for name, headers in item.source.headers_of().items()
        for header in headers
        if header in there
    }


def wide_headers(item: Delivered) -> list[str]:
    """The headers of a wide table that become records, in delivered order."""
    unpivot = item.source.unpivot
    if unpivot is None:
        return []
    return [h for h in item.part.headers if unpivot.match(h) and h not in item.source.columns]


def _shaped(
    item: Delivered, raw: pl.DataFrame, mapping: dict[str, str], place: int
) -> pl.DataFrame:
    cells = [name for name in raw.columns if name not in (SOURCE_ROW, EXTRA)]
    lost = pl.lit(False)
    if item.part.has_lost:
        lost = pl.any_horizontal(
            pl.col(name).str.contains(_REPLACEMENT, literal=True).fill_null(False) for name in cells
        )
    scaled = dict(item.unit_factors)
    frame = raw.select(
        SOURCE_ROW,
        pl.lit("").alias(SOURCE_COLUMN),
        pl.lit(place, pl.Int32).alias(PART),
        (pl.col(EXTRA).is_not_null() if EXTRA in raw.columns else pl.lit(False)).alias(MORE),
        (pl.lit(False) if item.part.last is None else pl.col(item.part.last).is_null()).alias(
            FEWER
        ),
        lost.alias(LOST),
        pl.lit(None, pl.String).alias(DECIDED),
        pl.lit(digits(item.source.pedigree, item.illustrative)).alias(PEDIGREE),
        *(
            _scaled(mapping[name], scaled).alias(name)
            if name in mapping
            else pl.lit(None, pl.String).alias(name)  # an optional header that is not there
            for name in item.source.headers_of()
        ),
    )
    unpivot = item.source.unpivot
    if unpivot is None:
        return frame
    long = []
    for header in wide_headers(item):
        found = unpivot.match(header)
        assert found is not None
        said: dict[str, str | None] = dict(found.groupdict())
        if unpivot.header:
            said[unpivot.header] = found.string
        if unpivot.unit:
            said[unpivot.unit] = item.part.units.get(header, "")
        long.append(
            frame.with_columns(
                pl.lit(header).alias(SOURCE_COLUMN),
                _only(raw, header).select(_scaled(header, scaled).alias(unpivot.value)).to_series(),
                *(pl.lit(text, pl.String).alias(name) for name, text in said.items()),
            ).filter(_filled(raw, header))
        )
    return pl.concat(long) if long else frame.clear()


def _only(raw: pl.DataFrame, header: str) -> pl.DataFrame:
    # A select on a frame of three thousand columns walks them all: 17 s for one table.
    return raw.get_column(header).to_frame()


def _filled(raw: pl.DataFrame, header: str) -> pl.Series:
    return _only(raw, header).select(clean(pl.col(header)).is_not_null()).to_series()


def _scaled(header: str, factors: dict[str, Decimal]) -> pl.Expr:
    """The text, or the product of number and factor where its unit was decided to differ."""
    factor = factors.get(header)
    if factor is None:
        return pl.col(header)

    def times(texts: pl.Series) -> pl.Series:
        return pl.Series([scaled_text(text, factor) for text in texts], dtype=pl.String)

    return pl.col(header).map_batches(times, return_dtype=pl.String)


def scaled_text(text: str | None, factor: Decimal) -> str | None:
    """Number times factor, exactly, as text; a text that is no number stays as it is."""
    if text is None:
        return None
    try:
        product = Decimal(text.strip()) * factor
    except InvalidOperation:
        return text
    return f"{product:f}" if product.is_finite() else text


def digits(pedigree: Pedigree, illustrative: bool) -> str:
    """The five scores as digits; what is made for demonstration is not reliable at all."""
    scores = pedigree.model_dump()
    if illustrative:
        scores["reliability"] = 5
    return "".join(str(score) for score in scores.values())


def _aside(source: SourceDeclaration, headers: Sequence[str]) -> pl.Expr:
    """Rows that are no records by declaration, under whatever header their column is delivered.

    A row without a label is none only where it has no number but zeros: a label may be lost.
    """
    unpivot = source.unpivot
    wide = [h for h in headers if unpivot and unpivot.match(h) and h not in source.columns]
    zeros = pl.all_horizontal(pl.lit(True), *(clean(pl.col(h)).pipe(_is_zero) for h in wide))
    masks = []
    for declared, pattern in source.skip_rows.items():
        column = source.columns.get(declared)
        same = {declared, *(h for h, name in source.columns.items() if name == column)}
        for header in same.intersection(headers):
            text = pl.col(header).fill_null("").str.strip_chars()
            mask = text.str.contains(f"^(?:{pattern})$")
            masks.append(mask & ((text != "") | zeros))
    return pl.any_horizontal(pl.lit(False), *masks)


def _is_zero(text: pl.Expr) -> pl.Expr:
    return text.is_null() | text.str.contains(r"^-?0+(\.0*)?$")


def _nothing() -> pl.DataFrame:
    text, flag = pl.String, pl.Boolean
    return pl.DataFrame(
        schema={
            SOURCE_ROW: text,
            SOURCE_COLUMN: text,
            PART: pl.Int32,
            MORE: flag,
            FEWER: flag,
            LOST: flag,
            DECIDED: text,
            PEDIGREE: text,
        }
    )
