"""Rules on weights that control totals are shared out by (METHOD 4.1, 4.3)."""

from __future__ import annotations

import polars as pl

from assets.boundaries.divisions import provinces
from assets.boundaries.parks import with_park_ids
from assets.landing.rules.carriers import Tables, unknown_unit
from quality.contracts.vintages import EVERY
from quality.contracts.weights import REST, WEIGHT_UNITS
from quality.quarantine import Rule


def weight_rules(reference: Tables) -> list[Rule]:
    """AREA, SECTOR, PARK, PARKAREA, UNIT, UNITPAIR and CAL1 of `sector_weight`.

    CAL1: firms above scale and all firms are never weighed against each other; of one area,
    year, sector and kind in which both stand every row is refused, so that each is told with
    its number.
    """
    known = _park_areas(reference["accepted.park_catalogue"])
    is_park = pl.col("place_code") != REST
    park_area = pl.col("place_code").replace_strict(known, default=None, return_dtype=pl.String)
    rows = reference["accepted.book_row"].filter(pl.col("block") == "final")
    units = reference["accepted.unit"]
    known_unit = pl.col("unit_zh").is_in(units.get_column("unit_zh").to_list())
    series = ["area_code", "year", "book_sector", "kind_zh", "vintage"]
    return [
        _area_rule(reference, "area_code"),
        Rule(
            "SECTOR",
            "error",
            "book_sector",
            ~pl.col("book_sector").is_in(rows.get_column("book_sector").to_list()),
            "行业应为平衡表终端消费的行业，写法与 assets/reference/book_row.csv 一致",
            "the sector must be one of final consumption, spelled as in "
            "assets/reference/book_row.csv",
        ),
        Rule(
            "PARK",
            "error",
            "place_code",
            is_park & park_area.is_null(),
            "园区代码不在 2018 年版目录中；全省（全市）其余写 REST",
            "the code is not in the catalogue of 2018; write REST for the rest of the area",
        ),
        Rule(
            "PARKAREA",
            "error",
            "place_code",
            is_park & (park_area.str.slice(0, 2) != pl.col("area_code").str.slice(0, 2)),
            "园区不在该省",
            "the park lies in another province",
        ),
        unknown_unit(known_unit),
        Rule(
            "UNITPAIR",
            "error",
            "unit_zh",
            known_unit & (_unit_of(units) != pl.col("kind_zh").replace_strict(WEIGHT_UNITS)),
            "计量单位与权重类别不配",
            "the unit does not belong to the kind of weight",
        ),
        Rule(
            "CAL1",
            "error",
            "value",
            pl.col("firms_zh").n_unique().over(series) > 1,
            "同一地区、年份、行业、类别混有规上与全部两种企业口径：各行均不采用，统一口径后再报",
            "firms above scale and all firms are mixed in one area, year, sector and kind: none "
            "of the rows is used; give one caliber",
        ),
        _repeated("vintage", *series[:-1], "place_code", "firms_zh"),
    ]


def area_rules(reference: Tables) -> list[Rule]:
    """AREA, LOCATED and ID2 of `control_total`: totals of provinces, and of final consumption those
    of cities within them.
    """
    city = ~pl.col("province_code").str.ends_with("0000")
    return [
        _area_rule(reference, "province_code"),
        Rule(
            "LOCATED",
            "error",
            "block",
            city & (pl.col("block") != "final"),
            "地级只收终端消费：发电、供热用能按机组所在地落位",
            "of a prefecture only final consumption is taken: power is made where its plants stand",
        ),
        _repeated("vintage", "year", "province_code", "block", "book_sector", "book_fuel"),
    ]


def census_rules(reference: Tables) -> list[Rule]:
    """AREA, SECTOR, FUEL and ID2 of `census_revision` (METHOD 4.2)."""
    rows = reference["accepted.book_row"].filter(pl.col("block") != "none")
    fuels = reference["accepted.energy"].filter("represents_book_fuel")
    return [
        _area_rule(reference, "area_code"),
        Rule(
            "SECTOR",
            "error",
            "book_sector",
            ~pl.col("book_sector").is_in([*rows.get_column("book_sector"), EVERY]),
            "行业应为平衡表计入的行业，写法与 assets/reference/book_row.csv 一致；"
            f"各行业同写 {EVERY}",
            "the sector must be one that counts, spelled as in assets/reference/book_row.csv, or "
            f"{EVERY} for each",
        ),
        Rule(
            "FUEL",
            "error",
            "book_fuel",
            ~pl.col("book_fuel").is_in([*fuels.get_column("book_fuel"), EVERY]),
            f"能源应为平衡表能源，写法与 assets/reference/energy.csv 一致；各能源同写 {EVERY}",
            "the fuel must be one of the book, spelled as in assets/reference/energy.csv, or "
            f"{EVERY} for each",
        ),
        _repeated("revises", "area_code", "book_sector", "book_fuel", "census_year"),
    ]


def _area_rule(reference: Tables, column: str) -> Rule:
    return Rule(
        "AREA",
        "error",
        column,
        ~pl.col(column).is_in(_areas(reference)),
        "地区代码应为省级或地级行政区划代码",
        "the area must be the code of a province or prefecture",
    )


def _repeated(unstated: str, *key: str) -> Rule:
    """ID2 where a part of the key is not stated: a key with an empty part is not compared."""
    empty = pl.col(unstated).is_null()
    return Rule(
        "ID2",
        "error",
        key[0],
        empty & pl.struct(*key, unstated).is_duplicated(),
        "主键各列均重复",
        f"key repeated ({', '.join(key)})",
    )


def _areas(reference: Tables) -> list[str]:
    """Codes of provinces, and of prefectures of any revision of GB/T 2260."""
    provinces_named = reference["accepted.province_name"].get_column("province_code")
    codes = reference["accepted.division_code"].get_column("division_code")
    prefectures = codes.filter(codes.str.ends_with("00") & ~codes.str.ends_with("0000"))
    return sorted({*provinces_named, *prefectures})


def _park_areas(catalogue: pl.DataFrame) -> dict[str, str]:
    """Park to the code of its province."""
    code_of = dict(zip(provinces().names, provinces().codes, strict=True))
    parks = with_park_ids(catalogue).select(
        "park_id", pl.col("province_zh").replace_strict(code_of, return_dtype=pl.String)
    )
    return dict(parks.iter_rows())


def _unit_of(units: pl.DataFrame) -> pl.Expr:
    canonical = dict(units.select("unit_zh", "canonical_unit").iter_rows())
    return pl.col("unit_zh").replace_strict(canonical, default=None, return_dtype=pl.String)
