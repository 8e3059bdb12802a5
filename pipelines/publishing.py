"""The release asset: build aside, judge, swap in."""

from collections import defaultdict
from pathlib import Path

import dagster as dg

from assets.insight.published import MARTS
from assets.inventory.marts import contributions_sql
from assets.landing.declaration import load_sources
from pipelines.factory import OWNERS, POOL, asset_key
from pipelines.progress import PROGRESS
from pipelines.wiring import STEPS, code_version
from quality.gate import Judge
from warehouse.catalogue import dictionary_entries
from warehouse.lake import Lake
from warehouse.release import Content, GateRejected, Published, publish
from warehouse.settings import Settings, settings


def release_content(config: Settings) -> Content:
    """Contribution SELECTs, dictionary and code version of a release."""
    headers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source in load_sources().values():
        for header, column in source.columns.items():
            headers[source.table, column].append(header)
    return Content(
        contributions={
            mart.name: contributions_sql(mart, config.gwp_set, config.profiles[0]) for mart in MARTS
        },
        dictionary=dictionary_entries(headers),
        code_version=code_version(),
    )


def gate(candidate: Path, ready: Judge) -> None:
    """Raises GateRejected with what Great Expectations found."""
    (result,) = ready.judge(candidate)
    if not result.passed:
        raise GateRejected(f"gate: {len(result.failed)} of {result.evaluated}: {result.as_text()}")


def publish_release(config: Settings) -> Published:
    """Publish what the lake holds. Raises GateRejected with `current` untouched."""
    with Judge() as ready:
        content = release_content(config)
        return publish(config, Lake(config), content, lambda candidate: gate(candidate, ready))


@dg.asset(
    key=["release", "current"],
    deps=[asset_key(step.output) for step in STEPS]
    + [dg.AssetKey(["quarantine", "row"]), dg.AssetKey(["quarantine", "flag"])],
    group_name="release",
    description="The release that `current.duckdb` serves: built aside, gated, swapped in.",
    owners=OWNERS,
    pool=POOL,
    code_version=code_version(),
)
def current_release_asset() -> dg.MaterializeResult[None]:
    with PROGRESS.stage("release.current"):
        published = publish_release(settings())
    return dg.MaterializeResult(
        metadata={
            "release_id": published.release_id,
            "content_hash": published.content_hash,
            "new": published.new,
        },
        data_version=dg.DataVersion(published.content_hash),
    )
