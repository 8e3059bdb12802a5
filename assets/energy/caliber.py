"""Calibers of series: what may be joined, what is converted, what is refused (METHOD 4.1, 4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import polars as pl

# Flags that two series share before they are added, divided or joined.
FLAGS = (
    "scope_firms",
    "elec_basis",
    "price_basis",
    "boundary_class",
    "attribution",
    "vintage",
    "activity_scope",
)


class CaliberError(ValueError):
    """CAL1: series of different calibers; the message names the flag and both values."""


_FLAGS_ZH = dict(
    zip(
        FLAGS,
        ("企业范围", "电力折标", "价格口径", "边界类别", "归属口径", "版本", "核算范围"),
        strict=True,
    )
)
_VALUES_ZH = {
    "above_scale": "规上",
    "all": "全部",
    "unknown": "不明",
    "mixed": "混合",
    "approved": "核准",
    "planned": "规划",
    "administered": "管辖",
    "built": "建成",
    "nominal": "名义圆盘",
    "registered": "注册地",
    "operating": "经营地",
    "industry": "工业",
}


def matched(
    left: pl.DataFrame, right: pl.DataFrame, on: Sequence[str], flags: Sequence[str] = FLAGS
) -> pl.DataFrame:
    """An inner join of two series, with what keeps each pair of rows from being divided.

    Adds `refused_zh` and `refused_en`: CAL1 and the caliber flags that differ, with both values;
    empty where all agree. Flags and values of the left side are kept. Raises CaliberError for a
    flag that only one of the two has.
    """
    for flag in flags:
        if (flag in left.columns) != (flag in right.columns):
            raise CaliberError(f"CAL1: {flag} is stated by one series only; expected by both")
    common = [flag for flag in flags if flag in left.columns]
    renamed = right.rename({flag: f"{flag}__right" for flag in common if flag not in on})
    found = left.join(renamed, on=list(on))
    differ = {flag: pl.col(flag).ne_missing(pl.col(f"{flag}__right")) for flag in common}
    told = {
        "refused_zh": [_differs_zh(flag, wrong) for flag, wrong in differ.items()],
        "refused_en": [_differs_en(flag, wrong) for flag, wrong in differ.items()],
    }
    marks = {
        name: pl.concat_list(texts).list.drop_nulls() if texts else pl.lit([], pl.List(pl.String))
        for name, texts in told.items()
    }
    return found.with_columns(
        pl.when(listed.list.len() > 0)
        .then(pl.lit("CAL1 ") + listed.list.join("，" if name == "refused_zh" else ", "))
        .alias(name)
        for name, listed in marks.items()
    ).drop(f"{flag}__right" for flag in common)


def _differs_en(flag: str, wrong: pl.Expr) -> pl.Expr:
    sides = [pl.col(name).cast(pl.String).fill_null("None") for name in (flag, f"{flag}__right")]
    return pl.when(wrong).then(pl.format(flag + " is {} and {}", *sides))


def _differs_zh(flag: str, wrong: pl.Expr) -> pl.Expr:
    sides = [
        pl.col(name).cast(pl.String).replace(_VALUES_ZH).fill_null("未说明")
        for name in (flag, f"{flag}__right")
    ]
    return pl.when(wrong).then(pl.format(_FLAGS_ZH[flag] + "{}≠{}", *sides))


def joined(
    left: pl.DataFrame, right: pl.DataFrame, on: Sequence[str], flags: Sequence[str] = FLAGS
) -> pl.DataFrame:
    """An inner join of two series that agree on every caliber flag that either has.

    Raises CaliberError for a flag that only one of them has, and for the first pair of rows
    whose flags differ: they are converted first, or not joined at all.
    """
    found = matched(left, right, on, flags)
    differ = found.filter(pl.col("refused_en").is_not_null())
    if differ.height:
        row = differ.row(0, named=True)
        key = ", ".join(f"{name}={row[name]}" for name in on)
        reason = row["refused_en"].removeprefix("CAL1 ")
        raise CaliberError(f"CAL1: {key}: {reason}; convert one of them or leave them apart")
    return found.drop("refused_zh", "refused_en")


def all_firms(
    above_scale: Decimal, ratios: Mapping[tuple[str, int], Decimal], division: str, year: int
) -> Decimal:
    """A quantity of firms above scale as one of all firms, by the province's published ratio.

    Raises CaliberError where none is published: there is no default (METHOD 4.1).
    """
    ratio = ratios.get((division, year))
    if ratio is None:
        raise CaliberError(
            f"CAL1: {division} {year}: no published ratio of all firms to those above scale; "
            "the figure stays above_scale"
        )
    return above_scale * ratio


def benchmark_revision(
    before: Mapping[int, Fraction], first: int, last: int, r_first: Fraction, r_last: Fraction
) -> dict[int, Fraction]:
    """Figures between two economic censuses, revised: `pre (r0 + (r1 - r0) (y - y0) / (y1 - y0))`.

    `r` are the ratios of the revised to the first figure in the census years (METHOD 4.2, G28).
    The figures before stay as they are: a revision is another vintage. Raises ValueError for a
    year outside the censuses.
    """
    if last <= first:
        raise ValueError(f"censuses of {first} and {last}: expected the later one last")
    outside = [year for year in before if not first <= year <= last]
    if outside:
        raise ValueError(f"{min(outside)}: expected a year from {first} to {last}")
    span = Fraction(last - first)
    return {
        year: value * (r_first + (r_last - r_first) * (year - first) / span)
        for year, value in before.items()
    }
