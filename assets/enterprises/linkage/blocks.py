"""Which pairs are compared at all: those that share a key.

Each key is made of one record alone, so that a change touches only the pairs of the records that
changed: no key hangs on how many others have it. Against keys that too many share stand keys of
several parts, and a limit that is said aloud.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.enterprises.linkage.prepared import street_of
from assets.enterprises.names import normalised, normalised_name
from quality.contracts.linkage import LINK_BLOCKS

_KEYS: dict[str, tuple[str, ...]] = {
    "uscc": ("uscc",),
    "org_code": ("org_code",),
    "number": ("reg_no",),
    "name": ("name",),
    # A branch is one of many of the same core in a city.
    "core_place": ("core", "prefecture", "branch_head"),
    "body": ("core", "trade_text", "branch_text"),
    "tail": ("core_tail", "trade_text", "prefecture", "branch_head"),
    "street": ("street", "trade_text", "prefecture"),
}
_START = ("body_start", "prefecture", "branch_head")
_RANK = {block: rank for rank, block in enumerate(LINK_BLOCKS)}
_PAIR = ["left", "right"]
# Pairs of one block for each record of both sides, at most; beyond, memory would not do.
_MOST_A_RECORD = 100
_AT_LEAST = 1_000_000


def key_pairs(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Pairs that share an exact key: `left`, `right` (rows) and `rank` of the first block."""
    found = [_matched(left, right, columns, block) for block, columns in _KEYS.items()]
    # Where one of the two has no place, core and trade must do.
    placeless = pl.col("prefecture").is_null()
    trade = ("core", "trade_text", "branch_head")
    found += [
        _matched(one, other, trade, "core_trade")
        for one, other in (
            (left.filter(placeless), right),
            (left.filter(~placeless), right.filter(placeless)),
        )
    ]
    return _first_blocks(pl.concat(found))


def typing_pairs(
    left: pl.DataFrame, right: pl.DataFrame, fresh_left: pl.DataFrame, fresh_right: pl.DataFrame
) -> pl.DataFrame:
    """Pairs with a fresh record whose names, or the bodies of whose names, are one typing error
    apart: a character more, less, another, or two that changed places. Bodies only in one province,
    of three characters or less only in one prefecture. And pairs of a prefecture whose bodies begin
    alike: an error in the legal form leaves it in the body.
    """
    long = pl.col("size") > 3
    found = []
    for text in (None, "body", "name"):
        sides, fresh = [left, right], [fresh_left, fresh_right]
        if text is not None:
            sides = [_with_one_less(side, text) for side in sides]
        for one, two in meeting(sides, fresh):
            if text is None:
                found.append(_matched(one, two, _START, "typing"))
                continue
            place = ("variant", "province") if text == "body" else ("variant",)
            found.append(_matched(one.filter(long), two.filter(long), place, "typing"))
            short = one.filter(~long), two.filter(~long)
            found.append(_matched(*short, ("variant", "prefecture"), "typing"))
    return _first_blocks(pl.concat(found))


def meeting(
    sides: list[pl.DataFrame], fresh: list[pl.DataFrame]
) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """What is fresh on the left with all on the right, and the rest of the left with what is fresh
    on the right: every pair with a fresh record once. `fresh` names rows.
    """
    new = [
        side
        if mine.height == side["row"].n_unique()
        else side.join(mine.select("row"), on="row", how="semi")
        for side, mine in zip(sides, fresh, strict=True)
    ]
    rest = sides[0].join(fresh[0].select("row"), on="row", how="anti")
    return [(new[0], sides[1]), (rest, new[1])]


def may_share(side: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """The numbered records that may share a key of `key_pairs` with prepared ones; no other does.

    Without taking names apart: a core and its trade stand in the name as they are. Records without
    a prefecture of their own and names in brackets or in Latin letters may share anything.
    """
    plain = side.select(
        "row",
        name=normalised(side["name_zh"]),
        prefecture=pl.col("division_code").str.head(4),
        street=street_of(normalised_name(pl.col("address_zh"))),
        vague=pl.col("division_code").str.ends_with("0000").fill_null(True),
    )
    name = pl.col("name")
    stems = fresh.select(pl.concat_str("core", "trade_text")).unique().to_series().to_list()
    ends = fresh["core_tail"].unique().to_list()
    open_to_all = pl.any_horizontal(
        "vague",
        name.str.contains(r"[()]"),
        ~name.str.contains(r"\p{Han}"),
        name.str.contains_any(stems),
    )
    tails = plain.select(
        "row", "prefecture", core_tail=name.str.extract_many(ends, overlapping=True)
    ).explode("core_tail")
    codes = side.with_columns(
        pl.coalesce("org_code", pl.col("uscc").str.slice(8, 9)).alias("org_code")
    )
    found = [
        plain.filter(open_to_all),
        *(codes.join(fresh, on=code, how="semi") for code in ("uscc", "org_code", "reg_no")),
        tails.join(fresh, on=["core_tail", "prefecture"], how="semi"),
        plain.join(fresh, on=["street", "prefecture"], how="semi"),
    ]
    rows = pl.concat(part.select("row") for part in found)
    return side.join(rows, on="row", how="semi", maintain_order="left")


def _first_blocks(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each pair once, with the first block that proposed it."""
    return pairs.group_by(_PAIR).agg(pl.col("rank").min()).sort(_PAIR)


def _with_one_less(side: pl.DataFrame, text: str) -> pl.DataFrame:
    """A text of each record, and the text without each one of its characters."""
    whole = side.select(
        "row", "prefecture", "province", size=pl.col(text).str.len_chars(), variant=pl.col(text)
    ).filter(pl.col("size") > 1)
    longest = int(whole["size"].max() or 0)  # type: ignore[arg-type]
    variant = pl.col("variant")
    shorter = [
        whole.filter(pl.col("size") > at).with_columns(
            pl.concat_str(variant.str.head(at), variant.str.slice(at + 1)).alias("variant")
        )
        for at in range(longest)
    ]
    return pl.concat([whole, *shorter]).unique()


def _matched(
    left: pl.DataFrame, right: pl.DataFrame, on: Sequence[str], block: str
) -> pl.DataFrame:
    one, two = (side.select("row", *on).drop_nulls() for side in (left, right))
    counts = one.group_by(on).len().join(two.group_by(on).len(), on=on)
    size = counts.with_columns(pl.col("len").cast(pl.Int64) * pl.col("len_right").cast(pl.Int64))
    most = max(_AT_LEAST, _MOST_A_RECORD * (left.height + right.height))
    if (total := int(size["len"].sum())) > most:
        worst = size.sort("len", *on, descending=True).row(0, named=True)
        said = ", ".join(f"{name} {worst[name]}" for name in on)
        raise ValueError(
            f"block {block}: {total} pairs, expected at most {most}; {worst['len']} share {said}: "
            "correct or merge these records"
        )
    return one.join(two, on=on).select(
        left="row", right="row_right", rank=pl.lit(_RANK[block], pl.Int8)
    )
