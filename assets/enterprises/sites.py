"""Sites: one place with one main activity (产业活动单位), from permits, units, plants, returns."""

from __future__ import annotations

import hashlib

import polars as pl

from assets.energy.books import book_cells, is_consumption
from assets.enterprises.identity import PERMIT, identify, resolve
from assets.enterprises.names import normalised_name
from assets.enterprises.plants import located_plants, province_codes
from assets.enterprises.records.registers import EXACT_M
from assets.enterprises.uscc import valid
from quality.contracts.core import AS_PARK, AS_REST, WHOLE_PLACES, Site
from quality.contracts.enterprises import SiteRecord
from quality.contracts.weights import REST
from warehouse.step import Frames


def permits_of(t: Frames) -> pl.DataFrame:
    """Permit rows of every list that has them, identified, with their enterprise.

    Columns `source_row_id, entity_id, enterprise_id, name_zh, permit_no, lon, lat`. A permit
    that several lists name is taken from the permit register.
    """
    columns = ["source_row_id", "name_zh", "uscc_text", "permit_no", "lon", "lat"]
    rows = pl.concat(
        [
            t[name].select(*columns, pl.lit(place).alias("list"))
            for place, name in enumerate(("accepted.permit", "accepted.nx_permit"))
        ]
    )
    return resolve(identify(rows, "permit_no"), t["core.entity"])


def sites(t: Frames) -> pl.DataFrame:
    """`core.site`: places of permits, of the unit register, of generating units, and one
    without a place for each enterprise whose returns its other sites may not take up.

    Reads the accepted registers, trackers and returns, `core.entity`, `quarantine.flag`, the
    control totals, the energy books and the weights. A point flagged GEO2e (outside its
    province) is not used; the site stays. A province with control totals has one site
    `REST:<code>` for what is not placed, and a park with weights one site `PARK:<park>` for what
    falls to it as a whole.
    """
    units = located_plants(t, permits_of(t))
    placed = [_permit_sites(t, units), _units(t), _plants(units)]
    known = pl.concat(
        [part.select("enterprise_id", "valid_from", "valid_to", "place_use") for part in placed]
    )
    joined = _as_precise(
        pl.concat([*placed, _return_sites(t, known), _rest(t), _parks(t)]),
        t["core.record_address"],
    )
    # A site without a point is at least in the province that registered the enterprise.
    registering = pl.when(pl.col("enterprise_id").str.contains(_USCC_SHAPE)).then(
        pl.concat_str(pl.col("enterprise_id").str.slice(2, 2), pl.lit("0000"))
    )
    of_point = province_codes(joined["lon"].to_numpy(), joined["lat"].to_numpy())
    return Site.conform(
        joined.with_columns(pl.Series("__of_point", of_point, dtype=pl.String))
        .with_columns(
            pl.coalesce("province_code", "__of_point", registering).alias("province_code")
        )
        .drop("__of_point")
    )


def _as_precise(placed: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """Sites with the precision that was found of their points: few decimals, a shared point."""
    found = (
        addresses.filter(pl.col("precision_m").is_not_null())
        .group_by("source_row_id")
        .agg(pl.col("precision_m").max())
    )
    return (
        placed.join(found, on="source_row_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("lon").is_not_null())
            .then(pl.max_horizontal("point_precision_m", "precision_m"))
            .otherwise("point_precision_m")
            .alias("point_precision_m")
        )
        .drop("precision_m")
    )


def site_records(t: Frames) -> pl.DataFrame:
    """`core.site_record`: rows of permits, units and plants with the site that they speak of.

    A row of the unit register without a permit number is of the site made from it, else of the
    only site of its enterprise; of several it names none.
    """
    known = t["core.site"].filter(~pl.col("kind").is_in(WHOLE_PLACES))
    permits = permits_of(t)
    entries = resolve(identify(t["accepted.unit_entry"], "permit_no"), t["core.entity"])
    alone = known.filter(pl.len().over("enterprise_id") == 1).select(
        "enterprise_id", pl.col("site_id").alias("only_site")
    )
    made = known.filter(pl.col("kind") == "unit").select(
        pl.col("source_row_id"), pl.col("site_id").alias("made_site")
    )
    units = (
        entries.join(made, on="source_row_id", how="left")
        .join(alone, on="enterprise_id", how="left")
        .select(
            "source_row_id", pl.coalesce("made_site", "permit_no", "only_site").alias("site_id")
        )
    )
    plants = located_plants(t, permits).select("source_row_id", "site_id")
    permitted = permits.select("source_row_id", _permit_site_id().alias("site_id"))
    rows = pl.concat([permitted, units, plants])
    return SiteRecord.conform(rows.join(known.select("site_id"), on="site_id", how="semi"))


def _permit_site_id() -> pl.Expr:
    return pl.coalesce(
        pl.when(pl.col("permit_no").str.contains(PERMIT)).then(pl.col("permit_no")),
        # By place, not by row: the next delivery of the list names the same site.
        pl.format("S:{}:{}:{}", "entity_id", "lon", "lat"),
    )


def _permit_sites(t: Frames, units: pl.DataFrame) -> pl.DataFrame:
    flagged = t["quarantine.flag"].filter(pl.col("rule_id") == "GEO2e").select("source_row_id")
    usable = ~pl.col("source_row_id").is_in(flagged.get_column("source_row_id").implode())
    capacity = units.filter("known").group_by("site_id").agg(pl.col("capacity_mw").sum())
    facts = _facts(t).unique("permit_no", keep="first", maintain_order=True)
    return _columns(
        permits_of(t)
        .with_columns(
            _permit_site_id().alias("site_id"),
            pl.lit("permit").alias("kind"),
            pl.when(usable).then("lon").alias("lon"),
            pl.when(usable).then("lat").alias("lat"),
            pl.lit(EXACT_M).alias("point_precision_m"),
        )
        .sort("list", "source_row_id")
        .unique("site_id", keep="first", maintain_order=True)
        .join(capacity, on="site_id", how="left")
        .join(facts.drop("source_row_id"), on="permit_no", how="left")
    )


def _facts(t: Frames) -> pl.DataFrame:
    """What the unit register says of places; the last opened first."""
    return (
        t["accepted.unit_entry"]
        .sort("valid_from", "source_row_id", descending=[True, False], nulls_last=True)
        .select(
            "source_row_id",
            pl.col("source_row_id").alias("figures_row_id"),
            "permit_no",
            pl.when(pl.col("place_use_zh") == "办公")
            .then(pl.lit("office"))
            .otherwise(pl.lit("production"))
            .alias("place_use"),
            "product_zh",
            "capacity",
            "capacity_unit_zh",
            "output",
            "employees",
            "floor_area_m2",
            "valid_from",
            "valid_to",
        )
    )


def _units(t: Frames) -> pl.DataFrame:
    """Places of the unit register that no permit names.

    A legal person that has local units in the register is not a place itself, and one whose
    place a permit names already is that place (METHOD 1.2).
    """
    entities = t["core.entity"]
    rows = resolve(identify(t["accepted.unit_entry"], "permit_no"), entities)
    parents = resolve(
        identify(
            # A code that fails is nobody's (PAR1).
            rows.filter(valid(pl.col("parent_uscc_text"))).select(
                "source_row_id",
                pl.col("parent_uscc_text").alias("uscc_text"),
                pl.col("parent_uscc_text").alias("name_zh"),
            )
        ),
        entities,
    ).select("source_row_id", pl.col("enterprise_id").alias("parent"))
    permits = permits_of(t)
    owned = rows.join(parents, on="source_row_id", how="left").with_columns(
        # A local unit is a place of its legal person; a branch is a legal unit of its own.
        pl.when(pl.col("kind_zh") == "产业活动单位")
        .then(pl.coalesce("parent", "enterprise_id"))
        .otherwise("enterprise_id")
        .alias("enterprise_id")
    )
    divided = owned.filter(pl.col("kind_zh") == "产业活动单位").select("enterprise_id")
    whole = pl.col("kind_zh") != "产业活动单位"
    elsewhere = pl.concat([divided, permits.select("enterprise_id")]).unique().to_series()
    address = normalised_name(pl.col("operating_address_zh")).map_elements(
        lambda text: hashlib.sha256(text.encode()).hexdigest()[:12], return_dtype=pl.String
    )
    permitted = pl.col("permit_no").is_in(permits.get_column("permit_no").drop_nulls().implode())
    return _columns(
        owned.filter(
            ~permitted.fill_null(False),
            ~(whole & pl.col("enterprise_id").is_in(elsewhere.implode())),
        )
        .drop("capacity", "capacity_unit_zh", "product_zh", "output", "employees", "floor_area_m2")
        .drop("valid_from", "valid_to")
        .join(_facts(t).drop("permit_no"), on="source_row_id")
        .with_columns(
            pl.format("U:{}:{}", "entity_id", pl.coalesce(address, pl.lit("0"))).alias("site_id"),
            pl.lit("unit").alias("kind"),
            pl.lit(EXACT_M).alias("point_precision_m"),
        )
        .sort("valid_from", "source_row_id", descending=[True, False], nulls_last=True)
        .unique("site_id", keep="first", maintain_order=True)
    )


def _plants(units: pl.DataFrame) -> pl.DataFrame:
    return _columns(
        units.filter(~pl.col("known")).with_columns(
            pl.col("fuel").replace_strict(_KINDS).alias("kind")
        )
    )


_KINDS = {"coal": "coal_unit", "gas": "gas_plant"}


def _return_sites(t: Frames, known: pl.DataFrame) -> pl.DataFrame:
    """A site without a place for each enterprise whose other sites may not take up its return:
    there is none, or none that produces and is open at all times, or all may be metered or
    billed, or a process names none of several.
    """
    own = ["source_row_id", "uscc_text", "name_zh"]
    metered = resolve(identify(t["accepted.site_energy"], "permit_no"), t["core.entity"])
    billed = resolve(
        identify(pl.concat([t[f"accepted.{name}"].select(own) for name in _BILLS])),
        t["core.entity"],
    )
    stated = pl.concat([rows.select("enterprise_id") for rows in (metered, billed)])
    sure = known.filter(
        (pl.col("place_use") == "production")
        & pl.col("valid_from").is_null()
        & pl.col("valid_to").is_null()
    ).join(stated, on="enterprise_id", how="anti")
    several = known.filter(pl.len().over("enterprise_id") > 1)
    unnamed = resolve(
        identify(t["accepted.process_return"].filter(pl.col("permit_no").is_null())),
        t["core.entity"],
    ).join(several, on="enterprise_id", how="semi")
    sure = sure.join(unnamed, on="enterprise_id", how="anti")
    rows = pl.concat([t[f"accepted.{name}"].select(own) for name in _RETURNS])
    return _columns(
        resolve(identify(rows), t["core.entity"])
        .sort("source_row_id")
        .unique("enterprise_id", keep="first", maintain_order=True)
        .join(sure, on="enterprise_id", how="anti")
        .with_columns(
            pl.format("R:{}", "enterprise_id").alias("site_id"),
            pl.lit("return_only").alias("kind"),
            pl.lit(0.0).alias("point_precision_m"),
        )
    )


def _rest(t: Frames) -> pl.DataFrame:
    """One site a province with control totals; a single total speaks before a book."""
    controls = t["accepted.control_total"].select("source_row_id", "province_code")
    cells = book_cells(
        t["accepted.ceads_energy"], t["accepted.book_row"], t["accepted.province_name"]
    )
    booked = cells.filter(is_consumption()).select("source_row_id", "province_code")
    return _columns(
        pl.concat([controls.sort("source_row_id"), booked.sort("source_row_id")])
        .unique("province_code", keep="first", maintain_order=True)
        .with_columns(
            pl.format(f"{AS_REST}{{}}", "province_code").alias("site_id"),
            pl.format(f"{AS_REST}{{}}", "province_code").alias("enterprise_id"),
            pl.lit("rest").alias("kind"),
            pl.when(pl.col("province_code").str.ends_with("0000"))
            .then(pl.lit("全省其余"))
            .otherwise(pl.lit("全市其余"))
            .alias("name_zh"),
            pl.concat_str(pl.col("province_code").str.slice(0, 2), pl.lit("0000")).alias(
                "province_code"
            ),
            pl.lit(0.0).alias("point_precision_m"),
        )
    )


def _parks(t: Frames) -> pl.DataFrame:
    """One site a park with weights: control totals are shared out to parks as a whole."""
    weights = t["accepted.sector_weight"].filter(pl.col("place_code") != REST)
    site = pl.format(f"{AS_PARK}{{}}", "place_code")
    return _columns(
        weights.sort("year", "source_row_id")
        .unique("place_code", keep="first", maintain_order=True)
        .with_columns(
            site.alias("site_id"),
            site.alias("enterprise_id"),
            pl.lit("park").alias("kind"),
            pl.lit("园区整体").alias("name_zh"),
            pl.lit(0.0).alias("point_precision_m"),
            pl.concat_str(pl.col("area_code").str.slice(0, 2), pl.lit("0000")).alias(
                "province_code"
            ),
        )
    )


_BILLS = ("grid_supply", "heat_supply")
_RETURNS = ("return_205_1", "return_205_2", "output_return", "process_return")
_USCC_SHAPE = r"^[0-9A-Z]{18}$"


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of `core.site`; those that a kind of site does not have are null."""
    defaults = {"captive": pl.lit(False), "place_use": pl.lit("production")}
    return rows.select(
        _or_default(rows, c.name, defaults.get(c.name, pl.lit(None)))
        .cast(c.polars_type)
        .alias(c.name)
        for c in Site.declared_columns()
    )


def _or_default(rows: pl.DataFrame, name: str, default: pl.Expr) -> pl.Expr:
    return pl.col(name).fill_null(default) if name in rows.columns else default
