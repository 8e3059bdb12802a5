"""Names and units of CEADs books and inventories, which spell the same row in several ways."""

from __future__ import annotations

import re
from decimal import Decimal

import polars as pl

from assets.inventory.ceads.errors import CeadsError

COALS = ("Raw_Coal", "Cleaned_Coal", "Other_Washed_Coal", "Briquettes")
RAW_COAL = "Raw_Coal"
OTHER_PETROLEUM = "Other_Petroleum_Products"
PROCESS = "Process"
FUELS = (
    *COALS,
    "Coke",
    "Coke_Oven_Gas",
    "Other_Gas",
    "Other_Coking_Products",
    "Crude_Oil",
    "Gasoline",
    "Kerosene",
    "Diesel_Oil",
    "Fuel_Oil",
    "LPG",
    "Refinery_Gas",
    OTHER_PETROLEUM,
    "Natural_Gas",
)
# Columns of a book in which nothing is recomputed; other energy is published, with 0 so far.
_OTHER_ENERGY = "Other_Energy"
_UNBURNT = ("Electricity", "Heat", _OTHER_ENERGY)
_SUMS = ("Scope_1_Total", "Scope_2_Electricity", "Scope_2_Heat")

POWER = "Electric Power, Steam and Hot Water Production and Supply"
CHEMICALS = (
    "Raw Chemical Materials and Chemical Products",
    "Medical and Pharmaceutical Products",
    "Chemical Fiber",
    "Rubber Products",
    "Plastic Products",
)
THERMAL_POWER, HEATING_SUPPLY, NON_ENERGY = "Thermal Power", "Heating Supply", "Non-Energy Use"

# Sectors as the books spell them; behind a colon the spelling of the inventories, where another.
_SECTORS = f"""
Farming, Forestry, Animal Husbandry, Fishery & Water Conservancy
Coal Mining and Dressing
Petroleum and Naturl Gas Extraction: Petroleum and Natural Gas Extraction
Ferrous Metals Mining and Dressing
Nonferrous Metals Mining and Dressing
Nonmetal Minerals Mining and Dressing
Other Minerals Mining and Dressing
Logging and Transport of Wood and Bamboo
Food Processing
Food Production
Beverage Production
Tobacco Processing
Textile Industry
Garments and Other Fiber Products
Leather, Furs, Down and Related Products
Timber Processing, Bamboo, Cane, Palm & Straw Products: \
Timber Processing, Bamboo, Cane, Palm Fiber & Straw Products
Furniture Manufacturing
Papermaking and Paper Products
Printing and Record Medium Reproduction
Cultural, Educational and Sports Articles
Petroleum Processing and Coking
Raw Chemical Materials and Chemical Products
Medical and Pharmaceutical Products
Chemical Fiber
Rubber Products
Plastic Products
Nonmetal Mineral Products
Smelting and Pressing of Ferrous Metals
Smelting and Pressing of Nonferrous Metals
Metal Products
Ordinary Machinery
Equipment for Special Purpose: Equipment for Special Purposes
Transportation Equipment
Electric Equipment and Machinery
Electronic and Telecommunications Equipment
Instruments, Meters Cultural and Office Machinery
Other Manufacturing Industry
Scrap and waste
{POWER}: Production and Supply of Electric Power, Steam and Hot Water
Gas Production and Supply: Production and Supply of Gas
Tap Water Production and Supply: Production and Supply of Tap Water
Construction
Transport, Storage, Postal & Telecommunications Services: \
Transportation, Storage, Post and Telecommunication Services
Wholesale, Retail Trade and Catering Service: Wholesale, Retail Trade and Catering Services
Other: Others
Urban
Rural
"""
# Rows of a book that are no use of fuel: sums, losses, and transformations that CEADs leaves out.
_OTHER_ROWS = (
    "% Loss",
    "Loss",
    "Briquettes",
    "China Airplanes&ships Refueling in Abroad",
    "Foreign Airplanes&ships Refueling in China",
    "Coal Washing",
    "Coke Input (-)",
    "Coking",
    "Gas Works",
    "Inputs(+) outputs(-)",
    "Petroleum Refineries",
    "Total Consumption",
    "Total Final Consumption",
)
_TOTALS = ("Total Consumption", "Total Emissions")

_MASS, _GAS = "t", "1e4m3"
_UNIT = re.compile(r"10\^(\d{1,2}) (ton|cu\.m)")
_PUBLISHED = {"Mt CO2": Decimal(10**6)}


def _squashed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("&", "and"))


def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _SECTORS.strip().splitlines():
        book, _, inventory = line.partition(": ")
        found |= {_squashed(book): book, _squashed(inventory or book): book}
    return found


SECTOR_OF = _spellings()
SECTORS = tuple(dict.fromkeys(SECTOR_OF.values()))
_ROW_OF = SECTOR_OF | {_squashed(n): n for n in (THERMAL_POWER, HEATING_SUPPLY, NON_ENERGY)}
_FUEL_OF = {_squashed(name): name for name in FUELS}
_PUBLISHED_OF = {_squashed(name): name for name in (*FUELS, _OTHER_ENERGY, PROCESS)}


def with_book_names(cells: pl.DataFrame, row: str, fuel: str, *, book: bool) -> pl.DataFrame:
    """Cells with `province_en, book_row, book_fuel` in one spelling; others of the sheet are gone.

    A book keeps sectors and the three rows that count beside them, an inventory sectors and
    `Process`. Raises CeadsError for a row or column that is neither kept nor known to be left.
    """
    rows = _ROW_OF if book else SECTOR_OF
    fuels = _FUEL_OF if book else _PUBLISHED_OF
    left_rows = {_squashed(name) for name in (_OTHER_ROWS if book else _TOTALS)}
    left_fuels = {_squashed(name) for name in (_UNBURNT if book else _SUMS)}
    named = cells.with_columns(
        pl.col("province_en").str.replace_all(" ", ""),
        _translated(cells, row, rows, left_rows).alias("book_row"),
        _translated(cells, fuel, fuels, left_fuels).alias("book_fuel"),
    )
    return named.filter(pl.col("book_row").is_not_null() & pl.col("book_fuel").is_not_null())


def _translated(cells: pl.DataFrame, column: str, known: dict[str, str], left: set[str]) -> pl.Expr:
    names = cells.get_column(column).unique().sort().to_list()
    unknown = [n for n in names if _squashed(n) not in known and _squashed(n) not in left]
    if unknown:
        first = cells.filter(pl.col(column) == unknown[0]).row(0, named=True)
        raise CeadsError(
            f"{first['source_row_id']}: {column} {unknown[0]!r} is not known; expected a name of "
            "assets/inventory/ceads/names.py: add the spelling there"
        )
    return pl.col(column).replace_strict(
        {name: known.get(_squashed(name)) for name in names}, return_dtype=pl.String
    )


def units(cells: pl.DataFrame, *, book: bool) -> pl.DataFrame:
    """`unit, canonical_unit, scale` of the units of the cells (one row a unit).

    A book counts tonnes and cubic metres as booked in powers of ten (`10^8 cu.m`), an inventory
    Mt CO2. Raises CeadsError for another unit.
    """
    found = []
    for unit in cells.get_column("unit").unique().sort().to_list():
        scale = _book_unit(unit) if book else _inventory_unit(unit)
        if scale is None:
            first = cells.filter(pl.col("unit") == unit).row(0, named=True)
            expected = "10^N ton or 10^N cu.m" if book else ", ".join(_PUBLISHED)
            raise CeadsError(
                f"{first['source_row_id']}: {first['fuel_en']} in {unit}; expected {expected}"
            )
        found.append((unit, *scale))
    schema: dict[str, pl.DataType] = {
        "unit": pl.String(),
        "canonical_unit": pl.String(),
        "scale": pl.Decimal(18, 6),
    }
    return pl.DataFrame(found, schema=schema, orient="row")


def _book_unit(unit: str) -> tuple[str, Decimal] | None:
    match = _UNIT.fullmatch(unit)
    if match is None:
        return None
    power = int(match[1])
    if match[2] == "ton":
        return _MASS, Decimal(10) ** power
    return _GAS, Decimal(10) ** (power - 4)


def _inventory_unit(unit: str) -> tuple[str, Decimal] | None:
    return ("t", _PUBLISHED[unit]) if unit in _PUBLISHED else None
