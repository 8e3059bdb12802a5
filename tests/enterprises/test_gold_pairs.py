"""Links against pairs of real records that were labelled by reading both.

Measured first, the precision was 0.95; what it showed (companies of different legal forms at one
address, trackers with names in two scripts) was mended by rules that hold for all names. So the
figures here are honest for addresses, and for pairs seen once before.
"""

from __future__ import annotations

import polars as pl

from assets.enterprises.linkage import assign, candidates, load_model
from assets.enterprises.linking import profiles, stages
from assets.enterprises.records import REGISTERS, record_addresses, register_records
from quality.contracts.linkage import LinkCandidate
from tests.enterprises.gold.truth import REGISTERS as REAL
from tests.enterprises.gold.truth import pairs, register
from tests.enterprises.test_gold_addresses import parks
from tests.frames import Tables, facts


def world() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records and addresses of all real registers."""
    t = Tables({r.table.table_name(): register(r.id) for r in REGISTERS if r.id in REAL})
    t["core.park"] = parks()
    t["accepted.division_unit"] = facts("division_unit")
    t["accepted.division_event"] = facts("division_change")
    t["core.register_record"] = register_records(t)
    return t["core.register_record"], record_addresses(t)


def linked(
    records: pl.DataFrame, addresses: pl.DataFrame, one: str, other: str
) -> set[frozenset[str]]:
    """Pairs of entities that two registers, and no others, are linked by."""
    chosen = records.filter(pl.col("register_id").is_in([one, other])).with_columns(
        (pl.col("register_id") == one).cast(pl.Int64).alias("rank"), pl.lit("X").alias("universe")
    )
    model = load_model(facts("link_model"))
    told = addresses.join(chosen, on="source_row_id", how="semi")
    found = [candidates(left, right, model) for _, left, right in stages(profiles(chosen, told))]
    links = assign(pl.concat([LinkCandidate.empty_frame(), *found]), None, model)
    same = links.filter(pl.col("status") == "linked").select("left_id", "right_id")
    return {frozenset(pair) for pair in same.rows()}


def test_links_of_real_registers_are_right() -> None:
    labelled = pairs()
    assert labelled.height >= 300
    records, addresses = world()
    entity = dict(records.select("source_row_id", "entity_id").iter_rows())
    said: list[tuple[bool, bool]] = []
    for (one, other), part in labelled.group_by("left_source", "right_source"):
        links = set() if one == other else linked(records, addresses, str(one), str(other))
        for row in part.iter_rows(named=True):
            # A row that names nobody (an account without a holder) is linked with nothing.
            left, right = (entity.get(row[f"{side}_row_id"], side) for side in ("left", "right"))
            said.append((row["label"] == "same", left == right or {left, right} in links))
    right = sum(same and by_rule for same, by_rule in said)
    precision = right / sum(by_rule for _, by_rule in said)
    recall = right / sum(same for same, _ in said)
    assert precision >= 0.99, (precision, recall)
    # English names of trackers against Chinese ones are what is not found.
    assert recall >= 0.65, (precision, recall)
