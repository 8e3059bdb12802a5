"""The eight cases of METHOD 1.5 from bytes to marts, as `verify` computes them.

A park with an approved boundary, and enterprises that are registered here and run there, have
several places, move, end, merge, have a branch, or a meter of somebody else. All invented.
"""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import shapely
import xlsxwriter

from assets.enterprises.uscc import check_character
from assets.landing.declaration import SourceDeclaration, load_source, load_sources
from assets.landing.ingest import Found, archive_delivery, reference_deliveries
from assets.landing.lifecycle import merge
from pipelines.wiring import recompute
from quality.conservation import all_balances
from quality.contracts.audit import Delivery
from warehouse.settings import Settings

pytestmark = pytest.mark.xdist_group("boundaries")

Tables = dict[str, pl.DataFrame]
PARK, PARK_ZH = "S649012", "宁夏中卫工业园区"
INSIDE, OUTSIDE = (105.2327694, 37.6217306), (106.2123456, 38.5123456)
Row = dict[str, Any]


def uscc(number: int, division: str = "640502") -> str:
    first = f"91{division}MA{number:07d}"
    return first + check_character(first)


NAMES = ["home", "two", "leaves", "comes", "moves", "ends", "takes", "taken", "tenant"]
NAMES += ["parent", "branch", "gone", "landlord"]
CODE = {name: uscc(n) for n, name in enumerate(NAMES, 1)}
ZH = {
    name: f"中卫市{mark}能材料有限公司"
    for name, mark in zip(NAMES, "甲乙丙丁戊己庚辛壬癸子丑寅", strict=True)
}
IN_PARK, IN_BEIJING = f"{PARK_ZH}一号路1号", "北京市海淀区中关村南大街1号"


def permit(name: str, site: str = "001P", at: tuple[float, float] = INSIDE) -> Row:
    return {
        "企业名称": ZH[name],
        "排污许可证编号": f"{CODE[name]}{site}",
        "统一社会信用代码": CODE[name],
        # Each a few metres from the next: a point that many share is no place of any.
        "生产经营场所经度": f"{at[0] + 0.0001234 * NAMES.index(name):.7f}",
        "生产经营场所纬度": f"{at[1]:.7f}",
        "所在市": "中卫" if at == INSIDE else "银川",
        "数据来源": "测试",
    }


def office(name: str, address: str, **more: str) -> Row:
    row = {"统一社会信用代码": CODE[name], "企业名称": ZH[name], "住所": address}
    return {**row, "登记状态": "存续", **more}


def unit(name: str, **more: str) -> Row:
    row = {"统一社会信用代码": CODE[name], "单位详细名称": ZH[name], "单位类别": "法人单位"}
    return {**row, "法人单位代码": CODE[name], "单位所在地": "宁夏中卫市", **more}


def returned(name: str, tonnes: int) -> Row:
    return {
        "统一社会信用代码": CODE[name],
        "单位详细名称": ZH[name],
        "行业大类代码": "30",
        "年份": "2017",
        "能源名称": "焦炭",
        "计量单位": "吨",
        "购进量/实物量": str(tonnes),
        "消费量/合计": str(tonnes),
    }


DELIVERIES: dict[str, list[Row]] = {
    "permit_register": [
        permit("home"),
        permit("two"),
        permit("two", "002P", OUTSIDE),
        permit("leaves", at=OUTSIDE),
        permit("comes"),
        permit("ends"),
        permit("takes", at=OUTSIDE),
        permit("taken"),
        permit("tenant"),
        permit("parent", at=OUTSIDE),
        permit("branch"),
    ],
    "business_register": [
        office("home", IN_PARK),
        office("two", IN_PARK),
        office("leaves", IN_PARK),
        office("comes", IN_BEIJING),
        office("moves", IN_PARK),
        office("ends", IN_PARK),
        office("takes", IN_PARK),
        office("taken", IN_PARK),
        office("tenant", IN_PARK),
        office("parent", IN_PARK),
        office("branch", IN_PARK, 隶属企业代码=CODE["parent"]),
        office("gone", IN_PARK),
        office("landlord", IN_PARK),
    ],
    "unit_register": [
        unit("two", 排污许可证编号=f"{CODE['two']}001P", 生产能力="300", 能力单位="吨"),
        unit("two", 排污许可证编号=f"{CODE['two']}002P", 生产能力="100", 能力单位="吨"),
        unit("moves", 单位类别="产业活动单位", 单位所在地="宁夏银川市兴庆区民族街2号",
             停业日期="2017-03-14"),
        unit("moves", 单位类别="产业活动单位", 单位所在地=IN_PARK, 开业日期="2017-03-15"),
    ],
    "enterprise_event": [
        {"统一社会信用代码": CODE["ends"], "企业名称": ZH["ends"], "事件": "注销",
         "日期": "2017-07-01"},
        {"统一社会信用代码": CODE["gone"], "企业名称": ZH["gone"], "事件": "注销",
         "日期": "2016-07-01"},
        {"统一社会信用代码": CODE["taken"], "企业名称": ZH["taken"], "事件": "合并",
         "日期": "2017-01-01", "承继单位代码": CODE["takes"]},
    ],
    "site_energy": [
        {"排污许可证编号": f"{CODE['tenant']}001P", "统一社会信用代码": CODE["tenant"],
         "单位详细名称": ZH["tenant"], "年份": "2017", "能源名称": "焦炭", "计量单位": "吨",
         "消费量": "60", "计量户代码": CODE["landlord"], "计量户名称": ZH["landlord"]},
    ],
    "return_205_1": [
        returned("home", 10),
        returned("two", 400),
        returned("leaves", 20),
        returned("comes", 30),
        returned("moves", 365),
        returned("ends", 40),
        returned("takes", 100),
        returned("tenant", 60),
        returned("parent", 90),
        returned("branch", 30),
        returned("gone", 5),
    ],
}  # fmt: skip


def written(source: SourceDeclaration, rows: list[Row], folder: Path) -> Path:
    """A delivery as its office writes it: csv, or the form with its title and units."""
    headers = [h for h in source.columns if h not in source.optional_columns or h in rows[0]]
    headers += sorted({h for row in rows for h in row} - set(headers))
    folder.mkdir(parents=True, exist_ok=True)
    if source.id != "return_205_1":
        path = folder / f"{source.id}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headers, *([row.get(h) for h in headers] for row in rows)])
        return path
    path = folder / "205-1.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("205-1")
    lines = [
        [source.title_zh],
        ["测试"],
        [h.partition("/")[0] for h in headers],
        [h.partition("/")[2] for h in headers],
        [source.column_units.get(h, "") for h in headers],
        *([row.get(h) for h in headers] for row in rows),
    ]
    for place, line in enumerate(lines):
        sheet.write_row(place, 0, line)
    book.close()
    return path


def boundary(folder: Path) -> Path:
    """An approved boundary of 9 km2 around the place inside."""
    x, y = INSIDE
    ground = shapely.box(x - 0.017, y - 0.0135, x + 0.017, y + 0.0135)
    properties = {
        "园区代码": PARK,
        "园区名称": PARK_ZH,
        "类别": "approved",
        "面积_公顷": "900",
        "起始": "2003-04-01",
        "终止": None,
        "上级代码": None,
        "说明": "测试",
    }
    geometry = json.loads(shapely.to_geojson(ground))
    collection = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": properties, "geometry": geometry}],
    }
    path = folder / "边界.geojson"
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("enterprises")
    settings = Settings(home=folder / "lake", landing=str(folder))
    found = list(reference_deliveries())
    for source_id, rows in DELIVERIES.items():
        source = load_source(source_id)
        found.append(Found(source, written(source, rows, folder / source_id)))
    found.append(Found(load_source("park_boundary"), boundary(folder)))
    deliveries = pl.concat([archive_delivery(settings.archive, item) for item in found])
    return recompute(settings.archive, merge(Delivery.empty_frame(), deliveries), settings)


def test_everything_balances(tables: Tables) -> None:
    sources = {source.id: source.table for source in load_sources().values()}
    balances = all_balances(tables, {k: v for k, v in sources.items() if v in tables})
    assert [balance.name for balance in balances if not balance.equal] == []


def test_a_return_of_an_enterprise_that_was_gone_is_refused(tables: Tables) -> None:
    (row,) = tables["quarantine.row"].to_dicts()
    assert (row["source_id"], row["rule_ids"]) == ("return_205_1", "ID4")


def approved(tables: Tables, name: str) -> pl.DataFrame:
    return tables[name].filter(pl.col("boundary_class") == "approved")


@pytest.mark.parametrize(
    ("name", "case", "cases"),
    [
        ("home", "same_place", "1"),
        ("two", "multi_site", "2"),
        ("leaves", "reg_not_op", "1;3"),
        ("comes", "op_not_reg", "1;4"),
        ("moves", "multi_site", "2;5"),
        ("ends", "same_place", "1;6"),
        ("takes", "multi_site", "2;7"),
        ("tenant", "same_place", "1;8"),
        ("parent", "reg_not_op", "1;3"),
        ("branch", "same_place", "1"),
    ],
)
def test_each_case_is_named(tables: Tables, name: str, case: str, cases: str) -> None:
    rows = approved(tables, "mart.enterprise_reconciliation")
    (row,) = rows.filter(pl.col("enterprise_id") == CODE[name]).to_dicts()
    assert (row["reconciliation_case"], row["cases"]) == (case, cases), row["reason_zh"]


def in_park(tables: Tables, basis: str) -> dict[str, Decimal]:
    """Tonnes of coke in the park by enterprise."""
    placed = approved(tables, "core.attribution").filter(
        pl.col("basis") == basis,
        pl.col("series") == "actual",
        pl.col("place_id") == PARK,
        pl.lit(2017).is_between("year_from", "year_to"),
    )
    weighed = tables["core.activity"].join(placed, on="site_id")
    name_of = {code: name for name, code in CODE.items()}
    rows = weighed.group_by("enterprise_id").agg(
        (pl.col("quantity") * pl.col("weight_point")).sum().round(6)
    )
    return {name_of[e]: q for e, q in rows.iter_rows() if q}


def test_the_park_has_what_operates_in_it(tables: Tables) -> None:
    assert {name: float(tonnes) for name, tonnes in in_park(tables, "operating").items()} == {
        "home": 10,
        "two": 300,
        "comes": 30,
        # 292 of 365 days.
        "moves": 292,
        "ends": 40,
        # Of two sites alike, the one that was taken over.
        "takes": 50,
        "tenant": 60,
        "branch": 30,
    }


def test_and_what_is_registered_in_it(tables: Tables) -> None:
    assert {name: float(tonnes) for name, tonnes in in_park(tables, "registered").items()} == {
        "home": 10,
        "two": 400,
        "leaves": 20,
        "moves": 365,
        "ends": 40,
        "takes": 100,
        "tenant": 60,
        "parent": 60,
        "branch": 30,
    }


def test_the_two_are_reconciled(tables: Tables) -> None:
    rows = approved(tables, "mart.park_reconciliation").filter(pl.col("place_id") == PARK)
    (row,) = rows.to_dicts()
    parts = ["registered", "operating", "matched", "reg_not_op", "op_not_reg"]
    parts += ["reg_op_unlocated", "op_reg_unlocated"]
    counts = {name: int(row[f"{name}_enterprises"]) for name in parts}
    assert counts == {
        "registered": 9,
        "operating": 8,
        "matched": 7,
        "reg_not_op": 2,
        "op_not_reg": 1,
        "reg_op_unlocated": 0,
        "op_reg_unlocated": 0,
    }
    # Coke at 0.9714 tce a tonne.
    tonnes = {name: row[f"{name}_tce"] / Decimal("0.9714") for name in parts}
    assert (
        tonnes["registered"]
        == tonnes["matched"] + tonnes["reg_not_op"] + tonnes["reg_op_unlocated"]
    )
    assert (
        tonnes["operating"] == tonnes["matched"] + tonnes["op_not_reg"] + tonnes["op_reg_unlocated"]
    )
    assert (tonnes["registered"], tonnes["operating"]) == (1085, 812)
    assert row["tce_ratio"] == (Decimal(1085) / 812).quantize(Decimal("1e-6"))


def test_the_meter_of_a_landlord_moves_no_energy(tables: Tables) -> None:
    (row,) = tables["core.activity"].filter(pl.col("tier") == "T1").to_dicts()
    assert row["enterprise_id"] == CODE["tenant"] and CODE["landlord"] in row["method_zh"]


def test_a_branch_is_in_its_own_return_and_not_in_that_of_its_parent(tables: Tables) -> None:
    (row,) = tables["core.allocation"].filter(pl.col("enterprise_id") == CODE["parent"]).to_dicts()
    assert (row["total"], row["own_data"], row["remainder"]) == (90, 30, 60)
