"""The Definitions that `workspace.yaml` loads."""

import dagster as dg

from pipelines.automation import (
    landing_sensor,
    main_job,
    maintenance_job,
    nightly,
    weekly_maintenance,
)
from pipelines.factory import balance_check, step_asset
from pipelines.findings import FINDINGS, finding_check
from pipelines.intake import delivered_check, intake
from pipelines.lake_io import LakeIOManager
from pipelines.park_index import park_index
from pipelines.publishing import current_release_asset
from pipelines.sources import FACTS, REGISTERS, RETURNS, door
from pipelines.wiring import STEPS
from quality.conservation import CHECKS


def build_defs() -> dg.Definitions:
    """All assets, checks, jobs, schedules and sensors; the I/O manager is the lake."""
    return dg.Definitions(
        assets=[
            intake,
            FACTS,
            REGISTERS,
            RETURNS,
            door,
            *(step_asset(step) for step in STEPS),
            park_index,
            current_release_asset,
        ],
        asset_checks=[
            delivered_check,
            *(finding_check(finding) for finding in FINDINGS),
            *(balance_check(name) for name in CHECKS),
        ],
        jobs=[main_job, maintenance_job],
        schedules=[nightly, weekly_maintenance],
        sensors=[landing_sensor],
        resources={"io_manager": LakeIOManager()},
        executor=dg.in_process_executor,
    )


defs = build_defs()
