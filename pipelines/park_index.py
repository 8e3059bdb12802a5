"""The index of all boundary versions as an asset of its own, beside the lake."""

import dagster as dg
import polars as pl

from pipelines.factory import OWNERS, POOL, asset_key
from pipelines.locating import write_index
from pipelines.progress import PROGRESS
from pipelines.wiring import code_version
from quality.contracts.boundaries import Boundary
from warehouse.settings import settings


@dg.asset(
    key=["core", "park_index"],
    ins={"boundaries": dg.AssetIn(key=asset_key(Boundary))},
    group_name="boundaries",
    description="Index of all boundary versions, for locating points: cells inside, cells on a "
    "border with their edges, and a tree over the edges.",
    owners=OWNERS,
    pool=POOL,
    code_version=code_version(),
)
def park_index(boundaries: pl.DataFrame) -> dg.MaterializeResult[None]:
    with PROGRESS.stage("core.park_index"):
        path, index = write_index(settings(), boundaries.sort("boundary_id"))
    return dg.MaterializeResult(
        metadata={
            "boundaries": index.ids.len(),
            "cells": len(index.grid.cells),
            "bytes": path.stat().st_size,
        }
    )
