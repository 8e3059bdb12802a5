"""Splink on the same names, the same pairs and the same assignment, as a peer.

It is given what our names are taken apart into and the pairs of our blocks: it finds those of the
exact keys as we do, and gets those of typing errors, which hang on our scores, for nothing. It is
trained on other registers beforehand as our weights are, and its threshold is the best one there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assets.enterprises.linkage.blocks import key_pairs
from assets.enterprises.linkage.prepared import numbered, prepared

_TEXTS = ["name", "body", "core", "trade", "branch", "numerals", "form", "house", "street"]
_PLACES = ["division", "prefecture", "province", "region_code", "uscc", "address"]
PAIR = ["left_id", "right_id"]


def _records(side: pl.DataFrame, pairs: pl.DataFrame, column: str) -> pl.DataFrame:
    """Records as Splink takes them, each with the numbers of the pairs it is in."""
    numbers = pairs.with_row_index("pair").group_by(column).agg("pair")
    return side.join(numbers, left_on="record_id", right_on=column).select(
        pl.col("record_id").alias("unique_id"), *_TEXTS, *_PLACES, "pair"
    )


def _settings() -> Any:
    splink, cl = import_module("splink"), import_module("splink.comparison_library")
    cll = import_module("splink.comparison_level_library")
    one_sided = [
        cl.CustomComparison(
            output_column_name=name,
            comparison_levels=[
                cll.CustomLevel(f"{name}_l IS NULL AND {name}_r IS NULL").configure(
                    is_null_level=True
                ),
                cll.ExactMatchLevel(name),
                cll.ElseLevel(),
            ],
        )
        for name in ("branch", "numerals")
    ]
    division = cl.CustomComparison(
        output_column_name="division",
        comparison_levels=[
            cll.NullLevel("division"),
            cll.ExactMatchLevel("division"),
            cll.ExactMatchLevel("prefecture"),
            cll.ExactMatchLevel("province"),
            cll.ElseLevel(),
        ],
    )
    return splink.SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]),
            cl.LevenshteinAtThresholds("body", [1, 2]),
            cl.LevenshteinAtThresholds("core", [1]),
            cl.LevenshteinAtThresholds("trade", [1, 2]),
            *one_sided,
            cl.ExactMatch("form"),
            cl.ExactMatch("region_code"),
            division,
            cl.JaroWinklerAtThresholds("address", [0.95, 0.85, 0.7]),
            cl.ExactMatch("house"),
            cl.ExactMatch("uscc"),
        ],
        blocking_rules_to_generate_predictions=[
            splink.block_on("pair", arrays_to_explode=["pair"])
        ],
        retain_matching_columns=False,
        probability_two_random_records_match=1e-6,
    )


def _linker(folder: Path, settings: Any) -> Any:
    splink = import_module("splink")
    sides = [
        prepared(numbered(pl.read_parquet(folder / f"{name}.parquet")))
        for name in ("left", "right")
    ]
    keyed = key_pairs(*sides)
    ids = [
        side["record_id"].gather(keyed[n]) for side, n in zip(sides, ("left", "right"), strict=True)
    ]
    given = pl.read_parquet(folder / "candidates.parquet", columns=[*PAIR, "block"])
    pairs = pl.concat(
        [pl.DataFrame(dict(zip(PAIR, ids, strict=True))), given.filter(block="typing").select(PAIR)]
    )
    api = splink.DuckDBAPI()
    tables = [
        api.register(
            _records(side, pairs, name).to_arrow(), dataset_display_name=f"{name}_register"
        )
        for side, name in zip(sides, PAIR, strict=True)
    ]
    return splink.Linker(tables, settings, log_level=40)


def train(folder: Path) -> None:
    """Writes `splink.json` and the best threshold: u by sampling, m by the labels of the codes."""
    linker = _linker(folder, _settings())
    linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=1)
    sides = [pl.read_parquet(folder / f"{name}.parquet") for name in ("left", "right")]
    codes = [side.select("record_id", "uscc").drop_nulls() for side in sides]
    labels = (
        codes[0]
        .join(codes[1], on="uscc")
        .select(
            source_dataset_l=pl.lit("left_id_register"),
            unique_id_l="record_id",
            source_dataset_r=pl.lit("right_id_register"),
            unique_id_r="record_id_right",
        )
    )
    linker.table_management.register_table(labels.to_arrow(), "labels", overwrite=True)
    linker.training.estimate_m_from_pairwise_labels("labels")
    linker.misc.save_model_to_json(str(folder / "splink.json"), overwrite=True)
    scored = _scored(linker)
    truth = pl.read_parquet(folder / "truth.parquet")
    best = max(
        (f1(assigned(scored, float(line)), truth)["f1"], float(line)) for line in range(-10, 31)
    )
    (folder / "threshold.json").write_text(json.dumps({"weight": best[1]}), "utf-8")


def link(folder: Path, trained: Path) -> pl.DataFrame:
    """The links by a model that `train` wrote."""
    threshold = json.loads((trained / "threshold.json").read_text("utf-8"))["weight"]
    settings = json.loads((trained / "splink.json").read_text("utf-8"))
    return assigned(_scored(_linker(folder, settings)), threshold)


def _scored(linker: Any) -> pl.DataFrame:
    found = linker.inference.predict(threshold_match_weight=-10, warning_mode="never")
    table = pl.from_arrow(found.as_duckdbpyrelation().arrow())
    assert isinstance(table, pl.DataFrame)
    return table.select(left_id="unique_id_l", right_id="unique_id_r", weight="match_weight")


def assigned(scored: pl.DataFrame, least: float) -> pl.DataFrame:
    """One to one as ours: the best pair first, each record once."""
    ranked = scored.filter(pl.col("weight") >= least).sort(
        "weight", *PAIR, descending=[True, False, False]
    )
    return ranked[first_free(*(ranked[name] for name in PAIR))].select(PAIR)


def first_free(left: pl.Series, right: pl.Series) -> Sequence[int]:
    """Rows of which neither record is in an earlier row that was taken."""
    codes = [side.cast(pl.Categorical).to_physical().to_numpy() for side in (left, right)]
    used = [np.zeros(int(code.max(initial=0)) + 1, dtype=bool) for code in codes]
    rows = []
    for row, (one, two) in enumerate(zip(*(code.tolist() for code in codes), strict=True)):
        if not (used[0][one] or used[1][two]):
            used[0][one] = used[1][two] = True
            rows.append(row)
    return rows


def f1(links: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    """Precision, recall and F1 of links."""
    right = links.join(truth, on=PAIR, how="semi").height
    precision, recall = right / max(links.height, 1), right / truth.height
    score = 2 * right / (links.height + truth.height)
    return {"precision": round(precision, 5), "recall": round(recall, 5), "f1": round(score, 5)}
