"""Weights of the linkage model, fitted to pairs that agree or disagree by checked USCC.

    python -m benchmarks.match_train [--size 100000] [--seed 7]

Prints the rows of `assets/reference/link_model.csv`. Codes are hidden from blocks and features, so
that the pairs are those that names, places and streets propose; a pair is one of the same
enterprise if both records have a checked USCC and these are equal. Some codes are wrong, as in
life: a logistic regression is fitted twice, the second time without the pairs that contradict the
first one flatly. The weights of numbers cannot be learnt from labels made of them: they are log
likelihood ratios of stated error rates.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from importlib import import_module

import numpy as np
import polars as pl

from assets.enterprises.linkage import LinkModel, candidates
from assets.enterprises.linkage.model import FEATURES
from benchmarks.match_data import registers

MODEL = "2026-11"
LINK, UNCERTAIN = "0.6", "0.1"
_CODES = ["uscc_permille", "org_code_permille", "number_permille"]
# Project rule: 3 codes in 100 pairs are wrong; of pairs of others that share a key for some other
# reason, one in 20,000 has the same code by mistake.
_WRONG, _CHANCE = 0.03, 1 / 20_000
_FLAT = 0.1
_BLANK = ["uscc", "org_code", "reg_no"]


def train(left: pl.DataFrame, right: pl.DataFrame) -> dict[tuple[str, str], float]:
    """Weights by (term, part) from two registers of which many records have a checked USCC."""
    linear = import_module("sklearn.linear_model")
    hidden = [
        side.with_columns(pl.lit(None, pl.String).alias(name) for name in _BLANK)
        for side in (left, right)
    ]
    pairs = candidates(hidden[0], hidden[1], LinkModel(MODEL, 0, {}, {}, 1_000_000, 0))
    for side, name in ((left, "left"), (right, "right")):
        codes = side.select(pl.col("record_id").alias(f"{name}_id"), pl.col("uscc").alias(name))
        pairs = pairs.join(codes, on=f"{name}_id")
    known = pairs.filter(pl.col("left").is_not_null() & pl.col("right").is_not_null())
    learnt = [name for name in FEATURES if name not in _CODES]
    columns = [known[name].fill_null(0).to_numpy() / 1000 for name in learnt]
    columns += [known[name].is_not_null().to_numpy().astype(float) for name in learnt]
    label = (known["left"] == known["right"]).to_numpy()
    table = np.column_stack(columns)
    fitted = linear.LogisticRegression(C=1.0, max_iter=2000).fit(table, label)
    # Once more without the pairs that contradict it flatly: most of these codes are the wrong ones.
    chance = fitted.predict_proba(table)[:, 1]
    kept = np.where(label, chance > _FLAT, chance < 1 - _FLAT)
    fitted = linear.LogisticRegression(C=1.0, max_iter=2000).fit(table[kept], label[kept])
    # A score is for a pair that is the best of both records: brought to the odds among these.
    logits = fitted.decision_function(table)
    best = known.select("left_id", "right_id").with_columns(pl.Series("logit", logits))
    first = pl.all_horizontal(
        pl.col("logit") == pl.col("logit").max().over(name) for name in ("left_id", "right_id")
    )
    mutual = best.select(first).to_series().to_numpy() & kept
    odds = linear.LogisticRegression(C=1e6).fit(logits[mutual, None], label[mutual])
    scale, shift = float(odds.coef_[0][0]), float(odds.intercept_[0])
    found = {("bias", "value"): float(fitted.intercept_[0]) * scale + shift}
    for n, name in enumerate(learnt):
        term = name.removesuffix("_permille")
        found[term, "slope"] = float(fitted.coef_[0][n]) * scale
        found[term, "offset"] = float(fitted.coef_[0][n + len(learnt)]) * scale
    agree, differ = math.log((1 - _WRONG) / _CHANCE), math.log(_WRONG / (1 - _CHANCE))
    for name in _CODES:
        term = name.removesuffix("_permille")
        found[term, "slope"], found[term, "offset"] = agree - differ, differ
    print(f"scale {scale:.3f}, shift {shift:.3f}", file=sys.stderr)
    print(
        f"{known.height} pairs, {int(kept.sum())} kept, {int(label.sum())} of one enterprise",
        file=sys.stderr,
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    left, right, _ = registers(chosen.size, chosen.seed)
    weights = train(left, right)
    learnt = (
        f"project rule: logistic regression on {chosen.size} x {chosen.size} invented records "
        "labelled by checked USCC (benchmarks/match_train.py)"
    )
    ruled = "project rule: 3 in 100 codes wrong, 1 in 20,000 equal by chance"
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["model_id", "term", "part", "weight", "source", "confidence"])
    for (term, part), weight in sorted(weights.items()):
        source = ruled if f"{term}_permille" in _CODES else learnt
        writer.writerow([MODEL, term, part, f"{weight:.3f}", source, "project"])
    for term, score in (("link", LINK), ("uncertain", UNCERTAIN)):
        writer.writerow([MODEL, term, "value", score, "project rule", "project"])


if __name__ == "__main__":
    main()
