"""Frames of addresses: normal form, marks, one reading a distinct skeleton, zone and rest."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from assets.enterprises.addresses.kinds import DAMAGE
from assets.enterprises.addresses.marks import (
    DIVISION,
    END,
    GAP,
    STREET_MARK,
    TOWN_MARK,
    ZONE,
    Marker,
    skeleton,
)
from assets.enterprises.addresses.names import names_of
from assets.enterprises.addresses.normal import normal_form
from assets.enterprises.addresses.resolve import Resolver, Result
from assets.enterprises.addresses.units import Divisions
from assets.enterprises.addresses.zones import Zones

_KEY = ["skeleton", "year", "context_code", "damaged", "latin"]
_FRONT = ["front", *_KEY[1:]]
# A number, and behind it no character of a kind of division or zone.
_NUMBERED = "^[^0-9]+[0-9][^省市县区园州盟旗城地]*$"
_RESULT = {
    "division_code": pl.String,
    "division_level": pl.String,
    "division_now": pl.String,
    "status": pl.String,
    "reason_zh": pl.String,
    "park_id": pl.String,
    "head": pl.Int64,
    "zone": pl.Int64,
    "zone_prefix": pl.String,
    "zone_text": pl.String,
    "head_text": pl.String,
    "loose": pl.Boolean,
}
_INPUT = [
    pl.col("address_zh").cast(pl.String),
    pl.col("year").cast(pl.Int64),
    pl.col("context_code").cast(pl.String),
]
# Fewer rows are read by one thread.
_PIECE = 50_000
_COLUMNS = [
    *("division_code", "division_level", "division_now", "zone_zh", "park_id", "rest_zh"),
    *("status", "reason_zh"),
]
_ANY_MARK = r"[\x01-\x06]"
# What separates the name of a zone from what stands before it.
_BREAKS = f"{STREET_MARK}{DIVISION}{END}" + r"\p{P}\p{S}"
_ZONE_NAME = f"([^{_BREAKS}{TOWN_MARK}0-9]*)$"
_ZONE_AFTER_TOWN = f"([^{_BREAKS}{TOWN_MARK}0-9]*{TOWN_MARK}[^{_BREAKS}{TOWN_MARK}]*{TOWN_MARK})$"
_LEADING = r"^(?:[边旁内侧院]|附近)"


def parse_addresses(
    addresses: pl.DataFrame, units: pl.DataFrame, zones: pl.DataFrame
) -> pl.DataFrame:
    """Division of its own year, zone and rest of each address.

    `addresses`: `address_zh`, `year` (null: today), `context_code` (null, or a code the record is
    known to be of: used where the text leaves it open, never against it); `units`:
    `division_units`; `zones`: `zone_patterns`. One row an address, in the same order:

    - `division_code`: GB/T 2260 code in force in the year. A unit that had ended keeps its last
      code, one that was still to come has its first; `reason_zh` says so.
    - `division_level`: `province`, `city` or `county`.
    - `division_now`: its code of today, null without a single successor.
    - `zone_zh`: the zone as written, in normal form; `park_id`: the catalogue park it means.
    - `rest_zh`: what is left of the normal form.
    - `status`: one of `STATUSES`; `reason_zh`: what was read and what stayed open.
    """
    return Parser(units, zones).parse(addresses)


class Parser:
    """The names of divisions and parks, ready for any number of frames of addresses."""

    def __init__(self, units: pl.DataFrame, zones: pl.DataFrame) -> None:
        divisions = Divisions(units)
        readings = names_of(divisions)
        known_zones = Zones(zones, divisions, readings)
        self._marker = Marker(readings, known_zones.by_pattern)
        self._resolver = Resolver(divisions, readings, known_zones)

    def parse(self, addresses: pl.DataFrame) -> pl.DataFrame:
        """See `parse_addresses`."""
        if addresses.is_empty():
            return pl.DataFrame(schema=dict.fromkeys(_COLUMNS, pl.String))
        threads = os.cpu_count() or 1
        rows = max(_PIECE, -(-addresses.height // threads))
        pieces = [piece.select(_INPUT) for piece in addresses.iter_slices(rows)]
        with ThreadPoolExecutor(threads) as pool:
            read = list(pool.map(lambda piece: _read(piece, self._marker), pieces))
            keys = pl.concat([fronts.select(_KEY).unique() for _, fronts in read]).unique()
            results: list[Result] = [self._resolver.resolve(*key) for key in keys.iter_rows()]
            resolved = pl.concat(
                [keys, pl.DataFrame(results, schema=_RESULT, orient="row")], how="horizontal"
            )
            return pl.concat(
                list(pool.map(lambda both: _written(both[0], both[1], resolved), read))
            )


def _read(piece: pl.DataFrame, marker: Marker) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The front of each address, and each distinct front with its names marked and its key.

    Addresses of one street differ from the first number on: what stands before it is the front,
    unless behind it there is what may name a division or a zone.
    """
    text = normal_form(piece["address_zh"]).fill_null("")
    rows = piece.select("year", "context_code").with_columns(
        text.alias("text"),
        text.str.contains(DAMAGE).alias("damaged"),
        (~text.str.contains(r"\p{Han}") & (text != "")).alias("latin"),
    )
    numbered = pl.col("text").str.contains(_NUMBERED)
    front = pl.when(numbered).then(pl.col("text").str.extract("^([^0-9]+)")).otherwise("text")
    rows = rows.with_columns(front.alias("front"))
    fronts = rows.select(_FRONT).unique()
    marked = marker.marked(fronts["front"])
    bones = skeleton(marked)
    # Text without a name has one skeleton, whatever it is.
    nameless = (bones == "") & (fronts["front"] != "")
    bones = bones.set(nameless, GAP) if nameless.any() else bones
    return rows, fronts.with_columns(marked.alias("marked"), bones.alias("skeleton"))


def _written(rows: pl.DataFrame, fronts: pl.DataFrame, resolved: pl.DataFrame) -> pl.DataFrame:
    """What the keys say, with the zone and the rest of each text."""
    joined = fronts.join(resolved, on=_KEY, how="left", nulls_equal=True).with_row_index()
    # Most heads are names without anything between them, and most zones follow right behind:
    # only the others are looked up in the marked text.
    plain = pl.col("front").str.starts_with(pl.col("head_text")).fill_null(value=False)
    parts = pl.col("marked").str.split(END)
    others = (
        joined.filter(~plain | ((pl.col("zone") >= 0) & pl.col("zone_text").is_null()))
        .with_columns(parts.alias("parts"))
        .select("index", _zone_name().alias("found_zone"), _rest().alias("found_rest"))
    )
    behind = pl.col("front").str.strip_prefix(pl.col("head_text"))
    said = joined.join(others, on="index", how="left").with_columns(
        pl.coalesce("zone_text", "found_zone").alias("zone_zh"),
        pl.when(plain).then(behind).otherwise("found_rest").alias("front_rest"),
    )
    tail = pl.col("text").str.strip_prefix(pl.col("front"))
    return (
        rows.join(said, on=_FRONT, how="left", nulls_equal=True, maintain_order="left")
        .with_columns((pl.col("front_rest") + tail).alias("rest_zh"))
        .select(_COLUMNS)
    )


def _zone_name() -> pl.Expr:
    """The zone as written: its kind, and the name before it back to a street, bracket or town."""
    # A kind of zone may be marked as the division that has its name (新区).
    zone = pl.col("parts").list.get(pl.col("zone"), null_on_oob=True)
    split = zone.str.replace_all(DIVISION, ZONE).str.split(ZONE)
    kind = split.list.last()
    before = split.list.first()
    name = before.str.extract(_ZONE_NAME).str.replace(_LEADING, "")
    town = before.str.extract(_ZONE_AFTER_TOWN)
    # 青阳镇 is a town, though 青阳 is also a county.
    previous = pl.col("parts").list.get(pl.col("zone") - 1, null_on_oob=True)
    of_county = previous.str.extract(f"{DIVISION}([^{DIVISION}]*)$").fill_null("") + town
    town = pl.when(town.str.starts_with(TOWN_MARK)).then(of_county).otherwise(town)
    own = pl.when(name.fill_null("") == "").then(town.fill_null("")).otherwise(name)
    whole = pl.concat_str(pl.col("zone_prefix"), own, kind).str.replace_all(_ANY_MARK, "")
    return pl.when(pl.col("zone") >= 0).then(whole)


def _rest() -> pl.Expr:
    """What stands behind the head, and what between its names is neither division nor zone."""
    parts = pl.col("parts")
    behind = parts.list.slice(pl.col("head")).list.join("")
    between = (
        parts.list.head(pl.col("head"))
        .list.eval(pl.element().str.replace(f"[{DIVISION}{ZONE}].*$", ""))
        .list.join("")
    )
    loose = pl.when("loose").then(between + behind).otherwise(behind)
    return loose.str.replace_all(_ANY_MARK, "")
