"""Addresses and points that registers give, as parsed; every one is kept."""

from __future__ import annotations

import polars as pl

from assets.enterprises.addresses import division_units, parse_addresses, zone_patterns
from assets.enterprises.records.points import placed
from assets.enterprises.records.read import rows_of
from assets.enterprises.records.registers import REGISTERS, Place, Register
from quality.contracts.enterprises import RecordAddress
from warehouse.step import Frames

# Addresses on paper: hosting offices that register enterprises by the dozen (集群注册).
_CLUSTER = "集群注册|集群登记|商务秘书|住所托管|托管地址|虚拟注册|入驻.*商务"
# So many enterprises on one full address are registered there, not at work (project rule).
CLUSTER_OF = 20


def record_addresses(t: Frames) -> pl.DataFrame:
    """`core.record_address`: one row a place that a register gives for a row.

    Reads the accepted tables of REGISTERS, `core.register_record`, `core.park` and
    `accepted.division_unit`. Chinese addresses are parsed; others keep their text and country.
    Points are brought to CGCS2000 with their doubts (`assets.enterprises.records.points`).
    """
    records = t["core.register_record"].select(
        "source_row_id", "entity_id", "valid_from", "valid_to"
    )
    given = pl.concat([_given(register, t) for register in REGISTERS]).join(
        records, on="source_row_id"
    )
    parsed = pl.concat([given, _parsed(given, t)], how="horizontal")
    points = placed(given.select("entity_id", "country", "lon", "lat", "crs", "precision_m"))
    located = pl.concat([parsed.drop("lon", "lat", "precision_m"), points], how="horizontal")
    many = (pl.col("entity_id").n_unique().over("division_code", "rest_zh") >= CLUSTER_OF) & pl.col(
        "rest_zh"
    ).is_not_null()
    office = pl.col("role") == "registered_office"
    return RecordAddress.conform(
        located.with_columns(
            pl.when(pl.col("lon").is_not_null()).then("crs").alias("crs_found"),
            (office & (pl.col("address_zh").str.contains(_CLUSTER).fill_null(False) | many)).alias(
                "cluster"
            ),
        )
    )


def _given(register: Register, t: Frames) -> pl.DataFrame:
    """The places of a register's rows; those of which neither text nor point is given are not."""
    rows = rows_of(register, t)
    return pl.concat([_PLACES, *(_of_role(place, rows) for place in register.places)])


_PLACES = pl.DataFrame(
    schema={
        "source_row_id": pl.String,
        "role": pl.String,
        "place_no": pl.Int64,
        "address_zh": pl.String,
        "context_zh": pl.String,
        "country": pl.String,
        "lon": pl.Float64,
        "lat": pl.Float64,
        "crs": pl.String,
        "precision_m": pl.Float64,
    }
)


def _of_role(place: Place, rows: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)

    def text(columns: tuple[str, ...] | list[str], separator: str) -> pl.Expr:
        joined = pl.concat_str(columns, separator=separator, ignore_nulls=True)
        return pl.when(joined.str.strip_chars() != "").then(joined)

    # Parts of a Chinese address follow each other without a blank; those of others do not.
    whole = text(list(place.address), " ") if place.address else nothing
    texts = rows.with_columns(whole.alias("address_zh"))
    if place.several:
        texts = texts.with_columns(pl.col("address_zh").str.split(place.several)).explode(
            "address_zh"
        )
    chosen = texts.select(
        "source_row_id",
        pl.lit(place.role).alias("role"),
        (pl.int_range(pl.len()).over("source_row_id") + 1).cast(pl.Int64).alias("place_no"),
        "address_zh",
        (text(list(place.context), "") if place.context else nothing).alias("context_zh"),
        (pl.lit("CN") if place.country is None else place.country.fill_null("")).alias("country"),
        (pl.col(place.lon) if place.lon else pl.lit(None)).cast(pl.Float64).alias("lon"),
        (pl.col(place.lat) if place.lat else pl.lit(None)).cast(pl.Float64).alias("lat"),
        pl.lit(place.crs).alias("crs"),
        (pl.lit(None) if place.precision is None else place.precision)
        .cast(pl.Float64)
        .alias("precision_m"),
    )
    return chosen.filter(pl.col("address_zh").is_not_null() | pl.col("lon").is_not_null())


def _parsed(given: pl.DataFrame, t: Frames) -> pl.DataFrame:
    """What the parser makes of each text, in the same order; nothing of foreign ones."""
    units = division_units(t["accepted.division_unit"], t["accepted.division_event"])
    zones = zone_patterns(t["core.park"])
    chinese = given.with_row_index("__row").filter(
        (pl.col("country") == "CN") & pl.col("address_zh").is_not_null()
    )
    # The register's own prefecture is text too, and read by the same parser.
    contexts = chinese.select("context_zh").drop_nulls().unique(maintain_order=True)
    read = parse_addresses(
        contexts.select(
            pl.col("context_zh").alias("address_zh"),
            pl.lit(None, pl.Int64).alias("year"),
            pl.lit(None, pl.String).alias("context_code"),
        ),
        units,
        zones,
    )
    codes = contexts.with_columns(read.get_column("division_code").alias("context_code"))
    asked = chinese.join(codes, on="context_zh", how="left", maintain_order="left").select(
        "__row", "address_zh", pl.lit(None, pl.Int64).alias("year"), "context_code"
    )
    found = pl.concat(
        [asked.select("__row"), parse_addresses(asked.drop("__row"), units, zones)],
        how="horizontal",
    )
    return (
        given.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("__row"))
        .join(found, on="__row", how="left", maintain_order="left")
        .select(
            pl.col("status").alias("address_status"),
            "division_code",
            pl.col("division_now"),
            "zone_zh",
            "park_id",
            "rest_zh",
            pl.col("reason_zh").alias("address_reason_zh"),
        )
    )
