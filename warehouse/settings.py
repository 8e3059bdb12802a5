"""One typed settings object, read from the environment (`PARKLEDGER_…`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

BoundaryClass = Literal["approved", "planned", "administered", "built", "nominal"]

ProfileName = Literal["CN-GHG", "ZCP-2025", "IPCC"]

# Project rule: as much may be unplaced as may be unlocated (LOC1e, 15 %).
MINIMUM_COVERAGE = 0.85


class Settings(BaseSettings):
    """All that may be configured; each field can be set as `PARKLEDGER_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="PARKLEDGER_", frozen=True)

    home: Path = Field(
        default=Path("lake"), description="archive, catalog, data, releases and current.duckdb"
    )
    landing: str = Field(
        default="samples/ningxia/landing",
        description="deliveries, one folder a source id; a folder or any URL that fsspec opens",
    )
    decisions: Path | None = Field(
        default=None,
        description="corrections, drift and link decisions, withdrawals, laid out as a landing; "
        "default: HOME/decisions",
    )
    raw: Path | None = Field(default=None, description="raw rows as read; default: HOME/raw")
    on_refused: Literal["stop", "leave_out"] = Field(
        default="stop",
        description="what a run does when a file in the landing is refused: stop, or leave it out",
    )
    author: str = Field(default="parkledger", description="written into release commits")
    profiles: tuple[ProfileName, ...] = Field(
        default=("CN-GHG", "ZCP-2025", "IPCC"),
        min_length=1,
        description="method profiles of the inventory, side by side; the first one is that of "
        "the reconciliation",
    )
    factor_set: str | None = Field(
        default=None,
        description="set of fuel factors to take first, for fuels that it has; default: as the "
        "profile says",
    )
    grid_ef_year: str = Field(
        default="data_year",
        pattern=r"^(data_year|latest_published|\d{4})$",
        description="year of grid factors: that of the data, the last published, or a year",
    )
    gwp_set: str = Field(default="AR5", description="GWP set of the published CO2e")
    minimum_coverage: float = Field(
        default=MINIMUM_COVERAGE,
        ge=0,
        le=1,
        description="share of a province's industrial fuels that must be placed before a park "
        "whose data are shared out of the province (T5, T6) has a point value",
    )
    boundary_classes: tuple[BoundaryClass, ...] = Field(
        default=("approved", "administered", "nominal"),
        min_length=1,
        description="boundary classes of the inventory, each a series of its own (METHOD B1); "
        "a class without any boundary is left out",
    )
    first_year: int = Field(default=2015, description="first year of the year partitions")
    last_year: int = Field(default=2026, description="last year of the year partitions")
    reader_memory_mb: int = Field(
        default=512, description="memory of a reader's child process above the file"
    )
    reader_seconds: float = Field(
        default=20, gt=0, description="time of a reader, beside what the size of the file adds"
    )
    reader_seconds_per_mb: float = Field(
        default=2, gt=0, description="time of a reader for each MB of the file"
    )
    reader_max_cells: int = Field(
        default=100_000_000, gt=0, description="cells of one part, beside one for each 4 bytes"
    )
    reader_max_cell_chars: int = Field(
        default=1_000_000, gt=0, description="characters of one cell"
    )
    batch_rows: int = Field(
        default=1_000_000,
        gt=0,
        description="rows of a source judged at a time, where its rows stand alone",
    )
    lock_seconds: float = Field(
        default=120, description="how long a writer waits for the writer before it"
    )
    sensor_seconds: int = Field(
        default=30, description="how often the landing directory is looked at"
    )

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def raw_rows(self) -> Path:
        return self.raw or self.home / "raw"

    @property
    def decided(self) -> Path:
        return self.decisions or self.home / "decisions"

    @property
    def catalog(self) -> Path:
        return self.home / "catalog.sqlite"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def current(self) -> Path:
        return self.home / "current.duckdb"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
