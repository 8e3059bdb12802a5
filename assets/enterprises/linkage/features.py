"""How alike the records of a pair are, in whole permille: no floating point.

Similarity of two texts is 1 less the insertions and deletions that make one of the other over
their joint length (rapidfuzz, Indel); of addresses, of which one is often shorter, the longest
common subsequence over the length of the shorter.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

from assets.enterprises.linkage.model import FEATURES

_WHOLE = 1000
_CHUNK = 500_000
_BEGINS = 900
# A division said in less depth proves less (project rule).
_SAME_DEPTH = {2: 600, 4: 900, 6: 1000}
_SAME_PREFECTURE, _SAME_PROVINCE = 700, 300
# Distance in metres up to which points are that near, beside their precisions (project rule).
_NEAR_M = ((500, 1000), (2_000, 800), (10_000, 500), (50_000, 200))
_METRES_PER_DEGREE = 111_320
_TEXTS = {
    "name_permille": "name",
    "core_permille": "core",
    "trade_permille": "trade",
    "branch_permille": "branch",
    "address_permille": "address",
}


def compared(left: pl.DataFrame, right: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs (`left`, `right`: values of `row` of the prepared sides) with their features."""
    if not pairs.height:
        return pairs.with_columns(pl.lit(None, pl.Int64).alias(name) for name in FEATURES)
    return pl.concat(
        part.hstack(_chunk(_at(left, part["left"]), _at(right, part["right"])))
        for part in pairs.iter_slices(_CHUNK)
    )


def _at(side: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    # Both are in order of `row`, which not every record of the register need have.
    return side[side["row"].search_sorted(rows)]


def _chunk(one: pl.DataFrame, two: pl.DataFrame) -> pl.DataFrame:
    found = {feature: _alike(one[text], two[text], text) for feature, text in _TEXTS.items()}
    both = pl.concat(
        [one.rename(lambda name: f"{name}_1"), two.rename(lambda name: f"{name}_2")],
        how="horizontal",
    )
    # A core that begins with the other: a word after it was not known as a trade.
    begins = pl.any_horizontal(
        pl.col("core_1").str.starts_with(pl.col("core_2")),
        pl.col("core_2").str.starts_with(pl.col("core_1")),
    )
    found["core_permille"] = both.select(
        pl.when(begins & (pl.lit(found["core_permille"]) < _BEGINS))
        .then(_BEGINS)
        .otherwise(pl.lit(found["core_permille"]))
    ).to_series()
    rest = both.select(
        _equal("name").alias("same_permille"),
        (_equal("body") * pl.col("body_1").str.len_chars().clip(0, 10).cast(pl.Int64) // 10).alias(
            "shared_permille"
        ),
        _form().alias("form_permille"),
        pl.when(pl.col("group_1") | pl.col("group_2"))
        .then(_equal("group"))
        .alias("group_permille"),
        _one_sided("numerals").alias("numerals_permille"),
        _place("region_code").alias("region_permille"),
        _place("division").alias("division_permille"),
        _equal("house").alias("house_permille"),
        _point().alias("point_permille"),
        _equal("uscc").alias("uscc_permille"),
        pl.when(pl.col("uscc_1").is_null() | pl.col("uscc_2").is_null())
        .then(_equal("org_code"))
        .alias("org_code_permille"),
        pl.when(_scheme("reg_no_1") == _scheme("reg_no_2"))
        .then(_equal("reg_no"))
        .alias("number_permille"),
    )
    columns = {**{name: rest[name] for name in rest.columns}, **found}
    return pl.DataFrame({name: columns[name].cast(pl.Int64) for name in FEATURES})


def _alike(one: pl.Series, two: pl.Series, text: str) -> pl.Series:
    """Similarity of two columns of texts. Of branches a missing one differs from any."""
    comparable = (one.is_not_null() & two.is_not_null()).to_numpy()
    differ = comparable & (one != two).fill_null(False).to_numpy()
    values = np.where(comparable, _WHOLE, 0).astype(np.int64)
    rows = np.flatnonzero(differ)
    if len(rows):
        a, b = one.gather(rows), two.gather(rows)
        sizes = [s.str.len_chars().to_numpy().astype(np.int64) for s in (a, b)]
        edits = process.cpdist(
            a.to_list(), b.to_list(), scorer=Indel.distance, dtype=np.int32, workers=-1
        ).astype(np.int64)
        values[rows] = _similarity(edits, *sizes, shorter=text == "address")
    found = pl.Series(values)
    if text == "branch":
        comparable |= (one.is_not_null() | two.is_not_null()).to_numpy()
    return found.set(pl.Series(~comparable), None)


def _similarity(
    edits: NDArray[np.int64], one: NDArray[np.int64], two: NDArray[np.int64], *, shorter: bool
) -> NDArray[np.int64]:
    common, whole = one + two - edits, one + two
    if shorter:
        common, whole = common // 2, np.minimum(one, two)
    found: NDArray[np.int64] = _WHOLE * common // np.maximum(whole, 1)
    return found


def _equal(column: str) -> pl.Expr:
    """1000 or 0; null where one is missing."""
    return (pl.col(f"{column}_1") == pl.col(f"{column}_2")).cast(pl.Int64) * _WHOLE


def _one_sided(column: str) -> pl.Expr:
    """1000 or 0, 0 also where only one has any; null where none has."""
    one, two = pl.col(f"{column}_1"), pl.col(f"{column}_2")
    some = one.is_not_null() | two.is_not_null()
    return pl.when(some).then(one.eq_missing(two).cast(pl.Int64) * _WHOLE)


def _form() -> pl.Expr:
    """公司 alone is a short way of writing any company."""
    one, two = pl.col("form_1"), pl.col("form_2")
    short = (one == "company") | (two == "company")
    return pl.when(one == two).then(_WHOLE).when(short).then(_WHOLE // 2).when(one != two).then(0)


def _scheme(column: str) -> pl.Expr:
    return pl.col(column).str.extract(r"^([^:]*):")


def _place(column: str) -> pl.Expr:
    """Two GB/T 2260 codes to the depth that both state."""
    one, two = pl.col(f"{column}_1"), pl.col(f"{column}_2")
    shallow = pl.any_horizontal(code.str.ends_with("0000") for code in (one, two))
    middle = pl.any_horizontal(code.str.ends_with("00") for code in (one, two))
    county, city, province = (one.str.head(n) == two.str.head(n) for n in (6, 4, 2))
    return (
        pl.when(one.is_null() | two.is_null())
        .then(None)
        .when(~province)
        .then(0)
        .when(shallow)
        .then(_SAME_DEPTH[2])
        .when(~city)
        .then(_SAME_PROVINCE)
        .when(middle)
        .then(_SAME_DEPTH[4])
        .when(county)
        .then(_SAME_DEPTH[6])
        .otherwise(_SAME_PREFECTURE)
    )


def _point() -> pl.Expr:
    """Nearness by squared distances in whole metres, on a plane around the first point."""
    north = (pl.col("lat_e6_1") - pl.col("lat_e6_2")).abs() * _METRES_PER_DEGREE // 1_000_000
    # Whole degrees of latitude choose the length of a degree of longitude, in permille.
    widths = [round(1000 * float(np.cos(np.radians(degree)))) for degree in range(91)]
    width = (pl.col("lat_e6_1").abs() // 1_000_000).replace_strict(
        list(range(91)), widths, default=0, return_dtype=pl.Int64
    )
    east = (pl.col("lon_e6_1") - pl.col("lon_e6_2")).abs() * _METRES_PER_DEGREE // 1_000_000
    square = north**2 + (east * width // 1000) ** 2
    slack = pl.col("precision_m_1") + pl.col("precision_m_2")
    nearness: pl.Expr = pl.lit(0)
    for metres, permille in reversed(_NEAR_M):
        nearness = pl.when(square <= (slack + metres) ** 2).then(permille).otherwise(nearness)
    return pl.when(square.is_not_null()).then(nearness)
