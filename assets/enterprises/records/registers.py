"""The registers: which of their columns is what, in the order in which they are linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from quality.contracts.accepted import (
    Business,
    CoalUnit,
    ListedCompany,
    OutputReturn,
    Permit,
    RegisteredEnterprise,
    Return2051,
    SteelPlant,
)
from quality.contracts.exchange import EnergyExchange
from quality.contracts.forms import Return2052
from quality.contracts.plants import GemCoalUnit, GemSteelPlant, WriPlant
from quality.contracts.process import ProcessReturn
from quality.contracts.registers import EutlAccount, LegalEntity, NxPermit
from quality.contracts.table import Table
from quality.contracts.units import EnterpriseEvent, SiteEnergy, UnitEntry

# Standard deviation taken for a point by what its register says of it (project rule).
EXACT_M, GEOCODED_M, APPROXIMATE_M = 100.0, 500.0, 5000.0


@dataclass(frozen=True)
class Place:
    """Columns of a register that say where an enterprise is, in a role.

    `address` are joined by blanks; `several` separates places in one text; `context` are
    columns that name the division the register keeps the row under. A point is in the
    system `crs`, with the precision given.
    """

    role: str
    address: Sequence[str] = ()
    lon: str | None = None
    lat: str | None = None
    crs: str = "EPSG:4326"
    precision: pl.Expr | None = None
    context: Sequence[str] = ()
    country: pl.Expr | None = None
    several: str | None = None
    # Delivered columns behind those that are made.
    made_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def cells(self) -> dict[str, str]:
        """Role and delivered column of each cell that the place is read from."""
        named = {f"{self.role}_{n}": c for n, c in enumerate(self.address, start=1)}
        points = {"longitude": self.lon, "latitude": self.lat}
        used = named | {role: column for role, column in points.items() if column}
        return {role: self.made_of.get(column, column) for role, column in used.items()}


@dataclass(frozen=True)
class Register:
    """A register: its table, its place in the order of linking, and its columns.

    `latin` is a second name in Latin letters. `own_key` is what the register itself knows a row
    by, used where the row has no checked USCC and no number that fits; without it the name is
    the key. `made` are columns that the others are read from. Rows that `only` leaves out name
    no enterprise.
    """

    id: str
    table: type[Table]
    rank: int
    name: str = "name_zh"
    latin: str | None = None
    code: str | None = "uscc_text"
    permit_no: str | None = None
    own_key: pl.Expr | None = None
    unit_kind: pl.Expr | None = None
    parent_code: str | None = None
    industry: str | None = None
    universe: pl.Expr | None = None
    only: pl.Expr | None = None
    made: Mapping[str, pl.Expr] = field(default_factory=dict)
    valid: tuple[str, str] | None = None
    places: Sequence[Place] = ()


_CHINA = {"China": "CN", "Taiwan": "TW", "Hong Kong": "HK", "Macao": "MO"}
_GEM_POINT = (
    pl.when(pl.col("location_accuracy").str.to_lowercase() == "exact")
    .then(EXACT_M)
    .otherwise(APPROXIMATE_M)
)
# Coordinates of the steel tracker are one text, `latitude, longitude`.
_STEEL_LAT, _STEEL_LON = (
    pl.col("coordinates_text")
    .str.split(",")
    .list.get(place, null_on_oob=True)
    .str.strip_chars()
    .cast(pl.Float64, strict=False)
    for place in (0, 1)
)
_PLANT_NAME = {"name_of_plant": pl.coalesce("plant_name_local", "plant_name")}
_UNIT_KIND = pl.col("kind_zh").replace_strict(
    {"法人单位": "legal_person", "产业活动单位": "local_unit", "分支机构": "branch"}
)

# Offices first, then public lists: an enterprise keeps the name of the first that has it.
REGISTERS: tuple[Register, ...] = (
    Register(
        "permit_register",
        Permit,
        0,
        # A park named beside the flag 否 is none that the site lies in.
        made={
            "park_said": pl.when(pl.col("in_park_zh").fill_null("是") != "否").then("park_name_zh")
        },
        permit_no="permit_no",
        industry="industry_zh",
        valid=("valid_from", "valid_to"),
        places=(
            Place("registered_office", ("registered_address_zh",)),
            Place(
                "permit_site",
                ("operating_address_zh",),
                "lon",
                "lat",
                precision=pl.lit(EXACT_M),
                context=("city_zh",),
            ),
            Place(
                "permit_park",
                ("park_said",),
                context=("city_zh",),
                made_of={"park_said": "park_name_zh"},
            ),
        ),
    ),
    Register(
        "business_register",
        Business,
        1,
        unit_kind=pl.when(pl.col("parent_uscc_text").is_not_null())
        .then(pl.lit("branch"))
        .otherwise(pl.lit("legal_person")),
        parent_code="parent_uscc_text",
        valid=("valid_from", "valid_to"),
        places=(
            Place("registered_office", ("registered_address_zh",)),
            Place("operating_site", ("business_premises_zh",), several="；"),
        ),
    ),
    Register(
        "unit_register",
        UnitEntry,
        2,
        permit_no="permit_no",
        unit_kind=_UNIT_KIND,
        parent_code="parent_uscc_text",
        valid=("valid_from", "valid_to"),
        places=(
            Place("registered_office", ("registered_address_zh",)),
            Place(
                "statistical_unit",
                ("operating_address_zh",),
                "lon",
                "lat",
                "EPSG:4490",
                pl.lit(EXACT_M),
            ),
        ),
    ),
    Register(
        "enterprise_event",
        EnterpriseEvent,
        2,
        made={
            "former_address_zh": pl.when(pl.col("event_zh") == "迁址").then("former_zh"),
            "always": pl.lit(None, pl.Date),
            "day_before": pl.col("happened_on").dt.offset_by("-1d"),
        },
        valid=("always", "day_before"),
        places=(
            Place(
                "registered_office",
                ("former_address_zh",),
                made_of={"former_address_zh": "former_zh"},
            ),
        ),
    ),
    Register("return_205_1", Return2051, 3, industry="industry_division"),
    Register("return_205_2", Return2052, 3, industry="industry_division"),
    Register("output_return", OutputReturn, 4),
    Register("site_energy", SiteEnergy, 4, permit_no="permit_no"),
    Register("process_return", ProcessReturn, 4, permit_no="permit_no"),
    Register("energy_exchange", EnergyExchange, 4),
    Register(
        "coal_unit",
        CoalUnit,
        5,
        name="owner_zh",
        made={"owner_zh": pl.coalesce("owner_name", "plant_name")},
        code=None,
        permit_no="permit_no",
        unit_kind=pl.lit("plant"),
        places=(Place("plant", (), "lon", "lat", precision=_GEM_POINT),),
    ),
    Register(
        "nx_permits",
        NxPermit,
        6,
        permit_no="permit_no",
        industry="industry_zh",
        places=(
            Place(
                "permit_site",
                (),
                "lon",
                "lat",
                precision=pl.lit(EXACT_M),
                context=("city_zh",),
            ),
        ),
    ),
    Register(
        "cn_register",
        RegisteredEnterprise,
        7,
        unit_kind=pl.when(pl.col("type_zh").str.contains("分支机构|分公司"))
        .then(pl.lit("branch"))
        .otherwise(pl.lit("legal_person")),
        places=(
            Place(
                "registered_office",
                ("registered_address_zh",),
                context=("province_zh", "city_zh"),
            ),
        ),
    ),
    Register(
        "listed_companies",
        ListedCompany,
        8,
        name="full_name_zh",
        made={"full_name_zh": pl.coalesce("name_zh", "short_name_zh")},
        code=None,
        own_key=pl.format("STOCK:{}", "stock_code"),
        industry="industry_zh",
        places=(
            Place("registered_office", ("registered_address_zh",)),
            Place(
                "office",
                ("working_address_zh",),
                "lon_bd09",
                "lat_bd09",
                "BD-09",
                pl.lit(GEOCODED_M),
            ),
        ),
    ),
    Register(
        "steel_plant",
        SteelPlant,
        9,
        code=None,
        own_key=pl.format("GEM:{}", "plant_id"),
        unit_kind=pl.lit("plant"),
        places=(Place("plant", ("address_zh",), "lon", "lat", precision=pl.lit(APPROXIMATE_M)),),
    ),
    Register(
        "gem_steel",
        GemSteelPlant,
        10,
        name="name_of_plant",
        latin="plant_name",
        made={**_PLANT_NAME, "lat_of_text": _STEEL_LAT, "lon_of_text": _STEEL_LON},
        code=None,
        own_key=pl.format("GEM:{}", "plant_id"),
        unit_kind=pl.lit("plant"),
        universe=pl.col("country").replace_strict(_CHINA, default=pl.col("country")),
        only=pl.col("country") == "China",
        places=(
            Place(
                "plant",
                ("address_local",),
                "lon_of_text",
                "lat_of_text",
                made_of=dict.fromkeys(("lon_of_text", "lat_of_text"), "coordinates_text"),
                precision=pl.when(pl.col("coordinate_accuracy") == "exact")
                .then(EXACT_M)
                .otherwise(APPROXIMATE_M),
            ),
        ),
    ),
    Register(
        "gem_coal",
        GemCoalUnit,
        11,
        name="name_of_plant",
        latin="plant_name",
        made=_PLANT_NAME,
        code=None,
        own_key=pl.format("GEM:{}", pl.coalesce("location_id", "unit_id")),
        unit_kind=pl.lit("plant"),
        only=pl.col("country") == "China",
        places=(Place("plant", (), "lon", "lat", precision=_GEM_POINT),),
    ),
    Register(
        "wri_plants",
        WriPlant,
        12,
        name="name_of_plant",
        latin="plant_name",
        made=_PLANT_NAME,
        code=None,
        own_key=pl.format("WRI:{}", "source_row_id"),
        unit_kind=pl.lit("plant"),
        only=pl.col("country").is_in(["China", "CHN"]),
        places=(Place("plant", (), "lon", "lat", precision=pl.lit(APPROXIMATE_M)),),
    ),
    Register(
        "eutl",
        EutlAccount,
        20,
        name="holder_name",
        # Latitude 0 means unknown.
        made={
            name: pl.when(pl.col("lat") != 0).then(name[:3]) for name in ("lon_known", "lat_known")
        },
        code=None,
        # A national number names a company within its country only.
        own_key=pl.when(pl.col("company_no").is_not_null()).then(
            pl.format("EU:{}:{}", "registry_code", "company_no")
        ),
        unit_kind=pl.lit("account"),
        universe=pl.lit("EU"),
        only=pl.col("holder_name").is_not_null(),
        places=(
            Place(
                "registered_office",
                ("holder_address", "holder_address_2", "holder_postcode", "holder_city"),
                country=pl.col("holder_country"),
            ),
            Place(
                "plant",
                (
                    "installation_address",
                    "installation_address_2",
                    "installation_postcode",
                    "installation_city",
                ),
                "lon_known",
                "lat_known",
                made_of={"lon_known": "lon", "lat_known": "lat"},
                precision=pl.lit(APPROXIMATE_M),
                country=pl.col("installation_country"),
            ),
        ),
    ),
    Register(
        "gleif",
        LegalEntity,
        21,
        name="legal_name",
        code=None,
        own_key=pl.format("LEI:{}", "lei"),
        universe=pl.lit("EU"),
        places=(
            Place(
                "registered_office",
                ("registered_address", "registered_postcode", "registered_city"),
                country=pl.col("registered_country"),
            ),
            Place(
                "office",
                ("head_address", "head_postcode", "head_city"),
                country=pl.col("head_country"),
            ),
        ),
    ),
)
