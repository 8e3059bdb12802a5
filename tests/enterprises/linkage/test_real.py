"""Links between real registers, with the codes hidden where they are to be found again."""

from __future__ import annotations

import polars as pl

from assets.enterprises.linkage import assign, candidates
from assets.enterprises.linkage.prepared import SIDE
from assets.enterprises.uscc import valid
from tests.enterprises.linkage.sides import model
from tests.frames import reference
from tests.landing.real.delivered import accepted

NINGXIA = {
    "银川": "640100",
    "石嘴山": "640200",
    "吴忠": "640300",
    "固原": "640400",
    "中卫": "640500",
}


def records(frame: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """A side of the linkage, one record a name."""
    missing = {name: pl.lit(None, dtype) for name, dtype in SIDE.items()}
    known = {"record_id": pl.col("source_row_id"), "name_zh": pl.col("name_zh"), **columns}
    return (
        frame.drop_nulls("name_zh")
        .unique("name_zh", keep="first", maintain_order=True)
        .select(**{**missing, **known})
    )


def named(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """The links with both names."""
    links = assign(candidates(left, right, model()), None, model())
    return (
        links.join(left.select(left_id="record_id", one="name_zh", code="uscc"), on="left_id")
        .join(right.select(right_id="record_id", other="name_zh", of="uscc"), on="right_id")
        .sort("left_id")
    )


def test_permits_and_registers_of_ningxia_without_their_codes() -> None:
    checked = pl.when(valid(pl.col("uscc_text"))).then("uscc_text")
    city = pl.col("city_zh").replace_strict(NINGXIA, default="640000")
    left = records(
        accepted("nx_permits", "b_cn_ningxia_permit_enterprises/*.js").frame,
        uscc=checked,
        division_code=city,
        lon=pl.col("lon"),
        lat=pl.col("lat"),
    )
    right = records(
        accepted("cn_register", "b_cn_registry_redacted/200[24]_宁夏*.csv").frame,
        uscc=checked,
        division_code=city,
        address_zh=pl.col("registered_address_zh"),
    )
    same = left.join(right, on="uscc").select("record_id", "record_id_right")
    hidden = [side.with_columns(uscc=pl.lit(None, pl.String)) for side in (left, right)]
    linked = named(hidden[0], hidden[1]).filter(pl.col("status") == "linked")
    found = set(linked.select("left_id", "right_id").iter_rows())
    assert same.height == 10
    assert set(same.iter_rows()) <= found
    # The eleventh has no checked code in the permits, and one name in both.
    assert linked.filter(pl.col("one") != pl.col("other"))["one"].to_list() == []
    assert len(found) == 11


def test_a_listed_company_is_neither_its_group_nor_its_branch() -> None:
    left = records(
        accepted("listed_companies", "b_cn_listed_companies/*.csv").frame,
        address_zh=pl.col("registered_address_zh"),
    )
    right = records(
        accepted("cn_register", "b_cn_registry_redacted/*.csv").frame,
        address_zh=pl.col("registered_address_zh"),
    )
    found = named(left, right)
    status = dict(found.select("one", "status").iter_rows())
    for name in ("江苏法尔胜股份有限公司", "常柴股份有限公司", "宁波银行股份有限公司"):
        assert status[name] != "linked"
    equal = found.filter(pl.col("one") == pl.col("other"))
    assert equal.height == 11
    assert set(equal["status"]) == {"linked"}


def test_the_product_s_model_and_decisions_come_through_the_door() -> None:
    assert reference("link_model").quarantine.is_empty()
