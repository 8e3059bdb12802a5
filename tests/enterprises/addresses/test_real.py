"""Real addresses: every division of a result exists, and agrees with what the file says beside."""

from __future__ import annotations

import polars as pl

from tests.enterprises.addresses.known import ASKED, parser, units
from tests.shared_data import shared


def columns(path: str, *names: str) -> pl.DataFrame:
    return pl.read_csv(
        shared(path),
        columns=list(names),
        infer_schema_length=0,
        encoding="utf8-lossy",
        truncate_ragged_lines=True,
    )


def parsed(addresses: pl.Series, year: int) -> pl.DataFrame:
    rows = pl.DataFrame({"address_zh": addresses}).select(
        "address_zh",
        pl.lit(year, pl.Int64).alias("year"),
        pl.lit(None, pl.String).alias("context_code"),
    )
    assert rows.schema == pl.Schema(ASKED)
    return parser().parse(rows)


def test_listed_companies() -> None:
    table = columns("data/b_cn_listed_companies/company_info_2015.csv", "addr_reg", "addr_work")
    every = pl.concat([table["addr_reg"].alias("a"), table["addr_work"].alias("a")])
    found = parsed(every, 2015)
    assert every.len() == 2 * 2_814
    existing = set(units()["division_code"])
    assert set(found["division_code"].drop_nulls()) <= existing
    assert set(found["division_now"].drop_nulls()) <= existing
    levels = dict(found["division_level"].value_counts().iter_rows())
    assert levels.get(None, 0) < 60
    assert levels["county"] > 3_000


def test_registers_agree_with_their_city() -> None:
    """The register's own city, which the parser is not told, is the one read in 99.5 %."""
    table = columns("data/b_cn_registry_redacted/1997_浙江.redacted.csv", "地区", "注册地址")
    found = parsed(table["注册地址"].alias("address_zh"), 1997)
    names = {
        name.removesuffix("市"): code[:4]
        for code, name in units()
        .filter(pl.col("level") == "city", pl.col("last_year").is_null())
        .select("division_code", "name_zh")
        .iter_rows()
    }
    asked = wrong = 0
    for city, code, now in zip(
        table["地区"], found["division_code"], found["division_now"], strict=True
    ):
        if code is None or code.endswith("0000") or city not in names:
            continue
        asked += 1
        wrong += names[city] not in (code[:4], (now or "")[:4])
    assert asked > 4_000
    assert wrong < 0.005 * asked
