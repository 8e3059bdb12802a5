"""Location claims from what registers say in words: offices, premises, units, permits."""

from __future__ import annotations

import polars as pl

from assets.enterprises.identity import resolve
from quality.contracts.core import WHOLE_PLACES

# Evidence by role, where the words name a park (METHOD 1.4). A register is the authority on an
# office; what is uncertain is the reading of its address, so on the registered basis its weight
# is that of an address text that names the park.
_OPERATING = {
    "permit_park": "permit_park_name",
    "permit_site": "statistical_address_names_park",
    "statistical_unit": "statistical_address_names_park",
    "operating_site": "registered_business_premises",
    "plant": "statistical_address_names_park",
}
_ROLE_ZH = {
    "registered_office": "住所",
    "permit_park": "许可证所属园区",
    "permit_site": "许可证生产经营场所",
    "statistical_unit": "单位所在地",
    "operating_site": "经营场所",
    "plant": "厂址",
}
_SITE_ROLES = ["permit_park", "permit_site", "statistical_unit", "plant"]


def stated_claims(
    sites: pl.DataFrame,
    records: pl.DataFrame,
    addresses: pl.DataFrame,
    entities: pl.DataFrame,
    site_rows: pl.DataFrame,
) -> pl.DataFrame:
    """Claims by words, on both bases; the columns that claims share, and the days they speak for.

    `core.site`, `core.register_record`, `core.record_address`, `core.entity`,
    `core.site_record`. A registered office speaks for all sites of its enterprise on the
    registered basis. An address of a permit, unit or plant speaks for its own site; premises
    in the business register for the only site of the enterprise, since of several they name
    none. Words that name no park name a division.
    """
    named = resolve(
        addresses.join(
            records.select("source_row_id", "register_id", "entity_id"), on="source_row_id"
        ),
        entities,
    )
    said = named.with_columns(_place().alias("place_id")).filter(pl.col("place_id").is_not_null())
    placed = sites.filter(~pl.col("kind").is_in(WHOLE_PLACES)).select("site_id", "enterprise_id")
    offices = _moved(said.filter(pl.col("role") == "registered_office")).join(
        placed, on="enterprise_id"
    )
    own = said.filter(pl.col("role").is_in(_SITE_ROLES)).join(site_rows, on="source_row_id")
    alone = placed.filter(pl.len().over("enterprise_id") == 1)
    premises = said.filter(pl.col("role") == "operating_site").join(alone, on="enterprise_id")
    operating = pl.concat([own, premises.select(own.columns)])
    return pl.concat(
        [
            offices.select(
                "site_id",
                pl.lit("registered").alias("basis"),
                "place_id",
                pl.lit("statistical_address_names_park").alias("evidence_id"),
                # Two deliveries of one register are one document.
                pl.col("register_id").alias("document"),
                _reason().alias("reason_zh"),
                "source_row_id",
                "valid_from",
                "valid_to",
                "cluster",
            ),
            operating.select(
                "site_id",
                pl.lit("operating").alias("basis"),
                "place_id",
                pl.col("role").replace_strict(_OPERATING).alias("evidence_id"),
                pl.col("source_row_id").alias("document"),
                _reason().alias("reason_zh"),
                "source_row_id",
                # A permit runs out and is renewed: its days are not those of the place.
                pl.lit(None, pl.Date).alias("valid_from"),
                pl.lit(None, pl.Date).alias("valid_to"),
                "cluster",
            ),
        ]
    )


def _moved(offices: pl.DataFrame) -> pl.DataFrame:
    """Offices of an enterprise that moved (迁址): another place than the former holds from then on.

    Only the row of the event knows the day; a register gives the office as it is. The days of
    a register row are those of a permit, a unit or the enterprise, not of the office.
    """
    told = pl.col("register_id") == "enterprise_event"
    offices = offices.with_columns(
        pl.when(told).then(name).alias(name) for name in ("valid_from", "valid_to")
    )
    former = (
        offices.filter(told)
        .group_by("enterprise_id")
        .agg(
            (pl.col("valid_to").max().dt.offset_by("1d")).alias("moved_on"),
            pl.col("place_id").unique().alias("former_places"),
        )
    )
    now = ~told & ~pl.col("place_id").is_in(pl.col("former_places"))
    return (
        offices.join(former, on="enterprise_id", how="left")
        .with_columns(pl.when(now).then("moved_on").otherwise("valid_from").alias("valid_from"))
        .drop("moved_on", "former_places")
    )


def _place() -> pl.Expr:
    division = pl.coalesce("division_now", "division_code")
    return pl.coalesce("park_id", pl.format("DIVISION:{}", division))


def _reason() -> pl.Expr:
    role = pl.col("role").replace_strict(_ROLE_ZH)
    cluster = pl.when("cluster").then(pl.lit("（集群注册地址）")).otherwise(pl.lit(""))
    return (
        pl.when(pl.col("park_id").is_not_null())
        .then(pl.format("{}写明{}{}", role, pl.col("zone_zh").fill_null("园区"), cluster))
        .otherwise(
            pl.format(
                "{}在 {}，未写明目录内园区{}",
                role,
                pl.coalesce("division_now", "division_code"),
                cluster,
            )
        )
    )
