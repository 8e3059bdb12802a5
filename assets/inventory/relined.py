"""Lines made again: only those whose factor changed (a fuel's triple, a grid factor, a choice)."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path

import polars as pl

from assets.inventory.choice import fuel_choice, grid_choice, product_choice
from assets.inventory.ledger import READ, Choices, ledger
from assets.inventory.variants import variants
from quality.contracts.ledger import Line

_STATE, _LINES = "state.json", "lines.parquet"


def rules_by_energy(
    activity: pl.DataFrame, factors: pl.DataFrame, choices: Choices
) -> dict[str, str]:
    """For each energy, product and method of `activity`: a hash of all that it is multiplied by."""
    rows: dict[str, list[str]] = defaultdict(list)
    for rule in _rules(activity, factors, choices):
        for row in rule.iter_rows():
            rows[row[0]].append("|".join(map(str, row)))
    profiles = ";".join(profile.name for profile in choices.profiles)
    return {
        energy: hashlib.sha256("\n".join([profiles, *sorted(rows[energy])]).encode()).hexdigest()
        for energy in sorted(set(activity["energy_id"]))
    }


def ledger_again(
    lines: pl.DataFrame,
    rules: dict[str, str],
    activity: pl.DataFrame,
    factors: pl.DataFrame,
    choices: Choices,
) -> pl.DataFrame:
    """`ledger.line` of the same activity under other factors, from the lines and rules it had.

    Equal to `ledger(activity, factors, choices)`, in another order. Lines of energies whose rules
    are as they were stay; the others are made. Raises as `ledger` does.
    """
    now = rules_by_energy(activity, factors, choices)
    changed = pl.Series(sorted(e for e in now if rules.get(e) != now[e]), dtype=pl.String)
    touched = pl.col("energy_id").is_in(changed.implode())
    made = ledger(activity.filter(touched), factors, choices)
    return Line.conform(pl.concat([lines.filter(~touched), made]))


def ledger_kept(
    activity: pl.DataFrame, factors: pl.DataFrame, choices: Choices, store: Path
) -> pl.DataFrame:
    """As `ledger`; where the activity is that of the last run, only what changed is made again.

    The lines of the last run lie in `store`. They may be deleted at any time.
    """
    fingerprint = _fingerprint(activity)
    state, lines = store / _STATE, store / _LINES
    known = json.loads(state.read_text("utf-8")) if state.exists() and lines.exists() else {}
    if known.get("activity") == fingerprint:
        found = ledger_again(
            Line.conform(pl.read_parquet(lines)), known["rules"], activity, factors, choices
        )
    else:
        found = ledger(activity, factors, choices)
    store.mkdir(parents=True, exist_ok=True)
    # Without its state a file of lines is not used: a run that stops in between leaves none.
    state.unlink(missing_ok=True)
    found.write_parquet(lines)
    rules = rules_by_energy(activity, factors, choices)
    state.write_text(json.dumps({"activity": fingerprint, "rules": rules}), "utf-8")
    return found


def _fingerprint(activity: pl.DataFrame) -> str:
    """Rows of all that lines are made of, in any order: their number and two sums of hashes."""
    read = activity.select(READ)
    sums = (read.hash_rows(seed).cast(pl.Int128).sum() for seed in (11, 29))
    return "|".join(map(str, (pl.__version__, activity.height, *sums)))


def _rules(
    activity: pl.DataFrame, factors: pl.DataFrame, choices: Choices
) -> tuple[pl.DataFrame, ...]:
    """What each energy is multiplied by, as rows that begin with `energy_id`."""
    values = factors.select("factor_id", "value", "confidence", "factor_set")
    places = activity.filter(pl.col("carrier") == "electricity").select("province_code", "year")
    heat = pl.col("kind").is_in(["heat", "heat_nonfossil"])
    named = pl.when(heat).then(pl.lit("heat")).otherwise(pl.lit("electricity"))
    alike = factors.filter(heat | pl.col("kind").str.starts_with("electricity_"))
    return (
        fuel_choice(factors, choices.profiles).join(values, on="factor_id"),
        variants(activity, factors, choices.sector_groups, choices.profiles)
        .join(activity.select("activity_id", "energy_id"), on="activity_id")
        .select("energy_id", "activity_id", "variant"),
        product_choice(factors, choices.profiles).join(values, on="factor_id"),
        grid_choice(places, factors, choices.regions, choices.grid_ef_year)
        .join(values, on="factor_id")
        .select(pl.lit("electricity"), pl.all()),
        alike.select(named, "factor_id", "value", "confidence", "year"),
        activity.select("energy_id", pl.col("activity_id").alias("term_id"))
        .join(choices.terms, on="term_id")
        .join(values, on="factor_id"),
    )
