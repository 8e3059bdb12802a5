"""What is odd about who an enterprise is: recorded, never dropped and never mended."""

from __future__ import annotations

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from assets.enterprises.identity import resolve
from assets.enterprises.names import ONLY_FORM, normalised, normalised_name
from assets.enterprises.operators import House
from quality.contracts.enterprises import EnterpriseFinding

# Names on one code that are less alike than this differ (project rule): two firms on one code,
# or a renaming that nobody told.
UNLIKE = 50.0
_COLUMNS = [c.name for c in EnterpriseFinding.declared_columns()]


def findings(
    records: pl.DataFrame,
    entities: pl.DataFrame,
    enterprises: pl.DataFrame,
    names: pl.DataFrame,
    events: pl.DataFrame,
    linked: pl.DataFrame,
) -> pl.DataFrame:
    """`core.enterprise_finding` from records, entities, enterprises, names, events and links."""
    rows = resolve(records, entities)
    parts = [
        _names_differ(names),
        _two_codes(linked, entities, records),
        _parents(rows, enterprises),
        _suffix_only(rows),
        _successors(enterprises, events),
    ]
    return EnterpriseFinding.conform(
        pl.concat([part.select(_COLUMNS) for part in parts]).unique(
            EnterpriseFinding.key(), keep="first", maintain_order=True
        )
    )


def _names_differ(names: pl.DataFrame) -> pl.DataFrame:
    """Recorded names of one enterprise that are unlike, and none of them a former name."""
    former = names.filter(pl.col("kind") == "former").select("enterprise_id", "name_zh")
    recorded = (
        names.filter(pl.col("kind") == "recorded")
        .join(former, on=["enterprise_id", "name_zh"], how="anti")
        .filter(pl.len().over("enterprise_id") > 1)
        .sort("enterprise_id", "rows", "name_zh", descending=[False, True, False])
        .with_columns(normalised_name(pl.col("name_zh")).alias("__plain"))
        .with_columns(
            pl.col("name_zh", "__plain").first().over("enterprise_id").name.suffix("_of_first")
        )
    )
    alike = cpdist(
        recorded.get_column("__plain_of_first").to_list(),
        recorded.get_column("__plain").to_list(),
        scorer=fuzz.ratio,
    )
    # A name in Han characters and one in Latin letters cannot be compared so.
    han = [pl.col(name).str.contains(r"\p{Han}") for name in ("__plain", "__plain_of_first")]
    return (
        recorded.with_columns(pl.Series("__alike", alike, dtype=pl.Float64).round(0))
        .filter(pl.col("__alike") < UNLIKE, han[0] == han[1])
        .select(
            "enterprise_id",
            pl.lit("names_differ").alias("finding"),
            pl.format(
                "同一主体名称不同：{}／{}（相似度 {}）",
                "name_zh_of_first",
                "name_zh",
                pl.col("__alike").cast(pl.Int64),
            ).alias("detail_zh"),
            "source_row_id",
        )
    )


def _two_codes(linked: pl.DataFrame, entities: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Entities that were found to be one and carry two checked USCCs: not joined."""
    owner = entities.select("entity_id", "enterprise_id")
    row = records.group_by("entity_id").agg(pl.col("source_row_id").min())
    pairs = (
        linked.filter(pl.col("status") == "linked")
        .join(owner, left_on="left_id", right_on="entity_id")
        .join(owner, left_on="right_id", right_on="entity_id", suffix="_of_right")
        .join(row, left_on="left_id", right_on="entity_id")
        .filter(pl.col("enterprise_id") != pl.col("enterprise_id_of_right"))
    )
    return pairs.select(
        "enterprise_id",
        pl.lit("two_codes").alias("finding"),
        pl.format("与 {} 疑为同一主体而代码不同：不合并", "right_id").alias("detail_zh"),
        "source_row_id",
    )


def _parents(rows: pl.DataFrame, enterprises: pl.DataFrame) -> pl.DataFrame:
    """Branches without a parent, parents that no register names, and cycles of parents."""
    below = rows.filter(pl.col("unit_kind").is_in(["branch", "local_unit"]))
    alone = below.filter(pl.col("parent_entity_id").is_null()).select(
        "enterprise_id",
        pl.lit("branch_without_parent").alias("finding"),
        pl.format("{}：未写所属法人单位代码", "name_zh").alias("detail_zh"),
        "source_row_id",
    )
    known = enterprises.get_column("enterprise_id").implode()
    unknown = enterprises.filter(
        pl.col("parent_enterprise_id").is_not_null() & ~pl.col("parent_enterprise_id").is_in(known)
    ).select(
        "enterprise_id",
        pl.lit("parent_unknown").alias("finding"),
        pl.format("所属法人单位 {} 不在任何名录中", "parent_enterprise_id").alias("detail_zh"),
        "source_row_id",
    )
    house = House.of(enterprises)
    closed = [e for e in house.parents if house.in_cycle(e)]
    cycles = enterprises.filter(pl.col("enterprise_id").is_in(closed)).select(
        "enterprise_id",
        pl.lit("parent_cycle").alias("finding"),
        pl.format(
            "隶属关系成环：{} 的上级 {} 又在其下", "enterprise_id", "parent_enterprise_id"
        ).alias("detail_zh"),
        "source_row_id",
    )
    return pl.concat([alone, unknown, cycles])


def _suffix_only(rows: pl.DataFrame) -> pl.DataFrame:
    """Names that are a legal form and nothing else."""
    plain = normalised(rows.get_column("name_zh"))
    return rows.filter(plain.str.contains(ONLY_FORM)).select(
        "enterprise_id",
        pl.lit("suffix_only").alias("finding"),
        pl.format("名称只有组织形式：{}", "name_zh").alias("detail_zh"),
        "source_row_id",
    )


def _successors(enterprises: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    known = enterprises.get_column("enterprise_id").implode()
    told = events.sort("happened_on", "source_row_id").unique("uscc_text", keep="first")
    return (
        enterprises.filter(
            pl.col("successor_id").is_not_null() & ~pl.col("successor_id").is_in(known)
        )
        .drop("source_row_id")
        .join(told.select(pl.col("uscc_text").alias("uscc"), "source_row_id"), on="uscc")
        .select(
            "enterprise_id",
            pl.lit("successor_unknown").alias("finding"),
            pl.format("承继单位 {} 不在任何名录中", "successor_id").alias("detail_zh"),
            "source_row_id",
        )
    )
